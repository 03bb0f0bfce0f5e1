// @ts-check
// What a trap would be on hardware, in the same words whatever the browser says.

import { Signal } from "../generated/abi.js";

/** The longest name of a function that is told, in characters. */
const LONGEST_NAME = 120;

/**
 * Texts of Chromium and Firefox → signal and reason. The first that matches counts: "null function" comes before "null". (Firefox
 * has one text for a call beyond the table and an access beyond the memory.)
 * @type {readonly [RegExp, number, string][]}
 */
const causes = [
  [/unreachable/, Signal.illegalInstruction, "unreachable executed"],
  [/\btable|indirect call|function signature|null function/, Signal.illegalInstruction, "bad indirect call"],
  [/(divide|remainder) by zero/, Signal.arithmetic, "integer division by zero"],
  [/unrepresentable|conversion to integer|integer overflow/, Signal.arithmetic, "integer overflow"],
  [/unaligned/, Signal.segmentation, "unaligned atomic access"],
  [/null|cast/, Signal.segmentation, "bad reference"],
  [/out of bounds/, Signal.segmentation, "memory access out of bounds"],
];

/**
 * @param {unknown} error what came out of a program's entry, or out of a server
 * @returns {{signal: number, text: string}} the signal's number; reason and function
 */
export function trapOf(error) {
  const { signal, reason } = causeOf(error);
  const name = error instanceof Error ? functionName(error.stack ?? "") : null;
  return { signal, text: name === null ? reason : `${reason} in ${name}` };
}

/** @param {unknown} error */
function causeOf(error) {
  if (isExhaustion(error)) return { signal: Signal.segmentation, reason: "stack exhausted" };
  if (error instanceof WebAssembly.RuntimeError) {
    for (const [pattern, signal, reason] of causes) if (pattern.test(error.message)) return { signal, reason };
    return { signal: Signal.illegalInstruction, reason: error.message };
  }
  // TypeScript's library does not know WebAssembly.Exception yet.
  if (error instanceof /** @type {any} */ (WebAssembly).Exception) return { signal: Signal.abort, reason: "uncaught exception" };
  return { signal: Signal.illegalInstruction, reason: error instanceof Error ? error.message : "unknown error" };
}

/**
 * Whether the stack ran out: RangeError in Chromium, InternalError in Firefox.
 * @param {unknown} error
 */
function isExhaustion(error) {
  if (error instanceof RangeError) return /call stack/.test(error.message);
  return error instanceof Error && error.name === "InternalError";
}

/**
 * The innermost WebAssembly function of a stack trace, or null.
 * @param {string} stack
 */
function functionName(stack) {
  for (const line of stack.split("\n")) {
    const index = /wasm-function\[(\d+)\]/.exec(line);
    if (index === null) continue;
    const name = /^\s*at (.+) \(wasm:/.exec(line) ?? /^([^@]+)@/.exec(line);
    if (name === null || name[1].startsWith("wasm-function[")) return `function ${index[1]}`;
    return name[1].slice(0, LONGEST_NAME);
  }
  return null;
}
