/// Why a module is refused.

/// The refusal of a module: what is wrong, and where.
package struct ModuleError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Reason: Equatable, Sendable {
        /// The bytes are not a module (Core, chapter 5).
        case malformed(Malformation)
        /// The bytes are a module that breaks a rule (Core, chapter 3).
        case invalid(Violation)
        /// The module uses a part of WebAssembly that is not implemented here.
        case unsupported(Proposal)
        /// The module exceeds a bound of this implementation (`ImplementationLimits`).
        case tooLarge(Bound)
    }

    package let reason: Reason
    /// The offset of the offending byte, or of the instruction or section that it belongs to, in the bytes that were decoded.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reasonText) at byte \(offset)" }

    private var reasonText: String {
        switch reason {
        case .malformed(let malformation): "malformed: \(malformation.description)"
        case .invalid(let violation): "invalid: \(violation.description)"
        case .unsupported(let proposal): "not supported: \(proposal.description)"
        case .tooLarge(let bound): "too large: more than \(bound.limit) \(bound.description)"
        }
    }
}

/// What makes bytes no module. Where the specification's tests expect a message, the text begins like theirs.
package enum Malformation: Equatable, Sendable, CustomStringConvertible {
    /// The file does not begin with the magic number.
    case magicNumber
    /// The version is not 1.
    case version
    /// The bytes, or those of a section or body, end before what they hold does.
    case unexpectedEnd
    /// A section, body or vector says more bytes than there are.
    case lengthOutOfBounds
    /// A section holds more or fewer bytes than it says.
    case sectionSize
    case sectionKind
    /// A section comes twice or after one that it must precede.
    case sectionOrder
    /// An integer takes more bytes than its type ever needs.
    case integerTooLong
    /// An integer is not in the range of its type.
    case integerTooLarge
    case utf8
    case valueType
    case referenceType
    case functionType
    case limitsFlags
    case mutability
    case importKind
    case exportKind
    case elementKind
    case elementFlags
    case dataFlags
    case tagAttribute
    case blockType
    case memoryFlags
    case catchKind
    /// No instruction has this code.
    case opcode(prefix: UInt8, code: UInt32)
    /// A body or constant expression goes on after its `end`, or has none.
    case endExpected
    /// An `else` that belongs to no `if`.
    case elseUnexpected
    /// There are more or fewer function bodies than functions.
    case functionCount
    /// There are more or fewer data segments than the data count section says.
    case dataCount
    /// An instruction needs the data count section and there is none.
    case dataCountRequired
    /// The locals of a function are more than 2^32 - 1.
    case tooManyLocals

    package var description: String {
        switch self {
        case .magicNumber: "magic header not detected"
        case .version: "unknown binary version"
        case .unexpectedEnd: "unexpected end"
        case .lengthOutOfBounds: "length out of bounds"
        case .sectionSize: "section size mismatch"
        case .sectionKind: "malformed section id"
        case .sectionOrder: "unexpected content after last section"
        case .integerTooLong: "integer representation too long"
        case .integerTooLarge: "integer too large"
        case .utf8: "malformed UTF-8 encoding"
        case .valueType: "malformed value type"
        case .referenceType: "malformed reference type"
        case .functionType: "malformed function type"
        case .limitsFlags: "malformed limits flags"
        case .mutability: "malformed mutability"
        case .importKind: "malformed import kind"
        case .exportKind: "malformed export kind"
        case .elementKind: "malformed element kind"
        case .elementFlags: "malformed elements segment kind"
        case .dataFlags: "malformed data segment kind"
        case .tagAttribute: "malformed tag attribute"
        case .blockType: "malformed block type"
        case .memoryFlags: "malformed memop flags"
        case .catchKind: "malformed catch clause"
        case .opcode(let prefix, let code): "illegal opcode \(prefix == 0 ? "" : "\(hexadecimal(UInt32(prefix))) ")\(hexadecimal(code))"
        case .endExpected: "END opcode expected"
        case .elseUnexpected: "else without if"
        case .functionCount: "function and code section have inconsistent lengths"
        case .dataCount: "data count and data section have inconsistent lengths"
        case .dataCountRequired: "data count section required"
        case .tooManyLocals: "too many locals"
        }
    }
}

