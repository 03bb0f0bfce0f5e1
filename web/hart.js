// @ts-check
// A hart: the worker of one process. The monitor starts it, then tells it what to run; when a program that parked is over, its worker
// can take the next one.

import { EndReason, Errno, HartRole } from "./generated/abi.js";
import { Channels, incoming, joined } from "./hart/broadcast.js";
import { Connections } from "./hart/channel.js";
import { Clock, Soon } from "./hart/clock.js";
import { obey } from "./hart/control.js";
import { Arena } from "./hart/park/arena.js";
import { Registrar } from "./hart/park/registrar.js";
import { Rings } from "./hart/park/rings.js";
import { Word } from "./hart/word.js";
import { Program } from "./hart/program.js";
import { Server } from "./hart/server.js";
import { library, shareModules, takeMemory } from "./hart/store.js";
import { trapOf } from "./hart/trap.js";

/**
 * What the monitor tells a worker to run.
 * @typedef {object} Start
 * @property {"start"} kind
 * @property {number} hart its number
 * @property {number} role a `HartRole`
 * @property {WebAssembly.Module} module the server's, or the libOS
 * @property {WebAssembly.MemoryDescriptor} memory of the libOS
 * @property {number} grants a server's device calls
 * @property {boolean} opensConnections whether the server is resmgr
 * @property {string} channel the name of connection 0; resmgr's is a conversation with the monitor by messages to and from the worker
 * @property {SharedArrayBuffer | null} arena where the hart parks
 * @property {number} cell its own in the arena
 * @property {number} attachment where in the arena connection 0 is
 * @property {number} monitorPair where in the arena the monitor speaks to a server, instead of by messages to the worker
 * @property {string} readiness the name of the channel on which the monitor hears that the hart is up, if it does not park
 * @property {Uint8Array} stamp
 * @property {Uint8Array} configuration for a server's start input
 * @property {string} wait the way to wait
 * @property {import("./hart/library.js").Compiled[]} compiled what others have compiled since this worker started last
 * @property {string} build the address of the build folder
 * @property {number} began the machine's start, in milliseconds since 1970
 * @property {number} resolution of the clocks, in nanoseconds
 */

/**
 * What a worker tells the monitor.
 * @typedef {{kind: "log", text: string} | {kind: "device", bytes: Uint8Array} | {kind: "ended"} | {kind: "alive"} |
 *   {kind: "compiled", image: Uint8Array, module: WebAssembly.Module} |
 *   {kind: "ready"} | {kind: "message", bytes: Uint8Array, attachment: number} | {kind: "channels", count: number} | {kind: "locked"} |
 *   {kind: "failed", reason: number, status: number, text: string}} Report
 */

/** Milliseconds after which a server that has messages all the time lets its event loop have its turn, if it needs one. */
const LONGEST_TURN = 5;

/** @param {Report} report */
const tell = (report) => postMessage(report);

/** @type {Server | null} */
let server = null;
/** @type {(bytes: Uint8Array) => void} What becomes of a message of the monitor to resmgr. */
let hear = () => {};

/**
 * What the monitor says to a server.
 * @param {number} kind a `Word`
 * @param {Uint8Array} bytes
 */
function heed(kind, bytes) {
  if (kind === Word.message) hear(bytes);
  else if (kind === Word.device) server?.device(bytes);
  else tell({ kind: "alive" });
}

/** The conversation of resmgr and the monitor (`Transport`). */
const monitor = {
  /** @param {string} name @param {number} attachment @param {(message: import("./hart/channel.js").Incoming) => void} receive */
  open(name, attachment, receive) {
    hear = (bytes) => receive(incoming(bytes));
    return {
      send: (/** @type {Uint8Array} */ header, /** @type {Uint8Array} */ payload, /** @type {number} */ attachment) =>
        tell({ kind: "message", bytes: joined(header, payload), attachment }),
      close: () => {},
    };
  },
};

/** Closes what the last program of this worker has left open: its connection to resmgr. */
let release = () => {};

