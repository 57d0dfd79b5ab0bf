"""Runs the parts of the benchmark and writes their table.  tests/bench/run sets up and calls this.

A part is a module tests/bench/part_NAME.py with NUMBERS, the targets it measures ("P5 P6"), and
measure(bench), which yields Rows (frame.py).  Parts run in the order of their numbers.
"""
import argparse
import glob
import importlib
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import frame  # noqa: E402


def parts(only):
    names = sorted(os.path.basename(p)[:-3] for p in glob.glob(os.path.join(HERE, "part_*.py")))
    loaded = [importlib.import_module(name) for name in names]
    loaded.sort(key=lambda part: int(part.NUMBERS.split()[0][1:]))
    return [part for part in loaded if not only or set(part.NUMBERS.split()) & set(only)]


def main():
    parser = argparse.ArgumentParser(prog="sh tests/bench/run")
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("size", nargs="?", default="openssl", choices=frame.SIZES)
    parser.add_argument("--only", nargs="+", metavar="P", help="only these targets: P5 P7")
    parser.add_argument("--times", type=int, default=5, help="runs of what is short; the best counts (5)")
    parser.add_argument("--keep", action="store_true", help="leave rooms and the peers' indexes where they are, and use them again")
    parser.add_argument("--no-growth", action="store_true", help="leave out how cost grows from tiny to the size")
    parser.add_argument("--output", default=os.path.join(HERE, "RESULTS.md"), help="where the table goes (RESULTS.md beside this)")
    options = parser.parse_args()

    bench = frame.Bench(options)
    began = time.time()
    results = frame.Results(bench)
    for part in parts(options.only):
        wanted = [n for n in part.NUMBERS.split() if not options.only or n in options.only]
        try:
            for row in part.measure(bench):
                if row.number in wanted:
                    results.add(row)
        except frame.Unable as unable:
            results.miss(" ".join(wanted), str(unable))
    if not options.no_growth and not options.only:
        results.growth = bench.growth()
    results.write(options.output, time.time() - began)
    bench.close()
    return 0 if results.complete() else 1


if __name__ == "__main__":
    sys.exit(main())
