// The raw costs of what the system is made of, measured with nothing of the system in between.

const start = (role, name) => {
  const worker = new Worker(new URL("./floors-worker.js", import.meta.url), { type: "module" });
  const ready = new Promise((resolve) => worker.addEventListener("message", () => resolve(undefined), { once: true }));
  worker.postMessage({ role, name });
  return { worker, ready };
};

/** Milliseconds of each of `batches` runs of `count` round trips of 112 bytes between two workers, per round trip. */
async function broadcastRoundTrip(count, batches) {
  const name = `floor-${crypto.randomUUID()}`;
  const echo = start("echo", name);
  const caller = start("caller", name);
  await Promise.all([echo.ready, caller.ready]);
  const times = [];
  for (let batch = 0; batch < batches; batch += 1) {
    times.push(
      await new Promise((resolve) => {
        caller.worker.addEventListener("message", (event) => resolve(event.data), { once: true });
        caller.worker.postMessage({ count });
      }),
    );
  }
  echo.worker.terminate();
  caller.worker.terminate();
  return times;
}

/** Milliseconds from `new Worker` to its first message, one figure a worker. */
async function workerStart(count) {
  const times = [];
  for (let index = 0; index < count; index += 1) {
    const begin = performance.now();
    const { worker, ready } = start("none", "");
    await ready;
    times.push(performance.now() - begin);
    worker.terminate();
  }
  return times;
}

/** Milliseconds to copy one MiB, one figure a batch. */
function copyMebibyte(batches) {
  const from = new Uint8Array(1 << 20).fill(97);
  const to = new Uint8Array(1 << 20);
  const times = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const begin = performance.now();
    for (let round = 0; round < 256; round += 1) to.set(from);
    times.push((performance.now() - begin) / 256);
  }
  return times;
}

/** Milliseconds that a message of 64 KiB takes from worker to worker and back as 112 bytes, per MiB. */
async function broadcastMebibyte(batches) {
  const name = `floor-${crypto.randomUUID()}`;
  const echo = start("echo", name);
  const caller = start("caller", name);
  await Promise.all([echo.ready, caller.ready]);
  const times = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const time = await new Promise((resolve) => {
      caller.worker.addEventListener("message", (event) => resolve(event.data), { once: true });
      caller.worker.postMessage({ count: 64, size: 65536 });
    });
    times.push(time * 16);
  }
  echo.worker.terminate();
  caller.worker.terminate();
  return times;
}

/** Lets a worker of its own do something once, and answers what it says. */
async function once(order) {
  const worker = new Worker(new URL("./floors-worker.js", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data }) => resolve(data), { once: true });
      worker.addEventListener("error", ({ message }) => reject(new Error(message)), { once: true });
      worker.addEventListener("unhandledrejection", () => reject(new Error("the worker failed")), { once: true });
      worker.postMessage(order);
    });
  } finally {
    worker.terminate();
  }
}

/** Milliseconds of one call from WebAssembly of an import that is an ordinary JavaScript function, one figure a batch. */
function importCall(count, batches) {
  return once({ role: "imports", count, batches });
}

/** Milliseconds until one new worker has fetched these files, compiled those that are WebAssembly, and made an instance of each. */
async function loadFiles(paths) {
  const begin = performance.now();
  const modules = await once({ role: "load", paths });
  return { time: performance.now() - begin, modules };
}

globalThis.floors = { importCall, loadFiles, broadcastRoundTrip, broadcastMebibyte, workerStart, copyMebibyte };