/** @param {Start} start */
function run(start) {
  release();
  for (const compiled of start.compiled) library.add(compiled);
  shareModules(start.arena !== null, (compiled) => tell({ kind: "compiled", ...compiled }));
  const clock = new Clock(start.began, start.resolution);
  /** @type {Program | null} */
  let program = null;
  const arena = start.arena === null ? null : new Arena(start.arena);
  const rings = arena === null ? null : new Rings(arena, start.cell);
  const channels = new Channels((count) => tell({ kind: "channels", count }));
  const registrar = arena === null || !start.opensConnections ? null : new Registrar(arena);
  const connections = new Connections(
    rings ?? channels,
    clock,
    start.stamp,
    start.role === HartRole.program,
    (connection, message) => {
      registrar?.hears(connection, message);
      if (connection === 0 && !start.opensConnections && obey(message, subject)) return;
      (program ?? server)?.deliver(connection, message);
    },
  );
  release = () => void connections.close(0);
  const subject = {
    connections,
    isOver: () => program?.isOver ?? false,
    connected: (/** @type {number} */ connection, /** @type {Uint8Array} */ peer) => server?.connected(connection, peer),
    disconnected: (/** @type {number} */ connection) => server?.disconnected(connection),
    end: () => program?.abandon(true),
  };
  const report = {
    log: (/** @type {string} */ text) => tell({ kind: "log", text }),
    device: (/** @type {Uint8Array} */ bytes) => tell({ kind: "device", bytes }),
    ended: () => tell({ kind: "ended" }),
    moved: () => rings?.sleeper.nudge(),
    failed: (/** @type {unknown} */ error) =>
      tell({ kind: "failed", reason: EndReason.trap, status: Errno.ioError, text: trapOf(error).text }),
  };

  if (start.role === HartRole.program) program = new Program(start, takeMemory(start.memory), rings, clock, connections, report);
  else server = new Server(start, rings !== null, registrar, clock, connections, report);
  if (start.opensConnections) connections.open(0, "", 0, monitor);
  else {
    const status = connections.open(0, start.channel, start.attachment);
    if (status !== Errno.success) throw new RangeError("the arena has no room for a channel");
  }
  if (rings === null && !start.opensConnections) {
    // Channels of one worker are opened, and heard from, in one order: who hears this one can reach connection 0.
    const readiness = channels.make(start.readiness);
    readiness.postMessage(start.hart);
    channels.close(readiness);
  } else tell({ kind: "ready" });
  if (rings !== null && server !== null) {
    rings.openAt(start.monitorPair, 1, (message) => {
      const bytes = new Uint8Array(message.length);
      message.take(bytes);
      heed(message.attachment, bytes);
    });
  }
  server?.begin(start.configuration);
  if (rings === null) return;
  if (program !== null) program.live();
  else if (server !== null) goRound(rings, server);
}

/**
 * Hands a server its messages as they come. It sleeps without its event loop, except while something is to come over that.
 * @param {Rings} rings
 * @param {Server} server
 */
function goRound(rings, server) {
  const soon = new Soon(round);
  function round() {
    const end = performance.now() + LONGEST_TURN;
    for (let steps = 1; !rings.sleeper.isEnded; steps++) {
      if (rings.step() || server.look()) {
        if (steps % 16 === 0 && server.needsEvents && performance.now() > end) return soon.post();
        continue;
      }
      if (!server.needsEvents) {
        rings.wait(server.remaining);
        continue;
      }
      const woken = rings.sleepAside(server.remaining);
      if (woken === null) continue;
      void woken.then(() => {
        rings.sleeper.wakeUp();
        round();
      });
      return;
    }
  }
  round();
}

/**
 * Fulfilled when this worker holds the lock of its name, which it does as long as it lives: its release tells the monitor that the worker
 * and its memories are gone. A worker that parks does not return to its event loop, so it must have it before.
 */
const locked = new Promise((resolve) => {
  if (!navigator.locks) return resolve(undefined);
  void navigator.locks.request(name, () => (resolve(undefined), new Promise(() => {})));
}).then(() => tell({ kind: "locked" }));

onmessage = async ({ data }) => {
  // Whatever comes: what the monitor says to a server right after its start is for that server.
  await locked;
  switch (data.kind) {
    case "start":
      try {
        run(data);
      } catch (error) {
        // A RangeError is a memory that the browser does not give.
        const status = error instanceof RangeError ? Errno.resourceTemporarilyUnavailable : Errno.ioError;
        tell({ kind: "failed", reason: EndReason.failed, status, text: error instanceof Error ? error.message : String(error) });
      }
      break;
    case "release":
      release();
      break;
    default:
      heed(data.kind, data.bytes);
  }
};
