// What a key sends, as xterm does it (ctlseqs, "PC-Style Function Keys" and "VT220-Style Function Keys").
//
// `null` means the key is not ours: the browser keeps its shortcuts (Meta, Ctrl+Shift+letter, zoom).

/**
 * The part of KeyboardEvent that counts here.
 * @typedef {object} Key
 * @property {string} key
 * @property {string} [code] the key's place, for layouts whose letters are not Latin
 * @property {number} [location] 3 for the keypad
 * @property {boolean} [shiftKey]
 * @property {boolean} [altKey]
 * @property {boolean} [ctrlKey]
 * @property {boolean} [metaKey]
 * @property {boolean} [isComposing]
 * @property {(name: string) => boolean} [getModifierState]
 */

/** @typedef {{applicationCursor: boolean, applicationKeypad: boolean, newLine: boolean}} KeyModes */

/** Keys that send `ESC [ letter`, or `ESC O letter` in application mode. */
const CURSOR_KEYS = new Map(Object.entries({
  ArrowUp: "A", ArrowDown: "B", ArrowRight: "C", ArrowLeft: "D", Clear: "E", End: "F", Home: "H",
}));

/** Keys that send `ESC O letter` and, with modifiers, `ESC [ 1 ; m letter`. */
const FIRST_FUNCTION_KEYS = new Map(Object.entries({ F1: "P", F2: "Q", F3: "R", F4: "S" }));

/** Keys that send `ESC [ number ~`. */
const NUMBERED_KEYS = new Map(Object.entries({
  Insert: 2, Delete: 3, PageUp: 5, PageDown: 6,
  F5: 15, F6: 17, F7: 18, F8: 19, F9: 20, F10: 21, F11: 23, F12: 24,
}));

/** What the keypad sends after `ESC O` in application mode. */
const KEYPAD_KEYS = new Map(Object.entries({
  Enter: "M", "*": "j", "+": "k", ",": "l", "-": "m", ".": "n", "/": "o", "=": "X",
  0: "p", 1: "q", 2: "r", 3: "s", 4: "t", 5: "u", 6: "v", 7: "w", 8: "x", 9: "y",
}));

/** Control with a key that is no letter. */
const CONTROL_KEYS = new Map(Object.entries({
  " ": "\0", "@": "\0", 2: "\0", "[": "\x1b", 3: "\x1b", "\\": "\x1c", 4: "\x1c", "|": "\x1c", "]": "\x1d",
  5: "\x1d", "^": "\x1e", "~": "\x1e", 6: "\x1e", "_": "\x1f", 7: "\x1f", "/": "\x1f", "?": "\x7f", 8: "\x7f",
}));

/**
 * What a key press sends.
 * @param {Key} event
 * @param {KeyModes} modes
 * @param {boolean} [altComposes] whether Alt makes other characters, as on a Mac, where many layouts
 *   have brackets on it; else it sends ESC before the character
 * @returns {string | null} the text to send (UTF-8 on the wire), or null to leave the key to the browser
 */
export function keySequence(event, modes, altComposes = false) {
  if (event.metaKey || event.isComposing) return null;
  if (event.key.length > 1 && !isOneCharacter(event.key)) return namedKey(event, modes);
  return characterKey(event, modes, altComposes);
}

/**
 * The letter that Control makes a control character of, in upper case; "" if the key has none.
 * @param {Key} event
 */
export function controlLetter({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  // Ctrl+C is where C is on a Latin keyboard, whatever the layout writes there.
  const place = /^[\x00-\x7f]*$/.test(key) ? null : /^Key([A-Z])$/.exec(code ?? "");
  return place === null ? "" : place[1];
}

/**
 * @param {Key} event
 * @param {KeyModes} modes
 */
function namedKey(event, modes) {
  const { key, shiftKey, altKey, ctrlKey } = event;
  const modifier = 1 + (shiftKey ? 1 : 0) + (altKey ? 2 : 0) + (ctrlKey ? 4 : 0);
  const escape = altKey ? "\x1b" : "";
  switch (key) {
    case "Enter":
      if (isApplicationKeypad(event, modes)) return "\x1bOM";
      return escape + (modes.newLine ? "\r\n" : "\r");
    case "Backspace": return escape + (ctrlKey ? "\b" : "\x7f");
    case "Escape": return escape + "\x1b";
    case "Tab":
      // Ctrl+Tab and Alt+Tab belong to the browser and the desktop.
      if (ctrlKey || altKey) return null;
      return shiftKey ? "\x1b[Z" : "\t";
  }
  const cursor = CURSOR_KEYS.get(key);
  if (cursor !== undefined) {
    if (modifier > 1) return `\x1b[1;${modifier}${cursor}`;
    return (modes.applicationCursor ? "\x1bO" : "\x1b[") + cursor;
  }
  const first = FIRST_FUNCTION_KEYS.get(key);
  if (first !== undefined) return modifier > 1 ? `\x1b[1;${modifier}${first}` : `\x1bO${first}`;
  const number = NUMBERED_KEYS.get(key);
  // Shift+Insert pastes, everywhere.
  if (number === undefined || (key === "Insert" && modifier === 2)) return null;
  return modifier > 1 ? `\x1b[${number};${modifier}~` : `\x1b[${number}~`;
}

/**
 * @param {Key} event
 * @param {KeyModes} modes
 * @param {boolean} altComposes
 */
function characterKey(event, modes, altComposes) {
  const { key, shiftKey, altKey, ctrlKey } = event;
  // AltGr makes characters, and Windows reports it as Ctrl+Alt.
  if (event.getModifierState?.("AltGraph") || (altKey && !ctrlKey && altComposes)) return key;
  if (isApplicationKeypad(event, modes) && !ctrlKey && !altKey) {
    const letter = KEYPAD_KEYS.get(key);
    if (letter !== undefined) return `\x1bO${letter}`;
  }
  if (!ctrlKey) return altKey ? `\x1b${key}` : key;
  const escape = altKey ? "\x1b" : "";
  const letter = controlLetter(event);
  if (letter !== "") return shiftKey ? null : escape + String.fromCharCode(letter.charCodeAt(0) - 0x40);
  const control = CONTROL_KEYS.get(key);
  return control === undefined ? null : escape + control;
}

/**
 * With the number lock on, a keypad types digits whatever programs ask for, as in xterm.
 * @param {Key} event
 * @param {KeyModes} modes
 */
function isApplicationKeypad(event, modes) {
  return modes.applicationKeypad && event.location === 3 && !event.getModifierState?.("NumLock");
}

/** @param {string} key */
function isOneCharacter(key) {
  return key.length === 2 && (key.codePointAt(0) ?? 0) > 0xffff;
}
