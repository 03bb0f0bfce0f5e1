/// A validated module with the code of those of its functions that were called.
package import Wasm

/// A module that can be instantiated, in any number of stores. Functions are translated when they are called first, so a large module
/// starts at once. It is for one thread at a time.
package final class CompiledModule {
    /// The module's bytes, from which saved state makes it again.
    package let bytes: [UInt8]
    package let module: Module
    let spaces: IndexSpaces
    private var validator: FunctionValidator
    private var codes: [FunctionCode?]
    private lazy var names: Names? = module.names

    /// Decodes and validates a module. Throws what `Module.init(decoding:)` and `Module.validate` throw.
    package init(_ bytes: [UInt8]) throws(ModuleError) {
        self.bytes = bytes
        module = try Module(decoding: bytes)
        try module.validate()
        validator = try module.validateDeclarations()
        spaces = validator.spaces
        codes = Array(repeating: nil, count: module.functions.count)
    }

    /// The name of a function as the name section tells it; nil if it does not.
    package func name(ofFunction index: UInt32) -> Name? { names?.function(index) }

    /// The code of a function that the module defines, by its index among all functions; nil if it is too large for the register form.
    func code(ofFunction index: UInt32) -> FunctionCode? {
        let defined = Int(index) - spaces.importedFunctions
        if let code = codes[defined] { return code }
        var compiler = FunctionCompiler(validator)
        let code = compiler.compile(module.functions[defined])
        codes[defined] = code
        return code
    }
}
