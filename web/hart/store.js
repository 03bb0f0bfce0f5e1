// @ts-check
// What a worker keeps from one program for the next: the memory of the libOS, and modules that it has compiled.

/** The largest memory that is kept, in bytes. */
const LARGEST_MEMORY = 4 << 20;
/** The largest image whose module is kept, in bytes, and how many are. */
const LARGEST_IMAGE = 4 << 20;
const MODULES = 8;

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

/** @type {{image: Uint8Array, module: WebAssembly.Module}[]} The one used last at the end. */
const modules = [];

/** @param {Uint8Array} left @param {Uint8Array} right of the same length, each the whole of its buffer */
function areEqual(left, right) {
  const words = left.length >> 3;
  const one = new BigInt64Array(left.buffer, 0, words);
  const other = new BigInt64Array(right.buffer, 0, words);
  for (let index = 0; index < words; index++) if (one[index] !== other[index]) return false;
  for (let index = words << 3; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/**
 * The module of an image. Throws what `new WebAssembly.Module` throws.
 * @param {Uint8Array} image the whole of its buffer
 */
export function moduleOf(image) {
  const index = modules.findIndex((entry) => entry.image.length === image.length && areEqual(entry.image, image));
  if (index >= 0) {
    const [found] = modules.splice(index, 1);
    modules.push(found);
    return found.module;
  }
  const module = new WebAssembly.Module(/** @type {Uint8Array<ArrayBuffer>} */ (image));
  if (image.length <= LARGEST_IMAGE) {
    if (modules.length === MODULES) modules.shift();
    modules.push({ image, module });
  }
  return module;
}
