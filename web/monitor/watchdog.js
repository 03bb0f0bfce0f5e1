// @ts-check
// Finds servers that no longer answer. Time counts only while this page really ran: a frozen tab is no fault of a server.

import { Word } from "../hart/word.js";

/** Milliseconds between two pings. */
const INTERVAL = 2000;
/** Unanswered pings after which a server counts as silent. */
const PATIENCE = 3;

export class Watchdog {
  /**
   * @param {() => Iterable<import("./hart.js").Hart>} servers those to watch
   * @param {(hart: import("./hart.js").Hart) => void} silent called once for one that does not answer
   */
  constructor(servers, silent) {
    this.#servers = servers;
    this.#silent = silent;
    this.#timer = setInterval(() => this.#tick(), INTERVAL);
  }

  #servers;
  #silent;
  #timer;
  #last = performance.now();

  stop() {
    clearInterval(this.#timer);
  }

  #tick() {
    const now = performance.now();
    const wasAway = document.hidden || now - this.#last > 2 * INTERVAL;
    this.#last = now;
    for (const hart of [...this.#servers()]) {
      if (wasAway) hart.missed = 0;
      if (hart.missed >= PATIENCE) {
        this.#silent(hart);
        continue;
      }
      hart.missed += 1;
      hart.say(Word.ping);
    }
  }
}
