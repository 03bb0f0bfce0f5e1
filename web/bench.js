// @ts-check
// The page that measures Martlet where it is opened, and shows what came out. `globalThis.bench` has the promise of the newest report.

import { MEASURED, measured } from "./bench/measures.js";
import { plot } from "./bench/plot.js";
import { FIGURES, shown } from "./bench/rows.js";
import { bestWay, isolateNextVisit, missingFeatures } from "./martlet.js";

/**
 * @typedef {object} Report
 * @property {string} browser
 * @property {string} machine
 * @property {string} wait the way to wait
 * @property {import("./bench/rows.js").Row[]} rows
 */

/** @param {string} id */
function found(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element ${id}`);
  return element;
}

/**
 * @param {string} name
 * @param {string} className
 * @param {...(string | Element)} content
 */
function made(name, className, ...content) {
  const element = document.createElement(name);
  element.className = className;
  element.append(...content);
  return element;
}

/** The browser's name and version, as far as it tells them. */
function browser() {
  for (const [name, pattern] of /** @type {[string, RegExp][]} */ ([
    ["Edge", /Edg\/(\d+)/],
    ["Firefox", /Firefox\/(\d+)/],
    ["Chromium", /Chrome\/(\d+)/],
    ["Safari", /Version\/([\d.]+).*Safari\//],
  ])) {
    const version = pattern.exec(navigator.userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return navigator.userAgent;
}

/** The machine, as far as the browser tells it. */
function machine() {
  const system = /\(([^)]*)\)/.exec(navigator.userAgent)?.[1] ?? "an unknown system";
  return `${system}; ${navigator.hardwareConcurrency} processors`;
}

/** @param {string} id of a figure that is not measured yet */
function emptyRow(id) {
  const { name } = FIGURES[id];
  const line = made("tr", "", made("th", "", name), ...["number", "number", "number", "", ""].map((kind) => made("td", kind)));
  line.id = `row-${id}`;
  return line;
}

/** @param {import("./bench/rows.js").Row} row */
function fullRow(row) {
  const { id, name, unit, goal, isReached } = row;
  const figure = (/** @type {number} */ median, /** @type {number} */ p99) =>
    made("td", "number", `${shown(median)} ${unit}`, made("small", "", `${shown(p99)} ${unit}`));
  const verdict = isReached === null ? "" : isReached ? "reached" : "missed";
  const heading = made("th", "", name, made("small", "", `against: ${row.floor}`));
  heading.setAttribute("scope", "row");
  const line = made(
    "tr",
    "",
    heading,
    figure(row.median, row.p99),
    figure(row.floorMedian, row.floorP99),
    made("td", "number", `${shown(row.ratio)}×`),
    made("td", verdict, goal, made("small", verdict, { reached: "✓ reached", missed: "✗ not reached", "": "" }[verdict])),
    made("td", "", plot(row)),
  );
  line.id = `row-${id}`;
  return line;
}

/**
 * Measures all and shows it. Rejects with an Error if something cannot be measured.
 * @param {string} wait the way to wait
 * @returns {Promise<Report>}
 */
async function report(wait) {
  const rows = found("rows");
  rows.replaceChildren(...MEASURED.map(emptyRow));
  const report = { browser: browser(), machine: machine(), wait, rows: /** @type {import("./bench/rows.js").Row[]} */ ([]) };
  const begins = (/** @type {string} */ id) => {
    found("status").textContent = `Measures: ${FIGURES[id].name} …`;
    found(`row-${id}`).className = "measuring";
  };
  for await (const row of measured(wait, (frame) => found("stage").append(frame), begins)) {
    report.rows.push(row);
    found(`row-${row.id}`).replaceWith(fullRow(row));
  }
  const goals = report.rows.filter(({ isReached }) => isReached !== null);
  const reached = goals.filter(({ isReached }) => isReached);
  found("status").textContent = `Done: ${reached.length} of ${goals.length} goals reached.`;
  return report;
}

/** @param {unknown} error */
function fail(error) {
  found("stage").replaceChildren();
  found("status").className = "failed";
  found("status").textContent = error instanceof Error ? error.message : String(error);
}

function start() {
  const asked = new URLSearchParams(location.search).get("wait");
  const wait = asked ?? bestWay();
  found("about").textContent = `${browser()} · ${machine()} · way to wait: ${wait}`;
  const missing = missingFeatures(wait);
  if (missing.length > 0) return fail(`Martlet cannot run in this browser. It lacks: ${missing.join("; ")}`);
  const again = /** @type {HTMLButtonElement} */ (found("again"));
  const run = () => {
    again.disabled = true;
    found("status").className = "";
    const promise = report(wait);
    Object.assign(globalThis, { bench: { report: promise } });
    promise.catch(fail).finally(() => (again.disabled = false));
    return promise;
  };
  again.addEventListener("click", run);
  // A worker that isolates the next visit must not come into force while something is measured.
  const settled = () => (asked === "suspend" ? false : isolateNextVisit());
  run().then(settled, settled);
}

start();
