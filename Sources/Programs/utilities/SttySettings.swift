// What stty can set: names as POSIX has them, and those that are usual beside them; numbers are Linux's.

extension Stty {
    enum Part { case input, output, control, local }

    /// A setting that is on or off.
    struct Flag: Sendable {
        var name: StaticString
        var part: Part
        var bit: UInt32

        init(_ name: StaticString, _ part: Part, _ bit: UInt32) { (self.name, self.part, self.bit) = (name, part, bit) }
    }

    /// One of several values of some bits.
    struct Choice: Sendable {
        var name: StaticString
        var part: Part
        var mask: UInt32
        var bits: UInt32

        init(_ name: StaticString, _ part: Part, _ mask: UInt32, _ bits: UInt32) {
            (self.name, self.part, self.mask, self.bits) = (name, part, mask, bits)
        }
    }

    static let flags: [Flag] = [
        Flag("parenb", .control, 0o400), Flag("parodd", .control, 0o1000), Flag("hupcl", .control, 0o2000),
        Flag("cstopb", .control, 0o100), Flag("cread", .control, 0o200), Flag("clocal", .control, 0o4000),
        Flag("ignbrk", .input, 1), Flag("brkint", .input, 2), Flag("ignpar", .input, 4), Flag("parmrk", .input, 0o10),
        Flag("inpck", .input, 0o20), Flag("istrip", .input, 0o40), Flag("inlcr", .input, 0o100), Flag("igncr", .input, 0o200),
        Flag("icrnl", .input, 0o400), Flag("ixon", .input, 0o2000), Flag("ixany", .input, 0o4000), Flag("ixoff", .input, 0o10000),
        Flag("imaxbel", .input, 0o20000), Flag("iutf8", .input, 0o40000),
        Flag("opost", .output, 1), Flag("onlcr", .output, 4), Flag("ocrnl", .output, 0o10), Flag("onocr", .output, 0o20),
        Flag("onlret", .output, 0o40), Flag("ofill", .output, 0o100), Flag("ofdel", .output, 0o200),
        Flag("isig", .local, 1), Flag("icanon", .local, 2), Flag("iexten", .local, 0o100000), Flag("echo", .local, 0o10),
        Flag("echoe", .local, 0o20), Flag("echok", .local, 0o40), Flag("echonl", .local, 0o100), Flag("noflsh", .local, 0o200),
        Flag("tostop", .local, 0o400), Flag("echoctl", .local, 0o1000), Flag("echoprt", .local, 0o2000), Flag("echoke", .local, 0o4000),
    ]

    static let choices: [Choice] = [
        Choice("cs5", .control, 0o60, 0), Choice("cs6", .control, 0o60, 0o20), Choice("cs7", .control, 0o60, 0o40),
        Choice("cs8", .control, 0o60, 0o60),
        Choice("nl0", .output, 0o400, 0), Choice("nl1", .output, 0o400, 0o400),
        Choice("cr0", .output, 0o3000, 0), Choice("cr1", .output, 0o3000, 0o1000), Choice("cr2", .output, 0o3000, 0o2000),
        Choice("cr3", .output, 0o3000, 0o3000),
        Choice("tab0", .output, 0o14000, 0), Choice("tab1", .output, 0o14000, 0o4000), Choice("tab2", .output, 0o14000, 0o10000),
        Choice("tab3", .output, 0o14000, 0o14000),
        Choice("bs0", .output, 0o20000, 0), Choice("bs1", .output, 0o20000, 0o20000),
        Choice("vt0", .output, 0o40000, 0), Choice("vt1", .output, 0o40000, 0o40000),
        Choice("ff0", .output, 0o100000, 0), Choice("ff1", .output, 0o100000, 0o100000),
    ]

    /// Indexed as in the attributes; an empty name is not shown.
    static let characters: [StaticString] = [
        "intr", "quit", "erase", "kill", "eof", "time", "min", "", "start", "stop", "susp", "eol", "rprnt", "discard", "werase",
        "lnext", "eol2",
    ]
    static let saneCharacters: [UInt8] = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0]
    static let (eraseIndex, killIndex, timeIndex, minimumIndex) = (2, 3, 5, 6)

    /// POSIX, <termios.h>, and two that are usual. In bits per second; 0 hangs up.
    static let speeds: [UInt32] = [
        0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400, 57600, 115200,
    ]
}
