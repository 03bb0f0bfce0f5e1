// Decodes UTF-8 one byte at a time, as the WHATWG Encoding Standard's decoder does.
//
// The rule it keeps: each maximal piece of an ill-formed sequence becomes one U+FFFD, and the byte
// that broke the sequence is looked at again, so that an ESC after half a character still counts.

/** What `Utf8Decoder.next` answers when the character is not complete yet. */
export const INCOMPLETE = -1;

/** What `Utf8Decoder.next` answers when the bytes *before* this one were no character. */
export const BROKEN = -2;

/** U+FFFD, which stands for bytes that are no character. */
export const REPLACEMENT = 0xfffd;

export class Utf8Decoder {
  #codePoint = 0;
  #lower = 0x80;
  #upper = 0xbf;

  /** Bytes of the current character still to come, 0…3. */
  needed = 0;

  /**
   * Takes the next byte.
   * @param {number} byte 0…255
   * @returns {number} a code point; `INCOMPLETE`; or `BROKEN`: show U+FFFD and give this byte again
   */
  next(byte) {
    if (this.needed === 0) return this.#first(byte);
    if (byte < this.#lower || byte > this.#upper) {
      this.#forget();
      return BROKEN;
    }
    this.#lower = 0x80;
    this.#upper = 0xbf;
    this.#codePoint = (this.#codePoint << 6) | (byte & 0x3f);
    this.needed -= 1;
    return this.needed === 0 ? this.#codePoint : INCOMPLETE;
  }

  /** @param {number} byte */
  #first(byte) {
    if (byte < 0x80) return byte;
    if (byte >= 0xc2 && byte <= 0xdf) {
      this.needed = 1;
      this.#codePoint = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      // No overlong forms, no surrogates.
      if (byte === 0xe0) this.#lower = 0xa0;
      if (byte === 0xed) this.#upper = 0x9f;
      this.needed = 2;
      this.#codePoint = byte & 0x0f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      // No overlong forms, nothing above U+10FFFF.
      if (byte === 0xf0) this.#lower = 0x90;
      if (byte === 0xf4) this.#upper = 0x8f;
      this.needed = 3;
      this.#codePoint = byte & 0x07;
    } else {
      return REPLACEMENT;
    }
    return INCOMPLETE;
  }

  #forget() {
    this.needed = 0;
    this.#lower = 0x80;
    this.#upper = 0xbf;
  }
}
