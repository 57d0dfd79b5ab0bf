"""Who may include whom, and which file may know which foreign library.

The include list is the architecture: paths from the root, a file's own header first,
no cycle among headers, a folder sees base/ and itself, and little else.
"""
import fnmatch
import os
import re

# folder -> folders whose headers it may include (base and itself go without saying)
LAYERS = {
    "base": [],
    "indexer/intake": [],
    "indexer/index": [],
    "annotations": ["annotations/report"],
    "annotations/report": [],
    "room": [],
    "tui": ["room", "annotations/report"],
    "cli": ["room", "annotations/report", "tui", "demo"],
    "demo": [],
}

# foreign header -> the files that may include it
FOREIGN = {
    "seccomp.h": ["base/seal*.c"],
    "linux/landlock.h": ["base/seal*.c"],
    "sqlite3.h": ["annotations/db*.[ch]"],
    "curses.h": ["tui/term.c"],
    "ncurses.h": ["tui/term.c"],
    "git2.h": ["indexer/intake/odb.c"],
    "git2/*": ["indexer/intake/odb.c"],
    "archive.h": ["indexer/intake/source_archive.c", "indexer/intake/unpack.c"],
    "archive_entry.h": ["indexer/intake/source_archive.c", "indexer/intake/unpack.c"],
    "zlib.h": ["indexer/intake/gunzip.c"],
    "tree_sitter/*": ["indexer/intake/*.[ch]"],
    "jansson.h": ["base/json.h"],
    "utf8proc.h": ["base/show_width.c"],
    "unicode/*": ["base/unicode_make.c"],
    "openssl/*": ["base/digest.c"],
    "cmark.h": ["annotations/report/*.c"],
    "qrencode.h": ["cli/*.c"],
    "pcre2.h": ["indexer/index/*.[ch]"],
    "lz4*.h": ["indexer/index/*.c", "indexer/intake/segment*.c"],
    "zstd.h": ["indexer/index/*.c", "indexer/intake/segment*.c", "indexer/intake/worker*.c", "indexer/intake/extract*.c"],
    "libdeflate.h": ["indexer/intake/*.c"],
    "isa-l/*": ["indexer/intake/deflate.c"],
    "sodium.h": ["annotations/*.[ch]", "annotations/report/*.c", "base/json.c", "room/*.c", "cli/*.c"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)


def sources(root):
    for folder in LAYERS:
        top = os.path.join(root, folder)
        if not os.path.isdir(top):
            continue
        for name in sorted(os.listdir(top)):
            if name.endswith((".c", ".h")):
                yield f"{folder}/{name}"


def check_file(root, path, graph):
    folder = os.path.dirname(path)
    with open(os.path.join(root, path), encoding="utf-8") as file:
        includes = INCLUDE.findall(file.read())
    ours = [name for mark, name in includes if mark == '"']
    own = path[:-2] + ".h"
    if path.endswith(".c") and os.path.exists(os.path.join(root, own)) and (not ours or ours[0] != own):
        yield f"{path}: its own header is not its first"
    for name in ours:
        target = os.path.dirname(name)
        if not os.path.exists(os.path.join(root, name)):
            if not name.startswith("build/"):
                yield f"{path}: includes {name}, which is no path from the root"
        elif target not in ("base", folder) and target not in LAYERS[folder]:
            yield f"{path}: includes {name}, across layers"
        if path.endswith(".h"):
            graph.setdefault(path, []).append(name)
    for mark, name in includes:
        for pattern, allowed in FOREIGN.items():
            if mark == "<" and fnmatch.fnmatch(name, pattern) and not any(fnmatch.fnmatch(path, a) for a in allowed):
                yield f"{path}: includes <{name}>, which belongs to {' '.join(allowed)}"


def cycles(graph):
    done, path = set(), []

    def visit(node):
        if node in path:
            yield "header cycle: " + " > ".join(path[path.index(node):] + [node])
            return
        if node in done:
            return
        path.append(node)
        for other in graph.get(node, []):
            yield from visit(other)
        path.pop()
        done.add(node)

    for node in sorted(graph):
        yield from visit(node)


def check(root):
    graph = {}
    for path in sources(root):
        yield from check_file(root, path, graph)
    yield from cycles(graph)
