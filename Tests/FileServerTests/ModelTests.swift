import ABI
import FileServer
import HostFS
import ServerKit
import Testing
import TmpFS

/// What a file system should do, written for simplicity alone.
private final class ModelNode {
    enum Kind { case directory, file, link }
    let kind: Kind
    var children: [String: ModelNode] = [:]
    weak var parent: ModelNode?
    var data: [UInt8] = []
    var names = 0
    var holders = 0
    init(_ kind: Kind) { self.kind = kind }

    /// Of a directory: its path.
    var path: String {
        guard let parent, let name = parent.children.first(where: { $0.value === self })?.key else { return "/" }
        return parent.path + name + "/"
    }

    var links: Int { kind == .directory ? 2 + children.values.filter { $0.kind == .directory }.count : names }
}

/// A model of one file system, used by root. Its symbolic links lead nowhere.
private struct Model {
    let root = ModelNode(.directory)
    static let target = "missing/x"

    func walk(_ path: [String]) throws(Errno) -> ModelNode {
        var node = root
        for name in path {
            if node.kind == .link { throw .noSuchFileOrDirectory }
            guard node.kind == .directory else { throw .notDirectory }
            guard let next = node.children[name] else { throw .noSuchFileOrDirectory }
            node = next
        }
        return node
    }

    /// The directory that the last name is in.
    func parent(_ path: [String]) throws(Errno) -> ModelNode {
        let node = try walk(Array(path.dropLast()))
        if node.kind == .link { throw .noSuchFileOrDirectory }
        guard node.kind == .directory else { throw .notDirectory }
        return node
    }

    func add(_ path: [String], _ kind: ModelNode.Kind) throws(Errno) {
        let directory = try parent(path)
        let name = path[path.count - 1]
        if directory.children[name] != nil { throw .fileExists }
        let node = ModelNode(kind)
        node.names = 1
        node.parent = directory
        if kind == .link { node.data = bytes(Model.target) }
        directory.children[name] = node
    }

    func remove(_ path: [String], directory: Bool) throws(Errno) {
        let parent = try parent(path)
        let name = path[path.count - 1]
        guard let node = parent.children[name] else { throw .noSuchFileOrDirectory }
        if directory {
            guard node.kind == .directory else { throw .notDirectory }
            guard node.children.isEmpty else { throw .directoryNotEmpty }
        } else if node.kind == .directory {
            throw .isDirectory
        }
        node.names -= 1
        parent.children[name] = nil
    }

    func link(_ path: [String], _ new: [String]) throws(Errno) {
        let node = try walk(path)
        let directory = try parent(new)
        if node.kind == .directory { throw .notPermitted }
        if directory.children[new[new.count - 1]] != nil { throw .fileExists }
        directory.children[new[new.count - 1]] = node
        node.names += 1
    }

    func rename(_ from: [String], _ to: [String]) throws(Errno) {
        let fromParent = try parent(from)
        let toParent = try parent(to)
        let (fromName, toName) = (from[from.count - 1], to[to.count - 1])
        guard let node = fromParent.children[fromName] else { throw .noSuchFileOrDirectory }
        let replaced = toParent.children[toName]
        if replaced === node { return }
        if node.kind == .directory {
            var above: ModelNode? = toParent
            while let directory = above {
                if directory === node { throw .invalidArgument }
                above = directory.parent
            }
            if let replaced, replaced.kind != .directory { throw .notDirectory }
            if let replaced, !replaced.children.isEmpty { throw .directoryNotEmpty }
        } else if replaced?.kind == .directory {
            throw .isDirectory
        }
        replaced?.names -= 1
        fromParent.children[fromName] = nil
        toParent.children[toName] = node
        node.parent = toParent
    }

    /// All nodes that have a name, each once, and the number of names.
    func all() -> (nodes: [ModelNode], names: Int) {
        var nodes: [ModelNode] = []
        var names = 0
        func visit(_ node: ModelNode) {
            if nodes.contains(where: { $0 === node }) { return }
            nodes.append(node)
            names += node.children.count
            for child in node.children.values { visit(child) }
        }
        visit(root)
        return (nodes, names)
    }
}

