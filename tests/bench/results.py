"""The table of results: RESULTS.md has a section a size, made of all that was measured of it in this build directory."""
import os
import platform
import re
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

HEAD = """# Measured

Made by `sh tests/bench/run SIZE`, which replaces the section of that size.  Ours and the peer ran in turn; of what is short, the
best of several runs counts.  The targets are meant for the kernel, and smaller sizes are held against them too.  Load is what the
machine had when a row was taken: 1 is one busy processor, and the run itself is one or two; with more, times say little.
"""


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

    def cells(self):
        sign = ">=" if self.at_least else "<="
        theirs = "" if self.theirs is None else f"{self.peer} {number(self.theirs)}"
        ratio = "" if self.theirs is None else f"{self.ratio:.2f}"
        target = f"{sign} {number(self.limit)}{' ' + self.unit if self.theirs is None else ''}"
        return [self.number, self.work, f"{number(self.ours)} {self.unit}", theirs, ratio, target, "yes" if self.met else "**no**"]


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
        print("  ".join(row.cells()), flush=True)
        self.bench.save()

    def miss(self, numbers, why):
        for number in numbers:
            self.state["missed"][number] = why
        print(f"{' '.join(numbers)}: not measured: {why}", flush=True)
        self.bench.save()

    def section(self):
        rows = sorted(self.state["rows"], key=lambda row: int(row["number"][1:]))
        times, states = [row["when"] for row in rows], sorted({row["revision"] for row in rows})
        cells = [Row(**{key: row[key] for key in Row.KEYS}).cells() + [f"{row['load']:.1f}"] for row in rows]
        out = f"## {self.bench.size}\n\n"
        if rows:
            day, last = (time.strftime("%Y-%m-%d %H:%M", time.localtime(at)) for at in (min(times), max(times)))
            out += f"{day} to {last[11:] if last[:10] == day[:10] else last}, {machine()}; carrel at {', '.join(states)}.\n"
            out += f"{self.bench.about()}\n\n" + table(self.HEADS, cells)
        for number, why in sorted(self.state["missed"].items(), key=lambda missed: int(missed[0][1:])):
            out += f"\n{number}: not measured: {why}.\n"
        if self.state.get("growth"):
            out += "\n### How cost grows\n\n" + self.state["growth"]
        return out

    def write(self):
        old = ""
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                old = file.read()
        sections = {re.match(r"## (\S+)", text).group(1): text.strip() + "\n" for text in re.split(r"^(?=## )", old, flags=re.M)[1:]}
        sections[self.bench.size] = self.section()
        with open(self.path, "w", encoding="utf-8") as out:
            out.write("\n".join([HEAD] + [sections[size] for size in self.bench.order if size in sections]))


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


