// Splits the bytes of a terminal stream into text, controls and sequences: the state machine that
// Paul Williams drew for DEC's ANSI terminals (vt100.net/emu/dec_ansi_parser), over code points.
//
// Rules it keeps. The stream may be cut at any byte: the result does not depend on where. All of it
// is hostile: parameters are bounded in number and size, strings in length. C1 controls are the code
// points U+0080…U+009F; a bare byte of that range is no UTF-8 and shows as U+FFFD, as in xterm.

import { BROKEN, INCOMPLETE, REPLACEMENT, Utf8Decoder } from "./utf8.js";

/**
 * What the parser calls. `intermediate` is 0 or the one intermediate byte, `prefix` 0 or one of `<=>?`.
 * @typedef {object} ParserHandler
 * @property {(bytes: Uint8Array, start: number, end: number) => void} printAscii bytes 0x20…0x7E
 * @property {(codePoint: number) => void} print a code point from U+00A0 on
 * @property {(control: number) => void} execute a C0 or C1 control that stands alone
 * @property {(final: number, intermediate: number) => void} escape
 * @property {(final: number, parameters: Parameters, prefix: number, intermediate: number) => void} control CSI
 * @property {(text: string) => void} command the text of an OSC that ended properly
 */

/** Most parameters of one control sequence; further ones are dropped (DEC terminals keep 16). */
export const MAXIMUM_PARAMETERS = 32;

/** Largest value of one parameter; larger ones become this. */
export const MAXIMUM_PARAMETER = 0xffff;

/** Most characters of an operating system command; a longer one is ignored as a whole. */
export const MAXIMUM_COMMAND_LENGTH = 4096;

/** The parameters of a control sequence. They change with the next sequence: do not keep them. */
export class Parameters {
  #values = new Int32Array(MAXIMUM_PARAMETERS);
  #joined = new Uint8Array(MAXIMUM_PARAMETERS);
  #overflow = false;
  count = 0;

  clear() {
    this.count = 0;
    this.#overflow = false;
  }

  /** @param {number} digit 0…9 */
  addDigit(digit) {
    if (this.#overflow) return;
    if (this.count === 0) this.#append(0);
    const value = Math.max(this.#values[this.count - 1], 0) * 10 + digit;
    this.#values[this.count - 1] = Math.min(value, MAXIMUM_PARAMETER);
  }

  /** @param {boolean} joined whether the next one belongs to the one before it (`:` instead of `;`) */
  addSeparator(joined) {
    if (this.#overflow) return;
    if (this.count === 0) this.#append(0);
    this.#append(joined ? 1 : 0);
  }

  /** @param {number} joined */
  #append(joined) {
    if (this.count === MAXIMUM_PARAMETERS) {
      this.#overflow = true;
      return;
    }
    this.#values[this.count] = -1;
    this.#joined[this.count] = joined;
    this.count += 1;
  }

  /**
   * The parameter at an index, or the default if it is missing or empty.
   * @param {number} index
   * @param {number} otherwise
   */
  get(index, otherwise) {
    return index < this.count && this.#values[index] >= 0 ? this.#values[index] : otherwise;
  }

  /**
   * The parameter as a number of times: missing, empty and 0 all mean 1.
   * @param {number} index
   */
  times(index) {
    return Math.max(this.get(index, 1), 1);
  }

  /**
   * Whether the parameter at an index is a part of the one before it (ISO 8613-6 colours).
   * @param {number} index
   */
  isJoined(index) {
    return index < this.count && this.#joined[index] === 1;
  }
}

const GROUND = 0;
const ESCAPE = 1;
const ESCAPE_INTERMEDIATE = 2;
const CONTROL_ENTRY = 3;
const CONTROL_PARAMETER = 4;
const CONTROL_INTERMEDIATE = 5;
const CONTROL_IGNORE = 6;
const COMMAND_STRING = 7;
// DCS, SOS, PM and APC: the terminal obeys no string of these, so one state swallows them all.
const IGNORED_STRING = 8;

/** Two intermediates never name a sequence we know; this value stands for all such pairs. */
const MANY_INTERMEDIATES = -1;

export class Parser {
  /** @param {ParserHandler} handler */
  constructor(handler) {
    this.#handler = handler;
  }

  #handler;
  #decoder = new Utf8Decoder();
  #parameters = new Parameters();
  #state = GROUND;
  #prefix = 0;
  #intermediate = 0;
  #command = "";
  #commandTooLong = false;
  // An ESC ended a command; it counts only if the next character makes it a string terminator.
  #commandWaits = false;

  /**
   * Takes the next bytes of the stream.
   * @param {Uint8Array} bytes
   */
  write(bytes) {
    const decoder = this.#decoder;
    const end = bytes.length;
    let index = 0;
    while (index < end) {
      if (this.#state === GROUND && decoder.needed === 0) {
        const start = index;
        while (index < end && bytes[index] >= 0x20 && bytes[index] < 0x7f) index += 1;
        if (index > start) this.#handler.printAscii(bytes, start, index);
        if (index === end) return;
      }
      const codePoint = decoder.next(bytes[index]);
      if (codePoint === BROKEN) {
        this.#take(REPLACEMENT);
        continue;
      }
      index += 1;
      if (codePoint !== INCOMPLETE) this.#take(codePoint);
    }
  }

  /** @param {number} code */
  #take(code) {
    // "Anywhere" transitions first.
    if (code === 0x1b) {
      this.#commandWaits = this.#state === COMMAND_STRING;
      this.#enter(ESCAPE);
      return;
    }
    if (code === 0x18 || code === 0x1a) {
      this.#enter(GROUND);
      return;
    }
    if (code >= 0x80 && code < 0xa0) {
      this.#takeC1(code);
      return;
    }
    switch (this.#state) {
      case GROUND: return this.#inGround(code);
      case ESCAPE: return this.#inEscape(code);
      case ESCAPE_INTERMEDIATE: return this.#inEscapeIntermediate(code);
      case COMMAND_STRING: return this.#inCommand(code);
      case IGNORED_STRING: return;
      default: return this.#inControl(code);
    }
  }

  /** @param {number} state */
  #enter(state) {
    this.#state = state;
    this.#prefix = 0;
    this.#intermediate = 0;
    if (state === CONTROL_ENTRY) this.#parameters.clear();
    if (state === COMMAND_STRING) {
      this.#command = "";
      this.#commandTooLong = false;
    }
  }

