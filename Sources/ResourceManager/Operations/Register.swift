import ABI
import Processes
import ServerKit
import VFS

extension ResourceManager {
    /// A driver is ready. `alreadyInProgress` if it said so before, `invalidArgument` without a name, `addressInUse` if another
    /// driver has one of its major numbers. If it kept mounted file systems before it was restarted, they are made again.
    mutating func register(_ call: Call) throws(Errno) -> Answer {
        let registration = try call.decode(Register.self)
        guard let number = server(of: call.hart) else { throw .notPermitted }
        let index = Int(number.rawValue)
        guard servers[index].registration == nil else { throw .alreadyInProgress }
        guard !registration.name.isEmpty else { throw .invalidArgument }
        for major in registration.majors where driver(of: major) != nil { throw .addressInUse }
        // A hart that speaks is there, also if the monitor's answer is still on its way.
        if state(of: call.hart) == .creating { harts.update(call.hart) { $0.state = .alive } }
        servers[index].registration = registration
        servers[index].deadline = .never
        processes.markRunning(call.process.identity)
        mark(servers[index].name + " registered")
        if !boot.isCovering(servers[index]) { restoreMounts(of: number) }
        return .done
    }
}
