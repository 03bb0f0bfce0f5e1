import ABI
import ServerKit

extension TerminalDriver {
    /// Opens a terminal for a process. `noSuchAddressOrDevice` if there is none of that number, `notDirectory` if a directory is wanted,
    /// `tooManyOpenFilesInSystem` when a table is full. It does not become a controlling terminal by that. C: open(2).
    mutating func openDevice(_ request: Request) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(OpenDevice.self)
        guard body.major == .terminal, let terminal = terminals.firstIndex(where: { $0.minor == body.minor }) else {
            throw .noSuchAddressOrDevice
        }
        guard !body.open.open.contains(.directory) else { throw .notDirectory }
        let description = Description(terminal: terminal, access: body.open.access, flags: body.open.flags, node: body.node)
        guard let slot = descriptions.insert(description) else { throw .tooManyOpenFilesInSystem }
        let handle: Handle
        do throws(Errno) {
            handle = try handles.grant(NodeID(index: slot.index, generation: slot.generation), to: body.process)
        } catch {
            descriptions.remove(index: slot.index, generation: slot.generation)
            throw error
        }
        _ = descriptions.update(index: slot.index, generation: slot.generation) { description in
            description.handles = [handle]
        }
        return .body(FileOpened(handle: handle, access: body.open.access, flags: body.open.flags, status: body.node))
    }

    /// Takes back one handle. What waits through it ends with `badFileDescriptor` or its partial count. C: close(2).
    mutating func close(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let number = try handles.release(body.handle, of: request.stamp.process)
        release(body.handle, number, &context)
        return .done
    }

    /// Grants descriptions to a further process: all or none.
    mutating func share(_ request: Request) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(Share.self)
        var numbers: [NodeID] = []
        for handle in body.handles { numbers.append(try handles.object(handle, of: body.from)) }
        var granted: [Handle] = []
        do throws(Errno) {
            for number in numbers { granted.append(try handles.grant(number, to: body.to)) }
        } catch {
            for handle in granted { try handles.release(handle, of: body.to) }
            throw error
        }
        for (handle, number) in zip(granted, numbers) {
            _ = descriptions.update(index: number.index, generation: number.generation) { description in
                description.handles.append(handle)
            }
        }
        return .body(ShareResult(handles: granted))
    }

    /// Takes back handles that their process never learned of; unknown ones are ignored.
    mutating func drop(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(Drop.self)
        for handle in body.handles {
            guard let number = try? handles.release(handle, of: body.process) else { continue }
            release(handle, number, &context)
        }
        return .done
    }
}