  /** @param {number} code */
  #takeC1(code) {
    if (code === 0x9c) {
      if (this.#state === COMMAND_STRING) this.#endCommand();
      this.#enter(GROUND);
    } else if (!this.#beginSequence(code - 0x40)) {
      this.#enter(GROUND);
      this.#handler.execute(code);
    }
  }

  /**
   * Enters the state of an introducer given by its 7-bit final: `[`, `]`, `P`, `X`, `^` or `_`.
   * @param {number} final
   */
  #beginSequence(final) {
    switch (final) {
      case 0x5b: this.#enter(CONTROL_ENTRY); return true;
      case 0x5d: this.#enter(COMMAND_STRING); return true;
      case 0x50: case 0x58: case 0x5e: case 0x5f: this.#enter(IGNORED_STRING); return true;
      default: return false;
    }
  }

  /** @param {number} code */
  #inGround(code) {
    if (code < 0x20) this.#handler.execute(code);
    else if (code >= 0xa0) this.#handler.print(code);
    // What is left is DEL, which terminals ignore: printable ASCII never comes here.
  }

  /** @param {number} code */
  #inEscape(code) {
    const waits = this.#commandWaits;
    this.#commandWaits = false;
    if (this.#isCommonInSequence(code)) return;
    if (code <= 0x2f) {
      this.#intermediate = code;
      this.#state = ESCAPE_INTERMEDIATE;
    } else if (!this.#beginSequence(code)) {
      this.#enter(GROUND);
      if (code !== 0x5c) this.#handler.escape(code, 0);
      else if (waits) this.#endCommand();
    }
  }

  /** @param {number} code */
  #inEscapeIntermediate(code) {
    if (this.#isCommonInSequence(code)) return;
    if (code <= 0x2f) {
      this.#intermediate = MANY_INTERMEDIATES;
      return;
    }
    const intermediate = this.#intermediate;
    this.#enter(GROUND);
    if (intermediate !== MANY_INTERMEDIATES) this.#handler.escape(code, intermediate);
  }

  /** @param {number} code */
  #inControl(code) {
    if (this.#isCommonInSequence(code)) return;
    if (code >= 0x40) {
      const ignored = this.#state === CONTROL_IGNORE || this.#intermediate === MANY_INTERMEDIATES;
      const prefix = this.#prefix;
      const intermediate = this.#intermediate;
      this.#enter(GROUND);
      if (!ignored) this.#handler.control(code, this.#parameters, prefix, intermediate);
    } else if (this.#state === CONTROL_IGNORE) {
      return;
    } else if (code <= 0x2f) {
      this.#intermediate = this.#intermediate === 0 ? code : MANY_INTERMEDIATES;
      this.#state = CONTROL_INTERMEDIATE;
    } else if (this.#state === CONTROL_INTERMEDIATE) {
      this.#state = CONTROL_IGNORE;
    } else if (code <= 0x3b) {
      if (code <= 0x39) this.#parameters.addDigit(code - 0x30);
      else this.#parameters.addSeparator(code === 0x3a);
      this.#state = CONTROL_PARAMETER;
    } else if (this.#state === CONTROL_ENTRY) {
      this.#prefix = code;
      this.#state = CONTROL_PARAMETER;
    } else {
      this.#state = CONTROL_IGNORE;
    }
  }

  /**
   * What all states inside a sequence share: C0 controls act at once, DEL is ignored, and a
   * character outside ASCII abandons the sequence and is shown.
   * @param {number} code
   */
  #isCommonInSequence(code) {
    if (code < 0x20) {
      this.#handler.execute(code);
    } else if (code >= 0xa0) {
      this.#enter(GROUND);
      this.#handler.print(code);
    } else if (code !== 0x7f) {
      return false;
    }
    return true;
  }

  /** @param {number} code */
  #inCommand(code) {
    if (code === 0x07) {
      this.#endCommand();
      this.#enter(GROUND);
    } else if (code >= 0x20 && code !== 0x7f) {
      // Counted in UTF-16 units: never more than the bytes that came.
      if (this.#command.length >= MAXIMUM_COMMAND_LENGTH) {
        this.#command = "";
        this.#commandTooLong = true;
      }
      if (!this.#commandTooLong) this.#command += String.fromCodePoint(code);
    }
  }

  #endCommand() {
    const text = this.#command;
    this.#command = "";
    if (!this.#commandTooLong) this.#handler.command(text);
  }
}
