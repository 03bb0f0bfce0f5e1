"""The whole system in a page: commands through the machine, the console through real keys, files."""

import driver
from machine import boot, run


@driver.limit(60)
def commands_take_input_directory_and_environment(page):
    boot(page)
    assert run(page, "cat", "{ stdin: 'typed\\n' }")["stdout"] == "typed\n"
    assert run(page, "pwd", "{ cwd: '/etc' }")["stdout"] == "/etc\n"
    given = "{ environment: { COLOUR: 'blue', HOME: '/tmp' } }"
    assert run(page, "echo $COLOUR $HOME $USER", given)["stdout"] == "blue /tmp root\n"
    lengths = "{ stdin: new Uint8Array(1500000).fill(10) }"
    assert run(page, "wc -l", lengths)["stdout"].split() == ["1500000"]
    assert run(page, "printf '\\377'", "{ bytes: true }")["stdout"] == {"0": 255}


@driver.limit(60)
def a_command_is_the_same_wherever_it_falls_between_other_requests(page):
    boot(page)
    # The page asks the agent now and then whether it keeps up; one more request each time moves the command along.
    for turn in range(20):
        assert run(page, "cat", "{ stdin: 'typed\\n' }")["stdout"] == "typed\n", turn
        assert page.evaluate("(await martlet).readFile('/no/such').catch((error) => error.name)") == "SystemError"


@driver.limit(60)
def commands_run_beside_each_other(page):
    boot(page)
    outputs = page.evaluate(
        "Promise.all([1, 2, 3, 4].map(async (n) => (await (await martlet).run(`sleep 0.1; echo ${n}`)).stdout))"
    )
    assert outputs == ["1\n", "2\n", "3\n", "4\n"], outputs


def an_abort_ends_a_command(page):
    boot(page)
    reason = page.evaluate(
        "(await martlet).run('sleep 1000', { signal: AbortSignal.timeout(300) }).then(() => 'ended', (error) => error.name)"
    )
    assert reason == "TimeoutError", reason
    page.wait_until("(await (await martlet).run('ps')).stdout.includes('sleep 1000') === false")


@driver.limit(60)
def files_come_back_as_they_were_stored(page):
    boot(page)
    for size in [0, 1, 4096, 1 << 19, (1 << 19) + 1, 3_000_000]:
        same = page.evaluate(
            f"""(async () => {{
              const machine = await martlet, bytes = Uint8Array.from({{ length: {size} }}, (_, index) => index * 31 + (index >> 8));
              await machine.writeFile("/tmp/file", bytes);
              const read = await machine.readFile("/tmp/file");
              return read.length === bytes.length && read.every((byte, index) => byte === bytes[index]);
            }})()"""
        )
        assert same, size
    for expression in ["readFile('/no/such')", "writeFile('/no/such', '')"]:
        error = page.evaluate(f"(await martlet).{expression}.then(() => null, (error) => [error.name, error.code])")
        assert error == ["SystemError", "noSuchFileOrDirectory"], error


@driver.limit(60)
def the_console_answers_to_keys(page):
    boot(page)
    text = "(await martlet).terminal.text()"
    page.wait_until(f"{text}.includes('Welcome to Martlet')")
    page.type("echo $((6*7))\n")
    page.wait_until(f"/^42$/m.test({text}.replace(/ +$/gm, ''))")
    page.type("cat\nline\n")
    page.wait_until(f"/^line\\n+line$/m.test({text}.replace(/ +$/gm, ''))")
    page.press("Control+c")
    page.type("echo after $?\n")
    page.wait_until(f"{text}.includes('after 130')")


def a_stopped_machine_says_so(page):
    boot(page)
    page.evaluate("(async () => (await martlet).stop())()")
    assert page.evaluate("(await martlet).information.memories") >= 0
    try:
        run(page, "true")
    except driver.PageError as error:
        assert "stopped" in str(error), error
    else:
        raise AssertionError("a stopped machine ran a command")