/// A rule of validation that a module breaks. Where the specification's tests expect a message, the text begins like theirs.
package enum Violation: Equatable, Sendable, CustomStringConvertible {
    /// The operand on top of the stack has another type than the instruction needs; `found` is nil when there is no operand.
    case typeMismatch(expected: ValueType, found: ValueType?)
    /// An operand is needed, of whatever type, and there is none.
    case missingOperand
    /// A block ends with more operands than it gives.
    case leftoverOperands
    /// `select` without a type, on references or on operands of two types.
    case selectOperands
    /// `select` with a list of types that has not exactly one.
    case selectArity
    /// A branch or a block gives other types than its label, in number or kind.
    case labelTypes
    case unknownType(UInt32)
    case unknownFunction(UInt32)
    case unknownTable(UInt32)
    case unknownMemory(UInt32)
    case unknownGlobal(UInt32)
    case unknownTag(UInt32)
    case unknownLocal(UInt32)
    case unknownLabel(UInt32)
    case unknownElementSegment(UInt32)
    case unknownDataSegment(UInt32)
    /// `ref.func` of a function that nothing outside of functions names.
    case undeclaredFunctionReference(UInt32)
    case immutableGlobal(UInt32)
    /// An access declares more alignment than its width.
    case alignment
    /// An access adds more to its address than addresses of 32 bits can be.
    case offsetRange
    case lane
    case constantExpressionRequired
    case duplicateExport
    case startFunction
    case limitsOrder
    case tableSize
    case memorySize
    case tagResults
    /// `table.copy` or `table.init` between different types of element, or an indirect call through a table of no functions.
    case elementType

    package var description: String {
        switch self {
        case .typeMismatch(let expected, let found):
            "type mismatch: expected \(expected.mnemonic), found \(found?.mnemonic ?? "nothing")"
        case .missingOperand: "type mismatch: expected an operand, found nothing"
        case .leftoverOperands: "type mismatch: operands remain at the end of the block"
        case .selectOperands: "type mismatch: select needs its type, or two operands of one number or vector type"
        case .selectArity: "invalid result arity"
        case .labelTypes: "type mismatch: the label's types differ"
        case .unknownType(let index): "unknown type \(index)"
        case .unknownFunction(let index): "unknown function \(index)"
        case .unknownTable(let index): "unknown table \(index)"
        case .unknownMemory(let index): "unknown memory \(index)"
        case .unknownGlobal(let index): "unknown global \(index)"
        case .unknownTag(let index): "unknown tag \(index)"
        case .unknownLocal(let index): "unknown local \(index)"
        case .unknownLabel(let index): "unknown label \(index)"
        case .unknownElementSegment(let index): "unknown elem segment \(index)"
        case .unknownDataSegment(let index): "unknown data segment \(index)"
        case .undeclaredFunctionReference(let index): "undeclared function reference \(index)"
        case .immutableGlobal(let index): "global is immutable: \(index)"
        case .alignment: "alignment must not be larger than natural"
        case .offsetRange: "offset out of range"
        case .lane: "invalid lane index"
        case .constantExpressionRequired: "constant expression required"
        case .duplicateExport: "duplicate export name"
        case .startFunction: "start function"
        case .limitsOrder: "size minimum must not be greater than maximum"
        case .tableSize: "table size must be at most 4294967295 elements"
        case .memorySize: "memory size must be at most 65536 pages (4GiB)"
        case .tagResults: "non-empty tag result type"
        case .elementType: "type mismatch: the table's element type differs"
        }
    }
}

/// A part of WebAssembly that is not implemented here. A module that uses one is refused with its name.
package enum Proposal: Equatable, Sendable, CaseIterable, CustomStringConvertible {
    /// `try`, `catch`, `catch_all`, `rethrow` and `delegate`, which `try_table` replaced.
    case legacyExceptions
    /// Shared memories and atomic instructions.
    case threads
    case multipleMemories
    /// Memories and tables of 64-bit addresses.
    case memory64
    /// Structures, arrays, recursive and sub types.
    case garbageCollection
    /// References with the type of their function, `call_ref`, and tables with an initial value.
    case typedFunctionReferences
    case relaxedSIMD
    case wideArithmetic
    case stackSwitching
    case customPageSizes
    /// Descriptors of structures, and references of exactly a type.
    case customDescriptors

    package var description: String {
        switch self {
        case .legacyExceptions: "exception handling with try and catch"
        case .threads: "threads"
        case .multipleMemories: "multiple memories"
        case .memory64: "64-bit memories and tables"
        case .garbageCollection: "garbage collection"
        case .typedFunctionReferences: "typed function references"
        case .relaxedSIMD: "relaxed SIMD"
        case .wideArithmetic: "wide arithmetic"
        case .stackSwitching: "stack switching"
        case .customPageSizes: "custom page sizes"
        case .customDescriptors: "custom descriptors"
        }
    }
}

/// What there is too much of (`ImplementationLimits`).
package enum Bound: Equatable, Sendable, CustomStringConvertible {
    case module, types, functions, imports, exports, globals, tags, tables, dataSegments, elementSegments, elements
    case parameters, results, functionSize, locals, nesting, operands

    /// The largest number allowed.
    package var limit: Int {
        switch self {
        case .module: ImplementationLimits.module
        case .types: ImplementationLimits.types
        case .functions: ImplementationLimits.functions
        case .imports: ImplementationLimits.imports
        case .exports: ImplementationLimits.exports
        case .globals: ImplementationLimits.globals
        case .tags: ImplementationLimits.tags
        case .tables: ImplementationLimits.tables
        case .dataSegments: ImplementationLimits.dataSegments
        case .elementSegments: ImplementationLimits.elementSegments
        case .elements: ImplementationLimits.elements
        case .parameters: ImplementationLimits.parameters
        case .results: ImplementationLimits.results
        case .functionSize: ImplementationLimits.functionSize
        case .locals: ImplementationLimits.locals
        case .nesting: ImplementationLimits.nesting
        case .operands: ImplementationLimits.operands
        }
    }

    package var description: String {
        switch self {
        case .module: "bytes in the module"
        case .types: "types"
        case .functions: "functions"
        case .imports: "imports"
        case .exports: "exports"
        case .globals: "globals"
        case .tags: "tags"
        case .tables: "tables"
        case .dataSegments: "data segments"
        case .elementSegments: "element segments"
        case .elements: "elements in a segment"
        case .parameters: "parameters"
        case .results: "results"
        case .functionSize: "bytes in a function"
        case .locals: "locals"
        case .nesting: "nested blocks"
        case .operands: "operands on the stack"
        }
    }
}

extension ValueType {
    /// The type's name in the text format (6.4).
    package var mnemonic: String {
        switch self {
        case .i32: "i32"
        case .i64: "i64"
        case .f32: "f32"
        case .f64: "f64"
        case .v128: "v128"
        case .funcref: "funcref"
        case .externref: "externref"
        case .exnref: "exnref"
        }
    }
}

/// A number as hexadecimal digits, at least two.
private func hexadecimal(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return digits.utf8.count < 2 ? "0" + digits : digits
}
