/// The entry that libFuzzer calls with inputs, for the decoder, validator and encoder of modules and for the engine (`scripts/fuzz`).
///
/// Any bytes must be a module or an error. What decodes must survive encoding; what is valid must also read and write instruction by
/// instruction, and run, with little of everything, saved and restored on the way (`BoundedRun`, which the tests of the engine have,
/// too). A broken rule traps, which libFuzzer reports with the input.
import Engine
import Wasm

@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    // SAFETY: libFuzzer gives `count` bytes at `start`, which stay as they are until this returns.
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let module = try? Module(decoding: bytes) else { return 0 }
    let encoded = module.encoded()
    guard let again = try? Module(decoding: encoded) else { preconditionFailure("what is encoded can be decoded") }
    precondition(again == module && again.encoded() == encoded, "a module survives encoding")
    if let names = module.names { precondition((try? Names(decoding: names.encoded()[...])) == names, "names survive encoding") }
    guard (try? module.validate()) != nil else { return 0 }
    precondition((try? again.validate()) != nil, "encoding keeps a module valid")
    for function in module.functions { rewrite(function.body) }
    var runs = BoundedRun()
    runs.run(bytes, saves: true)
    return 0
}

/// Writes valid code anew, and checks that the same instructions are read from it.
private func rewrite(_ body: Expression) {
    var reader = body.instructions
    var writer = InstructionWriter()
    var count = 0
    while let instruction = next(&reader) {
        switch instruction.opcode.row.immediates {
        case .labels:
            let labels = Array(body.branchTable(of: instruction))
            writer.appendBranchTable(Array(labels.dropLast()), default: labels[labels.count - 1])
        case .tryTable: writer.appendTryTable(instruction.blockType, Array(body.catchClauses(of: instruction)))
        default: writer.append(instruction)
        }
        count += 1
    }
    var first = body.instructions
    var second = writer.expression.instructions
    for _ in 0..<count {
        guard let before = next(&first), let after = next(&second) else { preconditionFailure("no instruction is lost") }
        precondition(before.opcode == after.opcode && before.blockType == after.blockType, "an instruction survives writing")
        precondition(before.index == after.index && before.secondIndex == after.secondIndex, "indices survive writing")
        precondition(before.lane == after.lane, "lanes survive writing")
        // For vectors these tell a place, which may differ.
        let isVector = before.opcode == .brTable || before.opcode == .tryTable
        precondition(isVector || before.v128 == after.v128, "constants survive writing")
    }
    precondition(next(&second) == nil, "no instruction is added")
}

/// The next instruction of valid code.
private func next(_ reader: inout InstructionReader) -> Instruction? {
    do throws(ModuleError) {
        return try reader.next()
    } catch {
        preconditionFailure("valid code can be read")
    }
}
