"""Holds our definitions against those of ctags on whole products of each language, out of Debian's source packages: one table.

usage: products.py BUILD FOLDER [--only LANGUAGE|PACKAGE...] [--others LANGUAGE:PACKAGE...] [--sample N] [--seed S]

The packages are fetched and unpacked below FOLDER, where they stay; so is the TypeScript compiler for second.js, from npm.  Of the kernel one file in twelve is taken.  --others: these
instead of those of the table.  What no rule of
symbols.py explains lies in FOLDER/PACKAGE.missed.  --sample N prints N of our definitions of each product at random, with their
lines, to be judged by reading.  Ends 1 if a recall is below its floor.
"""
import argparse
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import symbols  # noqa: E402

PRODUCTS = [("c", "linux"), ("c", "openssl"), ("c", "zlib"), ("c", "curl"), ("c", "sqlite3"), ("c", "git"), ("c++", "leveldb"), ("c++", "re2"),
            ("c++", "fmtlib"), ("java", "commons-io"), ("java", "libcommons-lang3-java"), ("python", "python-django"), ("python", "jinja2"),
            ("go", "golang-golang-x-net"), ("go", "golang-github-gin-gonic-gin"), ("rust", "rust-clap"), ("rust", "rust-serde"),
            ("javascript", "node-express"), ("javascript", "node-lodash"), ("typescript", "node-redux"), ("typescript", "node-typescript")]
SHARES = {"linux": 12, "node-typescript": 8}


def tree(folder, package):
    """Where the package's newest release lies; None: it cannot be had."""
    place = os.path.join(folder, package)
    if not os.path.isdir(place):
        done = subprocess.run(["sh", os.path.join(HERE, "sources.sh"), os.path.join(folder, "archives"), package, "1"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True)
        if done.returncode:
            return None
        part = place + ".part"
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(part)
        subprocess.run(["tar", "xf", done.stdout.strip(), "-C", part, "--strip-components=1"], check=True)
        os.rename(part, place)
    return place


def compiler(folder):
    """NODE_PATH names the TypeScript compiler, if it can be had."""
    place = os.path.join(folder, "npm")
    if "NODE_PATH" not in os.environ and shutil.which("npm"):
        if not os.path.isdir(place):
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", place, "typescript@5"],
                           stdout=subprocess.DEVNULL, check=False)
        os.environ["NODE_PATH"] = os.path.join(os.path.abspath(place), "node_modules")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("folder")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--others", nargs="*", default=[])
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=20261125)
    options = parser.parse_args()
    compiler(options.folder)
    low = []
    for language, package in [other.split(":") for other in options.others] or PRODUCTS:
        if options.only and not {language, package} & set(options.only):
            continue
        place = tree(options.folder, package)
        print(f"== {package}" if place else f"== {package}: cannot be had", flush=True)
        if place:
            mine, text, below, listed = symbols.survey(options.build, place, [language], SHARES.get(package, 1), 99.0)
            symbols.write_list(os.path.join(options.folder, package + ".missed"), listed, text)
            symbols.print_sample(mine, text, options.seed, options.sample)
            low += [f"{package}: {kind}" for kind in below]
    print("below the floor: " + (", ".join(low) or "nothing"))
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
