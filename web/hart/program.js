// @ts-check
// A hart that runs a program beside its libOS. What the imports and exports mean: Sources/ABI/README.md.

import { Errno, HANDLER, Limits, PENDING, Signal, YIELD } from "../generated/abi.js";
import { Deadline, Soon, Timer } from "./clock.js";
import { Bytes, copy } from "./copy.js";
import { bind, ImageError, link } from "./link.js";
import { leave, trap } from "./leave.js";
import { trapOf } from "./trap.js";
import { wayToWait } from "./waiting.js";

/** The thread that runs a program's entry. */
const MAIN_THREAD = 0;
/** Bytes that `getRandomValues` fills at once. */
const LARGEST_FILL = 65536;

export class Program {
  /**
   * @param {{module: WebAssembly.Module, wait: string}} start
   * @param {WebAssembly.Memory} memory of the libOS, all zeros
   * @param {import("./park/rings.js").Rings | null} rings how messages come if the hart parks
   * @param {import("./clock.js").Clock} clock
   * @param {import("./channel.js").Connections} connections
   * @param {{ended: () => void, failed: (error: unknown) => void}} report
   */
  constructor(start, memory, rings, clock, connections, report) {
    this.#rings = rings;
    this.#clock = clock;
    this.#connections = connections;
    this.#report = report;
    this.#way = wayToWait(start.wait);
    if (rings === null) {
      this.#soon = new Soon(() => {
        if (this.#waiting?.yields) this.#event(() => {});
      });
    }
    this.#timer = rings === null ? new Timer(clock, () => this.#timerFired()) : new Deadline(clock);
    this.#memory = new Bytes(memory);
    const imports = { env: { memory }, martlet_host: this.#host() };
    const instance = new WebAssembly.Instance(start.module, imports);
    this.#libOS = /** @type {any} */ (instance.exports);
    this.#libOS._initialize();
  }

  #rings;
  #clock;
  #connections;
  #report;
  #way;
  /** @type {Timer | Deadline} */
  #timer;
  #memory;
  /** @type {Record<string, (...parameters: any[]) => any>} */
  #libOS;
  /** @type {Bytes | null} The program's memory. */
  #program = null;
  /** @type {WebAssembly.Table | null} The functions that the program calls by number. */
  #table = null;
  /**
   * The calls that handlers interrupted, where the hart does not park; the last is the one to go on first.
   * @type {{resolve: (result: number) => void, reject: (trap: unknown) => void}[]}
   */
  #interrupted = [];
  /** @type {Uint8Array | null} */
  #image = null;
  #isImageOver = false;
  /** @type {Function | null} Of a program that is about to run, where it parks. */
  #entry = null;
  #imageLength = 0;
  /**
   * The call that the program waits in.
   * @type {{resolve: (result: number) => void, reject: (trap: unknown) => void, yields: boolean} | null}
   */
  #waiting = null;
  /** @type {Soon | null} Comes back from the event loop; a hart that parks has no use for it. */
  #soon = null;
  /** Whether the libOS is being called: a trap that comes out of the program then is the libOS's. */
  #isInside = false;
  #isOver = false;
  /** Whether its entry was called and has not come back, where the hart does not park. */
  #isRunning = false;

  /** Whether the program was abandoned. */
  get isOver() {
    return this.#isOver;
  }

