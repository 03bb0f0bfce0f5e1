// @ts-check
// A hart that runs a server module. What the imports and exports mean: Sources/ABI/README.md.

import { DEVICE_HEADER, DEVICE_STATUS, deviceEvent } from "../device.js";
import { DeviceGrant, DeviceOperation, Errno } from "../generated/abi.js";
import { BodyReader, viewOf } from "../message.js";
import { incoming } from "./broadcast.js";
import { Deadline, Timer } from "./clock.js";
import { Bytes } from "./copy.js";
import { fetchFile } from "./fetch.js";

const INPUT = Object.freeze({ start: 1, message: 2, timer: 3, device: 4, connected: 5, disconnected: 6 });
/** Bytes of entropy in the start input. */
const ENTROPY = 32;

/** @type {ReadonlyMap<number, number>} Device call → the grant that covers it. */
const grantOf = new Map([
  [DeviceOperation.consoleWrite, DeviceGrant.console],
  [DeviceOperation.consoleTaken, DeviceGrant.console],
  [DeviceOperation.fetch, DeviceGrant.fetch],
  [DeviceOperation.pageSend, DeviceGrant.page],
  [DeviceOperation.pageClosed, DeviceGrant.page],
  [DeviceOperation.blockGeometry, DeviceGrant.block],
  [DeviceOperation.blockRead, DeviceGrant.block],
  [DeviceOperation.blockWrite, DeviceGrant.block],
  [DeviceOperation.blockFlush, DeviceGrant.block],
]);

