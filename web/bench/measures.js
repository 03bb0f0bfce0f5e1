// @ts-check
// How it is measured: the machine of a page, and beside each figure its floor, in the same run.

import { boot } from "../martlet.js";
import { copyMebibyte, importCall, loadFiles, roundTrip, runBare, workerStart } from "./floors.js";
import { untilPrompt } from "./prompt.js";
import { row } from "./rows.js";

/** The program that measures inside the system (Sources/Programs/measure); prints nanoseconds, one number a line. */
const PROGRAM = new URL("../build/measure.wasm", import.meta.url);
/** Where it lies in the machine. */
const PATH = "/tmp/measure";
/** How often the page is loaded until its prompt. */
const LOADS = 6;

/**
 * @param {string} output of the program that measures
 * @returns {number[]} milliseconds
 */
function times(output) {
  return output.trim().split("\n").map((line) => Number(line) / 1e6);
}

/**
 * @typedef {object} Context
 * @property {string} wait the way to wait
 * @property {(order: string) => Promise<number[]>} measure runs the program inside the system; milliseconds
 * @property {(frame: HTMLIFrameElement) => void} show puts a frame into the page, where it is seen
 */

/**
 * The default page in a frame, from its address to its prompt, again and again; the first time fills the browser's cache and does
 * not count. The floor loads what that page itself loaded.
 * @param {Context} context
 */
async function cachedPrompt({ wait, show }) {
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
 * The figures of a page, in the order in which they are measured.
 * @type {[string, (context: Context) => Promise<{values: number[], floors: number[]}>][]}
 */
const MEASURES = [
  ["cachedPrompt", cachedPrompt],
  [
    "request",
    async ({ wait, measure }) => ({ floors: await roundTrip(wait, 200, 20), values: await measure("requests 4000") }),
  ],
  ["processID", async ({ measure }) => ({ floors: await importCall(5000000, 20), values: await measure("calls 4000000") })],
  ["clock", async ({ measure }) => ({ floors: await importCall(5000000, 20), values: await measure("clock 1000000") })],
  ["pipe", async ({ measure }) => ({ floors: copyMebibyte(512, 20), values: await measure(`pipe ${32 << 20}`) })],
  ["read", async ({ measure }) => ({ floors: copyMebibyte(512, 20), values: await measure(`read ${32 << 20} /bin/utilities`) })],
  ["spawn", async ({ measure }) => ({ floors: await workerStart(20), values: await measure("spawn 60 /bin/true") })],
  [
    "compute",
    async ({ measure }) => ({
      floors: times(await runBare(PROGRAM, ["measure", "compute", "10000"])),
      values: await measure("compute 10000"),
    }),
  ],
];

/** The figures that `measured` tells, in its order. */
export const MEASURED = MEASURES.map(([id]) => id);

/**
 * Measures all: boots a machine, and ends it at the end. Rejects with an Error if the machine or a measurement fails.
 * @param {string} wait the way to wait
 * @param {(frame: HTMLIFrameElement) => void} show puts a frame into the page, where it is seen
 * @param {(id: string) => void} [begins] a figure begins to be measured
 * @returns {AsyncGenerator<import("./rows.js").Row>}
 */
export async function* measured(wait, show, begins = () => {}) {
  /** @type {import("../martlet.js").Machine | null} */
  let machine = null;
  const inMachine = async () => {
    if (machine !== null) return machine;
    machine = await boot({ wait });
    const program = await fetch(PROGRAM);
    if (!program.ok) throw new Error(`${PROGRAM.pathname}: ${program.status} ${program.statusText}`);
    await machine.writeFile(PATH, new Uint8Array(await program.arrayBuffer()), { mode: 0o755 });
    return machine;
  };
  const measure = async (/** @type {string} */ order) => {
    const { status, stdout, stderr } = await (await inMachine()).run(`${PATH} ${order}`);
    if (status !== 0) throw new Error(`measure ${order}: status ${status}: ${stderr}`);
    return times(stdout);
  };
  try {
    for (const [id, take] of MEASURES) {
      begins(id);
      const { values, floors } = await take({ wait, measure, show });
      yield row(id, wait, values, floors);
    }
  } finally {
    /** @type {import("../martlet.js").Machine | null} */ (machine)?.stop();
  }
}
