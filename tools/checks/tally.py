"""Counts what was checked, prints each step with its time, remembers what need not be checked again."""

import hashlib
import json
import os
import threading
import time


class Skip(Exception):
    """This step cannot be done here; the text says why."""


class Failure(Exception):
    """This step found something wrong; the text says what."""


class Tally:
    """Steps done so far. `log_dir` gets a log for each step that runs a program."""

    def __init__(self, log_dir, fresh):
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.log_dir = log_dir
        self._fresh = fresh
        self._lock = threading.Lock() # fuzz targets run side by side
        self._memory = os.path.join(log_dir, "unchanged.json")
        os.makedirs(log_dir, exist_ok=True)

    def count(self, passed=0, failed=0):
        self.passed += passed
        self.failed += failed

    def skip(self, what, why):
        self.skipped += 1
        print(f"skip            {what}: {why}", flush=True)

    def step(self, name, work):
        """Runs work(); what it returns is the remark behind the name. It counts as one check unless work()
        counts for itself, which it says by returning (remark, passed, failed)."""
        print(f"...             {name}", flush=True)
        start = time.monotonic()
        passed, failed = 1, 0
        try:
            result = work()
            remark = result
            if isinstance(result, tuple):
                remark, passed, failed = result
        except Skip as reason:
            self.skip(name, reason)
            return
        except Failure as fault:
            remark, passed, failed = f"\n{fault}", 0, 1
        self.count(passed, failed)
        word = "FAILED" if failed else "ok"
        print(f"{word:6} {time.monotonic() - start:6.1f} s  {name}{': ' + remark if remark else ''}", flush=True)

    def log(self, name):
        return os.path.join(self.log_dir, name + ".log")

    def unchanged(self, what, key):
        """Whether `what` passed before with the very same key (see key_of), and needs no second look."""
        return not self._fresh and self._remembered().get(what) == key

    def remember(self, what, key):
        with self._lock:
            memory = self._remembered()
            memory[what] = key
            with open(self._memory, "w", encoding="utf-8") as file:
                json.dump(memory, file, indent=0)

    def _remembered(self):
        try:
            with open(self._memory, encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            return {}


def key_of(paths, *words):
    """A digest of the contents of files and of some words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        with open(path, "rb") as file:
            digest.update(path.encode() + b"\0" + hashlib.sha256(file.read()).digest())
    return digest.hexdigest()
