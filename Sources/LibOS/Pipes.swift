// Making pipes.

import ABI

/// A pipe being made.
struct PipeCall: Wire, Equatable, Sendable {
    var readEnd: Address
    var writeEnd: Address
    var flags: DescriptionFlags
    /// The pipe driver's connection, once it is asked.
    var connection: ConnectionID

    init(readEnd: Address, writeEnd: Address, flags: DescriptionFlags) {
        self.readEnd = readEnd
        self.writeEnd = writeEnd
        self.flags = flags
        connection = .resourceManager
    }

    init(from reader: inout Reader) throws(Errno) {
        readEnd = try reader.u32()
        writeEnd = try reader.u32()
        flags = try reader.value(DescriptionFlags.self)
        connection = try reader.value(ConnectionID.self)
    }

    func encode(into writer: inout Writer) {
        writer.u32(readEnd)
        writer.u32(writeEnd)
        writer.value(flags)
        writer.value(connection)
    }
}

extension LibOS {
    /// Makes a pipe and tells its two descriptors (C: pipe2(2)). `flags`: `DescriptionFlags.nonBlocking` or 0, else
    /// `invalidArgument`; `tooManyOpenFiles`, `tooManyOpenFilesInSystem`, `badAddress`.
    package mutating func pipeCreate(
        _ thread: ThreadID, _ readEnd: Address, _ writeEnd: Address, _ flags: UInt32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let flags = try DescriptionFlags(wasi: flags)
            guard flags.isSubset(of: .nonBlocking) else { throw .invalidArgument }
            try host.check(readEnd, 4)
            try host.check(writeEnd, 4)
            guard libOS.table.room >= 2 else { throw .tooManyOpenFiles }
            let pipe = PipeCall(readEnd: readEnd, writeEnd: writeEnd, flags: flags)
            if let connection = libOS.pipeConnection { return try libOS.makePipe(thread, pipe, connection, &host) }
            try libOS.request(
                .connect, to: .resourceManager, Connect(service: .pipe), replySpace: 256, owner: .thread(thread), host: &host)
            return .waiting(.pipeConnection(pipe))
        }
    }

    mutating func pipeConnected(
        _ thread: ThreadID, _ pipe: PipeCall, _ reply: Reply, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        let connection = try reply.value(Connected.self).connection
        pipeConnection = connection
        return try makePipe(thread, pipe, connection, &host)
    }

    private mutating func makePipe(
        _ thread: ThreadID, _ pipe: PipeCall, _ connection: ConnectionID, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        var pipe = pipe
        pipe.connection = connection
        do throws(Errno) {
            try request(
                .createPipe, to: connection, CreatePipe(flags: pipe.flags), replySpace: 256, owner: .thread(thread), host: &host)
        } catch {
            // A driver that was restarted has another connection: the next call asks for it.
            if error == .ioError { pipeConnection = nil }
            throw error
        }
        return .waiting(.pipe(pipe))
    }

    mutating func pipeMade(_ pipe: PipeCall, _ reply: Reply, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        let ends = try reply.value(PipeEnds.self)
        let readEnd = Description(pipeEnd: ends.readEnd, on: pipe.connection, .read, pipe.flags)
        let writeEnd = Description(pipeEnd: ends.writeEnd, on: pipe.connection, .write, pipe.flags)
        guard table.room >= 2 else {
            closeForNobody(readEnd, &host)
            closeForNobody(writeEnd, &host)
            throw .tooManyOpenFiles
        }
        try install(readEnd, base: readEnd.rights, inheriting: [], pipe.readEnd, &host)
        try install(writeEnd, base: writeEnd.rights, inheriting: [], pipe.writeEnd, &host)
        return .done
    }
}
