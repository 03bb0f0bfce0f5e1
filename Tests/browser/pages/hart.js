// Plays resmgr and the monitor for one hart at a time, and any peer on its channels.

import { Header, HartRole, MessageKind, Operation } from "/generated/abi.js";
import { importedMemory } from "/hart/binary.js";
import { Word } from "/hart/word.js";
import { channelName, readHeader } from "/message.js";

const freshName = () => channelName(...crypto.getRandomValues(new BigUint64Array(2)));
const decoded = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

function message(kind, operation, argument, request, payload = new Uint8Array(0)) {
  const bytes = new Uint8Array(Header.size + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, kind);
  view.setUint8(1, Header.version);
  view.setUint16(2, operation, true);
  view.setUint32(4, argument, true);
  view.setUint32(8, request, true);
  view.setUint32(12, payload.length, true);
  bytes.set(payload, Header.size);
  return bytes;
}

/** What a case sees of a message. */
function described(bytes) {
  const { kind, operation, argument, request } = readHeader(bytes);
  const stamp = [...bytes.subarray(Header.stamp, Header.stamp + Header.stampSize)];
  const time = Number(new DataView(bytes.buffer).getBigUint64(Header.time, true));
  const payload = bytes.subarray(Header.size);
  const text = payload.length < 4096 ? [...payload] : null;
  return { kind, operation, argument, request, stamp, time, length: payload.length, payload: text };
}

/** One channel's end: what came over it, in order. */
class End {
  constructor(name, answer = () => {}) {
    this.name = name;
    this.heard = [];
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data }) => {
      this.heard.push(data);
      answer(data);
    };
  }

  post(data) {
    this.channel.postMessage(data);
  }
}

/** A condition that is asked again until it holds. */
async function until(condition) {
  for (;;) {
    const value = condition();
    if (value) return value;
    await new Promise((next) => setTimeout(next, 2));
  }
}

class TestHart {
  #request = 0;

  /** `early`: device events that are sent right behind the start, before the worker can have the lock of its name. */
  constructor(role, moduleBase64, grants, early = []) {
    this.reports = [];
    const name = freshName();
    const sent = new Promise((resolve) => (this.haveSent = resolve));
    if (early.length > 0) navigator.locks.request(name, () => sent);
    this.early = early;
    this.worker = new Worker("/build/hart.js", { name });
    this.worker.onmessage = ({ data }) => {
      if (data.kind === "channels") this.channels = data.count;
      else this.reports.push(data);
    };
    this.control = new End(freshName());
    this.ready = this.#start(role, decoded(moduleBase64), grants);
  }

  async #start(role, bytes, grants) {
    const readiness = new End(freshName());
    this.worker.postMessage({
      kind: "start",
      hart: 1,
      role,
      module: await WebAssembly.compile(bytes),
      memory: importedMemory(bytes) ?? { initial: 0 },
      grants,
      opensConnections: false,
      channel: this.control.name,
      readiness: readiness.name,
      arena: null,
      cell: 0,
      attachment: 0,
      monitorPair: 0,
      stamp: new Uint8Array(Header.stampSize).fill(1),
      configuration: new TextEncoder().encode("key=value\n"),
      wait: "suspend",
      compiled: [],
      build: new URL("/tests/", location.href).href,
      began: performance.timeOrigin + performance.now(),
      resolution: 1000,
    });
    for (const event of this.early) this.worker.postMessage({ kind: Word.device, bytes: new Uint8Array(event) });
    // Time for the worker to hear that.
    if (this.early.length > 0) await new Promise((next) => setTimeout(next, 300));
    this.haveSent();
    await until(() => readiness.heard.length > 0);
  }

  /** Makes a request on the control channel and waits for its reply. */
  async ask(operation, payload) {
    const request = ++this.#request;
    this.control.post(message(MessageKind.request, operation, 4096, request, payload));
    const isReply = (bytes) => readHeader(bytes).kind === MessageKind.reply && readHeader(bytes).request === request;
    const reply = await until(() => this.control.heard.find(isReply));
    return { status: readHeader(reply).argument, text: new TextDecoder().decode(reply.subarray(Header.size)) };
  }

  notify(operation, payload) {
    this.control.post(message(MessageKind.notice, operation, 0, 0, payload));
  }

  /** Opens a connection of the hart to `end`. */
  open(connection, end) {
    const body = new Uint8Array(28).fill(9);
    const view = new DataView(body.buffer);
    view.setUint32(0, connection, true);
    view.setBigUint64(4, BigInt(`0x${end.name.slice(8, 24)}`), true);
    view.setBigUint64(12, BigInt(`0x${end.name.slice(24)}`), true);
    return this.ask(Operation.openConnection, body);
  }

  end() {
    this.worker.terminate();
  }
}

