// @ts-check
// The shared memory of a machine whose page is isolated: one arena that every worker gets when it is started. It holds a *cell* for
// each hart, by which others wake it, and *pairs* of rings, one pair for each channel. Who may write which word is in README.md.

/** Harts that have a cell. */
const CELLS = 1024;
/** Words of a cell. */
const CELL_WORDS = 128;
/** Words of a cell by their places. */
const Cell = Object.freeze({ wake: 0, state: 1, end: 2, ends: 3, bells: 16 });
/** Words with bells: 32 in each. */
const BELL_WORDS = 64;
/** What `state` says. */
const RUNS = 0;
const SLEEPS = 1;

/** What pairs are aligned to, in bytes, and the size of what stands before their rings. */
export const PAIR_HEADER = 512;
/** Bytes of a ring between the monitor and a server, and how many servers can have one. */
export const MONITOR_RING = 64 << 10;
const MONITOR_PAIRS = 64;
const MONITOR_PAIR = PAIR_HEADER + 2 * MONITOR_RING;
/** Where the monitor's pairs begin, in bytes, and where all others do. */
const MONITORS = CELLS * CELL_WORDS * 4;
export const PAIRS = MONITORS + MONITOR_PAIRS * MONITOR_PAIR;

/** The ways to wait for a ring: looking first, and asleep at once. */
const LOOK = 0;
const SLEEP = 1;
/** Milliseconds for which a hart looks. */
const PATIENCE = 0.03;
/** So many waits in a row try the way that took longer: soon after a change, and more seldom the longer the other stays right. */
const TRIAL = 8;
const FIRST_BETWEEN = 64;
const LAST_BETWEEN = 8192;
/** Milliseconds from which on a wait says nothing about its way. */
const LONG = 1;

/** The largest arena that is asked for, in bytes. Pages that were never written cost nothing. */
const LARGEST = 512 << 20;
const SMALLEST = 32 << 20;

/** Bells of one hart: connections that it can have in an arena. */
export const BELLS = BELL_WORDS * 32;

/** The memory of an arena, as large as the browser gives. Throws a RangeError if it gives none. */
export function makeArena() {
  for (let size = LARGEST; ; size /= 2) {
    try {
      return new SharedArrayBuffer(size);
    } catch (error) {
      if (size === SMALLEST) throw error;
    }
  }
}

/** Views of an arena. */
export class Arena {
  /** @param {SharedArrayBuffer} buffer */
  constructor(buffer) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  /**
   * Rings a bell of a hart, and wakes it if it sleeps.
   * @param {number} hart the number of its cell
   * @param {number} bell
   */
  ring(hart, bell) {
    const { words } = this;
    const cell = hart * CELL_WORDS;
    Atomics.or(words, cell + Cell.bells + (bell >> 5), 1 << (bell & 31));
    this.#wake(cell);
  }

  /** @param {number} cell its first word */
  #wake(cell) {
    const { words } = this;
    Atomics.add(words, cell + Cell.wake, 1);
    // Its own way round: it says that it sleeps, and then looks once more whether it was woken.
    if (Atomics.load(words, cell + Cell.state) === SLEEPS) Atomics.notify(words, cell + Cell.wake);
  }

  // What the monitor does with a cell.

  /**
   * Makes a cell ready for a hart that begins.
   * @param {number} hart
   */
  clear(hart) {
    this.words.fill(0, hart * CELL_WORDS, (hart + 1) * CELL_WORDS);
  }

  /**
   * Tells a hart to leave its program, if it sleeps in it or comes to sleep.
   * @param {number} hart
   */
  end(hart) {
    Atomics.store(this.words, hart * CELL_WORDS + Cell.end, 1);
    this.#wake(hart * CELL_WORDS);
  }

  /**
   * How many ends of pairs a hart has open.
   * @param {number} hart
   */
  ends(hart) {
    return Atomics.load(this.words, hart * CELL_WORDS + Cell.ends);
  }
}

/** Numbers that are given out and come back. */
class Numbers {
  /** @param {number} first @param {number} end */
  constructor(first, end) {
    this.#free = Array.from({ length: end - first }, (_, index) => end - 1 - index);
  }

  #free;

  /** The one that came back last, or the lowest; undefined if there is none. */
  take() {
    return this.#free.pop();
  }

  /** @param {number} number */
  give(number) {
    this.#free.push(number);
  }
}

/** The cell of the monitor. */
export const MONITOR_CELL = 0;

/** The cells of an arena that are free. */
export const freeCells = () => new Numbers(MONITOR_CELL + 1, CELLS);

/** The pairs between the monitor and servers that are free, by their first bytes divided by the header's size. */
export class MonitorPairs {
  #numbers = new Numbers(0, MONITOR_PAIRS);

  /** The offset of a pair, or undefined if there is none. */
  take() {
    const number = this.#numbers.take();
    return number === undefined ? undefined : MONITORS + number * MONITOR_PAIR;
  }

