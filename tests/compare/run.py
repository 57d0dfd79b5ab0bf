"""Holds carrel's answers against git, ctags, cscope and git diff, on random samples of two real releases.

usage: run.py BUILD OLD NEW [--samples N] [--functions N] [--seed S] [--keep FOLDER] [--only CHECK...]

OLD and NEW are .tar files or folders.  With --keep the room and the trees lie in FOLDER and are used again.
The suite takes 200 samples of openssl.  By hand, before a release: --samples 2000 --functions 200 on openssl, and on the kernel
(sources.sh DIR linux) --samples 200 --functions 200 --only search references diff_lines --keep FOLDER.  A long run may be
had in pieces, each with a --seed of its own.

Prints one line a check, "ok NAME" or "FAIL NAME: why", every disagreement with its reason,
and at the end "N passed, N failed".
"""
import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import references

WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{2,40}")
LINES = 100000  # lines that a pattern finds at most
SHOWN = 20  # disagreements of one check that are printed


def run(*command, cwd=None, ok=(0,), **more):
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False, **more)
    if done.returncode not in ok:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


class Room:
    """A practice room with both releases in it, and the same trees in a git repository."""

    def __init__(self, build, sources, folder):
        self.carrel = os.path.abspath(os.path.join(build, "carrel"))
        self.folder = folder
        self.room = os.path.join(folder, "room")
        self.key = os.path.join(folder, "host.key")
        self.reader_key = os.path.join(folder, "ines.key")
        self.git = os.path.join(folder, "git")
        self.names, self.trees, self.works = [], {}, {}
        if not os.path.exists(self.git):
            self.found()
        for source in sources:
            self.take(source)

    def found(self):
        for key in (self.key, self.reader_key):
            run(self.carrel, "key", "new", key, "--no-passphrase")
        run(self.carrel, "init", self.room, "--product", "compare", "--host", "henry", "--key", self.key, "--practice")
        self.ask("roster", "add", "ines", "--role", "inspector", "--pub", self.reader_key + ".pub", key=self.key)
        run("git", "init", "-q", self.git)

    def take(self, source):
        name = os.path.basename(source.rstrip("/"))
        name = name[:-4] if name.endswith(".tar") else name
        if not any(row["release"] == name for row in self.rows("releases")):
            self.ask("import", source, "--release", name, key=self.key)
        work = source if os.path.isdir(source) else os.path.join(self.folder, name)
        if not os.path.exists(work):
            os.mkdir(work)
            run("tar", "xf", source, "-C", work, "--strip-components=1")
        self.names.append(name)
        self.works[name] = work
        if not os.path.exists(os.path.join(self.folder, name + ".index")):
            self.in_work(name, "add", "-f", "-A", ".")
        self.trees[name] = self.in_work(name, "write-tree").decode().strip()

    def in_work(self, name, *command, ok=(0,)):
        """git on the files of a release."""
        env = dict(os.environ, GIT_INDEX_FILE=os.path.join(self.folder, name + ".index"))
        return run("git", "-c", "core.autocrlf=false", "-c", "core.safecrlf=false", "--git-dir", self.git + "/.git", "--work-tree",
                   self.works[name], *command, cwd=self.works[name], env=env, ok=ok)

    def ask(self, *command, key=None, ok=(0,)):
        return run(self.carrel, "-C", self.room, "--key", key or self.reader_key, *command, ok=ok)

    def rows(self, *command, ok=(0, 1)):
        return [json.loads(line) for line in self.ask(command[0], "--json", *command[1:], ok=ok).splitlines()]

    def git_out(self, *command, ok=(0,)):
        return run("git", "-C", self.git, *command, ok=ok)


def path_of(row, key="path"):
    if key + "_b64" in row:
        import base64
        return base64.b64decode(row[key + "_b64"])
    return row[key].encode()


