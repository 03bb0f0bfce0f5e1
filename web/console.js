// @ts-check
// The console device: a terminal of the page, or a memory of what was shown until there is one.

import { DEVICE_HEADER, deviceEvent } from "./device.js";
import { DeviceOperation, Errno } from "./generated/abi.js";
import { viewOf } from "./message.js";

/** Bytes of input that the page sends before the server has taken some. */
const INPUT_WINDOW = 4096;
/** Bytes of input that are kept for the server; more is lost. */
const LARGEST_INPUT = 1 << 20;
/** Bytes of output that a terminal attached later is shown. */
const LARGEST_HISTORY = 256 << 10;

/**
 * What the console needs of a terminal.
 * @typedef {object} TerminalLike
 * @property {(bytes: Uint8Array) => void} write
 * @property {{columns: number, rows: number}} size
 * @property {() => void} focus
 * @property {() => string} text
 * @property {() => void} dispose
 */

/**
 * What the console wants to hear of a terminal.
 * @typedef {object} TerminalEvents
 * @property {(bytes: Uint8Array) => void} onInput
 * @property {(size: {columns: number, rows: number}) => void} onResize
 */

/** @implements {Device} */
export class Console {
  /** @type {((event: Uint8Array) => void) | null} */
  #send = null;
  /** @type {TerminalLike | null} */
  #terminal = null;
  /** What the server may still be sent. */
  #window = INPUT_WINDOW;
  #input = new Pieces();
  #output = new Pieces();
  #isReplaying = false;

  get terminal() {
    return this.#terminal;
  }

  /**
   * Shows the console in a terminal from now on, with what was shown last; a terminal before it is let go.
   * @param {(events: TerminalEvents) => TerminalLike} make
   */
  attach(make) {
    this.#terminal?.dispose();
    const terminal = make({
      onInput: (bytes) => this.#typed(bytes),
      onResize: (size) => this.#resized(size),
    });
    this.#terminal = terminal;
    // What the terminal answers to old output is no input.
    this.#isReplaying = true;
    for (const piece of this.#output.all()) terminal.write(piece);
    this.#isReplaying = false;
    this.#resized(terminal.size);
    return terminal;
  }

  /** @param {((event: Uint8Array) => void) | null} send */
  connect(send) {
    this.#send = send;
    this.#window = INPUT_WINDOW;
    if (send === null) return;
    if (this.#terminal !== null) this.#resized(this.#terminal.size);
    this.#flush();
  }

  /** @param {Uint8Array} call */
  call(call) {
    const view = viewOf(call);
    const token = view.getUint32(2, true);
    switch (view.getUint16(0, true)) {
      case DeviceOperation.consoleWrite:
        this.show(call.slice(DEVICE_HEADER));
        this.#send?.(deviceEvent(DeviceOperation.consoleWrite, token, Errno.success));
        break;
      case DeviceOperation.consoleTaken:
        if (call.length < DEVICE_HEADER + 4) break;
        this.#window = Math.min(INPUT_WINDOW, this.#window + view.getUint32(DEVICE_HEADER, true));
        this.#flush();
        break;
    }
  }

  /** @param {Uint8Array} bytes */
  show(bytes) {
    this.#output.add(bytes);
    this.#output.dropOldest(LARGEST_HISTORY);
    this.#terminal?.write(bytes);
  }

  /** @param {Uint8Array} bytes */
  #typed(bytes) {
    if (this.#isReplaying || this.#input.length + bytes.length > LARGEST_INPUT) return;
    this.#input.add(bytes);
    this.#flush();
  }

  /** @param {{columns: number, rows: number}} size */
  #resized({ columns, rows }) {
    const size = new Uint8Array(8);
    viewOf(size).setUint16(0, rows, true);
    viewOf(size).setUint16(2, columns, true);
    this.#send?.(deviceEvent(DeviceOperation.consoleSize, 0, Errno.success, size));
  }

  #flush() {
    while (this.#send !== null && this.#window > 0 && this.#input.length > 0) {
      const piece = this.#input.take(this.#window);
      this.#window -= piece.length;
      this.#send(deviceEvent(DeviceOperation.consoleInput, 0, Errno.success, piece));
    }
  }
}

/** @typedef {import("./monitor.js").Device} Device */

/** A queue of bytes in the pieces in which they came. */
class Pieces {
  /** @type {Uint8Array[]} */
  #pieces = [];
  length = 0;

  /** @param {Uint8Array} piece */
  add(piece) {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.length += piece.length;
  }

  /**
   * At least one byte and at most `count`; the queue must not be empty.
   * @param {number} count
   */
  take(count) {
    const [first] = this.#pieces;
    const piece = first.subarray(0, count);
    if (piece.length === first.length) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(piece.length);
    this.length -= piece.length;
    return piece;
  }

  /** @param {number} limit */
  dropOldest(limit) {
    while (this.length > limit && this.#pieces.length > 1) this.take(this.#pieces[0].length);
  }

  all() {
    return this.#pieces;
  }
}
