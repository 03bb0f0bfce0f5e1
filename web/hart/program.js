// @ts-check
// A hart that runs a program beside its libOS. What the imports and exports mean: Sources/ABI/README.md.

import { Errno, Limits, PENDING, YIELD } from "../generated/abi.js";
import { Soon, Timer } from "./clock.js";
import { Bytes, copy } from "./copy.js";
import { bind, ImageError, link } from "./link.js";
import { trapOf } from "./trap.js";
import { wayToWait } from "./waiting.js";

/** The thread that runs a program's entry. */
const MAIN_THREAD = 0;
/** Bytes that `getRandomValues` fills at once. */
const LARGEST_FILL = 65536;

/** @type {Promise<number>} What a call gets that is never answered. */
const never = new Promise(() => {});

export class Program {
  /**
   * @param {{module: WebAssembly.Module, memory: WebAssembly.MemoryDescriptor, wait: string}} start
   * @param {import("./clock.js").Clock} clock
   * @param {import("./channel.js").Connections} connections
   * @param {{log: (text: string) => void, ended: () => void, failed: (error: unknown) => void}} report
   */
  constructor(start, clock, connections, report) {
    this.#clock = clock;
    this.#connections = connections;
    this.#report = report;
    this.#way = wayToWait(start.wait);
    this.#timer = new Timer(clock, () => this.#event(() => this.#libOS.timer()));
    const memory = new WebAssembly.Memory(start.memory);
    this.#memory = new Bytes(memory);
    const imports = { env: { memory }, martlet_host: this.#host() };
    const instance = new WebAssembly.Instance(start.module, imports);
    this.#libOS = /** @type {any} */ (instance.exports);
    this.#libOS._initialize();
  }

  #clock;
  #connections;
  #report;
  #way;
  #timer;
  #memory;
  /** @type {Record<string, (...parameters: any[]) => any>} */
  #libOS;
  /** @type {Bytes | null} The program's memory. */
  #program = null;
  /** @type {Uint8Array | null} */
  #image = null;
  #imageLength = 0;
  /** @type {{resolve: (result: number) => void, yields: boolean} | null} The call that the program waits in. */
  #waiting = null;
  #soon = new Soon(() => {
    if (this.#waiting?.yields) this.#event(() => {});
  });
  /** Whether the libOS is being called: a trap that comes out of the program then is the libOS's. */
  #isInside = false;
  #isOver = false;

  /** Whether the program was abandoned. */
  get isOver() {
    return this.#isOver;
  }

