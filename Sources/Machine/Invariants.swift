package import ABI
import DevFS
import FileServer
import NetFS
import Pipe
import Processes
import ResourceManager
import ServerKit
import TTY
import TmpFS

// What must hold between the parts when nothing is under way: for the tests, which let the system come to rest and ask.

extension Machine {
    /// The harts that may be killed without bringing the system down: all but resmgr's and init's, ascending.
    package var killable: [HartID] {
        hartOrder.filter { id in
            let isInit = harts[id] is ProgramHart && harts[id]?.stamp.group == ProcessGroupID(rawValue: 1)
            return id != Machine.resourceManagerHart && !isInit
        }.sorted()
    }

    private var manager: ResourceManager? { (harts[Machine.resourceManagerHart] as? ServerHart)?.state as? ResourceManager }

    /// What is left over when only init should be there: a process, a hart, a channel, a handle, an unanswered request. Nil: nothing.
    package var leftovers: String? {
        guard let manager else { return "there is no resource manager" }
        let programs = hartOrder.filter { harts[$0] is ProgramHart }
        let living = manager.processes.all.filter { !$0.isServer }
        let names = living.map { String(decoding: $0.command.first?.bytes ?? [], as: UTF8.self) + ($0.end == nil ? "" : " (ended)") }
        if programs.count != 1 { return "\(programs.count) programs have harts: \(names)" }
        if living.count != 1 { return "\(living.count) processes are in the table: \(names)" }
        if manager.outgoingCount > 0 { return "resmgr waits for \(manager.outgoingCount) answers" }
        if manager.taskCount > 0 { return "\(manager.taskCount) tasks of resmgr are not finished" }
        for id in hartOrder {
            guard let state = (harts[id] as? ServerHart)?.state, let problem = Machine.problem(of: state) else { continue }
            return problem
        }
        // One for each hart's connection 0, and init's to servers.
        let most = (hartOrder.count - 1) * 2
        if channelCount > most { return "\(channelCount) channels are open" }
        return nil
    }

    /// What a driver holds for nobody: init has at most a handful of handles at each.
    private static func problem(of reactor: any Reactor) -> String? {
        let mostHandles = 8
        func check(_ name: String, _ connections: Int, _ pending: Int, _ handles: Int) -> String? {
            if connections > 1 { return "\(name) has \(connections) connections" }
            if pending > 0 { return "\(name) owes \(pending) answers" }
            if handles > mostHandles { return "\(name) holds \(handles) handles" }
            return nil
        }
        if let driver = reactor as? ServerReactor<TerminalDriver> {
            return check("tty", driver.connectionCount, driver.pendingCount, driver.logic.handleCount)
        }
        if let driver = reactor as? ServerReactor<PipeDriver> {
            return check("pipe", driver.connectionCount, driver.pendingCount, driver.logic.handleCount)
        }
        if let driver = reactor as? ServerReactor<NetFS> {
            return check("netfs", driver.connectionCount, driver.pendingCount, driver.logic.files.handles.count)
        }
        if let driver = reactor as? ServerReactor<TmpFS> {
            return check("tmpfs", driver.connectionCount, driver.pendingCount, driver.logic.files.handles.count)
        }
        if let driver = reactor as? ServerReactor<DevFS> {
            return check("devfs", driver.connectionCount, driver.pendingCount, driver.logic.files.handles.count)
        }
        return nil
    }
}
