"""How cost grows with the source: a section of RESULTS.md with a line a size, made of those that are there already and of what is measured now."""
import math
import re

from frame import seconds
from results import number, table

TITLE = "growth"
HEADS = ["source", "files", "MB", "first import", "search: all of `int`", "its hits", "search: nothing", "verify", "its records"]
BY = {"first import": "MB", "search: all of `int`": "its hits", "search: nothing": "MB", "verify": "its records"}
LINEAR = 1.05  # slopes up to this are linear: what is measured varies that much

TEXT = """Milliseconds, of the first release alone.  Steps are from one size to the next, in powers: 2^1 means that what is twice as much takes
twice as long, as on log-log paper a slope of 1.  Import and a search that finds nothing are held against the bytes, a search that finds
much against its hits, `verify` against the records, of which there are as many as was read in the room.  What has not even doubled from one size to the next says nothing, and counts as 0.
"""


def point(bench):
    """The line of the bench's size."""
    room, release = bench.room(), list(bench.sources())[0]
    row = room.releases()[release]

    def search(pattern):
        answers = [room.ask("search", pattern=pattern, flags=1, release=release) for _ in range(bench.times)]
        return min(answer["ms"][0] for answer in answers), answers[0]["rows"] - 1
    many, hits = search("int")
    nothing, _ = search("no_such_word_anywhere")
    room.close()
    verify = min(seconds(bench.carrel, "-C", room.path, "verify", ok=(0, 1)) * 1e3 for _ in range(3))
    records = len(room.inspector("log", "--json").splitlines())
    figures = [row["files"], row["bytes"] / 1e6, bench.state["figures"][release]["import"][1] * 1e3, many, hits, nothing, verify, records]
    return [bench.size] + [number(figure) for figure in figures]


def points(section):
    """The lines of a section of before."""
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in section.splitlines() if re.match(r"\| [a-z]+ \|", line)]
    return [row for row in rows if len(row) == len(HEADS) and row[0] != HEADS[0] and re.match(r"[\d.,]+$", row[1])]


def value(row, head):
    return max(float(row[HEADS.index(head)].replace(",", "")), 1e-3)


def slope(before, row, head):
    across = math.log(value(row, BY[head]) / value(before, BY[head]))
    return math.log(value(row, head) / value(before, head)) / across if across > math.log(2) else 0  # less is no step


def section(rows):
    rows = sorted(rows, key=lambda row: value(row, "MB"))
    steps, over = [], []
    for before, row in zip(rows, rows[1:]):
        slopes = {head: slope(before, row, head) for head in BY}
        steps.append([f"{before[0]} to {row[0]}"] + [f"2^{power:.2f}" for power in slopes.values()])
        over += [f"{head}, {before[0]} to {row[0]} ({power:.2f})" for head, power in slopes.items() if power > LINEAR]
    out = f"## {TITLE}\n\n{TEXT}\n" + table(HEADS, rows)
    if steps:
        out += "\n" + table(["step"] + [f"{head} by {by.removeprefix('its ')}" for head, by in BY.items()], steps)
        out += "\nAbove linear: " + ("; ".join(over) if over else "nothing") + ".\n"
        whole = {head: slope(rows[0], rows[-1], head) for head in BY}
        out += f"From {rows[0][0]} to {rows[-1][0]}: " + ", ".join(f"{head} 2^{power:.2f}" for head, power in whole.items()) + ".\n"
    return out


def renew(old, bench):
    """The section with the size's line made anew."""
    rows = {row[0]: row for row in points(old)}
    rows[bench.size] = point(bench)
    return section(rows.values())
