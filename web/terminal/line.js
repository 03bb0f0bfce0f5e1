// One line of the grid: cells in a typed array, with what few lines need (combining marks) beside it.
//
// A cell is three words: character and flags, foreground, background. Character 0 is a cell nobody
// has written to; it shows as a blank, and copying leaves it out. A wide character is a cell with
// WIDE and a SPACER after it; every method leaves no half of a pair behind.

/** Words per cell. */
export const WORDS = 3;

/** The bits of a cell's first word that hold the code point. */
export const CODE_MASK = 0x1fffff;

/** The cell holds a character of two columns; a spacer follows. */
export const WIDE = 1 << 21;

/** The cell is the right half of a wide character. */
export const SPACER = 1 << 22;

/** Combining marks follow the cell's character: `line.marks` holds them. */
export const MARKED = 1 << 23;

/** Most UTF-16 units of combining marks in one cell; further marks are dropped. */
export const MAXIMUM_MARKS = 16;

export class Line {
  /** @param {number} columns */
  constructor(columns) {
    this.cells = new Uint32Array(columns * WORDS);
    /** Whether the text goes on in the next line because it reached the edge. */
    this.wraps = false;
    /** Whether the line changed since it was last drawn. */
    this.dirty = true;
    /** @type {Map<number, string> | null} combining marks by column, valid where MARKED is set */
    this.marks = null;
  }

  /**
   * Makes a blank line of it, whatever it was.
   * @param {number} columns
   * @param {number} background colour word of the blanks
   */
  reset(columns, background) {
    if (this.cells.length < columns * WORDS) this.cells = new Uint32Array(columns * WORDS);
    else this.cells.fill(0);
    if (background !== 0) this.#paint(0, columns, background);
    this.wraps = false;
    this.dirty = true;
    this.marks = null;
  }

  /**
   * Makes room for at least so many columns. A narrower width hides cells and keeps them, so that
   * they come back when the window grows again.
   * @param {number} columns
   */
  fit(columns) {
    this.dirty = true;
    if (this.cells.length < columns * WORDS) {
      const cells = new Uint32Array(columns * WORDS);
      cells.set(this.cells);
      this.cells = cells;
    } else if (this.cells.length > columns * WORDS && this.cells[columns * WORDS] & SPACER) {
      this.#blank(columns - 1);
      this.#blank(columns);
    }
  }

  /**
   * Blanks the cells from…to-1. Reaching the right edge also drops what a narrower window hides.
   * @param {number} from
   * @param {number} to
   * @param {number} columns
   * @param {number} background
   */
  erase(from, to, columns, background) {
    this.split(from);
    this.split(to);
    if (to >= columns) {
      this.wraps = false;
      this.cells.fill(0, from * WORDS);
    } else {
      this.cells.fill(0, from * WORDS, to * WORDS);
    }
    if (background !== 0) this.#paint(from, to, background);
    this.dirty = true;
  }

  /**
   * Shifts the cells from a column to the right and blanks the gap; what passes the edge is lost.
   * @param {number} at
   * @param {number} count at most columns - at
   * @param {number} columns
   * @param {number} background
   */
  insert(at, count, columns, background) {
    this.split(at);
    this.split(columns - count);
    this.cells.copyWithin((at + count) * WORDS, at * WORDS, (columns - count) * WORDS);
    this.#moveMarks(at, count, columns);
    this.cells.fill(0, at * WORDS, (at + count) * WORDS);
    this.cells.fill(0, columns * WORDS);
    if (background !== 0) this.#paint(at, at + count, background);
    this.wraps = false;
    this.dirty = true;
  }

  /**
   * Takes cells out and shifts the rest to the left; blanks come in at the edge.
   * @param {number} at
   * @param {number} count at most columns - at
   * @param {number} columns
   * @param {number} background
   */
  remove(at, count, columns, background) {
    this.split(at);
    this.split(at + count);
    this.cells.copyWithin(at * WORDS, (at + count) * WORDS, columns * WORDS);
    this.#moveMarks(at + count, -count, columns);
    this.cells.fill(0, (columns - count) * WORDS);
    if (background !== 0) this.#paint(columns - count, columns, background);
    this.wraps = false;
    this.dirty = true;
  }

  /**
   * Blanks a wide character that a column boundary cuts in two.
   * @param {number} column the boundary is to the left of this column
   */
  split(column) {
    const word = column * WORDS;
    if (column === 0 || word >= this.cells.length || (this.cells[word] & SPACER) === 0) return;
    this.#blank(column - 1);
    this.#blank(column);
  }

  /**
   * Adds a combining mark to the character of a cell.
   * @param {number} column
   * @param {number} codePoint
   */
  addMark(column, codePoint) {
    const word = column * WORDS;
    const before = this.cells[word] & MARKED ? this.marks?.get(column) ?? "" : "";
    if (before.length >= MAXIMUM_MARKS) return;
    this.marks ??= new Map();
    this.marks.set(column, before + String.fromCodePoint(codePoint));
    // A mark over a blank needs a character to stand on.
    if ((this.cells[word] & CODE_MASK) === 0) this.cells[word] |= 0x20;
    this.cells[word] |= MARKED;
    this.dirty = true;
  }

  /**
   * The character of a cell with its marks; "" for a spacer, a space for a blank.
   * @param {number} column
   */
  textAt(column) {
    const word = this.cells[column * WORDS];
    if (word & SPACER) return "";
    const text = String.fromCodePoint((word & CODE_MASK) || 0x20);
    return word & MARKED ? text + (this.marks?.get(column) ?? "") : text;
  }

  /**
   * The number of columns up to the last cell that somebody wrote to or coloured.
   * @param {number} columns
   */
  usedColumns(columns) {
    let used = Math.min(columns, this.cells.length / WORDS);
    while (used > 0) {
      const word = (used - 1) * WORDS;
      if (this.cells[word] !== 0 || this.cells[word + 2] !== 0) break;
      used -= 1;
    }
    return used;
  }

  /**
   * The text of the line. Unless the line wraps, blanks at its end are left out.
   * @param {number} columns
   */
  text(columns) {
    let text = "";
    const used = this.usedColumns(columns);
    for (let column = 0; column < used; column += 1) text += this.textAt(column);
    return this.wraps ? text : text.replace(/ +$/, "");
  }

  /** @param {number} column */
  #blank(column) {
    this.cells[column * WORDS] = 0x20;
    this.dirty = true;
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {number} background
   */
  #paint(from, to, background) {
    for (let column = from; column < to; column += 1) this.cells[column * WORDS + 2] = background;
  }

  /**
   * @param {number} from first column whose marks move
   * @param {number} distance in columns, negative to the left
   * @param {number} columns
   */
  #moveMarks(from, distance, columns) {
    if (this.marks === null) return;
    /** @type {Map<number, string>} */
    const moved = new Map();
    for (const [column, text] of this.marks) {
      // Cells that move to the left overwrite those before them.
      if (column < from && column >= from + distance) continue;
      const target = column >= from ? column + distance : column;
      if (target < columns) moved.set(target, text);
    }
    this.marks = moved;
  }
}
