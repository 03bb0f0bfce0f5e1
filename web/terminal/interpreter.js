// Says what each control and sequence means: the parser calls it, it acts on the screen and the modes.
//
// The rule for answers: they hold numbers of our own and nothing that came from the stream, so that
// text shown on the terminal can never type itself into the shell. Sources: ECMA-48, the DEC VT100
// and VT220 manuals, and xterm's "Control Sequences" (ctlseqs).

import { charsetNamed } from "./charsets.js";
import { Modes } from "./modes.js";
import { Parser } from "./parser.js";
import { modeState, setAnsiMode, setPrivateMode } from "./mode-numbers.js";
import { Screen } from "./screen.js";
import { isDirectionControl } from "./width.js";

/** @typedef {import("./parser.js").Parameters} Parameters */
/** @typedef {import("./parser.js").ParserHandler} ParserHandler */

/** Most bytes answered to one write: a stream of nothing but questions must not flood the program. */
export const MAXIMUM_ANSWER = 4096;

/** @implements {ParserHandler} */
export class Interpreter {
  /**
   * @param {number} columns
   * @param {number} rows
   */
  constructor(columns, rows) {
    this.screen = new Screen(columns, rows);
    this.modes = new Modes();
    /** The window's title as the program set it; never sent back. */
    this.title = "";
    /** How often the bell rang. */
    this.bells = 0;
    /** What the terminal has to say to the program; whoever writes takes it by `takeAnswer`. */
    this.answer = "";
  }

  #parser = new Parser(this);

  /** @param {Uint8Array} bytes */
  write(bytes) {
    this.#parser.write(bytes);
  }

  /** The answers to what was written so far (ASCII); they are given once. */
  takeAnswer() {
    const answer = this.answer;
    this.answer = "";
    return answer;
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} start
   * @param {number} end
   */
  printAscii(bytes, start, end) {
    this.screen.printAscii(bytes, start, end);
  }

  /** @param {number} codePoint */
  print(codePoint) {
    this.screen.print(codePoint);
  }

  /** @param {number} control */
  execute(control) {
    const screen = this.screen;
    switch (control) {
      case 0x07: this.bells += 1; break;
      case 0x08: screen.moveColumns(-1); break;
      case 0x09: screen.tab(1); break;
      case 0x0a: case 0x0b: case 0x0c:
        screen.index();
        if (this.modes.newLine) screen.moveColumns(-screen.columns);
        break;
      case 0x0d: screen.moveColumns(-screen.columns); break;
      case 0x0e: screen.cursor.active = 1; break;
      case 0x0f: screen.cursor.active = 0; break;
      default:
        // The C1 controls, which are also ESC and the character 0x40 below.
        if (control >= 0x80) this.escape(control - 0x40, 0);
    }
  }

  /**
   * @param {number} final
   * @param {number} intermediate
   */
  escape(final, intermediate) {
    const screen = this.screen;
    if (intermediate >= 0x28 && intermediate <= 0x2b) {
      screen.cursor.charsets[intermediate - 0x28] = charsetNamed(final);
      return;
    }
    if (intermediate === 0x23 && final === 0x38) screen.fillWithE();
    if (intermediate !== 0) return;
    switch (String.fromCharCode(final)) {
      case "D": screen.index(); break;
      case "E": screen.index(); screen.moveColumns(-screen.columns); break;
      case "H": screen.tabs[screen.cursor.column] = 1; break;
      case "M": screen.reverseIndex(); break;
      case "N": screen.singleShift = 2; break;
      case "O": screen.singleShift = 3; break;
      case "Z": this.#reply("\x1b[?62;22c"); break;
      case "7": screen.saveCursor(); break;
      case "8": screen.restoreCursor(); break;
      case "=": this.modes.applicationKeypad = true; break;
      case ">": this.modes.applicationKeypad = false; break;
      case "n": screen.cursor.active = 2; break;
      case "o": screen.cursor.active = 3; break;
      case "c": this.#reset(); break;
    }
  }

