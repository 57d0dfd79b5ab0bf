"""What the parts of the benchmark share: sources, rooms, timing in turn."""
import json
import os
import shutil
import subprocess
import sys
import threading
import time

from results import number

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# size: Debian's source package, and how many releases of it, or as many as can be had; None: made here
SIZES = {"tiny": None, "clamav": ("clamav", 2), "openssl": ("openssl", 2), "kernel": ("linux", 2)}


class Unable(Exception):
    """A part cannot be measured here: why."""


def run(*command, ok=(0,), **more):
    """Output of a command; its errors end the part."""
    done = subprocess.run([os.fspath(word) for word in command], capture_output=True, check=False, **more)
    if done.returncode not in ok:
        raise Unable(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.decode(errors='replace')[-300:].strip()}")
    return done.stdout


def needs(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        raise Unable(f"no {', '.join(missing)} here")


def seconds(*command, **more):
    began = time.perf_counter()
    run(*command, **more)
    return time.perf_counter() - began


def warm(folder):
    """Reads all files, so that whoever is timed next finds them in memory, as the others do."""
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            if not os.path.islink(path):
                with open(path, "rb") as file:
                    while file.read(1 << 20):
                        pass


def in_turn(times, *works):
    """Calls each work `times` times, one after the other in turn; the best of what each returned."""
    best = [[] for _ in works]
    for _ in range(times):
        for values, work in zip(best, works):
            values.append(work())
    return [min(values) for values in best]


class Watch(threading.Thread):
    """The peak of anonymous memory, in KiB, of a process and all below it: what is mapped from files is left aside, what
    a child still shares with its parent counts once."""

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
    def resident(pid):
        """What anonymous() is at most: the system has it at hand, and need not go through all pages."""
        try:
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
                return sum(int(line.split()[1]) for line in file if line.startswith(("RssAnon", "RssShmem")))
        except OSError:
            return 0

    @staticmethod
    def anonymous(pid):
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii", errors="replace") as file:
                return sum(int(line.split()[1]) for line in file if line.startswith(("Pss_Anon", "Pss_Shmem")))
        except OSError:
            return 0

    def run(self):
        while not self.stopped:
            processes = self.below(self.pid)
            if sum(map(self.resident, processes)) > self.peak:
                self.peak = max(self.peak, sum(map(self.anonymous, processes)))
            time.sleep(0.1)

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
        """Imports a folder; how long until text and names, until all, and the peak of memory in KiB."""
        warm(source)
        began = time.perf_counter()
        child = subprocess.Popen(self.command("import", source, "--release", release, who="host"),
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        watch = Watch(child.pid)
        child.stdout.readline()  # the release is recorded, and so can be searched
        early = time.perf_counter() - began
        if child.wait() != 0:
            raise Unable(f"import of {source}: exit {child.returncode}")
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
            self.reader = None
            raise Unable(f"{order!r}: the session ended")
        return json.loads(answer)

    def close(self):
        if self.reader:
            self.reader.stdin.close()
            self.reader.wait()
            self.reader = None


class Bench:
    """Everything lies in BUILD/bench and is used again, but for what is to be measured anew."""

    order = tuple(SIZES)

    def __init__(self, build, size, times, short):
        self.size, self.times, self.short = size, times, short
        self.build = os.path.abspath(build)
        self.carrel = os.path.join(self.build, "carrel")
        self.folder = os.path.join(self.build, "bench")
        os.makedirs(self.folder, exist_ok=True)
        self.rooms, self.unpacked, self.states = {}, {}, {}
        self.state = self.state_of(size)

    def state_of(self, size):
        """What is kept of a size from run to run: rows, and {"figures": {RELEASE: how its import and git's went}}."""
        if size not in self.states:
            path = self.path(size + ".json")
            self.states[size] = json.load(open(path, encoding="utf-8")) if os.path.exists(path) else {}
            self.states[size].setdefault("figures", {})
        return self.states[size]

    def save(self):
        for size, state in self.states.items():
            with open(self.path(size + ".json.new"), "w", encoding="utf-8") as out:
                json.dump(state, out, indent=1)
            os.rename(self.path(size + ".json.new"), self.path(size + ".json"))

    def anew(self):
        """Imports of this size are to be made, and measured, again."""
        for path in (self.path(self.size + ".room"), self.path(self.size + ".git")):
            shutil.rmtree(path, ignore_errors=True)
        self.state["figures"] = {}

    def about(self):
        """What the releases are, as far as they were imported."""
        room = self.rooms.get(self.size)
        if room:
            self.state["about"] = "; ".join(f"{name}: {row['files']:,} files, {number(row['bytes'] / 1e6)} MB"
                                            for name, row in room.releases().items()) + "."
        return self.state.get("about", "")

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
        for wanted in range(count, 0, -1):
            done = subprocess.run(["sh", os.path.join(ROOT, "tests/compare/sources.sh"), os.path.join(self.build, "sources"), package,
                                   str(wanted)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True)
            if done.returncode == 0:
                break
        else:
            raise Unable(f"no source packages of {package} to be had")
        found = {}
        for archive in done.stdout.split():
            version = os.path.basename(archive)[len(package) + 1:-4]
            folder = self.path(f"{size}-{version}")
            if not os.path.exists(folder):
                part = folder + ".part"
                shutil.rmtree(part, ignore_errors=True)
                os.mkdir(part)
                run("tar", "xf", archive, "-C", part, "--strip-components=1")
                os.rename(part, folder)
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
        """The room with all releases of the size."""
        size = size or self.size
        if size not in self.rooms:
            figures, sources = self.state_of(size)["figures"], self.sources(size)
            if any("import" not in figures.get(release, {}) for release in sources):
                shutil.rmtree(self.path(size + ".room"), ignore_errors=True)  # one that was left half made
            room = Room(self, size)
            have = room.releases()
            for release, folder in sources.items():
                if release not in have:
                    print(f"importing {size} {release}", file=sys.stderr, flush=True)
                    figures.setdefault(release, {})["import"] = room.take(folder, release)
                    self.save()
            self.rooms[size] = room
        return self.rooms[size]

    def git(self):
        """A bare repository with the same releases as tags; how long `git add` and commit took is in figures[RELEASE]["git"]."""
        folder, figures = self.path(self.size + ".git"), self.state["figures"]
        if os.path.exists(folder) and all("git" in figures.get(release, {}) for release in self.sources()):
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        run("git", "init", "-q", "--bare", folder)
        for release, source in self.sources().items():
            print(f"git add {release}", file=sys.stderr, flush=True)
            env = dict(os.environ, GIT_DIR=folder, GIT_WORK_TREE=source, GIT_AUTHOR_NAME="x", GIT_AUTHOR_EMAIL="x@x",
                       GIT_COMMITTER_NAME="x", GIT_COMMITTER_EMAIL="x@x")
            git = ["git", "-c", "core.autocrlf=false", "-c", "core.compression=1", "-c", "gc.auto=0", "-c", "core.excludesFile=/dev/null"]
            warm(source)
            taken = seconds(*git, "add", "-f", "-A", ".", cwd=source, env=env)
            taken += seconds(*git, "commit", "-q", "-m", release, cwd=source, env=env)
            run("git", "tag", release, env=dict(os.environ, GIT_DIR=folder))
            figures.setdefault(release, {})["git"] = taken
            self.save()
        return folder