/** A peer that answers every request with the request's own payload. */
function echo() {
  const end = new End(freshName(), (bytes) => {
    const { kind, operation, request } = readHeader(bytes);
    if (kind === MessageKind.request) end.post(message(MessageKind.reply, operation, 0, request, bytes.subarray(Header.size)));
  });
  return end;
}

async function startProgram(libOS, image, peer) {
  const hart = new TestHart(HartRole.program, libOS, 0);
  await hart.ready;
  const opened = await hart.open(5, peer);
  return { hart, opened, started: await hart.ask(Operation.startProgram, decoded(image)) };
}

globalThis.hart = {
  /** Runs a program until the hart tells `report`, with an echo on connection 5 (or a peer that never answers). */
  async run(libOS, image, { answers = true, report = "ended" } = {}) {
    const peer = answers ? echo() : new End(freshName());
    const { hart, started } = await startProgram(libOS, image, peer);
    if (started.status !== 0) {
      hart.end();
      return { started };
    }
    await until(() => hart.reports.some(({ kind }) => kind === report));
    await until(() => [hart.control, peer].every((end) => readHeader(end.heard.at(-1)).operation === Operation.last));
    hart.end();
    const [control, heard] = [hart.control, peer].map((end) => end.heard.map(described));
    return { started, control, peer: heard, reports: hart.reports, channels: hart.channels };
  },

  /** Runs a program that writes for ever, does things to it, and ends it by order. */
  async runEndless(libOS, image) {
    const peer = echo();
    const { hart, opened } = await startProgram(libOS, image, peer);
    const again = await hart.open(5, peer);
    await until(() => peer.heard.length > 3);
    // None of these is a message, or an answer to anything.
    for (const garbage of ["text", null, new Uint8Array(47), new ArrayBuffer(1 << 21), { kind: 2 }, 7]) peer.post(garbage);
    peer.post(message(MessageKind.reply, Operation.write, 0, 0x7fffffff));
    const stamped = await hart.ask(Operation.setStamp, new Uint8Array(Header.stampSize).fill(2));
    const count = peer.heard.length;
    await until(() => peer.heard.length > count + 3);
    const ended = await hart.ask(Operation.endProgram);
    const silent = peer.heard.length;
    await until(() => readHeader(peer.heard.at(-1)).operation === Operation.last);
    const reopened = await hart.open(6, peer);
    const malformed = await hart.ask(Operation.openConnection, new Uint8Array(3));
    hart.end();
    const statuses = [opened, again, stamped, ended, reopened, malformed].map(({ status }) => status);
    const lasts = hart.control.heard.filter((bytes) => readHeader(bytes).operation === Operation.last).length;
    return { statuses, lasts, before: described(peer.heard[0]), after: described(peer.heard[silent - 1]) };
  },

  /** Starts a server, and sends it device events at once: its first inputs. */
  async serveEarly(module, events) {
    const hart = new TestHart(HartRole.server, module, 0, events);
    await hart.ready;
    const told = () => hart.control.heard.map(described).filter(({ kind }) => kind === MessageKind.notice);
    await until(() => told().length > events.length);
    hart.end();
    return told().map(({ payload }) => payload);
  },

  /** Starts a server, makes the given device calls through it, and tells its inputs and reports after that. */
  async serve(module, grants, calls, inputs) {
    const hart = new TestHart(HartRole.server, module, grants);
    await hart.ready;
    await hart.open(3, echo());
    await hart.ask(Operation.closeConnection, new Uint8Array([3, 0, 0, 0]));
    for (const call of calls) hart.notify(Operation.cancel, new Uint8Array(call));
    const told = () => hart.control.heard.map(described).filter(({ kind }) => kind === MessageKind.notice);
    await until(() => told().length >= inputs);
    hart.notify(Operation.read);
    await until(() => hart.reports.some(({ kind }) => kind === "failed"));
    hart.end();
    return { inputs: told().map(({ payload, stamp }) => ({ payload, stamp })), reports: hart.reports };
  },
};
