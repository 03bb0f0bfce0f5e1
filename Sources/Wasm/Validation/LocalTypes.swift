/// The types of a function's locals.

/// The parameters, one by one, then runs of locals. Runs stay runs: a few bytes of a module can declare 50,000 locals.
package struct LocalTypes: Sendable {
    private var parameters: [ValueType] = []
    private var groupTypes: [ValueType] = []
    /// For each run the index after its last local.
    private var groupEnds: [UInt32] = []
    /// The number of locals, parameters included.
    package private(set) var count = 0

    init() {}

    /// The locals of a function. Throws `tooManyLocals` and `tooLarge`, at `offset`.
    init(_ parameters: [ValueType], _ groups: [LocalGroup], at offset: Int) throws(ModuleError) {
        self.parameters = parameters
        var count = UInt64(parameters.count)
        groupTypes.reserveCapacity(groups.count)
        groupEnds.reserveCapacity(groups.count)
        for group in groups where group.count > 0 {
            count += UInt64(group.count)
            guard count <= ImplementationLimits.locals else {
                let declared = groups.reduce(0) { $0 + UInt64($1.count) }
                throw ModuleError(declared > UInt32.max ? .malformed(.tooManyLocals) : .tooLarge(.locals), at: offset)
            }
            groupTypes.append(group.type)
            groupEnds.append(UInt32(count))
        }
        self.count = Int(count)
    }

    /// The type of a local; nil if there is none of that index.
    package subscript(index: UInt32) -> ValueType? {
        if index < parameters.count { return parameters[Int(index)] }
        guard index < count else { return nil }
        var low = 0
        var high = groupEnds.count - 1
        while low < high {
            let middle = (low + high) / 2
            if groupEnds[middle] <= index { low = middle + 1 } else { high = middle }
        }
        return groupTypes[low]
    }
}
