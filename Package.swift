// swift-tools-version: 6.2
// The same manifest builds the system natively (`swift build`) and for WebAssembly (`swift build --swift-sdk martlet
// --product sh`). The environment variable MARTLET_SDK, set by scripts/build to the name of an SDK, leaves only the
// programs of that SDK and what they are made of, so that one `swift build` builds them all.
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Imports of WebAssembly functions: `@_extern(wasm, module: "martlet_host", name: "send")`.
    .enableExperimentalFeature("Extern"),
    // Not by unsafeFlags: packages that depend on this one must build, and in them our warnings stay warnings.
    .treatAllWarnings(as: .error),
]

/// The programs of each Swift SDK of the bundle that `scripts/setup` makes. The library `Wasm` is among them so that it stays fit for
/// Embedded Swift, although no program imports it yet.
let programsOfSDK: [String: Set<String>] = [
    "martlet": ["init", "agent", "sh", "utilities", "measure", "Wasm"],
    "martlet-server": ["resmgr", "tty", "pipe", "netfs", "tmpfs", "devfs", "procfs"],
    "martlet-libos": ["libos"],
]

/// A library target in `Sources/<path>`; `path` is its name unless told otherwise.
func library(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(path ?? name)", exclude: readme(path ?? name),
        swiftSettings: settings)
}

/// An executable in `Sources/Programs/<name>`: a server, the libOS module or a program of the system image.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Sources/Programs/\(name)", exclude: readme("Programs/\(name)"),
        swiftSettings: settings)
}

/// A host-only command in `Sources/Tools/<name>`.
func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Sources/Tools/\(name)", swiftSettings: settings)
}

/// The tests of one target, in `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", swiftSettings: settings)
}

/// Targets that carry a README beside their code.
let documented: Set<String> = [
    "ABI", "ServerKit", "FileServer", "ResourceManager", "LibOS", "Drivers/TTY", "Drivers/ProcFS", "Martlet", "Programs/agent", "Wasm",
    "Engine", "Machine",
]
func readme(_ path: String) -> [String] { documented.contains(path) ? ["README.md"] : [] }

