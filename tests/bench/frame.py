"""What the parts of the benchmark share: sources, rooms, timing in turn, and the table of results."""
import atexit
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# size: Debian's source package, and how many releases of it; None: made here
SIZES = {"tiny": None, "clamav": ("clamav", 1), "openssl": ("openssl", 2), "kernel": ("linux", 2)}
GROWTH = ("tiny", "clamav", "openssl", "kernel")


class Unable(Exception):
    """A part cannot be measured here: why."""


class Row:
    """One line of the table.

    ours and theirs are in `unit`; the target holds if ours / theirs <= limit (or >= with at_least).
    Without a peer, `theirs` is None and the limit is in `unit` itself.
    """

    def __init__(self, number, work, ours, peer, theirs, limit, unit="ms", at_least=False):
        self.number, self.work, self.ours, self.peer, self.theirs = number, work, ours, peer, theirs
        self.limit, self.unit, self.at_least = limit, unit, at_least

    @property
    def ratio(self):
        return self.ours / self.theirs if self.theirs else None

    @property
    def met(self):
        value = self.ours if self.theirs is None else self.ratio
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
    HEADS = ["#", "work", "ours", "peer", "ratio", "target", "met"]

    def __init__(self, bench):
        self.bench, self.rows, self.missed, self.growth = bench, [], [], None
        self.loads = [os.getloadavg()[0]]

    def add(self, row):
        self.rows.append(row)
        self.loads.append(os.getloadavg()[0])
        print("  ".join(row.cells()), flush=True)

    def miss(self, numbers, why):
        self.missed.append((numbers, why))
        print(f"{numbers}: not measured: {why}", flush=True)

    def complete(self):
        return not self.missed and all(row.met for row in self.rows)

    def write(self, path, seconds):
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"# Measured: {self.bench.size}\n\n")
            out.write(f"{time.strftime('%Y-%m-%d %H:%M')}, {machine()}; carrel at {revision()}.\n")
            out.write(f"The run took {seconds:.0f} s; load on the machine meanwhile {min(self.loads):.1f} to {max(self.loads):.1f} "
                      "(1 is one busy processor, and the run itself is one or two).\n")
            out.write("Ours and the peer ran in turn; of what is short, the best of several runs counts.\n")
            out.write("Made by `sh tests/bench/run " + self.bench.size + "`.\n\n")
            out.write(table(self.HEADS, [row.cells() for row in sorted(self.rows, key=lambda r: int(r.number[1:]))]))
            for numbers, why in self.missed:
                out.write(f"\n{numbers}: not measured: {why}.\n")
            if self.growth:
                out.write("\n## How cost grows\n\n" + self.growth)
        print(f"written to {os.path.relpath(path)}")


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


def run(*command, ok=(0,), **more):
    """Output of a command; its errors end the run."""
    done = subprocess.run([os.fspath(word) for word in command], capture_output=True, check=False, **more)
    if done.returncode not in ok:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


def seconds(*command, **more):
    began = time.perf_counter()
    run(*command, **more)
    return time.perf_counter() - began


def in_turn(times, *works):
    """Calls each work `times` times, one after the other in turn; the best of what each returned."""
    best = [[] for _ in works]
    for _ in range(times):
        for values, work in zip(best, works):
            values.append(work())
    return [min(values) for values in best]


