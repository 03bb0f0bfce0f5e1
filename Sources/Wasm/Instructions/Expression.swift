/// Code as bytes: the body of a function or a constant expression, its final `end` included (5.4.9 Expressions).

/// Instructions in the binary format. Expressions are equal when their bytes are.
package struct Expression: Equatable, Sendable {
    /// The code. For a module that was decoded, indices are offsets in its file.
    package var bytes: ArraySlice<UInt8>

    package init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// An expression of instructions, which need no `end`: one is added. None may be a `br_table` or `try_table`, whose vectors
    /// `InstructionWriter` writes.
    package init(_ instructions: [Instruction]) {
        var writer = InstructionWriter()
        for instruction in instructions { writer.append(instruction) }
        writer.append(Instruction(.end))
        self = writer.expression
    }

    /// A reader at the first instruction.
    package var instructions: InstructionReader { InstructionReader(self) }

    /// The labels of a `br_table` that was read from this expression.
    package func branchTable(of instruction: Instruction) -> BranchTable {
        precondition(instruction.opcode == .brTable, "only br_table has a table of labels")
        return BranchTable(reader: vectorReader(of: instruction), count: Int(instruction.index))
    }

    /// The catch clauses of a `try_table` that was read from this expression.
    package func catchClauses(of instruction: Instruction) -> CatchClauses {
        precondition(instruction.opcode == .tryTable, "only try_table has catch clauses")
        return CatchClauses(reader: vectorReader(of: instruction), count: Int(instruction.index))
    }

    private func vectorReader(of instruction: Instruction) -> ByteReader {
        ByteReader(bytes, at: Int(instruction.bits))
    }
}

/// The labels of a `br_table`, in order: `count` labels to choose from, then the default one.
package struct BranchTable: Sequence, IteratorProtocol, Sendable {
    private var reader: ByteReader
    private var remaining: Int
    /// Labels to choose from, without the default one.
    package let count: Int

    init(reader: ByteReader, count: Int) {
        self.reader = reader
        self.count = count
        remaining = count + 1
    }

    package mutating func next() -> UInt32? {
        guard remaining > 0, let label = try? reader.u32() else { return nil }
        remaining -= 1
        return label
    }
}

/// The catch clauses of a `try_table`, in order.
package struct CatchClauses: Sequence, IteratorProtocol, Sendable {
    private var reader: ByteReader
    private var remaining: Int
    /// How many there are.
    package let count: Int

    init(reader: ByteReader, count: Int) {
        self.reader = reader
        self.count = count
        remaining = count
    }

    package mutating func next() -> CatchClause? {
        guard remaining > 0, let clause = try? reader.catchClause() else { return nil }
        remaining -= 1
        return clause
    }
}
