"""P10-P12 as far as the ledger goes: appends against bare commits, verify against libsodium, fifty keepers in one room; and fifty desks."""
import os
import re
import shutil

import desks
from frame import run
from results import Row

NUMBERS = "P10 P11 P12"

RECORDS, SHORT_RECORDS = 100000, 20000


def measure(bench):
    shutil.rmtree(bench.path("ledger"), ignore_errors=True)
    records = SHORT_RECORDS if bench.short else RECORDS
    text = run(os.path.join(bench.build, "tests", "bench_ledger"), bench.path("ledger"), str(records)).decode()
    append = re.search(r"append: (\d+)/s, bare WAL commit (\d+)/s", text)
    verify = re.search(r"verify: (\d+)/s, libsodium alone (\d+)/s", text)
    readers, crowd = (re.search(name + r": p99 ([\d.]+) ms, p99.9 ([\d.]+) ms, (\d+) errors, (\d+) keepers", text)
                      for name in ("readers", "crowd"))
    ours, bare = (1e3 / float(rate) for rate in append.groups())
    yield Row("P10", "record, sign and commit", ours, "the same bytes, SQLite WAL", bare, 1.3)
    ours, alone = (float(rate) for rate in verify.groups())
    yield Row("P11", f"verify {records:,} signed records", ours, "libsodium alone", alone, 0.9, "a second", at_least=True)
    yield Row("P12", f"a page's record among {readers.group(4)} readers, p99", float(readers.group(1)), None, None, 50)
    yield Row("P12", f"an append among {crowd.group(4)} keepers without a pause, p99.9", float(crowd.group(2)), None, None, 50)
    yield Row("P12", "appends that failed", float(readers.group(3)) + float(crowd.group(3)), None, None, 0, "")
    yield from desks.measure(bench)
