/// Calls from outside: starting them, running them for a while, and answering what they ask of the host.
import Wasm

/// A call from outside that has not returned.
struct Activation {
    enum State: Equatable {
        /// Nothing was done yet; the arguments are at `base`.
        case starting
        case running
        /// A function of the host is to be called: its address. Arguments begin at the slot, and so will the results.
        case waiting(function: UInt32, slot: Int)
        /// An exception comes out of the function of the host that was called.
        case throwing(UInt64)
    }

    /// The address of the function that was invoked.
    let function: UInt32
    /// The first of its frames.
    let firstFrame: Int
    /// The slot where arguments and results begin.
    let base: Int
    var state: State
}

/// How a run ended.
package enum RunResult: Equatable, Sendable {
    /// The function that was invoked last has returned. Its activation is gone.
    case finished([Value])
    /// It ended by a trap. Its activation is gone; what it did to the store stays.
    case trapped(Trap)
    /// The fuel is used up. `run` goes on.
    case outOfFuel
    /// It calls the host. `resume` answers.
    case hostCall(HostCall)
}

/// A call of a function of the host.
package struct HostCall: Equatable, Sendable {
    package let function: FunctionAddress
    /// The number that the host gave to the function when it made it.
    package let number: UInt32
    package let arguments: [Value]

    package init(function: FunctionAddress, number: UInt32, arguments: [Value]) {
        self.function = function
        self.number = number
        self.arguments = arguments
    }
}

/// Why something was not invoked or resumed.
package enum InvocationError: Error, Equatable, Sendable {
    /// The values are not those that the function's type says.
    case types
    /// There is no room for the arguments on the stack.
    case stackExhausted
}

extension Store {
    /// Calls from outside that have not returned.
    package var depth: Int { activations.count }

    /// Begins a call, which `run` then executes. If another call has not returned, it is interrupted where it is, and goes on when this
    /// one has ended.
    ///
    /// Throws `types` if the arguments are not those of the function's type, `stackExhausted` if there is no room for them.
    package func invoke(_ function: FunctionAddress, _ arguments: [Value]) throws(InvocationError) {
        let type = type(of: function)
        guard arguments.map(\.type) == type.parameters else { throw .types }
        let base = stackTop
        guard max(type.parameterSlots, type.resultSlots) <= limits.stackSlots - base else { throw .stackExhausted }
        for slot in base..<base + max(type.parameterSlots, type.resultSlots) { stack[slot] = 0 }
        put(arguments, at: base)
        let firstFrame = topFrame + 1 - frames
        activations.append(Activation(function: function.index, firstFrame: firstFrame, base: base, state: .starting))
        bottomFrame = frames + firstFrame
    }

    /// Executes the call that was begun last, until it ends, needs the host or has no fuel.
    ///
    /// `added` is fuel beside what is left (`fuel`). There must be a call that does not wait for the host.
    package func run(fuel added: Int64) -> RunResult {
        let (sum, isOver) = fuel.addingReportingOverflow(added)
        fuel = isOver ? (added > 0 ? .max : .min) : sum
        guard let activation = activations.last else { preconditionFailure("run needs a call that was begun") }
        switch activation.state {
        case .starting:
            if let result = start(activation) { return result }
        case .running: break
        case .waiting: preconditionFailure("a call that waits for the host is resumed before it runs")
        case .throwing(let reference):
            setState(.running)
            if let result = handleThrow(reference) { return result }
        }
        while true {
            // Of an activation without frames there is nothing left but its results.
            if topFrame < bottomFrame { return finish() }
            guard fuel > 0 else { return .outOfFuel }
            if let result = handle(executePaid()) { return result }
        }
    }

    /// Answers the call of the host with results, so that `run` can go on.
    ///
    /// Throws `types` if they are not those of the function's type. A call must wait for the host.
    package func resume(_ results: [Value]) throws(InvocationError) {
        guard case .waiting(let function, let slot) = activations.last?.state else { preconditionFailure("a call waits for the host") }
        guard results.map(\.type) == type(of: FunctionAddress(function)).results else { throw .types }
        put(results, at: slot)
        setState(.running)
    }

    /// Answers the call of the host with an exception. Throws `types` if the values are not those of the tag's type, `stackExhausted` if
    /// there are too many exceptions. A call must wait for the host.
    package func resume(throwing tag: TagAddress, _ values: [Value]) throws(InvocationError) {
        guard case .waiting = activations.last?.state else { preconditionFailure("a call waits for the host") }
        guard values.map(\.type) == types[Int(tags[Int(tag.index)])].parameters else { throw .types }
        let slots = values.flatMap { $0.type == .v128 ? [$0.low, $0.high] : [$0.low] }
        guard let reference = add(ThrownException(tag: tag.index, values: slots)) else { throw .stackExhausted }
        setState(.throwing(reference))
    }

