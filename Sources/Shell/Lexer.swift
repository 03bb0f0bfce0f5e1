// From bytes to tokens. Words are scanned with everything in them (`Words.swift`), so that a token never needs a second look.

import Martlet

/// An operator of the grammar.
enum Operator: Equatable {
    case and, or, pipe, semicolon, background, doubleSemicolon, leftParenthesis, rightParenthesis
    case less, greater, doubleGreater, lessAnd, greaterAnd, lessGreater, clobber, doubleLess, doubleLessDash
}

enum Token {
    case word(Word)
    case symbol(Operator)
    /// Digits directly before `<` or `>`.
    case number(Int32)
    case newline
    case end
}

/// Scans one program. A copy is a bookmark.
package struct Lexer {
    let source: [UInt8]
    var position: Int
    /// Line of `position`, from 1.
    var line = 1
    /// Here-documents whose text begins after the next newline.
    var pendingDocuments: [HereDocument] = []

    init(_ source: [UInt8], from position: Int = 0) {
        self.source = source
        self.position = position
    }

    /// The byte `offset` after the next, 0 at the end (a program holds no zeros that matter).
    func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < source.count ? source[position + offset] : 0
    }

    var isAtEnd: Bool { position >= source.count }

    /// Passes one byte.
    mutating func advance() {
        if byte() == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private mutating func skipBlanks() {
        while true {
            if Lexer.isBlank(byte()) {
                position += 1
            } else if byte() == UInt8(ascii: "\\"), byte(1) == UInt8(ascii: "\n") {
                position += 2
                line += 1
            } else {
                break
            }
        }
        if byte() == UInt8(ascii: "#") {
            while !isAtEnd, byte() != UInt8(ascii: "\n") { position += 1 }
        }
    }

    /// The next token.
    mutating func next() throws(SyntaxFailure) -> Token {
        skipBlanks()
        if isAtEnd {
            if let document = pendingDocuments.first {
                throw .incomplete([UInt8]("here-document is not ended by ") + document.delimiter)
            }
            return .end
        }
        if byte() == UInt8(ascii: "\n") {
            advance()
            try readDocuments()
            return .newline
        }
        if let symbol = symbol() { return .symbol(symbol) }
        var digits = 0
        while byte(digits).isDigit { digits += 1 }
        if digits > 0, digits < 5, byte(digits) == UInt8(ascii: "<") || byte(digits) == UInt8(ascii: ">") {
            let number = [UInt8](source[position..<position + digits]).decimal ?? 0
            position += digits
            return .number(Int32(number))
        }
        return .word(try word(.plain))
    }

    private mutating func symbol() -> Operator? {
        func choose(_ length: Int, _ result: Operator) -> (Int, Operator) { (length, result) }
        let found: (length: Int, symbol: Operator)
        switch (byte(), byte(1)) {
        case (UInt8(ascii: "&"), UInt8(ascii: "&")): found = (2, .and)
        case (UInt8(ascii: "&"), _): found = (1, .background)
        case (UInt8(ascii: "|"), UInt8(ascii: "|")): found = (2, .or)
        case (UInt8(ascii: "|"), _): found = (1, .pipe)
        case (UInt8(ascii: ";"), UInt8(ascii: ";")): found = (2, .doubleSemicolon)
        case (UInt8(ascii: ";"), _): found = (1, .semicolon)
        case (UInt8(ascii: "("), _): found = (1, .leftParenthesis)
        case (UInt8(ascii: ")"), _): found = (1, .rightParenthesis)
        case (UInt8(ascii: "<"), UInt8(ascii: "<")): found = byte(2) == UInt8(ascii: "-") ? (3, .doubleLessDash) : (2, .doubleLess)
        case (UInt8(ascii: "<"), UInt8(ascii: "&")): found = (2, .lessAnd)
        case (UInt8(ascii: "<"), UInt8(ascii: ">")): found = (2, .lessGreater)
        case (UInt8(ascii: "<"), _): found = (1, .less)
        case (UInt8(ascii: ">"), UInt8(ascii: ">")): found = (2, .doubleGreater)
        case (UInt8(ascii: ">"), UInt8(ascii: "&")): found = (2, .greaterAnd)
        case (UInt8(ascii: ">"), UInt8(ascii: "|")): found = (2, .clobber)
        case (UInt8(ascii: ">"), _): found = (1, .greater)
        default: return nil
        }
        position += found.length
        return found.symbol
    }

    /// Reads the text of the here-documents whose line has just ended.
    private mutating func readDocuments() throws(SyntaxFailure) {
        let documents = pendingDocuments
        pendingDocuments = []
        for document in documents {
            while true {
                if isAtEnd { throw .incomplete([UInt8]("here-document is not ended by ") + document.delimiter) }
                if document.dropsTabs { while byte() == 0x09 { position += 1 } }
                let start = position
                while !isAtEnd, byte() != UInt8(ascii: "\n") { position += 1 }
                let text = [UInt8](source[start..<position])
                // A last line without newline ends the document if it is the delimiter, and belongs to it if not.
                let hasNewline = !isAtEnd
                if hasNewline { advance() }
                if text == document.delimiter { break }
                document.source += text
                if hasNewline { document.source.append(UInt8(ascii: "\n")) }
            }
            if document.isQuoted {
                document.text = Word(parts: [.text(document.source, isQuoted: true)], source: [])
            } else {
                var lexer = Lexer(document.source)
                lexer.line = line
                document.text = try lexer.word(.document)
            }
        }
    }
}
