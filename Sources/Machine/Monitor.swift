package import ABI
import ServerKit

// The monitor of the simulated machine: what resmgr orders, and who is gone.

extension Machine {
    /// Carries out an order of resmgr. Its answer comes as an event of its own.
    func order(_ message: [UInt8]) {
        var reader = Reader(message)
        guard let header = try? Header(from: &reader) else { return log(Array("monitor: malformed order".utf8)) }
        switch header.operation {
        case .createHart:
            do throws(Errno) {
                try create(try reader.value(CreateHart.self))
                answer(Message.reply(.createHart, id: header.request, Nothing()))
            } catch {
                answer(Message.failure(.createHart, id: header.request, error))
            }
        case .endHart:
            if let order = try? reader.value(EndHart.self) { remove(order.hart) }
            answer(Message.reply(.endHart, id: header.request, Nothing()))
        case .consoleMessage:
            let text = reader.rest()
            log(text)
            show(text + Array("\r\n".utf8))
        case .panic:
            panic = String(decoding: reader.rest(), as: UTF8.self)
        case .booted:
            isBooted = true
        case .halted:
            isHalted = true
        default:
            log(Array("monitor: unknown order".utf8))
        }
    }

    private func answer(_ message: [UInt8]) { due.append(.monitor(message)) }

    private func create(_ order: CreateHart) throws(Errno) {
        guard harts[order.hart] == nil else { throw .fileExists }
        let needed = order.role == .server ? 1 : 2
        guard memoriesInUse + needed <= options.memories else { throw .resourceTemporarilyUnavailable }
        let hart: Hart
        switch order.role {
        case .server:
            let module = String(decoding: order.module, as: UTF8.self)
            hart = ServerHart(
                id: order.hart, machine: self, stamp: order.stamp, module: module, grants: order.grants,
                code: try code(ofServer: module))
        case .program:
            hart = ProgramHart(id: order.hart, machine: self, stamp: order.stamp)
        }
        try hart.open(.resourceManager, order.channel)
        add(hart)
        if let server = hart as? ServerHart {
            if order.grants.contains(.console) { connectConsole(order.hart) }
            server.input(.start(Start(realTime: realTime, entropy: entropy(), configuration: order.configuration)))
        }
    }

    private func code(ofServer module: String) throws(Errno) -> any ServerCode {
        do throws(ServerFailure) {
            if let code = try servers.code(of: module) { return code }
        } catch {
            log(Array("\(module): \(error.text)".utf8))
            throw .execFormatError
        }
        throw .noSuchFileOrDirectory
    }

    /// Takes a hart away, as `terminate()` does: no word to anybody.
    func remove(_ id: HartID) {
        guard let hart = harts.removeValue(forKey: id) else { return }
        hart.isOver = true
        if (hart as? ServerHart)?.grants.contains(.page) == true { onPageClosed?() }
        (hart as? ProgramHart)?.abandon()
        hart.closeAll(sayingLast: false)
        hartOrder.removeAll { $0 == id }
        disk?.abandon(id)
    }

    /// Kills a server or program as a trap or a lost worker would, and tells resmgr.
    package func crash(_ id: HartID, _ text: String) {
        guard id != Machine.resourceManagerHart, harts[id] != nil else { return }
        tellGone(id, .trap, text)
    }

    /// A server cannot go on.
    func fail(_ hart: ServerHart, _ failure: ServerFailure) {
        log(Array("\(hart.module): \(failure.text)".utf8))
        guard hart.id != Machine.resourceManagerHart else {
            panic = "the resource manager failed: \(failure.text)"
            return
        }
        tellGone(hart.id, failure.isHang ? .silent : .trap, failure.text)
    }

    private func tellGone(_ id: HartID, _ reason: EndReason, _ text: String) {
        remove(id)
        due.append(.monitor(Message.notice(.hartGone, HartGone(hart: id, reason: reason, text: Array(text.utf8)))))
    }
}
