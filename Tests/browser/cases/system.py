"""The whole system in a page: commands through the machine, the console through real keys, files, programs that err."""

import driver
from machine import assembled, boot, run, store

#: Command, exit status, standard output, standard error. Each runs in a shell of its own, in `/`.
COMMANDS = [
    ("true", 0, "", ""),
    ("false", 1, "", ""),
    ("exit 7", 7, "", ""),
    ("echo hello world", 0, "hello world\n", ""),
    ("printf '%s-%d\\n' a 5", 0, "a-5\n", ""),
    ("echo out; echo err >&2", 0, "out\n", "err\n"),
    ("pwd", 0, "/\n", ""),
    ("cd /etc && pwd", 0, "/etc\n", ""),
    ("cat /etc/hostname", 0, "martlet\n", ""),
    ("seq 3 | sort -r | head -n 2", 0, "3\n2\n", ""),
    ("seq 100 | wc -l | cat", 0, "100\n", ""),
    ("echo one > /tmp/a; echo two >> /tmp/a; cat /tmp/a", 0, "one\ntwo\n", ""),
    ("mkdir /tmp/d && touch /tmp/d/x /tmp/d/y && ls /tmp/d && rm /tmp/d/x /tmp/d/y && rmdir /tmp/d && ls -d /tmp/d", None, "x\ny\n", None),
    ("for i in 1 2 3; do echo $i; done", 0, "1\n2\n3\n", ""),
    ("if [ -d /bin ]; then echo yes; else echo no; fi", 0, "yes\n", ""),
    ("x=$(echo inner); echo \"<$x>\" $((6 * 7))", 0, "<inner> 42\n", ""),
    ("sh -c 'exit 3'; echo $?", 0, "3\n", ""),
    ("sh -c 'kill -9 $$'; echo $?", 0, "137\n", None),
    ("sleep 0.05; echo slept", 0, "slept\n", ""),
    ("echo a | grep b; echo $?", 0, "1\n", ""),
    ("test $(ps | wc -l) -gt 3 && echo alive", 0, "alive\n", ""),
]


@driver.limit(90)
def commands_give_their_outputs_and_statuses(page):
    boot(page)
    wrong = []
    for command, status, stdout, stderr in COMMANDS:
        result = run(page, command)
        expected = {"status": status, "stdout": stdout, "stderr": stderr}
        if any(value is not None and result[key] != value for key, value in expected.items()):
            wrong.append(f"{command!r}: {result}")
    assert not wrong, "\n".join(wrong)


@driver.limit(60)
def commands_take_input_directory_and_environment(page):
    boot(page)
    assert run(page, "cat", "{ stdin: 'typed\\n' }")["stdout"] == "typed\n"
    assert run(page, "pwd", "{ cwd: '/etc' }")["stdout"] == "/etc\n"
    assert run(page, "echo $COLOUR", "{ environment: { COLOUR: 'blue' } }")["stdout"] == "blue\n"
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
def programs_that_err_are_told_in_words(page):
    boot(page)
    memory = '(memory (export "memory") 1)'
    cases = [
        (f'(module {memory} (func $crash (export "_start") unreachable))', 132, "unreachable executed in crash"),
        (f'(module {memory} (func $reach (export "_start") (i32.store (i32.const -8) (i32.const 0))))', 139, "memory access out of bounds in reach"),
        (f'(module {memory} (func $divide (export "_start") (drop (i32.div_s (i32.const 1) (i32.const 0)))))', 136, "integer division by zero in divide"),
        (f'(module (import "env" "foo" (func)) {memory} (func (export "_start")))', 126, "unknown import env.foo"),
    ]
    for source, status, words in cases:
        store(page, "/home/program", assembled(source), 0o755)
        result = run(page, "/home/program")
        assert result["status"] == status and words in result["stderr"], (words, result)
    store(page, "/home/program", assembled(f'(module {memory} (func (export "_start")))'), 0o644)
    assert run(page, "/home/program")["status"] == 126
    assert run(page, "/home/absent")["status"] == 127


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