class Checks:
    def __init__(self, room, samples, functions, seed):
        self.room, self.samples, self.functions, self.random = room, samples, functions, random.Random(seed)
        self.passed = self.failed = 0
        self.new = room.names[-1]
        self.tree = room.trees[self.new]
        self.work = room.works[self.new]
        self.files = [p for p in room.git_out("ls-tree", "-r", "-z", "--name-only", self.tree).split(b"\0") if p]

    def say(self, name, wrong, total):
        if wrong:
            self.failed += 1
            print(f"FAIL {name}: {len(wrong)} of {total} disagree")
            for line in wrong[:SHOWN]:
                print(f"    {line}")
        else:
            self.passed += 1
            print(f"ok {name} ({total})")
        sys.stdout.flush()

    def text(self, suffixes=None):
        while True:
            path = self.random.choice(self.files)
            full = os.path.join(os.fsencode(self.work), path)
            if os.path.islink(full) or (suffixes and not path.endswith(suffixes)):
                continue
            with open(full, "rb") as file:
                data = file.read()
            if data and b"\0" not in data:
                return path, data

    # -- releases and listings

    def releases(self):
        wrong = []
        for row in self.room.rows("releases"):
            name = row["release"]
            count = sum(entry.startswith(b"100") for entry in self.room.git_out("ls-tree", "-r", "-z", self.room.trees[name]).split(b"\0"))
            if row["tree"] != self.room.trees[name]:
                wrong.append(f"{name}: tree {row['tree']}, git says {self.room.trees[name]}")
            if row["files"] != count:
                wrong.append(f"{name}: {row['files']} files, git says {count}")
            if row["kind"] == "archive" and not re.fullmatch("[0-9a-f]{64}", row["sha256"]):
                wrong.append(f"{name}: no digest of the archive")
        self.say("releases", wrong, len(self.room.names))

    def cat(self):
        wrong = []
        for _ in range(self.samples // 10):
            path, data = self.text()
            got = self.room.ask("cat", f"{self.new}:{os.fsdecode(path)}")
            if got != data:
                wrong.append(f"{path!r}: {len(got)} bytes, the file has {len(data)}")
        self.say("cat gives the file's bytes", wrong, self.samples // 10)

    # -- search

    def token(self):
        while True:
            _, data = self.text()
            found = WORD.findall(data)
            if found:
                return self.random.choice(found).decode()

    def literal(self):
        while True:
            _, data = self.text()
            line = self.random.choice(data.split(b"\n")).strip()
            try:
                text = line.decode("ascii")
            except UnicodeDecodeError:
                continue
            if len(text) >= 4 and "\t" not in text and "\r" not in text:
                start = self.random.randrange(len(text) - 3)
                return text[start:start + self.random.randrange(3, 25)].strip() or text.strip()

    def multibyte(self):
        """A few characters of a line of UTF-8, one of them beyond ASCII."""
        while True:
            _, data = self.text()
            lines = [line for line in data.split(b"\n") if not line.isascii()]
            try:
                line = self.random.choice(lines).decode().strip("\r") if lines else ""
            except UnicodeDecodeError:
                continue
            found = [at for at, c in enumerate(line) if c > "\x7f" and c.isprintable()]
            if found:
                at = self.random.choice(found)
                text = line[max(0, at - self.random.randrange(4)):at + 1 + self.random.randrange(4)]
                if "\t" not in text:
                    return text

    def regex(self):
        word, other = self.token(), self.token()
        return self.random.choice([
            f"{word[:4]}\\w+{word[-2:]}",
            f"\\b{word}\\s*\\(",
            f"({word}|{other})",
            f"^\\s*(static )?\\w+.*{word[:5]}",
            f"{word[:3]}[a-z_]*{word[-1]}$",
            f"{word}.*;$",
            f"[^a-z]{word[1:]}",
            f"{word[:2]}{word[2]}?{word[3:]}",
            f"^{word}",
            f"{word}$",
            f"^#\\s*\\w+\\s+{word}",
            f"^.{{{len(word)}}}{word}",
            f"{word}(?!\\w)",
        ])

    def pattern(self):
        kind = self.random.choice(["literal", "nocase", "word", "regex", "regex", "regex nocase", "regex word", "multibyte", "multibyte nocase"])
        options = [option for option, name in (("-i", "nocase"), ("-w", "word")) if name in kind.split()]
        if kind.startswith("regex"):
            return options, ["-P", *options], self.regex()
        if kind.startswith("multibyte"):
            text = self.multibyte()
        else:
            text = self.literal() if kind == "literal" else self.token()
        if "nocase" in kind:
            text = self.random.choice([str.upper, str.lower])(text)
        return ["-F", *options], ["-F", *options], text

    def grep(self, *options, paths=()):
        """`git grep -z` of the newer release's files: out of the repository it takes ten times as long."""
        return self.room.in_work(self.new, "grep", "-z", *options, "--", *paths, ok=(0, 1))

    def expected(self):
        """A pattern and the lines that git grep has for it; one that finds too much, or with which it gives up, is left aside."""
        while True:
            ours, theirs, pattern = self.pattern()
            try:
                text = self.grep("-n", "-I", *theirs, "-e", pattern)
            except SystemExit as failed:
                if "match limit exceeded" not in str(failed):
                    raise
                continue
            if text.count(b"\n") <= LINES:
                found = re.findall(rb"^([^\0\n]*)\0(\d+)\0", text, re.M)
                return ours, pattern, {(path, int(line)) for path, line in found}

    def search(self):
        wrong, lines = [], 0
        for _ in range(self.samples):
            ours, pattern, expected = self.expected()
            got = {(path_of(r), r["line"]) for r in self.room.rows("search", *ours, "--in", self.new, "--", pattern) if "line" in r}
            lines += len(expected)
            if got != expected:
                only = sorted(got - expected)[:2], sorted(expected - got)[:2]
                wrong.append(f"{ours} {pattern!r}: ours alone {len(got - expected)} {only[0]}, git alone {len(expected - got)} {only[1]}")
        print(f"    lines found: {lines}")
        self.say("search and git grep", wrong, self.samples)

    # -- names

    def ctags(self, paths, kinds):
        listed = b"\n".join(paths)
        out = run("ctags", "--language-force=C", f"--kinds-C={kinds}", "--output-format=json", "--fields=+nKe", "-L", "-", "-f", "-",
                  cwd=self.work, input=listed)
        return [json.loads(line) for line in out.splitlines()]

    def sources(self, suffix=(b".c", b".h")):
        return [p for p in self.files if p.endswith(suffix) and not os.path.islink(os.path.join(os.fsencode(self.work), p))]

    def definitions(self):
        tags = self.ctags(self.sources(), "dfgsute")
        wrong = []
        for tag in self.random.sample(tags, min(self.samples, len(tags))):
            if tag["name"].startswith("__anon"):
                continue
            rows = self.room.rows("def", tag["name"], "--in", self.new)
            if not any(path_of(r) == tag["path"].encode() and r["line"] == tag["line"] for r in rows):
                near = [f"{r['path']}:{r['line']}" for r in rows][:3]
                wrong.append(f"{tag['kind']} {tag['name']} {tag['path']}:{tag['line']}: ours {near}")
        self.few("def and ctags", wrong, min(self.samples, len(tags)), 0.01)

    def few(self, name, wrong, total, share):
        """As say, but a share of disagreements is allowed: each is printed all the same."""
        if wrong and len(wrong) <= share * total:
            self.passed += 1
            print(f"ok {name} ({total}, of which {len(wrong)} disagree)")
            for line in wrong:
                print(f"    {line}")
            return
        self.say(name, wrong, total)

    def outlines(self):
        wrong, total = [], 0
        # ctags names a function after the macro that makes it, or that is its type
        macros = {t["name"] for t in self.ctags(self.sources((b".c", b".h", b".h.in")), "d")}
        for path in self.random.sample(self.sources((b".c",)), min(self.samples // 5, len(self.sources((b".c",))))):
            expected = {(t["name"], t["line"]) for t in self.ctags([path], "f") if t["name"] not in macros}
            rows = self.room.rows("outline", f"{self.new}:{os.fsdecode(path)}")
            got = {(r["name"], r["line"]) for r in rows if r.get("kind") == "function" and r.get("role") != "declaration"}
            total += len(expected)
            wrong += [f"{os.fsdecode(path)}: ctags alone {n}:{l}" for n, l in expected - got]
        self.few("outline and ctags", wrong, total, 0.01)

    path_of = staticmethod(path_of)

    def references(self):
        references.check(self)

    # -- differences

    def diff_files(self):
        old, new = self.room.names
        rows = self.room.rows("diff", old, new, "--files")
        got = {}
        for r in rows:
            if "change" in r:
                got[path_of(r, "new") if r.get("new") else path_of(r, "old")] = r["change"]
        expected = {}
        raw = self.room.git_out("diff", "--raw", "-z", "-M", "-l0", self.room.trees[old], self.room.trees[new]).split(b"\0")
        words = {"A": "added", "D": "removed", "M": "changed", "R": "renamed", "T": "changed"}
        at = 0
        while at < len(raw) - 1:
            fields = raw[at].split()
            letter = fields[4].decode()[0]
            at += 3 if letter == "R" else 2
            changed = words[letter]
            if letter == "M" and fields[2] == fields[3]:
                changed = "mode"
            expected[raw[at - 1]] = changed
        wrong = [f"{p!r}: ours {got.get(p)}, git {expected.get(p)}" for p in sorted(got.keys() | expected.keys()) if got.get(p) != expected.get(p)]
        self.few("diff --files and git diff --raw -M", wrong, len(expected), 0.02)

    def diff_lines(self):
        old, new = self.room.names
        patch = self.room.ask("diff", old, new, "--lines", ok=(0, 1))
        copy = os.path.join(self.room.folder, "patched")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.room.works[old], copy, symlinks=True)
        run("git", "init", "-q", copy)
        wrong = []
        done = subprocess.run(["git", "apply", "--binary", "-p1", "-"], cwd=copy, input=patch, capture_output=True, check=False)
        if done.returncode:
            wrong.append(f"git apply: {done.stderr.decode(errors='replace')[:2000]}")
        else:
            changed = self.room.git_out("diff", "--numstat", "-z", "--no-renames", self.room.trees[old], self.room.trees[new])
            for line in changed.split(b"\0"):
                if not line or line.startswith(b"-"):
                    continue
                path = line.split(b"\t", 2)[2]
                a, b = (os.path.join(os.fsencode(f), path) for f in (copy, self.work))
                if os.path.exists(a) != os.path.exists(b) or (os.path.exists(a) and open(a, "rb").read() != open(b, "rb").read()):
                    wrong.append(f"{path!r}: applying our diff does not give the new file")
        theirs = self.room.git_out("diff", "-M", "--histogram", self.room.trees[old], self.room.trees[new])
        count = [sum(l[:1] in (b"+", b"-") for l in text.split(b"\n")) for text in (patch, theirs)]
        if count[0] > 1.02 * count[1]:
            wrong.append(f"{count[0]} changed lines, git has {count[1]}")
        print(f"    changed lines: ours {count[0]}, git {count[1]}; bytes: ours {len(patch)}, git {len(theirs)}")
        shutil.rmtree(copy)
        self.say("diff applies, and is as small as git's by histograms", wrong, 1)

    def fsck(self):
        out = subprocess.run(["git", "-C", os.path.join(self.room.room, "source.git"), "fsck", "--strict"], capture_output=True, check=False)
        said = [l for l in (out.stdout + out.stderr).decode().splitlines() if not l.startswith(("Checking", "notice:"))]
        self.say("git fsck --strict is silent", said, 1)

    def rebuild(self):
        def digests():
            folder = os.path.join(self.room.room, "index")
            return {n: run("sha256sum", os.path.join(folder, n)).split()[0] for n in os.listdir(folder)}
        before = digests()
        for name in before:
            os.unlink(os.path.join(self.room.room, "index", name))
        self.room.ask("index", "--rebuild", key=self.room.key)
        after = digests()
        self.say("index --rebuild gives the same bytes", [f"{n}" for n in before if before[n] != after.get(n)] +
                 [n for n in after if n not in before], len(before))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("sources", nargs=2)
    parser.add_argument("--samples", type=int, default=300)
    parser.add_argument("--functions", type=int, help="whose references are sought (a third of the samples)")
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--keep")
    options = parser.parse_args()
    os.environ["LC_ALL"] = "C.UTF-8"  # git folds as ours does only where the locale is UTF-8
    if options.keep:
        os.makedirs(options.keep, exist_ok=True)
    folder = os.path.abspath(options.keep) if options.keep else tempfile.mkdtemp(prefix="carrel-compare-")
    try:
        checks = Checks(Room(options.build, [os.path.abspath(a) for a in options.sources], folder), options.samples,
                        options.functions or max(1, options.samples // 3), options.seed)
        for name in ("releases", "cat", "search", "definitions", "outlines", "references", "diff_files", "diff_lines", "fsck", "rebuild"):
            if not options.only or name in options.only:
                getattr(checks, name)()
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
