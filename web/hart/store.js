// @ts-check
// What a worker keeps from one program for the next: the memory of the libOS, and compiled modules.

import { Library } from "./library.js";

/** The largest memory that is kept, in bytes. */
const LARGEST_MEMORY = 4 << 20;

/** @type {WebAssembly.Memory | null} */
let kept = null;
/** @type {number | undefined} The largest size of that, in pages. */
let maximum;

/** Bytes of a page of a memory. */
const PAGE = 65536;

/**
 * A memory of zeros. The one that it gave before is its again: nobody uses that any more.
 * @param {WebAssembly.MemoryDescriptor} descriptor
 */
export function takeMemory(descriptor) {
  const size = kept?.buffer.byteLength ?? 0;
  if (kept !== null && size >= descriptor.initial * PAGE && size <= LARGEST_MEMORY && descriptor.maximum === maximum) {
    new Uint8Array(kept.buffer).fill(0);
    return kept;
  }
  maximum = descriptor.maximum;
  kept = new WebAssembly.Memory(descriptor);
  return kept;
}

/** What this worker and others have compiled. */
export const library = new Library();

/** @type {(compiled: import("./library.js").Compiled) => void} Called with what this worker has compiled and others may want. */
let onCompiled = () => {};

/**
 * @param {boolean} hasArena whether an image can lie in memory that all workers share
 * @param {(compiled: import("./library.js").Compiled) => void} tell
 */
export function shareModules(hasArena, tell) {
  onCompiled = ({ image, module }) => {
    if (hasArena) {
      const shared = new Uint8Array(new SharedArrayBuffer(image.length));
      shared.set(image);
      image = shared;
    }
    tell({ image, module });
  };
}

/**
 * The module of an image. Throws what `new WebAssembly.Module` throws.
 * @param {Uint8Array} image the whole of its buffer
 */
export function moduleOf(image) {
  const found = library.find(image);
  if (found !== undefined) return found;
  const module = new WebAssembly.Module(/** @type {Uint8Array<ArrayBuffer>} */ (image));
  const compiled = { image, module };
  if (library.add(compiled)) onCompiled(compiled);
  return module;
}
