#!/usr/bin/env python3
"""Measures the engine beside other interpreters, on the programs in Tests/engine/programs.

    Tests/engine/bench.py ENGINE [--json] [--runs N]

ENGINE is the command of the product `engine`, built for release. The others are wasm-interp (Debian package wabt) and
wasmkit (of the Swift toolchain). Each figure is the least processor time in seconds of N runs of the whole command, the
runners taking turns; the ratio is the engine's to that of the better of the two others. Before that, the engine's result
must be that of wasm-interp.
"""

import argparse
import json
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"


def compile_program(source, target, entry):
    """Compiles a program that exports one function, and needs nothing from outside."""
    subprocess.run(
        ["clang", "--target=wasm32-wasi", "-O2", "-nostdlib", "-ffreestanding", "-Wall", "-Wextra", "-Werror", "--no-wasm-opt",
         "-Wl,--no-entry", f"-Wl,--export={entry}", "-o", target, source],
        check=True,
    )  # fmt: skip


def seconds(command):
    """Processor time that a command takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def number(command):
    """The last number that a command prints."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(re.findall(r"\d+", output)[-1])


def measure(engine, source, folder, runs):
    result, start = folder / f"{source.stem}-result.wasm", folder / f"{source.stem}.wasm"
    compile_program(source, result, "run")
    compile_program(source, start, "_start")
    interp = ["wasm-interp", result, "--run-all-exports"]
    if number([engine, "run", result]) != number(interp):
        sys.exit(f"bench.py: {source.stem}: the engine's result is not that of wasm-interp")
    commands = {"engine": [engine, "run", start], "wasm-interp": interp, "wasmkit": ["wasmkit", "run", start]}
    least = {name: float("inf") for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            least[name] = min(least[name], seconds(command))
    least["ratio"] = least["engine"] / min(least["wasm-interp"], least["wasmkit"])
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = {
            source.stem: measure(arguments.engine, source, pathlib.Path(folder), arguments.runs)
            for source in sorted(PROGRAMS.glob("*.c"))
        }
    if arguments.json:
        print(json.dumps(figures))
        return
    print(f"{'seconds':10}{'engine':>12}{'wasm-interp':>14}{'wasmkit':>10}   ratio to the better")
    for name, row in figures.items():
        print(f"{name:10}{row['engine']:12.3f}{row['wasm-interp']:14.3f}{row['wasmkit']:10.3f}   {row['ratio']:.2f}")


if __name__ == "__main__":
    main()
