// @ts-check
// The monitor: creates and ends harts by the orders of resmgr, counts memories, watches servers, and stands between devices and
// the harts that may use them. No policy.

import { DeviceGrant, DeviceOperation, EndReason, Errno, Header, HartRole, MessageKind, Operation } from "./generated/abi.js";
import { Channels, incoming, joined } from "./hart/broadcast.js";
import { Connections } from "./hart/channel.js";
import { Clock } from "./hart/clock.js";
import { Library } from "./hart/library.js";
import { Arena, freeCells, makeArena, MONITOR_CELL, MONITOR_RING, MonitorPairs } from "./hart/park/arena.js";
import { makePair } from "./hart/park/ring.js";
import { Rings } from "./hart/park/rings.js";
import { Word } from "./hart/word.js";
import { BodyReader, buildNotice, buildReply, channelName, readHeader, viewOf } from "./message.js";
import { Budget } from "./monitor/budget.js";
import { Hart, StartError } from "./monitor/hart.js";
import { ModuleError, Modules } from "./monitor/modules.js";
import { Watchdog } from "./monitor/watchdog.js";
import { HartWorker, liveWorkers, openChannels } from "./monitor/worker.js";

/** The monitor's number of resmgr's own hart; resmgr numbers the others. */
const RESOURCE_MANAGER = 0;
/** How many workers are made ready: as many as a short pipeline takes at once, since one takes tens of milliseconds to start. */
const SPARES = 3;
/** How many that had a program before are kept for another. */
const MOST_SPARES = 8;
/** How many programs a worker takes, one after the other: the browser takes memories back in its own time. */
const MOST_PROGRAMS = 16;
/** Milliseconds that a program has to leave its worker when it is ended; one that computes does not. */
const LEAVE = 20;

/**
 * The page's end of a device.
 * @typedef {object} Device
 * @property {(send: ((event: Uint8Array) => void) | null) => void} connect tells where events go; null when the server is gone
 * @property {(call: Uint8Array) => void} call takes a device call
 */

/**
 * @typedef {object} Options
 * @property {string} build the address of the build folder, ending in a slash
 * @property {string} wait the way to wait
 * @property {readonly string[]} modules the names of those that will be asked for first
 * @property {Device} console
 * @property {Device} page
 * @property {(text: string) => void} onMessage a line for the console
 * @property {() => void} onBooted init runs
 * @property {(text: string) => void} onPanic resmgr cannot go on; all harts are ended
 * @property {() => void} onHalted the system is down; all harts are ended
 */

