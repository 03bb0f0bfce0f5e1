// Redirections (POSIX, Shell Command Language 2.7). They change the table of descriptors; the shell's own never move.

import Martlet

extension Shell {
    /// Carries out redirections, in order.
    func redirect(_ redirections: [Redirection]) throws(ShellFailure) {
        for redirection in redirections {
            switch redirection.operation {
            case .input(let word): try open(redirection.descriptor, word, .read, [])
            case .output(let word, let clobber):
                let keeps = state.options.hasNoClobber && !clobber
                try open(redirection.descriptor, word, .write, keeps ? [.create, .exclusive] : [.create, .truncate])
            case .append(let word): try open(redirection.descriptor, word, .write, [.create, .append])
            case .inputOutput(let word): try open(redirection.descriptor, word, .readWrite, .create)
            case .duplicate(let word): try duplicate(redirection.descriptor, word)
            case .hereDocument(let document):
                let file = try hereDocument(try expandSingle(document.text))
                state.descriptors[redirection.descriptor] = file
            }
        }
    }

    private func open(
        _ number: Int32, _ word: Word, _ access: File.Access, _ options: File.Options
    ) throws(ShellFailure) {
        let path = try expandSingle(word)
        do {
            state.descriptors[number] = try File.open(path, access, options)
        } catch {
            let verb: StaticString = access == .read ? "cannot open " : "cannot create "
            throw ShellFailure([UInt8](verb) + path + [UInt8](": ") + Shell.message(of: error))
        }
    }

    /// What people are told of a path's error.
    static func message(of error: Errno) -> [UInt8] { error.message }

    private func duplicate(_ number: Int32, _ word: Word) throws(ShellFailure) {
        let text = try expandSingle(word)
        if text.equals("-") {
            state.descriptors[number] = nil
            return
        }
        guard let source = text.decimal, source >= 0, source < 10000 else { throw ShellFailure(text + [UInt8](": bad fd number")) }
        guard let file = state.descriptors[Int32(source)] else {
            throw ShellFailure(text + [UInt8](": ") + Errno.badFileDescriptor.message)
        }
        state.descriptors[number] = file
    }

    /// A file to read `text` from.
    private func hereDocument(_ text: [UInt8]) throws(ShellFailure) -> File {
        do {
            // A pipe takes so much without a reader.
            if text.count <= 4096 {
                let pipe = try Pipe()
                defer { try? pipe.writeEnd.close() }
                try pipe.writeEnd.write(text)
                return pipe.readEnd
            }
            var path = [UInt8]("/tmp/sh-")
            path.append(decimal: Process.current)
            path.append(".")
            path.append(decimal: Clock.monotonic())
            let file = try File.open(path, .readWrite, [.create, .exclusive])
            defer { try? Path.unlink(path) }
            try file.write(text)
            try file.seek(0)
            return file
        } catch {
            throw ShellFailure([UInt8]("cannot make a here-document: ") + error.message)
        }
    }

    /// Puts the table back as it was and closes what was opened since.
    func restore(_ saved: DescriptorTable) {
        let now = state.descriptors
        state.descriptors = saved
        close(now, unless: saved)
    }

    /// Closes what `table` has and `kept` has not. A shell that controls jobs keeps its terminal, whatever `exec` redirects.
    func close(_ table: DescriptorTable, unless kept: DescriptorTable) {
        var closed: [Int32] = controlsJobs ? [File.standardInput.descriptor] : []
        for entry in table.entries where !kept.uses(entry.file) && !closed.contains(entry.file.descriptor) {
            closed.append(entry.file.descriptor)
            try? entry.file.close()
        }
    }
}
