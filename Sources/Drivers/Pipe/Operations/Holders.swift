import ABI
import ServerKit

extension PipeDriver {
    /// Takes back one handle. What waits through it ends with `badFileDescriptor` or its partial count. C: close(2).
    mutating func close(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let opening = try handles.release(body.handle, of: request.stamp.process)
        release(body.handle, opening, &context)
        return .done
    }

    /// Grants descriptions to a further process: all or none.
    mutating func share(_ request: Request) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(Share.self)
        var openings: [Opening] = []
        for handle in body.handles { openings.append(try handles.object(handle, of: body.from)) }
        var granted: [Handle] = []
        do throws(Errno) {
            for opening in openings { granted.append(try handles.grant(opening, to: body.to)) }
        } catch {
            for handle in granted { try handles.release(handle, of: body.to) }
            throw error
        }
        for (handle, opening) in zip(granted, openings) {
            change(opening.pipe) { pipe in
                switch opening.end {
                case .reading: pipe.reading.handles.append(handle)
                case .writing: pipe.writing.handles.append(handle)
                }
            }
        }
        return .body(ShareResult(handles: granted))
    }

    /// Takes back handles that their process never learned of; unknown ones are ignored.
    mutating func drop(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(Drop.self)
        for handle in body.handles {
            guard let opening = try? handles.release(handle, of: body.process) else { continue }
            release(handle, opening, &context)
        }
        return .done
    }
}
