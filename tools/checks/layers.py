"""What the include paths cannot enforce: see Layers in ARCHITECTURE.md.

The symbol tables of the libraries of a release build tell what each layer needs from outside and whether it holds
data that changes."""

import glob
import re

from checks import run
from checks.tally import Failure

PURE = ["base", "codec", "aka", "secure", "uicc", "diameter", "home", "machine", "s6a", "lab", "hss"]
# These run on a microcontroller: of the C library they may have only this.
FREESTANDING = ["base", "codec", "aka", "secure", "uicc"]
FREESTANDING_MAY = re.compile(r"(__)?(mem(cpy|move|set|cmp|chr)|str(len|cmp|ncmp|nlen))(_chk)?")
# What hosted layers may have besides: memory and text, nothing that reaches the world.
HOSTED_MAY = re.compile(r"malloc|calloc|realloc|free|(__)?v?snprintf(_chk)?|__ctype_\w+_loc|str\w+|mem\w+|qsort|abort|"
                        r"__assert_fail")
# What compilers put in by themselves.
COMPILER_MAY = re.compile(r"_GLOBAL_OFFSET_TABLE_|__stack_chk_fail(_local)?|__tls_get_addr|__builtin_\w+")
# Objects that are excepted from the freestanding rule: faults are texts for hosted layers.
HOSTED_OBJECTS = {"fault.c.o"}
# Read-only once loaded; .data.rel.ro holds constants with addresses in them.
MUTABLE_SECTION = re.compile(r"(\.(data|bss|tdata|tbss)(?!\.rel\.ro)\b.*|\*COM\*)")


class Symbol:
    def __init__(self, line):
        fields = [field.strip() for field in line.split("|")]
        place = fields[0].split(":")
        self.name = place[-1]
        self.object = place[-2].split("/")[-1].split("_src_")[-1]
        self.undefined = fields[2] == "U"
        self.local = fields[2].islower()
        self.section = fields[6]


def symbols(library):
    """All symbols of a static library: lines of `nm -A -f sysv`, "library:object:name|value|class|type|size|line|section"."""
    return [Symbol(line) for line in run.output("nm", "-A", "-f", "sysv", library).splitlines() if line.count("|") == 6]


def parent_includes():
    """No file reaches another folder by "../": it would go round the layers."""
    faults = []
    for name in run.c_files():
        with open(name, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if re.match(r'\s*#\s*include\s*[<"][^">]*\.\./', line):
                    faults.append(f"{name}:{number}: {line.strip()}")
    if faults:
        raise Failure("includes that go up:\n" + "\n".join(faults))


def mutable_data(tally, build):
    """No pure layer holds data that changes."""
    faults = [f"{layer}: {symbol.name} in {symbol.section} of {symbol.object}"
              for layer, table in _tables(tally, build).items() for symbol in table
              if not symbol.undefined and MUTABLE_SECTION.fullmatch(symbol.section)]
    if faults:
        raise Failure("data that changes:\n" + "\n".join(faults))


def needs(tally, build):
    """No layer needs from outside what it may not have: no heap and no stdio in the freestanding ones, nothing that
    reaches the world in any pure one."""
    tables = _tables(tally, build)
    ours = {symbol.name for table in tables.values() for symbol in table if not symbol.undefined and not symbol.local}
    faults = []
    for layer, table in tables.items():
        for symbol in table:
            if not symbol.undefined or symbol.name in ours or COMPILER_MAY.fullmatch(symbol.name):
                continue
            hosted = layer not in FREESTANDING or symbol.object in HOSTED_OBJECTS
            may = FREESTANDING_MAY.fullmatch(symbol.name) or (hosted and HOSTED_MAY.fullmatch(symbol.name))
            if not may:
                faults.append(f"{layer}: {symbol.object} needs {symbol.name}")
    if faults:
        raise Failure("needs that a layer may not have:\n" + "\n".join(faults))


def _tables(tally, build):
    run.need("nm")
    build.make(tally)
    tables = {}
    for layer in PURE:
        found = glob.glob(f"{build.directory}/src/{layer}/libmooring-{layer}.a")
        if not found:
            raise Failure(f"no library of {layer} in {build.directory}")
        tables[layer] = symbols(found[0])
        if not tables[layer]:
            raise Failure(f"nm tells nothing of {found[0]}")
    return tables
