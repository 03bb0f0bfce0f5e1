import ABI
import FileServer
import ServerKit

// What is left of the driver if it ends: the consoles' attributes, sizes, sessions and foreground groups, kept by resmgr. Unread input
// and pseudo-terminals are lost.

extension TerminalDriver {
    private static let recordVersion: UInt8 = 1

    /// The record of the present state.
    var restartRecord: [UInt8] {
        var writer = Writer()
        writer.u8(TerminalDriver.recordVersion)
        for terminal in terminals[..<Limits.consoles] {
            writer.value(terminal.discipline.attributes)
            writer.value(terminal.size)
            writer.value(terminal.session)
            writer.value(terminal.foreground)
        }
        return writer.bytes
    }

    /// Tells resmgr the record if it is another than before.
    mutating func tellRecord(_ context: inout Context) {
        let record = restartRecord
        guard record != recorded else { return }
        recorded = record
        context.notifyResourceManager(.restartRecord, RawBytes(record))
    }

    /// Goes on from a record, if it is one of this version.
    mutating func restore(_ record: [UInt8]) {
        var restored = terminals
        do throws(Errno) {
            var reader = Reader(record)
            guard try reader.u8() == TerminalDriver.recordVersion else { return }
            for index in 0..<Limits.consoles {
                restored[index].discipline.setAttributes(try reader.value(TerminalAttributes.self))
                restored[index].size = try reader.value(WindowSize.self)
                restored[index].session = try reader.value(SessionID.self)
                restored[index].foreground = try reader.value(ProcessGroupID.self)
            }
            try reader.finish()
        } catch {
            return
        }
        terminals = restored
    }
}
