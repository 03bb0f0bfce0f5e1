// @ts-check
// How many WebAssembly memories and workers a browser gives to a page, and who uses them: the monitor refuses a hart before the
// engine does, because not every engine says so when it refuses.

import { HartRole } from "../generated/abi.js";

/** Memories kept for servers, so that a full machine can still restart one. */
const SERVER_RESERVE = 4;

/** Measured limits of the engines, less a little. Firefox alone names its stack overflow an InternalError. */
const limits = "InternalError" in globalThis ? { memories: 990, workers: 500 } : { memories: 124, workers: 500 };

/** @param {number} role a `HartRole` */
const memoriesOf = (role) => (role === HartRole.server ? 1 : 2);

export class Budget {
  #memories = 0;
  #workers = 0;

  get usage() {
    return { memories: this.#memories, workers: this.#workers, limits };
  }

  /**
   * @param {number} role
   * @returns {boolean} whether there was room
   */
  take(role) {
    const reserve = role === HartRole.server ? 0 : SERVER_RESERVE;
    const memories = this.#memories + memoriesOf(role);
    if (memories > limits.memories - reserve || this.#workers + 1 > limits.workers - reserve) return false;
    this.#memories = memories;
    this.#workers += 1;
    return true;
  }

  /** @param {number} role */
  give(role) {
    this.#memories -= memoriesOf(role);
    this.#workers -= 1;
  }
}