  /**
   * Hands a message over.
   * @param {number} connection
   * @param {import("./channel.js").Incoming} message
   */
  deliver(connection, message) {
    if (this.#isOver) return;
    try {
      const pointer = this.#room(message.length);
      message.take(this.#memory.view, pointer);
      this.#libOS.deliver(connection, message.length);
      this.#resume();
    } catch (error) {
      this.#fail(error);
    }
    if (this.#isImageOver) this.#load();
  }

  /**
   * The program is over: no call of it is served or answered any more.
   * @param {boolean} isOrdered whether resmgr knows (and needs no `last`)
   */
  abandon(isOrdered) {
    if (this.#isOver) return;
    this.#isOver = true;
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#image = null;
    this.#timer.set(-1n);
    this.#connections.finish(!isOrdered);
    if (this.#rings !== null) return;
    // A stack that is suspended is unwound by a trap, which the program cannot catch, and `#run` tells when it is. What a handler
    // interrupted is below it, so the top goes first.
    if (!this.#isRunning) return this.#report.ended();
    waiting?.reject(trap());
    for (const call of this.#interrupted.splice(0).reverse()) call.reject(trap());
  }

  /**
   * Room in the libOS for something that is handed over.
   * @param {number} length
   * @returns {number} where
   */
  #room(length) {
    const pointer = this.#libOS.message_buffer(length);
    if (!this.#memory.holds(pointer, length)) throw new Error("the libOS gave a buffer outside of its memory");
    return pointer >>> 0;
  }

  /** @param {Uint8Array} bytes */
  #hand(bytes) {
    this.#memory.write(this.#room(bytes.length), bytes);
  }

  #timerFired() {
    this.#event(() => this.#libOS.timer());
  }

  /**
   * Calls the libOS from outside of the program, then asks again for the call that waits.
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
    if (this.#isImageOver) this.#load();
  }

  #resume() {
    const waiting = this.#waiting;
    if (waiting === null || this.#isOver) return;
    const result = this.#libOS.resume(MAIN_THREAD);
    if (this.#isOver) return;
    waiting.yields = result === YIELD;
    if (waiting.yields) {
      this.#soon?.post();
    } else if (result !== PENDING) {
      this.#waiting = null;
      if (result === HANDLER && this.#rings === null) void this.#handleAside(waiting);
      else waiting.resolve(result);
    }
  }

  /** @param {number} result of a call that may wait */
  #settle(result) {
    this.#isInside = false;
    if (this.#isOver) return leave();
    if (result >= 0) return result;
    if (this.#rings !== null) return this.#settleHere(result);
    return new Promise((/** @type {(result: number) => void} */ resolve, reject) => {
      const waiting = { resolve, reject, yields: result === YIELD };
      if (result === HANDLER) return void this.#handleAside(waiting);
      this.#waiting = waiting;
      if (result === YIELD) this.#soon?.post();
    });
  }

  // Handlers of signals: functions of the program, called above the call that they interrupt.

  /** Where in the libOS's table of calls the next handler is, and what it is told. */
  #nextHandler() {
    this.#isInside = true;
    const index = this.#libOS.handler_begin(MAIN_THREAD) >>> 0;
    const [signal, information] = [this.#libOS.handler_signal(), this.#libOS.handler_information()];
    this.#isInside = false;
    const handler = this.#table !== null && index < this.#table.length ? this.#table.get(index) : null;
    return { handler, signal, information };
  }

  /** The handler that is to run is no function: what a jump to no code is on hardware. */
  #strayed() {
    const text = new TextEncoder().encode("the handler of a signal is no function of the program");
    this.#event(() => {
      this.#hand(text);
      this.#libOS.trap(Signal.segmentation, text.length);
    });
  }

  /**
   * Runs handlers and parks until a call has its result.
   * @param {number} result what the libOS answered
   * @returns {number}
   */
  #settleHere(result) {
    while (result < 0) {
      if (result === HANDLER) {
        this.#handleHere();
        if (this.#isOver) leave();
        this.#isInside = true;
        result = this.#libOS.resume(MAIN_THREAD);
        this.#isInside = false;
      } else {
        result = this.#park(result === YIELD);
      }
      if (this.#isOver) leave();
    }
    return result;
  }

  /** Runs a handler on this stack. */
  #handleHere() {
    const { handler, signal, information } = this.#nextHandler();
    if (handler === null) {
      this.#strayed();
      // The end of the program is on its way.
      while (!this.#isOver) this.#round(false);
      return;
    }
    handler(signal, information, 0);
    this.#isInside = true;
    this.#libOS.handler_end(MAIN_THREAD);
    this.#isInside = false;
  }

  /**
   * Runs a handler on a stack of its own, while the call that it interrupts stays suspended below it.
   * @param {{resolve: (result: number) => void, reject: (trap: unknown) => void, yields: boolean}} waiting that call
   */
  async #handleAside(waiting) {
    const { handler, signal, information } = this.#nextHandler();
    this.#interrupted.push(waiting);
    if (handler === null) return this.#strayed();
    try {
      await this.#way.enter(handler)(signal, information, 0);
    } catch (error) {
      return this.#stopped(error);
    }
    if (this.#isOver) return;
    this.#interrupted.pop();
    this.#waiting = waiting;
    this.#event(() => this.#libOS.handler_end(MAIN_THREAD));
  }

  // Parking: the worker does not return to its event loop while the program lives.

  /**
   * Goes round until the call that waits has its answer.
   * @param {boolean} yields
   * @returns {number}
   */
  #park(yields) {
    let answer = PENDING;
    const waiting = { resolve: (/** @type {number} */ result) => void (answer = result), reject: () => {}, yields };
    this.#waiting = waiting;
    while (this.#waiting === waiting) this.#round(waiting.yields);
    if (this.#isOver) leave();
    return answer;
  }

  /**
   * Takes one message or one timer, or sleeps until there is one.
   * @param {boolean} yields whether the libOS wants to be asked again at once
   */
  #round(yields) {
    const rings = /** @type {import("./park/rings.js").Rings} */ (this.#rings);
    if (rings.step()) return;
    if (rings.sleeper.isEnded) return this.abandon(true);
    if (this.#timer instanceof Deadline && this.#timer.take()) return this.#timerFired();
    if (yields) return this.#event(() => {});
    rings.wait(this.#timer instanceof Deadline ? this.#timer.remaining : Infinity);
  }

  /** Runs a hart that parks, from its first message to its program's end. */
  live() {
    const rings = /** @type {import("./park/rings.js").Rings} */ (this.#rings);
    while (!this.#isOver) {
      const entry = this.#entry;
      this.#entry = null;
      if (entry === null) this.#round(false);
      else this.#runNow(entry);
    }
    // What it said at last is to arrive, unless nobody wants it.
    while (!rings.isFlushed && !rings.sleeper.isEnded) if (!rings.step()) rings.wait(Infinity);
    // Nobody listens here any more, and who is told so may give the pair to another hart.
    this.#connections.close(0);
    this.#report.ended();
  }

  /** @param {Function} entry */
  #runNow(entry) {
    try {
      entry();
    } catch (error) {
      return this.#stopped(error);
    }
    this.#event(() => this.#libOS.returned());
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

  /** Makes a program of the image, and lets it run. */
  #load() {
    this.#isImageOver = false;
    const image = this.#image;
    const isWhole = image !== null && this.#imageLength === image.length;
    this.#image = null;
    if (this.#isOver) return;
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
      program = link(image, imports);
    } catch (error) {
      if (!(error instanceof ImageError)) return this.#fail(error);
      const { status, message } = error;
      const reason = new TextEncoder().encode(message);
      return this.#event(() => {
        this.#hand(reason);
        this.#libOS.image_result(status, reason.length);
      });
    }
    this.#program = new Bytes(program.memory);
    this.#table = program.table;
    this.#event(() => this.#libOS.image_result(Errno.success, 0));
    if (this.#isOver) return;
    if (this.#rings === null) void this.#run(program.start);
    else this.#entry = program.start;
  }

  /** @param {Function} start */
  async #run(start) {
    this.#isRunning = true;
    try {
      await this.#way.enter(start)();
    } catch (error) {
      return this.#stopped(error);
    } finally {
      this.#isRunning = false;
      if (this.#isOver) this.#report.ended();
    }
    this.#event(() => this.#libOS.returned());
  }

  /**
   * The program did not return.
   * @param {unknown} error why
   */
  #stopped(error) {
    if (this.#isOver) return;
    if (this.#isInside && !(error instanceof TypeError)) return this.#fail(error);
    const { signal, text } = trapOf(error);
    const bytes = new TextEncoder().encode(text);
    this.#event(() => {
      this.#hand(bytes);
      this.#libOS.trap(signal, bytes.length);
    });
  }

  /** What the libOS imports from `martlet_host`. */
  #host() {
    const memory = this.#memory;
    return {
      send: (/** @type {number} */ connection, /** @type {number} */ pointer, /** @type {number} */ length) => {
        const message = memory.peek(pointer, length);
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
      image_end: () => void (this.#isImageOver = true),
      end: () => this.abandon(false),
    };
  }
}
