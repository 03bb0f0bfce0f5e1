// ls: lists directories.

import Martlet

enum Ls {
    private struct Item {
        var name: [UInt8]
        var path: [UInt8]
        var status: FileStatus
        var target: [UInt8]?
    }

    private struct Listing {
        let options: Options
        let command: Command
        let accounts = Accounts()
        let now = Clock.real()
        /// 0: one name a line.
        let width: Int

        var isLong: Bool { options.last(of: "ln1C") == UInt8(ascii: "l") || options.last(of: "ln1C") == UInt8(ascii: "n") }
        var needsStatus: Bool { isLong || options.has("t") || options.has("S") || options.has("F") || options.has("R") || options.has("i") }
    }

    @Sendable static func run(_ command: Command) {
        let options = command.options("1AaCdFhilnRrSt")
        var width = 0
        let form = options.last(of: "l1C")
        if form == UInt8(ascii: "C") || (form == nil && File.standardOutput.isTerminal) {
            width = Int((try? File.standardOutput.windowSize().columns) ?? 80)
            if width == 0 { width = 80 }
        }
        let listing = Listing(options: options, command: command, width: width)
        let operands = options.operands.isEmpty ? [[UInt8](".")] : options.operands
        var files: [Item] = []
        var directories: [Item] = []
        for operand in operands {
            guard let item = item(operand, operand, listing, isOperand: true) else { continue }
            if item.status.kind == .directory, !options.has("d") { directories.append(item) } else { files.append(item) }
        }
        sort(&files, options)
        sort(&directories, options)
        write(files, listing, hasTotal: false)
        var isFirst = files.isEmpty
        for directory in directories {
            list(directory.path, listing, isFirst: isFirst, hasHeading: operands.count > 1 || options.has("R"))
            isFirst = false
        }
    }

    private static func item(_ name: [UInt8], _ path: [UInt8], _ listing: Listing, isOperand: Bool) -> Item? {
        do {
            var item: Item
            // An operand that is a link to a directory is listed as that, except in the long form.
            let follows = isOperand && !listing.isLong && !listing.options.has("F") && !listing.options.has("d")
            if follows, let status = try? Path.status(path) {
                item = Item(name: name, path: path, status: status)
            } else {
                item = Item(name: name, path: path, status: try Path.status(path, follow: false))
            }
            if listing.isLong, item.status.kind == .symbolicLink { item.target = try? Path.readLink(path) }
            return item
        } catch {
            listing.command.fail(path, error, status: isOperand ? 2 : 1)
            return nil
        }
    }

    private static func sort(_ items: inout [Item], _ options: Options) {
        let isReversed = options.has("r")
        let key = options.last(of: "tS")
        items.sort { left, right in
            let (first, second) = isReversed ? (right, left) : (left, right)
            if key == UInt8(ascii: "t"), first.status.modificationTime != second.status.modificationTime {
                return first.status.modificationTime > second.status.modificationTime
            }
            if key == UInt8(ascii: "S"), first.status.size != second.status.size { return first.status.size > second.status.size }
            return first.name.precedes(second.name)
        }
    }

    private static func list(_ path: [UInt8], _ listing: Listing, isFirst: Bool, hasHeading: Bool) {
        let output = listing.command.output
        let entries: [DirectoryEntry]
        do {
            entries = try Directory.entries(path)
        } catch {
            return listing.command.fail(path, error, status: 2)
        }
        if hasHeading {
            if !isFirst { output.write("\n") }
            output.write(path + [UInt8](":\n"))
        }
        let all = listing.options.has("a")
        var items: [Item] = []
        for entry in entries {
            let isDot = entry.name.equals(".") || entry.name.equals("..")
            if entry.name.first == UInt8(ascii: "."), !(all || (listing.options.has("A") && !isDot)) { continue }
            let inner = Path.join(path, entry.name)
            if listing.needsStatus {
                if let item = item(entry.name, inner, listing, isOperand: false) { items.append(item) }
            } else if let status = try? FileStatus(encoded: [UInt8](repeating: 0, count: 79)) {
                items.append(Item(name: entry.name, path: inner, status: status))
            }
        }
        sort(&items, listing.options)
        write(items, listing, hasTotal: true)
        guard listing.options.has("R") else { return }
        for item in items where item.status.kind == .directory && !item.name.equals(".") && !item.name.equals("..") {
            list(item.path, listing, isFirst: false, hasHeading: true)
        }
    }

    private static func label(_ item: Item, _ listing: Listing) -> [UInt8] {
        var name = item.name
        if listing.options.has("F") {
            switch item.status.kind {
            case .directory: name.append("/")
            case .symbolicLink: if !listing.isLong { name.append("@") }
            case .pipe: name.append("|")
            case .streamSocket, .datagramSocket: name.append("=")
            default: if item.status.mode & 0o111 != 0 { name.append("*") }
            }
        }
        if let target = item.target { name += [UInt8](" -> ") + target }
        return name
    }

    private static func write(_ items: [Item], _ listing: Listing, hasTotal: Bool) {
        if listing.isLong { return writeLong(items, listing, hasTotal: hasTotal) }
        let output = listing.command.output
        var labels: [[UInt8]] = []
        let width = listing.options.has("i") ? items.map { [UInt8](decimal: $0.status.node).count }.max() ?? 0 : 0
        for item in items {
            var text: [UInt8] = []
            if width > 0 {
                text.append(decimal: item.status.node, width: width)
                text.append(" ")
            }
            labels.append(text + label(item, listing))
        }
        guard listing.width > 0, labels.count > 1 else {
            for label in labels { output.writeLine(label) }
            return
        }
        // As few rows as the columns, each as wide as it must be, leave room for.
        var rows = 1
        while rows < labels.count {
            let widths = columnWidths(labels, rows)
            if widths.reduce(0, +) - 2 < listing.width { break }
            rows += 1
        }
        let widths = columnWidths(labels, rows)
        for row in 0..<rows {
            var line: [UInt8] = []
            for (column, width) in widths.enumerated() where column * rows + row < labels.count {
                let label = labels[column * rows + row]
                let isLast = (column + 1) * rows + row >= labels.count
                line += label
                if !isLast { line.append(contentsOf: repeatElement(0x20, count: max(width - columns(label), 0))) }
            }
            output.writeLine(line)
        }
    }