let package = Package(
    name: "martlet",
    products: [
        .library(name: "Martlet", targets: ["Martlet"]),
        .executable(name: "martlet", targets: ["MartletCommand"]),
    ],
    targets: [
        // What crosses boundaries, and what every server shares.
        library("ABI"),
        library("ServerKit", ["ABI"]),
        library("FileServer", ["ABI", "ServerKit"]),
        // The resource manager.
        library("Processes", ["ABI", "ServerKit"]),
        library("VFS", ["ABI", "ServerKit"]),
        library("ResourceManager", ["ABI", "ServerKit", "Processes", "VFS"]),
        // Drivers.
        library("TTY", path: "Drivers/TTY", ["ABI", "ServerKit", "FileServer"]),
        library("Pipe", path: "Drivers/Pipe", ["ABI", "ServerKit"]),
        library("NetFS", path: "Drivers/NetFS", ["ABI", "ServerKit", "FileServer"]),
        library("TmpFS", path: "Drivers/TmpFS", ["ABI", "ServerKit", "FileServer"]),
        library("DevFS", path: "Drivers/DevFS", ["ABI", "ServerKit", "FileServer"]),
        library("ProcFS", path: "Drivers/ProcFS", ["ABI", "ServerKit", "FileServer"]),
        // Directories of the host: native only.
        library("HostFS", path: "Drivers/HostFS", ["ABI", "ServerKit", "FileServer"]),
        // What stands beside every program.
        library("LibOS", ["ABI"]),
        // The binary format of WebAssembly.
        library("Wasm"),
        // The interpreter of WebAssembly.
        library("Engine", ["Wasm"]),
        // The simulated machine.
        library(
            "Machine",
            [
                "ABI", "ServerKit", "FileServer", "Processes", "ResourceManager", "TTY", "Pipe", "NetFS", "TmpFS", "DevFS", "ProcFS",
                "LibOS", "Engine", "Wasm",
            ]),
        // The library that programs import, and its port to the program ABI.
        library("Martlet", ["ProgramPort"]),
        library("ProgramPort"),
        library("ServerPort", ["ABI", "ServerKit"]),
        // Servers and programs.
        program("resmgr", ["ServerPort", "ResourceManager"]),
        program("tty", ["ServerKit", "ServerPort", "TTY"]),
        program("pipe", ["ServerKit", "ServerPort", "Pipe"]),
        program("netfs", ["ServerKit", "ServerPort", "NetFS"]),
        program("tmpfs", ["ServerKit", "ServerPort", "TmpFS"]),
        program("devfs", ["ServerKit", "ServerPort", "DevFS"]),
        program("procfs", ["ServerKit", "ServerPort", "ProcFS"]),
        program("libos", ["LibOS", "ABI"]),
        program("init", ["SystemV", "Martlet"]),
        program("agent", ["Martlet"]),
        program("sh", ["Shell", "Martlet"]),
        program("utilities", ["Shell", "Martlet"]),
        program("measure", ["Martlet"]),
        library("Shell", ["Martlet"]),
        library("SystemV", ["Martlet"]),
        // Host-only tools, and what several of them share.
        library("HostSupport", path: "Tools/host"),
        tool("abigen", ["ABI", "LibOS"]),
        tool("mkimage", ["FileServer"]),
        tool("bundle", ["HostSupport"]),
        .executableTarget(
            name: "MartletCommand", dependencies: ["Machine", "HostFS", "HostSupport", "ABI", "ServerKit"],
            path: "Sources/Tools/martlet",
            swiftSettings: settings),
        tool("simulate", ["Machine", "HostSupport", "ABI"]),
        tool("specification", ["Engine", "Wasm"]),
        tool("validate", ["Wasm"]),
        tool("engine", ["Engine", "Wasm"]),
        tool("kernelbench", ["ResourceManager", "Processes", "Pipe", "TmpFS", "ServerKit", "ABI"]),
        // Tests, and what several of them share.
        .target(name: "TestSupport", dependencies: ["ABI"], path: "Tests/Support", swiftSettings: settings),
        tests("ABI", ["ABI", "TestSupport"]),
        tests("ServerKit", ["ServerKit", "ABI", "TestSupport"]),
        tests("FileServer", ["FileServer", "TmpFS", "NetFS", "DevFS", "ProcFS", "HostFS", "ServerKit", "ABI", "TestSupport"]),
        tests("Drivers", ["TTY", "Pipe", "ServerKit", "ABI", "TestSupport"]),
        tests("ResourceManager", ["ResourceManager", "Processes", "VFS", "ServerKit", "ABI", "TestSupport"]),
        tests("LibOS", ["LibOS", "ABI", "TestSupport"]),
        tests("Wasm", ["Wasm", "TestSupport"]),
        tests("Engine", ["Engine", "Wasm", "TestSupport"]),
        tests("Machine", ["Machine", "Wasm", "Engine", "ServerKit", "ABI", "TestSupport"]),
        tests("Park", []),
        tests("Martlet", ["Martlet", "ProgramPort", "LibOS", "FileServer", "ABI"]),
        tests("Shell", ["Shell", "SystemV", "Martlet", "sh", "utilities", "agent", "ABI"]),
    ]
)

if let sdk = Context.environment["MARTLET_SDK"] {
    guard var wanted = programsOfSDK[sdk] else { fatalError("MARTLET_SDK is \(sdk), which is none of our SDKs") }
    var count = 0
    while count != wanted.count {
        count = wanted.count
        for target in package.targets where wanted.contains(target.name) {
            for case .byNameItem(let name, _) in target.dependencies { wanted.insert(name) }
        }
    }
    package.targets.removeAll { !wanted.contains($0.name) }
    package.products.removeAll { !wanted.contains($0.name) }
}