class Watch(threading.Thread):
    """The peak of anonymous memory, in KiB, of a process and all below it: what is mapped from files is left aside."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.stopped = pid, 0, False
        self.start()

    @staticmethod
    def below(pid):
        found = [pid]
        for at in found:
            try:
                with open(f"/proc/{at}/task/{at}/children", encoding="ascii") as file:
                    found += [int(child) for child in file.read().split()]
            except OSError:
                pass
        return found

    @staticmethod
    def anonymous(pid):
        try:
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
                return sum(int(line.split()[1]) for line in file if line.startswith("RssAnon"))
        except OSError:
            return 0

    def run(self):
        while not self.stopped:
            self.peak = max(self.peak, sum(map(self.anonymous, self.below(self.pid))))
            time.sleep(0.05)

    def stop(self):
        self.stopped = True
        self.join()
        return self.peak


class Room:
    """A practice room with a host and an inspector, whose keys lie beside it."""

    def __init__(self, bench, name):
        self.bench, self.name = bench, name
        self.path = os.path.join(bench.folder, name + ".room")
        self.key = {who: os.path.join(bench.folder, who + ".key") for who in ("host", "inspector")}
        for key in self.key.values():
            if not os.path.exists(key):
                run(bench.carrel, "key", "new", key, "--no-passphrase")
        self.reader = None
        self.is_new = not os.path.exists(self.path)
        if self.is_new:
            self.host("init", self.path, "--product", name, "--host", "host", "--practice", room=False)
            self.host("roster", "add", "inspector", "--role", "inspector", "--pub", self.key["inspector"] + ".pub")

    def command(self, *command, who="inspector", room=True):
        return [self.bench.carrel, *(["-C", self.path] if room else []), "--key", self.key[who], *map(str, command)]

    def host(self, *command, room=True):
        return run(*self.command(*command, who="host", room=room))

    def inspector(self, *command, ok=(0, 1)):
        return run(*self.command(*command), ok=ok)

    def rows(self, *command):
        return [json.loads(line) for line in self.inspector(command[0], "--json", *command[1:]).splitlines()]

    def releases(self):
        return {row["release"]: row for row in self.rows("releases")}

    def take(self, source, release):
        """Imports; how long until text and names, until all, and the peak of memory in KiB."""
        began = time.perf_counter()
        child = subprocess.Popen(self.command("import", source, "--release", release, who="host"),
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        watch = Watch(child.pid)
        child.stdout.readline()  # the release is recorded, and so can be searched
        early = time.perf_counter() - began
        if child.wait() != 0:
            sys.exit(f"import of {source}: exit {child.returncode}")
        total = time.perf_counter() - began
        return early, total, watch.stop()

    def ask(self, verb, times=1, **fields):
        """Reading orders in one session that stays: {"ms": [...], "first": [...], "rows", "bytes"}."""
        if self.reader is None:
            program = os.path.join(self.bench.build, "bench_read")  # its servants lie beside it
            if os.path.exists(program):
                os.unlink(program)
            os.link(os.path.join(self.bench.build, "tests", "bench_read"), program)
            self.reader = subprocess.Popen([program, self.path, self.key["inspector"]], stdin=subprocess.PIPE,
                                           stdout=subprocess.PIPE)
        order = "\t".join([str(times), verb, *(f"{key}={value}" for key, value in fields.items())])
        self.reader.stdin.write(order.encode() + b"\n")
        self.reader.stdin.flush()
        answer = self.reader.stdout.readline()
        if not answer:
            sys.exit(f"{order!r}: the session ended")
        return json.loads(answer)

    def close(self):
        if self.reader:
            self.reader.stdin.close()
            self.reader.wait()
            self.reader = None


class Bench:
    def __init__(self, options):
        self.size, self.times, self.keep = options.size, options.times, options.keep
        self.build = os.path.abspath(options.build)
        self.carrel = os.path.join(self.build, "carrel")
        if self.keep:
            self.folder = os.path.join(self.build, "bench")
            os.makedirs(self.folder, exist_ok=True)
        else:
            self.folder = tempfile.mkdtemp(prefix="bench-", dir=self.build)
            atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.rooms, self.unpacked, self.figures = {}, {}, {}

    def close(self):
        for room in self.rooms.values():
            room.close()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def sources(self, size=None):
        """Folders with the releases of a size, older first; {"VERSION": folder}."""
        size = size or self.size
        if size not in self.unpacked:
            self.unpacked[size] = self.make_tiny() if SIZES[size] is None else self.fetch(size, *SIZES[size])
        return self.unpacked[size]

    def fetch(self, size, package, count):
        print(f"fetching {package}", file=sys.stderr, flush=True)
        done = subprocess.run(["sh", os.path.join(ROOT, "tests/compare/sources.sh"), os.path.join(self.build, "sources"), package,
                               str(count)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True)
        if done.returncode != 0:
            raise Unable(f"no source packages of {package} to be had")
        found = {}
        for archive in done.stdout.split():
            version = os.path.basename(archive)[len(package) + 1:-4]
            folder = self.path(f"{size}-{version}")
            if not os.path.exists(folder):
                os.mkdir(folder)
                run("tar", "xf", archive, "-C", folder, "--strip-components=1")
            found[version] = folder
        return found

    def make_tiny(self):
        """Two releases of a few files, the demo's."""
        found = {}
        for release in sorted(os.listdir(os.path.join(ROOT, "demo/product")))[:2]:
            found[release] = os.path.join(ROOT, "demo/product", release)
        if len(found) < 2:
            raise Unable("the demo has no two releases")
        return found

    def room(self, size=None):
        """The room with all releases of the size; how each import went is in figures[size, release]."""
        size = size or self.size
        if size not in self.rooms:
            sources = self.sources(size)
            room = self.rooms[size] = Room(self, size)
            have = room.releases()
            for release, folder in sources.items():
                if release not in have:
                    print(f"importing {size} {release}", file=sys.stderr, flush=True)
                    self.figures[size, release] = room.take(folder, release)
        return self.rooms[size]

    def git(self, size=None):
        """A bare repository with the same releases as tags; how long each `git add` and commit took in figures["git", release]."""
        size = size or self.size
        folder = self.path(size + ".git")
        if os.path.exists(folder):
            return folder
        run("git", "init", "-q", "--bare", folder)
        for release, source in self.sources(size).items():
            env = dict(os.environ, GIT_DIR=folder, GIT_WORK_TREE=source, GIT_AUTHOR_NAME="x", GIT_AUTHOR_EMAIL="x@x",
                       GIT_COMMITTER_NAME="x", GIT_COMMITTER_EMAIL="x@x")
            git = ["git", "-c", "core.autocrlf=false", "-c", "core.compression=1", "-c", "gc.auto=0", "-c", "core.excludesFile=/dev/null"]
            taken = seconds(*git, "add", "-f", "-A", ".", cwd=source, env=env)
            taken += seconds(*git, "commit", "-q", "-m", release, cwd=source, env=env)
            run("git", "tag", release, env=dict(os.environ, GIT_DIR=folder))
            self.figures["git", release] = taken
        return folder

    def growth(self):
        """Import, search and verify from tiny to this size, and how each grows with the bytes."""
        sizes = GROWTH[:GROWTH.index(self.size) + 1]
        points = []
        for size in sizes:
            room = self.room(size)
            release = list(self.sources(size))[-1]
            first = list(self.sources(size))[0]
            if (size, first) not in self.figures:
                continue  # the room was there before
            size_of = room.releases()[first]["bytes"]
            pattern = "int"
            points.append([size, size_of, self.figures[size, first][1] * 1e3,
                           min(room.ask("search", self.times, pattern=pattern, flags=1, release=release)["ms"]),
                           min(seconds(self.carrel, "-C", room.path, "verify", ok=(0, 1)) * 1e3 for _ in range(3))])
        rows, before = [], None
        for point in points:
            cells = [point[0], number(point[1] / 1e6)]
            for i in (2, 3, 4):
                cells.append(number(point[i]) + (f" ({slope(before, point, i):.2f})" if before else ""))
            rows.append(cells)
            before = point
        return ("Milliseconds; in brackets the slope on log-log paper from the size above (1 is linear).\n\n" +
                table(["source", "MB", "first import", "search: all of `int`", "verify"], rows))


def slope(before, point, i):
    return math.log(point[i] / before[i]) / math.log(point[1] / before[1])
