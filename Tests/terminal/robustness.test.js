// Hostile and broken streams: cut anywhere, random, with windows that change; and how fast plain text goes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Interpreter } from "../../web/terminal/interpreter.js";
import { bytesOf, checkInvariants, makeRandom, stateOf, terminalAfter } from "./support.js";

/** A bit of everything that programs send. */
const sample = bytesOf([
  "\x1b]0;title ✓\x07plain \x1b[1;38;2;10;20;30mbold\x1b[0m\r\n", "漢字 e\u0301 🎉\tx\x1b[6n\r\n",
  "\x1b[2;4r\x1b[?6h\x1b[3;2Hin\x1b[2L\x1b[?6l\x1b[r", "\x1b(0lqk\x1b(B\x1b[4:3;48:2::1:2:3mu\x1b[m",
  "\x1bP$qm\x1b\\\x1b[?1049h\x1b[2Jalt\x1b[5;5H\x1b7\x1b[H\x1b8y\x1b[?1049l", "0123456789".repeat(5),
  "\u009b2;2Hc1\x1b[4hins\x1b[4l\x1b[3@\x1b[2P\x1b[5 q\x1b[?2004h\x1b]2;x\x1b\\\x07\x1b[c",
].join(""));

test("the place of a cut changes nothing", () => {
  const whole = stateOf(terminalAfter(sample, 20, 6));
  for (let cut = 0; cut <= sample.length; cut += 1) {
    const terminal = new Interpreter(20, 6);
    terminal.write(sample.subarray(0, cut));
    checkInvariants(terminal);
    terminal.write(sample.subarray(cut));
    assert.deepEqual(stateOf(terminal), whole, `cut at ${cut}`);
  }
});

test("byte by byte is the same as at once", () => {
  const terminal = new Interpreter(20, 6);
  for (const byte of sample) terminal.write(Uint8Array.of(byte));
  assert.deepEqual(stateOf(terminal), stateOf(terminalAfter(sample, 20, 6)));
});

/** Pieces that random streams are made of, so that they get further than random bytes do. */
const pieces = [
  "\x1b[", "\x1b[?", "\x1b]", "\x1bP", "\x1b", ";", ":", "0", "1", "2", "7", "38", "48", "1049", "65535", "999999999999", "h", "l",
  "m", "H", "r", "A", "B", "C", "D", "J", "K", "L", "M", "P", "@", "X", "S", "T", "b", "I", "Z", "g", "n", "c", "u", "s", "$p", "!p",
  " q", "(0", ")0", "\x0e", "\x0f", "\x1b7", "\x1b8", "\x1bM", "\x1bD", "\x1bE", "\x1bH", "\x1bc", "\x1b#8", "\x1b[?6h", "\x1b[?7l",
  "\x1b[?1049h", "\x1b[?1049l", "\x1b[?47h", "\x1b[?47l", "\x1b[4h", "\r", "\n", "\b", "\t", "\x07", "\x18", "\x1b\\", "\u009b", "\u009d",
  "漢", "字", "🎉", "e\u0301", "\u0301", "\u200d", "ordinary text", "x", " ", "0123456789",
].map(bytesOf);

/**
 * A random stream.
 * @param {(bound: number) => number} random
 */
function randomStream(random) {
  /** @type {number[]} */
  const stream = [];
  for (let left = 1 + random(40); left > 0; left -= 1) {
    if (random(4) === 0) stream.push(random(256));
    else stream.push(...pieces[random(pieces.length)]);
  }
  return Uint8Array.from(stream);
}

test("100,000 random streams break nothing, while the window changes", () => {
  const seed = 20;
  const random = makeRandom(seed);
  let terminal = new Interpreter(12, 5);
  for (let time = 0; time < 100_000; time += 1) {
    // Now and then a new terminal, so that modes set by chance do not hide the rest for good.
    if (time % 50 === 0) terminal = new Interpreter(2 + random(30), 1 + random(10));
    const stream = randomStream(random);
    try {
      terminal.write(stream);
      if (random(4) === 0) terminal.screen.resize(random(32), random(11));
      checkInvariants(terminal);
      terminal.takeAnswer();
    } catch (error) {
      throw new Error(`seed ${seed}, stream ${time}: ${JSON.stringify(String.fromCharCode(...stream))}`, { cause: error });
    }
  }
});

test("answers hold nothing but numbers of the terminal's own", () => {
  const random = makeRandom(21);
  for (let time = 0; time < 10_000; time += 1) {
    const terminal = new Interpreter(12, 5);
    terminal.write(randomStream(random));
    assert.match(terminal.takeAnswer(), /^(\x1b\[[?>]?[\d;]*(c|n|R|t|\$y))*$/);
  }
});

test("10 MB of plain lines are parsed in well under a second", (context) => {
  const line = "The quick brown fox jumps over the lazy dog, 0123456789 times.\r\n";
  const bytes = bytesOf(line.repeat(Math.ceil((10 << 20) / line.length)));
  const measure = (/** @type {() => void} */ work) => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  // The second run of each: what compiling costs is not the question.
  let sum = 0;
  const loop = () => { for (let index = 0; index < bytes.length; index += 1) sum ^= bytes[index]; };
  const terminal = new Interpreter(80, 24);
  measure(loop);
  measure(() => terminal.write(bytes));
  const empty = measure(loop);
  const parsing = measure(() => terminal.write(bytes));
  context.diagnostic(`10 MB: parsing ${parsing.toFixed(0)} ms, a loop over the bytes ${empty.toFixed(0)} ms (${sum})`);
  assert.ok(parsing < 1000, `${parsing} ms`);
});
