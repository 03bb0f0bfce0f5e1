// @ts-check
// Which pair of an arena stands for which channel. Only the hart of resmgr gives pairs out: every channel's name passes through it on
// its way to the two ends, and so does the word that an end is closed. A pair is free when none of its ends can be used any more.

import { PAIRS } from "./arena.js";
import { makePair, pairSize } from "./ring.js";

/** Bytes of a ring of the channel between resmgr and a hart, and of any other. */
const CONTROL_RING = 16 << 10;
const RING = 128 << 10;

/**
 * @typedef {object} Pair
 * @property {number} offset
 * @property {number} capacity
 * @property {string} name
 * @property {number} sides how many ends were given out
 * @property {number} open how many of them may still be used
 */

export class Allocator {
  /** @param {import("./arena.js").Arena} arena */
  constructor(arena) {
    this.#arena = arena;
  }

  #arena;
  #next = PAIRS;
  /** @type {Map<number, number[]>} Capacity → offsets of free pairs. */
  #free = new Map();
  /** @type {Map<string, Pair>} */
  #byName = new Map();
  /** @type {Map<number, Map<number, Pair>>} Hart → connection → pair. */
  #byEnd = new Map();

  /** How many pairs are in use. */
  get count() {
    return this.#byName.size;
  }

  /**
   * Gives an end out.
   * @param {string} name of the channel
   * @param {number} hart whose end it is
   * @param {number} connection its number there
   * @returns {number} the attachment by which `endOf` finds it; 0 if the arena is full
   */
  give(name, hart, connection) {
    let pair = this.#byName.get(name);
    if (pair === undefined) {
      const made = this.#make(connection === 0 || hart === 0 ? CONTROL_RING : RING, name);
      if (made === null) return 0;
      pair = made;
    }
    if (pair.sides === 2) return 0;
    let ends = this.#byEnd.get(hart);
    if (ends === undefined) this.#byEnd.set(hart, (ends = new Map()));
    ends.set(connection, pair);
    const side = pair.sides;
    pair.sides += 1;
    pair.open += 1;
    return ((pair.offset >> 9) << 1) + side + 1;
  }

  /**
   * @param {number} capacity
   * @param {string} name
   * @returns {Pair | null}
   */
  #make(capacity, name) {
    let offset = this.#free.get(capacity)?.pop();
    if (offset === undefined) {
      if (this.#next + pairSize(capacity) > this.#arena.bytes.length) return null;
      offset = this.#next;
      this.#next += pairSize(capacity);
    }
    makePair(this.#arena, offset, capacity);
    const pair = { offset, capacity, name, sides: 0, open: 0 };
    this.#byName.set(name, pair);
    return pair;
  }

  /**
   * An end is used no longer.
   * @param {number} hart
   * @param {number} connection
   */
  close(hart, connection) {
    const ends = this.#byEnd.get(hart);
    const pair = ends?.get(connection);
    if (ends === undefined || pair === undefined) return;
    ends.delete(connection);
    if (ends.size === 0) this.#byEnd.delete(hart);
    pair.open -= 1;
    if (pair.open > 0) return;
    this.#byName.delete(pair.name);
    const free = this.#free.get(pair.capacity);
    if (free === undefined) this.#free.set(pair.capacity, [pair.offset]);
    else free.push(pair.offset);
  }

  /** A hart is gone, and with it all its ends. @param {number} hart */
  closeAll(hart) {
    for (const connection of [...(this.#byEnd.get(hart)?.keys() ?? [])]) this.close(hart, connection);
  }
}

/**
 * Where an end is.
 * @param {number} attachment
 */
export function endOf(attachment) {
  const number = attachment - 1;
  return { offset: (number >> 1) << 9, side: number & 1 };
}