@Suite struct ModelTests {
    /// An open file in both.
    private struct Held {
        var handle: Handle
        var node: ModelNode
        var offset = 0
        var appends: Bool
    }

    private func outcome<Result>(_ body: () throws(Errno) -> Result) -> (Result?, Errno?) {
        do throws(Errno) { return (try body(), nil) } catch { return (nil, error) }
    }

    @Test(arguments: [1, 2, 3]) func randomOperationsFollowTheModel(seed: UInt8) throws {
        let client = try Client.tmpfs()
        try follow(seed, client) { nodes, nameless, names in
            #expect(client.nodeCount == nodes.count + nameless.count)
            let tree = try #require(client.reactor.logic.files.trees[FileSystemID(rawValue: 1)])
            let all = nodes + nameless
            let links = all.filter { $0.kind == .link }.reduce(0) { $0 + UInt64($1.data.count) }
            let fixed = UInt64(all.count - 1) * Tree.nodeCost + UInt64(names) * Tree.entryCost + links
            // Holes make what is stored at most what is there.
            let most = all.filter { $0.kind == .file }.reduce(0) { $0 + UInt64($1.data.count) }
            #expect(tree.used >= fixed && tree.used <= fixed + most)
            for node in nodes where node.kind == .directory {
                #expect(Int(try client.status(node.path).links) == node.links, "\(node.path)")
            }
        }
        #expect(client.reactor.logic.files.handles.count == 0)
    }

    @Test(arguments: [4, 5]) func theHostsFilesFollowTheModel(seed: UInt8) throws {
        let scratch = try HostScratch()
        let client = Client<HostFS>.host(scratch)
        try follow(seed, client) { _, _, _ in }
        #expect(client.reactor.logic.handleCount == 0 && client.reactor.logic.holderCount == 0)
    }

    /// Does the same to a file system and to the model, and compares; `check` gets the nodes with a name, those held without one, and
    /// the number of names.
    private func follow<Logic>(
        _ seed: UInt8, _ client: Client<Logic>, _ check: ([ModelNode], [ModelNode], Int) throws -> Void
    ) throws {
        var generator = RandomGenerator(seed: [seed])
        func random(_ bound: Int) -> Int { Int(generator.number() % UInt64(bound)) }
        let model = Model()
        var held: [Held] = []
        func path() -> [String] { (0...random(3)).map { _ in ["a", "b", "c", "dd"][random(4)] } }
        func text(_ path: [String]) -> String { path.joined(separator: ["/", "//", "/./"][random(3)]) }
        for step in 0..<4000 {
            client.time += 1
            let one = path()
            var expected: Errno?
            var found: Errno?
            let choice = random(12)
            switch choice {
            case 0:
                expected = outcome { () throws(Errno) in try model.add(one, .directory) }.1
                found = outcome { () throws(Errno) in try client.makeDirectory(text(one)) }.1
            case 1:
                expected = outcome { () throws(Errno) in try model.add(one, .file) }.1
                found = outcome { () throws(Errno) in try client.make(text(one)) }.1
            case 2:
                expected = outcome { () throws(Errno) in try model.add(one, .link) }.1
                found = outcome { () throws(Errno) in try client.symbolicLink(Model.target, at: text(one)) }.1
            case 3:
                expected = outcome { () throws(Errno) in try model.remove(one, directory: true) }.1
                found = outcome { () throws(Errno) in try client.walk(text(one), .removeDirectory) }.1
            case 4:
                expected = outcome { () throws(Errno) in try model.remove(one, directory: false) }.1
                found = outcome { () throws(Errno) in try client.walk(text(one), .unlink) }.1
            case 5:
                let two = path()
                expected = outcome { () throws(Errno) in try model.link(one, two) }.1
                found = outcome { () throws(Errno) in try client.link(text(one), text(two)) }.1
            case 6, 7:
                let two = path()
                expected = outcome { () throws(Errno) in try model.rename(one, two) }.1
                found = outcome { () throws(Errno) in try client.rename(text(one), text(two)) }.1
            case 8 where held.count < 20:
                let appends = random(3) == 0
                let result = outcome { () throws(Errno) in try client.open(text(one), [.read, .write], flags: appends ? .append : []) }
                found = result.1
                let node = outcome { () throws(Errno) in try model.walk(one) }
                expected = node.1 ?? (node.0?.kind == .directory ? .isDirectory : node.0?.kind == .link ? .noSuchFileOrDirectory : nil)
                if let handle = result.0, let node = node.0 {
                    node.holders += 1
                    held.append(Held(handle: handle, node: node, appends: appends))
                }
            case 9 where !held.isEmpty:
                let gone = held.remove(at: random(held.count))
                gone.node.holders -= 1
                try client.close(gone.handle)
            default:
                guard !held.isEmpty else { continue }
                let index = random(held.count)
                use(&held[index], client, &generator)
            }
            #expect(found == expected, "step \(step): operation \(choice) of \(one)")
            if found != expected { return }
            if step % 200 == 0 { try compare(client, model, held.map { $0.node }, check) }
        }
        try compare(client, model, held.map { $0.node }, check)
        client.input(.disconnected(ConnectionID(rawValue: 2)))
        client.connect(process(1))
        try compare(client, model, [], check)
    }

