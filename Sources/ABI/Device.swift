/// What a server and a device, mostly the page, say to each other through the server's hart, when its grant allows it.
///
/// Every call and event is: operation (u16), token (u32, chosen by the server, returned by the event that completes the call;
/// 0 otherwise), status (u32, 0 or an `Errno`), bytes.
package enum DeviceOperation: UInt16, CaseIterable, Sendable {
    /// Call (`console`): show these bytes. Completed when the terminal has taken them.
    case consoleWrite = 1
    /// Event (`console`): bytes were typed or pasted. The page sends no more than 4096 bytes until `consoleTaken` says so.
    case consoleInput = 2
    /// Call (`console`): so many bytes of input (u32) were taken; the page may send that many more.
    case consoleTaken = 3
    /// Event (`console`): the window's size, a `WindowSize`.
    case consoleSize = 4
    /// Call (`fetch`): read the file of this name (relative to the page's build folder). Completed with its bytes in pieces of
    /// up to 1 MiB: every event but the last has status `operationInProgress`; the last one has status 0 and no bytes, or an error.
    case fetch = 5
    /// Call (`page`): a message to the page.
    case pageSend = 6
    /// Event (`page`): a message from the page.
    case pageReceive = 7
    /// Call (`page`): whoever read the page's messages has closed the device. What it has not answered, nobody will: messages that
    /// were not read are dropped. Not completed.
    case pageClosed = 8
    /// Call (`block`): what the block device is like. Completed with a `BlockGeometry`. (Of this and the calls below, the rules and
    /// the errors: README.md, "The block device".)
    case blockGeometry = 9
    /// Call (`block`): read blocks, a `BlockRange`. Completed with their bytes, all of them.
    case blockRead = 10
    /// Call (`block`): write blocks, a `BlockWrite`. Completed without bytes.
    case blockWrite = 11
    /// Call (`block`): make durable every write whose completion came before this call. Completed, without bytes, when they are.
    case blockFlush = 12
}
