"""What the cases of the whole system share: a machine in a page, its commands and files, and programs to run in it."""

import base64
import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CONSTANTS = HERE.parent.parent / "web/generated/abi.js"
COMPILER = pathlib.Path(os.path.realpath(shutil.which("swift"))).parent / "clang"


def boot(page, query=""):
    """Loads the page of the system and waits until init runs. The machine has this run's way to wait."""
    page.open_system(query=query)
    assert page.evaluate("(await martlet).information.wait") == page.wait


def boot_and_settle(page):
    """As `boot`, and waits until init, the agent and the shell of the console are all that runs."""
    boot(page)
    page.wait_until(f"/# ?$/.test(({terminal_text()}).trimEnd())")
    settle(page)


#: Servers of a system that is up: resmgr and its drivers, procfs the last.
SERVERS = 7
#: What is the same before and after programs that leave nothing behind: names of `martlet.information`.
USED = ["memories", "workers", "channels", "servers", "processes", "liveWorkers"]


def settle(page):
    """Waits until init, the agent and the shell of the console are all that runs, and what others used is free.

    A process is over before the browser has ended its worker: until then its memories and its worker still count. Harts tell of the
    channels that they close a little later, so that what is used must stay the same for a while.
    """
    page.evaluate(
        f"""(async () => {{
          for (let same = 0, last = ""; same < 15; await new Promise((next) => setTimeout(next, 20))) {{
            const now = (await martlet).information;
            const used = {json.dumps(USED)}.map((name) => now[name]).join(" ");
            const harts = now.processes + now.servers;
            same = now.processes === 3 && now.servers === {SERVERS} && now.workers === harts && now.liveWorkers === harts && used === last ? same + 1 : 0;
            last = used;
          }}
        }})()"""
    )


def wait_for_use(page, before):
    """Waits until as much is used as there was `before`, which was told by `information`."""
    same = " && ".join(f"now.{name} === {before[name]}" for name in USED)
    try:
        page.wait_until(f"((now) => {same})((await martlet).information)")
    except BaseException as error:
        error.add_note(f"used before: {before}; now: {information(page)}")
        raise


def connect_agent(page):
    """Lets the agent do once what it does for cases: it keeps its connections to the drivers, and they are counted."""
    store(page, "/tmp/first", b"")
    run(page, "rm /tmp/first")
    settle(page)


def run(page, command, options="{}"):
    """Runs a shell command to its end; `options` is the JavaScript of its RunOptions. Status, stdout and stderr."""
    return page.evaluate(f"(await martlet).run({json.dumps(command)}, {options})")


def information(page):
    """What the machine uses."""
    return page.evaluate("(await martlet).information")


def store(page, path, data, mode=0o755):
    """Writes bytes into a file of the machine."""
    text = json.dumps(base64.b64encode(data).decode())
    page.evaluate(
        f"(await martlet).writeFile({json.dumps(path)}, Uint8Array.from(atob({text}), (c) => c.charCodeAt(0)), {{ mode: {mode} }})"
    )


def fetch_into(page, path, address, mode=0o644):
    """Writes what is at an address into a file of the machine: the way for large files. Their size in bytes."""
    return page.evaluate(
        f"""(async () => {{
          const bytes = new Uint8Array(await (await fetch({json.dumps(address)})).arrayBuffer());
          await (await martlet).writeFile({json.dumps(path)}, bytes, {{ mode: {mode} }});
          return bytes.length;
        }})()"""
    )


def terminal_text():
    """The JavaScript of what the console's terminal shows, without spaces at the ends of lines."""
    return "(await martlet).terminal.text().replace(/ +$/gm, '')"


@functools.cache
def assembled(source):
    """A module of the text format."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "module.wat")
        path.write_text(source)
        options = ["--debug-names", "--enable-multi-memory", "--enable-exceptions"]
        subprocess.run(["wat2wasm", *options, path, "-o", f"{path}.wasm"], check=True)
        return pathlib.Path(f"{path}.wasm").read_bytes()


@functools.cache
def compiled(source, *options):
    """A program of C for WASI preview 1, by the compiler that Swift brings and Debian's C library."""
    builtins = sorted(pathlib.Path("/usr/lib").glob("llvm-*/lib/clang/*/lib/wasi/libclang_rt.builtins-wasm32.a"))[-1]
    system = pathlib.Path("/usr/lib/wasm32-wasi")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "module.c")
        path.write_text(source)
        subprocess.run(
            [
                COMPILER, "--target=wasm32-wasi", "-O1", "-Wall", "-Werror", "-nostdlib", "-isystem", "/usr/include/wasm32-wasi", *options,
                system / "crt1-command.o", path, system / "libc.a", builtins, "-o", f"{path}.wasm",
            ],
            check=True,
        )  # fmt: skip
        return pathlib.Path(f"{path}.wasm").read_bytes()


@functools.cache
def module(source, *options):
    """A module of C without any library, for one side of a hart, by the compiler that Swift brings."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "module.c")
        path.write_text(source)
        flags = ["--target=wasm32", "-O1", "-fno-builtin", "-nostdlib", "-I", HERE / "hart", "-Wl,--no-entry", *options]
        subprocess.run([COMPILER, *flags, path, "-o", f"{path}.wasm"], check=True)
        return pathlib.Path(f"{path}.wasm").read_bytes()
