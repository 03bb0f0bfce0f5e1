// @ts-check
// A hart: the worker of one process. The monitor starts it, then tells it once what to run.

import { EndReason, Errno, HartRole } from "./generated/abi.js";
import { Channels, Connections } from "./hart/channel.js";
import { Clock } from "./hart/clock.js";
import { obey } from "./hart/control.js";
import { Program } from "./hart/program.js";
import { Server } from "./hart/server.js";
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
 * @property {string} channel the name of connection 0
 * @property {string} readiness the name of the channel on which the monitor hears that the hart is up
 * @property {string} lock the name of a lock that the worker holds as long as it lives
 * @property {Uint8Array} stamp
 * @property {Uint8Array} configuration for a server's start input
 * @property {string} wait the way to wait
 * @property {string} build the address of the build folder
 * @property {number} began the machine's start, in milliseconds since 1970
 * @property {number} resolution of the clocks, in nanoseconds
 */

/**
 * What a worker tells the monitor.
 * @typedef {{kind: "log", text: string} | {kind: "device", bytes: Uint8Array} | {kind: "ended"} | {kind: "alive"} |
 *   {kind: "channels", count: number} | {kind: "failed", reason: number, status: number, text: string}} Report
 */

/** @param {Report} report */
const tell = (report) => postMessage(report);

/** @type {Server | null} */
let server = null;

/** @param {Start} start */
function run(start) {
  // Its release tells the monitor that this worker and its memories are gone.
  navigator.locks?.request(start.lock, () => new Promise(() => {}));
  const clock = new Clock(start.began, start.resolution);
  /** @type {Program | null} */
  let program = null;
  const channels = new Channels((count) => tell({ kind: "channels", count }));
  const connections = new Connections(channels, clock, start.stamp, start.role === HartRole.program, (connection, message) => {
    if (connection === 0 && !start.opensConnections && obey(message, subject)) return;
    (program ?? server)?.deliver(connection, message);
  });
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
    failed: (/** @type {unknown} */ error) =>
      tell({ kind: "failed", reason: EndReason.trap, status: Errno.ioError, text: trapOf(error).text }),
  };

  if (start.role === HartRole.program) program = new Program(start, clock, connections, report);
  else server = new Server(start, clock, connections, report);
  connections.open(0, start.channel);
  // Channels of one worker are opened, and heard from, in one order: who hears this one can reach connection 0.
  const readiness = channels.open(start.readiness);
  readiness.postMessage(start.hart);
  channels.close(readiness);
  server?.begin(start.configuration);
}

onmessage = ({ data }) => {
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
    case "ping":
      tell({ kind: "alive" });
      break;
    case "device":
      server?.device(data.bytes);
      break;
  }
};
