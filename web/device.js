// @ts-check
// Device calls and events, layout in Sources/ABI/Device.swift: operation (u16), token (u32), status (u32), bytes.

import { viewOf } from "./message.js";

/** Bytes before those of a call or event. */
export const DEVICE_HEADER = 10;
/** Where the status is. */
export const DEVICE_STATUS = 6;

/**
 * @param {number} operation
 * @param {number} token
 * @param {number} status 0 or an `Errno`
 * @param {Uint8Array} [bytes]
 */
export function deviceEvent(operation, token, status, bytes = new Uint8Array(0)) {
  const event = new Uint8Array(DEVICE_HEADER + bytes.length);
  const view = viewOf(event);
  view.setUint16(0, operation, true);
  view.setUint32(2, token, true);
  view.setUint32(6, status, true);
  event.set(bytes, DEVICE_HEADER);
  return event;
}
