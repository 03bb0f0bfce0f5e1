import ABI
import ServerKit

// The devices of the simulated machine: the console, the files of a static host, and the page. (The disk: DiskCalls.swift.)

extension Machine {
    /// Bytes of console input that are under way at most: as the page does, until the terminal has taken them.
    private static let inputCredit = 4096

    /// Carries out a device call. Answers `notPermitted` without the grant that it needs, `badMessage` for bytes that are none.
    func deviceCall(_ hart: HartID, _ grants: DeviceGrant, _ bytes: [UInt8]) -> Errno? {
        var reader = Reader(bytes)
        guard let call = try? DeviceMessage(from: &reader) else { return .badMessage }
        switch call.operation {
        case .consoleWrite where grants.contains(.console):
            show(call.bytes)
            due.append(.device(hart, DeviceMessage(.consoleWrite, token: call.token).encoded))
        case .consoleTaken where grants.contains(.console):
            var reader = Reader(call.bytes)
            typedUnderWay = max(0, typedUnderWay - Int((try? reader.u32()) ?? 0))
            handTypedOver()
        case .fetch where grants.contains(.fetch):
            fetch(hart, call)
        case .pageSend where grants.contains(.page):
            if let onPageMessage { onPageMessage(call.bytes) } else { pageMessages.append(call.bytes) }
        case .pageClosed where grants.contains(.page):
            onPageClosed?()
        case .blockGeometry, .blockRead, .blockWrite, .blockFlush:
            blockCall(hart, grants, call)
        default:
            log(Array("a device call without a grant".utf8))
            return .notPermitted
        }
        return nil
    }

    private func fetch(_ hart: HartID, _ call: DeviceMessage) {
        guard let bytes = options.site(String(decoding: call.bytes, as: UTF8.self)) else {
            due.append(.device(hart, DeviceMessage(.fetch, token: call.token, error: .noSuchFileOrDirectory).encoded))
            return
        }
        var offset = 0
        while offset < bytes.count {
            let piece = Array(bytes[offset..<min(bytes.count, offset + Limits.payload)])
            due.append(
                .device(hart, DeviceMessage(.fetch, token: call.token, error: .operationInProgress, bytes: piece).encoded))
            offset += piece.count
        }
        due.append(.device(hart, DeviceMessage(.fetch, token: call.token).encoded))
    }

    /// The server that a device was granted to.
    private func owner(of grant: DeviceGrant) -> HartID? {
        hartOrder.first { (harts[$0] as? ServerHart)?.grants.contains(grant) == true }
    }

    /// Shows bytes on the console.
    func show(_ bytes: [UInt8]) {
        if let onConsole { onConsole(bytes) } else { console += bytes }
    }

    /// Types on the console. What the terminal has not asked for yet waits.
    package func type(_ text: String) { type(Array(text.utf8)) }

    /// Types on the console. What the terminal has not asked for yet waits.
    package func type(_ bytes: [UInt8]) {
        typed += bytes
        handTypedOver()
    }

    func handTypedOver() {
        guard let terminal = owner(of: .console) else { return }
        let count = min(typed.count, Machine.inputCredit - typedUnderWay)
        guard count > 0 else { return }
        due.append(.device(terminal, DeviceMessage(.consoleInput, bytes: Array(typed[..<count])).encoded))
        typed.removeFirst(count)
        typedUnderWay += count
    }

    /// Tells the terminal the size of its window, in characters.
    package func resizeConsole(rows: UInt16, columns: UInt16) {
        consoleSize = WindowSize(rows: rows, columns: columns, width: 0, height: 0)
        guard let terminal = owner(of: .console) else { return }
        tellSize(terminal)
    }

    /// A server with the console starts: it learns the size, and gets what was typed before.
    func connectConsole(_ terminal: HartID) {
        typedUnderWay = 0
        tellSize(terminal)
        handTypedOver()
    }

    private func tellSize(_ terminal: HartID) {
        guard let consoleSize else { return }
        var writer = Writer()
        writer.value(consoleSize)
        due.append(.device(terminal, DeviceMessage(.consoleSize, bytes: writer.bytes).encoded))
    }

    /// Sends a message to whoever serves the page's device; it is lost if nobody does.
    package func sendFromPage(_ message: [UInt8]) {
        guard let server = owner(of: .page) else { return }
        due.append(.device(server, DeviceMessage(.pageReceive, bytes: message).encoded))
    }
}
