// The screen: input and what is then shown, and where the cursor is. Names give the control function;
// what it does is from ECMA-48 (section 8.3), the VT100 and VT220 manuals, or xterm's ctlseqs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cursorOf, rowsOf, stateOf, terminalAfter } from "./support.js";

const five = "1\r\n2\r\n3\r\n4\r\n5";
const full = "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd";

/** Name, input, rows, cursor [column, row]. The grid is 10 × 4. @type {[string, string, string[], number[]][]} */
const table = [
  ["plain text", "hello", ["hello"], [5, 0]],
  ["CR, LF", "ab\rc\nd", ["cb", " d"], [2, 1]],
  ["VT and FF are line feeds", "a\vb\fc", ["a", " b", "  c"], [3, 2]],
  ["BS stops at the left", "a\b\b\bb", ["b"], [1, 0]],
  ["NUL and unknown controls do nothing", "a\0\x01\x05b", ["ab"], [2, 0]],
  ["the last column waits with the wrap", "0123456789", ["0123456789"], [9, 0]],
  ["the next character wraps", "0123456789a", ["0123456789", "a"], [1, 1]],
  ["CR forgets the pending wrap", "0123456789\ra", ["a123456789"], [1, 0]],
  ["BS forgets the pending wrap", "0123456789\ba", ["01234567a9"], [9, 0]],
  ["DECAWM off: the last column is overwritten", "\x1b[?7l0123456789abc", ["012345678c"], [9, 0]],
  ["scrolling at the bottom", five, ["2", "3", "4", "5"], [1, 3]],
  ["wrapping at the bottom scrolls", `${full}e`, ["b".repeat(10), "c".repeat(10), "d".repeat(10), "e"], [1, 3]],
  ["HT", "a\tb", ["a       b"], [9, 0]],
  ["HT stops at the last column", "a\t\t\tb", ["a        b"], [9, 0]],
  ["HTS and CHT", "\x1b[4G\x1bH\r\x1b[Ix", ["   x"], [4, 0]],
  ["TBC of one", "\x1b[9G\x1b[g\r\tx", ["         x"], [9, 0]],
  ["TBC of all", "\x1b[3g\tx", ["         x"], [9, 0]],
  ["CBT", "\x1b[10G\x1b[Zx", ["        x"], [9, 0]],
  ["IND, NEL, RI", "a\x1bDb\x1bEc\x1bMd", ["a", " d", "c"], [2, 1]],
  ["RI at the top scrolls down", "a\r\x1bMb", ["b", "a"], [1, 0]],
  ["CUP", "\x1b[3;4Hx", ["", "", "   x"], [4, 2]],
  ["CUP without parameters, and 0 as 1", "ab\x1b[Hx\x1b[0;0Hy", ["yb"], [1, 0]],
  ["CUP is clamped", "\x1b[999;999Hx", ["", "", "", "         x"], [9, 3]],
  ["HVP", "\x1b[2;2fx", ["", " x"], [2, 1]],
  ["CUU CUD CUF CUB", "\x1b[3B\x1b[5C\x1b[A\x1b[2Dx", ["", "", "   x"], [4, 2]],
  ["moves are clamped", "\x1b[99B\x1b[99Cx\x1b[99A\x1b[99Dy", ["y", "", "", "         x"], [1, 0]],
  ["CNL CPL", "ab\x1b[2Ex\x1b[Fy", ["ab", "y", "x"], [1, 1]],
  ["CHA HPA HPR VPA VPR", "\x1b[3Ga\x1b[6`b\x1b[1aC\x1b[2dD\x1b[1eE", ["  a  b C", "        D", "         E"], [9, 2]],
  ["ED below", `${full}\x1b[2;3H\x1b[J`, ["a".repeat(10), "bb"], [2, 1]],
  ["ED above", `${full}\x1b[2;3H\x1b[1J`, ["", "   bbbbbbb", "c".repeat(10), "d".repeat(10)], [2, 1]],
  ["ED all leaves the cursor", `${full}\x1b[2;3H\x1b[2J`, [""], [2, 1]],
  ["EL right, left, all", "abc\x1b[2G\x1b[K\r\nabc\x1b[2G\x1b[1K\r\nabc\x1b[2K", ["a", "  c"], [3, 2]],
  ["ICH", "abcdef\x1b[3G\x1b[2@", ["ab  cdef"], [2, 0]],
  ["ICH pushes over the edge", "0123456789\x1b[H\x1b[3@", ["   0123456"], [0, 0]],
  ["DCH", "abcdef\x1b[3G\x1b[2P", ["abef"], [2, 0]],
  ["ECH", "abcdef\x1b[3G\x1b[2X", ["ab  ef"], [2, 0]],
  ["counts are clamped", "abc\x1b[2G\x1b[65535P\x1b[65535@\x1b[65535X\x1b[65535L\x1b[65535M\x1b[65535S\x1b[65535T", [""], [0, 0]],
  ["REP", "ab\x1b[3b", ["abbbb"], [5, 0]],
  ["IRM", "abc\x1b[H\x1b[4hxy\x1b[4lz", ["xyzbc"], [3, 0]],
  ["IL", `${five}\x1b[2;2H\x1b[L`, ["2", "", "3", "4"], [0, 1]],
  ["DL", `${five}\x1b[2;2H\x1b[M`, ["2", "4", "5"], [0, 1]],
  ["SU SD", `${five}\x1b[2S\x1b[T`, ["", "4", "5"], [1, 3]],
  ["DECSTBM goes home", "ab\x1b[2;3rx", ["xb"], [1, 0]],
  ["LF scrolls in the region", `${five}\x1b[2;3r\x1b[3;1H\nx`, ["2", "4", "x", "5"], [1, 2]],
  ["LF below the region does not scroll", `${five}\x1b[1;2r\x1b[4;1H\nx`, ["2", "3", "4", "x"], [1, 3]],
  ["RI scrolls in the region", `${five}\x1b[2;3r\x1b[2;1H\x1bMx`, ["2", "x", "3", "5"], [1, 1]],
  ["IL and DL end at the region", `${five}\x1b[2;3r\x1b[2;1H\x1b[L`, ["2", "", "3", "5"], [0, 1]],
  ["IL outside of the region does nothing", `${five}\x1b[2;3r\x1b[4;2H\x1b[L`, ["2", "3", "4", "5"], [1, 3]],
  ["a region upside down is refused", `${five}\x1b[3;2r\n`, ["3", "4", "5"], [1, 3]],
  ["margins stop CUU and CUD from inside", "\x1b[2;3r\x1b[2;1H\x1b[9Ax\x1b[9By", ["", "x", " y"], [2, 2]],
  ["DECOM", "\x1b[2;3r\x1b[?6hx\x1b[9;9Hy", ["", "x", "        y"], [9, 2]],
  ["DECOM off goes home", "\x1b[2;3r\x1b[?6h\x1b[?6lx", ["x"], [1, 0]],
  ["DECSC and DECRC", "ab\x1b7\x1b[3;3Hx\x1b8y", ["aby", "", "  x"], [3, 0]],
  ["DECRC restores a pending wrap", "0123456789\x1b7\x1b[H\x1b8x", ["0123456789", "x"], [1, 1]],
  ["SCOSC and SCORC", "ab\x1b[s\x1b[3;3Hx\x1b[uy", ["aby", "", "  x"], [3, 0]],
  ["DECRC without DECSC goes home", "abc\x1b8x", ["xbc"], [1, 0]],
  ["DECALN", "\x1b#8", ["EEEEEEEEEE", "EEEEEEEEEE", "EEEEEEEEEE", "EEEEEEEEEE"], [0, 0]],
  ["RIS", "abc\x1b[2;3r\x1b(0\x1bcq", ["q"], [1, 0]],
  ["DECSTR keeps the text", "ab\x1b[4h\x1b[?7l\x1b[!p\x1b[Hx", ["xb"], [1, 0]],
  ["special graphics", "\x1b(0lqk\x1b(Bq", ["┌─┐q"], [4, 0]],
  ["SO and SI", "\x1b)0\x0eq\x0fq", ["─q"], [2, 0]],
  ["SS2 for one character", "\x1b*0\x1bNqq", ["─q"], [2, 0]],
  ["the British set", "\x1b(A#\x1b(B#", ["£#"], [2, 0]],
  ["LNM", "ab\x1b[20h\nc", ["ab", "c"], [1, 1]],
  ["wide characters", "漢字x", ["漢字x"], [5, 0]],
  ["an emoji is wide", "🎉x", ["🎉x"], [3, 0]],
  ["a wide character wraps as a whole", "123456789漢x", ["123456789", "漢x"], [3, 1]],
  ["a wide character without wrapping", "\x1b[?7l123456789漢", ["12345678漢"], [9, 0]],
  ["overwriting the right half", "漢字\x1b[2Gx", [" x字"], [2, 0]],
  ["overwriting the left half", "漢字\x1b[Hx", ["x 字"], [1, 0]],
  ["wide over half of wide", "漢字\x1b[2G語", [" 語"], [3, 0]],
  ["DCH cuts a wide character", "漢字x\x1b[2G\x1b[P", [" 字x"], [1, 0]],
  ["DCH moves a wide character away from the edge", "\x1b[9G漢\x1b[H\x1b[P", ["       漢"], [0, 0]],
  ["ICH cuts a wide character", "漢字\x1b[2G\x1b[@", ["   字"], [1, 0]],
  ["ICH pushes half a wide character over the edge", "12345678漢\x1b[H\x1b[@", [" 12345678"], [0, 0]],
  ["ECH cuts two wide characters", "漢字\x1b[2G\x1b[2X", [""], [1, 0]],
  ["combining marks attach", "e\u0301x", ["e\u0301x"], [2, 0]],
  ["a mark on the last column attaches", "012345678e\u0301", ["012345678e\u0301"], [9, 0]],
  ["a mark on a wide character attaches", "漢\u0301x", ["漢\u0301x"], [3, 0]],
  ["a mark without a character is dropped", "\u0301x", ["x"], [1, 0]],
  ["marks move with their characters", "e\u0301x\x1b[H\x1b[2@", ["  e\u0301x"], [0, 0]],
  ["marks of deleted characters go", "e\u0301xo\u0308\x1b[H\x1b[2P", ["o\u0308"], [0, 0]],
  ["overwriting drops marks", "e\u0301\rx", ["x"], [1, 0]],
  ["direction controls are dropped", "a\u202eb\u2066c", ["abc"], [3, 0]],
  ["bytes that are no UTF-8", "a\ufffdb", ["a\ufffdb"], [3, 0]],
  ["DCS shows nothing", "\x1bP+q544e\x1b\\x", ["x"], [1, 0]],
  ["1049 clears, saves and restores", "ab\x1b[?1049hxyz\r\n\x1b[?1049lc", ["abc"], [3, 0]],
  ["1049 shows the other screen at the same place", "ab\x1b[?1049hx", ["  x"], [3, 0]],
  ["1049 starts blank each time", "\x1b[?1049habc\x1b[?1049l\x1b[?1049h", [""], [0, 0]],
  ["47 keeps the other screen", "\x1b[?47habc\x1b[?47l\x1b[?47h", ["abc"], [3, 0]],
  ["1047 clears when leaving", "\x1b[?1047habc\x1b[?1047l\x1b[?47h", [""], [3, 0]],
  ["1048 saves the cursor", "ab\x1b[?1048h\x1b[H\x1b[?1048lc", ["abc"], [3, 0]],
];

