// @ts-check
// How messages travel where pages are not isolated: each channel is a BroadcastChannel. The hart checks, stamps and counts what
// goes out.

import { Errno, Header, Limits, MessageKind, Operation } from "../generated/abi.js";
import { buildNotice, isWellFormed, readHeader, received, viewOf } from "../message.js";

/** The operation ranges that a program never speaks: the hart's own and the monitor's. */
const FORBIDDEN_RANGES = [Operation.openConnection >> 8, Operation.createHart >> 8];

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

/** The open BroadcastChannels of a hart or of the monitor: all that they open, they open here, so that it can be counted. */
export class Channels {
  /** @param {(count: number) => void} [changed] called whenever one was opened or closed, with how many are open */
  constructor(changed = () => {}) {
    this.#changed = changed;
  }

  #changed;
  /** @type {Set<BroadcastChannel>} */
  #open = new Set();

  /** How many are open. */
  get count() {
    return this.#open.size;
  }

  /** @param {string} name */
  open(name) {
    const channel = new BroadcastChannel(name);
    this.#open.add(channel);
    this.#changed(this.count);
    return channel;
  }

  /** @param {BroadcastChannel} channel */
  close(channel) {
    channel.onmessage = null;
    channel.close();
    this.#open.delete(channel);
    this.#changed(this.count);
  }
}

/** The connections of a hart, by number. */
export class Connections {
  /**
   * @param {Channels} channels where the connections' channels are opened
   * @param {import("./clock.js").Clock} clock
   * @param {Uint8Array} stamp what is put on every message, `Header.stampSize` bytes
   * @param {boolean} isProgram whether credit is counted and forbidden operations are refused
   * @param {(connection: number, message: Uint8Array) => void} deliver called for every message that arrives
   */
  constructor(channels, clock, stamp, isProgram, deliver) {
    this.#channels = channels;
    this.#clock = clock;
    this.#stamp = stamp;
    this.#isProgram = isProgram;
    this.#deliver = deliver;
  }

  #channels;
  #clock;
  #stamp;
  #isProgram;
  #deliver;
  /** @type {Map<number, {channel: BroadcastChannel, credit: Credit}>} */
  #table = new Map();

  /**
   * @param {number} number
   * @param {string} name
   * @returns {number} 0 or an `Errno`
   */
  open(number, name) {
    if (this.#table.has(number)) return Errno.fileExists;
    if (this.#table.size >= Limits.connections) return Errno.tooManyOpenFiles;
    const connection = { channel: this.#channels.open(name), credit: new Credit() };
    connection.channel.onmessage = (event) => this.#receive(number, connection.credit, event.data);
    this.#table.set(number, connection);
    return Errno.success;
  }

  /**
   * @param {number} number an unknown one is ignored
   * @returns {boolean} whether there was one
   */
  close(number) {
    const connection = this.#table.get(number);
    if (connection === undefined) return false;
    this.#channels.close(connection.channel);
    return this.#table.delete(number);
  }

  /**
   * Sends what a module wrote.
   * @param {number} number
   * @param {Uint8Array} message bytes of their own; they are stamped in place
   * @returns {number} 0 or an `Errno`
   */
  send(number, message) {
    const connection = this.#table.get(number);
    if (connection === undefined) return Errno.badFileDescriptor;
    if (!isWellFormed(message)) return Errno.badMessage;
    if (this.#isProgram) {
      const header = readHeader(message);
      if (FORBIDDEN_RANGES.includes(header.operation >> 8)) return Errno.notPermitted;
      if (header.kind === MessageKind.request) {
        const status = connection.credit.take(header.request, header.payloadLength + header.argument);
        if (status !== Errno.success) return status;
      }
    }
    this.#post(connection.channel, message);
    return Errno.success;
  }

  /**
   * Sends a message of the hart itself.
   * @param {number} number
   * @param {Uint8Array} message
   */
  sendOwn(number, message) {
    const connection = this.#table.get(number);
    if (connection !== undefined) this.#post(connection.channel, message);
  }

  /** @param {Uint8Array} stamp */
  setStamp(stamp) {
    this.#stamp = stamp;
  }

  /**
   * Says `last` on every connection, lowest number last, and closes all but connection 0, on which orders still come.
   * @param {boolean} toControl whether connection 0 hears `last` too
   */
  finish(toControl) {
    for (const number of [...this.#table.keys()].sort((left, right) => right - left)) {
      if (number === 0 && !toControl) continue;
      this.sendOwn(number, buildNotice(Operation.last));
      if (number !== 0) this.close(number);
    }
  }

  /**
   * @param {BroadcastChannel} channel
   * @param {Uint8Array} message
   */
  #post(channel, message) {
    message.set(this.#stamp, Header.stamp);
    const view = viewOf(message);
    view.setUint32(Header.reserved, 0, true);
    const time = this.#clock.monotonic();
    view.setUint32(Header.time, time >>> 0, true);
    view.setUint32(Header.time + 4, Math.floor(time / 2 ** 32), true);
    channel.postMessage(message);
  }

  /**
   * @param {number} number
   * @param {Credit} credit
   * @param {unknown} data
   */
  #receive(number, credit, data) {
    const message = received(data);
    if (message === null) return;
    if (this.#isProgram) {
      const header = readHeader(message);
      // An answer to nothing would be taken for the answer to a later request of that number.
      if (header.kind === MessageKind.reply && !credit.give(header.request)) return;
    }
    const view = viewOf(message);
    this.#clock.advance(view.getUint32(Header.time, true) + view.getUint32(Header.time + 4, true) * 2 ** 32);
    this.#deliver(number, message);
  }
}
