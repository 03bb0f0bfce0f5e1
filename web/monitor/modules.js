// @ts-check
// The WebAssembly modules of servers and the libOS: fetched and compiled once, handed to as many harts as ask.

import { Errno } from "../generated/abi.js";
import { importedMemory } from "../hart/binary.js";

const NAME = /^[a-z][a-z0-9-]*$/;

/** Why a module is not there. */
export class ModuleError extends Error {
  /** @param {string} message @param {number} status an `Errno` */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/**
 * Compiles a module while it arrives, which lets the browser keep what it has made of it, if the server says what it is.
 * @param {Response} response
 */
async function compiled(response) {
  const isNamed = response.headers.get("content-type") === "application/wasm";
  return isNamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

export class Modules {
  /** @param {string} build the address of the build folder */
  constructor(build) {
    this.#build = build;
  }

  #build;
  /** @type {Map<string, Promise<{module: WebAssembly.Module, memory: WebAssembly.MemoryDescriptor | null}>>} */
  #loaded = new Map();

  /**
   * The module of that name and what the memory that it imports must be. Rejects with a ModuleError.
   * @param {string} name `tty` for `tty.wasm`
   */
  load(name) {
    let loading = this.#loaded.get(name);
    if (loading === undefined) {
      loading = this.#load(name);
      this.#loaded.set(name, loading);
      // The next one who asks tries again.
      loading.catch(() => this.#loaded.delete(name));
    }
    return loading;
  }

  /** @param {string} name */
  async #load(name) {
    if (!NAME.test(name)) throw new ModuleError(`there is no module of the name ${name}`, Errno.invalidArgument);
    try {
      const response = await fetch(new URL(`${name}.wasm`, this.#build));
      if (!response.ok) {
        throw new ModuleError(`${response.url}: ${response.status} ${response.statusText}`, Errno.noSuchFileOrDirectory);
      }
      // What the memory must be that a module imports is in its bytes alone; servers bring their own.
      const bytes = name === "libos" ? response.clone().arrayBuffer() : null;
      const module = await compiled(response);
      return { module, memory: bytes === null ? null : importedMemory(new Uint8Array(await bytes)) };
    } catch (error) {
      if (error instanceof ModuleError) throw error;
      if (error instanceof WebAssembly.CompileError) {
        throw new ModuleError(`${name}.wasm does not compile: ${error}`, Errno.execFormatError);
      }
      throw new ModuleError(`${name}.wasm cannot be fetched: ${error}`, Errno.ioError);
    }
  }
}
