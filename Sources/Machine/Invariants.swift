package import ABI
import DevFS
import FileServer
import NetFS
import Pipe
import ProcFS
import Processes
import ResourceManager
import ServerKit
import TTY
import TmpFS

// What must hold between the parts when nothing is under way: for tests, which let the system come to rest and ask.

extension Machine {
    /// The harts that may be killed without bringing the system down: all but resmgr's and init's, ascending.
    package var killable: [HartID] {
        hartOrder.filter { id in
            let isInit = harts[id] is ProgramHart && harts[id]?.stamp.group == ProcessGroupID(rawValue: 1)
            return id != Machine.resourceManagerHart && !isInit
        }.sorted()
    }

    /// What nobody may do, and somebody did: a program was answered twice, or a part of the system broke the protocol. Nil: nothing.
    package var breach: String? {
        if strayReplies > 0 { return "\(strayReplies) answers to requests that were answered before, or never made" }
        return logs.first { $0.contains(": it sent ") || $0.contains("broke the protocol") || $0.contains("ended, since it sent") }
    }

    /// What is there now.
    package var load: Load {
        var load = Load()
        load.programs = hartOrder.count { harts[$0] is ProgramHart }
        load.channels = channelCount
        for id in hartOrder {
            guard let hart = harts[id] as? ServerHart, let state = hart.state else { continue }
            if let manager = state as? ResourceManager {
                load.processes = manager.processes.all.filter { !$0.isServer }.map {
                    String(decoding: manager.processes.command(of: $0.identity).first?.bytes ?? [], as: UTF8.self)
                        + ($0.end == nil ? "" : " (ended)")
                }
                load.tasks = manager.outgoingCount + manager.taskCount
            } else if let driver = Machine.driver(hart.module, state) {
                load.drivers.append(driver)
            }
        }
        return load
    }

    private static func driver(_ name: String, _ state: any Reactor) -> Load.Driver? {
        switch state {
        case let tty as ServerReactor<TerminalDriver>: Load.Driver(name, tty, handles: tty.logic.handleCount)
        case let pipe as ServerReactor<PipeDriver>: Load.Driver(name, pipe, handles: pipe.logic.handleCount)
        case let netfs as ServerReactor<NetFS>: Load.Driver(name, netfs, handles: netfs.logic.files.handles.count)
        case let tmpfs as ServerReactor<TmpFS>: Load.Driver(name, tmpfs, handles: tmpfs.logic.files.handles.count)
        case let devfs as ServerReactor<DevFS>: Load.Driver(name, devfs, handles: devfs.logic.files.handles.count)
        case let procfs as ServerReactor<ProcFS>: Load.Driver(name, procfs, handles: procfs.logic.files.handles.count)
        default: nil
        }
    }
}

/// What there is in a machine that costs something. Of servers on the engine only their harts and channels are known.
package struct Load: Sendable {
    /// What a driver holds for others.
    package struct Driver: Sendable {
        package var name: String
        package var connections: Int
        /// Requests that it has not answered.
        package var pending: Int
        package var handles: Int

        package init(name: String, connections: Int, pending: Int, handles: Int) {
            self.name = name
            self.connections = connections
            self.pending = pending
            self.handles = handles
        }

        fileprivate init<Logic>(_ name: String, _ reactor: ServerReactor<Logic>, handles: Int) {
            self.init(name: name, connections: reactor.connectionCount, pending: reactor.pendingCount, handles: handles)
        }
    }

    /// Harts that run programs.
    package var programs = 0
    /// Channels with an open end.
    package var channels = 0
    /// What the processes that are no servers are called, those included that have ended and nobody has waited for.
    package var processes: [String] = []
    /// What resmgr has begun and not ended.
    package var tasks = 0
    package var drivers: [Driver] = []

    package init() {}

    /// What is here and not in `rest`, which is what a system holds that does nothing. Nil: nothing.
    package func excess(over rest: Load) -> String? {
        func check(_ what: String, _ count: Int, _ most: Int) -> String? {
            count > most ? "\(count) \(what), at rest \(most)" : nil
        }
        if let found = check("programs", programs, rest.programs) ?? check("processes", processes.count, rest.processes.count) {
            return "\(found): \(processes)"
        }
        if let found = check("tasks of resmgr", tasks, rest.tasks) ?? check("channels", channels, rest.channels) { return found }
        for driver in drivers {
            guard let most = rest.drivers.first(where: { $0.name == driver.name }) else { return "\(driver.name) is new" }
            let found =
                check("connections of \(driver.name)", driver.connections, most.connections)
                ?? check("unanswered requests at \(driver.name)", driver.pending, most.pending)
                ?? check("handles of \(driver.name)", driver.handles, most.handles)
            if let found { return found }
        }
        return nil
    }
}
