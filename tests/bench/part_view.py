"""P8: the first highlighted page of a file of any size, against bat."""
import os
import random

from frame import Room, in_turn, needs, seconds
from results import Row

NUMBERS = "P8"

SPANS = 1 << 9  # enum order_flag
MB = 1 << 20

FUNCTION = """/* Returns the sum of what {name} holds, or -1 where it holds nothing. */
static int
{name}_{n}(const struct {name} *{name}, size_t count)
{{
	int sum = {n};

	for (size_t i = 0; i < count; i++) {{
		if ({name}->members[i] == NULL)
			return -1; // "nothing"
		sum += {name}->members[i]->value * 0x{n:x}u;
	}}
	return printf("%d of {name}\\n", sum);
}}

"""
STATEMENT = 'function {name}{n}(a,b){{if(a>{n}){{return b.{name}+"x{n}"}}var c=[a,b,{n}];return c.map(function(d){{return d*2}})}};'


def write(path, size, template, tail):
    chance = random.Random(size)
    with open(path, "w", encoding="ascii") as out:
        written = n = 0
        while written < size:
            n += 1
            written += out.write(template.format(name=chance.choice(("list", "queue", "frame", "session", "buffer")), n=n))
        out.write(tail)


def measure(bench):
    needs("batcat")
    folder = bench.path("sizes")
    files = [("1 MB of C", "1.c", MB, FUNCTION, "", 1), ("10 MB of C", "10.c", 10 * MB, FUNCTION, "", 1),
             ("50 MB of C", "50.c", 50 * MB, FUNCTION, "", 1), ("100 MB of C", "100.c", 100 * MB, FUNCTION, "", 1),
             ("5 MB of JavaScript in one line", "5.js", 5 * MB, STATEMENT, "\n", 1 / 3)]
    if not os.path.exists(folder):
        os.mkdir(folder)
        for _, name, size, template, tail, _ in files:
            write(os.path.join(folder, name), size, template, tail)
    room = bench.rooms["sizes"] = bench.rooms.get("sizes") or Room(bench, "sizes")
    if "1" not in room.releases():
        room.take(folder, "1")
    page(room, "1.c")
    for what, name, _, _, _, limit in files:
        path = os.path.join(folder, name)
        first = page(room, name)
        ours, theirs = in_turn(bench.times, lambda name=name: page(room, name),
                               lambda path=path: seconds("batcat", "--paging=never", "--color=always", "--style=numbers",
                                                         "--line-range=:50", path) * 1e3)
        yield Row("P8", f"first page of {what}, the first time it is opened", first, "bat", theirs, limit)
        yield Row("P8", f"first page of {what}, again", ours, "bat", theirs, limit)


def page(room, name):
    """Milliseconds; for ever where what comes is no source."""
    answer = room.ask("page", release="1", path=name, line=1, flags=SPANS)
    return answer["row"][0] if answer["bytes"] > 1000 else float("inf")
