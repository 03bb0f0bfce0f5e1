// @ts-check
// Martlet for pages: boots a machine, runs commands in it and shows its console.
//
//     import { boot } from "./martlet.js";
//     const machine = await boot({ terminal: document.querySelector("#terminal") });
//     const { status, stdout } = await machine.run("ls -l /");

import { Agent, bytesOf, joined } from "./agent.js";
import { Console } from "./console.js";
import { Header } from "./generated/abi.js";
import { Monitor } from "./monitor.js";

export { SystemError } from "./agent.js";
export { isolateNextVisit } from "./isolate.js";

/**
 * @typedef {object} BootOptions
 * @property {string | URL} [base] the folder that holds `build/`; that of this module unless told otherwise
 * @property {string} [wait] the way to wait: `park` (isolated pages) or `suspend`; the best that the browser offers to the page
 *   unless told otherwise
 * @property {HTMLElement} [terminal] shows the console in this element
 * @property {(text: string) => void} [onConsole] a line that the system writes about itself
 * @property {(text: string) => void} [onPanic] the system cannot go on; the machine has stopped
 * @property {() => void} [onHalted] init has ended well; the machine has stopped
 * @property {Record<string, string>} [environment] of the commands that `run` starts
 */

/**
 * What one command is run with.
 * @typedef {object} RunOptions
 * @property {boolean} [bytes] whether the outputs are bytes rather than text
 * @property {string | Uint8Array} [stdin] standard input; empty unless told otherwise
 * @property {string} [cwd] working directory
 * @property {Record<string, string>} [environment] added to the machine's
 * @property {AbortSignal} [signal] kills the command; the promise rejects with its reason
 */

/** What is not there that a program needs to sleep in shared memory. */
function lacksToPark() {
  const lacking = [];
  // Only an isolated page has the constructor.
  const isIsolated = globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === "function";
  if (!isIsolated) lacking.push("shared memory, which a page has that its server isolates");
  if (!("waitAsync" in Atomics)) lacking.push("Atomics.waitAsync, by which an event loop waits for shared memory");
  return lacking;
}

/** What is not there that a program's stack needs to be suspended. */
function lacksToSuspend() {
  if (typeof WebAssembly === "object" && "Suspending" in WebAssembly && "promising" in WebAssembly) return [];
  return ["JavaScript Promise Integration, which lets a WebAssembly program wait"];
}

/**
 * The ways to wait that this version has, best first, and what each lacks here, in words for people.
 * @type {Map<string, () => string[]>}
 */
const WAYS = new Map([
  ["park", lacksToPark],
  ["suspend", lacksToSuspend],
]);

/** The best way to wait that the browser offers to this page; if it offers none, the one that asks nothing of the page's server. */
export function bestWay() {
  for (const [way, lacks] of WAYS) if (lacks().length === 0) return way;
  return "suspend";
}

/**
 * What this browser lacks for Martlet, in words for people; empty if nothing.
 * @param {string} [wait] for this way to wait; for the best that the browser offers unless told otherwise
 * @returns {string[]}
 */
export function missingFeatures(wait = bestWay()) {
  if (typeof WebAssembly !== "object") return ["WebAssembly"];
  const missing = WAYS.get(wait)?.() ?? [];
  if (typeof BroadcastChannel !== "function") missing.push("BroadcastChannel, which carries messages between processes");
  if (typeof Worker !== "function") missing.push("workers, in which processes run");
  return missing;
}

/**
 * Boots a machine. Fulfilled when init runs; rejects with an Error that says what is missing or what failed.
 * @param {BootOptions} [options]
 */
export async function boot(options = {}) {
  const machine = new Machine(options);
  await machine.booted;
  return machine;
}

