"""Fifty desks at once in one room, each on a terminal of its own, turning pages at a reader's pace and saying something."""
import os
import random
import re
import threading
import time

from frame import Unable, run
from part_desk import Desk
from results import Row

DESKS = 50
SECONDS = 30
PACE = (0.2, 0.6)  # seconds between two keys of one desk
PAGES = [b"\x06", b"\x06", b"j", b"\x06", b"\x02", b"j", b"\x04", b"]f"]
QUIET, NOTHING = 0.06, 0.5  # as in part_desk, with patience for a busy room


class Reader(threading.Thread):
    """One desk: when each key was painted, and what it said."""

    def __init__(self, room, number, start):
        super().__init__(daemon=True)
        self.room, self.number, self.start_together = room, number, start
        self.times, self.said, self.failed = [], 0, None
        self.random = random.Random(number)

    def press(self, key):
        began = time.perf_counter()
        os.write(self.desk.fd, key)
        if not self.desk.read(NOTHING):
            return None
        last = time.perf_counter()
        while self.desk.read(QUIET):
            last = time.perf_counter()
        return last - began

    def wait(self, wanted, patience=30):
        seen, limit = b"", time.perf_counter() + patience
        while wanted not in seen:
            seen += self.desk.read(1)
            if time.perf_counter() > limit:
                text = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b" ", seen)[-300:]
                raise Unable(f"desk {self.number} does not say {wanted!r}: {text!r}")
        self.desk.settle(QUIET)

    def say(self):
        os.write(self.desk.fd, b"gg2c")
        self.wait(b"WRITING")
        os.write(self.desk.fd, b"Seen by desk %d?" % self.number)
        self.desk.settle(QUIET)
        os.write(self.desk.fd, b"\x13")
        self.wait(b"BYTES TO BE SIGNED")
        os.write(self.desk.fd, b"sign")
        self.desk.settle(QUIET)
        os.write(self.desk.fd, b"\r")
        self.wait(b"recorded")
        self.said += 1

    def move(self):
        """Until a file is there to move in: the desk opens where it was left, at a file's end too."""
        limit = time.perf_counter() + 60
        while all(self.press(key) is None for key in (b"j", b"k")):
            if time.perf_counter() > limit:
                raise Unable(f"desk {self.number} shows no file to move in")

    def run(self):
        try:
            self.desk = Desk(self.room)
            try:
                self.desk.until(b"help")
                self.desk.settle()
                self.press(b"2")
                self.move()
                self.start_together.wait()
                self.read_on()
            finally:
                self.desk.close()
        except (Unable, OSError, threading.BrokenBarrierError) as failure:
            self.failed = failure
            self.start_together.abort()

    def read_on(self):
        end = time.perf_counter() + SECONDS
        speaks = time.perf_counter() + self.random.uniform(0, SECONDS * 0.8)
        while time.perf_counter() < end:
            time.sleep(self.random.uniform(*PACE))
            if speaks and time.perf_counter() > speaks:
                speaks = None
                self.say()
            taken = self.press(self.random.choice(PAGES))
            if taken is not None:
                self.times.append(taken * 1e3)


def measure(bench):
    room = bench.room()
    room.close()
    before = len(room.rows("threads"))
    together = threading.Barrier(DESKS)
    readers = [Reader(room, number, together) for number in range(DESKS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    failed = [reader.failed for reader in readers if reader.failed]
    if failed:
        print(f"desks: {failed[0]}", flush=True)
    times = sorted(t for reader in readers for t in reader.times)
    if len(times) < DESKS:
        raise Unable(f"fifty desks: {failed[0] if failed else 'nothing was painted'}")
    said = sum(reader.said for reader in readers)
    run(bench.carrel, "-C", room.path, "verify", "--host-key", room.key["host"] + ".pub")
    found = len(room.rows("threads")) - before
    what = f"key to painted screen among {DESKS} desks that read and annotate, p99 of {len(times):,}; p50 {times[len(times) // 2]:.1f}"
    yield Row("P12", what, times[len(times) * 99 // 100], "", None, 50)
    yield Row("P12", f"of {said} annotations lost; {len(failed)} desks failed", said - found + len(failed), "", None, 0, "")
