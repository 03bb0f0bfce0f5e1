// @ts-check
// The raw costs of what the system is made of, measured with nothing of the system in between. All in milliseconds.

const WORKER = new URL("floors-worker.js", import.meta.url);

/** @param {Worker} worker */
function answer(worker) {
  return new Promise((resolve, reject) => {
    const settle = (/** @type {{result: any, error?: string}} */ { result, error }) =>
      error === undefined ? resolve(result) : reject(new Error(error));
    worker.addEventListener("message", ({ data }) => settle(data), { once: true });
    worker.addEventListener("error", ({ message }) => reject(new Error(message)), { once: true });
  });
}

/**
 * Lets a new worker do one thing, and answers what it says.
 * @param {object} order
 */
async function once(order) {
  const worker = new Worker(WORKER, { type: "module" });
  try {
    worker.postMessage(order);
    return await answer(worker);
  } finally {
    worker.terminate();
  }
}

/**
 * A round trip between two workers, one figure a batch: of a word in shared memory where the system parks, of 112 bytes over
 * BroadcastChannel where it suspends.
 * @param {string} wait the way to wait
 * @param {number} count round trips in a batch
 * @param {number} batches
 * @returns {Promise<number[]>}
 */
export async function roundTrip(wait, count, batches) {
  const [asks, answers] = wait === "park" ? ["ask by a word", "answer by a word"] : ["ask over a channel", "answer over a channel"];
  const between = wait === "park" ? new SharedArrayBuffer(8) : `floor-${Math.random()}`;
  const echo = new Worker(WORKER, { type: "module" });
  try {
    echo.postMessage({ role: answers, between });
    await answer(echo);
    return await once({ role: asks, between, count, batches });
  } finally {
    echo.terminate();
  }
}

/**
 * From `new Worker` to its first message, one figure a worker.
 * @param {number} count
 */
export async function workerStart(count) {
  const times = [];
  for (let index = 0; index < count; index += 1) {
    const begin = performance.now();
    await once({ role: "none" });
    times.push(performance.now() - begin);
  }
  return times;
}

/**
 * A copy of one MiB, one figure a batch.
 * @param {number} count copies in a batch
 * @param {number} batches
 */
export function copyMebibyte(count, batches) {
  const from = new Uint8Array(1 << 20).fill(97);
  const to = new Uint8Array(1 << 20);
  const times = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const begin = performance.now();
    for (let round = 0; round < count; round += 1) to.set(from);
    times.push((performance.now() - begin) / count);
  }
  return times;
}

/**
 * One call from WebAssembly of an import that is an ordinary JavaScript function, one figure a batch.
 * @param {number} count calls in a batch
 * @param {number} batches
 * @returns {Promise<number[]>}
 */
export function importCall(count, batches) {
  return once({ role: "imports", count, batches });
}

/**
 * What a preview-1 program prints that runs bare in a worker, with next to nothing for its calls.
 * @param {URL} program
 * @param {readonly string[]} programArguments with the program's name
 * @returns {Promise<string>}
 */
export function runBare(program, programArguments) {
  return once({ role: "program", program: program.href, programArguments });
}

/**
 * Until one new worker has fetched files, compiled those that are WebAssembly, and made an instance of each.
 * @param {readonly string[]} paths
 * @returns {Promise<{time: number, modules: number}>} with how many are WebAssembly
 */
export async function loadFiles(paths) {
  const begin = performance.now();
  const modules = await once({ role: "load", paths });
  return { time: performance.now() - begin, modules };
}
