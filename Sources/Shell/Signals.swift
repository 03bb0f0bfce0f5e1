// Traps, and what an interactive shell does with the keys that signal.

import Martlet

extension Shell {
    /// Takes the signals that arrived.
    func noteSignals() {
        let signals = Signal.take()
        if signals.isEmpty { return }
        for number in 1..<UInt8(32) where signals.contains(Signal(rawValue: number)) {
            if trap(number) != nil {
                arrivedSignals |= 1 << UInt64(number)
            } else if number == Signal.interrupt.rawValue {
                wasInterrupted = true
            }
        }
    }

    func trap(_ signal: UInt8) -> Trap? { state.traps.first { $0.signal == signal } }

    /// Runs the commands of the trapped signals that have arrived.
    func runPendingTraps() -> Flow {
        if state.traps.isEmpty { return .normal }
        noteSignals()
        while arrivedSignals != 0 {
            let number = UInt8(arrivedSignals.trailingZeroBitCount)
            arrivedSignals &= arrivedSignals - 1
            guard let trap = trap(number), !trap.command.isEmpty else { continue }
            let status = state.status
            let flow = run(program: trap.command)
            if flow != .normal { return flow }
            state.status = status
        }
        return .normal
    }

    /// Runs the command of `trap … EXIT`, once.
    func runExitTrap() {
        _ = runPendingTraps()
        guard let trap = trap(0) else { return }
        state.traps.removeAll { $0.signal == 0 }
        let status = state.status
        let flow = run(program: trap.command)
        if flow != .exit { state.status = status }
    }

    /// Sets what a signal does: `nil` its default, empty nothing, else a command.
    func setTrap(_ signal: UInt8, _ command: [UInt8]?) throws(Errno) {
        state.traps.removeAll { $0.signal == signal }
        if let command { state.traps.append(Trap(signal: signal, command: command)) }
        if signal == 0 { return }
        var disposition: Signal.Disposition = command == nil ? .standard : command?.isEmpty == true ? .ignore : .interrupt
        if isInteractive, command == nil { disposition = Shell.interactiveDisposition(signal) }
        try Signal.set(Signal(rawValue: signal), disposition)
    }

    /// What signals do to an interactive shell itself; its children have the defaults.
    static func interactiveDisposition(_ signal: UInt8) -> Signal.Disposition {
        switch Signal(rawValue: signal) {
        case .interrupt: return .interrupt
        // Not `ignore`, which the commands that it starts would inherit.
        case .quit, .terminate, .terminalStop, .terminalInput, .terminalOutput: return .interrupt
        default: return .standard
        }
    }

    /// Prepares an interactive shell: keys do not end it, and jobs get the terminal.
    func prepareInteraction() {
        for signal in [Signal.interrupt, .quit, .terminate, .terminalStop, .terminalInput, .terminalOutput] {
            try? Signal.set(signal, Shell.interactiveDisposition(signal.rawValue))
        }
        ownGroup = (try? Process.group().group) ?? 0
        controlsJobs = ownGroup > 0 && (try? File.standardInput.foregroundGroup()) != nil
        ownsTerminal = controlsJobs
        state.options.monitors = controlsJobs
        terminalAttributes = try? File.standardInput.terminalAttributes()
        if controlsJobs { giveTerminal(to: ownGroup) }
    }
}
