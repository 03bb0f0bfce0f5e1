// @ts-check
// One end of a pair of rings. Each ring has one writer and one reader. A frame is: length (u32), attachment (u32), and the bytes of one
// message, filled up to a multiple of eight. Positions count bytes and wrap at 2^32; each is written by one side alone. What a writer
// has not published is not there: a hart that dies while it writes leaves nothing.

import { Header, Limits } from "../../generated/abi.js";
import { PAIR_HEADER } from "./arena.js";

/** Words of a pair, in lines of 64 bytes that one side writes. `end` is a cell and one, and a bell; 0: that side is not open. */
const Pair = Object.freeze({ end: [0, 16], bell: [1, 17], capacity: 2, tail: [32, 64], head: [48, 80], isFull: [33, 65] });

/** Bytes before a frame's message. */
const FRAME = 8;
/** The length of a frame that fills the ring to its end. */
const SKIP = -1;
/** A ring that is empty begins anew once its position is beyond this many bytes, so that little traffic stays within few pages. */
const WANDERING = 8192;
/** Bytes from which a copy by one call beats a loop. */
const FEW = 64;

/**
 * Writes the head of a pair that nobody has open.
 * @param {import("./arena.js").Arena} arena
 * @param {number} offset its first byte
 * @param {number} capacity bytes of each ring, a power of two
 */
export function makePair(arena, offset, capacity) {
  const first = offset >> 2;
  arena.words.fill(0, first, first + PAIR_HEADER / 4);
  arena.words[first + Pair.capacity] = capacity;
}

/** Bytes of a pair. @param {number} capacity */
export const pairSize = (capacity) => PAIR_HEADER + 2 * capacity;

