"""P9 and P13: the desk on a terminal of its own: to the first screen, from a key to what it paints, and idle."""
import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

from frame import Unable, Watch
from results import Row

NUMBERS = "P9 P13"

KEYS, SHORT_KEYS = 10000, 2000
# what a reader presses: line by line, half pages, whole pages, back, to the next change, and on to the next changed file
ROUND = [b"j"] * 12 + [b"\x04", b"k", b"k", b"\x06", b"\x06", b"j", b"j", b"\x02", b"]c", b"j", b"j", b"\x04", b"\x15", b"]f"]
ROWS, COLS = 28, 100
QUIET = 0.005  # seconds without a byte, after which a screen is painted ...
QUIET_PAGE = 0.02  # ... where a page may have to come first
NOTHING = 0.05  # and after which a key is taken to paint nothing
IDLE, SHORT_IDLE = 60, 15


class Desk:
    def __init__(self, room):
        self.began = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", COLUMNS=str(COLS), LINES=str(ROWS))
            command = room.command()
            os.execv(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))

    def read(self, wait):
        """Bytes that come within `wait` seconds; empty: none."""
        if not select.select([self.fd], [], [], wait)[0]:
            return b""
        try:
            return os.read(self.fd, 65536)
        except OSError:
            raise Unable("the desk ended") from None

    def until(self, wanted):
        """Seconds since the start until `wanted` has been painted."""
        seen, limit = b"", time.perf_counter() + 30
        while wanted not in seen:
            seen += self.read(1)
            if time.perf_counter() > limit:
                text = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b" ", seen)[-300:]
                raise Unable(f"the desk does not show {wanted!r}: {text!r}")
        return time.perf_counter() - self.began

    def settle(self, quiet=0.5):
        while self.read(quiet):
            pass

    def press(self, key):
        """Seconds from the key to the last byte that it paints; None where that is nothing."""
        began = time.perf_counter()
        os.write(self.fd, key)
        if not self.read(NOTHING):
            return None
        last = time.perf_counter()
        while self.read(QUIET if key in (b"j", b"k") else QUIET_PAGE):
            last = time.perf_counter()
        return last - began

    def processes(self):
        return Watch.below(self.pid)

    def cpu(self):
        """Nanoseconds of all threads of all processes."""
        total = 0
        for pid in self.processes():
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                    total += int(file.read().split()[0])
        return total

    def resident(self):
        """MiB that are there, of all processes, but for the index: a mapping with a digest for its name."""
        total = 0
        for pid in self.processes():
            index = False
            with open(f"/proc/{pid}/smaps", encoding="utf-8", errors="replace") as file:
                for line in file:
                    if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                        index = re.search(r"/[0-9a-f]{64}$", line) is not None
                    elif line.startswith("Rss:") and not index:
                        total += int(line.split()[1])
        return total / 1024

    def close(self):
        try:
            os.write(self.fd, b"\x1b")
            self.settle(0.2)
            os.write(self.fd, b"Q")
            self.settle(0.2)
            os.write(self.fd, b"y")
            self.settle(2)
        except (OSError, Unable):
            pass
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def bare_commit(bench):
    """Milliseconds of one durable write of a page on this disk: the median of some."""
    path, times = bench.path("commit"), []
    fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    for i in range(200):
        began = time.perf_counter()
        os.pwrite(fd, bytes(4096), i * 4096)
        os.fdatasync(fd)
        times.append(time.perf_counter() - began)
    os.close(fd)
    os.unlink(path)
    return sorted(times)[len(times) // 2] * 1e3


def starts(room, times):
    best = []
    for _ in range(times):
        desk = Desk(room)
        best.append(desk.until(b"help"))  # the last row
        desk.settle()
        desk.close()
    return min(best) * 1e3


def measure(bench):
    room = bench.room()
    keys, idle = (SHORT_KEYS, SHORT_IDLE) if bench.short else (KEYS, IDLE)
    room.close()
    yield Row("P9", "desk on the room of this size: from the start to the first screen", starts(room, bench.times), "", None, 50)
    desk = Desk(room)
    try:
        desk.until(b"help")
        desk.settle()
        for key in (b"\r", b"l"):
            desk.press(key)
        painted = [desk.press(ROUND[i % len(ROUND)]) for i in range(keys)]
        times = sorted(t * 1e3 for t in painted if t is not None)
        if len(times) < keys / 10:
            raise Unable(f"of {keys} keys only {len(times)} painted something")
        commit = bare_commit(bench)
        yield Row("P9", f"key to painted screen, p50 of {len(times):,} that painted, records durable", times[len(times) // 2], "", None, 3)
        yield Row("P9", f"the same, p99; a bare commit here takes {commit:.2f} ms", times[len(times) * 99 // 100], "", None, 16 + commit)
        desk.settle(3)
        before = desk.cpu()
        time.sleep(idle)
        yield Row("P13", f"idle desk: CPU in {idle} s", (desk.cpu() - before) / 1e6, "", None, 1)
        yield Row("P13", "idle desk: resident memory, processes summed, index aside", desk.resident(), "", None, 60, "MiB")
    finally:
        desk.close()
