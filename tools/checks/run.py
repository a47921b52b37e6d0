"""Runs programs and lists files for the checks."""

import os
import shutil
import subprocess

from checks.tally import Failure, Skip

# What a step shows of a failed program's output; the rest is in the step's log.
SHOWN_LINES = 60


def need(*programs):
    """The step needs these programs: it is skipped where one is missing."""
    for program in programs:
        if shutil.which(program) is None:
            raise Skip(f"no {program} here")


def program(command, log, what, env=None):
    """Runs a command to its end, output into a log file. Failure, with the end of the log, unless it exits with 0."""
    with open(log, "w", encoding="utf-8") as file:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                env=dict(os.environ, **(env or {})), check=False).returncode
    if status != 0:
        raise Failure(f"{what} (status {status}); all of it in {log}, the end of it:\n{tail(log)}")


def tail(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        return "".join(file.readlines()[-SHOWN_LINES:]).rstrip()


def output(*command):
    """A command's output; Failure if it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command[:3])} ...:\n{(done.stdout + done.stderr).strip()}")
    return done.stdout


def tracked_files():
    """The files of this tree, without what was built or is ignored; without git, all that isn't in a build directory."""
    git = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if git.returncode == 0:
        names = git.stdout.split("\0")
    else:
        names = [os.path.join(folder, name)[2:] for folder, _, files in os.walk(".") for name in files
                 if not folder.startswith(("./build", "./.git"))]
    return sorted(name for name in names if name and os.path.isfile(name))


def c_files(*folders):
    return [name for name in tracked_files()
            if name.endswith((".c", ".h")) and (not folders or name.startswith(folders))]


class Build:
    """A build directory with options of its own. make() may stand before everything that needs it: it builds once,
    and where that failed, what needs it is skipped."""

    def __init__(self, directory, compiler, options, targets=()):
        self.directory = directory
        self._compiler = compiler
        self._options = options
        self._targets = targets
        self._state = "not tried"

    def make(self, tally):
        if self._state == "failed":
            raise Skip(f"{self.directory} could not be built, as said above")
        if self._state == "not tried":
            self._state = "failed"
            need(self._compiler, "meson", "ninja")
            log = tally.log(self.directory)
            program(["tools/configure", self.directory, self._compiler, *self._options], log,
                    f"{self.directory} cannot be set up")
            program(["ninja", "-C", self.directory, *self._targets], log, f"{self.directory} cannot be built")
            self._state = "built"
