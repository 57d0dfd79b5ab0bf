"""Compares the definitions that the extractor finds with those of a second parser, name by name and both ways.

usage: second.py BUILD TREE LANGUAGE [--list FILE] [--most PERCENT]

LANGUAGE is python (Python's own ast), java (javac's trees, second.java) or javascript or typescript (the
TypeScript compiler, second.js; NODE_PATH names the folder where npm put it).  Each tells, of every
file that it takes without an error, the line and name of what is a definition to us: not the locals of
functions, but functions, types and members wherever they are.  What one has and the other lacks goes to --list, "+"
ours and "-" theirs.  Ends 1 if more than --most per cent are missing or invented; 77 where the second parser cannot be had.
"""
import argparse
import ast
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import symbols  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


class Definitions(ast.NodeVisitor):
    def __init__(self):
        self.found, self.function = set(), False

    def inside(self, node, function):
        outer, self.function = self.function, function
        self.generic_visit(node)
        self.function = outer

    def visit_FunctionDef(self, node):
        self.found.add((node.lineno, node.name))
        self.inside(node, True)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.found.add((node.lineno, node.name))
        self.inside(node, False)

    def visit_Lambda(self, node):
        self.inside(node, True)

    def target(self, target):
        if isinstance(target, ast.Name) and not self.function:
            self.found.add((target.lineno, target.id))
        elif isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self.target(part)
        elif isinstance(target, ast.Starred):
            self.target(target.value)

    def visit_Assign(self, node):
        for target in node.targets:
            self.target(target)
        self.generic_visit(node)

    def visit_AnnAssign(self, node):
        self.target(node.target)
        self.generic_visit(node)


def python(tree, paths):
    for path in paths:
        with open(os.path.join(tree, path), "rb") as file:
            text = file.read()
        try:
            definitions = Definitions()
            definitions.visit(ast.parse(text))
        except (SyntaxError, ValueError, RecursionError):
            continue
        yield path, definitions.found


def other(command):
    def run(tree, paths):
        if not shutil.which(command[0]):
            sys.exit(77)
        process = subprocess.run(command, cwd=tree, input="\n".join(paths).encode(errors="surrogateescape"), stdout=subprocess.PIPE, check=False)
        if process.returncode:
            sys.exit(77)
        path, found = None, set()
        for line in process.stdout.decode(errors="surrogateescape").split("\n"):
            field = line.split("\t")
            if field[0] == "F":
                if path:
                    yield path, found
                path, found = field[1], set()
            elif field[0] == "S":
                found.add((int(field[1]), field[2]))
        if path:
            yield path, found
    return run


PARSERS = {"python": python, "javascript": other(["node", os.path.join(HERE, "second.js")]), "typescript": other(["node", os.path.join(HERE, "second.js")]),
           "java": other(["java", "--add-exports", "jdk.compiler/com.sun.tools.javac.tree=ALL-UNNAMED", os.path.join(HERE, "second.java")])}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("tree")
    parser.add_argument("language", choices=PARSERS)
    parser.add_argument("--list")
    parser.add_argument("--most", type=float, default=1.0)
    options = parser.parse_args()
    languages, found = symbols.ours(options.build, options.tree, list(symbols.files_of(options.tree, 1)))
    paths = [p for p, (language, status, _) in languages.items() if (language == options.language or options.language == "typescript" and language == "tsx") and status == "parsed"]
    mine = {}
    for path, line, name in found:
        mine.setdefault(path, set()).add((line, name))
    files, both, listed, invented, missing = 0, 0, [], 0, 0
    for path, theirs in PARSERS[options.language](options.tree, paths):
        ours = {(line, name) for line, name in mine.get(path, set())}
        files += 1
        both += len(ours & theirs)
        invented += len(ours - theirs)
        missing += len(theirs - ours)
        listed += [f"+\t{path}:{line}\t{name}" for line, name in sorted(ours - theirs)] + [f"-\t{path}:{line}\t{name}" for line, name in sorted(theirs - ours)]
    if options.list:
        with open(options.list, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write("".join(line + "\n" for line in listed))
    recall, precision = 100 * both / max(both + missing, 1), 100 * both / max(both + invented, 1)
    print(f"{options.language}: {files} of {len(paths)} files, {both} in both, {missing} only theirs, {invented} only ours: recall {recall:.2f} %, precision {precision:.2f} %")
    return 1 if min(recall, precision) < 100 - options.most else 0


if __name__ == "__main__":
    sys.exit(main())