export class Server {
  /**
   * @param {{module: WebAssembly.Module, grants: number, build: string, opensConnections: boolean}} start `build` is the address
   *   of the build folder; `opensConnections` whether the server opens its own ends of channels (resmgr does)
   * @param {boolean} parks whether the hart looks at the server's deadline itself, and calls `look`
   * @param {import("./park/registrar.js").Registrar | null} registrar of resmgr's hart in an arena
   * @param {import("./clock.js").Clock} clock
   * @param {import("./channel.js").Connections} connections
   * @param {{log: (text: string) => void, device: (call: Uint8Array) => void, moved: () => void,
   *   failed: (error: unknown) => void}} report `moved` is called when an event of the event loop was an input
   */
  constructor(start, parks, registrar, clock, connections, report) {
    this.#start = start;
    this.#registrar = registrar;
    this.#clock = clock;
    this.#connections = connections;
    this.#report = report;
    this.#timer = parks ? new Deadline(clock) : new Timer(clock, () => this.#input(INPUT.timer, 0));
    const instance = new WebAssembly.Instance(start.module, { martlet_host: this.#host() });
    this.#exports = /** @type {any} */ (instance.exports);
    this.#memory = new Bytes(this.#exports.memory);
    this.#exports._initialize();
  }

  #start;
  #registrar;
  #clock;
  #connections;
  #report;
  /** @type {Timer | Deadline} */
  #timer;
  /** Fetches under way: their ends come over the event loop. */
  #fetches = 0;
  #exports;
  #memory;
  #isOver = false;

  /** @param {Uint8Array} configuration */
  begin(configuration) {
    const bytes = new Uint8Array(8 + ENTROPY + configuration.length);
    new DataView(bytes.buffer).setBigUint64(0, this.#clock.real(), true);
    crypto.getRandomValues(bytes.subarray(8, 8 + ENTROPY));
    bytes.set(configuration, 8 + ENTROPY);
    this.#inputBytes(INPUT.start, 0, bytes);
  }

  /** @param {number} connection @param {import("./channel.js").Incoming} message */
  deliver(connection, message) {
    this.#input(INPUT.message, connection, message);
  }

  /** Whether something is on its way that comes over the event loop alone. */
  get needsEvents() {
    return this.#fetches > 0;
  }

  /** Milliseconds until the server's deadline. */
  get remaining() {
    return this.#timer instanceof Deadline ? this.#timer.remaining : Infinity;
  }

  /** Hands the server its deadline if that has passed, and tells whether it had. */
  look() {
    if (!(this.#timer instanceof Deadline) || !this.#timer.take()) return false;
    this.#input(INPUT.timer, 0);
    return true;
  }

  /** @param {Uint8Array} event a device event */
  device(event) {
    this.#inputBytes(INPUT.device, 0, event);
  }

  /** @param {number} connection @param {Uint8Array} peer its identity */
  connected(connection, peer) {
    this.#inputBytes(INPUT.connected, connection, peer);
  }

  /** @param {number} connection */
  disconnected(connection) {
    this.#input(INPUT.disconnected, connection);
  }

  /**
   * @param {number} kind
   * @param {number} argument
   * @param {Uint8Array} bytes
   */
  #inputBytes(kind, argument, bytes) {
    this.#input(kind, argument, incoming(bytes));
  }

  /**
   * @param {number} kind
   * @param {number} argument
   * @param {import("./channel.js").Incoming | null} [bytes] the input's
   */
  #input(kind, argument, bytes = null) {
    if (this.#isOver) return;
    const length = bytes === null ? 0 : bytes.length;
    try {
      if (bytes !== null) {
        const pointer = this.#exports.input_buffer(length);
        if (!this.#memory.holds(pointer, length)) throw new Error("the server gave a buffer outside of its memory");
        bytes.take(this.#memory.view, pointer >>> 0);
      }
      this.#exports.input(kind, argument, BigInt(this.#clock.monotonic()), length);
    } catch (error) {
      this.#isOver = true;
      this.#timer.set(-1n);
      this.#report.failed(error);
    }
  }

  /** @param {Uint8Array} call */
  #device(call) {
    const reader = new BodyReader(call);
    const operation = reader.u16();
    const token = reader.u32();
    reader.u32();
    const grant = grantOf.get(operation);
    const isGranted = grant !== undefined && (this.#start.grants & grant) !== 0;
    if (grant === DeviceGrant.block) {
      // This hart reaches no block device. A server waits for the event, which must not come before its call returned.
      const refusal = deviceEvent(operation, token, isGranted ? Errno.notSupported : Errno.notPermitted);
      queueMicrotask(() => this.device(refusal));
      return Errno.success;
    }
    if (!isGranted) return Errno.notPermitted;
    if (operation === DeviceOperation.fetch) {
      this.#fetches += 1;
      fetchFile(reader.rest(), this.#start.build, token, (event) => {
        if (viewOf(event).getUint32(DEVICE_STATUS, true) !== Errno.operationInProgress) this.#fetches -= 1;
        this.device(event);
        this.#report.moved();
      });
    } else this.#report.device(call);
    return Errno.success;
  }

  /** What a server imports from `martlet_host`. */
  #host() {
    const connections = this.#connections;
    return {
      send: (/** @type {number} */ connection, /** @type {number} */ pointer, /** @type {number} */ length) => {
        const message = this.#memory.peek(pointer, length);
        if (message === null) return Errno.badAddress;
        return connections.send(connection >>> 0, message, this.#registrar?.sends(connection >>> 0, message));
      },
      set_timer: (/** @type {bigint} */ deadline) => this.#timer.set(deadline),
      log: (/** @type {number} */ pointer, /** @type {number} */ length) =>
        this.#report.log(new TextDecoder().decode(this.#memory.read(pointer, length) ?? new Uint8Array(0))),
      device: (/** @type {number} */ pointer, /** @type {number} */ length) => {
        const call = this.#memory.read(pointer, length);
        if (call === null) return Errno.badAddress;
        return call.length < DEVICE_HEADER ? Errno.badMessage : this.#device(call);
      },
      open_connection: (/** @type {number} */ connection, /** @type {number} */ pointer) => {
        const name = this.#memory.read(pointer, 16);
        if (name === null || !this.#start.opensConnections) throw new Error("this server may not open that connection");
        const channel = new BodyReader(name).channelName();
        connections.open(connection >>> 0, channel, this.#registrar?.open(channel, connection >>> 0) ?? 0);
      },
      close_connection: (/** @type {number} */ connection) => {
        if (!this.#start.opensConnections) return;
        connections.close(connection >>> 0);
        this.#registrar?.closed(connection >>> 0);
      },
    };
  }
}