    /// Reads, writes or cuts through an open file, in both.
    private func use<Logic>(_ held: inout Held, _ client: Client<Logic>, _ generator: inout RandomGenerator) {
        let node = held.node
        let offset = Int(generator.number() % 200_000)
        let count = Int(generator.number() % 70_000)
        let isShared = generator.number() % 2 == 0
        let position: Position = isShared ? .shared : .explicit(UInt64(offset))
        let start = isShared ? held.offset : offset
        switch generator.number() % 4 {
        case 0, 1:
            let end = min(start + count, max(node.data.count, start))
            let expected = start < node.data.count ? Array(node.data[start..<min(end, node.data.count)]) : []
            #expect(outcome { () throws(Errno) in try client.read(held.handle, count, at: position) }.0 == expected)
            if isShared { held.offset += expected.count }
        case 2:
            guard node.data.count + count < 1_000_000 else { return }
            let data = generator.bytes(count)
            let start = held.appends ? node.data.count : start
            #expect(outcome { () throws(Errno) in try client.write(held.handle, data, at: position) }.0 == count)
            if count == 0 { return }
            if node.data.count < start { node.data += [UInt8](repeating: 0, count: start - node.data.count) }
            node.data.replaceSubrange(start..<min(start + count, node.data.count), with: data)
            if isShared { held.offset = start + count }
        default:
            let size = SetSize(handle: held.handle, size: UInt64(offset))
            #expect(outcome { () throws(Errno) in try client.call(.setSize, size, as: process(1), Nothing.self) }.1 == nil)
            if offset < node.data.count {
                node.data.removeLast(node.data.count - offset)
            } else {
                node.data += [UInt8](repeating: 0, count: offset - node.data.count)
            }
        }
    }

    /// The whole tree: names, kinds, links, contents; and that nothing is kept that has neither name nor holder.
    private func compare<Logic>(
        _ client: Client<Logic>, _ model: Model, _ held: [ModelNode], _ check: ([ModelNode], [ModelNode], Int) throws -> Void
    ) throws {
        let (nodes, names) = model.all()
        var nameless: [ModelNode] = []
        for node in held where node.names == 0 && !nameless.contains(where: { $0 === node }) { nameless.append(node) }
        func visit(_ node: ModelNode, _ path: String) throws {
            let status = try client.status(path.isEmpty ? "/" : path, follow: false)
            // What a directory counts as links differs from one host file system to the other.
            if node.kind != .directory { #expect(Int(status.links) == node.links, "\(path)") }
            switch node.kind {
            case .directory:
                #expect(status.kind == .directory)
                #expect(Set(try client.names(path.isEmpty ? "/" : path)) == Set(node.children.keys).union([".", ".."]))
                for (name, child) in node.children { try visit(child, path + "/" + name) }
            case .file: #expect(status.kind == .regular && Int(status.size) == node.data.count)
            case .link: #expect(status.kind == .symbolicLink)
            }
        }
        try visit(model.root, "")
        try check(nodes, nameless, names)
    }
}
