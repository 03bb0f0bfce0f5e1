// @ts-check
// How messages travel where the page is isolated: each channel is a pair of rings. The hart goes round: it takes the bells that were
// rung, and one message of each connection in turn, so that a peer that sends much slows itself alone.

import { Errno } from "../../generated/abi.js";
import { BELLS, Sleeper } from "./arena.js";
import { endOf } from "./allocator.js";
import { RingEnd } from "./ring.js";

/** One end and who listens at it; also the message that is handed over (`Incoming`), of which there is one at a time. */
class Ear {
  /** @param {RingEnd} ring @param {(message: import("../channel.js").Incoming) => void} receive */
  constructor(ring, receive) {
    this.ring = ring;
    this.receive = receive;
    this.header = ring.header;
  }

  isOpen = true;
  isDue = false;
  length = 0;
  attachment = 0;
  isTaken = false;

  /** @param {Uint8Array | null} target @param {number} [at] */
  take(target, at = 0) {
    this.isTaken = true;
    this.ring.take(target, at);
  }
}

export class Rings {
  /**
   * @param {import("./arena.js").Arena} arena
   * @param {number} cell this hart's
   */
  constructor(arena, cell) {
    this.#arena = arena;
    this.sleeper = new Sleeper(arena, cell);
  }

  #arena;
  /** @type {(Ear | null)[]} By bell. */
  #ears = [];
  /** @type {number[]} Bells below `#ears.length` that are free. */
  #free = [];
  #count = 0;
  /** @type {Ear[]} Those that may have a message, in turn. */
  #due = [];
  /** What had been rung when the bells were looked at last. */
  #rung = -1;

  /**
   * An end of a channel (`Transport`).
   * @param {string} name
   * @param {number} attachment says which pair it is
   * @param {(message: import("../channel.js").Incoming) => void} receive
   * @returns {import("../channel.js").Link | number}
   */
  open(name, attachment, receive) {
    if (attachment === 0) return Errno.notEnoughMemory;
    const { offset, side } = endOf(attachment);
    return this.openAt(offset, side, receive);
  }

  /**
   * As `open`, of a pair whose place is known.
   * @param {number} offset
   * @param {number} side
   * @param {(message: import("../channel.js").Incoming) => void} receive
   * @returns {import("../channel.js").Link | number}
   */
  openAt(offset, side, receive) {
    const bell = this.#free.pop() ?? this.#ears.length;
    if (bell === BELLS) return Errno.notEnoughMemory;
    const ring = new RingEnd(this.#arena, offset, side, this.sleeper.hart, bell);
    const ear = new Ear(ring, receive);
    this.#ears[bell] = ear;
    this.sleeper.ends = ++this.#count;
    // What was sent before this end could be rung.
    this.#makeDue(ear);
    return {
      send: (header, payload, attachment) => ring.send(header, payload, attachment),
      close: (sendsRest) => this.#close(ear, bell, sendsRest),
    };
  }

  /**
   * @param {Ear} ear
   * @param {number} bell
   * @param {boolean} [sendsRest]
   */
  #close(ear, bell, sendsRest = false) {
    if (this.#ears[bell] !== ear) return;
    ear.isOpen = false;
    // It closes when the bell has rung that makes room for the last of it.
    if (sendsRest && !ear.ring.isFlushed) return;
    ear.ring.close();
    this.#ears[bell] = null;
    this.#free.push(bell);
    this.sleeper.ends = --this.#count;
  }

  /** Whether nothing waits for room in a ring. */
  get isFlushed() {
    return this.#ears.every((ear) => ear === null || ear.ring.isFlushed);
  }

  /** @param {Ear} ear */
  #makeDue(ear) {
    if (ear.isDue) return;
    ear.isDue = true;
    this.#due.push(ear);
  }

  /**
   * Hands one message to whom it is for.
   * @returns {boolean} false: there is none; `sleep` then sleeps until there may be one
   */
  step() {
    for (;;) {
      if (this.#due.length === 0) {
        this.#rung = this.sleeper.rung;
        this.sleeper.take(this.#ears.length, (bell) => {
          const ear = this.#ears[bell];
          if (ear === null || ear === undefined) return;
          ear.ring.flush();
          if (ear.isOpen) this.#makeDue(ear);
          else this.#close(ear, bell, true);
        });
        if (this.#due.length === 0) return false;
      }
      const ear = /** @type {Ear} */ (this.#due.shift());
      ear.isDue = false;
      if (!ear.isOpen) continue;
      ear.length = ear.ring.next();
      if (ear.length === 0) continue;
      // There may be more: at the end of the line.
      this.#makeDue(ear);
      ear.attachment = ear.ring.attachment;
      ear.isTaken = false;
      ear.receive(ear);
      if (!ear.isTaken) ear.ring.take(null);
      return true;
    }
  }

  /** After `step` was false: waits. @param {number} milliseconds the longest sleep */
  wait(milliseconds) {
    this.sleeper.wait(this.#rung, milliseconds);
  }

  /**
   * After `step` was false: sleeps beside the event loop.
   * @param {number} milliseconds
   */
  sleepAside(milliseconds) {
    return this.sleeper.sleepAside(this.#rung, milliseconds);
  }
}
