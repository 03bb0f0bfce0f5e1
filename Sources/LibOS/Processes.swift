// Making processes and waiting for them; process groups; the list of processes.

import ABI

/// Where the results of a spawn go.
struct SpawnCall: Wire, Equatable, Sendable {
    var process: Address
    var reason: ResultBuffer

    init(process: Address, reason: ResultBuffer) {
        self.process = process
        self.reason = reason
    }

    init(from reader: inout Reader) throws(Errno) {
        process = try reader.u32()
        reason = try reader.value(ResultBuffer.self)
    }

    func encode(into writer: inout Writer) {
        writer.u32(process)
        writer.value(reason)
    }
}

extension LibOS {
    /// The program's pid.
    package mutating func processID(_ thread: ThreadID) -> Int32 { process.rawValue }

    /// Its parent's pid.
    package mutating func processParentID(_ thread: ThreadID) -> Int32 { parent.rawValue }

    /// Starts a program in a new process (C: posix_spawn(3)); answered once its image is compiled and linked.
    ///
    /// `block` is an encoded `SpawnBlock`. When the image cannot be started, a reason for people is put into the reason
    /// buffer, cut off at its capacity; its length is always told, 0 without a reason.
    /// `invalidArgument` for a malformed block, no argument or a number twice; `argumentListTooLong`;
    /// `badFileDescriptor` for a descriptor that is not open, or a number in the child beyond all; `noSuchFileOrDirectory`,
    /// `permissionDenied`, `execFormatError` of the image; `resourceTemporarilyUnavailable`; `badAddress`.
    package mutating func processSpawn(
        _ thread: ThreadID, _ path: Address, _ pathLength: UInt32, _ block: Address, _ blockLength: UInt32, _ result: Address,
        _ reason: Address, _ reasonCapacity: UInt32, _ reasonLength: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let spawn = SpawnCall(process: result, reason: ResultBuffer(reason, reasonCapacity, reasonLength))
            try host.check(result, 4)
            try libOS.check(spawn.reason, &host)
            let path = try host.path(path, pathLength)
            guard !path.isEmpty else { throw .noSuchFileOrDirectory }
            guard blockLength <= UInt32(Limits.payload / 2 + Limits.arguments) else { throw .argumentListTooLong }
            let body = try libOS.spawnBody(path, try LibOS.spawnBlock(try host.read(block, blockLength)))
            try host.storeProgram(reasonLength, 0, size: 4)
            var shared: [DescriptionID] = []
            for descriptor in body.descriptors {
                shared.append(DescriptionID(connection: descriptor.connection, handle: descriptor.handle))
            }
            var writer = Writer()
            writer.value(body)
            return try libOS.handOverOffsets(of: shared, thread, then: .spawn(spawn, body: writer.bytes), &host)
        }
    }

    mutating func sendSpawn(
        _ thread: ThreadID, _ spawn: SpawnCall, _ body: [UInt8], _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        try request(.spawn, to: .resourceManager, RawBytes(body), replySpace: 4096, owner: .thread(thread), host: &host)
        return .waiting(.spawn(spawn))
    }

    private static func spawnBlock(_ bytes: [UInt8]) throws(Errno) -> SpawnBlock {
        var reader = Reader(bytes)
        do throws(Errno) {
            let block = try reader.value(SpawnBlock.self)
            try reader.finish()
            return block
        } catch {
            throw .invalidArgument
        }
    }

    /// The request of a spawn. A child number used twice is `invalidArgument`.
    private func spawnBody(_ path: [UInt8], _ block: SpawnBlock) throws(Errno) -> Spawn {
        guard !block.arguments.isEmpty, block.flags.rawValue <= 15 else { throw .invalidArgument }
        try LibOS.checkStrings(block.arguments, block.environment)
        var descriptors: [SpawnDescriptor] = []
        for mapping in block.descriptors {
            guard mapping.child.rawValue < UInt32(Limits.descriptors) else { throw .badFileDescriptor }
            let entry = try table.entry(mapping.parent.rawValue)
            // The child has the folders of the root by itself.
            guard entry.folder.isEmpty else { continue }
            var inherited = LibOS.inherited(mapping.child, try table.description(at: entry.description))
            // What the parent gave up, the child does not get.
            if inherited.kind != .directory {
                if !entry.base.contains(.read) { inherited.access.subtract([.read, .execute]) }
                if !entry.base.contains(.write) { inherited.access.subtract(.write) }
            }
            // Most programs name them in order, so the place is mostly the end.
            var place = descriptors.count
            while place > 0 && descriptors[place - 1].descriptor > mapping.child { place -= 1 }
            if place > 0 && descriptors[place - 1].descriptor == mapping.child { throw .invalidArgument }
            descriptors.insert(inherited, at: place)
        }
        let directory = LibOS.inherited(Descriptor(rawValue: 0), try table.description(at: workingDirectory))
        return Spawn(
            start: try start(ofPath: path), path: path, workingDirectory: directory, flags: block.flags, group: block.group,
            mask: mask, arguments: block.arguments, environment: block.environment, descriptors: descriptors)
    }

    private static func inherited(_ number: Descriptor, _ description: Description) -> SpawnDescriptor {
        SpawnDescriptor(
            descriptor: number, connection: description.connection, handle: description.handle, kind: description.kind,
            access: description.access, flags: description.flags)
    }

    /// Throws `argumentListTooLong` when arguments and environment are larger than `Limits.arguments` bytes, their zeros and
    /// addresses included; `invalidArgument` for a zero inside one.
    static func checkStrings(_ arguments: [ByteString], _ environment: [ByteString]) throws(Errno) {
        var size = 0
        for list in [arguments, environment] {
            for string in list {
                size += string.bytes.count + 5
                guard size <= Limits.arguments else { throw .argumentListTooLong }
                for byte in string.bytes where byte == 0 { throw .invalidArgument }
            }
        }
    }

    mutating func spawned(_ spawn: SpawnCall, _ reply: Reply, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        if let error = reply.error {
            let count = min(reply.count, Int(clamping: spawn.reason.capacity))
            if count > 0 { try host.writeProgram(spawn.reason.address, reply.message, Header.size..<Header.size + count) }
            try host.storeProgram(spawn.reason.length, UInt64(count), size: 4)
            throw error
        }
        let child = try reply.value(SpawnResult.self).process
        try host.storeProgram(spawn.process, UInt64(UInt32(bitPattern: child.rawValue)), size: 4)
        return .done
    }

    /// Waits for a child's end and takes its status (C: waitpid(2)): kind << 8 | code, kind a `ChangeKind`.
    /// `flags`, `WaitFlags`: 1 does not wait, and tells pid 0; 2 tells of children that stopped, 8 of those that went on. `invalidArgument` for others, `noChildProcess`, `interrupted`, `badAddress`.
    package mutating func processWait(
        _ thread: ThreadID, _ target: Int32, _ flags: UInt32, _ process: Address, _ status: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let wait = WaitCall(target: target, flags: WaitFlags(rawValue: flags), process: process, status: status)
            guard wait.flags.subtracting([.noHang, .stopped, .continued]).isEmpty else { throw .invalidArgument }
            try host.check(process, 4)
            try host.check(status, 4)
            return try libOS.sendWait(thread, wait, &host)
        }
    }

    mutating func sendWait(_ thread: ThreadID, _ wait: WaitCall, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        try request(
            .wait, to: .resourceManager, Wait(target: wait.target, flags: wait.flags), replySpace: 256, owner: .thread(thread),
            host: &host)
        return .waiting(.wait(wait))
    }

    func waited(_ wait: WaitCall, _ reply: Reply, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        let result = try reply.value(WaitResult.self)
        try host.storeProgram(wait.process, UInt64(UInt32(bitPattern: result.process.rawValue)), size: 4)
        try host.storeProgram(wait.status, UInt64(result.change.kind.rawValue) << 8 | UInt64(result.change.code), size: 4)
        return .done
    }

    /// Makes the caller lead a session and a group of its own, without a terminal (C: setsid(2)). `notPermitted`.
    package mutating func processSessionCreate(_ thread: ThreadID, host: inout some ProgramHost) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            try libOS.request(.createSession, to: .resourceManager, Nothing(), replySpace: 256, owner: .thread(thread), host: &host)
            return .waiting(.result)
        }
    }

    /// Tells group and session of a process, 0: its own (C: getpgid(2), getsid(2)). `noSuchProcess`, `badAddress`.
    package mutating func processGroupGet(
        _ thread: ThreadID, _ process: Int32, _ group: Address, _ session: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            try host.check(group, 4)
            try host.check(session, 4)
            // The record has the arguments too.
            try libOS.request(
                .processStatus, to: .resourceManager, OneProcess(process: ProcessID(rawValue: process)), replySpace: Limits.payload,
                owner: .thread(thread), host: &host)
            return .waiting(.groups(group, session))
        }
    }

    func groupsTold(_ group: Address, _ session: Address, _ reply: Reply, _ host: inout some ProgramHost) throws(Errno) -> Outcome {
        let record = try reply.value(ProcessRecord.self)
        try host.storeProgram(group, UInt64(UInt32(bitPattern: record.group.rawValue)), size: 4)
        try host.storeProgram(session, UInt64(UInt32(bitPattern: record.session.rawValue)), size: 4)
        return .done
    }

    /// Puts a process into a group (C: setpgid(2)). `noSuchProcess`, `notPermitted`, `invalidArgument`.
    package mutating func processGroupSet(
        _ thread: ThreadID, _ process: Int32, _ group: Int32, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            guard process >= 0, group >= 0 else { throw .invalidArgument }
            let body = SetProcessGroup(process: ProcessID(rawValue: process), group: ProcessGroupID(rawValue: group))
            try libOS.request(.setProcessGroup, to: .resourceManager, body, replySpace: 256, owner: .thread(thread), host: &host)
            return .waiting(.result)
        }
    }

    /// Lists processes with a pid above `after`, as an encoded `ProcessList`. `resultTooLarge` when it does not fit.
    package mutating func processList(
        _ thread: ThreadID, _ after: Int32, _ buffer: Address, _ capacity: UInt32, _ length: Address, host: inout some ProgramHost
    ) -> Int32 {
        call(thread, &host) { libOS, host throws(Errno) in
            let buffer = ResultBuffer(buffer, capacity, length)
            try libOS.check(buffer, &host)
            try libOS.request(
                .processes, to: .resourceManager, OneProcess(process: ProcessID(rawValue: after)),
                replySpace: min(max(Int(clamping: capacity), 4096), Limits.payload), owner: .thread(thread), host: &host)
            return .waiting(.bytes(buffer))
        }
    }
}
