// @ts-check
// How a program is left from within a call: by a true trap, which no program can catch (an exception that JavaScript throws it can).

/** A module whose function `leave` executes `unreachable`. */
const module = new WebAssembly.Module(
  new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x07, 0x09, 0x01, 0x05,
    0x6c, 0x65, 0x61, 0x76, 0x65, 0x00, 0x00, 0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b,
  ]),
);

/** @type {() => never} Traps. */
export const leave = /** @type {any} */ (new WebAssembly.Instance(module).exports.leave);

/** What `leave` throws: a program that gets it from a call that it waits in cannot catch it either. */
export function trap() {
  try {
    return leave();
  } catch (error) {
    return error;
  }
}
