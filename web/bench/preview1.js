// @ts-check
// As much of WASI preview 1 as a program needs to compute and to print, for one that runs bare: the floor of the same program in the
// system. Every call that is not here fails with ENOSYS.

const SUCCESS = 0;
const BAD_FILE_DESCRIPTOR = 8;
const FUNCTION_NOT_IMPLEMENTED = 52;

/** What ends the program from a call. */
class Exit extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`the program ended with status ${status}`);
    this.status = status;
  }
}

export class Preview1 {
  /** @param {readonly string[]} programArguments with the program's name */
  constructor(programArguments) {
    this.#arguments = programArguments.map((text) => new TextEncoder().encode(`${text}\0`));
  }

  #arguments;
  #output = "";
  #memory = new WebAssembly.Memory({ initial: 0 });

  /**
   * Runs a program to its end. Rejects with an Error if it fails.
   * @param {WebAssembly.Module} module
   * @returns {Promise<string>} what it printed
   */
  async run(module) {
    /** @type {WebAssembly.Imports} */
    const imports = {};
    const calls = this.#calls();
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] ??= {};
      imports[from][name] = (from === "wasi_snapshot_preview1" && calls[name]) || (() => FUNCTION_NOT_IMPLEMENTED);
    }
    const { exports } = await WebAssembly.instantiate(module, imports);
    this.#memory = /** @type {WebAssembly.Memory} */ (exports.memory);
    try {
      /** @type {() => void} */ (exports._start)();
    } catch (error) {
      if (!(error instanceof Exit && error.status === 0)) throw error;
    }
    return this.#output;
  }

  get #view() {
    return new DataView(this.#memory.buffer);
  }

  /**
   * Two numbers, each where an address tells.
   * @param {number} first @param {number} firstAddress @param {number} second @param {number} secondAddress
   */
  #put(first, firstAddress, second, secondAddress) {
    this.#view.setUint32(firstAddress, first, true);
    this.#view.setUint32(secondAddress, second, true);
    return SUCCESS;
  }

  /** @returns {Record<string, (...parameters: any[]) => number>} */
  #calls() {
    return {
      args_sizes_get: (count, size) =>
        this.#put(this.#arguments.length, count, this.#arguments.reduce((sum, bytes) => sum + bytes.length, 0), size),
      args_get: (pointers, address) => {
        for (const [index, bytes] of this.#arguments.entries()) {
          this.#view.setUint32(pointers + 4 * index, address, true);
          new Uint8Array(this.#memory.buffer).set(bytes, address);
          address += bytes.length;
        }
        return SUCCESS;
      },
      environ_sizes_get: (count, size) => this.#put(0, count, 0, size),
      environ_get: () => SUCCESS,
      fd_prestat_get: () => BAD_FILE_DESCRIPTOR,
      clock_time_get: (_clock, _precision, time) => {
        this.#view.setBigUint64(time, BigInt(Math.round(performance.now() * 1e6)), true);
        return SUCCESS;
      },
      fd_write: (_descriptor, vectors, count, size) => {
        let sum = 0;
        for (let vector = vectors; vector < vectors + 8 * count; vector += 8) {
          const bytes = new Uint8Array(this.#memory.buffer, this.#view.getUint32(vector, true), this.#view.getUint32(vector + 4, true));
          this.#output += new TextDecoder().decode(bytes);
          sum += bytes.length;
        }
        this.#view.setUint32(size, sum, true);
        return SUCCESS;
      },
      proc_exit: (status) => {
        throw new Exit(status);
      },
    };
  }
}
