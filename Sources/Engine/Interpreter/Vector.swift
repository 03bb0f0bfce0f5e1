import Wasm

extension Store {
    func vector(_ word: Word, _ pc: UnsafeMutablePointer<UInt64>, _ slots: Slots) -> UnsafeMutablePointer<UInt64> { pc + 1 }
    func vectorMemory(_ word: Word, _ family: FamilyWord, _ slots: Slots, _ memory: UnsafeMutableRawPointer, _ size: Int) -> Bool { true }
}
