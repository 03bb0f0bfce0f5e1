// What the floors are measured with in a worker: the two ends of a raw conversation over BroadcastChannel, of which one sends and
// waits and the other answers; calls of an import; files that are loaded.

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

/** Milliseconds of one call of an import that is an ordinary JavaScript function, one figure a batch. */
async function imports(count, batches) {
  let state = 1;
  const { instance } = await WebAssembly.instantiate(CALLER, { e: { f: () => state } });
  const run = /** @type {(count: number) => number} */ (instance.exports.run);
  const times = [];
  for (let batch = 0; batch < batches; batch += 1) {
    state = batch;
    const begin = performance.now();
    run(count);
    times.push((performance.now() - begin) / count);
  }
  return times;
}

/** Something for every import of a module, so that it can be instantiated. Its memory is large enough for any of ours. */
function stand(module) {
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = kind === "memory" ? new WebAssembly.Memory({ initial: 64 }) : () => 0;
  }
  return imports;
}

/** Fetches files, compiles those that are WebAssembly and makes an instance of each. How many there were. */
async function load(paths) {
  const load = async (path) => {
    const bytes = await (await fetch(path)).arrayBuffer();
    const start = new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
    if (start.length < 4 || start.some((byte, index) => byte !== CALLER[index])) return 0;
    const module = await WebAssembly.compile(bytes);
    await WebAssembly.instantiate(module, stand(module));
    return 1;
  };
  const counts = await Promise.all(paths.map(load));
  return counts.reduce((sum, count) => sum + count, 0);
}

self.addEventListener("message", async ({ data }) => {
  if (data.role === undefined) return;
  if (data.role === "none") return postMessage("up");
  if (data.role === "imports") return postMessage(await imports(data.count, data.batches));
  if (data.role === "load") return postMessage(await load(data.paths));
  const channel = new BroadcastChannel(data.name);
  const answer = new Uint8Array(112);
  if (data.role === "echo") {
    channel.addEventListener("message", () => channel.postMessage(answer));
  } else {
    self.addEventListener("message", async ({ data: { count, size } }) => {
      const question = new Uint8Array(size ?? 112);
      const begin = performance.now();
      for (let round = 0; round < count; round += 1) {
        await new Promise((resolve) => {
          channel.addEventListener("message", resolve, { once: true });
          channel.postMessage(question);
        });
      }
      postMessage((performance.now() - begin) / count);
    });
  }
  postMessage("up");
});
