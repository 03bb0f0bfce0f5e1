// From the tree back to text that parses to the same tree: how a part of a program is handed to another shell.

import Martlet

/// Writes a tree as text.
struct Unparser {
    private(set) var text: [UInt8] = []
    /// Here-documents whose text follows the next newline.
    private var documents: [HereDocument] = []

    /// An operator as it is written.
    static func text(_ symbol: Operator) -> [UInt8] {
        let text: StaticString =
            switch symbol {
            case .and: "&&"
            case .or: "||"
            case .pipe: "|"
            case .semicolon: ";"
            case .background: "&"
            case .doubleSemicolon: ";;"
            case .leftParenthesis: "("
            case .rightParenthesis: ")"
            case .less: "<"
            case .greater: ">"
            case .doubleGreater: ">>"
            case .lessAnd: "<&"
            case .greaterAnd: ">&"
            case .lessGreater: "<>"
            case .clobber: ">|"
            case .doubleLess: "<<"
            case .doubleLessDash: "<<-"
            }
        return [UInt8](text)
    }

    /// Text that the shell reads as exactly these bytes.
    static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x27]
        for byte in bytes {
            if byte == 0x27 { result.append("'\\''") } else { result.append(byte) }
        }
        result.append(0x27)
        return result
    }

    mutating func newline() {
        text.append(0x0A)
        for document in documents {
            text += document.source
            if let last = text.last, last != 0x0A { text.append(0x0A) }
            text += document.delimiter
            text.append(0x0A)
        }
        documents = []
    }

    mutating func list(_ list: List) {
        for item in list.items {
            andOr(item)
            if item.isBackground { text.append(" &") }
            newline()
        }
    }

    mutating func andOr(_ item: AndOr) {
        pipeline(item.first)
        for (isAnd, next) in item.rest {
            text.append(isAnd ? " && " : " || ")
            pipeline(next)
        }
    }

    mutating func pipeline(_ pipeline: Pipeline) {
        if pipeline.isNegated { text.append("! ") }
        for (index, item) in pipeline.commands.enumerated() {
            if index > 0 { text.append(" | ") }
            command(item)
        }
    }

    mutating func command(_ command: Syntax) {
        switch command {
        case .simple(let simple): self.simple(simple)
        case .group(let body):
            text.append("{ ")
            list(body)
            text.append("}")
        case .subshell(let body):
            // The blank keeps `((` apart.
            text.append("( ")
            list(body)
            text.append(")")
        case .ifElse(let branches, let otherwise):
            for (index, branch) in branches.enumerated() {
                text.append(index == 0 ? "if " : "elif ")
                list(branch.condition)
                text.append("then ")
                list(branch.body)
            }
            if let otherwise {
                text.append("else ")
                list(otherwise)
            }
            text.append("fi")
        case .loop(let isUntil, let condition, let body):
            text.append(isUntil ? "until " : "while ")
            list(condition)
            text.append("do ")
            list(body)
            text.append("done")
        case .forEach(let name, let words, let body):
            text.append("for ")
            text += name
            if let words {
                text.append(" in")
                for word in words { text += [0x20] + word.source }
            }
            newline()
            text.append("do ")
            list(body)
            text.append("done")
        case .select(let word, let items):
            text.append("case ")
            text += word.source
            text.append(" in")
            newline()
            for item in items {
                text.append("(")
                for (index, pattern) in item.patterns.enumerated() {
                    if index > 0 { text.append("|") }
                    text += pattern.source
                }
                text.append(") ")
                list(item.body)
                text.append(";;")
                newline()
            }
            text.append("esac")
        case .function(let name, let body):
            text += name
            text.append("() ")
            self.command(body)
        case .redirected(let inner, let redirections):
            self.command(inner)
            self.redirections(redirections)
        }
    }

    private mutating func simple(_ command: SimpleCommand) {
        var isFirst = true
        func space() {
            if !isFirst { text.append(0x20) }
            isFirst = false
        }
        for assignment in command.assignments {
            space()
            text += assignment.name + [0x3D] + assignment.value.source
        }
        for word in command.words {
            space()
            text += word.source
        }
        redirections(command.redirections)
    }

    private mutating func redirections(_ redirections: [Redirection]) {
        for redirection in redirections {
            text.append(0x20)
            text.append(decimal: redirection.descriptor)
            switch redirection.operation {
            case .input(let word): text += [UInt8]("<") + word.source
            case .output(let word, let clobber): text += [UInt8](clobber ? ">|" : ">") + word.source
            case .append(let word): text += [UInt8](">>") + word.source
            case .inputOutput(let word): text += [UInt8]("<>") + word.source
            case .duplicate(let word): text += [UInt8](">&") + word.source
            case .hereDocument(let document):
                // Tabs that were to be dropped are dropped already.
                text += [UInt8]("<<") + (document.isQuoted ? Unparser.quoted(document.delimiter) : document.delimiter)
                documents.append(document)
            }
        }
    }
}
