// @ts-check
// The ways to wait. Each tells how a call that may wait is bound and how a program's entry is called.

/**
 * @typedef {object} Way
 * @property {(call: (...parameters: any[]) => number | Promise<number>) => WebAssembly.ImportValue} wrap binds a call that may
 *   answer a promise
 * @property {(entry: Function) => (...parameters: any[]) => Promise<unknown>} enter makes an entry callable; its promise settles when
 *   the entry ends
 */

/**
 * JavaScript Promise Integration, which TypeScript's library does not know yet.
 * @type {{Suspending: new (call: Function) => WebAssembly.ImportValue, promising: (entry: Function) => (...parameters: any[]) => Promise<unknown>}}
 */
const integration = /** @type {any} */ (WebAssembly);

/** @type {Way} The program's stack is suspended until a message comes over the event loop. */
const suspend = {
  wrap: (call) => new integration.Suspending(call),
  enter: (entry) => integration.promising(entry),
};

/** @type {Way} The worker sleeps until a message comes through shared memory. */
const park = {
  wrap: (call) => /** @type {WebAssembly.ImportValue} */ (call),
  enter: (entry) => async (...parameters) => entry(...parameters),
};

/**
 * The way of that name. Throws an Error for an unknown one.
 * @param {string} name
 * @returns {Way}
 */
export function wayToWait(name) {
  if (name === "park") return park;
  if (name === "suspend") return suspend;
  throw new Error(`there is no way to wait named ${name}`);
}
