// @ts-check
// Has the service worker of isolation.js isolate a page from its next visit on, where the server does not.

/**
 * Whether the newest worker of a registration comes into force. Fulfilled when it is known.
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<boolean>}
 */
function isInForce({ installing, waiting, active }) {
  const worker = installing ?? waiting ?? active;
  return new Promise((resolve) => {
    const look = () => {
      if (worker === null || worker.state === "redundant") resolve(false);
      else if (worker.state === "activated") resolve(true);
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}

/**
 * Registers the service worker that isolates the pages of its folder, unless this page is isolated already. Loads nothing anew:
 * this visit stays what it is. Says nothing where it cannot be done: the address is not secure, the browser has no service workers
 * or forbids them, the page is not in the worker's folder, or that folder has a service worker of its own.
 * @param {string | URL} [worker] the address of isolation.js; the one beside this module unless told otherwise
 * @returns {Promise<boolean>} whether the next visit comes through the worker
 */
export async function isolateNextVisit(worker = new URL("isolation.js", import.meta.url)) {
  const address = new URL(worker, location.href);
  const scope = new URL(".", address).href;
  if (globalThis.crossOriginIsolated !== false || !location.href.startsWith(scope)) return false;
  try {
    const present = await navigator.serviceWorker.getRegistration(scope);
    const script = (present?.active ?? present?.waiting ?? present?.installing)?.scriptURL;
    if (present?.scope === scope && script !== undefined && script !== address.href) return false;
    return await isInForce(await navigator.serviceWorker.register(address, { scope }));
  } catch {
    return false;
  }
}
