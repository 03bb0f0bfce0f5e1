// @ts-check
// The only way from one memory of a hart to another: copies that are checked against the bounds of both.

import { Errno } from "../generated/abi.js";

/** A view of a memory's bytes, taken anew whenever the memory has grown. */
export class Bytes {
  /** @param {WebAssembly.Memory} memory */
  constructor(memory) {
    this.#memory = memory;
    this.#view = new Uint8Array(memory.buffer);
  }

  #memory;
  #view;

  get view() {
    const { buffer } = this.#memory;
    if (this.#view.buffer !== buffer) this.#view = new Uint8Array(buffer);
    return this.#view;
  }

  /**
   * Whether a range is within bounds.
   * @param {number} pointer
   * @param {number} length
   */
  holds(pointer, length) {
    return (pointer >>> 0) + (length >>> 0) <= this.view.length;
  }

  /**
   * A copy of a range, or null if it is out of bounds.
   * @param {number} pointer
   * @param {number} length
   */
  read(pointer, length) {
    return this.peek(pointer, length)?.slice() ?? null;
  }

  /**
   * A range where it lies, or null if it is out of bounds. Good until the module runs again.
   * @param {number} pointer
   * @param {number} length
   */
  peek(pointer, length) {
    const { view } = this;
    const start = pointer >>> 0;
    const end = start + (length >>> 0);
    return end <= view.length ? view.subarray(start, end) : null;
  }

  /**
   * @param {number} pointer
   * @param {Uint8Array} bytes
   * @returns {boolean} false if they do not fit
   */
  write(pointer, bytes) {
    const { view } = this;
    const start = pointer >>> 0;
    if (start + bytes.length > view.length) return false;
    view.set(bytes, start);
    return true;
  }
}

/**
 * Copies `length` bytes from one memory to another.
 * @param {Bytes} to
 * @param {number} toPointer
 * @param {Bytes} from
 * @param {number} fromPointer
 * @param {number} length
 * @returns {number} 0, or `badAddress` if either range is out of bounds
 */
export function copy(to, toPointer, from, fromPointer, length) {
  const target = to.view;
  const source = from.view;
  const start = fromPointer >>> 0;
  const offset = toPointer >>> 0;
  const count = length >>> 0;
  if (start + count > source.length || offset + count > target.length) return Errno.badAddress;
  // Most copies are a few words, for which a subarray costs more than the copy.
  if (count <= 16) for (let index = 0; index < count; index++) target[offset + index] = source[start + index];
  else target.set(source.subarray(start, start + count), offset);
  return Errno.success;
}
