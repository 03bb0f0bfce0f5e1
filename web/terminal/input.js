// Takes keys, pasted text, input methods and focus from the page, and says what to send.
//
// A text area under the cursor has the focus: input methods and screen keyboards need a place to write
// to, and show their own windows beside it. Keys that we know never reach it.

import { controlLetter, keySequence } from "./keys.js";
import { pasteSequence } from "./paste.js";
import { selectedText } from "./selection.js";

/** @typedef {import("./interpreter.js").Interpreter} Interpreter */
/** @typedef {import("./view.js").View} View */

const isMac = /^(Mac|iP)/.test(navigator.platform);

export class Input {
  /**
   * @param {View} view
   * @param {Interpreter} interpreter
   * @param {(text: string) => void} send
   */
  constructor(view, interpreter, send) {
    this.#view = view;
    this.#interpreter = interpreter;
    this.#send = send;
    this.#area = document.createElement("textarea");
    this.#area.className = "input";
    this.#area.setAttribute("aria-label", "Terminal input");
    this.#area.spellcheck = false;
    for (const name of ["autocapitalize", "autocomplete", "autocorrect"]) this.#area.setAttribute(name, "off");
    view.window.append(this.#area);
    this.#listen(view.root, this.#area);
  }

  #view;
  #interpreter;
  #send;
  #area;
  #composing = false;
  // Parts of a row that the wheel turned and no key was sent for yet.
  #wheel = 0;

  focus() {
    this.#area.focus({ preventScroll: true });
  }

  /**
   * @param {HTMLElement} root
   * @param {HTMLTextAreaElement} area
   */
  #listen(root, area) {
    root.addEventListener("keydown", (event) => this.#onKey(event));
    root.addEventListener("paste", (event) => this.#onPaste(event));
    root.addEventListener("copy", (event) => this.#onCopy(event));
    root.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    root.addEventListener("mousedown", (event) => this.#onMouseDown(event));
    root.addEventListener("click", () => {
      // A click that ends a selection must not destroy it.
      if (this.#selection() === "") this.focus();
    });
    root.addEventListener("focusin", (event) => this.#onFocus(event, true));
    root.addEventListener("focusout", (event) => this.#onFocus(event, false));
    area.addEventListener("input", () => this.#onInput());
    area.addEventListener("compositionstart", () => this.#compose(true));
    area.addEventListener("compositionend", () => {
      this.#compose(false);
      this.#onInput();
    });
  }

  #selection() {
    return selectedText(this.#view.rows);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // 229 is what keys of an input method report, also the one that ends a composition in Safari.
    if (this.#composing || event.keyCode === 229) return;
    const { shiftKey, ctrlKey, altKey, metaKey } = event;
    if (shiftKey && !ctrlKey && !altKey && !metaKey && (event.key === "PageUp" || event.key === "PageDown")) {
      const page = Math.max(this.#interpreter.screen.rows - 1, 1);
      this.#view.scrollBy(event.key === "PageUp" ? -page : page);
      event.preventDefault();
      return;
    }
    const isCopy = ctrlKey && !altKey && !metaKey && controlLetter(event) === "C";
    if (isCopy && this.#selection() !== "") return;
    const text = keySequence(event, this.#interpreter.modes, isMac);
    // Text is on its way, be it from a screen keyboard: it needs the text area. Shortcuts do not.
    if (!ctrlKey && !metaKey && !["Shift", "Alt"].includes(event.key)) this.focus();
    if (text === null) return;
    event.preventDefault();
    this.#type(text);
  }

  /** @param {string} text */
  #type(text) {
    if (text === "") return;
    this.#view.scrollToEnd();
    this.#send(text);
  }

  #onInput() {
    if (this.#composing) {
      // Input methods show what is being composed: the area grows with it.
      this.#area.style.setProperty("--length", String(this.#area.value.length));
      return;
    }
    const text = this.#area.value;
    this.#area.value = "";
    // A screen keyboard's Enter arrives as a line feed.
    this.#type(text.replace(/\r?\n/g, "\r"));
  }

  /** @param {boolean} composing */
  #compose(composing) {
    this.#composing = composing;
    this.#view.root.classList.toggle("composing", composing);
  }

  /** @param {ClipboardEvent} event */
  #onPaste(event) {
    event.preventDefault();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    this.#type(pasteSequence(text, this.#interpreter.modes.bracketedPaste));
    this.focus();
  }

  /** @param {ClipboardEvent} event */
  #onCopy(event) {
    const text = this.#selection();
    if (text === "" || event.clipboardData === null) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", text);
    // So that the next Ctrl+C interrupts again.
    document.getSelection()?.removeAllRanges();
    this.focus();
  }

  /** @param {WheelEvent} event */
  #onWheel(event) {
    const { screen, modes } = this.#interpreter;
    if (!screen.isAlternate || !modes.alternateScroll || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    // A notch is about 100 pixels or three lines, and three presses.
    this.#wheel += event.deltaMode === 0 ? event.deltaY / 33 : event.deltaMode === 1 ? event.deltaY : event.deltaY * screen.rows;
    const presses = Math.trunc(this.#wheel);
    this.#wheel -= presses;
    const key = { key: presses < 0 ? "ArrowUp" : "ArrowDown" };
    this.#type((keySequence(key, modes) ?? "").repeat(Math.min(Math.abs(presses), screen.rows)));
  }

  /** @param {MouseEvent} event */
  #onMouseDown(event) {
    if (event.button !== 2 || this.#selection() !== "") return;
    // The browser's menu offers to paste only over a place to write to.
    const box = this.#view.window.getBoundingClientRect();
    const { style, classList } = this.#area;
    style.setProperty("--menu-left", `${event.clientX - box.left - 8}px`);
    style.setProperty("--menu-top", `${event.clientY - box.top - 8}px`);
    classList.add("menu");
    addEventListener("contextmenu", () => setTimeout(() => classList.remove("menu")), { once: true });
    this.focus();
    event.preventDefault();
  }

  /**
   * @param {FocusEvent} event
   * @param {boolean} focused
   */
  #onFocus(event, focused) {
    const other = event.relatedTarget;
    if (other instanceof Node && this.#view.root.contains(other)) return;
    this.#view.root.classList.toggle("focused", focused);
    if (this.#interpreter.modes.focusReports) this.#send(focused ? "\x1b[I" : "\x1b[O");
  }
}
