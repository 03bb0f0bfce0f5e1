import ABI
import ServerKit

extension PipeDriver {
    /// C: poll(2). Readable: data, or no writer. Writable: room for an atomic write, or no reader.
    mutating func poll(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(Poll.self)
        let (opening, pipe) = try opening(body.handle, request)
        let available = opening.end == .reading ? UInt64(pipe.buffer.count) : 0
        return .body(
            readiness.poll(body, of: request.stamp.process, state: pipe.events(of: opening.end), available: available))
    }

    /// C: fstat(2). A pipe is root's as far as its driver knows: it sees credentials as a number alone.
    func status(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let (opening, pipe) = try opening(body.handle, request)
        return .body(
            FileStatus(
                device: 0, node: opening.pipe, kind: .pipe, mode: 0o600, links: 1, user: .root, group: GroupID(rawValue: 0), size: 0,
                blocks: 0, major: .none, minor: 0, accessTime: pipe.accessTime, modificationTime: pipe.modificationTime,
                changeTime: pipe.changeTime))
    }

    /// `nonBlocking` counts from the next request on. `invalidArgument` for unknown flags. C: fcntl(2) F_SETFL.
    mutating func setDescriptionFlags(_ request: Request) throws(Errno) -> Answer {
        let body = try request.decode(SetDescriptionFlags.self)
        let opening = try handles.object(body.handle, of: request.stamp.process)
        let known: DescriptionFlags = [.append, .dataSync, .nonBlocking, .readSync, .sync]
        guard known.isSuperset(of: body.flags) else { throw .invalidArgument }
        change(opening.pipe) { pipe in
            switch opening.end {
            case .reading: pipe.reading.flags = body.flags
            case .writing: pipe.writing.flags = body.flags
            }
        }
        return .done
    }

    /// C: futimens(2).
    mutating func setTimes(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(SetTimes.self)
        let opening = try handles.object(body.handle, of: request.stamp.process)
        let realTime = context.realTime
        change(opening.pipe) { pipe in
            pipe.accessTime = body.times.access.applied(to: pipe.accessTime, realTime)
            pipe.modificationTime = body.times.modification.applied(to: pipe.modificationTime, realTime)
            pipe.changeTime = realTime
        }
        return .done
    }
}

extension TimeSetting {
    fileprivate func applied(to time: Nanoseconds, _ realTime: Nanoseconds) -> Nanoseconds {
        switch self {
        case .keep: return time
        case .now: return realTime
        case .to(let wanted): return wanted
        }
    }
}
