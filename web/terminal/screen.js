// The grid and its cursor: what text and the editing functions of a DEC terminal do to it. No DOM.
//
// Rules it keeps. The cursor is always inside the grid; a character in the last column leaves the
// cursor there with a wrap pending, which anything but another character forgets (as the VT100 does).
// Counts may be of any size: each is clamped to the grid before work is done with it.

import { ASCII, translate } from "./charsets.js";
import { Buffer } from "./buffer.js";
import { SPACER, WIDE, WORDS } from "./line.js";
import { Pen } from "./pen.js";
import { isDirectionControl, widthOf } from "./width.js";

/** Lines kept of what scrolled off the top. */
export const HISTORY_CAPACITY = 10_000;

/** The sizes a terminal can have; others are clamped. */
export const MINIMUM_COLUMNS = 2;
export const MAXIMUM_COLUMNS = 1000;
export const MAXIMUM_ROWS = 500;

/** The cursor and what DECSC saves with it. */
class Cursor {
  column = 0;
  row = 0;
  pendingWrap = false;
  origin = false;
  pen = new Pen();
  /** The designated sets G0…G3, and which of them is in use. */
  charsets = [ASCII, ASCII, ASCII, ASCII];
  active = 0;

  /** @param {Cursor} other */
  copy(other) {
    this.column = other.column;
    this.row = other.row;
    this.pendingWrap = other.pendingWrap;
    this.origin = other.origin;
    this.pen.copy(other.pen);
    this.charsets = other.charsets.slice();
    this.active = other.active;
  }
}

export class Screen {
  /**
   * @param {number} columns
   * @param {number} rows
   */
  constructor(columns, rows) {
    this.columns = clamp(columns, MINIMUM_COLUMNS, MAXIMUM_COLUMNS);
    this.rows = clamp(rows, 1, MAXIMUM_ROWS);
    this.main = new Buffer(this.columns, this.rows, HISTORY_CAPACITY);
    this.alternate = new Buffer(this.columns, this.rows, 0);
    /** The buffer that is shown. */
    this.buffer = this.main;
    this.cursor = new Cursor();
    this.saved = { main: new Cursor(), alternate: new Cursor() };
    // The region that scrolls: first and last row.
    this.top = 0;
    this.bottom = this.rows - 1;
    this.tabs = new Uint8Array(MAXIMUM_COLUMNS);
    this.autowrap = true;
    this.insertMode = false;
    // G2 or G3 for one character (SS2, SS3); 0 if none.
    this.singleShift = 0;
    this.lastPrinted = 0;
    this.#setTabs();
  }

