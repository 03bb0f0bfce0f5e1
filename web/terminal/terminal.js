// The terminal as a component: bytes of a program in, bytes of a person out.

import { Input } from "./input.js";
import { Interpreter } from "./interpreter.js";
import { View } from "./view.js";

/** A hidden page gets no animation frames; after so many milliseconds it is drawn without one. */
const LATEST_DRAWING = 100;

/**
 * What the terminal tells its owner. No call happens inside of another call's parsing: during
 * `write`, answers come after the last byte was taken, so `onInput` may call `write`.
 * @typedef {object} TerminalEvents
 * @property {(bytes: Uint8Array) => void} onInput what was typed or pasted, and answers to the program
 * @property {(size: {columns: number, rows: number}) => void} [onResize] the size changed; the first
 *   size is there as `terminal.size` when the terminal is made
 * @property {(title: string) => void} [onTitle] the program named its window; hostile text of at most 4096 characters
 * @property {() => void} [onBell]
 */

export class Terminal {
  /**
   * @param {HTMLElement} element the terminal fills it and follows its size
   * @param {TerminalEvents} events
   */
  constructor(element, events) {
    this.#events = events;
    this.#view = new View(element);
    this.#input = new Input(this.#view, this.#interpreter, (text) => this.#send(text));
    this.#view.onScroll = () => this.#schedule();
    this.#fit(false);
    this.#observer = new ResizeObserver(() => this.#fit(true));
    this.#observer.observe(this.#view.root);
    document.fonts.ready.then(() => this.#fit(true));
    this.#schedule();
  }

  #events;
  #interpreter = new Interpreter(80, 24);
  #view;
  #input;
  #observer;
  #encoder = new TextEncoder();
  #disposed = false;
  #frame = 0;
  #timer = 0;

  /** The size in cells. */
  get size() {
    const { columns, rows } = this.#interpreter.screen;
    return { columns, rows };
  }

  /**
   * Takes output of the program. It may be cut anywhere; it is drawn with the next frame.
   * @param {Uint8Array} bytes
   */
  write(bytes) {
    if (this.#disposed) return;
    const interpreter = this.#interpreter;
    const { title, bells } = interpreter;
    interpreter.write(bytes);
    this.#schedule();
    const answer = interpreter.takeAnswer();
    const titleAfter = interpreter.title;
    const rang = interpreter.bells !== bells;
    if (titleAfter !== title) this.#events.onTitle?.(titleAfter);
    if (rang) this.#events.onBell?.();
    if (answer !== "") this.#send(answer);
  }

  /** Takes the keyboard. */
  focus() {
    this.#input.focus();
  }

  /** The text of the screen, whatever part of the history is in view: rows joined by newlines. */
  text() {
    return this.#interpreter.screen.text();
  }

  /** Removes the terminal from the page. It cannot be used again. */
  dispose() {
    this.#disposed = true;
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#view.root.remove();
  }

  /** @param {string} text */
  #send(text) {
    if (!this.#disposed) this.#events.onInput(this.#encoder.encode(text));
  }

  /** @param {boolean} tells */
  #fit(tells) {
    if (this.#disposed) return;
    const wanted = this.#view.measure();
    if (wanted === null) return;
    const before = this.size;
    this.#interpreter.screen.resize(wanted.columns, wanted.rows);
    this.#schedule();
    const after = this.size;
    if (tells && (after.columns !== before.columns || after.rows !== before.rows)) this.#events.onResize?.(after);
  }

  #schedule() {
    if (this.#timer !== 0 || this.#disposed) return;
    this.#frame = requestAnimationFrame(() => this.#draw());
    this.#timer = setTimeout(() => this.#draw(), LATEST_DRAWING);
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#view.draw(this.#interpreter);
  }
}
