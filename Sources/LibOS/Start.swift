// The start of a program: its arguments and descriptors are taken over, its image is read piece by piece and handed to the
// hart in order, and the answer says whether it can run.

package import ABI

/// A piece of the image that was asked for.
struct ImagePiece: Wire, Equatable, Sendable {
    var offset: UInt64
    var wanted: UInt32
    /// Bytes that arrived, handed to the hart or not.
    var received: UInt32 = 0
    /// Replies that wait for an earlier piece; the data begins at `Header.size`.
    var messages: [ByteString] = []

    init(offset: UInt64, wanted: UInt32) {
        self.offset = offset
        self.wanted = wanted
    }

    init(from reader: inout Reader) throws(Errno) {
        offset = try reader.u64()
        wanted = try reader.u32()
        received = try reader.u32()
        // A reply is longer than a byte string of a message may be.
        for _ in 0..<(try reader.u32()) { messages.append(ByteString(try reader.bytes(limit: Limits.payload + Header.size))) }
        guard received <= wanted else { throw .badMessage }
    }

    func encode(into writer: inout Writer) {
        writer.u64(offset)
        writer.u32(wanted)
        writer.u32(received)
        writer.list(messages)
    }
}

/// An image that is being read.
struct ImageLoad: Wire, Equatable, Sendable {
    /// Pieces under way at once.
    static let window = 4
    /// Bytes of a piece. A process keeps the memory that its messages have taken, and few pages hold pieces of this size.
    static let piece: UInt64 = 65536

    /// The request to answer.
    var request: RequestID
    var connection: ConnectionID
    var handle: Handle
    var size: UInt64
    /// The first byte that was not asked for yet.
    var next: UInt64 = 0
    /// In order; all before the first were handed to the hart.
    var pieces: [ImagePiece] = []
    /// The whole image was handed over.
    var isRead = false
    /// Questions about terminals under way.
    var probes: UInt32 = 0

    init(request: RequestID, connection: ConnectionID, handle: Handle, size: UInt64) {
        self.request = request
        self.connection = connection
        self.handle = handle
        self.size = size
    }

    init(from reader: inout Reader) throws(Errno) {
        request = try reader.value(RequestID.self)
        connection = try reader.value(ConnectionID.self)
        handle = try reader.value(Handle.self)
        size = try reader.u64()
        next = try reader.u64()
        pieces = try reader.list(ImagePiece.self, limit: ImageLoad.window)
        isRead = try reader.bool()
        probes = try reader.u32()
    }

    func encode(into writer: inout Writer) {
        writer.value(request)
        writer.value(connection)
        writer.value(handle)
        writer.u64(size)
        writer.u64(next)
        writer.list(pieces)
        writer.bool(isRead)
        writer.u32(probes)
    }
}

extension LibOS {
    /// The resource manager orders a program started.
    mutating func startProgram(_ id: RequestID, _ reader: inout Reader, _ host: inout some ProgramHost) {
        do throws(Errno) {
            guard case .idle = phase else { throw .alreadyInProgress }
            let start = try reader.value(StartProgram.self)
            try reader.finish()
            try check(start)
            take(start, id, &host)
        } catch {
            let text = ByteString("the order to start the program is not acceptable")
            answer(.resourceManager, Message.failure(.startProgram, id: id, error, reason: text.bytes), &host)
        }
    }

    private func check(_ start: StartProgram) throws(Errno) {
        guard start.imageSize > 0, start.imageSize <= UInt64(Limits.image) else { throw .execFormatError }
        try LibOS.checkStrings(start.arguments, start.environment)
        guard start.descriptors.count <= Limits.descriptors - 2 else { throw .tooManyOpenFiles }
        var least: UInt32 = 0
        for descriptor in start.descriptors {
            guard descriptor.descriptor.rawValue >= least, descriptor.descriptor.rawValue < UInt32(Limits.descriptors) else {
                throw .invalidArgument
            }
            least = descriptor.descriptor.rawValue + 1
        }
    }

    private mutating func take(_ start: StartProgram, _ id: RequestID, _ host: inout some ProgramHost) {
        process = start.process
        parent = start.parent
        path = start.path
        arguments = start.arguments
        environment = start.environment
        mask = start.mask & 0o777
        wait = start.wait
        for number in 1..<64 where start.ignored & (1 << UInt64(number)) != 0 {
            signals.actions[number].disposition = .ignore
        }
        signals.blocked = start.blocked & ~Signal.unblockable
        for inherited in start.descriptors {
            let index = description(inherited)
            inherit(inherited.descriptor.rawValue, index)
        }
        workingDirectory = description(start.workingDirectory)
        table.retain(workingDirectory)
        rootDirectory = description(start.root)
        table.retain(rootDirectory)
        do throws(Errno) {
            // `check` left room for both.
            try preopen(rootDirectory, .free, [UInt8(ascii: "/")])
            try preopen(workingDirectory, .workingDirectory, [UInt8(ascii: ".")])
        } catch {}

        phase = .loading(
            ImageLoad(request: id, connection: start.imageConnection, handle: start.imageHandle, size: start.imageSize))
        probeTerminals(&host)
        host.imageBegin(size: start.imageSize)
        readImage(&host)
    }

