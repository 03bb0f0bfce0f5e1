// @ts-check
// How it is measured: the machine of a page, and beside each figure its floor, in the same run.

import { boot } from "../martlet.js";
import { copyMebibyte, importCall, loadFiles, roundTrip, runBare, workerStart } from "./floors.js";
import { untilPrompt } from "./prompt.js";
import { row } from "./rows.js";

/** The program that measures inside the system (Sources/Programs/measure); prints nanoseconds, one number a line. */
const PROGRAM = new URL("../build/bench/measure.wasm", import.meta.url);
/** Where it lies in the machine. */
const PATH = "/tmp/measure";
/** How often the page is loaded until its prompt. */
const LOADS = 6;
/** How often each figure and its floor are measured in turn: the host puts workers on processors anew each time. */
const ROUNDS = 5;

/**
 * @param {string} output of the program that measures
 * @returns {number[]} milliseconds
 */
function times(output) {
  return output.trim().split("\n").map((line) => Number(line) / 1e6);
}

/**
 * The default page in a frame, from its address to its prompt, again and again; the first time fills the browser's cache and does
 * not count. The floor loads what that page itself loaded.
 * @param {string} wait the way to wait
 * @param {(frame: HTMLIFrameElement) => void} show puts a frame into the page, where it is seen
 */
async function cachedPrompt(wait, show) {
  const values = [];
  const floors = [];
  for (let turn = 0; turn < LOADS; turn += 1) {
    const frame = document.createElement("iframe");
    frame.title = "A machine that starts";
    frame.src = new URL(`../index.html?wait=${wait}`, import.meta.url).href;
    show(frame);
    await new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    const page = /** @type {Window & {martlet?: import("../martlet.js").Machine}} */ (frame.contentWindow);
    const time = await untilPrompt(page);
    const files = new Set(page.performance.getEntriesByType("resource").map(({ name }) => name));
    page.martlet?.stop();
    frame.remove();
    const floor = await loadFiles([...files]);
    if (turn === 0) continue;
    values.push(time);
    floors.push(floor.time);
  }
  return { values, floors };
}

/**
 * A figure that the program measures inside the system.
 * @typedef {object} Measure
 * @property {string} id
 * @property {string} order what the program is told to measure
 * @property {(wait: string) => Promise<number[]> | number[]} floor
 */

/** @type {Measure[]} In the order in which they are measured. */
const MEASURES = [
  { id: "request", order: "requests 20000", floor: (wait) => roundTrip(wait, 1000, 10) },
  { id: "processID", order: "calls 4000000", floor: () => importCall(5000000, 10) },
  { id: "clock", order: "clock 1000000", floor: () => importCall(5000000, 10) },
  { id: "pipe", order: `pipe ${32 << 20}`, floor: () => copyMebibyte(512, 10) },
  { id: "read", order: `read ${32 << 20} /bin/utilities`, floor: () => copyMebibyte(512, 10) },
  { id: "spawn", order: "spawn 60 /bin/true", floor: () => workerStart(10) },
  {
    id: "compute",
    order: "compute 10000",
    floor: async () => times(await runBare(PROGRAM, ["measure", "compute", "10000"])),
  },
];

/** The figures that `measured` tells, in its order. */
export const MEASURED = ["cachedPrompt", ...MEASURES.map(({ id }) => id)];

/**
 * A new machine with the program in it.
 * @param {string} wait the way to wait
 */
async function machineWithProgram(wait) {
  const program = await fetch(PROGRAM);
  if (!program.ok) throw new Error(`${PROGRAM.pathname}: ${program.status} ${program.statusText}`);
  const machine = await boot({ wait });
  await machine.writeFile(PATH, new Uint8Array(await program.arrayBuffer()), { mode: 0o755 });
  return machine;
}

/**
 * Measures all: boots a machine, and ends it at the end. Rejects with an Error if the machine or a measurement fails.
 * @param {string} wait the way to wait
 * @param {(frame: HTMLIFrameElement) => void} show puts a frame into the page, where it is seen
 * @param {(id: string) => void} [begins] a figure begins to be measured
 * @returns {AsyncGenerator<import("./rows.js").Row>}
 */
export async function* measured(wait, show, begins = () => {}) {
  begins("cachedPrompt");
  const prompt = await cachedPrompt(wait, show);
  yield row("cachedPrompt", wait, prompt.values, prompt.floors);
  const machine = await machineWithProgram(wait);
  try {
    for (const { id, order, floor } of MEASURES) {
      begins(id);
      const values = [];
      const floors = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        floors.push(...(await floor(wait)));
        const { status, stdout, stderr } = await machine.run(`${PATH} ${order}`);
        if (status !== 0) throw new Error(`measure ${order}: status ${status}: ${stderr}`);
        values.push(...times(stdout));
      }
      yield row(id, wait, values, floors);
    }
  } finally {
    machine.stop();
  }
}
