// The lines that scrolled off the top: a ring that keeps the newest ones.

/** @typedef {import("./line.js").Line} Line */

export class History {
  /** @param {number} capacity in lines */
  constructor(capacity) {
    this.#capacity = capacity;
  }

  #capacity;
  /** @type {Line[]} */
  #lines = [];
  #first = 0;

  /** The number of lines it holds. */
  get length() {
    return this.#lines.length;
  }

  /** How many lines were ever dropped at the old end: a view that is scrolled back stays with its text. */
  dropped = 0;

  /**
   * Adds the newest line.
   * @param {Line} line
   * @returns {Line | null} the oldest line if it had to go; it may be used again
   */
  push(line) {
    if (this.#lines.length < this.#capacity) {
      this.#lines.push(line);
      return null;
    }
    this.dropped += 1;
    const oldest = this.#lines[this.#first];
    this.#lines[this.#first] = line;
    this.#first = (this.#first + 1) % this.#capacity;
    return oldest;
  }

  /**
   * Takes the newest line back.
   * @returns {Line | null}
   */
  pop() {
    if (this.#first !== 0) {
      // Straighten the ring: this happens only when the window grows.
      this.#lines = this.#lines.slice(this.#first).concat(this.#lines.slice(0, this.#first));
      this.#first = 0;
    }
    return this.#lines.pop() ?? null;
  }

  /** @param {number} index 0 is the oldest line */
  at(index) {
    return this.#lines[(this.#first + index) % this.#lines.length];
  }

  clear() {
    this.dropped += this.#lines.length;
    this.#lines = [];
    this.#first = 0;
  }
}
