import ABI

// The files of `/proc`. A further one is a case here, with its path and its source, and the function that makes its text.

/// A file and its number in the tree.
enum ProcFile: UInt32, CaseIterable {
    /// The version, how programs wait, what carries messages, and what each server has received and sent.
    case martlet = 0
    /// How the system came up.
    case boot = 1
    /// proc(5): `/proc/version`.
    case version = 2
    /// proc(5): `/proc/uptime`.
    case uptime = 3

    /// From the root of the file system.
    var path: StaticString {
        switch self {
        case .martlet: return "/martlet"
        case .boot: return "/boot"
        case .version: return "/version"
        case .uptime: return "/uptime"
        }
    }

    /// Whom to ask for what it tells; `nil`: procfs knows it by itself.
    var source: ManagerSource? {
        switch self {
        case .martlet: return .systemStatus
        case .boot: return .bootSteps
        case .version, .uptime: return nil
        }
    }
}

/// A question to resmgr.
enum ManagerSource: Int, CaseIterable {
    case systemStatus = 0
    case bootSteps = 1

    var operation: Operation {
        switch self {
        case .systemStatus: return .systemStatus
        case .bootSteps: return .bootSteps
        }
    }
}
