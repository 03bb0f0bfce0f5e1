// Shows the grid in the page: one element per visible row, redrawn only if its line changed.
//
// The scrollback is a tall empty element inside a scrolling one; the rows stick to the window and show
// the lines that belong at that height. So the browser's own scrolling (wheel, touch, bar) works, and
// the page never holds more rows than fit the window.

import { Metrics } from "./metrics.js";
import { drawRow } from "./row.js";

/** @typedef {import("./interpreter.js").Interpreter} Interpreter */
/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("./selection.js").Row} Row */

export class View {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.root = makeElement("martlet-terminal", parent);
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Terminal");
    // Focusable by script and by selecting text, so that keys work while text is selected.
    this.root.tabIndex = -1;
    this.#scroller = makeElement("scroller", this.root);
    this.#space = makeElement("space", this.#scroller);
    this.window = makeElement("window", this.#space);
    this.#grid = makeElement("grid", this.window);
    this.#grid.setAttribute("role", "log");
    // Programs redraw all the time: announcing each change would drown the reader.
    this.#grid.setAttribute("aria-live", "off");
    this.#grid.setAttribute("aria-label", "Terminal screen");
    this.#cursor = makeElement("cursor", this.window);
    this.#cursor.setAttribute("aria-hidden", "true");
    this.#metrics = new Metrics(this.window);
    this.#scroller.addEventListener("scroll", () => this.#onScroll(), { passive: true });
  }

  #scroller;
  #space;
  #grid;
  #cursor;
  #metrics;
  /** @type {Row[]} */
  #rows = [];
  #drawnColumns = 0;
  // The history as it was drawn last: scroll positions refer to it.
  #drawnHistory = 0;
  #drawnDropped = 0;
  // Whether the view stays at the newest line; else the line at its top, counted from the first ever.
  #follows = true;
  #topLine = 0;

  /** Called when a scroll position asks for a new drawing. */
  onScroll = () => {};

  /** The rows shown, from top to bottom. */
  get rows() {
    return this.#rows;
  }

  get cellHeight() {
    return this.#metrics.cellHeight;
  }

  /**
   * Measures the window.
   * @returns {{columns: number, rows: number} | null} how many cells fit, or null while it is not shown
   */
  measure() {
    if (this.#metrics.update()) {
      this.root.style.setProperty("--cell-width", `${this.#metrics.cellWidth}px`);
      this.root.style.setProperty("--cell-height", `${this.#metrics.cellHeight}px`);
      this.#drawnColumns = 0;
    }
    const { cellWidth, cellHeight } = this.#metrics;
    const { clientWidth, clientHeight } = this.#scroller;
    if (cellWidth === 0 || cellHeight === 0 || clientWidth === 0 || clientHeight === 0) return null;
    const style = getComputedStyle(this.window);
    const width = clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const height = clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    return {
      columns: Math.max(1, Math.floor(width / cellWidth + 0.001)),
      rows: Math.max(1, Math.floor(height / cellHeight + 0.001)),
    };
  }

  /**
   * Brings the page up to date.
   * @param {Interpreter} interpreter
   */
  draw({ screen, modes }) {
    const { cellHeight } = this.#metrics;
    const history = screen.main.history;
    const length = screen.isAlternate ? 0 : history.length;
    if (length !== this.#drawnHistory) this.#space.style.height = `calc(100% + ${length * cellHeight}px)`;
    if (length === 0) this.#follows = true;
    const first = this.#follows ? length : Math.min(Math.max(this.#topLine - history.dropped, 0), length);
    this.#drawnHistory = length;
    this.#drawnDropped = history.dropped;
    // A part of a row is the user's own scrolling; more means that lines were dropped or added.
    const offset = this.#scroller.scrollTop - first * cellHeight;
    if (this.#follows ? offset !== 0 : Math.abs(offset) > cellHeight) this.#scroller.scrollTop = first * cellHeight;

    /** @type {Line[]} */
    const lines = [];
    for (let row = 0; row < screen.rows; row += 1) {
      const index = first + row;
      lines.push(index < length ? history.at(index) : screen.buffer.lines[index - length]);
    }
    this.#drawLines(lines, screen.columns);
    this.root.classList.toggle("reverse", modes.reverseScreen);
    this.#drawCursor(screen, modes, screen.cursor.row + length - first);
  }

  /**
   * @param {Line[]} lines
   * @param {number} columns
   */
  #drawLines(lines, columns) {
    const all = columns !== this.#drawnColumns;
    this.#drawnColumns = columns;
    if (all || lines.length !== this.#rows.length || lines.some((line, row) => line !== this.#rows[row].line)) {
      this.#arrange(lines);
    }
    this.#rows.forEach((row, index) => {
      const line = lines[index];
      if (!all && row.line === line && !line.dirty) return;
      drawRow(row.element, line, columns, this.#metrics.fits);
      row.line = line;
      line.dirty = false;
    });
  }

  /**
   * Gives each line the row that shows it already, so that scrolling moves rows instead of redrawing
   * them, and a selection in them survives.
   * @param {Line[]} lines
   */
  #arrange(lines) {
    const free = new Map(this.#rows.map((row) => [row.line, row]));
    const kept = lines.map((line) => {
      const row = free.get(line);
      free.delete(line);
      return row;
    });
    const spare = this.#rows.filter((row) => !kept.includes(row));
    for (const row of spare) row.element.remove();
    /** @type {ChildNode | null} */
    let next = this.#grid.firstChild;
    this.#rows = kept.map((known) => {
      const row = known ?? spare.pop() ?? { element: makeElement("row"), line: null };
      if (row.element === next) {
        next = next.nextSibling;
      } else {
        if (known === undefined) row.line = null;
        this.#grid.insertBefore(row.element, next);
      }
      return row;
    });
  }

  /**
   * @param {Interpreter["screen"]} screen
   * @param {Interpreter["modes"]} modes
   * @param {number} row where it is in the window
   */
  #drawCursor(screen, modes, row) {
    const { column } = screen.cursor;
    const { cellWidth, cellHeight } = this.#metrics;
    const cursor = this.#cursor;
    const text = screen.line.textAt(column);
    cursor.hidden = !modes.cursorVisible || row >= screen.rows;
    cursor.className = `cursor ${modes.cursorShape}${modes.cursorBlinks ? " blinking" : ""}`;
    cursor.classList.toggle("wide", screen.isWideAt(column));
    cursor.textContent = text === " " || modes.cursorShape !== "block" ? "" : text;
    this.root.style.setProperty("--cursor-left", `${column * cellWidth}px`);
    this.root.style.setProperty("--cursor-top", `${row * cellHeight}px`);
    // A cursor that moves or types is shown at once, whatever its blinking was about to do.
    for (const animation of cursor.getAnimations()) animation.currentTime = 0;
  }

  #onScroll() {
    const { cellHeight } = this.#metrics;
    const { scrollTop } = this.#scroller;
    this.#follows = scrollTop > (this.#drawnHistory - 0.5) * cellHeight;
    this.#topLine = this.#drawnDropped + Math.round(scrollTop / cellHeight);
    this.onScroll();
  }

  /** @param {number} rows negative for back */
  scrollBy(rows) {
    this.#scroller.scrollTop += rows * this.#metrics.cellHeight;
  }

  /** Goes back to the newest line and stays there. */
  scrollToEnd() {
    if (this.#follows) return;
    this.#follows = true;
    this.onScroll();
  }
}

/**
 * @param {string} className
 * @param {HTMLElement} [parent]
 */
function makeElement(className, parent) {
  const element = document.createElement("div");
  element.className = className;
  parent?.append(element);
  return element;
}
