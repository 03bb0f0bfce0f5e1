// Workers that speak through an arena with nothing of the system in between: servers echo, clients check every byte.

import { Allocator } from "/hart/park/allocator.js";
import { Arena, makeArena } from "/hart/park/arena.js";

globalThis.park = {
  /**
   * Lets clients speak to servers. `rounds` messages each; the clients in `victims` are terminated once they have begun. What each of
   * the others says at its end.
   */
  async run({ servers, clients, rounds, victims = 0, seed }) {
    const arena = new Arena(makeArena());
    const allocator = new Allocator(arena);
    const workers = [];
    const start = (role, number, cell, ends, quiet) => {
      const worker = new Worker("./park-worker.js", { type: "module" });
      worker.postMessage({ role, number, cell, ends, rounds: quiet ? 1e9 : rounds, seed: seed + number, arena: arena.buffer });
      workers.push(worker);
      return worker;
    };
    const serverEnds = Array.from({ length: servers }, () => []);
    const clientEnds = Array.from({ length: clients }, () => []);
    for (let client = 0; client < clients; client += 1) {
      for (let server = 0; server < servers; server += 1) {
        // Hart 0's are small rings, so that both sizes are used.
        const hart = client % 2;
        const name = `${client}-${server}`;
        clientEnds[client].push(allocator.give(name, hart, 1 + client * servers + server));
        serverEnds[server].push(allocator.give(name, 1000 + server, 1 + client));
      }
    }
    for (let server = 0; server < servers; server += 1) start("server", server, 1 + server, serverEnds[server]);
    const results = [];
    for (let client = 0; client < clients; client += 1) {
      const isVictim = client < victims;
      const worker = start("client", client, 1 + servers + client, clientEnds[client], isVictim);
      const told = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      });
      if (isVictim) setTimeout(() => worker.terminate(), 50 + 37 * client);
      else results.push(told);
    }
    try {
      return await Promise.all(results);
    } finally {
      for (const worker of workers) worker.terminate();
    }
  },
};
