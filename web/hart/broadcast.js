// @ts-check
// How messages travel where pages are not isolated: each channel is a BroadcastChannel.

import { Header } from "../generated/abi.js";
import { received } from "../message.js";

/** The open BroadcastChannels of a hart or of the monitor: all that they open, they open here, so that it can be counted. */
export class Channels {
  /** @param {(count: number) => void} [changed] called whenever one was opened or closed, with how many are open */
  constructor(changed = () => {}) {
    this.#changed = changed;
  }

  #changed;
  /** @type {Set<BroadcastChannel>} */
  #open = new Set();

  /** How many are open. */
  get count() {
    return this.#open.size;
  }

  /** @param {string} name */
  make(name) {
    const channel = new BroadcastChannel(name);
    this.#open.add(channel);
    this.#changed(this.count);
    return channel;
  }

  /** @param {BroadcastChannel} channel */
  close(channel) {
    channel.onmessage = null;
    channel.close();
    this.#open.delete(channel);
    this.#changed(this.count);
  }

  /**
   * An end of a channel (`Transport`).
   * @param {string} name
   * @param {number} attachment
   * @param {(message: import("./channel.js").Incoming) => void} receive
   * @returns {import("./channel.js").Link}
   */
  open(name, attachment, receive) {
    const channel = this.make(name);
    channel.onmessage = ({ data }) => {
      const message = received(data);
      if (message !== null) receive(incoming(message));
    };
    return { send: (header, payload) => channel.postMessage(joined(header, payload)), close: () => this.close(channel) };
  }
}

/**
 * One message of its two parts.
 * @param {Uint8Array} header
 * @param {Uint8Array} payload
 */
export function joined(header, payload) {
  const message = new Uint8Array(Header.size + payload.length);
  message.set(header);
  message.set(payload, Header.size);
  return message;
}

/**
 * A message that is there as bytes.
 * @param {Uint8Array} bytes
 * @param {number} [attachment]
 * @returns {import("./channel.js").Incoming}
 */
export function incoming(bytes, attachment = 0) {
  return { length: bytes.length, header: bytes, attachment, take: (target, at = 0) => target?.set(bytes, at) };
}
