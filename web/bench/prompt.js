// @ts-check
// When a page with a machine has come to its prompt.

/**
 * Milliseconds from the beginning of a document's navigation until its console shows a prompt.
 * @param {Window} [page]
 * @returns {Promise<number>}
 */
export async function untilPrompt(page = window) {
  const { document, performance } = page;
  const machine = () => /** @type {{martlet?: import("../martlet.js").Machine}} */ (/** @type {unknown} */ (page)).martlet;
  for (;;) {
    if (/[#$] ?$/m.test(machine()?.terminal?.text() ?? "")) return performance.now();
    const notice = document.getElementById("notice");
    if (notice !== null && !notice.hidden) throw new Error(notice.innerText);
    await new Promise((next) => setTimeout(next, 5));
  }
}
