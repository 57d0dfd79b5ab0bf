"""Runs the parts of the benchmark and writes their table.  tests/bench/run sets up and calls this.

A part is a module tests/bench/part_NAME.py with NUMBERS, the targets it measures ("P5 P6"), and
measure(bench), which yields Rows (results.py).  Parts run in the order of their numbers; each may be run alone,
and what it found takes the place of what it found before.
"""
import argparse
import glob
import importlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import frame  # noqa: E402
import growth  # noqa: E402
import results  # noqa: E402


def parts(wanted):
    names = sorted(os.path.basename(p)[:-3] for p in glob.glob(os.path.join(HERE, "part_*.py")))
    loaded = [importlib.import_module(name) for name in names]
    loaded.sort(key=lambda part: int(part.NUMBERS.split()[0][1:]))
    return [part for part in loaded if not wanted or set(part.NUMBERS.split()) & set(wanted)]


def measure(bench, found, part, numbers):
    try:
        for row in part.measure(bench):
            if row.number in numbers:
                found.add(row)
    except frame.Unable as unable:
        found.miss([n for n in numbers if not any(row["number"] == n for row in found.state["rows"])] or numbers[-1:], str(unable))
    found.write()


def main():
    parser = argparse.ArgumentParser(prog="sh tests/bench/run")
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("size", nargs="?", default="openssl", choices=tuple(frame.SIZES))
    parser.add_argument("parts", nargs="*", metavar="P", help="only these targets, such as P5 P7; what was measured of the others stays")
    parser.add_argument("--times", type=int, default=5, help="runs of what is short; the best counts (5)")
    parser.add_argument("--no-growth", action="store_true", help="leave out the size's line of how cost grows")
    parser.add_argument("--short", action="store_true", help="fewer keys, a shorter wait of the idle desk, fewer records to verify")
    parser.add_argument("--output", default=os.path.join(HERE, "RESULTS.md"), help="where the table goes (RESULTS.md beside this)")
    options = parser.parse_args()

    bench = frame.Bench(options.build, options.size, options.times, options.short)
    found = results.Results(bench, options.output)
    if not options.parts or set(options.parts) & {"P1", "P2", "P3"}:
        bench.anew()
    for part in parts(options.parts):
        numbers = [n for n in part.NUMBERS.split() if not options.parts or n in options.parts]
        found.forget(numbers)
        measure(bench, found, part, numbers)
    if not options.no_growth and not options.parts:
        try:
            found.renew_growth(growth)
        except frame.Unable as unable:
            print(f"growth: {unable}", flush=True)
    bench.save()
    found.write()
    bench.close()
    print(f"written to {os.path.relpath(options.output)}; what it was measured on lies in {os.path.relpath(bench.folder)}")
    return 1 if any(found.is_missed(row) for row in bench.state["rows"]) else 0


if __name__ == "__main__":
    sys.exit(main())
