// @ts-check
// The default page: a terminal that fills the window, with the machine at `globalThis.martlet`.

import { boot, isolateNextVisit, missingFeatures } from "./martlet.js";

/** Milliseconds that a toast stays. */
const TOAST = 5000;
/** The folder that dropped files land in. */
const DROP_FOLDER = "/home";

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found;
}

/**
 * Covers the page with words for people.
 * @param {string} title
 * @param {string} text
 * @param {boolean} offersRestart
 */
function notice(title, text, offersRestart) {
  element("notice-title").textContent = title;
  element("notice-text").textContent = text;
  const restart = element("restart");
  restart.hidden = !offersRestart;
  element("notice").hidden = false;
  if (offersRestart) restart.focus();
}

/** @param {string} text */
function toast(text) {
  const line = document.createElement("p");
  line.textContent = text;
  element("toasts").append(line);
  setTimeout(() => line.remove(), TOAST);
}

/**
 * Stores dropped files as programs.
 * @param {import("./martlet.js").Machine} machine
 * @param {Iterable<File>} files
 */
async function store(machine, files) {
  for (const file of files) {
    const path = `${DROP_FOLDER}/${file.name.replaceAll("/", "_")}`;
    try {
      await machine.writeFile(path, new Uint8Array(await file.arrayBuffer()), { mode: 0o755 });
      toast(`${path} is there`);
    } catch (error) {
      toast(`${path} could not be stored: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** @param {import("./martlet.js").Machine} machine */
function acceptFiles(machine) {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("dropping");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    void store(machine, event.dataTransfer?.files ?? []);
  });
}

/**
 * Tells why there is no machine, and whether there will be one when the page is loaded again.
 * @param {readonly string[]} missing
 * @param {string | undefined} wait the way to wait that was asked for
 */
async function refuse(missing, wait) {
  notice("Martlet cannot run in this browser", `It lacks:\n\n${missing.map((feature) => `• ${feature}`).join("\n")}`, false);
  // Where nothing but isolation is missing to park, the service worker brings it.
  if (wait !== "suspend" && (await isolateNextVisit()) && missingFeatures("park").length === 1) {
    notice("Martlet can run from the next visit on", "This browser needs the page to be isolated, as it is when it is loaded again.", true);
  }
}

async function start() {
  element("restart").addEventListener("click", () => location.reload());
  const wait = new URLSearchParams(location.search).get("wait") ?? undefined;
  const missing = missingFeatures(wait);
  if (missing.length > 0) return refuse(missing, wait);
  const booting = boot({
    terminal: element("terminal"),
    wait,
    onPanic: (text) => notice("Martlet has stopped", text, true),
    onHalted: () => notice("Martlet has halted", "Nothing runs any more.", true),
  });
  // Until the machine is there, its promise is: `await martlet` is right at any time.
  const page = /** @type {{martlet: unknown}} */ (/** @type {unknown} */ (globalThis));
  page.martlet = booting;
  try {
    const machine = await booting;
    page.martlet = machine;
    machine.terminal?.focus();
    acceptFiles(machine);
    // Only now: what the worker has to load does not delay the machine. Who asked to suspend needs no isolation.
    if (wait !== "suspend") void isolateNextVisit();
  } catch (error) {
    // A panic has its own words.
    if (element("notice").hidden) notice("Martlet did not start", error instanceof Error ? error.message : String(error), true);
  }
}

void start();
