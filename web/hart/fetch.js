// @ts-check
// The device call `fetch`: a file of the page's build folder, in pieces.

import { deviceEvent } from "../device.js";
import { DeviceOperation, Errno, Limits } from "../generated/abi.js";

/** Names inside of the build folder; a component of dots alone would leave it. */
const NAME = /^(?!\.+(\/|$))[A-Za-z0-9._-]+(\/(?!\.+(\/|$))[A-Za-z0-9._-]+)*$/;

/**
 * Reads one file. Every piece comes as an event with status `operationInProgress`; the last event has none.
 * @param {Uint8Array} nameBytes relative to the build folder
 * @param {string} build the build folder's address
 * @param {number} token of the call
 * @param {(event: Uint8Array) => void} answer never called before this function returns
 */
export async function fetchFile(nameBytes, build, token, answer) {
  const event = (/** @type {number} */ status, /** @type {Uint8Array} */ bytes = new Uint8Array(0)) =>
    answer(deviceEvent(DeviceOperation.fetch, token, status, bytes));
  const name = new TextDecoder().decode(nameBytes);
  let status;
  try {
    status = await readPieces(name, build, (piece) => event(Errno.operationInProgress, piece));
  } catch {
    // The network failed, at the start or on the way.
    status = Errno.ioError;
  }
  event(status);
}

/**
 * @param {string} name
 * @param {string} build
 * @param {(piece: Uint8Array) => void} take
 * @returns {Promise<number>} 0 or an `Errno`
 */
async function readPieces(name, build, take) {
  await null;
  if (!NAME.test(name)) return Errno.invalidArgument;
  const response = await fetch(new URL(name, build), { redirect: "error" });
  if (response.status === 404 || response.status === 410) return Errno.noSuchFileOrDirectory;
  if (response.status === 401 || response.status === 403) return Errno.permissionDenied;
  if (!response.ok) return Errno.ioError;
  if (response.body === null) return Errno.success;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Errno.success;
    for (let start = 0; start < value.length; start += Limits.payload) take(value.subarray(start, start + Limits.payload));
  }
}