    /// Ends the call that was begun last, wherever it is.
    package func abandon() {
        guard let activation = activations.popLast() else { preconditionFailure("there is a call to end") }
        topFrame = frames + activation.firstFrame - 1
        bottomFrame = frames + (activations.last?.firstFrame ?? 0)
    }

    /// The tag and the values of an exception; nil if there is none of that address.
    package func contents(of exception: ExceptionAddress) -> (tag: TagAddress, values: [Value])? {
        guard let thrown = self.exception(UInt64(exception.index) + 1) else { return nil }
        let types = types[Int(tags[Int(thrown.tag)])].parameters
        return (TagAddress(thrown.tag), thrown.values.withUnsafeBufferPointer { values(of: types, from: $0) })
    }

    /// The first slot above all that is in use.
    var stackTop: Int {
        guard let activation = activations.last else { return 0 }
        let type = types[Int(functions[Int(activation.function)].pointee.type)]
        var top = activation.base + max(type.parameterSlots, type.resultSlots)
        if case .waiting(let function, let slot) = activation.state {
            let type = self.type(of: FunctionAddress(function))
            top = max(top, slot + max(type.parameterSlots, type.resultSlots))
        }
        if topFrame >= bottomFrame { top = max(top, topFrame.pointee.slots - stack + topFrame.pointee.function.pointee.frameSlots) }
        return top
    }

    /// The code of the function that a frame runs.
    func code(of frame: UnsafeMutablePointer<Frame>) -> FunctionCode { code(ofFunction: frame.pointee.function, frame.pointee.instance) }

    /// The code of a function that was prepared.
    func code(
        ofFunction function: UnsafeMutablePointer<FunctionRecord>, _ record: UnsafeMutablePointer<InstanceRecord>
    ) -> FunctionCode {
        let instance = instances[Int(record.pointee.address)]
        guard let code = instance.module.code(ofFunction: function.pointee.index) else {
            preconditionFailure("a function has code before it has a frame")
        }
        return code
    }

    /// Makes a function ready for its first call; false if it is one of the host, or its frame is too large.
    @inline(never)
    func prepare(_ function: UnsafeMutablePointer<FunctionRecord>) -> Bool {
        guard let record = function.pointee.instance else { return false }
        guard let code = instances[Int(record.pointee.address)].module.code(ofFunction: function.pointee.index) else { return false }
        function.pointee.frameSlots = code.frameSlots
        function.pointee.parameterSlots = code.parameterSlots
        function.pointee.entryCharge = code.charge(at: 0)
        function.pointee.code = code.entry
        return true
    }
}

// Steps of a run. Those that end it give its result.

extension Store {
    private func setState(_ state: Activation.State) { activations[activations.count - 1].state = state }

    /// Enters the function that was invoked.
    private func start(_ activation: Activation) -> RunResult? {
        guard fuel > 0 else { return .outOfFuel }
        let function = functions[Int(activation.function)]
        guard let instance = function.pointee.instance else { return waitForHost(function, slot: activation.base) }
        let isReady = function.pointee.code != nil || prepare(function)
        guard isReady, let code = function.pointee.code else { return trap(.frameTooLarge) }
        let frame = topFrame + 1
        guard frame < framesEnd, function.pointee.frameSlots <= limits.stackSlots - activation.base else {
            return trap(.callStackExhausted)
        }
        let slots = stack + activation.base
        // SAFETY: the frame and its slots are within their limits, as was just checked.
        for slot in function.pointee.parameterSlots..<function.pointee.frameSlots { slots[slot] = 0 }
        frame.initialize(to: Frame(pc: code, slots: slots, function: function, instance: instance))
        topFrame = frame
        setState(.running)
        return nil
    }

    /// Pays for the code at the top frame's program counter and executes. If the fuel does not pay for all of it, it sees to it that
    /// the loop stops where the fuel is used up: at a word that stands in the place of an instruction for as long.
    private func executePaid() -> Exit {
        let code = code(of: topFrame)
        let begin = topFrame.pointee.pc - code.entry
        let available = fuel
        fuel -= code.charge(at: begin)
        guard fuel < 0, let place = code.stop(from: begin, fuel: available) else { return execute() }
        let original = code.words[place]
        code.words[place] = Word(.stop).bits
        defer { code.words[place] = original }
        return execute()
    }