  #reset() {
    this.screen.reset();
    this.modes = new Modes();
    this.title = "";
  }

  /**
   * @param {number} final
   * @param {Parameters} parameters
   * @param {number} prefix
   * @param {number} intermediate
   */
  control(final, parameters, prefix, intermediate) {
    const letter = String.fromCharCode(final);
    if (intermediate !== 0) this.#controlWithIntermediate(letter, parameters, prefix, intermediate);
    else if (prefix !== 0) this.#controlWithPrefix(letter, parameters, String.fromCharCode(prefix));
    else if (!this.#edit(letter, parameters)) this.#controlPlain(letter, parameters);
  }

  /**
   * Moving, erasing, inserting, deleting: sequences that concern the grid alone.
   * @param {string} letter
   * @param {Parameters} parameters
   * @returns {boolean} whether it was one of them
   */
  #edit(letter, parameters) {
    const screen = this.screen;
    const { column, row } = screen.cursor;
    const times = parameters.times(0);
    switch (letter) {
      case "@": screen.insertBlanks(times); break;
      case "A": screen.moveRows(-times); break;
      case "B": case "e": screen.moveRows(times); break;
      case "C": case "a": screen.moveColumns(times); break;
      case "D": screen.moveColumns(-times); break;
      case "E": screen.moveRows(times); screen.moveColumns(-screen.columns); break;
      case "F": screen.moveRows(-times); screen.moveColumns(-screen.columns); break;
      case "G": case "`": screen.place(times - 1, row); break;
      case "H": case "f": screen.address(parameters.times(1) - 1, times - 1); break;
      case "I": screen.tab(times); break;
      case "J": screen.eraseInDisplay(parameters.get(0, 0)); break;
      case "K": screen.eraseInLine(parameters.get(0, 0)); break;
      case "L": screen.insertLines(times); break;
      case "M": screen.deleteLines(times); break;
      case "P": screen.deleteCharacters(times); break;
      case "S": screen.scrollUp(times); break;
      // With more parameters it is xterm's mouse highlighting, which we do not have.
      case "T": if (parameters.count <= 1) screen.scrollDown(times); break;
      case "X": screen.eraseCharacters(times); break;
      case "Z": screen.tab(-times); break;
      case "b": screen.repeat(times); break;
      case "d": screen.address(column, times - 1); break;
      default: return false;
    }
    return true;
  }

  /**
   * @param {string} letter
   * @param {Parameters} parameters
   */
  #controlPlain(letter, parameters) {
    const screen = this.screen;
    switch (letter) {
      case "c": if (parameters.get(0, 0) === 0) this.#reply("\x1b[?62;22c"); break;
      case "g": this.#clearTabs(parameters.get(0, 0)); break;
      case "h": case "l":
        for (let index = 0; index < parameters.count; index += 1) {
          setAnsiMode(this, parameters.get(index, 0), letter === "h");
        }
        break;
      case "m": screen.cursor.pen.select(parameters); break;
      case "n": this.#reportStatus(parameters.get(0, 0), ""); break;
      case "r": screen.setRegion(parameters.times(0) - 1, (parameters.get(1, 0) || screen.rows) - 1); break;
      case "s": screen.saveCursor(); break;
      case "t":
        // Of xterm's window operations only the size of the text area; titles are never reported.
        if (parameters.get(0, 0) === 18) this.#reply(`\x1b[8;${screen.rows};${screen.columns}t`);
        break;
      case "u": screen.restoreCursor(); break;
    }
  }

  /**
   * @param {string} letter
   * @param {Parameters} parameters
   * @param {string} prefix
   */
  #controlWithPrefix(letter, parameters, prefix) {
    const first = parameters.get(0, 0);
    switch (prefix + letter) {
      case ">c": if (first === 0) this.#reply("\x1b[>1;0;0c"); break;
      case "?n": this.#reportStatus(first, "?"); break;
      // The selective forms: nothing is ever protected here.
      case "?J": if (first <= 2) this.screen.eraseInDisplay(first); break;
      case "?K": this.screen.eraseInLine(first); break;
      case "?h": case "?l":
        for (let index = 0; index < parameters.count; index += 1) {
          setPrivateMode(this, parameters.get(index, 0), letter === "h");
        }
        break;
    }
  }

  /**
   * @param {string} letter
   * @param {Parameters} parameters
   * @param {number} prefix
   * @param {number} intermediate
   */
  #controlWithIntermediate(letter, parameters, prefix, intermediate) {
    const first = parameters.get(0, 0);
    const name = (prefix === 0 ? "" : String.fromCharCode(prefix)) + String.fromCharCode(intermediate) + letter;
    switch (name) {
      case "!p": this.#softReset(); break;
      case " q": this.#setCursorStyle(first); break;
      case "?$p": this.#reply(`\x1b[?${first};${modeState(this, first)}$y`); break;
    }
  }

  #softReset() {
    this.screen.softReset();
    const { applicationCursor, applicationKeypad, cursorVisible } = new Modes();
    Object.assign(this.modes, { applicationCursor, applicationKeypad, cursorVisible });
  }

  /** @param {number} style DECSCUSR: 0…2 block, 3 and 4 underline, 5 and 6 bar; the even ones are steady */
  #setCursorStyle(style) {
    if (style > 6) return;
    this.modes.cursorShape = style <= 2 ? "block" : style <= 4 ? "underline" : "bar";
    this.modes.cursorBlinks = style === 0 || style % 2 === 1;
  }

  /** @param {number} which */
  #clearTabs(which) {
    if (which === 0) this.screen.tabs[this.screen.cursor.column] = 0;
    if (which === 3) this.screen.tabs.fill(0);
  }

  /**
   * Device Status Report, and the cursor's place (CPR; with a prefix DECXCPR).
   * @param {number} what
   * @param {string} prefix
   */
  #reportStatus(what, prefix) {
    if (what === 5 && prefix === "") this.#reply("\x1b[0n");
    if (what !== 6) return;
    const { column, row, origin } = this.screen.cursor;
    const shown = origin ? row - this.screen.top : row;
    this.#reply(`\x1b[${prefix}${shown + 1};${column + 1}${prefix === "" ? "" : ";1"}R`);
  }

  /** @param {string} text */
  command(text) {
    const match = /^[02];(.*)$/su.exec(text);
    if (match === null) return;
    // A title is shown where nothing keeps the direction of text.
    this.title = Array.from(match[1]).filter((each) => !isDirectionControl(each.codePointAt(0) ?? 0)).join("");
  }

  /** @param {string} text */
  #reply(text) {
    if (this.answer.length + text.length <= MAXIMUM_ANSWER) this.answer += text;
  }
}
