import Testing

/// Every order in which the steps of two parked harts can happen: nothing is lost, nothing comes in another order, nobody sleeps for ever.
@Suite struct ParkModelTests {
    /// What is wrong with a model, and how many states it has.
    private func check(_ model: Model) -> (failure: String?, states: Int) {
        var seen: Set<State> = [State()]
        var waiting = [State()]
        while let state = waiting.popLast() {
            let next = model.successors(of: state)
            if next.isEmpty {
                if !model.isFinal(state) { return ("somebody sleeps for ever: \(state)", seen.count) }
                if !model.isRight(state) { return ("what was read is \(state.reader.units)", seen.count) }
            }
            for state in next where seen.insert(state).inserted { waiting.append(state) }
        }
        return (nil, seen.count)
    }

    @Test(arguments: [(1, 1, 4), (2, 1, 4), (3, 1, 4), (2, 1, 1), (3, 1, 2), (2, 2, 3), (1, 5, 2), (2, 3, 2), (3, 2, 1)])
    func nothingIsLostInAnyOrder(messages: Int, size: Int, capacity: Int) {
        let (failure, states) = check(Model(messages: messages, size: size, capacity: capacity))
        #expect(failure == nil)
        #expect(states > 50, "\(states) states")
    }

    @Test func eachStepOfTheProtocolIsNeeded() {
        let cases = [(1, 1, 4), (2, 1, 4), (3, 1, 4), (3, 1, 1), (2, 3, 2)]
        for flaw in Flaw.allCases where flaw != .none {
            let isSeen = cases.contains { messages, size, capacity in
                check(Model(messages: messages, size: size, capacity: capacity, flaw: flaw)).failure != nil
            }
            #expect(isSeen, "\(flaw) has no effect")
        }
    }
}
