import ABI
import ServerKit

/// A hart that runs a server: inputs go in, and what the server wants done is carried out.
final class ServerHart: Hart {
    let module: String
    let grants: DeviceGrant
    private let code: any ServerCode

    init(id: HartID, machine: Machine, stamp: Stamp, module: String, grants: DeviceGrant, code: any ServerCode) {
        self.module = module
        self.grants = grants
        self.code = code
        super.init(id: id, machine: machine, stamp: stamp)
    }

    /// Gives the server an input and carries out what it wants. A server that traps in it, or does not come back, is gone.
    func input(_ input: Input) {
        guard !isOver else { return }
        do throws(ServerFailure) {
            try code.handle(input, now: machine.now) { perform($0) }
        } catch {
            machine.fail(self, error)
        }
    }

    /// Carries out an effect. Throws what the import of the same name answers.
    private func perform(_ effect: Effect) -> Errno? {
        switch effect {
        case .send(let connection, let message):
            guard id == Machine.resourceManagerHart && connection == .resourceManager else { return send(connection, message) }
            machine.trace(self, connection, message)
            machine.order(message)
        case .setTimer(let deadline):
            self.deadline = deadline
        case .log(let text):
            machine.log(Array("\(module): ".utf8) + text)
        case .device(let bytes):
            return machine.deviceCall(id, grants, bytes)
        case .openConnection(let connection, let name):
            guard id == Machine.resourceManagerHart else { return .notPermitted }
            do throws(Errno) { try open(connection, name) } catch {
                machine.log(Array("resmgr: cannot open a connection".utf8))
                return error
            }
        case .closeConnection(let connection):
            guard id == Machine.resourceManagerHart else { return .notPermitted }
            close(connection)
        }
        return nil
    }

    override func receive(_ connection: ConnectionID, _ message: [UInt8]) { input(.message(connection, message)) }
    override func timerFired() { input(.timer) }
    override func connected(_ connection: ConnectionID, _ peer: ProcessIdentity) { input(.connected(connection, peer)) }
    override func disconnected(_ connection: ConnectionID) { input(.disconnected(connection)) }

    /// What the server looks like between two inputs (invariant checks read it); nil if it runs on the engine.
    var state: (any Reactor)? { (code as? NativeServer)?.reactor }

    /// Appends the server's kind and state. Throws `notSupported` if it cannot be written down.
    func encodeCode(into writer: inout Writer) throws(Errno) {
        writer.bool(code is WasmServer)
        let bytes = try code.encoded()
        writer.u32(UInt32(bytes.count))
        writer.raw(bytes)
    }
}

/// The code of a server as its hart runs it.
protocol ServerCode: AnyObject {
    /// Hands an input over. `perform` carries out an effect, and answers why it could not. Throws if the server cannot go on.
    func handle(_ input: Input, now: Nanoseconds, _ perform: (Effect) -> Errno?) throws(ServerFailure)
    /// Its state. Throws `notSupported` if it cannot be written down.
    func encoded() throws(Errno) -> [UInt8]
}

/// Why a server cannot go on.
struct ServerFailure: Error {
    /// Whether it was ended because it did not come back.
    var isHang = false
    /// For people.
    var text: String
}

/// A server compiled with the machine.
final class NativeServer: ServerCode {
    private(set) var reactor: any Reactor

    init(_ reactor: any Reactor) { self.reactor = reactor }

    func handle(_ input: Input, now: Nanoseconds, _ perform: (Effect) -> Errno?) throws(ServerFailure) {
        var effects = Effects()
        reactor.handle(input, now: now, into: &effects)
        for effect in effects.take() { _ = perform(effect) }
    }

    func encoded() throws(Errno) -> [UInt8] {
        guard let checkpointable = reactor as? any Checkpointable else { throw .notSupported }
        var writer = Writer()
        checkpointable.encode(into: &writer)
        return writer.bytes
    }
}
