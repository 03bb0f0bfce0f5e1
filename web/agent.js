// @ts-check
// The page's requests to the agent, a process that acts for the page. Every message over /dev/page is: kind (u8), request number
// (u32), fields; all little-endian, byte strings with a 32-bit length before them.

import { DEVICE_HEADER, deviceEvent } from "./device.js";
import { DeviceOperation, EndKind, Errno, Signal } from "./generated/abi.js";
import { BodyReader, viewOf } from "./message.js";

/** Page → agent. */
const Call = Object.freeze({ run: 1, input: 2, inputEnd: 3, readFile: 4, writeFile: 5, kill: 6, status: 7, makeDirectory: 8, runFile: 9 });
/** Agent → page. */
const Answer = Object.freeze({ output: 64, ended: 65, data: 66, done: 67, failed: 68, status: 69 });
const WRITE_FIRST = 1;
const WRITE_LAST = 2;
/** Bytes of a file or of input in one message. */
const PIECE = 512 << 10;
/** Messages and bytes that are sent before the agent has shown that it read them: /dev/page keeps few for it. */
const WINDOW = Object.freeze({ messages: 16, bytes: 2 << 20 });

/** An error of the system, with the name and number of its `Errno`. */
export class SystemError extends Error {
  /** @param {number} errno @param {string} text */
  constructor(errno, text) {
    const code = Object.entries(Errno).find(([, number]) => number === errno)?.[0] ?? `error ${errno}`;
    super(text === "" ? code : text);
    this.name = "SystemError";
    this.errno = errno;
    this.code = code;
  }
}

/** The fields of one message. */
class Fields {
  /** @type {Uint8Array[]} */
  #parts = [];

