/// Lines `key=value`, as a server is configured.
package struct Configuration: Sendable {
    private var lines: [(key: [UInt8], value: [UInt8])] = []

    /// Reads lines; those without `=` are left out.
    package init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            lines.append((Array(line[line.startIndex..<equals]), Array(line[line.index(after: equals)...])))
        }
    }

    /// The value of `key`, or `nil`; the first one if there are several.
    package subscript(key: StaticString) -> [UInt8]? { values(key).first }

    /// All values of `key`, in their order.
    package func values(_ key: StaticString) -> [[UInt8]] {
        let wanted = key.withUTF8Buffer { Array($0) }
        return lines.filter { $0.key == wanted }.map { $0.value }
    }
}
