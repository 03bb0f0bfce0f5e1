/// What a program hands to `process_spawn`: flags (u32), group (i32), mask is the process's own; then lists with u32 counts:
/// arguments (each u32 length and bytes), environment (likewise), descriptors (each child number u32, parent number u32).
package struct SpawnBlock: Wire, Equatable, Sendable {
    /// A descriptor that the child gets: `child` there is `parent` here. Nothing else is inherited.
    package struct Mapping: Wire, Equatable, Sendable {
        package var child: Descriptor
        package var parent: Descriptor
        package init(child: Descriptor, parent: Descriptor) {
            self.child = child
            self.parent = parent
        }
        package init(from reader: inout Reader) throws(Errno) {
            child = try reader.value(Descriptor.self)
            parent = try reader.value(Descriptor.self)
        }
        package func encode(into writer: inout Writer) {
            writer.value(child)
            writer.value(parent)
        }
    }

    package var flags: SpawnFlags
    package var group: ProcessGroupID
    package var arguments: [ByteString]
    package var environment: [ByteString]
    package var descriptors: [Mapping]

    package init(
        flags: SpawnFlags = [], group: ProcessGroupID = .none, arguments: [ByteString], environment: [ByteString] = [],
        descriptors: [Mapping] = []
    ) {
        self.flags = flags
        self.group = group
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
    }

    package init(from reader: inout Reader) throws(Errno) {
        flags = try reader.value(SpawnFlags.self)
        group = try reader.value(ProcessGroupID.self)
        arguments = try reader.list(ByteString.self)
        environment = try reader.list(ByteString.self)
        descriptors = try reader.list(Mapping.self, limit: Limits.descriptors)
    }

    package func encode(into writer: inout Writer) {
        writer.value(flags)
        writer.value(group)
        writer.list(arguments)
        writer.list(environment)
        writer.list(descriptors)
    }
}
