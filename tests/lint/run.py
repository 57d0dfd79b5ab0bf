"""Runs every lint over the tree, after showing on planted violations that each bites."""
import importlib
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import layers  # noqa: E402
import shape  # noqa: E402
import words  # noqa: E402

LONG = "int\nf(void)\n{\n" + "\tg();\n" * 101 + "}\n"

# lint, files of a small tree, what it must say of them
PLANTED = [
    (layers, {"tui/a.c": '#include "annotations/db.h"\n', "annotations/db.h": ""}, "across layers"),
    (layers, {"cli/a.c": "#include <sqlite3.h>\n"}, "which belongs to"),
    (layers, {"base/a.c": '#include "a.h"\n'}, "no path from the root"),
    (layers, {"base/a.c": '#include "base/b.h"\n#include "base/a.h"\n', "base/a.h": "", "base/b.h": ""}, "not its first"),
    (layers, {"base/a.h": '#include "base/b.h"\n', "base/b.h": '#include "base/a.h"\n'}, "header cycle"),
    (shape, {"base/a.c": LONG}, "more than 100"),
    (shape, {"base/a.c": "\n" * 601}, "more than 600"),
    (shape, {"base/a.c": "int f(void)\n{\n}\n"}, "on one line"),
    (shape, {"base/a.c": "int x; \n"}, "white space"),
    (shape, {"base/a.c": "/* " + "x" * 130 + " */\n"}, "columns"),
]


def plant(files):
    folder = tempfile.mkdtemp()
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return folder


def unbitten():
    for lint, files, expected in PLANTED:
        if not any(expected in said for said in lint.check(plant(files))):
            yield f"{lint.__name__}: does not say '{expected}' of a planted violation"


def main():
    wrong = list(unbitten())
    lints = [layers, shape, words]
    if os.path.exists(os.path.join(HERE, "manual.py")):
        lints.append(importlib.import_module("manual"))
    for lint in lints:
        wrong += [f"{lint.__name__}: {said}" for said in lint.check(ROOT)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
