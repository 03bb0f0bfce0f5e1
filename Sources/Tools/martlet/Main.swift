import ABI
import Glibc

/// `martlet`: the system in a terminal, from the same image that a browser gets.
@main struct Main {
    static let version = "martlet, ABI \(Header.version)"

    static func main() {
        exit(run(Array(CommandLine.arguments.dropFirst())))
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
            let session = Session(options, image: try SystemImage.find(options.image))
            switch options.action {
            case .command(let command): return session.run([Array("/bin/sh".utf8), Array("-c".utf8), Array(command.utf8)])
            case .program: return 2
            default:
                // Without a terminal, standard input is a script.
                return HostTerminal.isPresent ? session.runInteractively() : session.run([Array("/bin/sh".utf8)])
            }
        } catch {
            complain(error.text)
            return 1
        }
    }
}
