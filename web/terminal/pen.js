// How new characters look: flags and two colours, packed as the words of a cell, and SGR, which sets them.
//
// A colour word is 0 for the default colour, INDEXED | 0…255, or DIRECT | 0xRRGGBB.

/** @typedef {import("./parser.js").Parameters} Parameters */

/** Kind bit of a colour word: the low byte is an index into the palette of 256. */
export const INDEXED = 1 << 24;

/** Kind bit of a colour word: the low three bytes are red, green, blue. */
export const DIRECT = 2 << 24;

/** The flags, as bits of a cell's first word. */
export const BOLD = 1 << 24;
export const DIM = 1 << 25;
export const ITALIC = 1 << 26;
export const UNDERLINE = 1 << 27;
export const INVERSE = 1 << 28;
export const STRIKE = 1 << 29;
export const HIDDEN = 1 << 30;
export const BLINK = 1 << 31;

export class Pen {
  flags = 0;
  foreground = 0;
  background = 0;

  reset() {
    this.flags = 0;
    this.foreground = 0;
    this.background = 0;
  }

  /** @param {Pen} other */
  copy(other) {
    this.flags = other.flags;
    this.foreground = other.foreground;
    this.background = other.background;
  }

  /**
   * Select Graphic Rendition (ECMA-48 8.3.117, with the colours of ISO 8613-6 and xterm).
   * What it does not know changes nothing.
   * @param {Parameters} parameters
   */
  select(parameters) {
    if (parameters.count === 0) this.reset();
    let index = 0;
    while (index < parameters.count) {
      const value = parameters.get(index, 0);
      if (value === 38 || value === 48 || value === 58) {
        index = this.#selectColour(value, parameters, index);
        continue;
      }
      if (value === 4 && parameters.isJoined(index + 1)) {
        // 4:0 ends underlining, 4:1 … 4:5 are styles of it.
        if (parameters.get(index + 1, 1) === 0) this.flags &= ~UNDERLINE;
        else this.flags |= UNDERLINE;
      } else {
        this.#selectOne(value);
      }
      index += 1;
      while (parameters.isJoined(index)) index += 1;
    }
  }

  /** @param {number} value */
  #selectOne(value) {
    if (value >= 30 && value <= 37) this.foreground = INDEXED | (value - 30);
    else if (value >= 40 && value <= 47) this.background = INDEXED | (value - 40);
    else if (value >= 90 && value <= 97) this.foreground = INDEXED | (value - 90 + 8);
    else if (value >= 100 && value <= 107) this.background = INDEXED | (value - 100 + 8);
    else if (value === 39) this.foreground = 0;
    else if (value === 49) this.background = 0;
    else this.#selectFlag(value);
  }

  /** @param {number} value */
  #selectFlag(value) {
    switch (value) {
      case 0: this.reset(); break;
      case 1: this.flags |= BOLD; break;
      case 2: this.flags |= DIM; break;
      case 3: this.flags |= ITALIC; break;
      case 4: case 21: this.flags |= UNDERLINE; break;
      case 5: case 6: this.flags |= BLINK; break;
      case 7: this.flags |= INVERSE; break;
      case 8: this.flags |= HIDDEN; break;
      case 9: this.flags |= STRIKE; break;
      case 22: this.flags &= ~(BOLD | DIM); break;
      case 23: this.flags &= ~ITALIC; break;
      case 24: this.flags &= ~UNDERLINE; break;
      case 25: this.flags &= ~BLINK; break;
      case 27: this.flags &= ~INVERSE; break;
      case 28: this.flags &= ~HIDDEN; break;
      case 29: this.flags &= ~STRIKE; break;
    }
  }

  /**
   * `38;5;N`, `38;2;R;G;B`, `38:5:N`, `38:2:R:G:B` and `38:2:SPACE:R:G:B`; 48 is the background, 58 the
   * underline's colour, which is read over.
   * @param {number} target
   * @param {Parameters} parameters
   * @param {number} start index of the target
   * @returns {number} the index after the colour
   */
  #selectColour(target, parameters, start) {
    let end = start + 1;
    while (parameters.isJoined(end)) end += 1;
    const joined = end > start + 1;
    const kind = parameters.get(start + 1, -1);
    let colour = -1;
    if (!joined) end = Math.min(start + (kind === 5 ? 3 : kind === 2 ? 5 : 2), parameters.count);
    // A colour that is cut short changes nothing.
    if (kind === 5 && end - start >= 3) {
      const index = parameters.get(start + 2, 0);
      if (index <= 255) colour = INDEXED | index;
    } else if (kind === 2 && end - start >= 5) {
      const first = end - start > 5 ? start + 3 : start + 2;
      const red = parameters.get(first, 0);
      const green = parameters.get(first + 1, 0);
      const blue = parameters.get(first + 2, 0);
      if (Math.max(red, green, blue) <= 255) colour = DIRECT | (red << 16) | (green << 8) | blue;
    }
    if (colour >= 0 && target === 38) this.foreground = colour;
    if (colour >= 0 && target === 48) this.background = colour;
    return end;
  }
}
