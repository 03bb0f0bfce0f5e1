// The tree of a program in the shell language (POSIX, Shell Command Language).

import Martlet

/// One piece of a word.
package indirect enum WordPart {
    /// Text; quoted text is neither split nor a pattern.
    case text([UInt8], isQuoted: Bool)
    /// `$name`, `${name…}`.
    case parameter(Parameter, isQuoted: Bool)
    /// `$(…)`, or backquotes.
    case command(List, isQuoted: Bool)
    /// `$((…))`.
    case arithmetic(Word, isQuoted: Bool)
}

/// A word before expansion.
package struct Word {
    package var parts: [WordPart]
    /// As it was written.
    package var source: [UInt8]

    /// The word's text if nothing in it is quoted or expanded.
    package var plain: [UInt8]? {
        if parts.count == 1, case .text(let text, isQuoted: false) = parts[0] { return text }
        return nil
    }

    /// The word's text if nothing in it is expanded.
    var literal: [UInt8]? {
        var result: [UInt8] = []
        for part in parts {
            guard case .text(let text, _) = part else { return nil }
            result += text
        }
        return result
    }
}

/// `${name…}`.
package struct Parameter {
    /// What is done with the value. `colon`: an empty value counts as unset.
    package enum Operation {
        case none
        /// `${#name}`
        case length
        /// `${name-word}`
        case orDefault(Word, colon: Bool)
        /// `${name=word}`
        case orAssign(Word, colon: Bool)
        /// `${name?word}`
        case orFail(Word, colon: Bool)
        /// `${name+word}`
        case alternative(Word, colon: Bool)
        /// `${name#word}`, `${name##word}`
        case removePrefix(Word, isLongest: Bool)
        /// `${name%word}`, `${name%%word}`
        case removeSuffix(Word, isLongest: Bool)
    }

    /// A variable's name, digits, or one of `@*#?-$!`.
    package var name: [UInt8]
    package var operation: Operation
}

/// The text of a here-document, read when its line is over.
package final class HereDocument {
    /// Ends it.
    let delimiter: [UInt8]
    /// Any part of the delimiter was quoted: nothing in the text is expanded.
    let isQuoted: Bool
    /// Tabs at the start of lines are dropped.
    let dropsTabs: Bool
    /// The text as written, and as a word.
    var source: [UInt8] = []
    var text = Word(parts: [], source: [])

    init(delimiter: [UInt8], isQuoted: Bool, dropsTabs: Bool) {
        self.delimiter = delimiter
        self.isQuoted = isQuoted
        self.dropsTabs = dropsTabs
    }
}

/// `n<file` and its kin.
package struct Redirection {
    package enum Operation {
        case input(Word)
        case output(Word, clobber: Bool)
        case append(Word)
        case inputOutput(Word)
        /// `<&` or `>&`; the word is a number or `-`.
        case duplicate(Word)
        case hereDocument(HereDocument)
    }
    package var descriptor: Int32
    package var operation: Operation
}

/// Assignments, words and redirections.
package struct SimpleCommand {
    package struct Assignment {
        package var name: [UInt8]
        package var value: Word
    }
    package var assignments: [Assignment] = []
    package var words: [Word] = []
    package var redirections: [Redirection] = []
}

/// A command of a pipeline.
package indirect enum Syntax {
    case simple(SimpleCommand)
    case group(List)
    case subshell(List)
    case ifElse(branches: [(condition: List, body: List)], otherwise: List?)
    case loop(isUntil: Bool, condition: List, body: List)
    /// Without words: over the positional parameters.
    case forEach(name: [UInt8], words: [Word]?, body: List)
    case select(word: Word, items: [(patterns: [Word], body: List)])
    case function(name: [UInt8], body: Syntax)
    /// A compound command with redirections.
    case redirected(Syntax, [Redirection])
}

/// Commands joined by `|`, with `!` before them or not.
package struct Pipeline {
    package var isNegated: Bool
    package var commands: [Syntax]
}

/// Pipelines joined by `&&` and `||`.
package struct AndOr {
    package var first: Pipeline
    package var rest: [(isAnd: Bool, pipeline: Pipeline)]
    /// Ended by `&`.
    package var isBackground: Bool
}

/// Commands one after the other.
package struct List {
    package var items: [AndOr] = []
}

/// Why a program cannot be parsed.
package enum SyntaxFailure: Error, Equatable {
    /// It ends too early; more lines may complete it.
    case incomplete([UInt8])
    case malformed([UInt8])

    /// For people.
    package var message: [UInt8] {
        switch self {
        case .incomplete(let text), .malformed(let text): return text
        }
    }
}
