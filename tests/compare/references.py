"""References of random functions, held against `git grep -w` and cscope: whatever these find in code must be among ours.

A check of run.py; what is code goes by a lexer of its own here, which knows comments, literals and #error lines of C.
"""
import os
import re
import shutil
import subprocess

TOKEN = re.compile(rb"""/\*.*?(?:\*/|\Z)|//(?:\\\n|[^\n])*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|^[ \t]*\#[ \t]*(?:error|warning)\b(?:\\\n|[^\n])*""",
                   re.S | re.M)


def code_lines(data, pattern):
    """(line, word) of each match of the pattern outside comments and literals of C."""
    data = TOKEN.sub(lambda m: re.sub(rb"[^\n]", b" ", m.group()), data)
    return {(number, found.group()) for number, line in enumerate(data.split(b"\n"), 1) for found in pattern.finditer(line)}


def by_git(checks, names):
    """{name: places in code} of all the names, in the files that one `git grep` of them names."""
    words = [word for name in names for word in ("-e", name)]
    found = checks.grep("-l", "-I", "-w", "-F", *words, paths=("*.c", "*.h"))
    pattern = re.compile(rb"(?<![A-Za-z0-9_$])(?:" + b"|".join(map(re.escape, map(str.encode, names))) + rb")(?![A-Za-z0-9_$])")
    places = {name: set() for name in names}
    for path in filter(None, found.split(b"\0")):
        with open(os.path.join(os.fsencode(checks.work), path), "rb") as file:
            for number, word in code_lines(file.read(), pattern):
                places[word.decode()].add((path, number))
    return places


def functions(checks, count):
    """Names of functions, out of random files."""
    paths = checks.sources((b".c",))
    names = sorted({tag["name"] for tag in checks.ctags(checks.random.sample(paths, min(len(paths), 10 * count)), "f")})
    return checks.random.sample(names, min(count, len(names)))


class Cscope:
    """cscope's cross-reference of the release; it finds nothing where cscope is not installed."""

    def __init__(self, checks):
        self.work, self.base = checks.work, os.path.join(checks.room.folder, checks.new + ".cscope")
        self.installed = shutil.which("cscope") is not None
        if self.installed and not os.path.exists(self.base):
            plain = [path for path in checks.sources() if b" " not in path and b'"' not in path]
            with open(self.base + ".files", "wb") as out:
                out.write(b"\n".join(plain))
            subprocess.run(["cscope", "-b", "-q", "-k", "-i", self.base + ".files", "-f", self.base], cwd=self.work, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def find(self, name):
        if not self.installed:
            return set()
        out = subprocess.run(["cscope", "-d", "-L", "-0", name, "-f", self.base], cwd=self.work, check=True, capture_output=True).stdout
        found = set()
        for line in out.splitlines():
            path, _, number, _ = line.split(b" ", 3)
            found.add((os.path.normpath(path), int(number)))
        return found


def check(checks):
    wrong, by_cscope = [], 0
    names = functions(checks, checks.functions)
    places, cscope = by_git(checks, names), Cscope(checks)
    for name in names:
        rows = checks.room.rows("refs", name, "--in", checks.new) + checks.room.rows("def", name, "--in", checks.new)
        got = {(checks.path_of(row), row["line"]) for row in rows}
        wrong += [f"{name}: {os.fsdecode(path)}:{number} of git grep" for path, number in sorted(places[name] - got)]
        theirs = cscope.find(name)
        by_cscope += len(theirs)
        wrong += [f"{name}: {os.fsdecode(path)}:{number} of cscope" for path, number in sorted(theirs - got)]
    print(f"    places: {sum(map(len, places.values()))} by git grep, " + (f"{by_cscope} by cscope" if cscope.installed else "cscope is not installed"))
    checks.say("refs miss nothing that git grep or cscope find in code", wrong, len(names))