  /**
   * Hands a message over.
   * @param {number} connection
   * @param {Uint8Array} message
   */
  deliver(connection, message) {
    this.#event(() => {
      this.#hand(message);
      this.#libOS.deliver(connection, message.length);
    });
  }

  /**
   * The program is over: no call of it is served or answered any more.
   * @param {boolean} isOrdered whether resmgr knows (and needs no `last`)
   */
  abandon(isOrdered) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = null;
    this.#image = null;
    this.#timer.set(-1n);
    this.#connections.finish(!isOrdered);
    this.#report.ended();
  }

  /** @param {Uint8Array} bytes */
  #hand(bytes) {
    const pointer = this.#libOS.message_buffer(bytes.length);
    if (!this.#memory.write(pointer, bytes)) throw new Error("the libOS gave a buffer outside of its memory");
  }

  /**
   * Calls the libOS from the event loop, then asks again for the call that waits.
   * @param {() => void} action
   */
  #event(action) {
    if (this.#isOver) return;
    try {
      this.#libOS.turn();
      action();
      this.#resume();
    } catch (error) {
      this.#fail(error);
    }
  }

  #resume() {
    const waiting = this.#waiting;
    if (waiting === null || this.#isOver) return;
    const result = this.#libOS.resume(MAIN_THREAD);
    if (this.#isOver) return;
    waiting.yields = result === YIELD;
    if (waiting.yields) this.#soon.post();
    else if (result !== PENDING) {
      this.#waiting = null;
      waiting.resolve(result);
    }
  }

  /** @param {number} result of a call that may wait */
  #settle(result) {
    this.#isInside = false;
    if (this.#isOver) return never;
    if (result !== PENDING && result !== YIELD) return result;
    return new Promise((/** @type {(result: number) => void} */ resolve) => {
      this.#waiting = { resolve, yields: result === YIELD };
      if (result === YIELD) this.#soon.post();
    });
  }

  /**
   * The libOS itself failed: nobody is left who could speak for the process.
   * @param {unknown} error
   */
  #fail(error) {
    if (this.#isOver) return;
    this.abandon(false);
    this.#report.failed(error);
  }

  async #load() {
    const image = this.#image;
    const isWhole = image !== null && this.#imageLength === image.length;
    this.#image = null;
    let program;
    try {
      if (!isWhole) throw new ImageError("the image is not whole");
      const imports = bind(
        this.#libOS,
        MAIN_THREAD,
        this.#way,
        () => (this.#isInside = true),
        (result) => this.#settle(result),
        (result) => ((this.#isInside = false), result),
      );
      program = await link(image, imports);
    } catch (error) {
      if (!(error instanceof ImageError)) return this.#fail(error);
      const { status, message } = error;
      const reason = new TextEncoder().encode(message);
      return this.#event(() => {
        this.#hand(reason);
        this.#libOS.image_result(status, reason.length);
      });
    }
    if (this.#isOver) return;
    this.#program = new Bytes(program.memory);
    this.#event(() => this.#libOS.image_result(Errno.success, 0));
    if (!this.#isOver) this.#run(program.start);
  }

  /** @param {Function} start */
  async #run(start) {
    try {
      await this.#way.enter(start)();
    } catch (error) {
      if (this.#isInside && !(error instanceof TypeError)) return this.#fail(error);
      const { signal, text } = trapOf(error);
      const bytes = new TextEncoder().encode(text);
      return this.#event(() => {
        this.#hand(bytes);
        this.#libOS.trap(signal, bytes.length);
      });
    }
    this.#event(() => this.#libOS.returned());
  }

  /** What the libOS imports from `martlet_host`. */
  #host() {
    const memory = this.#memory;
    return {
      send: (/** @type {number} */ connection, /** @type {number} */ pointer, /** @type {number} */ length) => {
        const message = memory.read(pointer, length);
        return message === null ? Errno.badAddress : this.#connections.send(connection >>> 0, message);
      },
      copy_in: (/** @type {number} */ pointer, /** @type {number} */ from, /** @type {number} */ length) =>
        this.#program === null ? Errno.badAddress : copy(memory, pointer, this.#program, from, length),
      copy_out: (/** @type {number} */ to, /** @type {number} */ pointer, /** @type {number} */ length) =>
        this.#program === null ? Errno.badAddress : copy(this.#program, to, memory, pointer, length),
      clock_monotonic: () => BigInt(this.#clock.monotonic()),
      clock_real: () => this.#clock.real(),
      clock_resolution: () => BigInt(this.#clock.resolution),
      random: (/** @type {number} */ pointer, /** @type {number} */ length) => {
        const bytes = memory.view.subarray(pointer >>> 0, (pointer >>> 0) + (length >>> 0));
        for (let start = 0; start < bytes.length; start += LARGEST_FILL) {
          crypto.getRandomValues(bytes.subarray(start, start + LARGEST_FILL));
        }
      },
      set_timer: (/** @type {bigint} */ deadline) => this.#timer.set(deadline),
      log: (/** @type {number} */ pointer, /** @type {number} */ length) =>
        this.#report.log(new TextDecoder().decode(memory.read(pointer, length) ?? new Uint8Array(0))),
      image_begin: (/** @type {number} */ size) => {
        this.#imageLength = 0;
        this.#image = size >>> 0 <= Limits.image ? new Uint8Array(size >>> 0) : null;
      },
      image_write: (/** @type {number} */ pointer, /** @type {number} */ length) => {
        const piece = memory.peek(pointer, length);
        if (this.#image === null || piece === null || this.#imageLength + piece.length > this.#image.length) {
          this.#image = null;
          return;
        }
        this.#image.set(piece, this.#imageLength);
        this.#imageLength += piece.length;
      },
      image_end: () => void this.#load(),
      end: () => this.abandon(false),
    };
  }
}
