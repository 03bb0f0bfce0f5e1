// One hart of park.js.

import { Arena } from "/hart/park/arena.js";
import { Rings } from "/hart/park/rings.js";

const HEADER = 48;
/** Messages without an echo at a time. */
const WINDOW = 4;

/** A byte of message `number` of a client. */
const byteOf = (number, index) => (number * 31 + index * 7 + (index >> 8)) & 255;

function serve(rings, ends) {
  for (const end of ends) {
    const link = rings.open("", end, (message) => {
      const bytes = new Uint8Array(message.length);
      message.take(bytes);
      link.send(bytes.subarray(0, HEADER), bytes.subarray(HEADER), message.attachment);
    });
  }
  for (;;) if (!rings.step()) rings.wait(Infinity);
}

function ask(rings, ends, rounds, seed) {
  let state = seed;
  const below = (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % bound;
  };
  const open = ends.map(() => []);
  let waiting = 0;
  let answered = 0;
  let bytesHeard = 0;
  const links = ends.map((end, index) =>
    rings.open("", end, (message) => {
      const bytes = new Uint8Array(message.length);
      message.take(bytes);
      const { number, length } = open[index].shift();
      if (bytes.length !== length) throw new Error(`message ${number}: ${bytes.length} bytes for ${length}`);
      if (message.attachment !== number) throw new Error(`message ${number} is ${message.attachment}`);
      for (let at = 0; at < length; at += 1) if (bytes[at] !== byteOf(number, at)) throw new Error(`message ${number}: byte ${at}`);
      waiting -= 1;
      answered += 1;
      bytesHeard += length;
    }),
  );
  for (let number = 1; number <= rounds || waiting > 0; ) {
    if (number <= rounds && waiting < WINDOW) {
      const index = below(links.length);
      const length = HEADER + (below(10) === 0 ? below(400000) : below(300));
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 1) bytes[at] = byteOf(number, at);
      open[index].push({ number, length });
      waiting += 1;
      links[index].send(bytes.subarray(0, HEADER), bytes.subarray(HEADER), number);
      number += 1;
    } else if (!rings.step()) rings.wait(Infinity);
  }
  return { answered, bytesHeard };
}

onmessage = ({ data }) => {
  const rings = new Rings(new Arena(data.arena), data.cell);
  if (data.role === "server") serve(rings, data.ends);
  else postMessage(ask(rings, data.ends, data.rounds, data.seed));
};
