// @ts-check
// The orders of resmgr that a hart carries out itself: the operations of the range 0x0100 on connection 0.

import { Errno, Header, MessageKind, Operation } from "../generated/abi.js";
import { BodyReader, buildReply, readHeader } from "../message.js";

/** Bytes of a process identity. */
const IDENTITY = 8;

/**
 * What orders act on.
 * @typedef {object} Subject
 * @property {import("./channel.js").Connections} connections
 * @property {() => boolean} isOver whether the hart's program was abandoned
 * @property {(connection: number, peer: Uint8Array) => void} connected
 * @property {(connection: number) => void} disconnected
 * @property {() => void} end abandons the program
 */

/**
 * Carries an order out and answers it.
 * @param {import("./channel.js").Incoming} incoming came on connection 0
 * @param {Subject} subject
 * @returns {boolean} false if it is not for the hart itself
 */
export function obey(incoming, subject) {
  const { kind, operation, request, payloadLength } = readHeader(incoming.header);
  if (operation >> 8 !== Operation.openConnection >> 8) return false;
  if (kind !== MessageKind.request) return true;
  const message = new Uint8Array(incoming.length);
  incoming.take(message);
  let status;
  try {
    status = payloadLength === message.length - Header.size ? carryOut(operation, message, incoming.attachment, subject) : Errno.badMessage;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    status = Errno.badMessage;
  }
  subject.connections.sendOwn(0, buildReply(operation, request, status));
  return true;
}

/**
 * @param {number} operation
 * @param {Uint8Array} message
 * @param {number} attachment
 * @param {Subject} subject
 * @returns {number} 0 or an `Errno`
 */
function carryOut(operation, message, attachment, subject) {
  const body = new BodyReader(message, Header.size);
  switch (operation) {
    case Operation.openConnection: {
      const connection = body.u32();
      const name = body.channelName();
      const peer = body.raw(IDENTITY);
      if (subject.isOver()) return Errno.noSuchProcess;
      const status = subject.connections.open(connection, name, attachment);
      if (status === Errno.success) subject.connected(connection, peer);
      return status;
    }
    case Operation.closeConnection: {
      const connection = body.u32();
      if (connection !== 0 && subject.connections.close(connection)) subject.disconnected(connection);
      return Errno.success;
    }
    case Operation.setStamp:
      subject.connections.setStamp(body.raw(Header.stampSize));
      return Errno.success;
    case Operation.endProgram:
      subject.end();
      return Errno.success;
    default:
      return Errno.functionNotImplemented;
  }
}
