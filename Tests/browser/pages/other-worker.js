// A service worker of somebody else: it answers nothing.
addEventListener("install", () => skipWaiting());