/** The end of a pair that this hart has. */
export class RingEnd {
  /**
   * @param {import("./arena.js").Arena} arena
   * @param {number} offset the pair's first byte
   * @param {number} side 0 or 1
   * @param {number} hart this hart's cell
   * @param {number} bell the one that the other end rings
   */
  constructor(arena, offset, side, hart, bell) {
    const { words } = arena;
    const first = offset >> 2;
    this.#arena = arena;
    this.#capacity = words[first + Pair.capacity];
    this.#mask = this.#capacity - 1;
    this.#out = offset + PAIR_HEADER + side * this.#capacity;
    this.#in = offset + PAIR_HEADER + (1 - side) * this.#capacity;
    this.#tailAt = first + Pair.tail[side];
    this.#headAt = first + Pair.head[side];
    this.#fullAt = first + Pair.isFull[side];
    this.#inTailAt = first + Pair.tail[1 - side];
    this.#inHeadAt = first + Pair.head[1 - side];
    this.#inFullAt = first + Pair.isFull[1 - side];
    this.#peerAt = first + Pair.end[1 - side];
    this.#ownAt = first + Pair.end[side];
    this.#tail = Atomics.load(words, this.#tailAt);
    this.#inHead = Atomics.load(words, this.#inHeadAt);
    words[first + Pair.bell[side]] = bell;
    // From here on the other end rings. What it wrote before is found by whoever opens this end, who looks once.
    Atomics.store(words, this.#ownAt, hart + 1);
  }

  #arena;
  #capacity;
  #mask;
  #out;
  #in;
  #tailAt;
  #headAt;
  #fullAt;
  #inTailAt;
  #inHeadAt;
  #inFullAt;
  #peerAt;
  #ownAt;
  /** Where the next byte is written. */
  #tail;
  /** Where the next byte is read. */
  #inHead;
  /** @type {Uint8Array[]} Frames, or what is left of the first, for which the ring had no room. */
  #queue = [];
  /** @type {{length: number, attachment: number, bytes: Uint8Array | null, filled: number} | null} The frame that is being read. */
  #frame = null;
  /** The head of the message that `next` found. */
  header = new Uint8Array(Header.size);

  /** Whether everything that was sent is in the ring. */
  get isFlushed() {
    return this.#queue.length === 0;
  }

  // Writing.

  /**
   * Sends a message: what does not fit into the ring waits here, and `flush` goes on with it.
   * @param {Uint8Array} header
   * @param {Uint8Array} payload
   * @param {number} [attachment]
   */
  send(header, payload, attachment = 0) {
    const length = header.length + payload.length;
    const total = FRAME + ((length + 7) & ~7);
    if (this.#queue.length === 0) {
      const position = this.#tail & this.#mask;
      if (position >= WANDERING && total <= position && this.#room === this.#capacity) this.#skip(position);
      if (this.#room >= total) {
        this.#begin(length, attachment);
        this.#put(header, this.#tail + FRAME);
        this.#put(payload, this.#tail + FRAME + header.length);
        this.#tail = (this.#tail + total) | 0;
        this.#publish();
        return;
      }
    }
    const frame = new Uint8Array(total);
    const view = new DataView(frame.buffer);
    view.setInt32(0, length, true);
    view.setInt32(4, attachment, true);
    frame.set(header, FRAME);
    frame.set(payload, FRAME + header.length);
    this.#queue.push(frame);
    this.flush();
  }

  /** Goes on with what waits, as far as there is room. */
  flush() {
    let hasWritten = false;
    while (this.#queue.length > 0) {
      const [frame] = this.#queue;
      let room = this.#room;
      if (room === 0) {
        // The reader looks at the flag after it has made room, so one of both sees the other's word.
        Atomics.store(this.#arena.words, this.#fullAt, 1);
        room = this.#room;
        if (room === 0) break;
      }
      const count = Math.min(room, frame.length);
      this.#put(frame.subarray(0, count), this.#tail);
      this.#tail = (this.#tail + count) | 0;
      hasWritten = true;
      if (count === frame.length) this.#queue.shift();
      else this.#queue[0] = frame.subarray(count);
    }
    if (hasWritten) this.#publish();
  }

  get #room() {
    return this.#capacity - ((this.#tail - Atomics.load(this.#arena.words, this.#headAt)) | 0);
  }

  /** @param {number} length @param {number} attachment */
  #begin(length, attachment) {
    const word = (this.#out + (this.#tail & this.#mask)) >> 2;
    this.#arena.words[word] = length;
    this.#arena.words[word + 1] = attachment;
  }

  /** @param {number} position of the tail in the ring */
  #skip(position) {
    this.#begin(SKIP, 0);
    this.#tail = (this.#tail + this.#capacity - position) | 0;
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} at a position
   */
  #put(bytes, at) {
    const target = this.#arena.bytes;
    const start = at & this.#mask;
    const first = Math.min(bytes.length, this.#capacity - start);
    if (bytes.length <= FEW && first === bytes.length) {
      for (let index = 0; index < first; index++) target[this.#out + start + index] = bytes[index];
      return;
    }
    target.set(first === bytes.length ? bytes : bytes.subarray(0, first), this.#out + start);
    if (first < bytes.length) target.set(bytes.subarray(first), this.#out);
  }

  #publish() {
    Atomics.store(this.#arena.words, this.#tailAt, this.#tail);
    this.#ringPeer();
  }

  #ringPeer() {
    const { words } = this.#arena;
    const hart = Atomics.load(words, this.#peerAt);
    if (hart !== 0) this.#arena.ring(hart - 1, words[this.#peerAt + 1]);
  }

  // Reading.

  /**
   * Looks for a message; its head is in `header` then.
   * @returns {number} its length, or 0 if none is whole yet
   */
  next() {
    for (;;) {
      const { words, bytes } = this.#arena;
      let there = (Atomics.load(words, this.#inTailAt) - this.#inHead) | 0;
      if (this.#frame === null) {
        if (there < FRAME) return 0;
        const position = this.#inHead & this.#mask;
        const word = (this.#in + position) >> 2;
        const length = words[word];
        if (length === SKIP) {
          this.#advance(this.#capacity - position);
          continue;
        }
        // Harts write nothing else; one that did would be broken, and everything with it.
        if (length < 1 || length > Header.size + Limits.payload) throw new Error("a ring holds no frame");
        this.#frame = { length, attachment: words[word + 1], bytes: null, filled: 0 };
        this.#advance(FRAME);
        there -= FRAME;
      }
      const frame = this.#frame;
      const padded = (frame.length + 7) & ~7;
      if (frame.bytes === null && there >= padded) {
        this.#get(this.header, 0, Math.min(frame.length, Header.size));
        return frame.length;
      }
      // It comes in pieces.
      frame.bytes ??= new Uint8Array(padded);
      const count = Math.min(there, padded - frame.filled);
      if (count > 0) {
        this.#get(frame.bytes, frame.filled, count);
        frame.filled += count;
        this.#advance(count);
      }
      if (frame.filled < padded) {
        if (count === 0) return 0;
        continue;
      }
      this.header.set(frame.bytes.subarray(0, Header.size));
      return frame.length;
    }
  }

  /** What came with the message that `next` found. */
  get attachment() {
    return this.#frame?.attachment ?? 0;
  }

  /**
   * Takes the message that `next` found out of the ring.
   * @param {Uint8Array | null} target gets it; null: it is dropped
   * @param {number} [at]
   */
  take(target, at = 0) {
    const frame = this.#frame;
    if (frame === null) return;
    this.#frame = null;
    if (frame.bytes !== null) {
      target?.set(frame.bytes.subarray(0, frame.length), at);
      return;
    }
    if (target !== null) this.#get(target, at, frame.length);
    this.#advance((frame.length + 7) & ~7);
  }

  /**
   * Copies from the ring's head.
   * @param {Uint8Array} target
   * @param {number} at
   * @param {number} count
   */
  #get(target, at, count) {
    const { bytes } = this.#arena;
    const start = this.#inHead & this.#mask;
    const first = Math.min(count, this.#capacity - start);
    if (count <= FEW && first === count) {
      for (let index = 0; index < count; index++) target[at + index] = bytes[this.#in + start + index];
      return;
    }
    target.set(bytes.subarray(this.#in + start, this.#in + start + first), at);
    if (first < count) target.set(bytes.subarray(this.#in, this.#in + count - first), at + first);
  }

  /** @param {number} count */
  #advance(count) {
    const { words } = this.#arena;
    this.#inHead = (this.#inHead + count) | 0;
    Atomics.store(words, this.#inHeadAt, this.#inHead);
    if (Atomics.load(words, this.#inFullAt) !== 0 && Atomics.exchange(words, this.#inFullAt, 0) !== 0) this.#ringPeer();
  }

  /** Nobody rings this hart any more. */
  close() {
    Atomics.store(this.#arena.words, this.#ownAt, 0);
    this.#queue = [];
  }
}
