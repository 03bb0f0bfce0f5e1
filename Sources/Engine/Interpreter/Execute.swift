/// The interpreter's loop.
///
/// It is one function with one switch, so that the program counter, the frame and the memory stay in registers and the dispatch is
/// one jump through a table; each case does one instruction and nothing else. Whatever is long or rare is a call out of line.

extension Store {
    /// Why `execute` came back.
    enum Exit {
        /// The charge of the code at the program counter was taken, and there was not enough fuel for it.
        case exhausted
        /// At the word that a stop stands in.
        case stopped
        /// The first function of the activation returned: its results are at its frame's beginning.
        case finished
        /// At a call of a function of the host, whose arguments begin at the slot; the program counter is behind the call.
        case hostCall(UnsafeMutablePointer<FunctionRecord>, UnsafeMutablePointer<UInt64>)
        /// As `hostCall`, in place of the current frame.
        case hostTailCall(UnsafeMutablePointer<FunctionRecord>)
        /// An exception was thrown: its reference, as a slot holds it.
        case thrown(UInt64)
        case trapped(Trap.Reason)
    }

    /// Runs from the top frame's program counter, whose charge is paid, until something happens that is not the loop's business.
    ///
    /// Leaves the program counter in the top frame: behind the first word of the instruction that ended the run, or, for
    /// `exhausted`, at the next instruction.
    func execute() -> Exit {
        // SAFETY, for all that follows: code is made by the compiler from validated modules, so every slot it names is less than the
        // frame's size, every distance leads to an instruction of the same function, and every index is one of the instance's. Frames
        // lie within the stack, as checked when they are entered. Records live as long as the store. An access to the memory of the
        // program is compared with its size first; `memory` and `memorySize` are read again after whatever may change them.
        var frame = topFrame
        let bottom = bottomFrame
        var pc = frame.pointee.pc
        var slots = Slots(frame.pointee.slots)
        var instance = frame.pointee.instance
        var memory = instance.pointee.memory.pointee.base
        var memorySize = instance.pointee.memory.pointee.byteCount
        var fuel = fuel
        let stackEnd = stackEnd
        let framesEnd = framesEnd
        var exit = Exit.exhausted

        execution: while true {
            let word = Word(bits: pc.pointee)
            pc += 1
            switch word.operation {
            case .nop: break
            case .stop:
                exit = .stopped
                break execution
            case .unreachable:
                exit = .trapped(.unreachable)
                break execution
            case .jump:
                let branch = BranchWord(bits: pc.pointee)
                pc += branch.distance
                fuel &-= branch.charge
                if fuel < 0 { break execution }
            case .branchIf:
                if branch(slots.u32(word.a) != 0, &pc, &fuel) { break execution }
            case .branchUnless:
                if branch(slots.u32(word.a) == 0, &pc, &fuel) { break execution }
            case .branchI32Eq:
                if branch(slots.u32(word.a) == slots.u32(word.b), &pc, &fuel) { break execution }
            case .branchI32Ne:
                if branch(slots.u32(word.a) != slots.u32(word.b), &pc, &fuel) { break execution }
            case .branchI32LtS:
                if branch(slots.s32(word.a) < slots.s32(word.b), &pc, &fuel) { break execution }
            case .branchI32LtU:
                if branch(slots.u32(word.a) < slots.u32(word.b), &pc, &fuel) { break execution }
            case .branchI32LeS:
                if branch(slots.s32(word.a) <= slots.s32(word.b), &pc, &fuel) { break execution }
            case .branchI32LeU:
                if branch(slots.u32(word.a) <= slots.u32(word.b), &pc, &fuel) { break execution }
            case .branchI32EqImmediate:
                if branch(slots.u32(word.a) == word.longU32, &pc, &fuel) { break execution }
            case .branchI32NeImmediate:
                if branch(slots.u32(word.a) != word.longU32, &pc, &fuel) { break execution }
            case .branchI32LtSImmediate:
                if branch(slots.s32(word.a) < word.longS32, &pc, &fuel) { break execution }
            case .branchI32LtUImmediate:
                if branch(slots.u32(word.a) < word.longU32, &pc, &fuel) { break execution }
            case .branchI32LeSImmediate:
                if branch(slots.s32(word.a) <= word.longS32, &pc, &fuel) { break execution }
            case .branchI32LeUImmediate:
                if branch(slots.u32(word.a) <= word.longU32, &pc, &fuel) { break execution }
            case .branchI32GtSImmediate:
                if branch(slots.s32(word.a) > word.longS32, &pc, &fuel) { break execution }
            case .branchI32GtUImmediate:
                if branch(slots.u32(word.a) > word.longU32, &pc, &fuel) { break execution }
            case .branchI32GeSImmediate:
                if branch(slots.s32(word.a) >= word.longS32, &pc, &fuel) { break execution }
            case .branchI32GeUImmediate:
                if branch(slots.u32(word.a) >= word.longU32, &pc, &fuel) { break execution }
            case .branchI64Eq:
                if branch(slots.u64(word.a) == slots.u64(word.b), &pc, &fuel) { break execution }
            case .branchI64Ne:
                if branch(slots.u64(word.a) != slots.u64(word.b), &pc, &fuel) { break execution }
            case .branchI64LtS:
                if branch(slots.s64(word.a) < slots.s64(word.b), &pc, &fuel) { break execution }
            case .branchI64LtU:
                if branch(slots.u64(word.a) < slots.u64(word.b), &pc, &fuel) { break execution }
            case .branchI64LeS:
                if branch(slots.s64(word.a) <= slots.s64(word.b), &pc, &fuel) { break execution }
            case .branchI64LeU:
                if branch(slots.u64(word.a) <= slots.u64(word.b), &pc, &fuel) { break execution }
            case .branchI64EqImmediate:
                if branch(slots.u64(word.a) == word.longU64, &pc, &fuel) { break execution }
            case .branchI64NeImmediate:
                if branch(slots.u64(word.a) != word.longU64, &pc, &fuel) { break execution }
            case .branchI64LtSImmediate:
                if branch(slots.s64(word.a) < word.longS64, &pc, &fuel) { break execution }
            case .branchI64LtUImmediate:
                if branch(slots.u64(word.a) < word.longU64, &pc, &fuel) { break execution }
            case .branchI64LeSImmediate:
                if branch(slots.s64(word.a) <= word.longS64, &pc, &fuel) { break execution }
            case .branchI64LeUImmediate:
                if branch(slots.u64(word.a) <= word.longU64, &pc, &fuel) { break execution }
            case .branchI64GtSImmediate:
                if branch(slots.s64(word.a) > word.longS64, &pc, &fuel) { break execution }
            case .branchI64GtUImmediate:
                if branch(slots.u64(word.a) > word.longU64, &pc, &fuel) { break execution }
            case .branchI64GeSImmediate:
                if branch(slots.s64(word.a) >= word.longS64, &pc, &fuel) { break execution }
            case .branchI64GeUImmediate:
                if branch(slots.u64(word.a) >= word.longU64, &pc, &fuel) { break execution }
            case .branchF32Eq:
                if branch(slots.f32(word.a) == slots.f32(word.b), &pc, &fuel) { break execution }
            case .branchF32Ne:
                if branch(slots.f32(word.a) != slots.f32(word.b), &pc, &fuel) { break execution }
            case .branchF32Lt:
                if branch(slots.f32(word.a) < slots.f32(word.b), &pc, &fuel) { break execution }
            case .branchF32Le:
                if branch(slots.f32(word.a) <= slots.f32(word.b), &pc, &fuel) { break execution }
            case .branchF32NotLt:
                if branch(!(slots.f32(word.a) < slots.f32(word.b)), &pc, &fuel) { break execution }
            case .branchF32NotLe:
                if branch(!(slots.f32(word.a) <= slots.f32(word.b)), &pc, &fuel) { break execution }
            case .branchF64Eq:
                if branch(slots.f64(word.a) == slots.f64(word.b), &pc, &fuel) { break execution }
            case .branchF64Ne:
                if branch(slots.f64(word.a) != slots.f64(word.b), &pc, &fuel) { break execution }
            case .branchF64Lt:
                if branch(slots.f64(word.a) < slots.f64(word.b), &pc, &fuel) { break execution }
            case .branchF64Le:
                if branch(slots.f64(word.a) <= slots.f64(word.b), &pc, &fuel) { break execution }
            case .branchF64NotLt:
                if branch(!(slots.f64(word.a) < slots.f64(word.b)), &pc, &fuel) { break execution }
            case .branchF64NotLe:
                if branch(!(slots.f64(word.a) <= slots.f64(word.b)), &pc, &fuel) { break execution }
            case .branchTable:
                pc += min(Int(slots.u32(word.a)), word.index)
                let branch = BranchWord(bits: pc.pointee)
                pc += branch.distance
                fuel &-= branch.charge
                if fuel < 0 { break execution }

            // Calls.

            case .call, .callIndirect:
                let callee: UnsafeMutablePointer<FunctionRecord>
                if word.operation == .call {
                    callee = instance.pointee.functions[CallWord(bits: pc.pointee).index]
                    pc += 1
                } else {
                    let type = instance.pointee.types[CallWord(bits: pc[1]).index]
                    switch function(at: slots.u32(word.b), of: instance.pointee.tables[Int(pc.pointee)]) {
                    case .found(let found): callee = found
                    case .trap(let reason):
                        exit = .trapped(reason)
                        break execution
                    }
                    guard callee.pointee.type == type else {
                        exit = .trapped(.indirectCallTypeMismatch)
                        break execution
                    }
                    pc += 2
                }
                let base = slots.base + word.a
                if callee.pointee.code == nil, !prepare(callee) {
                    exit = callee.pointee.instance == nil ? .hostCall(callee, base) : .trapped(.frameTooLarge)
                    break execution
                }
                let next = frame + 1
                guard stackEnd - base >= callee.pointee.frameSlots, next < framesEnd, let code = callee.pointee.code,
                    let target = callee.pointee.instance
                else {
                    exit = .trapped(.callStackExhausted)
                    break execution
                }
                frame.pointee.pc = pc
                next.initialize(to: Frame(pc: code, slots: base, function: callee, instance: target))
                frame = next
                clear(base, callee)
                pc = code
                slots = Slots(base)
                if target != instance {
                    instance = target
                    memory = instance.pointee.memory.pointee.base
                    memorySize = instance.pointee.memory.pointee.byteCount
                }
                fuel &-= callee.pointee.entryCharge
                if fuel < 0 { break execution }
            case .returnCall, .returnCallIndirect:
                let callee: UnsafeMutablePointer<FunctionRecord>
                if word.operation == .returnCall {
                    callee = instance.pointee.functions[Int(truncatingIfNeeded: pc.pointee)]
                } else {
                    let type = instance.pointee.types[Int(truncatingIfNeeded: pc[1])]
                    switch function(at: slots.u32(word.b), of: instance.pointee.tables[Int(pc.pointee)]) {
                    case .found(let found): callee = found
                    case .trap(let reason):
                        exit = .trapped(reason)
                        break execution
                    }
                    guard callee.pointee.type == type else {
                        exit = .trapped(.indirectCallTypeMismatch)
                        break execution
                    }
                }
                if callee.pointee.code == nil, !prepare(callee) {
                    exit = callee.pointee.instance == nil ? .hostTailCall(callee) : .trapped(.frameTooLarge)
                    break execution
                }
                guard stackEnd - slots.base >= callee.pointee.frameSlots, let code = callee.pointee.code,
                    let target = callee.pointee.instance
                else {
                    exit = .trapped(.callStackExhausted)
                    break execution
                }
                frame.pointee = Frame(pc: code, slots: slots.base, function: callee, instance: target)
                clear(slots.base, callee)
                pc = code
                if target != instance {
                    instance = target
                    memory = instance.pointee.memory.pointee.base
                    memorySize = instance.pointee.memory.pointee.byteCount
                }
                fuel &-= callee.pointee.entryCharge
                if fuel < 0 { break execution }
            case .return, .returnValue:
                if word.operation == .returnValue { slots[0] = slots[word.a] }
                if frame == bottom {
                    exit = .finished
                    break execution
                }
                frame -= 1
                pc = frame.pointee.pc
                slots = Slots(frame.pointee.slots)
                if frame.pointee.instance != instance {
                    instance = frame.pointee.instance
                    memory = instance.pointee.memory.pointee.base
                    memorySize = instance.pointee.memory.pointee.byteCount
                }
                fuel &-= CallWord(bits: pc[-1]).charge
                if fuel < 0 { break execution }
            case .throw:
                frame.pointee.pc = pc
                guard let exception = makeException(instance.pointee.tags[word.index], slots.base + word.a) else {
                    exit = .trapped(.exceptionsExhausted)
                    break execution
                }
                exit = .thrown(exception)
                break execution
            case .throwReference:
                exit = slots[word.a] == 0 ? .trapped(.nullExceptionReference) : .thrown(slots[word.a])
                break execution

            // Moves and constants.

            case .move: slots[word.a] = slots[word.b]
            case .move128:
                let (low, high) = (slots[word.b], slots[word.b &+ 1])
                slots[word.a] = low
                slots[word.a &+ 1] = high
            case .constant:
                slots[word.a] = pc.pointee
                pc += 1
            case .constant32: slots[word.a] = word.bits &>> 32
            case .constantSigned32: slots[word.a] = UInt64(bitPattern: Int64(bitPattern: word.bits) &>> 32)
            case .select:
                let condition = slots.u32(Int(truncatingIfNeeded: pc.pointee))
                pc += 1
                slots[word.a] = condition != 0 ? slots[word.b] : slots[word.c]
            case .select128:
                let source = slots.u32(Int(truncatingIfNeeded: pc.pointee)) != 0 ? word.b : word.c
                pc += 1
                let (low, high) = (slots[source], slots[source &+ 1])
                slots[word.a] = low
                slots[word.a &+ 1] = high

            // Globals, references and tables.

            case .globalGet: slots[word.a] = instance.pointee.globals[word.index].pointee
            case .globalGet128:
                let global = instance.pointee.globals[word.index]
                slots[word.a] = global[0]
                slots[word.a &+ 1] = global[1]
            case .globalSet: instance.pointee.globals[word.index].pointee = slots[word.a]
            case .globalSet128:
                let global = instance.pointee.globals[word.index]
                global[0] = slots[word.a]
                global[1] = slots[word.a &+ 1]
            case .functionReference:
                slots[word.a] = UInt64(instance.pointee.functions[word.index].pointee.address) &+ 1
            case .tableGet:
                let table = instance.pointee.tables[Int(truncatingIfNeeded: pc.pointee)]
                let index = Int(slots.u32(word.b))
                guard index < table.pointee.count else {
                    exit = .trapped(.tableOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = table.pointee.elements[index]
            case .tableSet:
                let table = instance.pointee.tables[Int(truncatingIfNeeded: pc.pointee)]
                let index = Int(slots.u32(word.a))
                guard index < table.pointee.count else {
                    exit = .trapped(.tableOutOfBounds)
                    break execution
                }
                pc += 1
                table.pointee.elements[index] = slots[word.b]

            // Memory.

            case .memorySize: slots[word.a] = UInt64(memorySize &>> 16)
            case .wideAddress:
                let address = UInt64(slots.u32(word.b)) &+ pc.pointee
                guard address <= UInt64(UInt32.max) else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = address
            case .load32:
                let address = Int(slots.u32(word.b)) &+ word.c
                guard address &+ 4 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                slots[word.a] = UInt64((memory + address).loadUnaligned(as: UInt32.self))
            case .load64:
                let address = Int(slots.u32(word.b)) &+ word.c
                guard address &+ 8 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                slots[word.a] = (memory + address).loadUnaligned(as: UInt64.self)
            case .load8U:
                let address = Int(slots.u32(word.b)) &+ word.c
                guard address &+ 1 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                slots[word.a] = UInt64((memory + address).loadUnaligned(as: UInt8.self))
            case .load16U:
                let address = Int(slots.u32(word.b)) &+ word.c
                guard address &+ 2 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                slots[word.a] = UInt64((memory + address).loadUnaligned(as: UInt16.self))
            case .i32Load8S:
                let address = Int(slots.u32(word.b)) &+ word.c
                guard address &+ 1 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                slots[word.a] = UInt64(UInt32(bitPattern: Int32((memory + address).loadUnaligned(as: Int8.self))))
            case .i32Load16S:
                let address = Int(slots.u32(word.b)) &+ word.c
                guard address &+ 2 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                slots[word.a] = UInt64(UInt32(bitPattern: Int32((memory + address).loadUnaligned(as: Int16.self))))
            case .i64Load8S:
                let address = Int(slots.u32(word.b)) &+ word.c
                guard address &+ 1 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                slots[word.a] = UInt64(bitPattern: Int64((memory + address).loadUnaligned(as: Int8.self)))
            case .i64Load16S:
                let address = Int(slots.u32(word.b)) &+ word.c
                guard address &+ 2 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                slots[word.a] = UInt64(bitPattern: Int64((memory + address).loadUnaligned(as: Int16.self)))
            case .i64Load32S:
                let address = Int(slots.u32(word.b)) &+ word.c
                guard address &+ 4 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                slots[word.a] = UInt64(bitPattern: Int64((memory + address).loadUnaligned(as: Int32.self)))
            case .store8:
                let address = Int(slots.u32(word.a)) &+ word.c
                guard address &+ 1 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                (memory + address).storeBytes(of: UInt8(truncatingIfNeeded: slots[word.b]), as: UInt8.self)
            case .store16:
                let address = Int(slots.u32(word.a)) &+ word.c
                guard address &+ 2 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                (memory + address).storeBytes(of: UInt16(truncatingIfNeeded: slots[word.b]), as: UInt16.self)
            case .store32:
                let address = Int(slots.u32(word.a)) &+ word.c
                guard address &+ 4 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                (memory + address).storeBytes(of: UInt32(truncatingIfNeeded: slots[word.b]), as: UInt32.self)
            case .store64:
                let address = Int(slots.u32(word.a)) &+ word.c
                guard address &+ 8 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                (memory + address).storeBytes(of: slots[word.b], as: UInt64.self)
            case .load32Far:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.b) &+ far.summand) &+ far.offset
                guard address &+ 4 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = UInt64((memory + address).loadUnaligned(as: UInt32.self))
            case .load64Far:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.b) &+ far.summand) &+ far.offset
                guard address &+ 8 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = (memory + address).loadUnaligned(as: UInt64.self)
            case .load8UFar:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.b) &+ far.summand) &+ far.offset
                guard address &+ 1 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = UInt64((memory + address).loadUnaligned(as: UInt8.self))
            case .load16UFar:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.b) &+ far.summand) &+ far.offset
                guard address &+ 2 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = UInt64((memory + address).loadUnaligned(as: UInt16.self))
            case .i32Load8SFar:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.b) &+ far.summand) &+ far.offset
                guard address &+ 1 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = UInt64(UInt32(bitPattern: Int32((memory + address).loadUnaligned(as: Int8.self))))
            case .i32Load16SFar:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.b) &+ far.summand) &+ far.offset
                guard address &+ 2 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = UInt64(UInt32(bitPattern: Int32((memory + address).loadUnaligned(as: Int16.self))))
            case .i64Load8SFar:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.b) &+ far.summand) &+ far.offset
                guard address &+ 1 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = UInt64(bitPattern: Int64((memory + address).loadUnaligned(as: Int8.self)))
            case .i64Load16SFar:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.b) &+ far.summand) &+ far.offset
                guard address &+ 2 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = UInt64(bitPattern: Int64((memory + address).loadUnaligned(as: Int16.self)))
            case .i64Load32SFar:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.b) &+ far.summand) &+ far.offset
                guard address &+ 4 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                slots[word.a] = UInt64(bitPattern: Int64((memory + address).loadUnaligned(as: Int32.self)))
            case .store8Far:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.a) &+ far.summand) &+ far.offset
                guard address &+ 1 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                (memory + address).storeBytes(of: UInt8(truncatingIfNeeded: slots[word.b]), as: UInt8.self)
            case .store16Far:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.a) &+ far.summand) &+ far.offset
                guard address &+ 2 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                (memory + address).storeBytes(of: UInt16(truncatingIfNeeded: slots[word.b]), as: UInt16.self)
            case .store32Far:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.a) &+ far.summand) &+ far.offset
                guard address &+ 4 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                (memory + address).storeBytes(of: UInt32(truncatingIfNeeded: slots[word.b]), as: UInt32.self)
            case .store64Far:
                let far = FarWord(bits: pc.pointee)
                let address = Int(slots.u32(word.a) &+ far.summand) &+ far.offset
                guard address &+ 8 <= memorySize else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
                (memory + address).storeBytes(of: slots[word.b], as: UInt64.self)

            // Integers.

            case .i32Eqz: slots.set(word.a, slots.u32(word.b) == 0)
            case .i64Eqz: slots.set(word.a, slots.u64(word.b) == 0)
            case .i32Eq: slots.set(word.a, slots.u32(word.b) == slots.u32(word.c))
            case .i32Ne: slots.set(word.a, slots.u32(word.b) != slots.u32(word.c))
            case .i32LtS: slots.set(word.a, slots.s32(word.b) < slots.s32(word.c))
            case .i32LtU: slots.set(word.a, slots.u32(word.b) < slots.u32(word.c))
            case .i32LeS: slots.set(word.a, slots.s32(word.b) <= slots.s32(word.c))
            case .i32LeU: slots.set(word.a, slots.u32(word.b) <= slots.u32(word.c))
            case .i64Eq: slots.set(word.a, slots.u64(word.b) == slots.u64(word.c))
            case .i64Ne: slots.set(word.a, slots.u64(word.b) != slots.u64(word.c))
            case .i64LtS: slots.set(word.a, slots.s64(word.b) < slots.s64(word.c))
            case .i64LtU: slots.set(word.a, slots.u64(word.b) < slots.u64(word.c))
            case .i64LeS: slots.set(word.a, slots.s64(word.b) <= slots.s64(word.c))
            case .i64LeU: slots.set(word.a, slots.u64(word.b) <= slots.u64(word.c))
            case .i32Clz: slots.set(word.a, UInt32(truncatingIfNeeded: slots.u32(word.b).leadingZeroBitCount))
            case .i32Ctz: slots.set(word.a, UInt32(truncatingIfNeeded: slots.u32(word.b).trailingZeroBitCount))
            case .i32Popcnt: slots.set(word.a, UInt32(truncatingIfNeeded: slots.u32(word.b).nonzeroBitCount))
            case .i32Add: slots.set(word.a, slots.u32(word.b) &+ slots.u32(word.c))
            case .i32Sub: slots.set(word.a, slots.u32(word.b) &- slots.u32(word.c))
            case .i32Mul: slots.set(word.a, slots.u32(word.b) &* slots.u32(word.c))
            case .i32And: slots.set(word.a, slots.u32(word.b) & slots.u32(word.c))
            case .i32Or: slots.set(word.a, slots.u32(word.b) | slots.u32(word.c))
            case .i32Xor: slots.set(word.a, slots.u32(word.b) ^ slots.u32(word.c))
            case .i32Shl: slots.set(word.a, slots.u32(word.b) &<< slots.u32(word.c))
            case .i32ShrU: slots.set(word.a, slots.u32(word.b) &>> slots.u32(word.c))
            case .i32ShrS: slots.set(word.a, slots.s32(word.b) &>> slots.s32(word.c))
            case .i32Rotl: slots.set(word.a, rotateLeft(slots.u32(word.b), slots.u32(word.c)))
            case .i32Rotr: slots.set(word.a, rotateRight(slots.u32(word.b), slots.u32(word.c)))
            case .i32DivS:
                let (dividend, divisor) = (slots.s32(word.b), slots.s32(word.c))
                guard divisor != 0, dividend != .min || divisor != -1 else {
                    exit = .trapped(divisor == 0 ? .integerDivideByZero : .integerOverflow)
                    break execution
                }
                slots.set(word.a, UInt32(bitPattern: dividend / divisor))
            case .i32DivU:
                let divisor = slots.u32(word.c)
                guard divisor != 0 else {
                    exit = .trapped(.integerDivideByZero)
                    break execution
                }
                slots.set(word.a, slots.u32(word.b) / divisor)
            case .i32RemS:
                let divisor = slots.s32(word.c)
                guard divisor != 0 else {
                    exit = .trapped(.integerDivideByZero)
                    break execution
                }
                // The least number modulo -1 is 0, and would overflow in the processor.
                slots.set(word.a, divisor == -1 ? 0 : UInt32(bitPattern: slots.s32(word.b) % divisor))
            case .i32RemU:
                let divisor = slots.u32(word.c)
                guard divisor != 0 else {
                    exit = .trapped(.integerDivideByZero)
                    break execution
                }
                slots.set(word.a, slots.u32(word.b) % divisor)
            case .i32AddImmediate: slots.set(word.a, slots.u32(word.b) &+ word.u32)
            case .i32MulImmediate: slots.set(word.a, slots.u32(word.b) &* word.u32)
            case .i32AndImmediate: slots.set(word.a, slots.u32(word.b) & word.u32)
            case .i32OrImmediate: slots.set(word.a, slots.u32(word.b) | word.u32)
            case .i32XorImmediate: slots.set(word.a, slots.u32(word.b) ^ word.u32)
            case .i32ShlImmediate: slots.set(word.a, slots.u32(word.b) &<< word.u32)
            case .i32ShrUImmediate: slots.set(word.a, slots.u32(word.b) &>> word.u32)
            case .i32ShrSImmediate: slots.set(word.a, slots.s32(word.b) &>> word.s32)
            case .i32EqImmediate: slots.set(word.a, slots.u32(word.b) == word.u32)
            case .i32NeImmediate: slots.set(word.a, slots.u32(word.b) != word.u32)
            case .i32LtSImmediate: slots.set(word.a, slots.s32(word.b) < word.s32)
            case .i32LtUImmediate: slots.set(word.a, slots.u32(word.b) < word.u32)
            case .i32LeSImmediate: slots.set(word.a, slots.s32(word.b) <= word.s32)
            case .i32LeUImmediate: slots.set(word.a, slots.u32(word.b) <= word.u32)
            case .i32GtSImmediate: slots.set(word.a, slots.s32(word.b) > word.s32)
            case .i32GtUImmediate: slots.set(word.a, slots.u32(word.b) > word.u32)
            case .i32GeSImmediate: slots.set(word.a, slots.s32(word.b) >= word.s32)
            case .i32GeUImmediate: slots.set(word.a, slots.u32(word.b) >= word.u32)
            case .i64Clz: slots.set(word.a, UInt64(truncatingIfNeeded: slots.u64(word.b).leadingZeroBitCount))
            case .i64Ctz: slots.set(word.a, UInt64(truncatingIfNeeded: slots.u64(word.b).trailingZeroBitCount))
            case .i64Popcnt: slots.set(word.a, UInt64(truncatingIfNeeded: slots.u64(word.b).nonzeroBitCount))
            case .i64Add: slots.set(word.a, slots.u64(word.b) &+ slots.u64(word.c))
            case .i64Sub: slots.set(word.a, slots.u64(word.b) &- slots.u64(word.c))
            case .i64Mul: slots.set(word.a, slots.u64(word.b) &* slots.u64(word.c))
            case .i64And: slots.set(word.a, slots.u64(word.b) & slots.u64(word.c))
            case .i64Or: slots.set(word.a, slots.u64(word.b) | slots.u64(word.c))
            case .i64Xor: slots.set(word.a, slots.u64(word.b) ^ slots.u64(word.c))
            case .i64Shl: slots.set(word.a, slots.u64(word.b) &<< slots.u64(word.c))
            case .i64ShrU: slots.set(word.a, slots.u64(word.b) &>> slots.u64(word.c))
            case .i64ShrS: slots.set(word.a, slots.s64(word.b) &>> slots.s64(word.c))
            case .i64Rotl: slots.set(word.a, rotateLeft(slots.u64(word.b), slots.u64(word.c)))
            case .i64Rotr: slots.set(word.a, rotateRight(slots.u64(word.b), slots.u64(word.c)))
            case .i64DivS:
                let (dividend, divisor) = (slots.s64(word.b), slots.s64(word.c))
                guard divisor != 0, dividend != .min || divisor != -1 else {
                    exit = .trapped(divisor == 0 ? .integerDivideByZero : .integerOverflow)
                    break execution
                }
                slots.set(word.a, UInt64(bitPattern: dividend / divisor))
            case .i64DivU:
                let divisor = slots.u64(word.c)
                guard divisor != 0 else {
                    exit = .trapped(.integerDivideByZero)
                    break execution
                }
                slots.set(word.a, slots.u64(word.b) / divisor)
            case .i64RemS:
                let divisor = slots.s64(word.c)
                guard divisor != 0 else {
                    exit = .trapped(.integerDivideByZero)
                    break execution
                }
                // The least number modulo -1 is 0, and would overflow in the processor.
                slots.set(word.a, divisor == -1 ? 0 : UInt64(bitPattern: slots.s64(word.b) % divisor))
            case .i64RemU:
                let divisor = slots.u64(word.c)
                guard divisor != 0 else {
                    exit = .trapped(.integerDivideByZero)
                    break execution
                }
                slots.set(word.a, slots.u64(word.b) % divisor)
            case .i64AddImmediate: slots.set(word.a, slots.u64(word.b) &+ word.u64)
            case .i64MulImmediate: slots.set(word.a, slots.u64(word.b) &* word.u64)
            case .i64AndImmediate: slots.set(word.a, slots.u64(word.b) & word.u64)
            case .i64OrImmediate: slots.set(word.a, slots.u64(word.b) | word.u64)
            case .i64XorImmediate: slots.set(word.a, slots.u64(word.b) ^ word.u64)
            case .i64ShlImmediate: slots.set(word.a, slots.u64(word.b) &<< word.u64)
            case .i64ShrUImmediate: slots.set(word.a, slots.u64(word.b) &>> word.u64)
            case .i64ShrSImmediate: slots.set(word.a, slots.s64(word.b) &>> word.s64)
            case .i64EqImmediate: slots.set(word.a, slots.u64(word.b) == word.u64)
            case .i64NeImmediate: slots.set(word.a, slots.u64(word.b) != word.u64)
            case .i64LtSImmediate: slots.set(word.a, slots.s64(word.b) < word.s64)
            case .i64LtUImmediate: slots.set(word.a, slots.u64(word.b) < word.u64)
            case .i64LeSImmediate: slots.set(word.a, slots.s64(word.b) <= word.s64)
            case .i64LeUImmediate: slots.set(word.a, slots.u64(word.b) <= word.u64)
            case .i64GtSImmediate: slots.set(word.a, slots.s64(word.b) > word.s64)
            case .i64GtUImmediate: slots.set(word.a, slots.u64(word.b) > word.u64)
            case .i64GeSImmediate: slots.set(word.a, slots.s64(word.b) >= word.s64)
            case .i64GeUImmediate: slots.set(word.a, slots.u64(word.b) >= word.u64)
            case .i32AddConstant:
                slots.set(word.a, slots.u32(word.b) &+ UInt32(truncatingIfNeeded: pc.pointee))
                pc += 1
            case .i32WrapI64: slots.set(word.a, slots.u32(word.b))
            case .i64ExtendI32S: slots[word.a] = UInt64(bitPattern: Int64(slots.s32(word.b)))
            case .i32Extend8S: slots.set(word.a, UInt32(bitPattern: Int32(Int8(truncatingIfNeeded: slots[word.b]))))
            case .i32Extend16S: slots.set(word.a, UInt32(bitPattern: Int32(Int16(truncatingIfNeeded: slots[word.b]))))
            case .i64Extend8S: slots.set(word.a, UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: slots[word.b]))))
            case .i64Extend16S: slots.set(word.a, UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: slots[word.b]))))
            case .i64Extend32S: slots.set(word.a, UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: slots[word.b]))))

            // Floating-point numbers.

            case .f32Eq: slots.set(word.a, slots.f32(word.b) == slots.f32(word.c))
            case .f32Ne: slots.set(word.a, slots.f32(word.b) != slots.f32(word.c))
            case .f32Lt: slots.set(word.a, slots.f32(word.b) < slots.f32(word.c))
            case .f32Le: slots.set(word.a, slots.f32(word.b) <= slots.f32(word.c))
            case .f32Add: slots.set(word.a, slots.f32(word.b) + slots.f32(word.c))
            case .f32Sub: slots.set(word.a, slots.f32(word.b) - slots.f32(word.c))
            case .f32Mul: slots.set(word.a, slots.f32(word.b) * slots.f32(word.c))
            case .f32Div: slots.set(word.a, slots.f32(word.b) / slots.f32(word.c))
            case .f32Sqrt: slots.set(word.a, slots.f32(word.b).squareRoot())
            case .f32Abs: slots.set(word.a, slots.u32(word.b) & ~0x8000_0000)
            case .f32Neg: slots.set(word.a, slots.u32(word.b) ^ 0x8000_0000)
            case .f32Copysign: slots.set(word.a, slots.u32(word.b) & ~0x8000_0000 | slots.u32(word.c) & 0x8000_0000)
            case .f32Ceil: slots.set(word.a, slots.f32(word.b).rounded(.up))
            case .f32Floor: slots.set(word.a, slots.f32(word.b).rounded(.down))
            case .f32Trunc: slots.set(word.a, slots.f32(word.b).rounded(.towardZero))
            case .f32Nearest: slots.set(word.a, slots.f32(word.b).rounded(.toNearestOrEven))
            case .f32Min: slots.set(word.a, leastOf(slots.f32(word.b), slots.f32(word.c)))
            case .f32Max: slots.set(word.a, greatestOf(slots.f32(word.b), slots.f32(word.c)))
            case .f64Eq: slots.set(word.a, slots.f64(word.b) == slots.f64(word.c))
            case .f64Ne: slots.set(word.a, slots.f64(word.b) != slots.f64(word.c))
            case .f64Lt: slots.set(word.a, slots.f64(word.b) < slots.f64(word.c))
            case .f64Le: slots.set(word.a, slots.f64(word.b) <= slots.f64(word.c))
            case .f64Add: slots.set(word.a, slots.f64(word.b) + slots.f64(word.c))
            case .f64Sub: slots.set(word.a, slots.f64(word.b) - slots.f64(word.c))
            case .f64Mul: slots.set(word.a, slots.f64(word.b) * slots.f64(word.c))
            case .f64Div: slots.set(word.a, slots.f64(word.b) / slots.f64(word.c))
            case .f64Sqrt: slots.set(word.a, slots.f64(word.b).squareRoot())
            case .f64Abs: slots.set(word.a, slots.u64(word.b) & ~0x8000_0000_0000_0000)
            case .f64Neg: slots.set(word.a, slots.u64(word.b) ^ 0x8000_0000_0000_0000)
            case .f64Copysign: slots.set(word.a, slots.u64(word.b) & ~0x8000_0000_0000_0000 | slots.u64(word.c) & 0x8000_0000_0000_0000)
            case .f64Ceil: slots.set(word.a, slots.f64(word.b).rounded(.up))
            case .f64Floor: slots.set(word.a, slots.f64(word.b).rounded(.down))
            case .f64Trunc: slots.set(word.a, slots.f64(word.b).rounded(.towardZero))
            case .f64Nearest: slots.set(word.a, slots.f64(word.b).rounded(.toNearestOrEven))
            case .f64Min: slots.set(word.a, leastOf(slots.f64(word.b), slots.f64(word.c)))
            case .f64Max: slots.set(word.a, greatestOf(slots.f64(word.b), slots.f64(word.c)))
            case .f32ConvertI32S: slots.set(word.a, Float(slots.s32(word.b)))
            case .f32ConvertI32U: slots.set(word.a, Float(slots.u32(word.b)))
            case .f32ConvertI64S: slots.set(word.a, Float(slots.s64(word.b)))
            case .f32ConvertI64U: slots.set(word.a, Float(slots.u64(word.b)))
            case .f64ConvertI32S: slots.set(word.a, Double(slots.s32(word.b)))
            case .f64ConvertI32U: slots.set(word.a, Double(slots.u32(word.b)))
            case .f64ConvertI64S: slots.set(word.a, Double(slots.s64(word.b)))
            case .f64ConvertI64U: slots.set(word.a, Double(slots.u64(word.b)))
            case .f32DemoteF64: slots.set(word.a, Float(slots.f64(word.b)))
            case .f64PromoteF32: slots.set(word.a, Double(slots.f32(word.b)))

            // Families.

            case .truncate:
                do throws(Trap.Reason) {
                    slots[word.a] = try truncate(FamilyWord(bits: pc.pointee).opcode, slots[word.b])
                } catch {
                    exit = .trapped(error)
                    break execution
                }
                pc += 1
            case .bulk:
                do throws(Trap.Reason) {
                    try bulk(word, FamilyWord(bits: pc[0]), UInt32(truncatingIfNeeded: pc[1]), slots, instance)
                } catch {
                    exit = .trapped(error)
                    break execution
                }
                pc += 2
                memory = instance.pointee.memory.pointee.base
                memorySize = instance.pointee.memory.pointee.byteCount
            case .vector: pc = vector(word, pc, slots)
            case .vectorMemory:
                guard vectorMemory(word, FamilyWord(bits: pc.pointee), slots, memory, memorySize) else {
                    exit = .trapped(.memoryOutOfBounds)
                    break execution
                }
                pc += 1
            }
        }
        frame.pointee.pc = pc
        topFrame = frame
        self.fuel = fuel
        return exit
    }

    /// Takes a branch, or goes on behind its word. Whether there is no fuel for what follows.
    @inline(__always)
    private func branch(_ isTaken: Bool, _ pc: inout UnsafeMutablePointer<UInt64>, _ fuel: inout Int64) -> Bool {
        guard isTaken else {
            pc += 1
            return false
        }
        let branch = BranchWord(bits: pc.pointee)
        pc += branch.distance
        fuel &-= branch.charge
        return fuel < 0
    }

    /// Sets all slots of a frame but the parameters to zero: locals begin as zero or null, and what no operand was stored in yet must be
    /// the same in each run, for it is saved with the rest.
    @inline(__always)
    private func clear(_ base: UnsafeMutablePointer<UInt64>, _ function: UnsafeMutablePointer<FunctionRecord>) {
        var slot = function.pointee.parameterSlots
        let end = function.pointee.frameSlots
        while slot < end {
            base[slot] = 0
            slot &+= 1
        }
    }
}
