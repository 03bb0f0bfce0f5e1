// @ts-check
// How many WebAssembly memories and workers a browser gives to a page, and who uses them: the monitor refuses a hart before the
// engine does, because not every engine says so when it refuses.

import { HartRole } from "../generated/abi.js";

/** Memories kept for servers, so that a full machine can still restart one. */
const SERVER_RESERVE = 4;

/** As many memories of earlier programs count at most: a browser that runs short takes back most of them. */
const MOST_LEFT = 40;

/** Measured limits of the engines, less a little. Firefox alone names its stack overflow an InternalError. */
const limits = "InternalError" in globalThis ? { memories: 990, workers: 500 } : { memories: 124, workers: 500 };

/** @param {number} role a `HartRole` */
const memoriesOf = (role) => (role === HartRole.server ? 1 : 2);

export class Budget {
  #memories = 0;
  #workers = 0;
  /** Memories of workers' earlier programs: the browser may not have taken them back. */
  #left = 0;

  /** What harts use. */
  get usage() {
    return { memories: this.#memories, workers: this.#workers, limits };
  }

  /**
   * @param {number} role
   * @returns {boolean} whether there is room for another hart
   */
  hasRoom(role) {
    const reserve = role === HartRole.server ? 0 : SERVER_RESERVE;
    const memories = this.#memories + Math.min(this.#left, MOST_LEFT) + memoriesOf(role);
    return memories <= limits.memories - reserve && this.#workers + 1 <= limits.workers - reserve;
  }

  /** @param {number} role */
  take(role) {
    this.#memories += memoriesOf(role);
    this.#workers += 1;
  }

  /** @param {number} role */
  give(role) {
    this.#memories -= memoriesOf(role);
    this.#workers -= 1;
  }

  /**
   * A worker was kept after a program, or one that was kept is gone.
   * @param {number} memories
   */
  leave(memories) {
    this.#left += memories;
  }
}
