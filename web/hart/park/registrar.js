// @ts-check
// What the hart of resmgr does in an arena beside what every hart does: it looks at the orders that pass through it, gives pairs out
// for the channels that they name, and takes back those that are closed. resmgr's end of a hart's control channel bears the hart's
// number, and resmgr closes it when the hart is gone.

import { Header, MessageKind, Operation } from "../../generated/abi.js";
import { BodyReader, readHeader } from "../../message.js";
import { Allocator } from "./allocator.js";

/** resmgr's own hart. */
const OWN = 0;

export class Registrar {
  /** @param {import("./arena.js").Arena} arena */
  constructor(arena) {
    this.#allocator = new Allocator(arena);
  }

  #allocator;
  /** @type {Map<number, Map<number, number>>} Hart → request → the connection that it is ordered to close. */
  #closing = new Map();

  /**
   * resmgr opens an end of its own.
   * @param {string} name
   * @param {number} connection
   * @returns {number} the attachment of the end
   */
  open(name, connection) {
    return this.#allocator.give(name, OWN, connection);
  }

  /**
   * resmgr has closed its end: the hart of that number is gone.
   * @param {number} connection
   */
  closed(connection) {
    this.#closing.delete(connection);
    this.#allocator.closeAll(connection);
    this.#allocator.close(OWN, connection);
  }

  /**
   * A message goes out.
   * @param {number} connection
   * @param {Uint8Array} message
   * @returns {number} the attachment that goes with it
   */
  sends(connection, message) {
    if (message.length < Header.size) return 0;
    const { kind, operation, request } = readHeader(message);
    if (kind !== MessageKind.request) return 0;
    switch (operation) {
      case Operation.createHart: {
        const body = new BodyReader(message, Header.size);
        const hart = body.u32();
        body.u8();
        body.bytes();
        body.u32();
        return this.#allocator.give(body.channelName(), hart, 0);
      }
      case Operation.openConnection: {
        const body = new BodyReader(message, Header.size);
        const number = body.u32();
        return this.#allocator.give(body.channelName(), connection, number);
      }
      case Operation.closeConnection: {
        let closing = this.#closing.get(connection);
        if (closing === undefined) this.#closing.set(connection, (closing = new Map()));
        closing.set(request, new BodyReader(message, Header.size).u32());
        return 0;
      }
      default:
        return 0;
    }
  }

  /**
   * A message came.
   * @param {number} connection
   * @param {import("../channel.js").Incoming} message
   */
  hears(connection, message) {
    const { kind, operation, request } = readHeader(message.header);
    if (kind !== MessageKind.reply || operation !== Operation.closeConnection) return;
    const number = this.#closing.get(connection)?.get(request);
    if (number === undefined) return;
    this.#closing.get(connection)?.delete(request);
    this.#allocator.close(connection, number);
  }
}
