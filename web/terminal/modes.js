// The modes that programs set and reset, apart from those that belong to the grid.

export class Modes {
  /** Arrow, Home and End keys send SS3 sequences (DECCKM). */
  applicationCursor = false;
  /** The keypad sends SS3 sequences (DECKPAM). */
  applicationKeypad = false;
  /** Pasted text comes between ESC[200~ and ESC[201~. */
  bracketedPaste = false;
  /** ESC[I and ESC[O tell of gaining and losing the focus. */
  focusReports = false;
  /** On the alternate screen the wheel sends arrow keys. */
  alternateScroll = true;
  /** A line feed also returns the carriage, and Enter sends CR LF (LNM). */
  newLine = false;
  /** The whole screen is shown inverse (DECSCNM). */
  reverseScreen = false;
  cursorVisible = true;
  cursorBlinks = true;
  /** @type {"block" | "underline" | "bar"} */
  cursorShape = "block";
}
