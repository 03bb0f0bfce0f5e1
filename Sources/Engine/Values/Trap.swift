/// Traps: how a run ends that breaks a rule of WebAssembly or a limit of the store.
package import Wasm

/// The end of a run, and where it was.
package struct Trap: Error, Equatable, Sendable {
    /// What went wrong. Texts begin like those of the specification's tests.
    package enum Reason: UInt8, Error, CaseIterable, CustomStringConvertible {
        /// The instruction `unreachable`.
        case unreachable
        case memoryOutOfBounds
        case tableOutOfBounds
        case integerDivideByZero
        /// The quotient, or the number that a float was to become, is out of its type's range.
        case integerOverflow
        /// Not a number was to become an integer.
        case invalidConversion
        /// An indirect call through an element that the table does not have.
        case undefinedElement
        /// An indirect call through null.
        case uninitializedElement
        case indirectCallTypeMismatch
        /// The limit of frames or of stack slots (`StoreLimits`).
        case callStackExhausted
        /// `throw_ref` of null.
        case nullExceptionReference
        /// An exception left the function that was invoked.
        case uncaughtException
        /// There are more exceptions than the store may hold (`StoreLimits`).
        case exceptionsExhausted
        /// A function needs a frame of more slots than the register form can name, or becomes very much code.
        case functionTooLarge

        package var description: String {
            switch self {
            case .unreachable: "unreachable"
            case .memoryOutOfBounds: "out of bounds memory access"
            case .tableOutOfBounds: "out of bounds table access"
            case .integerDivideByZero: "integer divide by zero"
            case .integerOverflow: "integer overflow"
            case .invalidConversion: "invalid conversion to integer"
            case .undefinedElement: "undefined element"
            case .uninitializedElement: "uninitialized element"
            case .indirectCallTypeMismatch: "indirect call type mismatch"
            case .callStackExhausted: "call stack exhausted"
            case .nullExceptionReference: "null exception reference"
            case .uncaughtException: "uncaught exception"
            case .exceptionsExhausted: "too many exceptions"
            case .functionTooLarge: "function too large"
            }
        }
    }

    /// One line of a backtrace: a function that was running.
    package struct Location: Equatable, Sendable {
        /// The instance that the function belongs to.
        package let instance: InstanceAddress
        /// The function's index in its module.
        package let function: UInt32
        /// The function's name, as the module's name section tells it.
        package let name: Name?
        /// Where in the module's bytes the instruction begins: the one that trapped, or the call that had not returned.
        package let offset: Int
    }

    /// Lines of a backtrace that are kept: the innermost ones. More are counted.
    package static let backtraceLength = 64

    package let reason: Reason
    /// The exception, for `uncaughtException`. It is valid until the engine runs again.
    package var exception: ExceptionAddress?
    /// Where it was, the innermost function first.
    package let backtrace: [Location]
    /// Functions further out that the backtrace leaves off.
    package let omitted: Int

    /// The trap as people read it: the reason, then a line for each function.
    package var report: String {
        var text = reason.description
        for location in backtrace {
            text += "\n  at \(location.name?.description ?? "function \(location.function)") (byte \(location.offset))"
        }
        if omitted > 0 { text += "\n  and \(omitted) more" }
        return text
    }
}
