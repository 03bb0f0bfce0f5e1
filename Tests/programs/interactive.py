#!/usr/bin/env python3
"""Drives our shell through a pseudo-terminal, as a user would: prompts, keys that signal, jobs, the foreground group.

interactive.py SH UTILITIES    the native builds. Prints the counts; status 1 if anything failed.
"""

import os
import pty
import re
import select
import signal
import sys
import time

shell, utilities = (os.path.realpath(path) for path in sys.argv[1:3])
passed = failed = 0


class Terminal:
    def __init__(self, *arguments):
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.environ.update(PS1="PROMPT> ", PS2="MORE> ", LC_ALL="C", PATH="/usr/bin:/bin")
            # As a login does: a test runner may have blocked or ignored the keys' signals.
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            os.execv(shell, [shell, *arguments])
        self.seen = ""

    def expect(self, pattern, seconds=10):
        """Reads until the pattern is there, and forgets what was before its end."""
        end = time.monotonic() + seconds
        while True:
            match = re.search(pattern, self.seen)
            if match:
                self.seen = self.seen[match.end():]
                return match
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.file], [], [], left)[0]:
                raise AssertionError(f"{pattern!r} did not come; there was {self.seen!r}")
            try:
                data = os.read(self.file, 65536)
            except OSError:
                data = b""
            if not data:
                raise AssertionError(f"the terminal closed before {pattern!r}; there was {self.seen!r}")
            self.seen += data.decode(errors="replace").replace("\r\n", "\n")

    def type(self, text):
        os.write(self.file, text.encode())

    def run(self, line, pattern):
        self.type(line + "\n")
        self.expect(re.escape(line) + "\n")
        result = self.expect(pattern)
        self.expect("PROMPT> ")
        return result

    def end(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.file)


def test(behaviour):
    global passed, failed
    terminal = Terminal("-i")
    try:
        terminal.expect("PROMPT> ")
        behaviour(terminal)
        passed += 1
    except AssertionError as failure:
        failed += 1
        print(f"failed: {behaviour.__name__}: {failure}")
    finally:
        terminal.end()


def runs_commands(terminal):
    terminal.run("echo hello", "hello\n")
    terminal.run("false; echo $?", "1\n")


def asks_for_more_lines(terminal):
    terminal.type("if true\n")
    terminal.expect("MORE> ")
    terminal.type("then echo complete; fi\n")
    terminal.expect("complete\nPROMPT> ")
    terminal.type("cat <<E\n")
    terminal.expect("MORE> ")
    terminal.type("text\nE\n")
    terminal.expect("MORE> text\nPROMPT> ")


def interrupt_gives_a_new_prompt(terminal):
    terminal.type("some words\x03")
    terminal.expect("PROMPT> ")
    terminal.run("echo $?", "130\n")


def interrupt_ends_the_foreground_command_only(terminal):
    terminal.type("sleep 60\n")
    time.sleep(0.3)
    terminal.type("\x03")
    terminal.expect("PROMPT> ")
    terminal.run("echo $?", "130\n")


def interrupt_ends_a_pipeline_and_a_loop(terminal):
    terminal.type("while true; do sleep 60 | cat; done\n")
    time.sleep(0.3)
    terminal.type("\x03")
    terminal.expect("PROMPT> ")
    terminal.type("while :; do :; done\n")
    time.sleep(0.3)
    terminal.type("\x03")
    terminal.expect("PROMPT> ")
    terminal.type("(sleep 60; echo never)\n")
    time.sleep(0.3)
    terminal.type("\x03")
    terminal.expect("PROMPT> ")
    terminal.run("echo alive", "\nalive\n|alive\n")


def interrupt_ends_a_substitution(terminal):
    terminal.type("x=$(sleep 60; echo never); echo never\n")
    time.sleep(0.3)
    terminal.type("\x03")
    terminal.expect("PROMPT> ")
    terminal.run("echo alive", "alive\n")


def quit_and_terminate_do_not_end_the_shell(terminal):
    terminal.type("\x1c")
    terminal.run("kill -TERM $$; echo alive", "alive\n")


def background_jobs_are_told(terminal):
    number = terminal.run("sleep 0.2 &", r"\[1\] (\d+)\n").group(1)
    terminal.run("echo $!", number + "\n")
    time.sleep(0.5)
    terminal.type("\n")
    terminal.expect(r"\[1\] \+ Done sleep 0.2\n")


def a_job_is_stopped_listed_and_brought_back(terminal):
    terminal.type("cat\n")
    terminal.expect("cat\n")
    terminal.type("runs\n")
    terminal.expect("runs\nruns\n")
    terminal.type("\x1a")
    terminal.expect(r"\[1\] \+ Stopped cat\n")
    terminal.expect("PROMPT> ")
    terminal.run("echo $?", "148\n")
    terminal.run("jobs", r"\[1\] \+ Stopped cat\n")
    terminal.type("fg\n")
    terminal.expect("cat\n")
    terminal.type("back\n")
    terminal.expect("back\nback\n")
    terminal.type("\x04")
    terminal.expect("PROMPT> ")
    terminal.run("jobs; echo none", "none\n")


def a_job_goes_on_in_the_background(terminal):
    terminal.type("sleep 60 | cat\n")
    time.sleep(0.3)
    terminal.type("\x1a")
    terminal.expect(r"\[1\] \+ Stopped sleep 60 \| cat\n")
    terminal.expect("PROMPT> ")
    terminal.run("bg %sleep", r"\[1\] sleep 60 \| cat\n")
    terminal.run("jobs", r"\[1\] \+ Running sleep 60 \| cat\n")
    terminal.type("fg %1\n")
    terminal.expect("sleep 60")
    time.sleep(0.3)
    terminal.type("\x03")
    terminal.expect("PROMPT> ")
    terminal.run("fg", "no such job\n")


def the_foreground_command_has_the_terminal(terminal):
    terminal.type("cat\n")
    terminal.expect("cat\n")
    terminal.type("to cat\n")
    terminal.expect("to cat\nto cat\n")
    terminal.type("\x04")
    terminal.expect("PROMPT> ")
    terminal.run("echo back", "back\n")


def ends_by_signals_are_told(terminal):
    terminal.run("/bin/sh -c 'kill -9 $$'", "Killed\n")
    terminal.run("/bin/sh -c 'kill -SEGV $$'", "Segmentation fault\n")


def end_of_input_ends_the_shell(terminal):
    terminal.type("\x04")
    try:
        terminal.expect("never")
    except AssertionError as failure:
        if "closed" not in str(failure):
            raise


def errors_do_not_end_the_shell(terminal):
    terminal.run("echo ${nope?gone}", "gone\n")
    terminal.run("fi", "Syntax error")
    terminal.run("nosuch", "not found\n")
    terminal.run("echo alive", "alive\n")


def prompt_escapes(terminal):
    terminal.type("cd /usr/lib; HOME=/usr; USER=me; PS1='\\u:\\w:\\W \\$ '\n")
    terminal.expect(r"me:~/lib:lib \$ ")


def ls_fits_columns(terminal):
    terminal.type(f"stty cols 40; {utilities} ls /usr\n")
    terminal.expect("bin  ")
    terminal.expect("PROMPT> ")


for behaviour in [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == "__main__"]:
    if behaviour not in (test, Terminal):
        test(behaviour)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
