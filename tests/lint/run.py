"""Runs every lint over the tree, after showing on planted violations that each bites."""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import layers  # noqa: E402
import manual  # noqa: E402
import shape  # noqa: E402
import texts  # noqa: E402
import words  # noqa: E402

TABLE = """const struct option common_options[] = {
	{ .name = "room", .letter = 'C', .argument = "ROOM", .help = "the room" },
	{ 0 },
};
const struct command commands[] = {
	{
		.name = "ls", .group = GROUP_READING, .run = run_ls,
		.arguments = "REL", .least = 1, .most = 1, .roles = "anyone",
		.summary = "list files",
		.options = {
			{ .name = "recurse", .letter = 'r', .help = "all of it" },
		},
	},
	{ 0 },
};
"""
MAIN = ".It Fl C , Fl -room Ar ROOM\n.It Xr carrel-ls 1\n"
PAGE = ".Sh SYNOPSIS\n.Nm carrel ls\n.Op Fl r\n.Ar REL\n.Sh DESCRIPTION\n"

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
    (texts, {"tui/a.c": 'int\nf(void)\n{\n\tapp_say(app, on ? _("yes it is") : "no it is not");\n}\n'}, "no it is not"),
    (texts, {"tui/a.c": 'int\nf(void)\n{\n\treturn err_set(ERR_USAGE, "no such %s", x);\n}\n'}, "no such %s"),
    (texts, {"annotations/say.c": 'int\nf(void)\n{\n\treturn err_set(ERR_USAGE, "no such %s", x);\n}\n'}, "not among tui/why_formats.h"),
    (manual, {"cli/table.c": TABLE, "man/carrel.1": MAIN}, "carrel-ls.1: there is none"),
    (manual, {"cli/table.c": TABLE, "man/carrel.1": MAIN, "man/carrel-ls.1": PAGE}, "nothing of --recurse"),
    (manual, {"cli/table.c": TABLE, "man/carrel.1": MAIN, "man/carrel-ls.1": PAGE + ".It Fl r , Fl -rec\n"}, "no option"),
    (manual, {"cli/table.c": TABLE.replace("recurse", "room"), "man/carrel.1": MAIN, "man/carrel-ls.1": PAGE}, "hides the option"),
    (manual, {"cli/table.c": TABLE, "man/carrel.1": MAIN, "man/carrel-ls.1": PAGE.replace("REL", "X")}, "has no REL"),
    (manual, {"cli/table.c": TABLE, "man/carrel.1": MAIN + ".It Xr carrel-cp 1\n"}, "the program has not"),
    (manual, {"cli/table.c": TABLE, "man/carrel.1": MAIN, "man/carrel-cp.1": PAGE}, "no such command"),
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
    lints = [layers, manual, shape, texts, words]
    for lint in lints:
        wrong += [f"{lint.__name__}: {said}" for said in lint.check(ROOT)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
