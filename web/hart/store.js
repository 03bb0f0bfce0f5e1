// @ts-check
// What a worker keeps from one program for the next: the memory of the libOS, and compiled modules.

import { Library } from "./library.js";

/** The largest memory that is kept, in bytes. */
const LARGEST_MEMORY = 4 << 20;

/** @type {WebAssembly.Memory | null} */
let memory = null;
/** @type {number | undefined} The largest size of that, in pages. */
let maximum;

/** Bytes of a page of a memory. */
const PAGE = 65536;

/**
 * A memory of zeros. The one that it gave before is its again: nobody uses that any more.
 * @param {WebAssembly.MemoryDescriptor} descriptor
 */
export function takeMemory(descriptor) {
  const size = memory?.buffer.byteLength ?? 0;
  if (memory !== null && size >= descriptor.initial * PAGE && size <= LARGEST_MEMORY && descriptor.maximum === maximum) {
    new Uint8Array(memory.buffer).fill(0);
    return memory;
  }
  maximum = descriptor.maximum;
  memory = new WebAssembly.Memory(descriptor);
  return memory;
}

/** What this worker and others have compiled. */
export const library = new Library();

/** @type {(image: Uint8Array) => Uint8Array} What is kept of an image: a copy that all workers share, or itself. */
let kept = (image) => image;
/** @type {(compiled: import("./library.js").Compiled) => void} Called with what this worker has compiled and others may want. */
let onCompiled = () => {};

/**
 * @param {boolean} hasArena whether an image can lie in memory that all workers share
 * @param {(compiled: import("./library.js").Compiled) => void} tell
 */
export function shareModules(hasArena, tell) {
  onCompiled = tell;
  kept = hasArena ? sharedCopy : (image) => image;
}

/** @param {Uint8Array} image */
function sharedCopy(image) {
  const shared = new Uint8Array(new SharedArrayBuffer(image.length));
  shared.set(image);
  return shared;
}

/**
 * The module of an image. Throws what `new WebAssembly.Module` throws.
 * @param {Uint8Array} image the whole of its buffer
 */
export function moduleOf(image) {
  const found = library.find(image);
  if (found !== undefined) return found;
  const module = new WebAssembly.Module(/** @type {Uint8Array<ArrayBuffer>} */ (image));
  const compiled = { image: kept(image), module };
  if (library.add(compiled)) onCompiled(compiled);
  return module;
}

/**
 * Gives the memory of an image back, unless the library keeps it: a worker that parks may not come to collect it.
 * @param {Uint8Array} image the whole of its buffer; not to be used afterwards
 */
export function letGo(image) {
  if (!library.holds(image)) /** @type {any} */ (image.buffer).transfer?.(0);
}