export class Monitor {
  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    this.#modules = new Modules(options.build);
    this.#clock = new Clock(this.#began, 0);
    const stamp = new Uint8Array(Header.stampSize);
    this.#arena = options.wait === "park" ? new Arena(makeArena()) : null;
    if (this.#arena !== null) {
      this.#rings = new Rings(this.#arena, MONITOR_CELL);
      this.#goRound(this.#rings);
    }
    this.#connections = new Connections(this.#conversation, this.#clock, stamp, false, (_, message) => this.#receive(message));
    this.#readiness.onmessage = ({ data }) => this.#harts.get(data)?.becameReady();
    this.#watchdog = new Watchdog(
      () => this.#servers(),
      (hart) => void this.#gone(hart, EndReason.silent, `${hart.name} does not answer`),
    );
  }

  #options;
  #arena;
  #cells = freeCells();
  #pairs = new MonitorPairs();
  /** @type {Rings | null} How the monitor speaks to servers that park. */
  #rings = null;
  #modules;
  /** What workers have compiled. */
  #library = new Library();
  #clock;
  #connections;
  #watchdog;
  #began = performance.timeOrigin + performance.now();
  #resolution = clockResolution();
  #readinessName = freshName();
  #channels = new Channels();
  #readiness = this.#channels.make(this.#readinessName);
  #budget = new Budget();
  /** @type {Map<number, Hart>} */
  #harts = new Map();
  /** @type {Set<number>} Harts for which there is no module or no room yet. */
  #loading = new Set();
  /** @type {Set<Promise<void>>} Harts that are being ended. */
  #ending = new Set();
  /** @type {HartWorker[]} Workers that are started and have nothing to run yet, oldest first. */
  #spares = [];
  #isStopped = false;
  /** @type {(message: import("./hart/channel.js").Incoming) => void} What becomes of a message of resmgr. */
  #hear = () => {};
  /** The conversation with resmgr: messages to and from its worker (`Transport`). */
  #conversation = {
    /** @param {string} name @param {number} attachment @param {(message: import("./hart/channel.js").Incoming) => void} receive */
    open: (name, attachment, receive) => {
      this.#hear = receive;
      return {
        send: (/** @type {Uint8Array} */ header, /** @type {Uint8Array} */ payload) =>
          this.#harts.get(RESOURCE_MANAGER)?.say(Word.message, joined(header, payload)),
        close: () => void (this.#hear = () => {}),
      };
    },
  };

  /** What the machine uses. */
  get information() {
    const harts = [...this.#harts.values()];
    const count = (/** @type {number} */ role) => harts.filter((hart) => hart.role === role).length;
    return {
      ...this.#budget.usage,
      // Those that are free do nothing and are not counted.
      liveWorkers: liveWorkers() - this.#spares.length,
      channels: this.#channels.count + openChannels() + harts.reduce((sum, { cell }) => sum + (this.#arena?.ends(cell) ?? 0), 0),
      servers: count(HartRole.server),
      processes: count(HartRole.program),
    };
  }

  /**
   * Starts resmgr. Rejects with an Error if that is not possible.
   * @param {Uint8Array} configuration for its start input
   */
  async start(configuration) {
    // Everything that will be needed at once, and a worker for each.
    for (const name of this.#options.modules) {
      this.#modules.load(name).catch(() => {});
      this.#makeSpare(this.#makeWorker());
    }
    this.#connections.open(0, "", 0);
    await this.#create({
      number: RESOURCE_MANAGER,
      role: HartRole.server,
      module: "resmgr",
      grants: 0,
      channel: "",
      stamp: new Uint8Array(Header.stampSize),
      configuration,
      attachment: 0,
    });
  }

  /**
   * Goes on with what had no room in a ring whenever there is some.
   * @param {Rings} rings
   */
  #goRound(rings) {
    for (;;) {
      while (rings.step());
      const woken = rings.sleepAside(Infinity);
      if (woken === null) continue;
      void woken.then(() => {
        rings.sleeper.wakeUp();
        if (!this.#isStopped) this.#goRound(rings);
      });
      return;
    }
  }

  /**
   * Gives a server a pair in the arena by which the monitor speaks to it. Throws a StartError if there is none.
   * @param {Hart} hart
   */
  #connectLine(hart) {
    if (this.#arena === null || this.#rings === null || hart.role !== HartRole.server) return;
    const place = this.#pairs.take();
    if (place === undefined) throw new StartError("the arena has no room for another server", Errno.resourceTemporarilyUnavailable);
    makePair(this.#arena, place, MONITOR_RING);
    const line = this.#rings.openAt(place, 0, () => {});
    if (typeof line === "number") throw new StartError("the monitor cannot open another end", line);
    hart.line = line;
    hart.linePlace = place;
  }

  /** Ends all harts. */
  stop() {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#watchdog.stop();
    this.#loading.clear();
    this.#connections.close(0);
    this.#channels.close(this.#readiness);
    for (const hart of this.#harts.values()) void this.#end(hart, "the machine was stopped");
    for (const worker of this.#spares.splice(0)) void worker.end();
  }

  *#servers() {
    for (const hart of this.#harts.values()) if (hart.role === HartRole.server && hart.isReady) yield hart;
  }

  /** @param {import("./hart/channel.js").Incoming} message from resmgr */
  #receive(message) {
    const { kind, operation, request } = readHeader(message.header);
    const body = new BodyReader(message.header, Header.size);
    if (kind === MessageKind.notice) this.#notice(operation, body);
    else if (kind === MessageKind.request) void this.#answer(operation, request, body, message.attachment);
  }

  /**
   * @param {number} operation
   * @param {BodyReader} body
   */
  #notice(operation, body) {
    switch (operation) {
      case Operation.consoleMessage:
        this.#options.onMessage(new TextDecoder().decode(body.rest()));
        break;
      case Operation.booted:
        this.#options.onBooted();
        break;
      case Operation.halted:
        if (this.#isStopped) break;
        this.stop();
        this.#options.onHalted();
        break;
      case Operation.panic:
        this.#panic(new TextDecoder().decode(body.rest()));
        break;
    }
  }

  /**
   * @param {number} operation
   * @param {number} request
   * @param {BodyReader} body
   * @param {number} attachment
   */
  async #answer(operation, request, body, attachment) {
    /** @type {number} */
    let status = Errno.success;
    let reason = "";
    try {
      if (operation === Operation.createHart) await this.#create({ ...readCreateHart(body), attachment });
      else if (operation === Operation.endHart) await this.#endOrdered(body.u32());
      else status = Errno.functionNotImplemented;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      const isKnown = error instanceof StartError || error instanceof ModuleError;
      status = isKnown ? error.status : error instanceof RangeError ? Errno.badMessage : Errno.ioError;
    }
    if (!this.#isStopped) this.#connections.sendOwn(0, buildReply(operation, request, status, reason));
    // Nobody waits for these.
    if (operation === Operation.createHart) this.#makeSpares();
  }

  /**
   * Creates a hart; fulfilled when it runs. Rejects with a StartError or a ModuleError.
   * @param {ReturnType<typeof readCreateHart> & {attachment: number}} order
   */
  async #create({ number, role, module: name, grants, channel, stamp, configuration, attachment }) {
    this.#loading.add(number);
    const loading = this.#modules.load(role === HartRole.server ? name : "libos");
    const { module, memory } = await loading.catch((error) => {
      this.#loading.delete(number);
      throw error;
    });
    if (!this.#budget.hasRoom(role)) await this.#makeRoom();
    if (!this.#loading.delete(number)) throw new StartError("the hart was ended", Errno.canceled);
    if (this.#harts.has(number)) throw new StartError(`hart ${number} exists`, Errno.fileExists);
    const cell = this.#arena === null ? 0 : this.#cells.take();
    if (cell === undefined || !this.#budget.hasRoom(role)) {
      if (cell !== undefined) this.#cells.give(cell);
      throw new StartError("the browser gives no more WebAssembly memories or workers", Errno.resourceTemporarilyUnavailable);
    }
    this.#budget.take(role);
    this.#arena?.clear(cell);
    // The one that was free last: it has the most modules, and its memory is warm.
    const worker = this.#spares.pop() ?? this.#makeWorker();
    const hart = new Hart(number, role, role === HartRole.server ? name : `hart ${number}`, grants, worker, cell);
    this.#harts.set(number, hart);
    this.#connectLine(hart);
    worker.onReport = (report) => this.#report(hart, report);
    worker.onError = (text) => this.#gone(hart, EndReason.failed, text);
    const { wait, build } = this.#options;
    worker.start({
      hart: number,
      role,
      module,
      memory: memory ?? { initial: 0 },
      grants,
      opensConnections: number === RESOURCE_MANAGER,
      channel,
      arena: this.#arena?.buffer ?? null,
      cell,
      attachment,
      monitorPair: hart.linePlace,
      readiness: this.#readinessName,
      stamp,
      configuration,
      wait,
      compiled: role === HartRole.program ? this.#newTo(worker) : [],
      build,
      began: this.#began,
      resolution: this.#resolution,
    });
    for (const device of this.#devicesOf(hart)) device.connect((event) => hart.say(Word.device, event));
    await hart.ready;
    // The page's timeline keeps every mark: programs come and go without end.
    if (role === HartRole.server) performance.mark(`martlet: ${hart.name} runs`);
  }

  /**
   * The compiled images that a worker has not.
   * @param {HartWorker} worker
   */
  #newTo({ modules }) {
    const compiled = this.#library.all.filter(({ module }) => !modules.has(module));
    for (const { module } of compiled) modules.add(module);
    return compiled;
  }

  /**
   * The devices of the page that a hart was granted.
   * @param {Hart} hart
   */
  *#devicesOf(hart) {
    if (hart.grants & DeviceGrant.console) yield this.#options.console;
    if (hart.grants & DeviceGrant.page) yield this.#options.page;
  }

  #makeSpares() {
    while (this.#spares.length < SPARES && !this.#isStopped) this.#makeSpare(this.#makeWorker());
  }

  #makeWorker() {
    return new HartWorker(new URL("hart.js", this.#options.build));
  }

  /** @param {HartWorker} worker */
  #makeSpare(worker) {
    worker.onError = () => {
      this.#spares = this.#spares.filter((spare) => spare !== worker);
      void this.#endWorker(worker);
    };
    this.#spares.push(worker);
  }

  /** @param {number} number */
  async #endOrdered(number) {
    if (this.#loading.delete(number)) return;
    const hart = this.#harts.get(number);
    if (hart !== undefined && number !== RESOURCE_MANAGER) await this.#end(hart, "the hart was ended");
  }

  /**
   * Ends a hart. Fulfilled when nothing of it runs any more.
   * @param {Hart} hart
   * @param {string} why told to whoever still waits for it to run
   * @param {number} [status]
   */
  async #end(hart, why, status = Errno.canceled) {
    const ending = this.#endNow(hart, why, status);
    this.#ending.add(ending);
    await ending;
    this.#ending.delete(ending);
  }

  /**
   * @param {Hart} hart
   * @param {string} why
   * @param {number} status
   */
  async #endNow(hart, why, status) {
    this.#harts.delete(hart.number);
    for (const device of this.#devicesOf(hart)) device.connect(null);
    // A worker that sleeps in its program is woken first: some browsers take two seconds to end it otherwise.
    this.#arena?.end(hart.cell);
    if (await this.#isLeft(hart)) this.#keep(hart.worker);
    else await this.#endWorker(hart.worker);
    this.#budget.give(hart.role);
    this.#cells.give(hart.cell);
    if (hart.line !== null) {
      hart.line.close();
      this.#pairs.give(hart.linePlace);
    }
    // Only now: what a hart that could not be made was given is another's from then on.
    hart.failed(new StartError(why, status));
  }

  /**
   * Whether a hart's worker can take another program: its own was left.
   * @param {Hart} hart
   * @returns {Promise<boolean>}
   */
  async #isLeft(hart) {
    if (hart.role !== HartRole.program || hart.hasFailed || this.#isStopped) return false;
    if (!hart.hasEnded) {
      await new Promise((resolve) => {
        hart.onEnded = () => resolve(undefined);
        setTimeout(resolve, LEAVE);
      });
    }
    return hart.hasEnded && !this.#isStopped && this.#spares.length < MOST_SPARES && hart.worker.programs < MOST_PROGRAMS;
  }

  /** @param {HartWorker} worker of a program that is over */
  #keep(worker) {
    worker.onReport = () => {};
    worker.release();
    this.#budget.leave(1 + (worker.programs === 1 ? 1 : 0));
    this.#makeSpare(worker);
  }

  /**
   * Ends a worker. Fulfilled when all that it had is free.
   * @param {HartWorker} worker
   */
  async #endWorker(worker) {
    await worker.end();
    if (worker.programs > 0) this.#budget.leave(-1 - worker.programs);
  }

  /** Ends the workers that are free and hold memories, and waits until those that are ending are gone. */
  async #makeRoom() {
    const used = this.#spares.filter(({ programs }) => programs > 0);
    this.#spares = this.#spares.filter(({ programs }) => programs === 0);
    await Promise.all([...used.map((worker) => this.#endWorker(worker)), ...this.#ending]);
  }

  /**
   * @param {Hart} hart
   * @param {import("./hart.js").Report} report
   */
  #report(hart, report) {
    switch (report.kind) {
      case "log":
        console.log(`${hart.name}: ${report.text}`);
        break;
      case "device":
        this.#deviceCall(hart, report.bytes);
        break;
      case "alive":
        hart.missed = 0;
        break;
      case "ready":
        hart.becameReady();
        break;
      case "ended":
        hart.hasEnded = true;
        hart.onEnded();
        break;
      case "compiled":
        hart.worker.modules.add(report.module);
        this.#library.add(report);
        break;
      case "message":
        this.#hear(incoming(report.bytes, report.attachment));
        break;
      case "failed":
        this.#gone(hart, report.reason, report.text, report.status);
        break;
    }
  }

  /**
   * @param {Hart} hart its hart has checked the grant already
   * @param {Uint8Array} call
   */
  #deviceCall(hart, call) {
    const operation = viewOf(call).getUint16(0, true);
    if (operation === DeviceOperation.pageSend || operation === DeviceOperation.pageClosed) this.#options.page.call(call);
    else this.#options.console.call(call);
  }

  /**
   * A hart ended without an order.
   * @param {Hart} hart
   * @param {number} reason an `EndReason`
   * @param {string} text
   * @param {number} [status] what `createHart` answers if the hart never ran
   */
  async #gone(hart, reason, text, status = Errno.ioError) {
    if (this.#harts.get(hart.number) !== hart) return;
    console.error(`${hart.name}: ${text}`);
    const wasReady = hart.isReady;
    hart.hasFailed = true;
    if (hart.number === RESOURCE_MANAGER && wasReady) return this.#panic(`the resource manager failed: ${text}`);
    await this.#end(hart, text, status);
    if (!wasReady || this.#isStopped) return;
    const bytes = new TextEncoder().encode(text);
    const body = new Uint8Array(5 + bytes.length);
    viewOf(body).setUint32(0, hart.number, true);
    body[4] = reason;
    body.set(bytes, 5);
    this.#connections.sendOwn(0, buildNotice(Operation.hartGone, body));
  }

  /** @param {string} text */
  #panic(text) {
    if (this.#isStopped) return;
    this.stop();
    this.#options.onPanic(text);
  }
}

/** @param {BodyReader} body */
function readCreateHart(body) {
  const order = {
    number: body.u32(),
    role: body.u8(),
    module: new TextDecoder().decode(body.bytes()),
    grants: body.u32(),
    channel: body.channelName(),
    stamp: body.raw(Header.stampSize),
    configuration: body.bytes(),
  };
  if (order.role !== HartRole.server && order.role !== HartRole.program) throw new RangeError("there is no such role");
  return order;
}

/** A channel name that nobody can guess. */
function freshName() {
  const [high, low] = crypto.getRandomValues(new BigUint64Array(2));
  return channelName(high, low);
}

/** Nanoseconds between two steps of the browser's clock, as far as a few steps tell. */
function clockResolution() {
  let smallest = Infinity;
  let last = performance.now();
  for (let steps = 0; steps < 4; ) {
    const now = performance.now();
    if (now === last) continue;
    smallest = Math.min(smallest, now - last);
    last = now;
    steps += 1;
  }
  return Math.max(1, Math.round(smallest * 1e6));
}
