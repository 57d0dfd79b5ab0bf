"""The table of commands and the manual say the same.

cli/table.c is read as text: it has one form throughout.  That --help and the completions are
made from the same table is for the tests of the program.
"""
import os
import re
import subprocess

PROGRAMS = {"check"}  # carrel-check is a program of its own, and no command
ROW = re.compile(r"^\t\{\n(.*?)^\t\},", re.M | re.S)
STRING = r'"((?:[^"\\]|\\.)*)"'
OPTION = re.compile(r"\{\s*\.name = " + STRING + r"(.*?)\}", re.S)


def option(match):
    name, rest = match.groups()
    letter = re.search(r"\.letter = '(.)'", rest)
    argument = re.search(r"\.argument = " + STRING, rest)
    return name, letter and letter.group(1), argument and argument.group(1)


def read_table(text):
    """[(name, arguments, {option: (letter, argument)})], and the options that all take."""
    shared = {name: option(OPTION.search(body)) for name, body in
              re.findall(r"^#define (\w+) \\\n((?:.*\\\n)*.*)$", text, re.M) if OPTION.search(body)}
    common = re.search(r"common_options\[\] = \{(.*?)^\};", text, re.M | re.S)
    rows = text[text.index("struct command commands[]"):] if "struct command commands[]" in text else ""
    commands = []
    for body in ROW.findall(rows):
        name = re.search(r"\.name = " + STRING, body).group(1)
        arguments = re.search(r"\.arguments = " + STRING, body).group(1)
        options = body.partition(".options = {")[2]
        found = [option(match) for match in OPTION.finditer(options)]
        found += [shared[word] for word in re.findall(r"^\s*(\w+),$", options, re.M) if word in shared]
        if ".listing = true" in body:
            found.append(("json", None, None))
        commands.append((name, arguments, {o[0]: o[1:] for o in found}))
    return commands, {o[0]: o[1:] for o in map(option, OPTION.finditer(common.group(1)))} if common else {}


def page_options(text):
    """{option: (letter, argument)} of the items of a page."""
    found = {}
    for item in re.findall(r"^\.It (Fl .*)$", text, re.M):
        match = re.fullmatch(r"(?:Fl (\w) , )?Fl -([a-z-]+)(?: Ar (.+))?", item)
        if match:
            found[match.group(2)] = (match.group(1), match.group(3))
    return found


def compare(page, wanted, found):
    for name in sorted(set(wanted) | set(found)):
        if name not in found:
            yield f"{page}: nothing of --{name}"
        elif name not in wanted:
            yield f"{page}: --{name} is no option"
        elif wanted[name] != found[name]:
            yield f"{page}: --{name} is {found[name]}, in the program {wanted[name]}"


def check_page(root, word, family):
    page = f"man/carrel-{word}.1"
    if not os.path.exists(os.path.join(root, page)):
        yield f"{page}: there is none"
        return
    with open(os.path.join(root, page), encoding="utf-8") as file:
        text = file.read()
    synopsis = text.partition(".Sh SYNOPSIS")[2].partition(".Sh ")[0]
    for name, arguments, options in family:
        own = re.split(r"^\.Nm carrel ", synopsis, flags=re.M)
        own = [part for part in own if re.match(re.escape(name) + "\n", part)]
        if not own:
            yield f"{page}: '{name}' is not in the synopsis"
            continue
        for word_ in re.findall(r"[A-Z]+", arguments) + [o for o in options]:
            if word_ not in own[0] and not (options.get(word_) or (None,))[0]:
                yield f"{page}: '{name}' has no {word_} in the synopsis"
    wanted = {}
    for _, _, options in family:
        wanted.update(options)
    yield from compare(page, wanted, page_options(text))


def check_main(root, words, common):
    path = os.path.join(root, "man/carrel.1")
    if not os.path.exists(path):
        yield "man/carrel.1: there is none"
        return
    with open(path, encoding="utf-8") as file:
        text = file.read()
    named = set(re.findall(r"^\.It Xr carrel-([\w-]+) 1$", text, re.M))
    for word in sorted(words ^ named - PROGRAMS):
        yield f"man/carrel.1: {'nothing of' if word in words else 'has, the program has not,'} '{word}'"
    yield from compare("man/carrel.1", common, page_options(text))


def mandoc(root):
    folder = os.path.join(root, "man")
    pages = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    try:
        said = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"] + pages, capture_output=True, text=True)
    except FileNotFoundError:
        return
    for line in said.stdout.splitlines():
        yield line.replace("mandoc: " + root + "/", "")


def check(root):
    table = os.path.join(root, "cli/table.c")
    if not os.path.exists(table):
        return
    with open(table, encoding="utf-8") as file:
        commands, common = read_table(file.read())
    families = {}
    for command in commands:
        families.setdefault(command[0].split()[0], []).append(command)
    for word, family in families.items():
        yield from check_page(root, word, family)
    for name, _, options in commands:
        for hidden in sorted(set(options) & set(common)):
            yield f"cli/table.c: --{hidden} of '{name}' hides the option that all commands take"
    yield from check_main(root, set(families), common)
    for name in sorted(os.listdir(os.path.join(root, "man"))):
        match = re.fullmatch(r"carrel-([\w-]+)\.1", name)
        if match and match.group(1) not in set(families) | PROGRAMS:
            yield f"man/{name}: there is no such command"
    yield from mandoc(root)
