// The JavaScript face of the ABI: one frozen object of numbers for each enumeration, and the tables of program calls.

import ABI

/// The whole text of `web/generated/abi.js`.
func javaScript() -> String {
    var text = """
        // @ts-check
        // Written by `swift run abigen` from Sources/ABI. Not to be edited.

        """
    text += object(
        "Header", "The header of a message: its size, its version and the offsets of its fields, in bytes.",
        [
            ("size", Header.size), ("version", Int(Header.version)), ("kind", kindAt), ("versionAt", kindAt + 1),
            ("operation", offset { $0.operation = .last }), ("argument", offset { $0.argument = 1 }),
            ("request", offset { $0.request = RequestID(rawValue: 1) }), ("payloadLength", offset { $0.payloadLength = 1 }),
            ("stamp", stampAt), ("stampSize", stampSize), ("reserved", stampAt + stampSize),
            ("time", offset { $0.time = Nanoseconds(rawValue: 1) }),
        ])
    text += object("MessageKind", "What a message is.", numbers(MessageKind.allCases))
    text += object("Operation", "Every operation that a message can name.", numbers(Operation.allCases), hexadecimal: true)
    text += object("Errno", "The errors; 0 is success.", [("success", 0)] + numbers(Errno.allCases))
    text += object("Limits", "The bounds of the system.", limits)
    text += object("Signal", "The signals that a hart or the page names.", signals)
    text += object("DeviceOperation", "What a server and a device say to each other.", numbers(DeviceOperation.allCases))
    text += object(
        "DeviceGrant", "Bits: the device calls that a server's hart serves.",
        [
            ("console", Int(DeviceGrant.console.rawValue)), ("fetch", Int(DeviceGrant.fetch.rawValue)),
            ("page", Int(DeviceGrant.page.rawValue)), ("block", Int(DeviceGrant.block.rawValue)),
        ])
    text += object("HartRole", "What runs in a hart.", numbers(HartRole.allCases))
    text += object("EndReason", "Why a hart is gone.", numbers(EndReason.allCases))
    text += object("EndKind", "How a program ended.", numbers(EndKind.allCases))
    text += """

        /** What a call of the libOS answers when it has to wait for the next message. */
        export const PENDING = \(ProgramABI.pending);
        /** What it answers when the hart has to go through its event loop first. */
        export const YIELD = \(ProgramABI.yield);
        /** What it answers instead of a result when a handler of the program is to run first. */
        export const HANDLER = \(ProgramABI.handler);

        /**
         * One function that a program may import.
         * @typedef {object} ProgramCall
         * @property {string} name import name, and the libOS export's, which takes the thread id first
         * @property {string} parameters one letter each: `i` i32, `I` i64
         * @property {boolean} hasResult whether it has an i32 result
         * @property {boolean} mayWait whether it may wait
         */

        /**
         * Import module → the calls that a program may import from it.
         * @type {Readonly<Record<string, readonly ProgramCall[]>>}
         */
        export const programCalls = Object.freeze({

        """
    text += calls(ProgramABI.wasiModule, ProgramABI.wasi)
    text += calls(ProgramABI.martletModule, ProgramABI.martlet)
    text += "});\n"
    return text
}

private let kindAt = offset { $0.kind = .reply }
private let stampAt = offset {
    $0.stamp = Stamp(process: ProcessIdentity(rawValue: 1), credentials: $0.stamp.credentials, group: .none, session: .none)
}
private let stampSize = bytes(Stamp.unstamped).count

/// Where the lowest byte of a header's field lies: where a change shows.
private func offset(_ change: (inout Header) -> Void) -> Int {
    let before = Header(kind: .request, operation: .cancel)
    var after = before
    change(&after)
    return zip(bytes(before), bytes(after)).enumerated().first { $1.0 != $1.1 }?.offset ?? Header.size
}

private func bytes(_ value: some Wire) -> [UInt8] {
    var writer = Writer()
    writer.value(value)
    return writer.bytes
}

private let limits: [(String, Int)] = [
    ("payload", Limits.payload), ("transfer", Limits.transfer), ("credits", Limits.credits), ("creditBytes", Limits.creditBytes),
    ("connections", Limits.connections), ("path", Limits.path), ("name", Limits.name), ("image", Limits.image),
]

private let signals: [(String, Int)] = [
    ("hangUp", Signal.hangUp), ("interrupt", Signal.interrupt), ("quit", Signal.quit),
    ("illegalInstruction", Signal.illegalInstruction), ("abort", Signal.abort), ("arithmetic", Signal.arithmetic),
    ("kill", Signal.kill), ("segmentation", Signal.segmentation), ("terminate", Signal.terminate),
    ("badSystemCall", Signal.badSystemCall),
].map { name, signal in (name, Int(signal.rawValue)) }

/// The cases of an enumeration by name.
private func numbers<Cases: RawRepresentable>(_ cases: [Cases]) -> [(String, Int)] where Cases.RawValue: BinaryInteger {
    cases.map { ("\($0)", Int($0.rawValue)) }
}

/// A frozen object of numbers.
private func object(_ name: String, _ comment: String, _ entries: [(String, Int)], hexadecimal: Bool = false) -> String {
    var text = "\n/** \(comment) */\nexport const \(name) = Object.freeze({\n"
    for (key, value) in entries {
        let digits = String(value, radix: 16)
        let number = hexadecimal ? "0x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits : "\(value)"
        text += "  \(key): \(number),\n"
    }
    return text + "});\n"
}

/// One import module's table of calls.
private func calls(_ module: StaticString, _ calls: [ProgramCall]) -> String {
    var text = "  \(module): Object.freeze([\n"
    for call in calls {
        var parameters = ""
        for parameter in call.parameters {
            switch parameter {
            case .i32: parameters += "i"
            case .i64: parameters += "I"
            }
        }
        text +=
            "    { name: \"\(call.name)\", parameters: \"\(parameters)\", hasResult: \(call.hasResult), mayWait: \(call.mayWait) },\n"
    }
    return text + "  ]),\n"
}
