// What the cases of engine.py ask for: each function proves one thing that Martlet needs of a browser.

/** Keys as the page's listener saw them: pairs of `key` and whether the event was a real one. */
const keys = [];
document.addEventListener("keydown", (event) => {
    keys.push({ key: event.key, control: event.ctrlKey, trusted: event.isTrusted });
});

/** Sends one message to a worker over a BroadcastChannel and resolves with the answer. */
function roundTrip(text) {
    const name = `engine ${crypto.randomUUID()}`;
    const channel = new BroadcastChannel(name);
    const worker = new Worker("engine-worker.js", { type: "module", name });
    return new Promise((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
        channel.onmessage = ({ data }) => {
            if (data === "ready") {
                channel.postMessage(text);
            } else {
                worker.terminate();
                channel.close();
                resolve(data);
            }
        };
    });
}

/**
 * Calls a WebAssembly function whose import is suspended until a timer fires.
 * The module: (import "m" "f" (func (result i32))) (func (export "g") (result i32) (i32.add (call 0) (i32.const 1)))
 */
async function suspendAndResume() {
    const bytes = new Uint8Array([
        0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 2, 7, 1, 1, 109, 1, 102, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 103,
        0, 1, 10, 9, 1, 7, 0, 16, 0, 65, 1, 106, 11,
    ]);
    let suspended = false;
    const f = new WebAssembly.Suspending(() => new Promise((resolve) => setTimeout(() => resolve(41), 1)));
    const { instance } = await WebAssembly.instantiate(bytes, { m: { f } });
    const call = WebAssembly.promising(instance.exports.g)();
    suspended = true;
    return { suspended, value: await call };
}

globalThis.engine = { keys, roundTrip, suspendAndResume };
