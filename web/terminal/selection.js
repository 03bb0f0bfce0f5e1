// What of the terminal is selected, as the text somebody wants to paste.

/** @typedef {import("./line.js").Line} Line */

/** @typedef {{element: HTMLElement, line: Line | null}} Row */

/**
 * Joins pieces of rows: a row that wraps goes on without a break, other rows lose trailing blanks.
 * @param {{text: string, wraps: boolean}[]} pieces
 */
export function joinPieces(pieces) {
  let text = "";
  pieces.forEach((piece, index) => {
    const continues = piece.wraps && index < pieces.length - 1;
    text += continues ? piece.text : piece.text.replace(/ +$/, "");
    if (!continues && index < pieces.length - 1) text += "\n";
  });
  return text;
}

/**
 * The selected text of some rows; "" if nothing of them is selected.
 * @param {Row[]} rows from top to bottom
 */
export function selectedText(rows) {
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return "";
  const range = selection.getRangeAt(0);
  const pieces = [];
  let lastIsEmpty = false;
  for (const { element, line } of rows) {
    if (!range.intersectsNode(element)) continue;
    const part = document.createRange();
    part.selectNodeContents(element);
    if (element.contains(range.startContainer)) part.setStart(range.startContainer, range.startOffset);
    if (element.contains(range.endContainer)) part.setEnd(range.endContainer, range.endOffset);
    lastIsEmpty = part.collapsed;
    pieces.push({ text: part.toString(), wraps: line?.wraps ?? false });
  }
  // A triple click ends at the start of the next row, and that row is not meant.
  if (lastIsEmpty) pieces.pop();
  return joinPieces(pieces);
}
