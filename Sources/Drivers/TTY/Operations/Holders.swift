import ABI
import FileServer
import ServerKit

extension TerminalDriver {
    /// Opens a terminal for a process, or by the number of `ptmx` (5, 2) the master of a new pair. `noSuchAddressOrDevice` if there is
    /// none of that number, `notDirectory` if a directory is wanted, `ioError` for a pair that is locked, `resourceTemporarilyUnavailable`
    /// when there are too many pairs, `tooManyOpenFilesInSystem` when a table is full. It does not become a controlling terminal by
    /// that. C: open(2), posix_openpt(3).
    mutating func openDevice(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(OpenDevice.self)
        let isMaster = body.major == .controllingTerminal && body.minor == TerminalDriver.masterMinor
        guard isMaster || body.major == .terminal else { throw .noSuchAddressOrDevice }
        guard !body.open.open.contains(.directory) else { throw .notDirectory }
        let terminal = isMaster ? try makePair(body.user, context.realTime) : try terminal(body)
        let description = Description(
            terminal: terminal, isMaster: isMaster, line: terminals[terminal].line, access: body.open.access, flags: body.open.flags,
            node: body.node)
        guard let slot = descriptions.insert(description) else {
            if isMaster { discardPair(terminal, context.realTime) }
            throw .tooManyOpenFilesInSystem
        }
        let number = NodeID(index: slot.index, generation: slot.generation)
        let handle: Handle
        do throws(Errno) {
            handle = try handles.grant(number, to: body.process)
            if !isMaster {
                do throws(Errno) {
                    try terminals[terminal].open()
                } catch {
                    _ = try? handles.release(handle, of: body.process)
                    throw error
                }
            }
        } catch {
            descriptions.remove(index: slot.index, generation: slot.generation)
            if isMaster { discardPair(terminal, context.realTime) }
            throw error
        }
        if isMaster { terminals[terminal].master?.holders += 1 }
        terminals[terminal].descriptions.insert(number)
        _ = descriptions.update(index: slot.index, generation: slot.generation) { description in
            description.handles = [handle]
        }
        // Those who wait at the master of a terminal that was open before wait on.
        settle(terminal, [], &context)
        return .body(FileOpened(handle: handle, access: body.open.access, flags: body.open.flags, status: body.node))
    }

    /// The terminal of that minor number. A node of `/dev/pts` means the pair that it was made for, not a later one of the same number.
    private func terminal(_ open: OpenDevice) throws(Errno) -> Int {
        guard open.minor > 0, open.minor <= UInt32(terminals.count) else { throw .noSuchAddressOrDevice }
        let index = Int(open.minor) - 1
        guard index >= Limits.consoles else { return index }
        guard let pair = terminals[index].master, pair.holders > 0 else { throw .noSuchAddressOrDevice }
        if open.node.major == .terminal && name(index)?.id != open.node.node { throw .noSuchAddressOrDevice }
        return index
    }

    /// A pair whose master could not be opened.
    private mutating func discardPair(_ index: Int, _ now: Nanoseconds) {
        removeName(index, now)
        reuse(index)
    }

    /// Takes back one handle. What waits through it ends with `badFileDescriptor` or its partial count. C: close(2).
    mutating func close(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(OneHandle.self)
        let number = try handles.release(body.handle, of: request.stamp.process)
        release(body.handle, number, &context)
        return .done
    }

    /// Grants descriptions to a further process: all or none. Directories of names may be among them.
    mutating func share(_ request: Request) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(Share.self)
        let names = body.handles.filter { $0.index >= TerminalDriver.firstNameHandle }
        var own = try handles.share(
            body.handles.filter { $0.index < TerminalDriver.firstNameHandle }, from: body.from, to: body.to)[...]
        var shared: [Handle] = []
        do throws(Errno) {
            if !names.isEmpty { shared = try files.share(Share(from: body.from, to: body.to, handles: names)).handles }
        } catch {
            for (handle, _) in own { try handles.release(handle, of: body.to) }
            throw error
        }
        for (handle, number) in own {
            _ = descriptions.update(index: number.index, generation: number.generation) { description in
                description.handles.append(handle)
            }
        }
        var granted: [Handle] = []
        for handle in body.handles {
            if handle.index >= TerminalDriver.firstNameHandle {
                granted.append(shared.removeFirst())
            } else if let next = own.popFirst() {
                granted.append(next.handle)
            }
        }
        return .body(ShareResult(handles: granted))
    }

    /// Takes back handles that their process never learned of; unknown ones are ignored.
    mutating func drop(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        guard request.isFromResourceManager else { throw .notPermitted }
        let body = try request.decode(Drop.self)
        files.drop(Drop(process: body.process, handles: body.handles.filter { $0.index >= TerminalDriver.firstNameHandle }))
        for handle in body.handles {
            guard let number = try? handles.release(handle, of: body.process) else { continue }
            release(handle, number, &context)
        }
        return .done
    }
}
