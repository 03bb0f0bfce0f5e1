// @ts-check
// From the bytes of an image to a program that is ready to run: compile, check what it asks for, bind its imports.

import { Errno, programCalls } from "../generated/abi.js";
import { declaredMemories, whyNoModule } from "./binary.js";
import { letGo, moduleOf } from "./store.js";

/** The longest reason that is given, in characters. */
const LONGEST_REASON = 200;

/** Why an image is not a program. */
export class ImageError extends Error {
  /** @param {string} reason for people @param {number} [status] an `Errno` */
  constructor(reason, status = Errno.execFormatError) {
    super(reason.slice(0, LONGEST_REASON));
    this.status = status;
  }
}

/**
 * A compile or link error of the browser without the browser's prefixes.
 * @param {unknown} error
 */
function reasonOf(error) {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^WebAssembly\.\w+\(\): /, "").replace(/^wasm validation error: /, "");
}

/**
 * Throws an ImageError unless it imports nothing but program calls and exports what a program must.
 * @param {WebAssembly.Module} module
 */
function check(module) {
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const call = Object.hasOwn(programCalls, from) && programCalls[from].find((call) => call.name === name);
    if (!call) throw new ImageError(`unknown import ${from}.${name}`);
    if (kind !== "function") throw new ImageError(`import ${from}.${name} is a ${kind}, not a function`);
  }
  const exports = WebAssembly.Module.exports(module);
  const has = (/** @type {string} */ name, /** @type {string} */ kind) =>
    exports.some((entry) => entry.name === name && entry.kind === kind);
  if (!has("_start", "function")) throw new ImageError("the module exports no function _start");
  if (!has("memory", "memory")) throw new ImageError("the module exports no memory");
}

/**
 * Compiles, checks and links an image. Throws an ImageError that says why it is no program.
 * @param {Uint8Array} image the whole of its buffer; not to be used afterwards
 * @param {WebAssembly.Imports} imports
 * @returns {{memory: WebAssembly.Memory, start: Function, table: WebAssembly.Table | null}} the table is that of its functions, if it
 *   exports that under the name that linkers give it
 */
export function link(image, imports) {
  const reason = whyNoModule(image);
  if (reason !== null) throw new ImageError(reason);
  let module;
  try {
    module = moduleOf(image);
  } catch (error) {
    throw new ImageError(reasonOf(error), error instanceof RangeError ? Errno.notEnoughMemory : undefined);
  }
  const memories = declaredMemories(image);
  letGo(image);
  check(module);
  // Every memory is one of the few that a browser gives.
  if (memories > 1) throw new ImageError("the module declares more than one memory");
  try {
    const { exports } = new WebAssembly.Instance(module, imports);
    return {
      memory: /** @type {WebAssembly.Memory} */ (exports.memory),
      start: /** @type {Function} */ (exports._start),
      table: exports.__indirect_function_table instanceof WebAssembly.Table ? exports.__indirect_function_table : null,
    };
  } catch (error) {
    throw new ImageError(reasonOf(error), error instanceof RangeError ? Errno.notEnoughMemory : undefined);
  }
}

/**
 * The functions that a program may import.
 * @param {Record<string, (thread: number, ...parameters: any[]) => number>} libOS its exports
 * @param {number} thread the id that every call gets first
 * @param {import("./waiting.js").Way} way
 * @param {() => void} enter called before the libOS
 * @param {(result: number) => number | Promise<number>} settle called with what the libOS answers to a call that may wait
 * @param {(result: number) => number} leave called with what it answers to one that never waits
 * @returns {WebAssembly.Imports}
 */
export function bind(libOS, thread, way, enter, settle, leave) {
  /** @type {WebAssembly.Imports} */
  const imports = {};
  for (const [module, calls] of Object.entries(programCalls)) {
    imports[module] = {};
    for (const { name, parameters, mayWait } of calls) {
      const call = libOS[name];
      if (typeof call !== "function") throw new Error(`the libOS does not export ${name}`);
      imports[module][name] = mayWait
        ? way.wrap(trampoline(call, thread, parameters.length, enter, settle))
        : /** @type {WebAssembly.ImportValue} */ (trampoline(call, thread, parameters.length, enter, leave));
    }
  }
  return imports;
}

/**
 * A function of exactly so many parameters: rest arguments cost more than most calls.
 * @template Result
 * @param {(thread: number, ...parameters: any[]) => number} call
 * @param {number} thread
 * @param {number} count
 * @param {() => void} enter
 * @param {(result: number) => Result} settle
 * @returns {(...parameters: any[]) => Result}
 */
function trampoline(call, thread, count, enter, settle) {
  switch (count) {
    case 0:
      return () => (enter(), settle(call(thread)));
    case 1:
      return (a) => (enter(), settle(call(thread, a)));
    case 2:
      return (a, b) => (enter(), settle(call(thread, a, b)));
    case 3:
      return (a, b, c) => (enter(), settle(call(thread, a, b, c)));
    case 4:
      return (a, b, c, d) => (enter(), settle(call(thread, a, b, c, d)));
    case 5:
      return (a, b, c, d, e) => (enter(), settle(call(thread, a, b, c, d, e)));
    case 6:
      return (a, b, c, d, e, f) => (enter(), settle(call(thread, a, b, c, d, e, f)));
    case 7:
      return (a, b, c, d, e, f, g) => (enter(), settle(call(thread, a, b, c, d, e, f, g)));
    case 8:
      return (a, b, c, d, e, f, g, h) => (enter(), settle(call(thread, a, b, c, d, e, f, g, h)));
    case 9:
      return (a, b, c, d, e, f, g, h, i) => (enter(), settle(call(thread, a, b, c, d, e, f, g, h, i)));
    default:
      throw new Error(`no trampoline takes ${count} parameters`);
  }
}
