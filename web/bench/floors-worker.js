// @ts-check
// What the floors are measured with in a worker: the two ends of a raw conversation, calls of an import, files that are loaded, a
// program that runs bare. A worker gets one order, and answers once.

import { Preview1 } from "./preview1.js";

/**
 * (module (import "e" "f" (func (result i32)))
 *   (func (export "run") (param i32) (result i32) (local i32)
 *     (loop
 *       (local.set 1 (i32.add (local.get 1) (call 0)))
 *       (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
 *     (local.get 1)))
 */
const CALLER = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x0a, 0x02, 0x60, 0x00, 0x01, 0x7f, 0x60, 0x01, 0x7f, 0x01, 0x7f,
  0x02, 0x07, 0x01, 0x01, 0x65, 0x01, 0x66, 0x00, 0x00,
  0x03, 0x02, 0x01, 0x01,
  0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x01,
  0x0a, 0x1b, 0x01, 0x19, 0x01, 0x01, 0x7f, 0x03, 0x40, 0x20, 0x01, 0x10, 0x00, 0x6a, 0x21, 0x01, 0x20, 0x00, 0x41, 0x01, 0x6b,
  0x22, 0x00, 0x0d, 0x00, 0x0b, 0x20, 0x01, 0x0b,
]);
/** Bytes of a message of the system that has a short payload. */
const MESSAGE = 112;

/**
 * Milliseconds of one round of `work`, one figure a batch.
 * @param {{count: number, batches: number}} order
 * @param {(count: number) => unknown} work does so many rounds
 */
async function timed({ count, batches }, work) {
  const times = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const begin = performance.now();
    await work(count);
    times.push((performance.now() - begin) / count);
  }
  return times;
}

/**
 * Something for every import of a module, so that it can be instantiated. Its memory is large enough for any of ours.
 * @param {WebAssembly.Module} module
 */
function stand(module) {
  /** @type {WebAssembly.Imports} */
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = kind === "memory" ? new WebAssembly.Memory({ initial: 64 }) : () => 0;
  }
  return imports;
}

/**
 * Fetches a file, and compiles and instantiates it if it is WebAssembly.
 * @param {string} path
 * @returns {Promise<number>} 1 if it is, else 0
 */
async function load(path) {
  const bytes = await (await fetch(path)).arrayBuffer();
  const start = new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
  if (start.length < 4 || start.some((byte, index) => byte !== CALLER[index])) return 0;
  const module = await WebAssembly.compile(bytes);
  await WebAssembly.instantiate(module, stand(module));
  return 1;
}

/** @type {Record<string, (order: any) => unknown>} */
const ROLES = {
  none: () => "up",

  imports: async (order) => {
    let state = 1;
    const { instance } = await WebAssembly.instantiate(CALLER, { e: { f: () => state } });
    const run = /** @type {(count: number) => number} */ (instance.exports.run);
    return timed(order, (count) => {
      state += 1;
      return run(count);
    });
  },

  load: async ({ paths }) => (await Promise.all(paths.map(load))).reduce((sum, one) => sum + one, 0),

  program: async ({ program, programArguments }) => {
    const module = await WebAssembly.compileStreaming(fetch(program));
    return new Preview1(programArguments).run(module);
  },

  "answer over a channel": ({ between }) => {
    const channel = new BroadcastChannel(between);
    const reply = new Uint8Array(MESSAGE);
    channel.onmessage = () => channel.postMessage(reply);
  },

  "ask over a channel": async (order) => {
    const channel = new BroadcastChannel(order.between);
    const question = new Uint8Array(MESSAGE);
    return timed(order, async (count) => {
      for (let round = 0; round < count; round += 1) {
        await new Promise((resolve) => {
          channel.onmessage = resolve;
          channel.postMessage(question);
        });
      }
    });
  },

  // The word counts: odd is a question, even an answer, and less than nothing is the end.
  "answer by a word": ({ between }) => {
    // The answer to the order comes first: after it there is no event loop.
    postMessage({ result: "up" });
    const words = new Int32Array(between);
    for (let turn = 0; ; turn += 2) {
      while (Atomics.load(words, 0) === turn) Atomics.wait(words, 0, turn);
      if (Atomics.load(words, 0) < 0) return;
      Atomics.store(words, 0, turn + 2);
      Atomics.notify(words, 0);
    }
  },

  "ask by a word": async (order) => {
    const words = new Int32Array(order.between);
    let turn = 0;
    const times = await timed(order, (count) => {
      for (let round = 0; round < count; round += 1, turn += 2) {
        Atomics.store(words, 0, turn + 1);
        Atomics.notify(words, 0);
        while (Atomics.load(words, 0) === turn + 1) Atomics.wait(words, 0, turn + 1);
      }
    });
    // It sleeps no longer, so it can be terminated at once.
    Atomics.store(words, 0, -1);
    Atomics.notify(words, 0);
    return times;
  },
};

onmessage = async ({ data }) => {
  try {
    postMessage({ result: await ROLES[data.role](data) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
