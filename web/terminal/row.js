// Draws one line of the grid into one element: runs of cells that look alike become one span.
//
// Text from the guest reaches the page as text nodes only. Looks are class names; colours that no
// class names are set through the CSS object model, which a `style-src 'self'` policy allows.

import { CODE_MASK, MARKED, SPACER, WIDE, WORDS } from "./line.js";
import { BLINK, BOLD, DIM, DIRECT, HIDDEN, INDEXED, INVERSE, ITALIC, STRIKE, UNDERLINE } from "./pen.js";

/** @typedef {import("./line.js").Line} Line */

const FLAG_MASK = 0xff000000 | 0;

/** The flags that are a class of the same name. */
const FLAG_CLASSES = /** @type {const} */ ([
  [BOLD, "bold"], [DIM, "dim"], [ITALIC, "italic"], [UNDERLINE, "underline"], [STRIKE, "strike"],
  [HIDDEN, "hidden"], [BLINK, "blink"],
]);

/**
 * Replaces what an element shows by a line.
 * @param {Element} element
 * @param {Line} line
 * @param {number} columns
 * @param {(text: string) => boolean} fits whether the font draws a character exactly one cell wide
 */
export function drawRow(element, line, columns, fits) {
  const { cells } = line;
  const used = line.usedColumns(columns);
  /** @type {Node[]} */
  const nodes = [];
  let start = 0;
  while (start < used) {
    const word = start * WORDS;
    const flags = cells[word] & FLAG_MASK;
    const foreground = cells[word + 1];
    const background = cells[word + 2];
    let end = start;
    let text = "";
    while (end < used && isAlike(cells, end, flags, foreground, background) && isOrdinary(line, end, fits)) {
      text += String.fromCharCode((cells[end * WORDS] & CODE_MASK) || 0x20);
      end += 1;
    }
    let width = 0;
    if (end === start) {
      // A character that may not be one cell wide by itself gets an element of exactly its width.
      width = cells[word] & WIDE ? 2 : 1;
      text = line.textAt(start) || " ";
      end = start + width;
    }
    nodes.push(makeRun(text, width, flags, foreground, background));
    start = end;
  }
  element.replaceChildren(...nodes);
}

/**
 * @param {Uint32Array} cells
 * @param {number} column
 * @param {number} flags
 * @param {number} foreground
 * @param {number} background
 */
function isAlike(cells, column, flags, foreground, background) {
  const word = column * WORDS;
  return (cells[word] & FLAG_MASK) === flags && cells[word + 1] === foreground && cells[word + 2] === background;
}

/**
 * @param {Line} line
 * @param {number} column
 * @param {(text: string) => boolean} fits
 */
function isOrdinary(line, column, fits) {
  const word = line.cells[column * WORDS];
  if (word & (WIDE | SPACER | MARKED)) return false;
  const code = word & CODE_MASK;
  return code < 0x7f || (code <= 0xffff && fits(String.fromCharCode(code)));
}

/**
 * @param {string} text
 * @param {number} width in cells, or 0 for as wide as the text is
 * @param {number} flags
 * @param {number} foreground
 * @param {number} background
 * @returns {Node}
 */
function makeRun(text, width, flags, foreground, background) {
  if (width === 0 && flags === 0 && foreground === 0 && background === 0) return new Text(text);
  const span = document.createElement("span");
  span.textContent = text;
  if (width !== 0) span.classList.add(width === 2 ? "wide" : "single");
  for (const [flag, name] of FLAG_CLASSES) if (flags & flag) span.classList.add(name);
  const inverse = (flags & INVERSE) !== 0;
  setColour(span, "ink", inverse ? background : foreground, inverse);
  setColour(span, "fill", inverse ? foreground : background, inverse);
  return span;
}

/**
 * @param {HTMLElement} span
 * @param {"ink" | "fill"} role
 * @param {number} colour
 * @param {boolean} inverse whether the default means the other role's default
 */
function setColour(span, role, colour, inverse) {
  if (colour === 0) {
    if (inverse) span.classList.add(`${role}-inverse`);
  } else if (colour & INDEXED && (colour & 0xff) < 16) {
    span.classList.add(`${role}-${colour & 0xff}`);
  } else {
    span.style.setProperty(`--${role}`, cssColour(colour));
  }
  if (role === "fill" && (colour !== 0 || inverse)) span.classList.add("filled");
}

/**
 * A colour that has no name, as CSS.
 * @param {number} colour DIRECT, or INDEXED from 16 on
 */
export function cssColour(colour) {
  if (colour & DIRECT) return `#${(colour & 0xffffff).toString(16).padStart(6, "0")}`;
  const index = colour & 0xff;
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232);
    return `rgb(${grey} ${grey} ${grey})`;
  }
  // xterm's cube of six steps per channel.
  const step = (/** @type {number} */ value) => (value === 0 ? 0 : 55 + 40 * value);
  const cube = index - 16;
  return `rgb(${step(Math.floor(cube / 36))} ${step(Math.floor(cube / 6) % 6)} ${step(cube % 6)})`;
}
