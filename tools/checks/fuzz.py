"""Runs the libFuzzer targets, two at a time, from their corpus in tests/corpus/NAME."""

import glob
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from checks import run
from checks.tally import Failure, key_of

BUILD = "build-fuzz"
OPTIONS = ["--buildtype=release", "-Ddebug=true", "-Dfuzz=true", "-Db_sanitize=address,undefined", "-Db_lundef=false"]
AT_ONCE = 2
ENVIRONMENT = {"UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}


def names():
    return sorted(re.search(r"fuzz_(\w+)\.c$", path).group(1) for path in glob.glob("tests/fuzz/fuzz_*.c"))


def build():
    return run.Build(BUILD, "clang", OPTIONS, [f"tests/fuzz/fuzz_{name}" for name in names()])


def run_all(tally, binaries, seconds, only):
    """Every target, or only the named one; returns (remark, passed, failed): a target is one check."""
    binaries.make(tally)
    chosen = [name for name in names() if not only or name == only]
    if not chosen:
        raise Failure(f"no fuzz target {only}; there are: {', '.join(names())}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        failures = list(pool.map(lambda name: _run(tally, name, seconds), chosen))
    failed = sum(failures)
    return f"{len(chosen)} targets", len(chosen) - failed, failed


def _run(tally, name, seconds):
    """One target; returns 1 if it failed, else 0."""
    binary = f"{BUILD}/tests/fuzz/fuzz_{name}"
    seeds = f"tests/corpus/{name}"
    found = f"{BUILD}/corpus/{name}"
    artifacts = f"{BUILD}/finds/{name}/"
    key = key_of([binary, *glob.glob(seeds + "/*")], str(seconds))
    if tally.unchanged("fuzz " + name, key):
        print(f"                {name}: unchanged since it ran clean for {seconds} s", flush=True)
        return 0
    if not glob.glob(seeds + "/*"):
        print(f"                {name}: FAILED: no corpus {seeds}", flush=True)
        return 1
    os.makedirs(found, exist_ok=True)
    os.makedirs(artifacts, exist_ok=True)
    log = tally.log("fuzz-" + name)
    with open(log, "w", encoding="utf-8") as file:
        status = subprocess.run([binary, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
                                 "-print_final_stats=1", f"-artifact_prefix={artifacts}", found, seeds],
                                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                env=dict(os.environ, **ENVIRONMENT), check=False).returncode
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if status != 0:
        reproducer = re.findall(r"Test unit written to (\S+)", text)
        print(f"                {name}: FAILED (status {status}), reproducer: {', '.join(reproducer) or 'none'}; log: "
              f"{log}, the end of it:\n{run.tail(log)}", flush=True)
        return 1
    tally.remember("fuzz " + name, key)
    print(f"                {name}: {_figures(text)}", flush=True)
    return 0


def _figures(text):
    runs = re.search(r"stat::number_of_executed_units:\s+(\d+)", text)
    cover = re.findall(r"cov: (\d+)", text)
    return f"{int(runs.group(1)) if runs else 0:,} inputs, {cover[-1] if cover else '?'} edges covered"
