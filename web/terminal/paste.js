// Makes text from outside safe to send as if it were typed.

/**
 * What a paste sends. Line ends become CR, as Enter sends them. Control characters other than tab
 * are dropped: ESC could end the bracket early or press keys nobody pressed.
 * @param {string} text
 * @param {boolean} bracketed whether the program asked for brackets (mode 2004)
 */
export function pasteSequence(text, bracketed) {
  // The C1 range too: ESC [ has an eight-bit form.
  const safe = text.replace(/\r\n|\n/g, "\r").replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "");
  if (safe === "") return "";
  return bracketed ? `\x1b[200~${safe}\x1b[201~` : safe;
}