for (const [name, input, rows, cursor] of table) {
  test(name, () => {
    const terminal = terminalAfter(input);
    assert.deepEqual(rowsOf(terminal), rows);
    assert.deepEqual(cursorOf(terminal), cursor);
  });
}

test("lines that scroll off become history, the newest 10,000 of them", () => {
  const terminal = terminalAfter(Array.from({ length: 10_050 }, (_, index) => `line ${index}`).join("\r\n"), 20, 5);
  const { history } = terminal.screen.main;
  assert.equal(history.length, 10_000);
  assert.equal(history.dropped, 45);
  assert.equal(history.at(0).text(20), "line 45");
  assert.equal(history.at(9_999).text(20), "line 10044");
});

test("what scrolls within a region, or on the alternate screen, is no history", () => {
  assert.equal(terminalAfter("\x1b[2;4r\x1b[4;1H\n\n\n").screen.main.history.length, 0);
  assert.equal(terminalAfter("\x1b[?1049h\n\n\n\n\n\n").screen.main.history.length, 0);
  assert.equal(terminalAfter(`${five}\x1b[1;2r\x1b[2;1H\n`).screen.main.history.length, 2);
});

test("ED 3 drops the history and nothing else", () => {
  const terminal = terminalAfter(`${five}\x1b[3J`);
  assert.equal(terminal.screen.main.history.length, 0);
  assert.deepEqual(rowsOf(terminal), ["2", "3", "4", "5"]);
});

test("a line that wraps says so, until its end is rewritten", () => {
  const terminal = terminalAfter("0123456789ab");
  assert.equal(terminal.screen.buffer.lines[0].wraps, true);
  assert.equal(terminal.screen.buffer.lines[1].wraps, false);
  terminal.write(new TextEncoder().encode("\x1b[1;9H\x1b[K"));
  assert.equal(terminal.screen.buffer.lines[0].wraps, false);
});

test("marks on one character are bounded", () => {
  const terminal = terminalAfter(`e${"\u0301".repeat(1000)}x`);
  assert.equal(rowsOf(terminal)[0], `e${"\u0301".repeat(16)}x`);
});

test("RIS leaves a terminal like a new one", () => {
  const used = "text\x1b[2;3r\x1b(0\x1b[?6h\x1b[?7l\x1b[4h\x1b[3g\x1b[31;44m\x1b7\x1b[?2004h\x1b[?1049halt\x1b7\x1b[5 q\n\n\n\n\n";
  assert.deepEqual(stateOf(terminalAfter(`${used}\x1bc`)), stateOf(terminalAfter("")));
});
