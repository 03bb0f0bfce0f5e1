// @ts-check
// What the monitor knows of a hart that resmgr ordered.

/** A word without bytes takes one, since nothing is no message. */
const NOTHING = new Uint8Array(1);
const EMPTY = new Uint8Array(0);

export class Hart {
  /**
   * @param {number} number
   * @param {number} role a `HartRole`
   * @param {string} name for people
   * @param {number} grants `DeviceGrant` bits
   * @param {import("./worker.js").HartWorker} worker
   * @param {number} cell its own in the arena; 0 where there is none
   */
  constructor(number, role, name, grants, worker, cell) {
    this.number = number;
    this.role = role;
    this.name = name;
    this.grants = grants;
    this.worker = worker;
    this.cell = cell;
    this.ready = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // One that fails while nobody waits for it is reported in another way.
    this.ready.catch(() => {});
  }

  /** @type {(value: undefined) => void} */
  #resolve = () => {};
  /** @type {(error: Error) => void} */
  #reject = () => {};
  isReady = false;
  /** Whether something of it broke: its worker is not used again. */
  hasFailed = false;
  /** Whether its program is over and was left, so that its worker is free. */
  hasEnded = false;
  /** @type {() => void} Called when that is so. */
  onEnded = () => {};
  /** Pings of the watchdog without an answer. */
  missed = 0;

  /** @type {import("../hart/channel.js").Link | null} How the monitor speaks to a server that parks. */
  line = null;
  /** Where that is in the arena. */
  linePlace = 0;

  /**
   * Says something to a server.
   * @param {number} kind a `Word`
   * @param {Uint8Array} [bytes]
   */
  say(kind, bytes = NOTHING) {
    if (this.line === null) this.worker.say(kind, bytes);
    else this.line.send(bytes, EMPTY, kind);
  }

  /** It runs and can be reached on its connection 0. */
  becameReady() {
    this.isReady = true;
    this.#resolve(undefined);
  }

  /** @param {Error} error */
  failed(error) {
    this.#reject(error);
  }
}

/** Why a hart did not start. */
export class StartError extends Error {
  /** @param {string} message @param {number} status an `Errno` */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}
