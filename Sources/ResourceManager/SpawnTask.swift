import ABI
import ServerKit
import VFS

/// A process on its way to its first instruction.
struct SpawnTask {
    enum Stage: UInt8 {
        /// The image and the root directory are opened, descriptions are shared; all at once.
        case acquiring = 0
        case creatingHart = 1
        /// Its connections are opened.
        case connecting = 2
        case takingTerminal = 3
        case movingToForeground = 4
        /// The libOS reads the image, the hart compiles and links it.
        case starting = 5
    }

    /// What a file is opened for.
    enum Role: Equatable {
        case image
        case root
        case workingDirectory
        case descriptor(Descriptor)
    }

    /// A file that is opened in the child's name.
    struct OpenPart {
        let role: Role
        var opening: Opening
        var grant: Grant?

        /// init starts without a console if there is none.
        var isOptional: Bool {
            if case .descriptor = role { return true }
            return false
        }
    }

    /// Descriptions of the parent at one server.
    struct SharePart {
        let server: HartID
        /// The parent's handles.
        var handles: [Handle] = []
        /// The child's, in the same order.
        var granted: [Handle] = []
        /// Which of `inherited` they are.
        var members: [Int] = []
    }

    /// A description that the child gets.
    struct Inherited {
        /// `nil`: the working directory.
        var descriptor: Descriptor?
        let server: HartID
        var handle: Handle
        let kind: FileKind
        let access: AccessMode
        let flags: DescriptionFlags
        /// Of a directory, if known.
        var fileSystem: FileSystemID?
    }

    let origin: Origin
    let child: ProcessIdentity
    let childID: ProcessID
    let parent: ProcessIdentity
    let path: [UInt8]
    let arguments: [ByteString]
    let environment: [ByteString]
    let mask: UInt32
    let flags: SpawnFlags

    var stage = Stage.acquiring
    var opens: [OpenPart] = []
    var shares: [SharePart] = []
    var inherited: [Inherited] = []
    /// Answers that the stage still waits for.
    var missing = 0
    /// Why it will fail once all answers of the stage are there.
    var error: Errno?
    var reason: [UInt8] = []
    /// What the foreground group was, if it was changed.
    var previousForeground: ProcessGroupID?

    /// The file opened for a role, or `nil`.
    func grant(_ role: Role) -> Grant? { opens.first { $0.role == role }?.grant }

    /// The servers that the child has descriptions of.
    var serverHarts: [HartID] {
        var result: [HartID] = []
        for part in opens {
            if let grant = part.grant, !result.contains(grant.server) { result.append(grant.server) }
        }
        for part in shares where !part.granted.isEmpty && !result.contains(part.server) { result.append(part.server) }
        return result
    }

    /// The first failure counts.
    mutating func fail(_ error: Errno, _ reason: [UInt8] = []) {
        guard self.error == nil else { return }
        self.error = error
        self.reason = reason
    }
}
