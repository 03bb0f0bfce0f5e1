import ABI
import Glibc
import HostSupport

/// `martlet`: the system in a terminal, from the same image that a browser gets.
@main struct Main {
    static let version = "martlet, ABI \(Header.version)"

    static func main() {
        prepareDescriptors()
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Standard streams that are closed stay so: what is opened later must not take their numbers. And as many files may be open as the
    /// host allows.
    private static func prepareDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            // Opened the wrong way round, so that its use fails.
            _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            limit.rlim_cur = limit.rlim_max
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        // A file that would grow too long is an error of a write.
        signal(SIGXFSZ, SIG_IGN)
    }

    private static func run(_ arguments: [String]) -> Int32 {
        let options: Options
        do {
            options = try Options.parse(arguments)
        } catch {
            complain(error.text)
            writeAll(2, Array("\(Options.usage)\n".utf8))
            return 2
        }
        switch options.action {
        case .help:
            writeAll(1, Array(Options.help.utf8))
            return 0
        case .version:
            writeAll(1, Array("\(version)\n".utf8))
            return 0
        case .interactive, .command, .program: break
        }
        do {
            return try run(options)
        } catch {
            complain(error.text)
            return 1
        }
    }

    private static func run(_ options: Options) throws(HostFailure) -> Int32 {
        let image = try SystemImage.find(options.image)
        var mounts = HostMounts()
        for mount in options.mounts { try mounts.add(mount.host, on: mount.guest, isReadOnly: mount.isReadOnly) }
        switch options.action {
        case .command(let command): return Session(options, image, mounts).run(["/bin/sh", "-c", command])
        case .program(let words):
            let program = try ProgramRun(words, &mounts)
            return Session(options, image, mounts).run(program.arguments, program: program.path, directory: ProgramRun.directory)
        default:
            let session = Session(options, image, mounts)
            // Without a terminal, standard input is a script.
            return HostTerminal.isPresent ? session.runInteractively() : session.run(["/bin/sh"])
        }
    }
}

/// A line on standard error.
func complain(_ text: String) { writeAll(2, Array("martlet: \(text)\n".utf8)) }
