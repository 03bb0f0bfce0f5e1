// What a shell knows. A value: a subshell is a copy.

import Martlet

/// A command cannot be carried out; the rest of the line (of the script) is given up.
package struct ShellFailure: Error {
    /// For people, without the shell's name.
    package var message: [UInt8]
    /// The exit status.
    package var status: UInt8

    init(_ message: [UInt8], status: UInt8 = 2) {
        self.message = message
        self.status = status
    }
    init(_ message: StaticString, status: UInt8 = 2) { self.init([UInt8](message), status: status) }
}

/// A shell variable.
struct Variable {
    var name: [UInt8]
    /// `nil`: it has attributes, but is unset.
    var value: [UInt8]?
    var isExported = false
    var isReadOnly = false
}

/// Variables in the order of their names.
struct Variables {
    private(set) var all: [Variable] = []

    /// The index of `name`, or where it would stand.
    private func find(_ name: [UInt8]) -> (index: Int, isFound: Bool) {
        var low = 0
        var high = all.count
        while low < high {
            let middle = (low + high) / 2
            if all[middle].name.precedes(name) { low = middle + 1 } else { high = middle }
        }
        return (low, low < all.count && all[low].name == name)
    }

    func variable(_ name: [UInt8]) -> Variable? {
        let place = find(name)
        return place.isFound ? all[place.index] : nil
    }

    func value(_ name: [UInt8]) -> [UInt8]? { variable(name)?.value }
    func value(_ name: StaticString) -> [UInt8]? { value([UInt8](name)) }

    /// Changes a variable, which is made if need be.
    private mutating func change(_ name: [UInt8], _ body: (inout Variable) -> Void) {
        let place = find(name)
        if !place.isFound { all.insert(Variable(name: name), at: place.index) }
        body(&all[place.index])
    }

    /// Throws if the variable is read-only.
    mutating func set(_ name: [UInt8], _ value: [UInt8]?) throws(ShellFailure) {
        try checkWritable(name)
        change(name) { $0.value = value }
    }

    func checkWritable(_ name: [UInt8]) throws(ShellFailure) {
        if variable(name)?.isReadOnly == true { throw ShellFailure(name + [UInt8](": is read only")) }
    }

    mutating func export(_ name: [UInt8]) { change(name) { $0.isExported = true } }
    mutating func makeReadOnly(_ name: [UInt8]) { change(name) { $0.isReadOnly = true } }

    mutating func unset(_ name: [UInt8]) throws(ShellFailure) {
        try checkWritable(name)
        let place = find(name)
        if place.isFound { all.remove(at: place.index) }
    }

    /// Puts a variable back as it was, or takes it away.
    mutating func restore(_ name: [UInt8], _ old: Variable?) {
        let place = find(name)
        if place.isFound { all.remove(at: place.index) }
        if let old { all.insert(old, at: place.index) }
    }

    /// What programs get.
    var environment: [[UInt8]] {
        var result: [[UInt8]] = []
        for variable in all where variable.isExported {
            if let value = variable.value { result.append(variable.name + [UInt8(ascii: "=")] + value) }
        }
        return result
    }
}

/// Which of the shell's own descriptors stand for those that commands see. Nothing else is passed on.
struct DescriptorTable {
    struct Entry {
        var number: Int32
        var file: File
    }
    private(set) var entries: [Entry] = [
        Entry(number: 0, file: .standardInput), Entry(number: 1, file: .standardOutput), Entry(number: 2, file: .standardError),
    ]

    subscript(_ number: Int32) -> File? {
        get { entries.first { $0.number == number }?.file }
        set {
            entries.removeAll { $0.number == number }
            if let newValue { entries.append(Entry(number: number, file: newValue)) }
        }
    }

    func uses(_ file: File) -> Bool { entries.contains { $0.file == file } }

    /// For a child.
    var inherited: [Process.Inherited] { entries.map { Process.Inherited($0.number, $0.file) } }
}

struct Function {
    var name: [UInt8]
    var body: Syntax
}

/// A command for a signal; empty: the signal is ignored.
struct Trap {
    /// 0 is the shell's exit.
    var signal: UInt8
    var command: [UInt8]
}

/// C: the flags of set(1).
struct ShellOptions {
    /// `-a`
    var exportsAll = false
    /// `-e`
    var exitsOnError = false
    /// `-f`
    var hasNoGlob = false
    /// `-n`
    var executesNothing = false
    /// `-u`
    var failsOnUnset = false
    /// `-v`
    var isVerbose = false
    /// `-x`
    var traces = false
    /// `-C`
    var hasNoClobber = false
    /// `-m`
    var monitors = false

    static let letters = [UInt8]("aefnuvxCm")

    /// Changes the option of a letter; false if there is none.
    mutating func set(_ letter: UInt8, _ isOn: Bool) -> Bool {
        switch letter {
        case UInt8(ascii: "a"): exportsAll = isOn
        case UInt8(ascii: "e"): exitsOnError = isOn
        case UInt8(ascii: "f"): hasNoGlob = isOn
        case UInt8(ascii: "n"): executesNothing = isOn
        case UInt8(ascii: "u"): failsOnUnset = isOn
        case UInt8(ascii: "v"): isVerbose = isOn
        case UInt8(ascii: "x"): traces = isOn
        case UInt8(ascii: "C"): hasNoClobber = isOn
        case UInt8(ascii: "m"): monitors = isOn
        default: return false
        }
        return true
    }

    /// The letters of those that are on: `$-`.
    var text: [UInt8] {
        var result: [UInt8] = []
        for (letter, isOn) in [
            ("a", exportsAll), ("e", exitsOnError), ("f", hasNoGlob), ("n", executesNothing), ("u", failsOnUnset), ("v", isVerbose),
            ("x", traces), ("C", hasNoClobber), ("m", monitors),
        ] as [(StaticString, Bool)] where isOn { result += [UInt8](letter) }
        return result
    }
}

/// Everything that a subshell gets a copy of.
struct ShellState {
    var variables = Variables()
    var positional: [[UInt8]] = []
    /// `$0`
    var name: [UInt8]
    var functions: [Function] = []
    var options = ShellOptions()
    /// `$?`
    var status: UInt8 = 0
    /// `$!`; 0 none.
    var lastBackground: Int32 = 0
    /// The number of the job that stopped last; 0 none.
    var lastStopped = 0
    var descriptors = DescriptorTable()
    var traps: [Trap] = []
    var functionDepth = 0
    var loopDepth = 0
    /// What `local` changed in each running function.
    var locals: [[(name: [UInt8], old: Variable?)]] = []
    /// A copy: `exit` ends the copy only, and there is no job control.
    var isSubshell = false
}
