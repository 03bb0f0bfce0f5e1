/// What a store may hold: bounds that keep a program from costing its host more than it was given.

/// Bounds of a store. They hold for all instances together. Each is part of the state that is saved.
package struct StoreLimits: Equatable, Sendable {
    /// Pages of 64 KiB of all memories. `memory.grow` beyond it answers -1.
    package var memoryPages: Int
    /// Elements of all tables. `table.grow` beyond it answers -1.
    package var tableElements: Int
    /// Slots of 8 bytes of all frames. A call beyond it traps.
    package var stackSlots: Int
    /// Calls inside each other. A call beyond it traps.
    package var frames: Int
    /// Exceptions that exist at once, those counted that nobody can reach any more. A throw beyond it traps.
    package var exceptions: Int

    /// As a rule: 4 GiB of memory, 10 million elements, a stack of 8 MiB and 128 Ki calls.
    package init(
        memoryPages: Int = 65536, tableElements: Int = 10_000_000, stackSlots: Int = 1 << 20, frames: Int = 1 << 17,
        exceptions: Int = 1 << 16
    ) {
        self.memoryPages = memoryPages
        self.tableElements = tableElements
        self.stackSlots = stackSlots
        self.frames = frames
        self.exceptions = exceptions
    }
}
