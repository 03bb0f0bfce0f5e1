package import ABI
import ServerKit

/// The sets of credentials in use, each stored once; number 0 is root's.
package struct CredentialsTable: Sendable {
    /// Most different sets.
    package static let capacity = 4096

    private var sets: [Credentials]

    package init() { sets = [Credentials(user: .root, group: GroupID(rawValue: 0), supplementary: [])] }

    /// Root's.
    package static let root = CredentialsID(rawValue: 0)

    /// The set of that number; of an unknown number: nobody's, which owns nothing.
    package subscript(id: CredentialsID) -> Credentials {
        guard id.rawValue < UInt32(sets.count) else {
            return Credentials(user: UserID(rawValue: 65534), group: GroupID(rawValue: 65534), supplementary: [])
        }
        return sets[Int(id.rawValue)]
    }

    private func user(of id: CredentialsID) -> UserID {
        id.rawValue < UInt32(sets.count) ? sets[Int(id.rawValue)].user : self[id].user
    }

    /// The number of a set, a new one if need be. Throws `notEnoughMemory` when the table is full.
    package mutating func number(of credentials: Credentials) throws(Errno) -> CredentialsID {
        if let index = sets.firstIndex(of: credentials) { return CredentialsID(rawValue: UInt32(index)) }
        guard sets.count < CredentialsTable.capacity else { throw .notEnoughMemory }
        sets.append(credentials)
        return CredentialsID(rawValue: UInt32(sets.count - 1))
    }

    /// Whether `sender` may send `signal` to `target` (POSIX, kill): root and the same user may, and `continue` goes to every
    /// process of the session.
    package func maySignal(_ sender: Process, _ target: Process, _ signal: Signal?) -> Bool {
        let user = user(of: sender.credentials)
        if user == .root || user == self.user(of: target.credentials) { return true }
        return signal == .continue && sender.session == target.session
    }

    /// Appends the table.
    package func encode(into writer: inout Writer) { writer.list(sets) }

    /// Reads a table that `encode` wrote.
    package init(decoding reader: inout Reader) throws(Errno) {
        sets = try reader.list(Credentials.self, limit: CredentialsTable.capacity)
        guard sets.first?.user == .root else { throw .badMessage }
    }
}