    /// The index of an inherited description. The same handle twice is the same description.
    private mutating func description(_ inherited: InheritedDescriptor) -> Int {
        for index in 0..<table.descriptions.count
        where table.descriptions[index]?.connection == inherited.connection
            && table.descriptions[index]?.handle == inherited.handle
        {
            return index
        }
        return table.add(Description(inherited))
    }

    private mutating func inherit(_ number: UInt32, _ index: Int) {
        guard let description = table.descriptions[index] else { return }
        let inheriting: Rights = description.kind == .directory ? .all : []
        table.set(number, DescriptorEntry(description: index, base: description.rights, inheriting: inheriting))
    }

    /// Asks of every inherited character device whether it is a terminal, while the image is read.
    private mutating func probeTerminals(_ host: inout some ProgramHost) {
        var probes: UInt32 = 0
        for index in 0..<table.descriptions.count {
            guard let description = table.descriptions[index], description.kind == .characterDevice else { continue }
            do throws(Errno) {
                try request(
                    .getWindowSize, to: description.connection, OneHandle(handle: description.handle), replySpace: 256,
                    owner: .terminalProbe(UInt32(index)), host: &host)
                probes += 1
            } catch {
                // It counts as a terminal; whoever uses it as one is told otherwise.
            }
        }
        if case .loading(var load) = phase {
            load.probes = probes
            phase = .loading(load)
        }
    }

    mutating func terminalProbed(_ index: Int, _ reply: Reply, _ host: inout some ProgramHost) {
        guard case .loading(var load) = phase else { return }
        if let error = reply.error, error != .ioError { table.markNoTerminal(index) }
        load.probes = load.probes > 0 ? load.probes - 1 : 0
        phase = .loading(load)
        if load.probes == 0, load.isRead { host.imageEnd() }
    }

    /// Asks for as many pieces as may be under way.
    private mutating func readImage(_ host: inout some ProgramHost) {
        guard case .loading(var load) = phase else { return }
        do throws(Errno) {
            while load.pieces.count < ImageLoad.window && load.next < load.size {
                let piece = ImagePiece(offset: load.next, wanted: UInt32(min(ImageLoad.piece, load.size - load.next)))
                try ask(piece, load, &host)
                load.pieces.append(piece)
                load.next += UInt64(piece.wanted)
            }
            phase = .loading(load)
        } catch {
            failStart(error, ByteString("the image cannot be read").bytes, &host)
        }
    }

    /// Asks for what is missing of a piece.
    private mutating func ask(_ piece: ImagePiece, _ load: ImageLoad, _ host: inout some ProgramHost) throws(Errno) {
        let count = piece.wanted - piece.received
        try request(
            .read, to: load.connection,
            Read(handle: load.handle, position: .explicit(piece.offset &+ UInt64(piece.received)), count: count),
            replySpace: Int(count), owner: .image(piece.offset), host: &host)
    }

    /// Data of the image arrived.
    mutating func imageArrived(_ offset: UInt64, _ reply: Reply, _ host: inout some ProgramHost) {
        guard case .loading(var load) = phase else { return }
        do throws(Errno) {
            _ = try reply.payload()
            for index in load.pieces.indices where load.pieces[index].offset == offset {
                let count = UInt32(reply.count)
                // Nothing: the file is shorter than the order said.
                guard count > 0, count <= load.pieces[index].wanted - load.pieces[index].received else { throw .ioError }
                load.pieces[index].received += count
                load.pieces[index].messages.append(ByteString(reply.message))
                if load.pieces[index].received < load.pieces[index].wanted { try ask(load.pieces[index], load, &host) }
            }
        } catch {
            failStart(error, ByteString("the image cannot be read").bytes, &host)
            return
        }
        handOver(&load, &host)
        phase = .loading(load)
        readImage(&host)
    }

    /// Hands to the hart what has arrived without a gap; closes the image after its last byte.
    private mutating func handOver(_ load: inout ImageLoad, _ host: inout some ProgramHost) {
        while let piece = load.pieces.first {
            for message in piece.messages { host.imageWrite(message.bytes, from: Header.size) }
            load.pieces[0].messages = []
            guard piece.received == piece.wanted else { return }
            load.pieces.removeFirst()
        }
        guard load.next == load.size, !load.isRead else { return }
        load.isRead = true
        requestForNobody(.close, to: load.connection, OneHandle(handle: load.handle), host: &host)
        // The program runs as soon as it is linked, and then its descriptors must be known.
        if load.probes == 0 { host.imageEnd() }
    }

    /// The hart has compiled and linked the image, or not.
    /// - Parameters:
    ///   - error: nil, or why not.
    ///   - reason: why not, for people.
    package mutating func imageResult(_ error: Errno?, reason: [UInt8], host: inout some ProgramHost) {
        guard case .loading(let load) = phase, load.isRead, load.probes == 0 else { return }
        if let error {
            failStart(error, reason, &host)
            return
        }
        phase = .running
        startTime = host.monotonicTime()
        answer(.resourceManager, Message.reply(.startProgram, id: load.request, Nothing()), &host)
    }

    private mutating func failStart(_ error: Errno, _ reason: [UInt8], _ host: inout some ProgramHost) {
        guard case .loading(let load) = phase else { return }
        phase = .ended
        let text = Array(reason.prefix(1024))
        answer(.resourceManager, Message.failure(.startProgram, id: load.request, error, reason: text), &host)
    }
}
