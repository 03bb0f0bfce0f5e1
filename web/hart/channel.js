// @ts-check
// The connections of a hart: what goes out is checked, stamped and counted, whatever carries it.

import { Errno, Header, Limits, MessageKind, Operation } from "../generated/abi.js";
import { buildNotice, isWellFormed, u16, u32, viewOf } from "../message.js";

/** The operation ranges that a program never speaks: the hart's own and the monitor's. */
const FORBIDDEN_RANGES = [Operation.openConnection >> 8, Operation.createHart >> 8];

/**
 * A message that came.
 * @typedef {object} Incoming
 * @property {number} length
 * @property {Uint8Array} header its first bytes, `Header.size` of them at least
 * @property {number} attachment what came with it: where the end of a pair is that an order names; 0: nothing
 * @property {(target: Uint8Array | null, at?: number) => void} take copies it, once; null: it is not wanted
 */

/**
 * One end of a channel.
 * @typedef {object} Link
 * @property {(header: Uint8Array, payload: Uint8Array, attachment: number) => void} send both are copied before it returns
 * @property {(sendsRest?: boolean) => void} close `sendsRest`: what waits for room is sent before it closes
 */

/**
 * What carries messages.
 * @typedef {object} Transport
 * @property {(name: string, attachment: number, receive: (message: Incoming) => void) => Link | number} open opens an end of the
 *   channel of that name; an `Errno` says why not
 */

/** What a process has unanswered on one connection. */
class Credit {
  /** @type {Map<number, number>} Request number → bytes of its payload and of the reply that it reserved. */
  #unanswered = new Map();
  #bytes = 0;

  /**
   * @param {number} request
   * @param {number} bytes
   * @returns {number} 0 or an `Errno`
   */
  take(request, bytes) {
    if (this.#unanswered.has(request)) return Errno.badMessage;
    if (this.#unanswered.size >= Limits.credits || this.#bytes + bytes > Limits.creditBytes) {
      return Errno.resourceTemporarilyUnavailable;
    }
    this.#unanswered.set(request, bytes);
    this.#bytes += bytes;
    return Errno.success;
  }

  /**
   * @param {number} request
   * @returns {boolean} whether it was unanswered
   */
  give(request) {
    const bytes = this.#unanswered.get(request);
    if (bytes === undefined) return false;
    this.#unanswered.delete(request);
    this.#bytes -= bytes;
    return true;
  }
}

/** The connections of a hart, by number. */
export class Connections {
  /**
   * @param {Transport} transport
   * @param {import("./clock.js").Clock} clock
   * @param {Uint8Array} stamp what is put on every message, `Header.stampSize` bytes
   * @param {boolean} isProgram whether credit is counted and forbidden operations are refused
   * @param {(connection: number, message: Incoming) => void} deliver called for every message that arrives
   */
  constructor(transport, clock, stamp, isProgram, deliver) {
    this.#transport = transport;
    this.#clock = clock;
    this.setStamp(stamp);
    this.#isProgram = isProgram;
    this.#deliver = deliver;
  }

  #transport;
  #clock;
  #isProgram;
  #deliver;
  /** @type {Map<number, {link: Link, credit: Credit}>} */
  #table = new Map();
  /** @type {Map<number, Link>} Links that close once their rest is sent; a second close, by order, drops that rest. */
  #leaving = new Map();
  /** The head of the message that is being sent; the stamp in it is this hart's. */
  #header = new Uint8Array(Header.size);
  #view = viewOf(this.#header);

  /**
   * @param {number} number
   * @param {string} name
   * @param {number} attachment
   * @param {Transport} [transport] another than this hart's
   * @returns {number} 0 or an `Errno`
   */
  open(number, name, attachment, transport = this.#transport) {
    if (this.#table.has(number)) return Errno.fileExists;
    if (this.#table.size >= Limits.connections) return Errno.tooManyOpenFiles;
    const credit = new Credit();
    const link = transport.open(name, attachment, (message) => this.#receive(number, credit, message));
    if (typeof link === "number") return link;
    this.#table.set(number, { link, credit });
    return Errno.success;
  }

  /**
   * @param {number} number an unknown one is ignored
   * @param {boolean} [sendsRest] whether what waits for room is sent before
   * @returns {boolean} whether there was one
   */
  close(number, sendsRest = false) {
    const link = this.#table.get(number)?.link ?? this.#leaving.get(number);
    if (link === undefined) return false;
    link.close(sendsRest);
    if (sendsRest) this.#leaving.set(number, link);
    else this.#leaving.delete(number);
    return this.#table.delete(number);
  }

  /**
   * Sends what a module wrote.
   * @param {number} number
   * @param {Uint8Array} message
   * @param {number} [attachment]
   * @returns {number} 0 or an `Errno`
   */
  send(number, message, attachment = 0) {
    const connection = this.#table.get(number);
    if (connection === undefined) return Errno.badFileDescriptor;
    if (!isWellFormed(message)) return Errno.badMessage;
    if (this.#isProgram) {
      if (FORBIDDEN_RANGES.includes(u16(message, Header.operation) >> 8)) return Errno.notPermitted;
      if (message[Header.kind] === MessageKind.request) {
        const bytes = u32(message, Header.payloadLength) + u32(message, Header.argument);
        const status = connection.credit.take(u32(message, Header.request), bytes);
        if (status !== Errno.success) return status;
      }
    }
    this.#post(connection.link, message, attachment);
    return Errno.success;
  }

  /**
   * Sends a message of the hart itself.
   * @param {number} number
   * @param {Uint8Array} message
   */
  sendOwn(number, message) {
    const connection = this.#table.get(number);
    if (connection !== undefined) this.#post(connection.link, message, 0);
  }

  /** @param {Uint8Array} stamp */
  setStamp(stamp) {
    this.#header.set(stamp, Header.stamp);
  }

  /**
   * Says `last` on every connection, lowest number last, and closes all but connection 0, on which orders still come.
   * @param {boolean} toControl whether connection 0 hears `last` too
   */
  finish(toControl) {
    for (const number of [...this.#table.keys()].sort((left, right) => right - left)) {
      if (number === 0 && !toControl) continue;
      this.sendOwn(number, buildNotice(Operation.last));
      if (number !== 0) this.close(number, true);
    }
  }

  /**
   * @param {Link} link
   * @param {Uint8Array} message
   * @param {number} attachment
   */
  #post(link, message, attachment) {
    const header = this.#header;
    for (let index = 0; index < Header.stamp; index++) header[index] = message[index];
    const time = this.#clock.monotonic();
    this.#view.setUint32(Header.time, time >>> 0, true);
    this.#view.setUint32(Header.time + 4, Math.floor(time / 2 ** 32), true);
    link.send(header, message.subarray(Header.size), attachment);
  }

  /**
   * @param {number} number
   * @param {Credit} credit
   * @param {Incoming} message
   */
  #receive(number, credit, message) {
    const { header } = message;
    if (this.#isProgram && header[Header.kind] === MessageKind.reply) {
      // An answer to nothing would be taken for the answer to a later request of that number.
      if (!credit.give(u32(header, Header.request))) return message.take(null);
    }
    this.#clock.advance(u32(header, Header.time) + u32(header, Header.time + 4) * 2 ** 32);
    this.#deliver(number, message);
  }
}
