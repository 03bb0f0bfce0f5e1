// Messages that arrive, and who goes on with them.

package import ABI

extension LibOS {
    /// A message for this process arrived. Nothing in it can trap: what is malformed or expected by nobody is dropped, and a
    /// request that the libOS does not know is answered `functionNotImplemented`.
    /// - Parameters:
    ///   - connection: the connection that it came on.
    ///   - message: header and payload.
    package mutating func deliver(_ connection: ConnectionID, _ message: [UInt8], host: inout some ProgramHost) {
        lastTurn = host.monotonicTime()
        if case .ended = phase { return }
        var reader = Reader(message)
        guard let header = LibOS.header(&reader) else { return }
        switch header.kind {
        case .reply: replied(connection, header, message, &host)
        case .notice: noticed(connection, header, &reader, &host)
        case .request: requested(connection, header, &reader, &host)
        }
    }

    private static func header(_ reader: inout Reader) -> Header? {
        do throws(Errno) { return try reader.value(Header.self) } catch { return nil }
    }

    private mutating func replied(_ connection: ConnectionID, _ header: Header, _ message: [UInt8], _ host: inout some ProgramHost) {
        for index in 0..<requests.count
        where requests[index].connection == connection && requests[index].id == header.request && requests[index].unsent.isEmpty {
            let request = requests.remove(at: index)
            sendUnsent(connection, &host)
            var error = Errno.decode(header.argument)
            // A reply to another operation, or larger than it may be, is no answer.
            if header.operation != request.operation || header.payloadLength > request.replySpace { error = .ioError }
            complete(request.owner, Reply(error, message), &host)
            return
        }
    }

    private mutating func noticed(_ connection: ConnectionID, _ header: Header, _ reader: inout Reader, _ host: inout some ProgramHost) {
        do throws(Errno) {
            switch header.operation {
            case .ready: pollReady(connection, try reader.value(Ready.self), &host)
            case .signal where connection == .resourceManager: signalTold(&host)
            case .stopped where connection == .resourceManager: stopped(try reader.value(Stopped.self).isStopped, &host)
            case .parentChanged where connection == .resourceManager: parent = try reader.value(ParentChanged.self).parent
            case .connectionLost where connection == .resourceManager:
                failRequests(on: try reader.value(ConnectionLost.self).connection, &host)
            case .last: failRequests(on: connection, &host)
            default: break
            }
        } catch {
            // Malformed: as if it had not come.
        }
    }

    private mutating func requested(_ connection: ConnectionID, _ header: Header, _ reader: inout Reader, _ host: inout some ProgramHost) {
        guard header.operation == .startProgram, connection == .resourceManager else {
            answer(connection, Message.failure(header.operation, id: header.request, .functionNotImplemented), &host)
            return
        }
        startProgram(header.request, &reader, &host)
    }

    /// Sends a reply. One that cannot be sent has nobody left who waits for it.
    mutating func answer(_ connection: ConnectionID, _ message: [UInt8], _ host: inout some ProgramHost) {
        do throws(Errno) { try host.send(connection, message) } catch {}
    }

    /// A request of `owner` was answered.
    @inline(never)
    mutating func complete(_ owner: Owner, _ reply: Reply, _ host: inout some ProgramHost) {
        switch owner {
        case .nobody: break
        case .thread(let thread): advance(thread, reply, &host)
        case .poll(let thread, let slot): pollAnswered(thread, Int(clamping: slot), reply, &host)
        case .image(let offset): imageArrived(offset, reply, &host)
        case .report: endReported(&host)
        case .signals: signalTaken(reply, &host)
        case .terminalProbe(let index): terminalProbed(Int(clamping: index), reply, &host)
        }
    }

    /// Goes on with a thread's call.
    private mutating func advance(_ thread: ThreadID, _ reply: Reply, _ host: inout some ProgramHost) {
        guard isRunning, let index = index(of: thread), let call = threads[index].call else { return }
        do throws(Errno) {
            switch try step(index, call, reply, &host) {
            case .done: finish(index, 0)
            case .waiting(let next): threads[index].call = next
            }
        } catch {
            if error == .interrupted, threads[index].isRepeating, !threads[index].isInterrupted {
                threads[index].isRepeating = false
                goOn(index, call, &host)
            } else {
                finish(index, Int32(error.rawValue))
            }
        }
    }

    /// One step of a waiting call, by what it waits for.
    private mutating func step(
        _ index: Int, _ call: PendingCall, _ reply: Reply, _ host: inout some ProgramHost
    ) throws(Errno) -> Outcome {
        let thread = threads[index].id
        switch call {
        case .result, .waitingResult:
            if let error = reply.error { throw error }
            return .done
        case .transfer(let transfer):
            return try transferred(thread, transfer, reply, isInterrupted: threads[index].isInterrupted, &host)
        case .directory(let listing): return try listed(thread, listing, reply, &host)
        case .poll: return .waiting(call)
        case .status(let address, let form): return try storeStatus(reply.value(FileStatus.self), address, form, &host)
        case .pathStatus(let address, let form): return try storePathStatus(reply, address, form, &host)
        case .open(let open): return try opened(open, reply, &host)
        case .readLink(let buffer): return try linkRead(buffer, reply, &host)
        case .close(let reportsError):
            if reportsError, let error = reply.error { throw error }
            return .done
        case .setFlags(let connection, let handle, let flags):
            if let error = reply.error { throw error }
            table.setFlags(connection, handle, flags)
            return .done
        case .offset(let address, let description): return try offsetTold(address, description, reply, &host)
        case .handOverOffsets(let handover): return try offsetTaken(thread, handover, reply, &host)
        case .spawn(let spawn): return try spawned(spawn, reply, &host)
        case .wait(let wait): return try waited(wait, reply, &host)
        case .groups(let group, let session): return try groupsTold(group, session, reply, &host)
        case .bytes(let buffer): return try storeBytes(buffer, reply, &host)
        case .action(let signal, let action):
            if let error = reply.error { throw error }
            setAction(signal, action)
            return .done
        case .pendingSignals(let address):
            try host.storeProgram(address, reply.value(SignalSet.self).bits, size: 8)
            return .done
        case .signalWait(let address):
            try host.write(address, LibOS.told(reply.value(SignalInfo.self)))
            return .done
        case .alarm(let address):
            let before = try reply.value(AlarmTime.self)
            if address != 0 {
                try host.storeProgram(address, before.remaining, size: 8)
                try host.storeProgram(address &+ 8, before.interval, size: 8)
            }
            return .done
        case .pipeConnection(let pipe): return try pipeConnected(thread, pipe, reply, &host)
        case .pipe(let pipe): return try pipeMade(pipe, reply, &host)
        case .lockStatus(let result): return try lockTold(result, reply, &host)
        case .changeDirectory(let change): return try directoryOpened(thread, change, reply, &host)
        case .terminal(let address, let what): return try terminalTold(address, what, reply, &host)
        case .folders(let question): return try foldersListed(thread, question, reply, &host)
        case .folder(let descriptor, let use): return try folderOpened(thread, descriptor, use, reply, &host)
        case .suspend, .forever: return .waiting(call)
        }
    }
}