  #setTabs() {
    this.tabs.fill(0);
    for (let column = 8; column < MAXIMUM_COLUMNS; column += 8) this.tabs[column] = 1;
  }

  /**
   * Everything as after switching on (RIS). The lines are used again: a stream of nothing but resets
   * must not cost a new screen each.
   */
  reset() {
    this.softReset();
    this.saved = { main: new Cursor(), alternate: new Cursor() };
    this.buffer = this.main;
    this.main.clear(0);
    this.main.history.clear();
    this.alternate.clear(0);
    this.lastPrinted = 0;
    this.#setTabs();
    this.place(0, 0);
  }

  /** What DECSTR sets back; text, tabs and the cursor's place stay. */
  softReset() {
    const { column, row } = this.cursor;
    this.cursor = new Cursor();
    this.cursor.column = column;
    this.cursor.row = row;
    this.saved[this.isAlternate ? "alternate" : "main"] = new Cursor();
    this.top = 0;
    this.bottom = this.rows - 1;
    this.autowrap = true;
    this.insertMode = false;
    this.singleShift = 0;
  }

  get isAlternate() {
    return this.buffer === this.alternate;
  }

  /** The line the cursor is in. */
  get line() {
    return this.buffer.lines[this.cursor.row];
  }

  /**
   * Takes a new size; the region becomes the whole screen.
   * @param {number} columns
   * @param {number} rows
   */
  resize(columns, rows) {
    columns = clamp(columns, MINIMUM_COLUMNS, MAXIMUM_COLUMNS);
    rows = clamp(rows, 1, MAXIMUM_ROWS);
    if (columns === this.columns && rows === this.rows) return;
    const grew = columns > this.columns;
    this.columns = columns;
    this.rows = rows;
    this.top = 0;
    this.bottom = rows - 1;
    const { main, alternate } = this.saved;
    const mainCursor = this.isAlternate ? main : this.cursor;
    const mainMoved = this.main.resize(columns, rows, mainCursor.row);
    main.row += mainMoved;
    const alternateMoved = this.alternate.resize(columns, rows, this.isAlternate ? this.cursor.row : 0);
    alternate.row += alternateMoved;
    this.cursor.row += this.isAlternate ? alternateMoved : mainMoved;
    for (const cursor of [this.cursor, main, alternate]) {
      cursor.row = clamp(cursor.row, 0, rows - 1);
      // The place the next character would take is no longer past the edge.
      if (cursor.pendingWrap && grew) {
        cursor.pendingWrap = false;
        cursor.column += 1;
      }
      cursor.column = Math.min(cursor.column, columns - 1);
    }
  }

  /** The visible text, rows joined by newlines, blanks at the ends of rows left out. */
  text() {
    return this.buffer.lines.map((line) => line.text(this.columns).trimEnd()).join("\n");
  }

  // Characters.

  /**
   * Prints a run of ASCII: the path that plain output takes.
   * @param {Uint8Array} bytes 0x20…0x7E between start and end
   * @param {number} start
   * @param {number} end
   */
  printAscii(bytes, start, end) {
    const cursor = this.cursor;
    if (this.insertMode || this.singleShift !== 0 || cursor.charsets[cursor.active] !== ASCII) {
      for (let index = start; index < end; index += 1) this.#printTranslated(bytes[index]);
      return;
    }
    const { flags, foreground, background } = cursor.pen;
    const columns = this.columns;
    this.lastPrinted = bytes[end - 1];
    while (start < end) {
      if (cursor.pendingWrap) this.#wrap();
      const line = this.line;
      const cells = line.cells;
      const count = Math.min(end - start, columns - cursor.column);
      line.split(cursor.column);
      if (cursor.column + count < columns) line.split(cursor.column + count);
      let word = cursor.column * WORDS;
      for (const stop = start + count; start < stop; start += 1) {
        cells[word] = bytes[start] | flags;
        cells[word + 1] = foreground;
        cells[word + 2] = background;
        word += WORDS;
      }
      line.dirty = true;
      cursor.column += count;
      if (cursor.column === columns) {
        this.#reachEdge(line);
        // Without wrapping, all the rest goes to the last column, where the last one stays.
        if (!this.autowrap) start = Math.max(start, end - 1);
      }
    }
  }

  /** @param {number} code */
  #printTranslated(code) {
    const cursor = this.cursor;
    const charset = cursor.charsets[this.singleShift || cursor.active];
    this.singleShift = 0;
    this.print(translate(charset, code));
  }

  /**
   * Prints one character of any width.
   * @param {number} codePoint
   */
  print(codePoint) {
    if (isDirectionControl(codePoint)) return;
    this.singleShift = 0;
    const width = widthOf(codePoint);
    if (width === 0) {
      this.#combine(codePoint);
      return;
    }
    const cursor = this.cursor;
    const columns = this.columns;
    this.lastPrinted = codePoint;
    if (cursor.pendingWrap || cursor.column + width > columns) {
      if (this.autowrap) this.#wrap();
      else cursor.column = columns - width;
    }
    const line = this.line;
    if (this.insertMode) line.insert(cursor.column, width, columns, cursor.pen.background);
    line.split(cursor.column);
    line.split(cursor.column + width);
    const word = cursor.column * WORDS;
    const { flags, foreground, background } = cursor.pen;
    line.cells[word] = codePoint | flags | (width === 2 ? WIDE : 0);
    line.cells[word + 1] = foreground;
    line.cells[word + 2] = background;
    if (width === 2) {
      line.cells[word + 3] = SPACER | flags;
      line.cells[word + 4] = foreground;
      line.cells[word + 5] = background;
    }
    line.dirty = true;
    cursor.column += width;
    if (cursor.column === columns) this.#reachEdge(line);
  }

  /** @param {number} codePoint */
  #combine(codePoint) {
    const { column, pendingWrap } = this.cursor;
    let base = pendingWrap ? column : column - 1;
    if (base < 0) return;
    if (this.line.cells[base * WORDS] & SPACER) base -= 1;
    this.line.addMark(base, codePoint);
  }

  /**
   * A character went into the last column.
   * @param {import("./line.js").Line} line
   */
  #reachEdge(line) {
    this.cursor.column = this.columns - 1;
    this.cursor.pendingWrap = this.autowrap;
    line.wraps = false;
  }

  #wrap() {
    this.line.wraps = true;
    this.index();
    this.cursor.column = 0;
  }

  /**
   * Repeats the last character (REP).
   * @param {number} count
   */
  repeat(count) {
    if (this.lastPrinted === 0) return;
    const code = this.lastPrinted;
    for (let left = Math.min(count, this.columns * this.rows); left > 0; left -= 1) this.print(code);
  }

  // Moving.

  /**
   * Goes to a place in the grid, whatever the origin mode says.
   * @param {number} column
   * @param {number} row
   */
  place(column, row) {
    this.cursor.column = clamp(column, 0, this.columns - 1);
    this.cursor.row = clamp(row, 0, this.rows - 1);
    this.cursor.pendingWrap = false;
  }

  /**
   * Goes to a place as programs name it: in origin mode rows count from the region's top and end in it.
   * @param {number} column
   * @param {number} row
   */
  address(column, row) {
    if (this.cursor.origin) this.place(column, Math.min(this.top + row, this.bottom));
    else this.place(column, row);
  }

  /**
   * Goes up or down; a margin stops a cursor that was inside of it.
   * @param {number} count negative for up
   */
  moveRows(count) {
    const { column, row } = this.cursor;
    const first = row >= this.top ? this.top : 0;
    const last = row <= this.bottom ? this.bottom : this.rows - 1;
    this.place(column, clamp(row + count, first, last));
  }

  /** @param {number} count negative for to the left */
  moveColumns(count) {
    this.place(this.cursor.column + count, this.cursor.row);
  }

  /** One row down; at the region's bottom the region scrolls. */
  index() {
    const cursor = this.cursor;
    cursor.pendingWrap = false;
    if (cursor.row === this.bottom) this.scrollUp(1);
    else if (cursor.row < this.rows - 1) cursor.row += 1;
  }

  /** One row up; at the region's top the region scrolls. */
  reverseIndex() {
    const cursor = this.cursor;
    cursor.pendingWrap = false;
    if (cursor.row === this.top) this.scrollDown(1);
    else if (cursor.row > 0) cursor.row -= 1;
  }

  /** @param {number} count of tab stops; negative for to the left */
  tab(count) {
    const step = Math.sign(count);
    let column = this.cursor.column;
    for (let left = Math.min(Math.abs(count), this.columns); left > 0; left -= 1) {
      do column += step; while (column > 0 && column < this.columns - 1 && this.tabs[column] === 0);
    }
    this.place(column, this.cursor.row);
  }

  // Scrolling and editing.

  /**
   * @param {number} top first row
   * @param {number} bottom last row; a region of fewer than two rows is refused
   */
  setRegion(top, bottom) {
    bottom = Math.min(bottom, this.rows - 1);
    if (top >= bottom && this.rows > 1) return;
    this.top = Math.min(top, bottom);
    this.bottom = bottom;
    this.address(0, 0);
  }

  /** @param {number} count */
  scrollUp(count) {
    const height = this.bottom - this.top + 1;
    this.buffer.scrollUp(this.top, this.bottom, Math.min(count, height), this.cursor.pen.background, true);
  }

  /** @param {number} count */
  scrollDown(count) {
    const height = this.bottom - this.top + 1;
    this.buffer.scrollDown(this.top, this.bottom, Math.min(count, height), this.cursor.pen.background);
  }

  /** @param {number} count */
  insertLines(count) {
    this.#editLines(count, true);
  }

  /** @param {number} count */
  deleteLines(count) {
    this.#editLines(count, false);
  }

  /**
   * @param {number} count
   * @param {boolean} inserts
   */
  #editLines(count, inserts) {
    const { row, pen } = this.cursor;
    if (row < this.top || row > this.bottom) return;
    count = Math.min(count, this.bottom - row + 1);
    if (inserts) this.buffer.scrollDown(row, this.bottom, count, pen.background);
    else this.buffer.scrollUp(row, this.bottom, count, pen.background, false);
    this.place(0, row);
  }

  /** @param {number} count */
  insertBlanks(count) {
    const { column, pen } = this.cursor;
    this.cursor.pendingWrap = false;
    this.line.insert(column, Math.min(count, this.columns - column), this.columns, pen.background);
  }

  /** @param {number} count */
  deleteCharacters(count) {
    const { column, pen } = this.cursor;
    this.cursor.pendingWrap = false;
    this.line.remove(column, Math.min(count, this.columns - column), this.columns, pen.background);
  }

  /** @param {number} count */
  eraseCharacters(count) {
    const { column } = this.cursor;
    this.#erase(this.cursor.row, column, Math.min(column + count, this.columns));
  }

  /** @param {number} part 0: from the cursor on, 1: up to the cursor, 2: all */
  eraseInLine(part) {
    const { column, row } = this.cursor;
    if (part === 0) this.#erase(row, column, this.columns);
    else if (part === 1) this.#erase(row, 0, column + 1);
    else if (part === 2) this.#erase(row, 0, this.columns);
  }

  /** @param {number} part as `eraseInLine`; 3: the history */
  eraseInDisplay(part) {
    const { row } = this.cursor;
    if (part === 3) this.main.history.clear();
    if (part > 2) return;
    if (part !== 2) this.eraseInLine(part);
    const first = part === 0 ? row + 1 : 0;
    const last = part === 1 ? row - 1 : this.rows - 1;
    for (let each = first; each <= last; each += 1) this.#erase(each, 0, this.columns);
  }

  /**
   * @param {number} row
   * @param {number} from
   * @param {number} to
   */
  #erase(row, from, to) {
    this.cursor.pendingWrap = false;
    this.buffer.lines[row].erase(from, to, this.columns, this.cursor.pen.background);
  }

  /** Fills the screen with E, for adjusting it (DECALN). */
  fillWithE() {
    this.top = 0;
    this.bottom = this.rows - 1;
    for (const line of this.buffer.lines) {
      line.reset(this.columns, 0);
      for (let column = 0; column < this.columns; column += 1) line.cells[column * WORDS] = 0x45;
    }
    this.place(0, 0);
  }

  // Saving, and the two buffers.

  saveCursor() {
    this.saved[this.isAlternate ? "alternate" : "main"].copy(this.cursor);
  }

  restoreCursor() {
    this.cursor.copy(this.saved[this.isAlternate ? "alternate" : "main"]);
  }

  /**
   * Shows the alternate screen or the main one.
   * @param {boolean} alternate
   * @param {{saves: boolean, clears: boolean}} how whether the main cursor is saved and restored, and
   *   whether the alternate screen is blank: when it appears (with saves) or when it goes
   */
  switchBuffer(alternate, { saves, clears }) {
    if (alternate === this.isAlternate) return;
    if (saves && alternate) this.saved.main.copy(this.cursor);
    if (clears && (saves ? alternate : !alternate)) this.alternate.clear(this.cursor.pen.background);
    this.buffer = alternate ? this.alternate : this.main;
    for (const line of this.buffer.lines) line.dirty = true;
    if (saves && !alternate) this.cursor.copy(this.saved.main);
  }

  /** @param {number} column whether the cursor's row has a wide character there */
  isWideAt(column) {
    return (this.line.cells[column * WORDS] & WIDE) !== 0;
  }
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
