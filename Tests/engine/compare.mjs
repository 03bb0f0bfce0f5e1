// Compares the engine with node's on random modules.
//
//     node --experimental-wasm-exnref Tests/engine/compare.mjs ENGINE WASM-TOOLS [COUNT [SEED]]
//
// ENGINE is the command of the product `engine`. wasm-tools makes valid modules out of random bytes. The engine calls all that a
// module exports, twice, and says what it did (`engine digest`); node does the same calls, and must agree on every result, on
// which calls trap, and on the memory in the end. What follows a stack overflow is not compared, as stacks have different sizes.
// The last line counts.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";

const OPTIONS = {
    "export-everything": true, "canonicalize-nans": true, "max-imports": 0, "min-funcs": 4, "max-memories": 1,
    "max-memory32-bytes": 4000000, "memory64-enabled": false, "gc-enabled": false, "threads-enabled": false,
    "relaxed-simd-enabled": false, "shared-everything-threads-enabled": false, "wide-arithmetic-enabled": false,
    "custom-page-sizes-enabled": false, "custom-descriptors-enabled": false, "compact-imports-enabled": false,
    "exceptions-enabled": true, "tail-call-enabled": true, "simd-enabled": true, "reference-types-enabled": true,
    "bulk-memory-enabled": true, "multi-value-enabled": true, "extended-const-enabled": true, "max-table-elements": 1000,
    "max-instructions": 500,
};

const [engine, tool, count = "200", seed = "0"] = process.argv.slice(2);

// A run of pseudo-random numbers of 32 bits (the generator known as mulberry32), the same for a seed on any machine.
let state = Number(seed) * 0x9e3779b9;
function random() {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
}

function succeed(command, options, input) {
    const result = spawnSync(command, options, { input, maxBuffer: 1 << 28 });
    if (result.status !== 0) throw new Error(`${command} failed: ${result.stderr}`);
    return result.stdout.toString();
}

const view = new DataView(new ArrayBuffer(8));

// A value of `digest`, TYPE:BITS with the bits in hexadecimal digits, for JavaScript.
function decode(text) {
    const [type, bits] = text.split(":");
    view.setBigUint64(0, BigInt(`0x${type.length > 3 || bits === "nan" ? 0 : bits}`));
    switch (type) {
        case "i32": return view.getInt32(4);
        case "i64": return view.getBigInt64(0);
        case "f32": return view.getFloat32(4);
        case "f64": return view.getFloat64(0);
        default: return null;
    }
}

// Whether a result of node's is one that `digest` wrote.
function agrees(text, value) {
    const [type, bits] = text.split(":");
    if (bits === "nan") return Number.isNaN(value);
    if (type.length > 3) return (bits === "null") === (value === null);
    return Object.is(decode(text), value);
}

// What is wrong with the engine's account of a module; undefined: nothing; null: node cannot tell.
function judge(bytes, lines) {
    let exports, instance;
    try {
        const module = new WebAssembly.Module(bytes);
        exports = WebAssembly.Module.exports(module);
        instance = new WebAssembly.Instance(module);
    } catch (error) {
        if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) return null;
        return /^(refused|start trap)/.test(lines[0]) || error instanceof RangeError ? undefined : `node says ${error}`;
    }
    for (const line of lines) {
        const [kind, number, ...words] = line.split(" ");
        if (kind === "refused:") return line.startsWith("refused: out of scope") ? null : `${line}, but node takes it`;
        if (kind === "end" || kind === "start") {
            if (number === "trap") return line;
            if (kind === "end") return;
            continue;
        }
        if (kind === "memory") {
            const memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
            const own = `memory ${memory.buffer.byteLength} ${crc32(new Uint8Array(memory.buffer))}`;
            if (own !== line) return `${line}, but node has ${own}`;
            continue;
        }
        const arrow = words.indexOf("->");
        const expected = words.slice(arrow + 1).filter((word) => word !== "");
        let given;
        try {
            given = instance.exports[exports[number].name](...words.slice(0, arrow).map(decode));
        } catch (error) {
            if (error instanceof TypeError) continue;
            // RangeError is also the trap of an access out of bounds in some cases; only a full stack ends the comparison.
            if (error instanceof RangeError) return;
            if (expected[0] !== "trap") return `${line}, but node traps: ${error}`;
            continue;
        }
        if (expected[0] === "trap") return `${line}, but node gives ${given}`;
        const values = expected.length === 0 ? [] : expected.length === 1 ? [given] : given;
        if (!expected.every((text, index) => agrees(text, values[index]))) return `${line}, but node gives ${given}`;
    }
}

const folder = mkdtempSync(join(tmpdir(), "compare-"));
const options = ["--ensure-termination", ...Object.entries(OPTIONS).flatMap(([name, value]) => [`--${name}`, `${value}`])];
let passed = 0, failed = 0, skipped = 0, calls = 0;
try {
    const files = [];
    for (let number = 0; number < Number(count); number++) {
        const bytes = Buffer.alloc([400, 2000, 8000][number % 3]);
        for (let place = 0; place < bytes.length; place += 4) bytes.writeUInt32LE(random(), place);
        files.push(join(folder, `${number}.wasm`));
        succeed(tool, ["smith", ...options, "-o", files[number]], bytes);
    }
    const accounts = succeed(engine, ["digest", ...files]).split(/^module .*\n/m).slice(1);
    for (const [number, file] of files.entries()) {
        const lines = accounts[number].trimEnd().split("\n");
        calls += lines.filter((line) => line.startsWith("call")).length;
        const wrong = judge(readFileSync(file), lines);
        if (wrong === undefined) passed++;
        else if (wrong === null) skipped++;
        else {
            failed++;
            console.log(`FAILED seed ${seed}, module ${number}: ${wrong}`);
        }
    }
} finally {
    rmSync(folder, { recursive: true });
}
console.log(`${calls} calls compared`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
