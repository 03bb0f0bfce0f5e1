// @ts-check
// Headers and bodies of messages, as far as harts and the monitor read them. Layouts: Sources/ABI/README.md.

import { Errno, Header, Limits, MessageKind } from "./generated/abi.js";

/** @param {Uint8Array} bytes */
export function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// Small numbers are read byte by byte: a view of every message costs more than all else that is done with its head.

/** @param {Uint8Array} bytes @param {number} at */
export function u16(bytes, at) {
  return bytes[at] | (bytes[at + 1] << 8);
}

/** @param {Uint8Array} bytes @param {number} at */
export function u32(bytes, at) {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/**
 * What came over a channel as a message, or null if it cannot be one: others may post anything.
 * @param {unknown} data
 * @returns {Uint8Array | null}
 */
export function received(data) {
  const bytes = data instanceof Uint8Array ? data : data instanceof ArrayBuffer ? new Uint8Array(data) : null;
  if (bytes === null || bytes.length < Header.size || bytes.length > Header.size + Limits.payload) return null;
  return bytes;
}

/**
 * The fields of a header that the transport looks at. The bytes must be a header at least.
 * @param {Uint8Array} bytes
 */
export function readHeader(bytes) {
  return {
    kind: bytes[Header.kind],
    version: bytes[Header.versionAt],
    operation: u16(bytes, Header.operation),
    argument: u32(bytes, Header.argument),
    request: u32(bytes, Header.request),
    payloadLength: u32(bytes, Header.payloadLength),
  };
}

/**
 * Whether a message that is about to be sent keeps to the layout.
 * @param {Uint8Array} bytes
 */
export function isWellFormed(bytes) {
  if (bytes.length < Header.size || bytes.length > Header.size + Limits.payload) return false;
  const kind = bytes[Header.kind];
  return (
    kind >= MessageKind.request &&
    kind <= MessageKind.notice &&
    bytes[Header.versionAt] === Header.version &&
    u32(bytes, Header.payloadLength) === bytes.length - Header.size &&
    (kind !== MessageKind.request || u32(bytes, Header.argument) <= Limits.payload)
  );
}

/**
 * A message without stamp and time.
 * @param {number} kind
 * @param {number} operation
 * @param {number} argument
 * @param {number} request
 * @param {Uint8Array} payload
 */
function build(kind, operation, argument, request, payload) {
  const bytes = new Uint8Array(Header.size + payload.length);
  const view = viewOf(bytes);
  view.setUint8(Header.kind, kind);
  view.setUint8(Header.versionAt, Header.version);
  view.setUint16(Header.operation, operation, true);
  view.setUint32(Header.argument, argument, true);
  view.setUint32(Header.request, request, true);
  view.setUint32(Header.payloadLength, payload.length, true);
  bytes.set(payload, Header.size);
  return bytes;
}

/**
 * @param {number} operation
 * @param {number} request
 * @param {number} [status] 0 or an `Errno`
 * @param {string} [reason] of a failure, for people
 */
export function buildReply(operation, request, status = Errno.success, reason = "") {
  return build(MessageKind.reply, operation, status, request, new TextEncoder().encode(reason));
}

/**
 * @param {number} operation
 * @param {Uint8Array} [payload]
 */
export function buildNotice(operation, payload = new Uint8Array(0)) {
  return build(MessageKind.notice, operation, 0, 0, payload);
}

/** Reads the fields of a body in order. Throws a RangeError when the bytes are short. */
export class BodyReader {
  /** @param {Uint8Array} bytes @param {number} [position] */
  constructor(bytes, position = 0) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#position = position;
  }

  #bytes;
  #view;
  #position;

  u8() {
    return this.#view.getUint8(this.#advance(1));
  }

  u16() {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32() {
    return this.#view.getUint32(this.#advance(4), true);
  }

  u64() {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  /** @param {number} count */
  raw(count) {
    const start = this.#advance(count);
    return this.#bytes.slice(start, start + count);
  }

  /** A 32-bit length and that many bytes. */
  bytes() {
    return this.raw(this.u32());
  }

  rest() {
    return this.raw(this.#bytes.length - this.#position);
  }

  /** A channel's name as it stands on the wire: high half, low half. */
  channelName() {
    const high = this.u64();
    return channelName(high, this.u64());
  }

  /** @param {number} count */
  #advance(count) {
    const start = this.#position;
    if (count > this.#bytes.length - start) throw new RangeError("the message is short");
    this.#position += count;
    return start;
  }
}

/**
 * The name of the BroadcastChannel of a channel.
 * @param {bigint} high
 * @param {bigint} low
 */
export function channelName(high, low) {
  const digits = (/** @type {bigint} */ half) => half.toString(16).padStart(16, "0");
  return `martlet-${digits(high)}${digits(low)}`;
}
