// Whether a server opens its own ends of channels. A type, not a value, so that a module imports only what it may do.

package import ABI

/// What becomes of a server's effects `openConnection` and `closeConnection`.
package protocol ConnectionEnds {
    static func open(_ connection: ConnectionID, _ name: ChannelName)
    static func close(_ connection: ConnectionID)
}

/// Of every driver: resmgr orders its ends opened and closed, so the two effects are not carried out.
package enum GivenEnds: ConnectionEnds {
    package static func open(_ connection: ConnectionID, _ name: ChannelName) {}
    package static func close(_ connection: ConnectionID) {}
}

/// Of resmgr: it opens and closes its own ends through its hart.
package enum OwnEnds: ConnectionEnds {}