  /** @param {number} offset */
  give(offset) {
    this.#numbers.give((offset - MONITORS) / MONITOR_PAIR);
  }
}

/** A hart's own cell: how it sleeps, and what it is woken for. */
export class Sleeper {
  /**
   * @param {Arena} arena
   * @param {number} hart the number of its cell
   */
  constructor(arena, hart) {
    this.#words = arena.words;
    this.hart = hart;
    this.#cell = hart * CELL_WORDS;
  }

  #words;
  #cell;
  /** Milliseconds that waits have taken lately, by their ways. */
  #took = [0, 0];
  /** The way that is taken, and whether only to try it; how many waits until that changes, and between two trials. */
  #way = LOOK;
  #isTrial = false;
  #untilTurn = TRIAL;
  #between = FIRST_BETWEEN;

  /** Changes whenever somebody has rung. Taken before looking for work, and given to `sleep`. */
  get rung() {
    return Atomics.load(this.#words, this.#cell + Cell.wake);
  }

  /** Whether the monitor wants the program left. */
  get isEnded() {
    return Atomics.load(this.#words, this.#cell + Cell.end) !== 0;
  }

  /** @param {number} count how many ends this hart has open */
  set ends(count) {
    Atomics.store(this.#words, this.#cell + Cell.ends, count);
  }

  /**
   * Takes the bells that were rung.
   * @param {number} count how many bells are in use
   * @param {(bell: number) => void} action
   */
  take(count, action) {
    const first = this.#cell + Cell.bells;
    for (let index = 0; index << 5 < count; index++) {
      if (Atomics.load(this.#words, first + index) === 0) continue;
      let bells = Atomics.exchange(this.#words, first + index, 0);
      while (bells !== 0) {
        const bit = 31 - Math.clz32(bells & -bells);
        bells &= bells - 1;
        action((index << 5) + bit);
      }
    }
  }

  /**
   * Waits until somebody rings, unless somebody has since `rung` was taken: it looks for a while and then sleeps, or sleeps at once,
   * whichever has taken less time lately. Only in a worker.
   *
   * To look is ten times faster where the other hart runs on another processor, and to be woken takes as long as much work does; where
   * both were put on one processor, whoever looks holds the other up.
   * @param {number} rung
   * @param {number} milliseconds the longest sleep
   */
  wait(rung, milliseconds) {
    const begin = performance.now();
    const way = this.#waysTurn();
    if (way === SLEEP || !this.#look(rung, begin + PATIENCE)) {
      Atomics.store(this.#words, this.#cell + Cell.state, SLEEPS);
      Atomics.wait(this.#words, this.#cell + Cell.wake, rung, milliseconds);
      Atomics.store(this.#words, this.#cell + Cell.state, RUNS);
    }
    const took = performance.now() - begin;
    // A long wait was for something that had not happened yet, whatever the way.
    if (took < LONG) this.#took[way] += (took - this.#took[way]) / 4;
  }

  /** The way of the next wait. */
  #waysTurn() {
    this.#untilTurn -= 1;
    if (this.#untilTurn > 0) return this.#way;
    const other = LOOK + SLEEP - this.#way;
    const wasTrial = this.#isTrial;
    this.#isTrial = !wasTrial;
    if (wasTrial) {
      // It was the other way that was tried.
      const isBetter = this.#took[this.#way] < this.#took[other];
      this.#between = isBetter ? FIRST_BETWEEN : Math.min(2 * this.#between, LAST_BETWEEN);
      if (!isBetter) this.#way = other;
    } else this.#way = other;
    this.#untilTurn = this.#isTrial ? TRIAL : this.#between;
    return this.#way;
  }

  /**
   * @param {number} rung
   * @param {number} end when to give up, as `performance.now` counts
   * @returns {boolean} whether somebody rang
   */
  #look(rung, end) {
    do {
      for (let turn = 0; turn < 64; turn++) if (this.rung !== rung) return true;
    } while (performance.now() < end);
    return false;
  }

  /**
   * Sleeps without holding the event loop up. Null: somebody has rung already.
   * @param {number} rung
   * @param {number} milliseconds the longest sleep
   * @returns {Promise<unknown> | null}
   */
  sleepAside(rung, milliseconds) {
    Atomics.store(this.#words, this.#cell + Cell.state, SLEEPS);
    // TypeScript's library knows it from ES2024 on.
    const { async, value } = /** @type {any} */ (Atomics).waitAsync(this.#words, this.#cell + Cell.wake, rung, milliseconds);
    if (async) return value;
    this.wakeUp();
    return null;
  }

  /** Wakes this hart from `sleepAside`. */
  nudge() {
    Atomics.add(this.#words, this.#cell + Cell.wake, 1);
    Atomics.notify(this.#words, this.#cell + Cell.wake);
  }

  /** After `sleepAside`. */
  wakeUp() {
    Atomics.store(this.#words, this.#cell + Cell.state, RUNS);
  }
}
