/// What this system is called (C: uname(2)).
package enum SystemIdentity {
    package static let name: StaticString = "Martlet"
    package static let release: StaticString = "0.1"
    /// What it is, in a few words for people.
    package static let description: StaticString = "a microkernel on WebAssembly"
}
