// @ts-check
// One worker as the monitor sees it: from its script to the moment when the browser has taken back all that it used.

/** Milliseconds after which a worker counts as gone where the browser has no locks to tell (pages that are not secure). */
const WITHOUT_LOCKS = 50;

/** Makes the names of locks differ between machines in several tabs. */
const machine = crypto.getRandomValues(new Uint32Array(4)).join("-");
let created = 0;
let alive = 0;
let channels = 0;

/** How many workers of this page there are, with those that are still ending. */
export const liveWorkers = () => alive;

/** How many channels the harts of this page hold open, as they tell it; those of a worker that is ending count until it is gone. */
export const openChannels = () => channels;

export class HartWorker {
  /** @param {URL} script what scripts/build makes of hart.js */
  constructor(script) {
    alive += 1;
    this.#worker = new Worker(script, { name: this.#lock });
    this.#worker.onmessage = ({ data }) => {
      if (data.kind === "channels") this.#count(data.count);
      else if (data.kind === "locked") this.#begun();
      else this.onReport(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#begun();
      this.onError(event.message || "the worker's script could not be loaded");
    };
    this.#worker.onmessageerror = () => this.onError("a message to the page could not be read");
  }

  #lock = `martlet-${machine}-${created++}`;
  #worker;
  #isGone = false;
  #channels = 0;
  #begun = () => {};
  /** Fulfilled when the worker holds its lock, or failed before. */
  #hasBegun = new Promise((resolve) => (this.#begun = () => resolve(undefined)));
  /** How many programs it had that are over. */
  programs = 0;
  /** @type {WeakSet<WebAssembly.Module>} Compiled images that it has. */
  modules = new WeakSet();

  /** @type {(report: import("../hart.js").Report) => void} Called with what the worker reports. */
  onReport = () => {};
  /** @type {(text: string) => void} Called with the text of an error that nobody caught. */
  onError = () => {};

  /** @param {number} count how many channels the worker holds open */
  #count(count) {
    if (this.#isGone) return;
    channels += count - this.#channels;
    this.#channels = count;
  }

  /** @param {Omit<import("../hart.js").Start, "kind">} start */
  start(start) {
    this.#worker.postMessage({ ...start, kind: "start" });
  }

  /**
   * Says something to a server.
   * @param {number} kind a `Word`
   * @param {Uint8Array} [bytes]
   */
  say(kind, bytes) {
    this.#worker.postMessage({ kind, bytes });
  }

  /** The program is over: what its worker has left open is closed. */
  release() {
    this.programs += 1;
    this.#worker.postMessage({ kind: "release" });
  }

  /** Ends the worker. Fulfilled once it and its memories are gone. */
  async end() {
    this.onReport = () => {};
    this.onError = () => {};
    // Chromium lets a worker that begins run on for a while, in memory that is another's by then; only who has the lock tells its end.
    await this.#hasBegun;
    // Firefox 153 may log "uncaught exception: undefined" for the page when this hits a worker while a stack of it is being suspended,
    // which can neither be caught nor prevented from here, and harms nothing.
    this.#worker.terminate();
    // A computing worker takes up to two seconds to end in Chromium. Its death frees its lock.
    if (navigator.locks) await navigator.locks.request(this.#lock, () => {});
    else await new Promise((resolve) => setTimeout(resolve, WITHOUT_LOCKS));
    if (!this.#isGone) alive -= 1;
    this.#count(0);
    this.#isGone = true;
  }
}
