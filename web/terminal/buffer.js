// A screenful of lines: scrolling within a region, and keeping the lines when the window changes.

import { Line } from "./line.js";
import { History } from "./history.js";

export class Buffer {
  /**
   * @param {number} columns
   * @param {number} rows
   * @param {number} historyCapacity in lines; 0 for a buffer that keeps nothing
   */
  constructor(columns, rows, historyCapacity) {
    this.columns = columns;
    /** @type {Line[]} always as many as there are rows */
    this.lines = [];
    for (let row = 0; row < rows; row += 1) this.lines.push(new Line(columns));
    this.history = new History(historyCapacity);
    this.#keepsHistory = historyCapacity > 0;
  }

  #keepsHistory;

  /**
   * Moves the lines of a region up; what leaves the top of the screen becomes history.
   * @param {number} top first row of the region
   * @param {number} bottom last row of the region
   * @param {number} count at most the height of the region
   * @param {number} background of the blank lines that come in
   * @param {boolean} remembers whether lines may become history
   */
  scrollUp(top, bottom, count, background, remembers) {
    const lines = this.lines;
    for (let time = 0; time < count; time += 1) {
      let line = lines[top];
      if (remembers && top === 0 && this.#keepsHistory) {
        line = this.history.push(line) ?? new Line(this.columns);
      }
      for (let row = top; row < bottom; row += 1) lines[row] = lines[row + 1];
      line.reset(this.columns, background);
      lines[bottom] = line;
    }
  }

  /**
   * Moves the lines of a region down.
   * @param {number} top
   * @param {number} bottom
   * @param {number} count at most the height of the region
   * @param {number} background
   */
  scrollDown(top, bottom, count, background) {
    const lines = this.lines;
    for (let time = 0; time < count; time += 1) {
      const line = lines[bottom];
      for (let row = bottom; row > top; row -= 1) lines[row] = lines[row - 1];
      line.reset(this.columns, background);
      lines[top] = line;
    }
  }

  /**
   * Takes a new size. Fewer rows take blank rows below the cursor first, then rows above it, which
   * become history; more rows bring history back.
   * @param {number} columns
   * @param {number} rows
   * @param {number} cursorRow
   * @returns {number} how many rows the text, and so the cursor, moved down; negative for up
   */
  resize(columns, rows, cursorRow) {
    this.columns = columns;
    let moved = 0;
    while (this.lines.length > rows) {
      const last = this.lines.length - 1;
      const cursor = cursorRow + moved;
      if (last > cursor && (!this.#keepsHistory || cursor <= 0 || this.#isBlank(last))) {
        this.lines.pop();
        continue;
      }
      const line = this.lines.shift();
      if (line !== undefined && this.#keepsHistory) this.history.push(line);
      moved -= 1;
    }
    while (this.lines.length < rows) {
      const line = this.history.pop();
      if (line === null) {
        this.lines.push(new Line(columns));
      } else {
        this.lines.unshift(line);
        moved += 1;
      }
    }
    for (const line of this.lines) line.fit(columns);
    return moved;
  }

  /** @param {number} background */
  clear(background) {
    for (const line of this.lines) line.reset(this.columns, background);
  }

  /** @param {number} row */
  #isBlank(row) {
    return this.lines[row].usedColumns(this.columns) === 0;
  }
}
