// @ts-check
// What the monitor says to a server's worker, by a message to the worker or through the pair that they share in an arena.

export const Word = Object.freeze({
  /** A message of the monitor to resmgr. */
  message: 1,
  /** A device event. */
  device: 2,
  /** Does the server still go round? */
  ping: 3,
});
