"""The table of results: RESULTS.md has a section a size, made of all that was measured of it in this build directory."""
import os
import platform
import re
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

HEAD = """# Measured

Made by `sh tests/bench/run SIZE`, which replaces the section of that size.  Ours and the peer ran in turn; of what is short, the
best of several runs counts.  Targets P1 to P7 and P9 are for the kernel: at smaller sizes, where what each call costs anyhow weighs
more, they stand in brackets, and are not missed where the row is over them.  Load is what the machine had when a row was taken: 1 is one
busy processor, and the run itself is one or two; with more, times say little.
"""


KERNEL_ONLY = {"P1", "P2", "P3", "P4", "P5", "P6", "P7", "P9"}


class Row:
    """One line of the table.

    ours and theirs are in `unit`; the target holds if ours / theirs <= limit (or >= with at_least).
    Without a peer, `theirs` is None and the limit is in `unit` itself.
    """

    def __init__(self, number, work, ours, peer, theirs, limit, unit="ms", at_least=False):
        self.number, self.work, self.ours, self.peer, self.theirs = number, work, ours, peer, theirs
        self.limit, self.unit, self.at_least = limit, unit, at_least

    KEYS = ("number", "work", "ours", "peer", "theirs", "limit", "unit", "at_least")

    def saved(self):
        return {key: getattr(self, key) for key in self.KEYS}

    @property
    def ratio(self):
        return self.ours / self.theirs if self.theirs else None

    @property
    def met(self):
        value = self.ours if self.theirs is None else self.ratio
        if value is None:
            return False
        return value >= self.limit if self.at_least else value <= self.limit

    def cells(self, size):
        sign = ">=" if self.at_least else "<="
        theirs = "" if self.theirs is None else f"{self.peer} {number(self.theirs)}"
        ratio = "" if self.theirs is None else f"{self.ratio:.2f}"
        target = f"{sign} {number(self.limit)}{' ' + self.unit if self.theirs is None else ''}"
        only = size != "kernel" and self.number in KERNEL_ONLY
        met = "yes" if self.met else "kernel only" if only else "**no**"
        return [self.number, self.work, f"{number(self.ours)} {self.unit}", theirs, ratio, f"({target})" if only else target, met]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


class Results:
    """Rows of one size.  They are kept in a file of the build directory, so that a run by parts completes the table."""

    HEADS = ["#", "work", "ours", "peer", "ratio", "target", "met", "load"]

    def __init__(self, bench, path):
        self.bench, self.path = bench, path
        self.state = bench.state
        self.state.setdefault("rows", [])
        self.state.setdefault("missed", {})

    def forget(self, numbers):
        """These are to be measured anew."""
        self.state["rows"] = [row for row in self.state["rows"] if row["number"] not in numbers]
        for number in numbers:
            self.state["missed"].pop(number, None)

    def add(self, row):
        self.state["rows"].append(dict(row.saved(), load=os.getloadavg()[0], when=time.time(), revision=revision()))
        print("  ".join(row.cells(self.bench.size)), flush=True)
        self.bench.save()

    def miss(self, numbers, why):
        for number in numbers:
            self.state["missed"][number] = why
        print(f"{' '.join(numbers)}: not measured: {why}", flush=True)
        self.bench.save()

    def section(self):
        rows = sorted(self.state["rows"], key=lambda row: int(row["number"][1:]))
        times, states = [row["when"] for row in rows], sorted({row["revision"] for row in rows})
        cells = [self.row(row).cells(self.bench.size) + [f"{row['load']:.1f}"] for row in rows]
        out = f"## {self.bench.size}\n\n"
        if rows:
            day, last = (time.strftime("%Y-%m-%d %H:%M", time.localtime(at)) for at in (min(times), max(times)))
            out += f"{day} to {last[11:] if last[:10] == day[:10] else last}, {machine()}; carrel at {', '.join(states)}.\n"
            out += f"{self.bench.about()}\n\n" + table(self.HEADS, cells)
        for number, why in sorted(self.state["missed"].items(), key=lambda missed: int(missed[0][1:])):
            out += f"\n{number}: not measured: {why}.\n"
        return out

    @staticmethod
    def row(saved):
        return Row(**{key: saved[key] for key in Row.KEYS})

    def is_missed(self, saved):
        return self.row(saved).cells(self.bench.size)[-1] == "**no**"

    def sections(self):
        """What the file holds, by its headings."""
        if not os.path.exists(self.path):
            return {}
        with open(self.path, encoding="utf-8") as file:
            return {re.match(r"## (\S+)", text).group(1): text.strip() + "\n" for text in re.split(r"^(?=## )", file.read(), flags=re.M)[1:]}

    def put(self, name, text):
        sections = dict(self.sections(), **{name: text})
        with open(self.path, "w", encoding="utf-8") as out:
            out.write("\n".join([HEAD] + [sections[size] for size in (*self.bench.order, "growth") if size in sections]))

    def write(self):
        self.put(self.bench.size, self.section())

    def renew_growth(self, growth):
        self.put(growth.TITLE, growth.renew(self.sections().get(growth.TITLE, ""), self.bench))


def table(heads, rows):
    lines = ["| " + " | ".join(cells) + " |" for cells in [heads, ["---"] * len(heads)] + rows]
    return "\n".join(lines) + "\n"


def machine():
    model, memory = platform.machine(), 0
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory = int(file.readline().split()[1])
    return f"{os.cpu_count()} processors ({model}), {memory / 2**20:.0f} GiB, Linux {platform.release().split('-')[0]}"


def revision():
    return subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, check=False, text=True).stdout.strip()


