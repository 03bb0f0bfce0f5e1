// Measures the font: the size of a cell, and which characters fill exactly one.

/** Characters whose fit is remembered; the guest chooses them, so there is a bound. */
const REMEMBERED = 4096;

/** Length of the measured sample: long enough that rounding of a single character does not count. */
const SAMPLE = 100;

export class Metrics {
  /** @param {HTMLElement} parent an element that has the terminal's font */
  constructor(parent) {
    this.#probe = document.createElement("div");
    this.#probe.className = "probe";
    this.#probe.setAttribute("aria-hidden", "true");
    this.#probe.textContent = "W".repeat(SAMPLE);
    parent.append(this.#probe);
    this.#context = document.createElement("canvas").getContext("2d");
  }

  #probe;
  #context;
  /** @type {Map<string, boolean>} */
  #known = new Map();
  #font = "";

  /** The size of a cell in CSS pixels; 0 while the terminal is not shown. */
  cellWidth = 0;
  cellHeight = 0;

  /**
   * Measures anew.
   * @returns {boolean} whether the size of a cell changed
   */
  update() {
    const { width, height } = this.#probe.getBoundingClientRect();
    const cellWidth = width / SAMPLE;
    // Whole pixels, so that rows meet without seams.
    const cellHeight = Math.round(height);
    const style = getComputedStyle(this.#probe);
    const font = `${style.fontSize} ${style.fontFamily}`;
    if (cellWidth === this.cellWidth && cellHeight === this.cellHeight && font === this.#font) return false;
    this.cellWidth = cellWidth;
    this.cellHeight = cellHeight;
    this.#font = font;
    if (this.#context !== null) this.#context.font = font;
    this.#known.clear();
    return true;
  }

  /**
   * Whether a character is exactly as wide as a cell. Fonts that stand in for the first one are often not.
   * @param {string} text
   */
  fits = (text) => {
    let fits = this.#known.get(text);
    if (fits === undefined) {
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      const width = this.#context?.measureText(text).width ?? 0;
      fits = Math.abs(width - this.cellWidth) < 0.05;
      this.#known.set(text, fits);
    }
    return fits;
  };
}
