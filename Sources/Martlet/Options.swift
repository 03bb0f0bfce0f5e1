// Options of a utility, after the guidelines of POSIX (Base Definitions, 12.2).

/// Options and operands of a command line.
///
/// Options are single letters after a `-`, may stand together (`-la`), and may take an argument, in the same word (`-n5`) or the
/// next one (`-n 5`). `--` ends them, and so does the first operand; `-` is an operand. Beside them, `--help` is known.
public struct Options: Sendable {
    /// One option as given.
    public struct Option: Sendable {
        /// Its letter.
        public var letter: UInt8
        /// Its argument; empty if it takes none.
        public var value: [UInt8]
    }

    /// Why a command line was refused.
    public enum Failure: Error, Sendable {
        /// This letter is no option.
        case unknown([UInt8])
        /// This option needs an argument.
        case missingArgument(UInt8)
        /// `--help`: not a failure, but nothing else is to be done.
        case help
    }

    /// In the order given.
    public private(set) var all: [Option] = []
    /// What is left.
    public private(set) var operands: [[UInt8]] = []

    /// Reads `words` (without the command's name). `known` lists the letters; one with a colon behind it takes an argument.
    public init(_ words: [[UInt8]], known: StaticString) throws(Failure) {
        let letters = [UInt8](known)
        var index = 0
        while index < words.count {
            let word = words[index]
            guard word.count > 1, word[0] == 0x2D else { break }
            index += 1
            if word[1] == 0x2D {
                if word.count == 2 { break }
                if word.equals("--help") { throw .help }
                throw .unknown(word)
            }
            var position = 1
            while position < word.count {
                let letter = word[position]
                position += 1
                guard letter != 0x3A, let known = letters.firstIndex(of: letter) else { throw .unknown([0x2D, letter]) }
                guard known + 1 < letters.count, letters[known + 1] == 0x3A else {
                    all.append(Option(letter: letter, value: []))
                    continue
                }
                if position < word.count {
                    all.append(Option(letter: letter, value: [UInt8](word[position...])))
                } else if index < words.count {
                    all.append(Option(letter: letter, value: words[index]))
                    index += 1
                } else {
                    throw .missingArgument(letter)
                }
                break
            }
        }
        operands = [[UInt8]](words[index...])
    }

    /// Whether the option was given.
    public func has(_ letter: Unicode.Scalar) -> Bool { all.contains { $0.letter == UInt8(truncatingIfNeeded: letter.value) } }

    /// The last argument of an option.
    public func value(_ letter: Unicode.Scalar) -> [UInt8]? {
        all.last { $0.letter == UInt8(truncatingIfNeeded: letter.value) }?.value
    }

    /// Whichever of these options was given last: later ones override earlier ones.
    public func last(of letters: StaticString) -> UInt8? {
        let letters = [UInt8](letters)
        return all.last { letters.contains($0.letter) }?.letter
    }
}