  /** @param {number} size @param {(view: DataView) => void} put */
  #number(size, put) {
    const part = new Uint8Array(size);
    put(viewOf(part));
    return this.raw(part);
  }

  /** @param {number} value */
  u8(value) {
    return this.#number(1, (view) => view.setUint8(0, value));
  }

  /** @param {number} value */
  u16(value) {
    return this.#number(2, (view) => view.setUint16(0, value, true));
  }

  /** @param {number} value */
  u32(value) {
    return this.#number(4, (view) => view.setUint32(0, value, true));
  }

  /** @param {number} value */
  u64(value) {
    return this.#number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }

  /** @param {Uint8Array} part */
  raw(part) {
    this.#parts.push(part);
    return this;
  }

  /** @param {Uint8Array | string} value */
  bytes(value) {
    const part = bytesOf(value);
    return this.u32(part.length).raw(part);
  }

  /** @param {readonly string[]} values */
  list(values) {
    this.u32(values.length);
    for (const value of values) this.bytes(value);
    return this;
  }

  joined() {
    return joined(this.#parts);
  }
}

/**
 * One request that is not finished.
 * @typedef {object} Pending
 * @property {(stream: number, bytes: Uint8Array) => void} [output]
 * @property {(kind: number, body: BodyReader) => void} finish gets the answer that ends it
 * @property {(error: Error) => void} fail
 */

export class Agent {
  /** @type {((event: Uint8Array) => void) | null} */
  #send = null;
  #number = 0;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** @type {Uint8Array[]} What waits until the agent has read what was sent. */
  #queue = [];
  #sentMessages = 0;
  #sentBytes = 0;
  #awaitsReading = false;

  /** @param {((event: Uint8Array) => void) | null} send */
  connect(send) {
    this.#send = send;
    if (send === null) this.failAll(new Error("the driver of /dev/page is gone"));
  }

  /**
   * Ends everything that is not finished with an error.
   * @param {Error} error
   */
  failAll(error) {
    this.#queue = [];
    this.#window();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { fail } of pending) fail(error);
  }

  /** @param {Uint8Array} call a `pageSend` or `pageClosed` */
  call(call) {
    if (viewOf(call).getUint16(0, true) === DeviceOperation.pageClosed) return this.failAll(new Error("the agent is gone"));
    const body = new BodyReader(call, DEVICE_HEADER);
    const kind = body.u8();
    const number = body.u32();
    const pending = this.#pending.get(number);
    if (pending === undefined) return;
    if (kind === Answer.output) return pending.output?.(body.u8(), body.rest());
    this.#pending.delete(number);
    if (kind === Answer.failed) pending.fail(new SystemError(body.u16(), new TextDecoder().decode(body.rest())));
    else pending.finish(kind, body);
  }

  /**
   * Runs a program. Rejects with a SystemError if it does not start, and with the signal's reason after an abort.
   * @param {readonly string[]} command path and arguments
   * @param {{cwd: string, environment: readonly string[], stdin: Uint8Array, signal?: AbortSignal,
   *   output: (stream: number, bytes: Uint8Array) => void}} options
   * @returns {Promise<number>} its exit status, or 128 and the number of the signal that ended it
   */
  run(command, { cwd, environment, stdin, signal, output }) {
    signal?.throwIfAborted();
    const fields = new Fields().bytes(cwd).list(command).list(environment).bytes(stdin.subarray(0, PIECE));
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#pending.delete(number);
        this.#post(Call.kill, number, new Fields().u32(Signal.kill));
        reject(signal?.reason);
      };
      const number = this.#begin(Call.run, fields, {
        output,
        finish: (_, body) => {
          signal?.removeEventListener("abort", abort);
          resolve(body.u8() === EndKind.signaled ? 128 + body.u8() : body.u8());
        },
        fail: (error) => {
          signal?.removeEventListener("abort", abort);
          reject(error);
        },
      });
      for (let start = PIECE; start < stdin.length; start += PIECE) {
        this.#post(Call.input, number, new Fields().raw(stdin.subarray(start, start + PIECE)));
      }
      this.#post(Call.inputEnd, number, new Fields());
      signal?.addEventListener("abort", abort);
    });
  }

  /**
   * Reads a whole file. Rejects with a SystemError.
   * @param {string} path
   */
  async readFile(path) {
    /** @type {Uint8Array[]} */
    const pieces = [];
    for (let offset = 0; ; ) {
      const fields = new Fields().bytes(path).u64(offset).u32(PIECE);
      const [kind, body] = await this.#ask(Call.readFile, fields);
      const piece = kind === Answer.data ? body.rest() : new Uint8Array(0);
      if (piece.length === 0) return joined(pieces);
      pieces.push(piece);
      offset += piece.length;
    }
  }

  /**
   * Replaces a file's contents, or makes it. Rejects with a SystemError.
   * @param {string} path
   * @param {Uint8Array | string} contents
   * @param {number} mode permission bits of a file that is made
   */
  async writeFile(path, contents, mode) {
    const bytes = bytesOf(contents);
    const fields = (/** @type {number} */ start) => {
      const piece = bytes.subarray(start, start + PIECE);
      const flags = (start === 0 ? WRITE_FIRST : 0) | (start + piece.length === bytes.length ? WRITE_LAST : 0);
      return new Fields().bytes(path).u16(mode).u8(flags).raw(piece);
    };
    // All pieces are one request, and the agent answers it once.
    await new Promise((resolve, fail) => {
      const number = this.#begin(Call.writeFile, fields(0), { finish: resolve, fail });
      for (let start = PIECE; start < bytes.length; start += PIECE) this.#post(Call.writeFile, number, fields(start));
    });
  }

  /**
   * Makes a directory. Rejects with a SystemError.
   * @param {string} path
   * @param {number} mode
   */
  async makeDirectory(path, mode) {
    await this.#ask(Call.makeDirectory, new Fields().bytes(path).u16(mode));
  }

  /**
   * @param {number} kind
   * @param {Fields} fields
   * @returns {Promise<[number, BodyReader]>} the kind of the answer, and its fields
   */
  #ask(kind, fields) {
    return new Promise((resolve, fail) => {
      this.#begin(kind, fields, { finish: (answer, body) => resolve([answer, body]), fail });
    });
  }

  /**
   * @param {number} kind
   * @param {Fields} fields
   * @param {Pending} pending
   * @returns {number} the request's number
   */
  #begin(kind, fields, pending) {
    if (this.#send === null) throw new Error("the driver of /dev/page is not there");
    // Noted before the message is sent, since at the window's end a question with a number of its own follows it.
    const number = this.#nextNumber();
    this.#pending.set(number, pending);
    this.#post(kind, number, fields);
    return number;
  }

  /**
   * @param {number} kind
   * @param {number} number
   * @param {Fields} fields
   */
  #post(kind, number, fields) {
    this.#queue.push(new Fields().u8(kind).u32(number).raw(fields.joined()).joined());
    this.#flush();
  }

  #nextNumber() {
    this.#number = (this.#number + 1) >>> 0;
    return this.#number;
  }

  /** Begins a new window. */
  #window() {
    this.#sentMessages = 0;
    this.#sentBytes = 0;
    this.#awaitsReading = false;
  }

  /**
   * Sends what the window lets through. The agent reads messages in order, so an answer to a small question at the window's end
   * shows that it has read all before it.
   */
  #flush() {
    while (!this.#awaitsReading && this.#queue.length > 0) {
      const [message] = this.#queue.splice(0, 1);
      this.#emit(message);
      if (this.#sentMessages < WINDOW.messages && this.#sentBytes < WINDOW.bytes) continue;
      const hasRead = () => {
        this.#window();
        this.#flush();
      };
      const number = this.#nextNumber();
      this.#pending.set(number, { finish: hasRead, fail: hasRead });
      this.#awaitsReading = true;
      this.#emit(new Fields().u8(Call.status).u32(number).bytes("/").joined());
    }
  }

  /** @param {Uint8Array} message */
  #emit(message) {
    this.#sentMessages += 1;
    this.#sentBytes += message.length;
    this.#send?.(deviceEvent(DeviceOperation.pageReceive, 0, Errno.success, message));
  }
}

/** @param {Uint8Array | string} value */
export function bytesOf(value) {
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}

/** @param {readonly Uint8Array[]} pieces */
export function joined(pieces) {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    bytes.set(piece, position);
    position += piece.length;
  }
  return bytes;
}
