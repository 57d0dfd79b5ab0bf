"""How long functions, files and lines are, and how they are set."""
import os
import re

from layers import sources

FUNCTION_MAX = 100  # lines
FUNCTION_P90 = 45
FILE_MAX = 600
COLUMNS = 120  # a tab counts 8

# a definition's name stands at the line's beginning, its return type on the line above
DEFINITION = re.compile(r"^([A-Za-z_][A-Za-z0-9_]*)\(")


def functions(lines):
    """Yields (name, first line from 1, lines of the body)."""
    name = start = None
    for number, line in enumerate(lines, 1):
        match = DEFINITION.match(line)
        if match and not line.rstrip().endswith(";"):
            name = match.group(1)
        elif line.startswith("{") and name and start is None:
            start = number
        elif line.startswith("}"):
            if name and start is not None:
                yield name, start, number - start - 1
            name = start = None
        elif line.rstrip().endswith(";") and start is None and not line.startswith((" ", "\t")):
            name = None


def check_lines(path, lines):
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\n")
        if len(text.expandtabs(8)) > COLUMNS:
            yield f"{path}:{number}: longer than {COLUMNS} columns"
        if text != text.rstrip():
            yield f"{path}:{number}: white space at the end"
        body = number < len(lines) and lines[number].startswith("{")
        if body and re.match(r"^\w[\w *]* \**\w+\([^;]*\)$", text):
            yield f"{path}:{number}: return type and name on one line"
    if len(lines) > FILE_MAX:
        yield f"{path}: {len(lines)} lines, more than {FILE_MAX}"


def check(root):
    lengths = []
    for path in sources(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            lines = file.readlines()
        yield from check_lines(path, lines)
        if path.endswith(".c"):
            for name, line, length in functions(lines):
                lengths.append(length)
                if length > FUNCTION_MAX:
                    yield f"{path}:{line}: {name} has {length} lines, more than {FUNCTION_MAX}"
    lengths.sort()
    if lengths and lengths[len(lengths) * 9 // 10] > FUNCTION_P90:
        yield f"one function in ten is longer than {FUNCTION_P90} lines"