    private static func columnWidths(_ labels: [[UInt8]], _ rows: Int) -> [Int] {
        stride(from: 0, to: labels.count, by: rows).map { start in
            labels[start..<min(start + rows, labels.count)].reduce(0) { max($0, columns($1)) } + 2
        }
    }

    /// How many columns UTF-8 text takes, one a character.
    private static func columns(_ text: [UInt8]) -> Int { text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }

    private static func writeLong(_ items: [Item], _ listing: Listing, hasTotal: Bool) {
        let output = listing.command.output
        let options = listing.options
        if hasTotal {
            let blocks = items.reduce(0) { $0 + $1.status.blocks }
            var line = [UInt8]("total ")
            line += options.has("h") ? readable(blocks * 512) : [UInt8](decimal: (blocks + 1) / 2)
            output.writeLine(line)
        }
        var rows: [[[UInt8]]] = []
        for item in items {
            let status = item.status
            let isDevice = status.kind == .characterDevice || status.kind == .blockDevice
            var size = options.has("h") ? readable(status.size) : [UInt8](decimal: status.size)
            if isDevice { size = [UInt8](decimal: status.major) + [UInt8](", ") + [UInt8](decimal: status.minor) }
            rows.append([
                options.has("i") ? [UInt8](decimal: status.node) : [], [UInt8](decimal: status.links),
                options.has("n") ? [UInt8](decimal: status.user) : listing.accounts.user(status.user),
                options.has("n") ? [UInt8](decimal: status.group) : listing.accounts.group(status.group), size,
            ])
        }
        let widths = (0..<5).map { column in rows.reduce(0) { max($0, $1[column].count) } }
        for (item, row) in zip(items, rows) {
            var line: [UInt8] = []
            if options.has("i") {
                line.append(row[0], width: widths[0])
                line.append(" ")
            }
            line += modeText(item.status)
            for column in 1..<5 {
                line.append(" ")
                line.append(row[column], width: widths[column], isLeft: column == 2 || column == 3)
            }
            line.append(" ")
            line += timeText(item.status.modificationTime, listing.now)
            line.append(" ")
            output.writeLine(line + label(item, listing))
        }
    }

    /// `-rwxr-xr-x`
    static func modeText(_ status: FileStatus) -> [UInt8] {
        let kind: UInt8
        switch status.kind {
        case .directory: kind = UInt8(ascii: "d")
        case .symbolicLink: kind = UInt8(ascii: "l")
        case .characterDevice: kind = UInt8(ascii: "c")
        case .blockDevice: kind = UInt8(ascii: "b")
        case .pipe: kind = UInt8(ascii: "p")
        case .streamSocket, .datagramSocket: kind = UInt8(ascii: "s")
        default: kind = UInt8(ascii: "-")
        }
        let letters = [UInt8]("rwxrwxrwx")
        var text = [kind]
        for (index, letter) in letters.enumerated() {
            text.append(status.mode & 1 << UInt16(8 - index) != 0 ? letter : UInt8(ascii: "-"))
        }
        for (bit, index, letter) in [(0o4000, 3, UInt8(ascii: "s")), (0o2000, 6, UInt8(ascii: "s")), (0o1000, 9, UInt8(ascii: "t"))]
        where status.mode & UInt16(bit) != 0 {
            text[index] = text[index] == UInt8(ascii: "x") ? letter : letter & 0xDF
        }
        return text
    }

    /// `Nov 21 09:46`, or with the year if it is more than half a year away.
    private static func timeText(_ time: UInt64, _ now: UInt64) -> [UInt8] {
        let seconds = Int64(time / 1_000_000_000)
        let calendar = CalendarTime(seconds: seconds)
        var text = [UInt8](calendar.monthName.prefix(3))
        text.append(" ")
        text.append(decimal: calendar.day, width: 2)
        text.append(" ")
        let age = Int64(now / 1_000_000_000) - seconds
        if age < 15_778_476, age > -60 {
            text.append(decimal: calendar.hour, width: 2, padding: 0x30)
            text.append(":")
            text.append(decimal: calendar.minute, width: 2, padding: 0x30)
        } else {
            text.append(decimal: calendar.year, width: 5)
        }
        return text
    }

    /// A size in powers of 1024, rounded up, with one digit behind the point below ten.
    private static func readable(_ size: UInt64) -> [UInt8] {
        if size < 1024 { return [UInt8](decimal: size) }
        var unit = 0
        var divisor: UInt64 = 1024
        while size / divisor >= 1024, unit < 5 {
            divisor *= 1024
            unit += 1
        }
        let tenths = (size / divisor) * 10 + ((size % divisor) * 10 + divisor - 1) / divisor
        var text: [UInt8] = []
        if tenths < 100 {
            text.append(decimal: tenths / 10)
            text.append(".")
            text.append(decimal: tenths % 10)
        } else {
            let whole = (size + divisor - 1) / divisor
            if whole == 1024, unit < 5 { return [UInt8]("1.0") + [[UInt8]("KMGTPE")[unit + 1]] }
            text.append(decimal: whole)
        }
        return text + [[UInt8]("KMGTPE")[unit]]
    }
}
