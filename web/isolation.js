// @ts-check
// The service worker that isolates the pages of its folder where their server does not: it adds to every response of its scope the
// headers that make a page cross-origin isolated (HTML, "cross-origin isolated"). It keeps nothing, and reads no body.
//
// A worker without modules: not every browser has service workers with them.

/** What is added. The values are those of scripts/web-config. */
const HEADERS = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/**
 * Whether the answer to a request is this worker's business.
 * @param {Request} request
 */
function isOurs(request) {
  const { scope } = /** @type {{registration: {scope: string}}} */ (/** @type {unknown} */ (globalThis)).registration;
  if (!request.url.startsWith(scope)) return false;
  // A part is put together with others of the same response: all of them have to come from the server.
  if (request.headers.has("range")) return false;
  // Such a request of another mode is the browser's own, and `fetch` refuses it.
  return request.cache !== "only-if-cached" || request.mode === "same-origin";
}

/**
 * The same response with the headers. One that cannot be made anew without loss is passed on as it is: an opaque one, a redirection
 * that the browser follows itself, and a redirected one (its address would be lost, against which it is read).
 * @param {Response} response
 */
function isolated(response) {
  if (response.type !== "basic" || response.redirected) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

// It has no state, so a new version takes the place of an old one at once, also under pages that are open.
addEventListener("install", () => void /** @type {any} */ (globalThis).skipWaiting());

addEventListener("fetch", (/** @type {any} */ event) => {
  // What fails stays a failure of the network, as without this worker.
  if (isOurs(event.request)) event.respondWith(fetch(event.request).then(isolated, () => Response.error()));
});
