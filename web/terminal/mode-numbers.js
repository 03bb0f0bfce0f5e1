// What the numbers of SM and RM mean, with and without DEC's prefix, and how DECRQM reports them.

/** @typedef {import("./interpreter.js").Interpreter} Interpreter */

/**
 * A mode of ECMA-48: 4 is IRM, 20 is DEC's LNM.
 * @param {Interpreter} terminal
 * @param {number} number
 * @param {boolean} on
 */
export function setAnsiMode(terminal, number, on) {
  if (number === 4) terminal.screen.insertMode = on;
  if (number === 20) terminal.modes.newLine = on;
}

/**
 * A private mode of DEC or xterm; unknown numbers change nothing.
 * @param {Interpreter} terminal
 * @param {number} number
 * @param {boolean} on
 */
export function setPrivateMode({ screen, modes }, number, on) {
  switch (number) {
    case 1: modes.applicationCursor = on; break;
    case 5: modes.reverseScreen = on; break;
    case 6:
      screen.cursor.origin = on;
      screen.address(0, 0);
      break;
    case 7:
      screen.autowrap = on;
      if (!on) screen.cursor.pendingWrap = false;
      break;
    case 12: modes.cursorBlinks = on; break;
    case 25: modes.cursorVisible = on; break;
    case 47: screen.switchBuffer(on, { saves: false, clears: false }); break;
    case 66: modes.applicationKeypad = on; break;
    case 1004: modes.focusReports = on; break;
    case 1007: modes.alternateScroll = on; break;
    case 1047: screen.switchBuffer(on, { saves: false, clears: true }); break;
    case 1048:
      if (on) screen.saveCursor();
      else screen.restoreCursor();
      break;
    case 1049: screen.switchBuffer(on, { saves: true, clears: true }); break;
    case 2004: modes.bracketedPaste = on; break;
  }
}

/**
 * What DECRPM answers: 0 for a mode we do not know, 1 for set, 2 for reset.
 * @param {Interpreter} terminal
 * @param {number} number
 * @returns {0 | 1 | 2}
 */
export function modeState({ screen, modes }, number) {
  const on = (() => {
    switch (number) {
      case 1: return modes.applicationCursor;
      case 5: return modes.reverseScreen;
      case 6: return screen.cursor.origin;
      case 7: return screen.autowrap;
      case 12: return modes.cursorBlinks;
      case 25: return modes.cursorVisible;
      case 47: case 1047: case 1049: return screen.isAlternate;
      case 66: return modes.applicationKeypad;
      case 1004: return modes.focusReports;
      case 1007: return modes.alternateScroll;
      case 2004: return modes.bracketedPaste;
      default: return undefined;
    }
  })();
  if (on === undefined) return 0;
  return on ? 1 : 2;
}
