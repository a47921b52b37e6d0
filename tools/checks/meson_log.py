"""Reads meson's record of a test run: how many cmocka tests passed, failed and were skipped."""

import json
import re

_COUNT = re.compile(r"^\[  (PASSED|FAILED)  \] (\d+) test\(s\)", re.MULTILINE)
_SKIPPED = re.compile(r"^\[ RUN      \] (\w+)\n([^\[]*)\[  SKIPPED \] \1$", re.MULTILINE)
_REASON = re.compile(r"^skipped: (.*)$", re.MULTILINE)
_SHOWN = 4000  # characters of a failed program's output


class Results:
    """Of one test run: counts, `skipped` as (name, reason), `faults` as texts that a person can read."""

    def __init__(self):
        self.programs = 0
        self.passed = 0
        self.failed = 0
        self.skipped = []
        self.faults = []

    def add(self, record):
        name = record["name"].replace("mooring:", "")
        text = (record.get("stdout") or "") + "\n" + (record.get("stderr") or "")
        self.programs += 1
        if record["result"] == "SKIP":
            reason = _REASON.search(text)
            self.skipped.append((name, reason.group(1) if reason else "it says that it cannot run here"))
            return
        counts = {"PASSED": 0, "FAILED": 0}
        for word, number in _COUNT.findall(text):
            counts[word] += int(number)
        skipped = _SKIPPED.findall(text) # cmocka keeps no reason: it is what the test printed before it gave up
        self.skipped += [(f"{name}: {test}", " ".join(said.split()) or "it says that it cannot run here")
                         for test, said in skipped]
        if record["result"] == "OK":
            # A program that is no cmocka program, or whose every test was skipped, is told by its lines.
            self.passed += counts["PASSED"] or (0 if skipped else 1)
            return
        self.passed += counts["PASSED"]
        self.failed += max(counts["FAILED"], 1)
        self.faults.append(f"{name}: {record['result']}, status {record['returncode']}\n{text.strip()[-_SHOWN:]}")


def read(build_directory):
    results = Results()
    with open(f"{build_directory}/meson-logs/testlog.json", encoding="utf-8") as file:
        for line in file:
            results.add(json.loads(line))
    return results
