// Keys, pasted and copied text: what they become.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keySequence } from "../../web/terminal/keys.js";
import { pasteSequence } from "../../web/terminal/paste.js";
import { joinPieces } from "../../web/terminal/selection.js";

const normal = { applicationCursor: false, applicationKeypad: false, newLine: false };
const application = { applicationCursor: true, applicationKeypad: true, newLine: false };

/**
 * A key event from a description such as `Ctrl+Shift+ArrowUp`; `Keypad+` means the keypad.
 * @param {string} description
 */
function keyOf(description) {
  const parts = description.split(/\+(?=.)/);
  const key = parts.pop() ?? "";
  const has = (/** @type {string} */ name) => parts.includes(name);
  return {
    key, shiftKey: has("Shift"), altKey: has("Alt"), ctrlKey: has("Ctrl"), metaKey: has("Meta"),
    location: has("Keypad") ? 3 : 0,
    getModifierState: (/** @type {string} */ name) => has(name),
  };
}

/** @type {[string, string | null][]} */
const table = [
  ["a", "a"], ["A", "A"], ["é", "é"], ["漢", "漢"], ["😀", "😀"], [" ", " "], ["+", "+"],
  ["Enter", "\r"], ["Alt+Enter", "\x1b\r"], ["Tab", "\t"], ["Shift+Tab", "\x1b[Z"], ["Escape", "\x1b"],
  ["Backspace", "\x7f"], ["Ctrl+Backspace", "\b"], ["Alt+Backspace", "\x1b\x7f"],
  ["ArrowUp", "\x1b[A"], ["ArrowDown", "\x1b[B"], ["ArrowRight", "\x1b[C"], ["ArrowLeft", "\x1b[D"],
  ["Home", "\x1b[H"], ["End", "\x1b[F"], ["Insert", "\x1b[2~"], ["Delete", "\x1b[3~"],
  ["PageUp", "\x1b[5~"], ["PageDown", "\x1b[6~"],
  ["F1", "\x1bOP"], ["F2", "\x1bOQ"], ["F3", "\x1bOR"], ["F4", "\x1bOS"], ["F5", "\x1b[15~"], ["F6", "\x1b[17~"],
  ["F7", "\x1b[18~"], ["F8", "\x1b[19~"], ["F9", "\x1b[20~"], ["F10", "\x1b[21~"], ["F11", "\x1b[23~"], ["F12", "\x1b[24~"],
  ["Shift+ArrowUp", "\x1b[1;2A"], ["Alt+ArrowLeft", "\x1b[1;3D"], ["Ctrl+ArrowRight", "\x1b[1;5C"],
  ["Ctrl+Shift+End", "\x1b[1;6F"], ["Ctrl+Alt+Shift+Home", "\x1b[1;8H"], ["Ctrl+Delete", "\x1b[3;5~"],
  ["Shift+F1", "\x1b[1;2P"], ["Ctrl+F5", "\x1b[15;5~"], ["Ctrl+PageUp", "\x1b[5;5~"],
  ["Ctrl+a", "\x01"], ["Ctrl+c", "\x03"], ["Ctrl+C", "\x03"], ["Ctrl+z", "\x1a"], ["Ctrl+ ", "\0"], ["Ctrl+@", "\0"], ["Ctrl+[", "\x1b"],
  ["Ctrl+\\", "\x1c"], ["Ctrl+]", "\x1d"], ["Ctrl+^", "\x1e"], ["Ctrl+_", "\x1f"], ["Ctrl+/", "\x1f"], ["Ctrl+?", "\x7f"],
  ["Ctrl+Shift+_", "\x1f"], ["Ctrl+3", "\x1b"], ["Ctrl+8", "\x7f"],
  ["Alt+a", "\x1ba"], ["Alt+A", "\x1bA"], ["Alt+.", "\x1b."], ["Ctrl+Alt+a", "\x1b\x01"],
  ["Ctrl+Alt+AltGraph+@", "@"], ["AltGraph+€", "€"],
  // The browser's.
  ["Ctrl+Shift+c", null], ["Ctrl+Shift+C", null], ["Ctrl+Shift+V", null], ["Ctrl+Shift+i", null], ["Meta+c", null], ["Meta+v", null],
  ["Meta+ArrowLeft", null], ["Ctrl+Tab", null], ["Ctrl+-", null], ["Ctrl+0", null], ["Ctrl+=", null], ["Shift+Insert", null],
  ["Shift", null], ["Control", null], ["Dead", null], ["Process", null], ["Unidentified", null], ["AudioVolumeUp", null],
  // The keypad without its mode is like the rest.
  ["Keypad+5", "5"], ["Keypad+Enter", "\r"],
];

for (const [description, text] of table) {
  test(`key ${description}`, () => assert.equal(keySequence(keyOf(description), normal), text));
}

/** @type {[string, string | null][]} */
const applicationTable = [
  ["ArrowUp", "\x1bOA"], ["Home", "\x1bOH"], ["End", "\x1bOF"], ["Shift+ArrowUp", "\x1b[1;2A"], ["Delete", "\x1b[3~"],
  ["Keypad+5", "\x1bOu"], ["Keypad+Enter", "\x1bOM"], ["Keypad+-", "\x1bOm"], ["Keypad+/", "\x1bOo"],
  ["Keypad+NumLock+5", "5"], ["Keypad+NumLock+Enter", "\r"], ["5", "5"], ["Enter", "\r"],
];

for (const [description, text] of applicationTable) {
  test(`application mode, key ${description}`, () => assert.equal(keySequence(keyOf(description), application), text));
}

test("Control goes by the key's place where letters are not Latin", () => {
  assert.equal(keySequence({ ...keyOf("Ctrl+с"), code: "KeyC" }, normal), "\x03");
  assert.equal(keySequence({ ...keyOf("Ctrl+Shift+С"), code: "KeyC" }, normal), null);
  assert.equal(keySequence({ ...keyOf("Ctrl+ж"), code: "Semicolon" }, normal), null);
});

test("where Alt composes characters, they are sent as they are", () => {
  assert.equal(keySequence(keyOf("Alt+|"), normal, true), "|");
  assert.equal(keySequence(keyOf("Alt+ArrowLeft"), normal, true), "\x1b[1;3D");
  assert.equal(keySequence(keyOf("Ctrl+Alt+a"), normal, true), "\x1b\x01");
});

test("Enter sends CR LF in new line mode", () => {
  assert.equal(keySequence(keyOf("Enter"), { ...normal, newLine: true }), "\r\n");
});

test("keys of a composition are the input method's", () => {
  assert.equal(keySequence({ ...keyOf("a"), isComposing: true }, normal), null);
});

test("a paste sends CR for each line end", () => {
  assert.equal(pasteSequence("a\nb\r\nc\rd\te", false), "a\rb\rc\rd\te");
});

test("a paste cannot leave its brackets or press keys", () => {
  assert.equal(pasteSequence("a\x1b[201~rm\n\u009b201~\x03\x7fé", true), "\x1b[200~a[201~rm\r201~é\x1b[201~");
  assert.equal(pasteSequence("\x1b\x00", true), "");
});

test("copied text joins wrapped lines and has no trailing blanks", () => {
  assert.equal(joinPieces([{ text: "one  ", wraps: false }, { text: "", wraps: false }, { text: "two ", wraps: true },
    { text: "three ", wraps: false }]), "one\n\ntwo three");
  assert.equal(joinPieces([{ text: "part ", wraps: true }]), "part");
  assert.equal(joinPieces([]), "");
});
