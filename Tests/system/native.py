"""The native machine under test: the command `martlet`, booted anew for each case."""

import os
import re
import shutil
import subprocess
import tempfile

from case import FOLDER, TOP, Machine, Package, Result

#: Seconds that no case takes, however busy the host is.
PATIENCE = 120


class Native(Machine):
    """`martlet` with a temporary directory of the host on FOLDER. Use it as a context."""

    def __init__(self, options=()):
        self._options = list(options)
        self._folder = None
        #: Of the schedule, in virtual time; None: real time.
        self.seed = None
        subprocess.run(["swift", "build", "-c", "release", "--product", "martlet"], cwd=TOP, check=True)
        found = subprocess.run(
            ["swift", "build", "-c", "release", "--show-bin-path"], cwd=TOP, check=True, capture_output=True, text=True)  # fmt: skip
        self._program = os.path.join(found.stdout.strip(), "martlet")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._folder:
            self._folder.cleanup()
            self._folder = None

    def _path(self, name):
        return os.path.join(self._folder.name, "case", name)

    def begin(self):
        self.__exit__()
        self._folder = tempfile.TemporaryDirectory(prefix="martlet-")
        os.mkdir(self._path(""))

    def store(self, name, file):
        if isinstance(file, Package):
            shutil.copyfile(file.on_host(), self._path(name))
        else:
            with open(self._path(name), "wb") as target:
                target.write(file.data())
        os.chmod(self._path(name), file.mode)

    def run(self, command, input):
        time = [] if self.seed is None else ["--seed", str(self.seed)]
        words = [self._program, "--image", str(TOP / "web/build"), "--mount", f"{self._path('')}:{FOLDER}", *time, *self._options]
        # Files, not pipes: when bytes come and go then does not depend on the host, and a seed replays the run.
        streams = [os.path.join(self._folder.name, name) for name in ["input", "output", "error"]]
        with open(streams[0], "wb") as file:
            file.write(input)
        with open(streams[0], "rb") as stdin, open(streams[1], "wb") as stdout, open(streams[2], "wb") as stderr:
            done = subprocess.run([*words, "-c", command], stdin=stdin, stdout=stdout, stderr=stderr, timeout=PATIENCE)
        with open(streams[1], "rb") as output, open(streams[2], "rb") as error:
            return Result(done.returncode, output.read(), error.read())

    def read(self, name):
        try:
            with open(self._path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None
