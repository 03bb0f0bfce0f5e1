import Engine
import Wasm

extension Trap {
    /// Reason and function, in the words that a browser's hart uses.
    var message: String {
        let words: String
        switch reason {
        case .unreachable: words = "unreachable executed"
        case .memoryOutOfBounds: words = "memory access out of bounds"
        case .tableOutOfBounds, .undefinedElement, .uninitializedElement, .indirectCallTypeMismatch: words = "bad indirect call"
        case .integerDivideByZero: words = "integer division by zero"
        case .integerOverflow, .invalidConversion: words = "integer overflow"
        case .callStackExhausted, .functionTooLarge: words = "stack exhausted"
        case .nullExceptionReference: words = "bad reference"
        case .uncaughtException, .exceptionsExhausted: words = "uncaught exception"
        }
        guard let place = backtrace.first else { return words }
        return "\(words) in \(place.name?.description ?? "function \(place.function)")"
    }
}
