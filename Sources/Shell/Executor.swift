// Running the tree (POSIX, Shell Command Language 2.9): lists, compound commands, functions.

import Martlet

extension Shell {
    /// Runs commands one after the other. The exit status is `state.status`.
    @discardableResult
    func run(_ list: List) -> Flow {
        for item in list.items {
            let flow = run(item)
            if flow != .normal { return flow }
        }
        return .normal
    }

    private func run(_ item: AndOr) -> Flow {
        if state.options.executesNothing, !isInteractive { return .normal }
        let trapFlow = runPendingTraps()
        if trapFlow != .normal { return trapFlow }
        if item.isBackground {
            startBackground(item)
            return .normal
        }
        var flow: Flow
        if item.rest.isEmpty {
            flow = run(item.first)
        } else {
            conditionDepth += 1
            flow = run(item.first)
            conditionDepth -= 1
            for (index, (isAnd, pipeline)) in item.rest.enumerated() {
                if flow != .normal { return flow }
                guard isAnd == (state.status == 0) else { continue }
                let isLast = index == item.rest.count - 1
                if !isLast { conditionDepth += 1 }
                flow = run(pipeline)
                if !isLast { conditionDepth -= 1 }
            }
        }
        return flow
    }

    private func run(_ pipeline: Pipeline) -> Flow {
        if pipeline.isNegated { conditionDepth += 1 }
        var flow: Flow
        if pipeline.commands.count == 1 {
            flow = run(pipeline.commands[0])
        } else {
            flow = runPipeline(pipeline.commands)
            if flow == .normal { flow = checkStatus() }
        }
        if pipeline.isNegated {
            conditionDepth -= 1
            if flow == .normal { state.status = state.status == 0 ? 1 : 0 }
        }
        return flow
    }

    /// Under `-e` a failure ends the shell, unless somebody asked for the status.
    func checkStatus() -> Flow {
        state.status != 0 && state.options.exitsOnError && conditionDepth == 0 ? .exit : .normal
    }

    /// Tells of a failure; its status stands.
    func fail(_ failure: ShellFailure) -> Flow {
        report(failure.message)
        state.status = failure.status
        return .abandon
    }

    func run(_ command: Syntax) -> Flow {
        switch command {
        case .simple(let simple): return run(simple)
        case .group(let body): return run(body)
        case .subshell(let body): return runSubshell { $0.run(body) }
        case .ifElse(let branches, let otherwise):
            for branch in branches {
                let flow = runCondition(branch.condition)
                if flow != .normal { return flow }
                if state.status == 0 { return run(branch.body) }
            }
            state.status = 0
            if let otherwise { return run(otherwise) }
            return .normal
        case .loop(let isUntil, let condition, let body): return runLoop(isUntil, condition, body)
        case .forEach(let name, let words, let body): return runFor(name, words, body)
        case .select(let word, let items): return runCase(word, items)
        case .function(let name, let body):
            state.functions.removeAll { $0.name == name }
            state.functions.append(Function(name: name, body: body))
            state.status = 0
            return .normal
        case .redirected(let inner, let redirections):
            let saved = state.descriptors
            defer { restore(saved) }
            do {
                try redirect(redirections)
            } catch {
                report(error.message)
                state.status = error.status
                return checkStatus()
            }
            return run(inner)
        }
    }

    private func runCondition(_ list: List) -> Flow {
        conditionDepth += 1
        defer { conditionDepth -= 1 }
        return run(list)
    }

    /// Runs `body` in a copy of the state: what it changes is undone, working directory and mask included.
    func runSubshell(_ body: (Shell) -> Flow) -> Flow {
        let saved = state
        let directory = try? Program.currentDirectory()
        let mask = Program.setMask(0)
        Program.setMask(mask)
        state.isSubshell = true
        // The traps are the parent's; only ignored signals stay so.
        state.traps.removeAll { !$0.command.isEmpty }
        let flow = body(self)
        if flow == .exit || flow == .normal { runExitTrap() }
        let status = state.status
        let descriptors = state.descriptors
        state = saved
        state.descriptors = descriptors
        restore(saved.descriptors)
        state.status = status
        Program.setMask(mask)
        if let directory { try? Program.changeDirectory(directory) }
        if flow == .abandon, wasInterrupted { return .abandon }
        return checkStatus()
    }

    /// A loop was asked to stop. `nil`: go on; otherwise the loop ends with this flow.
    private func afterTurn(_ flow: Flow) -> Flow? {
        switch flow {
        case .normal, .next(loops: 1): return checkInterrupt() ? .abandon : nil
        case .leave(loops: 1): return .normal
        case .leave(let loops): return .leave(loops: loops - 1)
        case .next(let loops): return .next(loops: loops - 1)
        default: return flow
        }
    }

    private func runLoop(_ isUntil: Bool, _ condition: List, _ body: List) -> Flow {
        state.loopDepth += 1
        defer { state.loopDepth -= 1 }
        var status: UInt8 = 0
        while true {
            if let end = afterTurn(runCondition(condition)) { return end }
            if (state.status == 0) == isUntil { break }
            let flow = run(body)
            status = state.status
            if let end = afterTurn(flow) { return end }
        }
        state.status = status
        return .normal
    }

    private func runFor(_ name: [UInt8], _ words: [Word]?, _ body: List) -> Flow {
        let values: [[UInt8]]
        do {
            values = try words.map { words throws(ShellFailure) in try expand(words) } ?? state.positional
        } catch {
            return fail(error)
        }
        state.loopDepth += 1
        defer { state.loopDepth -= 1 }
        state.status = 0
        for value in values {
            do {
                try assign(name, value)
            } catch {
                return fail(error)
            }
            if let end = afterTurn(run(body)) { return end }
        }
        return .normal
    }

    private func runCase(_ word: Word, _ items: [(patterns: [Word], body: List)]) -> Flow {
        do {
            let value = try expandSingle(word)
            for item in items {
                for pattern in item.patterns where try expandPattern(pattern).matches(value) {
                    state.status = 0
                    return run(item.body)
                }
            }
        } catch {
            return fail(error)
        }
        state.status = 0
        return .normal
    }

    /// Runs a function with its own positional parameters.
    func call(_ function: Function, _ arguments: [[UInt8]]) -> Flow {
        guard state.functionDepth < 500 else {
            report(function.name + [UInt8](": functions call each other too deeply"))
            state.status = 2
            return .abandon
        }
        let positional = state.positional
        let loopDepth = state.loopDepth
        state.positional = arguments
        state.loopDepth = 0
        state.functionDepth += 1
        state.locals.append([])
        let flow = run(function.body)
        for local in (state.locals.popLast() ?? []).reversed() { state.variables.restore(local.name, local.old) }
        state.functionDepth -= 1
        state.loopDepth = loopDepth
        state.positional = positional
        switch flow {
        case .exit, .abandon: return flow
        default: return .normal
        }
    }

    /// Whether the user has pressed the interrupt key since the last look.
    func checkInterrupt() -> Bool {
        guard isInteractive else { return false }
        noteSignals()
        return wasInterrupted
    }
}
