/// Exceptions (Core 3.0, 4.2 Exception Instances and 4.4 Control Instructions): making, catching and forgetting them.
import Wasm

/// An exception that was thrown.
struct ThrownException: Equatable {
    /// The address of its tag.
    let tag: UInt32
    /// What it carries, as slots hold it.
    let values: [UInt64]
}

extension Store {
    /// Makes an exception of what slots hold, and gives a reference to it, as a slot holds it; nil if there are too many. The frames must be
    /// in order, since exceptions that cannot be reached any more may be looked for.
    func makeException(_ tag: UInt32, _ values: UnsafeMutablePointer<UInt64>) -> UInt64? {
        let count = types[Int(tags[Int(tag)])].parameterSlots
        // SAFETY: the values are operands of the top frame.
        let exception = ThrownException(tag: tag, values: Array(UnsafeBufferPointer(start: values, count: count)))
        return add(exception)
    }

    /// Gives an exception an address, and a reference to it, as a slot holds it; nil if there are too many.
    func add(_ exception: ThrownException) -> UInt64? {
        if freeExceptions.isEmpty, exceptions.count >= min(exceptionThreshold, limits.exceptions) {
            forgetExceptions()
            // Twice as many as are in use, so that the search costs each throw the same on average.
            exceptionThreshold = max(exceptionThreshold, 2 * (exceptions.count - freeExceptions.count))
        }
        if let address = freeExceptions.popLast() {
            exceptions[Int(address)] = exception
            return UInt64(address) + 1
        }
        guard exceptions.count < limits.exceptions else { return nil }
        exceptions.append(exception)
        return UInt64(exceptions.count)
    }

    /// The exception that a reference means; nil if there is none.
    func exception(_ reference: UInt64) -> ThrownException? {
        guard reference &- 1 < UInt64(exceptions.count) else { return nil }
        return exceptions[Int(reference - 1)]
    }

    /// Goes on where an exception is caught; false, and all is as before, if it leaves the activation.
    func catchException(_ reference: UInt64) -> Bool {
        guard let exception = exception(reference) else { return false }
        var frame = topFrame
        while frame >= bottomFrame {
            let code = code(of: frame)
            if let clause = clause(for: exception, in: code, at: frame.pointee.pc - code.entry - 1, frame.pointee.instance) {
                var slot = clause.slot
                if clause.kind == .tag || clause.kind == .tagReference {
                    for value in exception.values {
                        frame.pointee.slots[slot] = value
                        slot += 1
                    }
                }
                if clause.kind == .tagReference || clause.kind == .allReference { frame.pointee.slots[slot] = reference }
                frame.pointee.pc = code.entry + clause.target
                topFrame = frame
                return true
            }
            frame -= 1
        }
        return false
    }

    /// The clause that catches an exception which the instruction with a word throws, or a callee of it; nil: none.
    private func clause(
        for exception: ThrownException, in code: FunctionCode, at word: Int, _ instance: UnsafeMutablePointer<InstanceRecord>
    ) -> ExceptionHandler.Clause? {
        for handler in code.handlers where handler.range.contains(word) {
            for clause in handler.clauses {
                switch clause.kind {
                case .all, .allReference: return clause
                case .tag, .tagReference: if instance.pointee.tags[Int(clause.tag)] == exception.tag { return clause }
                }
            }
        }
        return nil
    }

    /// Frees the exceptions that nothing refers to. Any slot that looks like a reference counts as one: that keeps an exception too long,
    /// never too short.
    private func forgetExceptions() {
        var isReached = exceptions.map { _ in false }
        var waiting: [Int] = []
        func reach(_ slot: UInt64) {
            guard slot &- 1 < UInt64(exceptions.count), !isReached[Int(slot - 1)] else { return }
            isReached[Int(slot - 1)] = true
            waiting.append(Int(slot - 1))
        }
        // SAFETY: slots below the top of the stack are those of frames, which were cleared, and of values.
        for slot in UnsafeBufferPointer(start: stack, count: stackTop) { reach(slot) }
        for activation in activations { if case .throwing(let reference) = activation.state { reach(reference) } }
        for table in tables where table.element == .exnref { for slot in table.elements { reach(slot) } }
        for global in globals where global.type.content == .exnref { reach(global.slots[0]) }
        while let next = waiting.popLast() {
            for value in exceptions[next]?.values ?? [] { reach(value) }
        }
        for (address, reached) in isReached.enumerated() where !reached && exceptions[address] != nil {
            exceptions[address] = nil
            freeExceptions.append(UInt32(address))
        }
    }
}
