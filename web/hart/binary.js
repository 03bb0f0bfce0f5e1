// @ts-check
// The little that a hart reads in a WebAssembly binary itself, because the JavaScript interface does not tell it.

const IMPORT_SECTION = 2;
const MEMORY_SECTION = 5;

/** A place in a binary. Throws a RangeError beyond its end. */
class Cursor {
  /** @param {Uint8Array} bytes @param {number} position @param {number} end */
  constructor(bytes, position, end) {
    this.bytes = bytes;
    this.position = position;
    this.end = Math.min(end, bytes.length);
  }

  byte() {
    if (this.position >= this.end) throw new RangeError("the binary is cut short");
    return this.bytes[this.position++];
  }

  /** An unsigned LEB128 number of at most 64 bits. */
  number() {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number of the binary is too long");
  }

  /** @param {number} count */
  skip(count) {
    if (count > this.end - this.position) throw new RangeError("the binary is cut short");
    this.position += count;
  }

  /** Smallest and largest size of a memory or table; no largest is undefined. */
  limits() {
    const flags = this.byte();
    const initial = this.number();
    return { initial, maximum: flags & 1 ? this.number() : undefined, isShared: (flags & 2) !== 0 };
  }
}

/**
 * The contents of a section, or null if there is none.
 * @param {Uint8Array} binary
 * @param {number} wanted
 */
function section(binary, wanted) {
  const cursor = new Cursor(binary, 8, binary.length);
  while (cursor.position < cursor.end) {
    const id = cursor.byte();
    const size = cursor.number();
    if (id === wanted) return new Cursor(binary, cursor.position, cursor.position + size);
    cursor.skip(size);
  }
  return null;
}

/**
 * Why bytes cannot be a module at all, or null.
 * @param {Uint8Array} binary
 */
export function whyNoModule(binary) {
  const isMagic = binary[0] === 0x00 && binary[1] === 0x61 && binary[2] === 0x73 && binary[3] === 0x6d;
  if (binary.length < 8 || !isMagic) return "not a WebAssembly module";
  if (binary[6] === 1) return "a WebAssembly component, not a module";
  return null;
}

/**
 * How many memories a valid module declares.
 * @param {Uint8Array} binary
 */
export function declaredMemories(binary) {
  return section(binary, MEMORY_SECTION)?.number() ?? 0;
}

/**
 * What the one memory that a valid module imports must be; null if it imports none.
 * @param {Uint8Array} binary
 * @returns {WebAssembly.MemoryDescriptor | null}
 */
export function importedMemory(binary) {
  const cursor = section(binary, IMPORT_SECTION);
  if (cursor === null) return null;
  for (let count = cursor.number(); count > 0; count--) {
    cursor.skip(cursor.number());
    cursor.skip(cursor.number());
    switch (cursor.byte()) {
      case 0:
        cursor.number();
        break;
      case 1:
        cursor.byte();
        cursor.limits();
        break;
      case 2: {
        const { initial, maximum } = cursor.limits();
        return maximum === undefined ? { initial } : { initial, maximum };
      }
      case 3:
        cursor.skip(2);
        break;
      default:
        throw new RangeError("the binary has an import of an unknown kind");
    }
  }
  return null;
}
