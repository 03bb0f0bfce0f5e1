// @ts-check
// A figure's measurements as a drawing: dots of the system above those of the floor, and the goal, on one logarithmic scale.

import { shown } from "./rows.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 240;
const HEIGHT = 56;
/** Left and right of the scale. */
const MARGIN = 6;
/** Where the dots of each kind lie. */
const LEVEL = Object.freeze({ system: 12, floor: 28 });

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function element(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== "") made.textContent = text;
  return made;
}

/**
 * @param {import("./rows.js").Row} row
 * @returns {Element}
 */
export function plot({ name, unit, values, floorValues, median, floorMedian, goal, goalValue }) {
  // A clock's step may be longer than what was measured; nothing has no place on this scale.
  const positive = [...values, ...floorValues, ...(goalValue === null ? [] : [goalValue])].filter((value) => value > 0);
  const [least, most] = [Math.min(...positive) * 0.8, Math.max(...positive) * 1.25];
  const place = (/** @type {number} */ value) =>
    MARGIN + ((WIDTH - 2 * MARGIN) * Math.log(Math.max(value, least) / least)) / Math.log(most / least);
  const drawing = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const summary = `${name}: ${shown(median)} ${unit}, floor ${shown(floorMedian)} ${unit}${goal === "" ? "" : `, goal ${goal}`}`;
  drawing.append(element("title", {}, summary), element("line", { x1: 0, x2: WIDTH, y1: 40, y2: 40 }));
  if (goalValue !== null) drawing.append(element("line", { class: "goal", x1: place(goalValue), x2: place(goalValue), y1: 2, y2: 40 }));
  for (const [kind, all] of /** @type {const} */ ([["floor", floorValues], ["system", values]])) {
    for (const value of all) drawing.append(element("circle", { class: kind, cx: place(value), cy: LEVEL[kind], r: 3.5 }));
  }
  drawing.append(
    element("text", { x: 0, y: 53 }, shown(least)),
    element("text", { x: WIDTH, y: 53, "text-anchor": "end" }, `${shown(most)} ${unit}`),
  );
  return drawing;
}
