// date: prints the time, UTC.

import Martlet

enum DateTool {
    @Sendable static func run(_ command: Command) {
        let operands = command.options("u").operands
        let now = Clock.real()
        var format = [UInt8]("%a %b %e %H:%M:%S %Z %Y")
        if let operand = operands.first {
            guard operands.count == 1, operand.first == UInt8(ascii: "+") else { command.end("the clock cannot be set") }
            format = [UInt8](operand.dropFirst())
        }
        let seconds = Int64(now / 1_000_000_000)
        command.output.writeLine(text(format, CalendarTime(seconds: seconds), seconds, nanoseconds: now % 1_000_000_000))
    }

    /// C: strftime(3).
    private static func text(_ format: [UInt8], _ time: CalendarTime, _ seconds: Int64, nanoseconds: UInt64) -> [UInt8] {
        var text: [UInt8] = []
        func digits(_ value: Int, _ width: Int = 2, _ padding: UInt8 = 0x30) { text.append(decimal: value, width: width, padding: padding) }
        func inner(_ format: StaticString) { text += self.text([UInt8](format), time, seconds, nanoseconds: nanoseconds) }
        var index = 0
        while index < format.count {
            guard format[index] == UInt8(ascii: "%"), index + 1 < format.count else {
                text.append(format[index])
                index += 1
                continue
            }
            switch format[index + 1] {
            case UInt8(ascii: "a"): text += time.weekdayName.prefix(3)
            case UInt8(ascii: "A"): text += time.weekdayName
            case UInt8(ascii: "b"), UInt8(ascii: "h"): text += time.monthName.prefix(3)
            case UInt8(ascii: "B"): text += time.monthName
            case UInt8(ascii: "c"): inner("%a %b %e %H:%M:%S %Y")
            case UInt8(ascii: "C"): digits(time.year / 100)
            case UInt8(ascii: "d"): digits(time.day)
            case UInt8(ascii: "D"), UInt8(ascii: "x"): inner("%m/%d/%y")
            case UInt8(ascii: "e"): digits(time.day, 2, 0x20)
            case UInt8(ascii: "F"): inner("%Y-%m-%d")
            case UInt8(ascii: "H"): digits(time.hour)
            case UInt8(ascii: "I"): digits((time.hour + 11) % 12 + 1)
            case UInt8(ascii: "j"): digits(time.dayOfYear, 3)
            case UInt8(ascii: "m"): digits(time.month)
            case UInt8(ascii: "M"): digits(time.minute)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "N"): text.append(decimal: nanoseconds, width: 9, padding: 0x30)
            case UInt8(ascii: "p"): text += [UInt8](time.hour < 12 ? "AM" : "PM")
            case UInt8(ascii: "r"): inner("%I:%M:%S %p")
            case UInt8(ascii: "R"): inner("%H:%M")
            case UInt8(ascii: "s"): text.append(decimal: seconds)
            case UInt8(ascii: "S"): digits(time.second)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "T"), UInt8(ascii: "X"): inner("%H:%M:%S")
            case UInt8(ascii: "u"): digits(time.weekday == 0 ? 7 : time.weekday, 1)
            case UInt8(ascii: "w"): digits(time.weekday, 1)
            case UInt8(ascii: "y"): digits(time.year % 100)
            case UInt8(ascii: "Y"): digits(time.year, 1)
            case UInt8(ascii: "z"): text.append("+0000")
            case UInt8(ascii: "Z"): text.append("UTC")
            case UInt8(ascii: "%"): text.append("%")
            default: text += [format[index], format[index + 1]]
            }
            index += 2
        }
        return text
    }
}
