import ABI
import ServerKit

extension PipeDriver {
    /// Makes a pipe and grants both ends to the asker. `invalidArgument` for flags but `nonBlocking`, `tooManyOpenFiles` when the asker
    /// holds `Limits.descriptors` ends, `tooManyOpenFilesInSystem` when a table is full. C: pipe2(2).
    mutating func createPipe(_ request: Request, _ context: inout Context) throws(Errno) -> Answer {
        let body = try request.decode(CreatePipe.self)
        let owner = request.stamp.process
        guard DescriptionFlags.nonBlocking.isSuperset(of: body.flags) else { throw .invalidArgument }
        guard handles.count(of: owner) + 2 <= Limits.descriptors else { throw .tooManyOpenFiles }
        guard let slot = pipes.insert(PipeState(flags: body.flags, realTime: context.realTime)) else {
            throw .tooManyOpenFilesInSystem
        }
        let pipe = NodeID(index: slot.index, generation: slot.generation)
        let readEnd: Handle
        do throws(Errno) {
            readEnd = try handles.grant(Opening(pipe: pipe, end: .reading), to: owner)
        } catch {
            pipes.remove(index: slot.index, generation: slot.generation)
            throw error
        }
        let writeEnd: Handle
        do throws(Errno) {
            writeEnd = try handles.grant(Opening(pipe: pipe, end: .writing), to: owner)
        } catch {
            try handles.release(readEnd, of: owner)
            pipes.remove(index: slot.index, generation: slot.generation)
            throw error
        }
        change(pipe) { state in
            state.reading.handles = [readEnd]
            state.writing.handles = [writeEnd]
        }
        return .body(PipeEnds(readEnd: readEnd, writeEnd: writeEnd))
    }
}