/** A running machine. Made by `boot`. */
export class Machine {
  /** @param {BootOptions} options */
  constructor(options) {
    performance.mark("martlet: boot");
    this.#options = options;
    this.#wait = options.wait ?? bestWay();
    /** @type {Promise<void>} Fulfilled when init runs. */
    this.booted = new Promise((resolve, reject) => {
      this.#onBooted = resolve;
      this.#onFailed = reject;
    });
    this.#start().catch((error) => {
      // First, since what stops the machine fails it with words of its own.
      this.#onFailed(error);
      this.stop();
    });
  }

  #options;
  #wait;
  /** @type {(value: void) => void} */
  #onBooted = () => {};
  /** @type {(error: Error) => void} */
  #onFailed = () => {};
  #agent = new Agent();
  #console = new Console();
  /** @type {Monitor | null} */
  #monitor = null;
  #isStopped = false;

  async #start() {
    if (!WAYS.has(this.#wait)) throw new Error(`there is no way to wait named ${this.#wait}`);
    const missing = missingFeatures(this.#wait);
    if (missing.length > 0) throw new Error(`this browser lacks ${missing.join("; ")}`);
    const base = new URL(this.#options.base ?? ".", import.meta.url);
    const build = new URL("build/", base).href;
    const { terminal } = this.#options;
    const [{ manifestHash }, { modules }] = await Promise.all([
      import(new URL("image.js", build).href),
      import(new URL("modules.js", build).href),
      terminal && this.attach(terminal),
    ]);
    if (this.#isStopped) throw new Error("the machine was stopped");
    this.#monitor = new Monitor({
      build,
      wait: this.#wait,
      modules,
      console: this.#console,
      page: this.#agent,
      onMessage: (text) => this.#say(text),
      onBooted: () => {
        performance.mark("martlet: booted");
        this.#onBooted();
      },
      onPanic: (text) => this.#panic(text),
      onHalted: () => this.#halted(),
    });
    const configuration = { manifest: manifestHash, abi: Header.version, wait: this.#wait, init: "/sbin/init" };
    const lines = Object.entries(configuration).map(([key, value]) => `${key}=${value}\n`);
    await this.#monitor.start(bytesOf(lines.join("")));
  }

  /** @param {string} text */
  #say(text) {
    console.log(text);
    this.#console.show(bytesOf(`${text.replaceAll("\n", "\r\n")}\r\n`));
    this.#options.onConsole?.(text);
  }

  /** @param {string} text */
  #panic(text) {
    const error = new Error(`panic: ${text}`);
    this.#say(error.message);
    this.#isStopped = true;
    this.#agent.failAll(error);
    this.#onFailed(error);
    this.#options.onPanic?.(text);
  }

  #halted() {
    const error = new Error("the machine has halted");
    this.#say("The machine has halted.");
    this.#isStopped = true;
    this.#agent.failAll(error);
    this.#onFailed(error);
    this.#options.onHalted?.();
  }

  /**
   * Runs a command in a shell. Rejects with a SystemError if it does not start.
   * @param {string} command what `/bin/sh -c` takes
   * @param {RunOptions} [options]
   * @returns {Promise<{status: number, stdout: any, stderr: any}>} the exit status, or 128 and the number of a signal; outputs as
   *   strings, or as Uint8Arrays if `bytes` asks for them
   */
  async run(command, options = {}) {
    const { bytes = false, stdin = "", cwd = "/", environment, signal } = options;
    this.#check();
    /** @type {Uint8Array[][]} */
    const outputs = [[], [], []];
    const variables = Object.entries({ ...this.#options.environment, ...environment });
    const status = await this.#agent.run(["/bin/sh", "-c", command], {
      cwd,
      environment: variables.map(([name, value]) => `${name}=${value}`),
      stdin: bytesOf(stdin),
      signal,
      output: (stream, piece) => outputs[stream]?.push(piece),
    });
    const [, stdout, stderr] = outputs.map(joined).map((output) => (bytes ? output : new TextDecoder().decode(output)));
    return { status, stdout, stderr };
  }

  /**
   * Reads a whole file. Rejects with a SystemError.
   * @param {string} path
   * @returns {Promise<Uint8Array>}
   */
  async readFile(path) {
    this.#check();
    return this.#agent.readFile(path);
  }

  /**
   * Replaces a file's contents, or makes it. Rejects with a SystemError.
   * @param {string} path
   * @param {Uint8Array | string} contents
   * @param {{mode?: number}} [options] permission bits of a file that is made
   */
  async writeFile(path, contents, options = {}) {
    this.#check();
    await this.#agent.writeFile(path, contents, options.mode ?? 0o644);
  }

  /**
   * Makes a directory. Rejects with a SystemError.
   * @param {string} path
   * @param {{mode?: number}} [options] its permission bits
   */
  async makeDirectory(path, options = {}) {
    this.#check();
    await this.#agent.makeDirectory(path, options.mode ?? 0o755);
  }

  /**
   * Shows the console in an element of the page, with what it showed last. There is one terminal: one before it is let go.
   * @param {HTMLElement} element the terminal fills it
   * @returns {Promise<import("./console.js").TerminalLike>}
   */
  async attach(element) {
    const { Terminal } = await import("./terminal/terminal.js");
    return this.#console.attach((events) => new Terminal(element, events));
  }

  /** The terminal that shows the console, or null. */
  get terminal() {
    return this.#console.terminal;
  }

  /** Ends all processes. Commands that run reject. */
  stop() {
    this.#isStopped = true;
    this.#monitor?.stop();
    const error = new Error("the machine was stopped");
    this.#agent.failAll(error);
    this.#onFailed(error);
  }

  /**
   * The way to wait, and what the machine uses: WebAssembly memories, workers, their limits, open ends of channels (a channel has
   * two), servers and processes.
   */
  get information() {
    return { wait: this.#wait, ...this.#monitor?.information };
  }

  #check() {
    if (this.#isStopped) throw new Error("the machine was stopped");
  }
}
