/// Saving of a store. The layout is in the README, "Saved state".
import Wasm

/// The first number of saved state, `martlet!` as bytes, and the version of its layout.
let snapshotMark: UInt64 = 0x2174_656C_7472_616D
let snapshotVersion: UInt64 = 1

extension Store {
    /// All state as bytes, from which `init(restoring:within:)` makes a store that goes on in the same way. Two stores that did the same
    /// have the same bytes.
    package func encoded() -> [UInt8] {
        var writer = SnapshotWriter()
        writer.number(snapshotMark)
        writer.number(snapshotVersion)
        for limit in [limits.memoryPages, limits.tableElements, limits.stackSlots, limits.frames, limits.exceptions] {
            writer.number(limit)
        }
        writer.number(UInt64(bitPattern: fuel))
        writer.list(types) { writer, type in
            writer.data(type.parameters.map(\.rawValue)[...])
            writer.data(type.results.map(\.rawValue)[...])
        }
        encodeParts(into: &writer)
        encodeInstances(into: &writer)
        encodeExceptions(into: &writer)
        encodeRun(into: &writer)
        return writer.bytes
    }

    private func encodeParts(into writer: inout SnapshotWriter) {
        writer.list(tables) { writer, table in
            writer.number(UInt64(table.element.rawValue))
            writer.optional(table.maximum)
            writer.numbers(Array(table.elements))
        }
        writer.list(memories) { writer, memory in
            writer.optional(memory.maximum)
            writer.number(memory.pages)
            writer.list(memory.writtenPages) { writer, page in
                writer.number(page)
                writer.data(memory.page(page)[...])
            }
        }
        writer.list(globals) { writer, global in
            writer.number(UInt64(global.type.content.rawValue))
            writer.number(global.type.isMutable ? 1 : 0)
            writer.number(global.slots[0])
            writer.number(global.slots[1])
        }
        writer.numbers(tags)
        writer.list(functions.filter { $0.pointee.instance == nil }) { writer, function in
            writer.number(function.pointee.address)
            writer.number(function.pointee.type)
            writer.number(function.pointee.index)
        }
    }

    private func encodeInstances(into writer: inout SnapshotWriter) {
        var modules: [CompiledModule] = []
        for instance in instances where !modules.contains(where: { $0 === instance.module }) { modules.append(instance.module) }
        writer.list(modules) { $0.data($1.bytes[...]) }
        writer.list(instances) { writer, instance in
            writer.number(modules.firstIndex { $0 === instance.module } ?? 0)
            let imported = instance.module.spaces.importedFunctions
            writer.number(instance.firstFunction)
            writer.numbers(Array(instance.functionAddresses[..<imported]))
            writer.numbers(instance.tableAddresses)
            writer.optional(instance.memoryAddress)
            writer.numbers(instance.globalAddresses)
            writer.numbers(instance.tagAddresses)
            writer.list(instance.elementSegments) { $0.numbers($1) }
            writer.list(instance.dataSegments) { $0.number($1.isEmpty ? 0 : 1) }
        }
    }

    private func encodeExceptions(into writer: inout SnapshotWriter) {
        writer.list(exceptions) { writer, exception in
            writer.optional(exception?.tag)
            writer.numbers(exception?.values ?? [])
        }
        writer.numbers(freeExceptions)
        writer.number(exceptionThreshold)
    }

    private func encodeRun(into writer: inout SnapshotWriter) {
        writer.list(activations) { writer, activation in
            writer.number(activation.function)
            writer.number(activation.firstFrame)
            writer.number(activation.base)
            switch activation.state {
            case .starting: writer.numbers([0, 0, 0] as [UInt64])
            case .running: writer.numbers([1, 0, 0] as [UInt64])
            case .waiting(let function, let slot): writer.numbers([2, UInt64(function), UInt64(slot)])
            case .throwing(let reference): writer.numbers([3, reference, 0])
            }
        }
        writer.number(topFrame + 1 - frames)
        var frame = frames
        while frame <= topFrame {
            writer.number(frame.pointee.function.pointee.address)
            writer.number(frame.pointee.pc - code(of: frame).entry)
            writer.number(frame.pointee.slots - stack)
            frame += 1
        }
        // SAFETY: all slots up to the top were written: frames are cleared when they are entered.
        writer.numbers(Array(UnsafeBufferPointer(start: stack, count: stackTop)))
    }
}

extension Memory {
    /// The numbers of the pages that hold anything but zeros.
    fileprivate var writtenPages: [Int] {
        (0..<pages).filter { page in
            let words = record.pointee.base + page * MemoryType.pageSize
            // SAFETY: the page is within the memory, whose allocation is aligned.
            return UnsafeBufferPointer(start: words.assumingMemoryBound(to: UInt64.self), count: MemoryType.pageSize / 8).contains {
                $0 != 0
            }
        }
    }

    /// The bytes of a page.
    fileprivate func page(_ number: Int) -> [UInt8] {
        // SAFETY: the page is within the memory.
        Array(UnsafeRawBufferPointer(start: record.pointee.base + number * MemoryType.pageSize, count: MemoryType.pageSize))
    }
}
