// @ts-check
// What is measured: for each figure its name, its unit, its floor, the goal; and what is made of the values: one row.

/**
 * A goal: `ratio` to the floor at most, or the figure itself `most`, or `least`.
 * @typedef {{ratio: number} | {most: number} | {least: number}} Goal
 *
 * @typedef {object} Figure
 * @property {string} name
 * @property {"µs" | "ns" | "ms" | "MB/s" | "kB"} unit
 * @property {string | Record<string, string>} floor its name, or that of each way to wait
 * @property {Record<string, Goal>} goals by way to wait; `any` for all
 *
 * What is told of one figure: values in `unit`. The 99th percentile is the bad end, so for a speed it is what 99 of 100 exceed.
 * @typedef {object} Row
 * @property {string} id
 * @property {string} name
 * @property {string} unit
 * @property {number[]} values
 * @property {number} median
 * @property {number} p99
 * @property {string} floor
 * @property {number[]} floorValues
 * @property {number} floorMedian
 * @property {number} floorP99
 * @property {number} ratio of the medians; over 1 is worse than the floor
 * @property {string} goal in words; empty without one
 * @property {number | null} goalValue the goal in `unit`
 * @property {boolean | null} isReached null without a goal
 */

/** @type {Readonly<Record<string, Figure>>} */
export const FIGURES = Object.freeze({
  request: {
    name: "request to a driver and its answer",
    unit: "µs",
    floor: { park: "Atomics ping-pong of two workers", suspend: "BroadcastChannel round trip of two workers" },
    goals: { park: { ratio: 2 }, suspend: { ratio: 1.5 } },
  },
  processID: {
    name: "getpid, answered by the libOS",
    unit: "ns",
    floor: "import call, WebAssembly to JavaScript",
    goals: { park: { most: 500 } },
  },
  clock: {
    name: "clock, answered by the libOS",
    unit: "ns",
    floor: "import call, WebAssembly to JavaScript",
    goals: { park: { most: 500 } },
  },
  pipe: { name: "pipe, 64 KiB writes, two processes", unit: "MB/s", floor: "copy in memory", goals: { any: { least: 1000 } } },
  read: { name: "read of a cached file, 64 KiB", unit: "MB/s", floor: "copy in memory", goals: { any: { least: 1500 } } },
  spawn: { name: "spawn, exit, wait of true", unit: "ms", floor: "new worker to its first message", goals: { any: { ratio: 0.3 } } },
  compute: { name: "compute-bound program, one pass", unit: "µs", floor: "the same program bare in a worker", goals: { any: { ratio: 1.02 } } },
  cachedPrompt: {
    name: "page to prompt, files cached",
    unit: "ms",
    floor: "the page's own files in one worker",
    goals: { any: { most: 300 } },
  },
  firstPrompt: {
    name: "page to prompt, first visit",
    unit: "ms",
    floor: "the same files in one worker",
    goals: { any: { most: 600 } },
  },
  idle: { name: "memory of a process that sleeps", unit: "kB", floor: "worker that does nothing", goals: { any: { ratio: 1.5 } } },
  spawnsLeft: {
    name: "memory in use after 1,000 spawns",
    unit: "kB",
    floor: "after 100 spawns",
    goals: { any: { ratio: 1.05 } },
  },
  bytes: { name: "bytes to the prompt, compressed", unit: "kB", floor: "as served", goals: { any: { most: 1000 } } },
});

/** What a value in milliseconds is in a unit; a speed is that of one MiB in that time. */
const CONVERSIONS = Object.freeze({
  ns: (/** @type {number} */ time) => time * 1e6,
  "µs": (/** @type {number} */ time) => time * 1e3,
  ms: (/** @type {number} */ time) => time,
  "MB/s": (/** @type {number} */ time) => (1 << 20) / 1e3 / time,
  kB: (/** @type {number} */ bytes) => bytes / 1e3,
});

/**
 * The middle of sorted numbers, of which there is at least one.
 * @param {readonly number[]} sorted
 */
function median(sorted) {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * @param {readonly number[]} sorted from good to bad
 */
function percentile99(sorted) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))];
}

/**
 * @param {number} floor the floor's median
 * @param {Goal | undefined} goal
 * @param {Figure} figure
 */
function words(floor, goal, { unit }) {
  if (goal === undefined) return { goal: "", goalValue: null };
  if ("ratio" in goal) return { goal: `≤ ${goal.ratio}×`, goalValue: unit === "MB/s" ? floor / goal.ratio : floor * goal.ratio };
  if ("most" in goal) return { goal: `≤ ${goal.most} ${unit}`, goalValue: goal.most };
  return { goal: `≥ ${goal.least} ${unit}`, goalValue: goal.least };
}

/**
 * @param {string} id of a figure
 * @param {string} wait the way to wait
 * @param {readonly number[]} measured at least one value; milliseconds, of speeds milliseconds per MiB, of sizes bytes
 * @param {readonly number[]} floors the same of the floor
 * @returns {Row}
 */
export function row(id, wait, measured, floors) {
  const figure = FIGURES[id];
  const { name, unit, floor, goals } = figure;
  const isSpeed = unit === "MB/s";
  // Less time is better, so the order of times is from good to bad in every unit.
  const sorted = (/** @type {readonly number[]} */ all) => [...all].sort((a, b) => a - b).map(CONVERSIONS[unit]);
  const values = sorted(measured);
  const floorValues = sorted(floors);
  const [middle, floorMiddle] = [median(values), median(floorValues)];
  const goal = words(floorMiddle, goals[wait] ?? goals.any, figure);
  const { goalValue } = goal;
  return {
    id,
    name,
    unit,
    values,
    median: middle,
    p99: percentile99(values),
    floor: typeof floor === "string" ? floor : floor[wait],
    floorValues,
    floorMedian: floorMiddle,
    floorP99: percentile99(floorValues),
    ratio: isSpeed ? floorMiddle / middle : middle / floorMiddle,
    ...goal,
    isReached: goalValue === null ? null : isSpeed ? middle >= goalValue : middle <= goalValue,
  };
}

/**
 * A figure as people read it: three digits that count.
 * @param {number} value
 */
export function shown(value) {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
