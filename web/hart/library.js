// @ts-check
// Compiled images: a worker looks here before it compiles one, and the monitor hands on to the others what one of them has compiled.

/** The largest image that is kept, in bytes, and how many are. */
const LARGEST = 4 << 20;
const MOST = 16;

/**
 * An image and its module.
 * @typedef {object} Compiled
 * @property {Uint8Array} image the whole of its buffer, which is shared memory where the machine has any
 * @property {WebAssembly.Module} module
 */

/** @param {Uint8Array} left @param {Uint8Array} right each the whole of its buffer */
function areEqual(left, right) {
  if (left.length !== right.length) return false;
  // Words that are small integers in every engine: larger ones are objects until a loop is hot, and a parked worker collects none.
  const words = left.length >> 1;
  const one = new Uint16Array(left.buffer, 0, words);
  const other = new Uint16Array(right.buffer, 0, words);
  for (let index = 0; index < words; index++) if (one[index] !== other[index]) return false;
  return left.length % 2 === 0 || left[left.length - 1] === right[right.length - 1];
}

export class Library {
  /** @type {Compiled[]} The one used last at the end. */
  #entries = [];

  /**
   * The module of an image, byte for byte, or undefined.
   * @param {Uint8Array} image the whole of its buffer
   */
  find(image) {
    const index = this.#entries.findIndex((entry) => areEqual(entry.image, image));
    if (index < 0) return undefined;
    const [found] = this.#entries.splice(index, 1);
    this.#entries.push(found);
    return found.module;
  }

  /**
   * Keeps one, unless it is too large or there.
   * @param {Compiled} compiled
   * @returns {boolean} whether it is kept and was not there
   */
  add(compiled) {
    if (compiled.image.length > LARGEST || this.find(compiled.image) !== undefined) return false;
    if (this.#entries.length === MOST) this.#entries.shift();
    this.#entries.push(compiled);
    return true;
  }

  /** Whether it keeps this very memory. @param {Uint8Array} image */
  holds(image) {
    return this.#entries.some((entry) => entry.image === image);
  }

  /** All that are kept, the one used last at the end. */
  get all() {
    return this.#entries.slice();
  }
}
