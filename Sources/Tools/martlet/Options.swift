import Machine

// The command line of `martlet`.

/// What the command line asks for.
struct Options {
    /// What is to be done.
    enum Action: Equatable {
        /// The console on the terminal.
        case interactive
        /// A shell command, with the streams of this process.
        case command(String)
        /// A program of the host with its arguments, and the current directory mounted.
        case program([String])
        case help
        case version
    }

    /// A directory of the host in the machine.
    struct Mount: Equatable {
        var host: String
        var guest: String
        var isReadOnly: Bool
    }

    /// Why a command line is refused.
    struct Refusal: Error, Equatable {
        var text: String
    }

    var action = Action.interactive
    /// Of the schedule; nil: one by chance.
    var seed: UInt64?
    var traces = false
    /// Virtual time, which a run that can be replayed needs.
    var isSimulated = false
    var mounts: [Mount] = []
    /// The folder with the image; nil: `web/build` of the checkout that the command is run in.
    var image: String?
    /// Whether the image's own servers run, on the engine.
    var usesImageServers = false
    /// MiB of memory that each program may have; nil: no bound.
    var memoryLimit: Int?
    /// Seconds after which the machine is stopped; nil: never.
    var timeLimit: Double?
    static let usage = "usage: martlet [OPTION]... [-c COMMAND | run FILE.wasm [ARGUMENT]...]"

    static let help = """
        \(usage)

        Boots Martlet in this terminal. Leave it with `poweroff`.

          -c COMMAND             run a shell command with this process's streams, and exit with its status
          run FILE.wasm ARG...   run a program for WASI preview 1 in the current directory

          --mount HOST:GUEST[:ro]  a directory of the host in the machine (repeatable); missing directories of the
                                 machine are made
          --seed N               the schedule of a simulated machine: virtual time, and the same seed gives the same run
          --trace                write each message to standard error
          --image DIRECTORY      where scripts/build put the system (default: web/build)
          --servers native|wasm  the servers built into this command (as a rule), or the image's own on its interpreter
          --limit-memory MIB     most memory of each program (at most 4096)
          --limit-time SECONDS   stop after that long
          --version, --help

        Of the host a program sees what is mounted, nothing else. `run` mounts the current directory on /mnt/host, where the
        program starts, and that of FILE, read-only, on /mnt/program. So relative paths below the current directory mean
        what they mean here. Absolute ones do so if the current directory is below /home, /tmp or /mnt, since it is mounted
        under its own name then too. Files belong to root there if they belong to you.

        """

    /// Reads the arguments after the program's name.
    static func parse(_ arguments: [String]) throws(Refusal) -> Options {
        var options = Options()
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--help", "-h":
                options.action = .help
                return options
            case "--version":
                options.action = .version
                return options
            case "-c": options.action = .command(try value(of: word, &rest))
            case "run":
                guard !rest.isEmpty else { throw Refusal(text: "run needs a file") }
                options.action = .program(Array(rest))
                rest = []
            case "--seed":
                options.seed = try number(word, &rest, UInt64.init)
                options.isSimulated = true
            case "--trace": options.traces = true
            case "--image": options.image = try value(of: word, &rest)
            case "--servers":
                let text = try value(of: word, &rest)
                guard text == "native" || text == "wasm" else { throw Refusal(text: "--servers \(text): native or wasm") }
                options.usesImageServers = text == "wasm"
            case "--mount": options.mounts.append(try mount(try value(of: word, &rest)))
            case "--limit-memory":
                options.memoryLimit = try number(word, &rest) { Int($0).flatMap { $0 > 0 && $0 <= 4096 ? $0 : nil } }
            case "--limit-time": options.timeLimit = try number(word, &rest) { Double($0).flatMap { $0 > 0 && $0 < 1e9 ? $0 : nil } }
            default: throw Refusal(text: word.hasPrefix("-") ? "there is no option \(word)" : "\(word) is not expected here")
            }
        }
        for (index, mount) in options.mounts.enumerated() where options.mounts[..<index].contains(where: { $0.guest == mount.guest }) {
            throw Refusal(text: "two directories are to be mounted on \(mount.guest)")
        }
        return options
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(Refusal) -> String {
        guard let value = rest.popFirst() else { throw Refusal(text: "\(option) needs a value") }
        return value
    }

    private static func number<T>(_ option: String, _ rest: inout ArraySlice<String>, _ parse: (String) -> T?) throws(Refusal) -> T {
        let text = try value(of: option, &rest)
        guard let number = parse(text) else { throw Refusal(text: "\(option): \(text) is not a number that it takes") }
        return number
    }

    private static func mount(_ text: String) throws(Refusal) -> Mount {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var isReadOnly = false
        if parts.count == 3 {
            guard parts[2] == "ro" || parts[2] == "rw" else { throw Refusal(text: "--mount \(text): ro or rw, not \(parts[2])") }
            isReadOnly = parts[2] == "ro"
            parts.removeLast()
        }
        guard parts.count == 2, !parts[0].isEmpty, parts[1].hasPrefix("/") else {
            throw Refusal(text: "--mount \(text): HOST:GUEST is wanted, GUEST from the root on")
        }
        let names = parts[1].split(separator: "/")
        guard !names.isEmpty, !names.contains("."), !names.contains(".."), !parts[1].contains("\n") else {
            throw Refusal(text: "--mount \(text): GUEST is a directory below the root, without . and ..")
        }
        return Mount(host: parts[0], guest: "/" + names.joined(separator: "/"), isReadOnly: isReadOnly)
    }
}
