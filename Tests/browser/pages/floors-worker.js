// The two ends of a raw conversation over BroadcastChannel: one sends and waits, the other answers.

self.addEventListener("message", ({ data }) => {
  if (data.role === undefined) return;
  if (data.role === "none") return postMessage("up");
  const channel = new BroadcastChannel(data.name);
  const answer = new Uint8Array(112);
  if (data.role === "echo") {
    channel.addEventListener("message", () => channel.postMessage(answer));
  } else {
    self.addEventListener("message", async ({ data: { count, size } }) => {
      const question = new Uint8Array(size ?? 112);
      const begin = performance.now();
      for (let round = 0; round < count; round += 1) {
        await new Promise((resolve) => {
          channel.addEventListener("message", resolve, { once: true });
          channel.postMessage(question);
        });
      }
      postMessage((performance.now() - begin) / count);
    });
  }
  postMessage("up");
});
