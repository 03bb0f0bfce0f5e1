// @ts-check
// The clocks and the one timer of a hart.

/** The longest time that `setTimeout` keeps, in milliseconds. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;
/** How far, in milliseconds, the steady clock may be from the wall clock before real time follows the latter. */
const DRIFT = 50;

export class Clock {
  /**
   * @param {number} start the machine's start, in milliseconds since 1970
   * @param {number} resolution nanoseconds between two steps of the browser's clock
   */
  constructor(start, resolution) {
    this.#offset = performance.timeOrigin - start;
    this.resolution = resolution;
  }

  #offset;
  #last = 0;
  #realOffset = performance.timeOrigin;

  /** Nanoseconds since the machine's start; never goes back. */
  monotonic() {
    const now = Math.round((this.#offset + performance.now()) * 1e6);
    if (now > this.#last) this.#last = now;
    return this.#last;
  }

  /**
   * Nothing that this hart does is earlier than a message it has received.
   * @param {number} time nanoseconds
   */
  advance(time) {
    if (time > this.#last) this.#last = time;
  }

  /** Nanoseconds since 1970. */
  real() {
    // The steady clock stands still while a computer sleeps, and its step is finer than the wall clock's.
    const wall = Date.now();
    const steady = this.#realOffset + performance.now();
    if (Math.abs(wall - steady) > DRIFT) this.#realOffset += wall - steady;
    return BigInt(Math.round((this.#realOffset + performance.now()) * 1000)) * 1000n;
  }
}

/** Calls back in a task of its own, without the delay that browsers put on nested timers. */
export class Soon {
  /** @param {() => void} action */
  constructor(action) {
    this.#channel.port1.onmessage = action;
  }

  #channel = new MessageChannel();

  post() {
    this.#channel.port2.postMessage(null);
  }
}

/** The deadline of a hart that looks at the time itself whenever it goes round. */
export class Deadline {
  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  #clock;
  /** Monotonic nanoseconds. */
  #deadline = Infinity;

  /**
   * Replaces the deadline.
   * @param {bigint} deadline as that of `Timer.set`
   */
  set(deadline) {
    this.#deadline = nanosecondsOf(deadline);
  }

  /** Milliseconds until it has passed; infinite if there is none. */
  get remaining() {
    if (this.#deadline === Infinity) return Infinity;
    return Math.max(0, (this.#deadline - this.#clock.monotonic()) / 1e6);
  }

  /** Whether it has passed; it is spent then. */
  take() {
    if (this.remaining > 0) return false;
    this.#deadline = Infinity;
    return true;
  }
}

/**
 * @param {bigint} deadline an unsigned or signed 64-bit number of nanoseconds; all ones: none
 * @returns {number}
 */
function nanosecondsOf(deadline) {
  const unsigned = BigInt.asUintN(64, deadline);
  return unsigned === 0xffff_ffff_ffff_ffffn ? Infinity : Number(unsigned);
}

/** One timer with a deadline. */
export class Timer {
  /**
   * @param {Clock} clock
   * @param {() => void} action called once, at or after the deadline
   */
  constructor(clock, action) {
    this.#clock = clock;
    this.#action = action;
  }

  #clock;
  #action;
  /** @type {number | undefined} */
  #timeout = undefined;
  /** Monotonic nanoseconds; infinite while no timer is set. */
  #deadline = Infinity;
  #soon = new Soon(() => this.#check());

  /**
   * Replaces the timer.
   * @param {bigint} deadline an unsigned or signed 64-bit number of nanoseconds; all ones: none
   */
  set(deadline) {
    clearTimeout(this.#timeout);
    this.#deadline = nanosecondsOf(deadline);
    if (this.#deadline !== Infinity) this.#arm();
  }

  #arm() {
    const milliseconds = Math.ceil((this.#deadline - this.#clock.monotonic()) / 1e6);
    if (milliseconds <= 0) this.#soon.post();
    else this.#timeout = setTimeout(() => this.#check(), Math.min(milliseconds, LONGEST_TIMEOUT));
  }

  #check() {
    if (this.#deadline === Infinity) return;
    if (this.#clock.monotonic() < this.#deadline) {
      clearTimeout(this.#timeout);
      this.#arm();
      return;
    }
    this.#deadline = Infinity;
    this.#action();
  }
}