    /// Deals with why the loop ended; nil: it can go on.
    private func handle(_ exit: Exit) -> RunResult? {
        switch exit {
        case .exhausted:
            refund(at: topFrame.pointee.pc)
        case .stopped:
            topFrame.pointee.pc -= 1
            refund(at: topFrame.pointee.pc)
        case .finished:
            topFrame -= 1
            return finish()
        case .hostCall(let function, let slots):
            return waitForHost(function, slot: slots - stack)
        case .hostTailCall(let function):
            let slot = topFrame.pointee.slots - stack
            topFrame -= 1
            return waitForHost(function, slot: slot)
        case .thrown(let reference): return handleThrow(reference)
        case .trapped(let reason):
            let code = code(of: topFrame)
            fuel += code.unusedCharge(after: topFrame.pointee.pc - code.entry - 1)
            return trap(reason)
        }
        return nil
    }

    /// Takes back the charge of the code at a program counter, so that nothing is paid for in advance.
    private func refund(at pc: UnsafeMutablePointer<UInt64>) {
        let code = code(of: topFrame)
        fuel += code.charge(at: pc - code.entry)
    }

    private func waitForHost(_ function: UnsafeMutablePointer<FunctionRecord>, slot: Int) -> RunResult {
        setState(.waiting(function: function.pointee.address, slot: slot))
        return .hostCall(hostCall(function, slot: slot))
    }

    private func hostCall(_ function: UnsafeMutablePointer<FunctionRecord>, slot: Int) -> HostCall {
        let type = types[Int(function.pointee.type)]
        return HostCall(
            function: FunctionAddress(function.pointee.address), number: function.pointee.index,
            arguments: values(of: type.parameters, at: slot))
    }

    /// The call of the host that the last activation waits for; nil: it does not.
    package var pendingHostCall: HostCall? {
        guard case .waiting(let function, let slot) = activations.last?.state else { return nil }
        return hostCall(functions[Int(function)], slot: slot)
    }

    private func handleThrow(_ reference: UInt64) -> RunResult? {
        if catchException(reference) { return nil }
        return trap(.uncaughtException, exception: exception(reference) == nil ? nil : ExceptionAddress(UInt32(reference - 1)))
    }

    private func finish() -> RunResult {
        guard let activation = activations.last else { preconditionFailure("what finishes was begun") }
        let type = type(of: FunctionAddress(activation.function))
        let results = values(of: type.results, at: activation.base)
        abandon()
        return .finished(results)
    }

    private func trap(_ reason: Trap.Reason, exception: ExceptionAddress? = nil) -> RunResult {
        let (lines, omitted) = backtrace()
        let trap = Trap(reason: reason, exception: exception, backtrace: lines, omitted: omitted)
        abandon()
        return .trapped(trap)
    }

    /// The calls of the last activation, the innermost first, and how many more there are than a backtrace holds.
    package func backtrace() -> (lines: [Trap.Location], omitted: Int) {
        var lines: [Trap.Location] = []
        var frame = topFrame
        while frame >= bottomFrame, lines.count < Trap.backtraceLength {
            let function = frame.pointee.function.pointee
            let instance = frame.pointee.instance.pointee.address
            let code = code(of: frame)
            lines.append(
                Trap.Location(
                    instance: InstanceAddress(instance), function: function.index,
                    name: instances[Int(instance)].module.name(ofFunction: function.index),
                    offset: code.source(of: max(frame.pointee.pc - code.entry - 1, 0))))
            frame -= 1
        }
        return (lines, max(frame - bottomFrame + 1, 0))
    }
}

// Values and slots.

extension Store {
    /// Writes values into slots, which the caller knows to be within the stack.
    func put(_ values: [Value], at slot: Int) {
        var slot = slot
        for value in values {
            stack[slot] = value.low
            if value.type == .v128 { stack[slot + 1] = value.high }
            slot += value.type.slots
        }
    }

    /// The values that slots of the stack hold.
    func values(of types: [ValueType], at slot: Int) -> [Value] {
        // SAFETY: as `put`.
        values(of: types, from: UnsafeBufferPointer(start: stack + slot, count: limits.stackSlots - slot))
    }

    private func values(of types: [ValueType], from slots: UnsafeBufferPointer<UInt64>) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(types.count)
        var slot = 0
        for type in types {
            values.append(Value(type, low: slots[slot], high: type == .v128 ? slots[slot + 1] : 0))
            slot += type.slots
        }
        return values
    }
}
