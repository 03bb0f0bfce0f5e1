import Wasm

/// The reason for which a step is refused; nil: it is not.
func refusal(_ step: () throws(ModuleError) -> Void) -> ModuleError.Reason? {
    do throws(ModuleError) {
        try step()
        return nil
    } catch {
        return error.reason
    }
}

/// The reason for which decoding or validation refuses bytes.
func refusal(of bytes: [UInt8]) -> ModuleError.Reason? {
    refusal { () throws(ModuleError) in try Module(decoding: bytes).validate() }
}

/// The magic number and version, and then other bytes.
func file(_ sections: [UInt8]...) -> [UInt8] {
    [0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0] + sections.flatMap { $0 }
}

/// A section of at most 127 bytes.
func section(_ kind: SectionKind, _ contents: [UInt8]) -> [UInt8] {
    [kind.rawValue, UInt8(contents.count)] + contents
}

/// A module with one function and something of everything that instructions can name, of which most have index 0.
///
/// Types: 0 is the function's own, 1 takes an i32 and an i64 and gives an f32, 2 takes an i32, 3 takes nothing and gives i32 i32.
/// Functions: 0 the function, 1 one of type 1 that is not declared, 2 one of type 1 that is exported. Tables: 0 of functions, 1 of
/// externals. Globals: 0 an i32 that can be set, 1 an imported i64 that cannot. Tags: 0 carries type 2's parameter.
func module(
    _ type: FunctionType = FunctionType(), locals: [LocalGroup] = [], hasDataCount: Bool = true, body: Expression
) -> Module {
    var module = Module()
    module.types = [
        type, FunctionType([.i32, .i64], to: [.f32]), FunctionType([.i32]), FunctionType(to: [.i32, .i32]),
    ]
    let stub = Function(type: 1, body: Expression([Instruction(.unreachable)]))
    module.imports = [Import(module: "host", name: "global", .global(GlobalType(.i64)))]
    module.functions = [Function(type: 0, locals: locals, body: body), stub, stub]
    module.tables = [
        TableType(.funcref, ResizableLimits(minimum: 1)), TableType(.externref, ResizableLimits(minimum: 1, maximum: 2)),
    ]
    module.memories = [MemoryType(ResizableLimits(minimum: 1))]
    module.globals = [Global(GlobalType(.i32, isMutable: true), Expression([.i32Constant(7)]))]
    module.tags = [TagType(type: 2)]
    module.exports = [Export("two", .function(2))]
    module.elementSegments = [
        ElementSegment(.passive, .functions([])), ElementSegment(.passive, type: .externref, .expressions([])),
    ]
    module.dataSegments = [DataSegment(.passive, [1, 2, 3])]
    module.hasDataCount = hasDataCount
    return module
}

/// As `module`, with the function's code as instructions without the final `end`.
func module(_ type: FunctionType = FunctionType(), locals: [LocalGroup] = [], _ instructions: [Instruction]) -> Module {
    module(type, locals: locals, body: Expression(instructions))
}

/// The reason for which validation refuses a module.
func refusal(of module: Module) -> ModuleError.Reason? {
    refusal { () throws(ModuleError) in try module.validate() }
}
