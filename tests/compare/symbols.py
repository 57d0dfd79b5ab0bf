"""Compares the definitions that the extractor finds with those of universal-ctags, name by name.

usage: symbols.py BUILD TREE [--language L]... [--share N] [--seed S] [--list FILE] [--sample N] [--floor PERCENT]

Takes the files of TREE that ctags and we hold to be in the same language (with --share N one in N of them, by
their paths' hash), and prints a table: kind, how many ctags found, how many of these we have on the
same line, recall.  Where there is a second parser (second.py) that takes the file, it says whether a tag that we lack is a
definition; elsewhere it is classified by RULES, each a fault of ctags that can be seen in the text; what no rule explains counts against us and goes to --list.  --sample N prints N of our own
definitions at random, to be judged by eye.  Ends 1 if a recall is below its floor.
"""
import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys
import zlib

# our word for a language, ctags' word, the kinds asked for
LANGUAGES = {
    "c": ("C", "dfgsutevm"),
    "c++": ("C++", "dfgsutevmcn"),
    "java": ("Java", "cefgim"),
    "python": ("Python", "cfmv"),
    "go": ("Go", "cfmstvitw"),
    "rust": ("Rust", "fgimMstPnec"),
    "javascript": ("JavaScript", "fcmgG"),
    "typescript": ("TypeScript", "cfmnegi"),
    "c#": ("C#", "cdefgimnpst"),
    "php": ("PHP", "cdfint"),
    "ruby": ("Ruby", "cfmS"),
    "shell": ("Sh", "f"),
}
FLOORS = {("c", "function"): 99.5, ("c", "macro"): 99.5, ("c", "struct"): 99.5, ("c", "union"): 99.5, ("c", "enum"): 99.5,
          ("c", "typedef"): 99.5}
LIKE_C = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
RUST = re.compile(r"/\*.*?\*/|//[^\n]*|r(#*)\".*?\"\1|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\\n])'", re.S)


def files_of(tree, share):
    for folder, folders, names in os.walk(tree):
        folders.sort()
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), tree)
            if os.path.islink(os.path.join(tree, path)) or "\n" in path or "\t" in path:
                continue
            if zlib.crc32(path.encode(errors="surrogateescape")) % share == 0:
                yield path


def ours(build, tree, paths):
    """language of each file, and {(path, line, name): [(kind, declared, scope, end, column)]}"""
    tool = os.path.abspath(os.path.join(build, "tests/symbols"))
    found, languages, path = collections.defaultdict(list), {}, None
    process = subprocess.Popen([tool], cwd=tree, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out, _ = process.communicate("\n".join(paths).encode(errors="surrogateescape"))
    for line in out.decode(errors="surrogateescape").split("\n"):
        field = line.split("\t")
        if field[0] == "F":
            path = field[1]
            languages[path] = field[2], field[3], field[4]
        elif field[0] == "S":
            found[path, int(field[1]), field[7]].append((field[4], field[5] == "1", field[6], int(field[2]), int(field[3])))
    return languages, found


def ctags(tree, language, paths):
    name, kinds = LANGUAGES[language]
    command = ["ctags", f"--language-force={name}", "--output-format=json", "--fields=+nKeS", "-L", "-", "-f", "-"]
    if language not in ("rust", "go", "typescript", "javascript", "java", "c#", "ruby", "php", "shell", "python"):
        command.insert(1, f"--kinds-{name}={kinds}")
    out = subprocess.run(command, cwd=tree, input="\n".join(paths).encode(errors="surrogateescape"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    for line in out.decode(errors="surrogateescape").split("\n"):
        if line.startswith("{"):
            tag = json.loads(line)
            tag["language"] = name
            if tag.get("_type") == "tag" and "line" in tag:
                yield tag


BLOCKS = {"if", "for", "while", "switch", "catch", "with"}
SCRIPT = re.compile(r"/\*.*?\*/|//[^\n]*|`(?:\\.|[^`\\])*`|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|(?<=[(,=:\[!&|?{};])\s*/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/\w*", re.S)


def lines_in_functions(code):
    """Lines of JavaScript or TypeScript that begin in the body of a function: { behind => or behind a (...) that no if, for or the like has."""
    inside, braces, parens, line, word, closed, arrow, typed = set(), [], [], 1, "", None, False, False
    for token in re.finditer(r"\n|=>|[(){}]|[\w$]+|[^\s\w]", code):
        text = token[0]
        if text == "\n":
            line += 1
            if any(braces):
                inside.add(line)
            continue
        if text == "(":
            parens.append(word)
        elif text == ")":
            closed = parens.pop() if parens else ""
        elif text == "{":
            braces.append(arrow or closed is not None and closed not in BLOCKS)
        elif text == "}" and braces:
            braces.pop()
        typed = (typed or text == ":" and word == ")") and text not in ("{", "}", ";", "=")
        if text in ("{", "}", ";", "=") or text == "," and not typed:
            closed = None
        arrow, word = text == "=>", text
    return inside


def lines_in_heredocs(lines):
    """Lines of a Ruby script that are text: <<~WORD up to WORD."""
    inside, end = set(), None
    for number, line in enumerate(lines, 1):
        if end:
            inside.add(number)
            if line.strip() == end:
                end = None
            continue
        begin = re.search(r"<<[-~]?(['\"`]?)([A-Za-z_]\w*)\1", line)
        end = begin and begin[2]
    return inside


class Text:
    """The lines of files, and the same without comments and literals."""

    def __init__(self, tree, found):
        self.tree, self.path = tree, None
        self.functions = collections.defaultdict(list) # lines of each file's functions
        for (path, line, _), symbols in found.items():
            self.functions[path] += [(line, end) for kind, declared, _, end, _ in symbols if kind in ("function", "method") and not declared]

    def open(self, path):
        if path == self.path:
            return
        with open(os.path.join(self.tree, path), encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            text = file.read()
        self.path, self.lines = path, text.split("\n")
        blank = lambda m: re.sub(r"[^\n]", " ", m.group())
        script = path.endswith((".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs"))
        code = (RUST if path.endswith(".rs") else SCRIPT if script else LIKE_C).sub(blank, text)
        self.bodies = lines_in_functions(code) if script else set()
        self.code = code.split("\n")
        self.heredocs = lines_in_heredocs(self.lines) if path.endswith((".rb", ".rake", ".gemspec")) else set()

    def line(self, number, code=False):
        lines = self.code if code else self.lines
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def behind_parens(self, number, name):
        """What follows NAME(...) from that line on, some lines at most."""
        rest = "\n".join(self.code[number - 1:number + 30])
        at = re.search(r"(?<![\w$])" + re.escape(name) + r"\s*\(", rest)
        depth = 0
        for i in range(at.end() - 1 if at else 0, len(rest) if at else 0):
            depth += {"(": 1, ")": -1}.get(rest[i], 0)
            if depth == 0:
                return rest[i + 1:]
        return ""

    def inside_macro(self, number):
        """Whether the line is the rest of a #define that begins above it."""
        at = number
        while at > 1 and self.line(at - 1).rstrip().endswith("\\"):
            at -= 1
        return at < number and self.line(at).lstrip().startswith("#")


# Why a tag is none of a definition: the first rule that fits.  Each looks at the text alone.
def rule_unnamed(tag, text, found):
    return tag["name"].startswith("__anon") or tag["name"].startswith("anonymous") or tag["name"].startswith("Anonymous") or not tag["name"]


def rule_not_there(tag, text, found):
    """ctags put the name together itself, or counts lines otherwise: it does not stand in that line of code."""
    name = tag["name"].split("::")[-1].split(".")[-1]
    return not re.search(r"(?<![\w$])" + re.escape(name) + r"(?![\w$])", text.line(tag["line"]))


def rule_comment(tag, text, found):
    return tag["language"] in ("C", "C++", "Java", "JavaScript", "TypeScript", "Go", "Rust", "C#") and not re.search(
        r"(?<![\w$])" + re.escape(tag["name"]) + r"(?![\w$])", text.line(tag["line"], True)) and tag["kind"] not in ("macro", "header")


def rule_in_macro(tag, text, found):
    """In the body of a macro there are only tokens: what they define is known where the macro is used."""
    return tag["kind"] != "macro" and text.inside_macro(tag["line"])


def rule_call(tag, text, found):
    """NAME(...) with neither a body nor a type: a macro that is used at the top level, not a definition."""
    line = text.line(tag["line"], True)
    return tag["language"] in ("C", "C++") and tag["kind"] in ("function", "variable") and re.match(r"\s*" + re.escape(tag["name"]) + r"\s*\([^{]*;\s*$", line)


def rule_made(tag, text, found):
    """NAME(...) that begins a declaration, no type before it: a macro, as the type or as all of it."""
    if tag["language"] not in ("C", "C++") or tag["kind"] not in ("function", "prototype", "variable"):
        return False
    line, name = text.line(tag["line"], True), re.escape(tag["name"])
    before = re.match(r"((?:static|extern|const|inline|DEFINE_\w+)\s+)*" + name + r"\s*\(", line.lstrip())
    above = text.line(tag["line"] - 1, True).rstrip()
    alone = not above or above[-1] in ";})\\:" or above.lstrip().startswith("#")
    behind = text.behind_parens(tag["line"], tag["name"])
    return bool(before) and (re.match(r"\s*(\*|[A-Za-z_])", behind) or alone and not any(c.islower() for c in tag["name"].replace("_tls_meth_func", "")) or
                             alone and not re.match(r"\s*\{", behind))


def rule_local(tag, text, found):
    """ctags lost count of the braces: it stands in the body of a function."""
    kinds = ("field", "property") if tag["language"] == "C#" else ("variable", "member")
    return tag["kind"] in kinds and re.match(r"\s", text.line(tag["line"])) and any(
        start < tag["line"] <= end for start, end in text.functions.get(tag["path"], ()))


def rule_script_local(tag, text, found):
    """A variable of a function, or an object that one holds, which ctags calls a class where it is written { key: value }."""
    written = re.search(r"\b(class|function)\b[\s*]*" + re.escape(tag["name"]) + r"\b|\." + re.escape(tag["name"]) + r"\s*=\s*(async\b|function\b)", text.line(tag["line"], True))
    return tag["language"] in ("JavaScript", "TypeScript") and tag["kind"] in ("variable", "constant", "class", "function") and not written and tag["line"] in text.bodies


def rule_prototype(tag, text, found):
    """NAME.prototype or new NAME: it is used there, and ctags made a class of it."""
    name = re.escape(tag["name"])
    return tag["language"] == "JavaScript" and tag["kind"] == "class" and re.search(name + r"\.prototype\b", text.line(tag["line"], True))


def rule_deleted(tag, text, found):
    """delete Type.prototype.name"""
    return tag["language"] == "JavaScript" and re.search(r"\bdelete\s+[\w$.]+\." + re.escape(tag["name"]) + r"\b", text.line(tag["line"], True))


def rule_script_attribute(tag, text, found):
    """<tag name={value} name="value">: an attribute of an element; [a, name] or name.b in a list: an element; : readonly name[]: a type."""
    name, line = re.escape(tag["name"]), text.line(tag["line"])
    return tag["kind"] == "field" and re.search(r"(?<![\w.])" + name + r"=[{\"']", line) or tag["language"] == "TypeScript" and tag[
        "kind"] in ("constant", "variable") and re.search(r"[=\w]\s*\[[^\]=]*\b" + name + r"\b[^\]=]*\]|^\s*" + name + r"\.", line) or tag[
            "language"] == "TypeScript" and re.search(r"[:|&]\s*(readonly|unique)\s+" + name + r"\b", line)


def rule_key(tag, text, found):
    """12: value and [name]: value: no names, but a number and an expression."""
    name = tag["name"]
    return tag["language"] in ("JavaScript", "TypeScript") and tag["kind"] == "property" and (name.isdigit() or name.startswith("["))


def rule_script_call(tag, text, found):
    """this.name(...), and object.name = function: a call is no method, the object no function."""
    name, line = re.escape(tag["name"]), text.line(tag["line"], True)
    return tag["language"] == "JavaScript" and (tag["kind"] == "method" and re.search(r"\bthis\." + name + r"\s*\(", line) or
                                                tag["kind"] == "function" and re.match(r"\s*" + name + r"[.\[][^=]*=", line))


def rule_script_field(tag, text, found):
    """A field is written name; or name = in the body of a class: here there is another sign behind the name, or tags of JSX around it."""
    return tag["language"] == "JavaScript" and tag["kind"] in ("field", "property", "method") and not re.match(
        r"\s*(static\s+|async\s+|get\s+|set\s+|[*#])*[\"']?" + re.escape(tag["name"].strip("#")) + r"[\"']?\s*(=(?![=>])|;|:|\(|$)|.*[{,]\s*[\"']?" +
        re.escape(tag["name"]) + r"[\"']?\s*:", text.line(tag["line"]))


def rule_enumerator_lost(tag, text, found):
    """ctags lost the end of an enum, or took a call for one: no enum is open in that line, or the name stands behind another word."""
    return tag["language"] == "TypeScript" and tag["kind"] == "enumerator" and not re.match(r"\s*[\"']?" + re.escape(tag["name"]) + r"[\"']?\s*(=|,|$|\}|//)", text.line(tag["line"], True))


def rule_attribute(tag, text, found):
    """int name __attribute_macro = ... and struct { } __packed: ctags took the macro for the name; we have the name, or there is none."""
    if tag["kind"] in ("variable", "member") and re.match(r"__\w*(aligned|packed|randomize_layout|read_mostly|ro_after_init|initdata)", tag["name"]):
        return True
    before = re.search(r"(\w+)(?:\[[^\]]*\])*\s+" + re.escape(tag["name"]) + r"\s*(?:\(.*\)\s*)?[;=,\[]?", text.line(tag["line"], True))
    return tag["kind"] in ("variable", "typedef", "member") and tag["name"].startswith("__") and before and (tag["path"], tag["line"], before[1]) in found


def rule_function_attribute(tag, text, found):
    """type MACRO __attribute(...) name(...): ctags took the macro for the name."""
    return tag["kind"] == "function" and re.search(r"(?<!\w)" + re.escape(tag["name"]) + r"\s+__attribute", text.line(tag["line"], True))


def rule_instantiation(tag, text, found):
    """template class name<...>: what is defined elsewhere is asked for."""
    return tag["language"] == "C++" and re.search(r"\btemplate\s+(class|struct)\s+" + re.escape(tag["name"]) + r"\s*<", text.line(tag["line"], True))


def rule_given(tag, text, found):
    """TEST(Suite, name) { }: it is name that is defined, and we have it; MACRO("text" * call()): a word of its arguments."""
    line = text.line(tag["line"], True)
    made = re.match(r"\s*" + re.escape(tag["name"]) + r"\s*\(\s*\w+\s*,\s*(\w+)\s*\)", line)
    return tag["language"] == "C++" and tag["kind"] == "function" and (
        made and (tag["path"], tag["line"], made[1]) in found or re.match(r"\s*[A-Z_0-9]+\(.*\W" + re.escape(tag["name"]) + r"\(\)\)$", line))


def rule_behind_function(tag, text, found):
    """~name() MACRO() { }: ctags took the macro for the function; we have the name."""
    name = re.search(r"(~?\w+)\s*\([^()]*\)\s*" + re.escape(tag["name"]) + r"\s*\(", text.line(tag["line"], True))
    return tag["language"] == "C++" and tag["kind"] == "function" and name and (tag["path"], tag["line"], name[1]) in found


def rule_convention(tag, text, found):
    """type (MACRO *name)(...) and typedef type (*name) MACRO(...): ctags took the macro, or the type, for the name; we have the name."""
    if tag["language"] not in ("C", "C++") or tag["kind"] not in ("typedef", "variable", "member"):
        return False
    line, name = text.line(tag["line"], True), re.escape(tag["name"])
    given = re.search(r"\(\s*" + name + r"\s*\*\s*(\w+)\s*\)", line) or re.search(r"typedef\s+" + name + r"\s*\(\s*\w*\s*\*\s*(\w+)\s*\)", line)
    return given and (tag["path"], tag["line"], given[1]) in found


def rule_parameter(tag, text, found):
    """int name(a, b) char *a; int b; { }: ctags took a parameter for a variable."""
    at = tag["line"]
    while tag["kind"] == "variable" and tag["language"] == "C" and at > 1 and re.search(r"[;,]\s*$", text.line(at, True)):
        at -= 1
    return at < tag["line"] and re.search(r"\w\s*\([^()]*\b" + re.escape(tag["name"]) + r"\b[^()]*\)\s*$", text.line(at, True))


def rule_element(tag, text, found):
    """static const enum x list[] = { A, B }: uses of enumerators, not their definition."""
    at = tag["line"]
    while tag["kind"] in ("enumerator", "enum") and at > 0 and tag["line"] - at < 300:
        line = text.line(at, True)
        if re.search(r"=\s*\{?\s*$|=\s*\{", line):
            return True
        if at < tag["line"] and re.search(r"[;]\s*$|^\s*(typedef\s+)?enum\s*\w*\s*\{", line):
            return False
        at -= 1
    return False


KEYWORDS = set("""auto bool break case catch char class const continue default do double else enum export extends extern false final float for func
function goto if implements import in instanceof int interface let long new null package return self short static struct super switch this throw true
try type typeof readonly is public private protected string number union unsigned var void volatile while with yield nil str""".split())


def rule_keyword(tag, text, found):
    return tag["name"] in KEYWORDS


def rule_argument(tag, text, found):
    """An enum's constant called with arguments: ctags took the arguments, or an annotation, for constants too."""
    return tag["kind"] == "enumConstant" and re.search(r"[(.,@]\s*" + re.escape(tag["name"]) + r"\b", text.line(tag["line"], True))


# What must stand around a name for it to be a definition of that kind: a necessary condition, in the code alone.
FORMS = {("Java", "field"): r"\bNAME\s*(\[\s*\]\s*)*[=;,]", ("C#", "field"): r"\bNAME\s*(=|;|,)"}
ENDS = re.compile(r";|\n\s*\n")


def rule_form(tag, text, found):
    """Not written as a definition of its kind can be: NAME =."""
    form = FORMS.get((tag["language"], tag["kind"]))
    if not form:
        return False
    above = "\n".join(text.line(n, True) for n in range(max(1, tag["line"] - 30), tag["line"]))
    below = "\n".join(text.line(n, True) for n in range(tag["line"], tag["line"] + 12))
    return not re.search(form.replace("NAME", re.escape(tag["name"])), ENDS.split(above)[-1] + "\n" + below)


def rule_csharp(tag, text, found):
    """where T : NAME, object.NAME = value;, a parameter, or in a text of several lines."""
    name, line = re.escape(tag["name"]), text.line(tag["line"])
    return tag["language"] == "C#" and re.search(r"\bwhere\s+\w+\s*:.*\b" + name + r"\b|\bwhere\s+" + name + r"\s*:|^\s*(\w+\.)?" + name +
                                                 r"\s*[(=]|\([^()]*\b" + name + r"\)|>[^<>]*\b" + name + r"\b[^<>]*<|^\s*" + name + "$", line)


def rule_heredoc(tag, text, found):
    """In a text, which other code may run."""
    return tag["language"] == "Ruby" and tag["line"] in text.heredocs


def rule_receiver(tag, text, found):
    """def NAME.other: it is other that is defined, and we have it."""
    other = re.search(r"\bdef\s+" + re.escape(tag["name"]) + r"\.(\w+[?!=]?)", text.line(tag["line"]))
    return tag["language"] == "Ruby" and other and (tag["path"], tag["line"], other[1]) in found


def rule_enumerators(tag, text, found):
    """enum { MACRO(NAME, ...) }: it is NAME that is defined, and we have it."""
    given = re.search(r"(?<!\w)" + re.escape(tag["name"]) + r"\s*\(\s*(\w+)", text.line(tag["line"], True))
    return tag["kind"] == "enumerator" and given and (tag["path"], tag["line"], given[1]) in found


def rule_rust_type(tag, text, found):
    """const NAME: &'static str: ctags took a word of the type for the name."""
    return tag["language"] == "Rust" and tag["kind"] == "variable" and not re.search(
        r"(?<!')\b(const|static|let)\s+(mut\s+)?" + re.escape(tag["name"]) + r"\b", text.line(tag["line"], True))


def rule_same(tag, text, found):
    """We have the name on a line beside: of a definition that goes over lines another was taken."""
    return any((tag["path"], tag["line"] + d, tag["name"]) in found for d in (-2, -1, 1, 2))


RULES = [("unnamed", rule_unnamed), ("not in that line", rule_not_there), ("in a comment or string", rule_comment),
         ("in a macro's body", rule_in_macro), ("a use of a macro", rule_call), ("made by a macro", rule_made),
         ("a local", rule_local), ("a local", rule_script_local), ("of a prototype", rule_prototype), ("deleted", rule_deleted), ("a number or an expression", rule_key), ("a call, or the object", rule_script_call), ("no field", rule_script_field), ("an attribute or element", rule_script_attribute),
         ("no enumerator", rule_enumerator_lost), ("an attribute", rule_attribute), ("an attribute", rule_function_attribute),
         ("an explicit instantiation", rule_instantiation), ("made by a macro", rule_given), ("a macro behind the function", rule_behind_function), ("a macro, or the type, beside the name", rule_convention), ("a parameter", rule_parameter), ("an element of a list", rule_element),
         ("a keyword", rule_keyword), ("an argument", rule_argument), ("a word of a type", rule_rust_type),
         ("no such form", rule_form), ("used, a parameter, or in a text", rule_csharp), ("in a text", rule_heredoc),
         ("what a method is defined on", rule_receiver), ("made by a macro", rule_enumerators), ("a line beside", rule_same)]

# kinds of ctags that are not definitions to us
NO_DEFINITION = {"python": {"unknown", "module", "namespace"}, "go": {"packageName", "unknown"}, "rust": {"implementation"},
                 "javascript": {"unknown"}, "typescript": {"local", "parameter"}, "java": {"package", "local"}, "php": {"alias", "local", "variable"},
                 "ruby": {"alias", "library", "accessor", "constant", "describe", "context"}, "shell": {"script", "heredoc", "alias"}, "c": {"header"}, "c++": {"header"}}


def judged_by(language, tree, paths):
    """What a second parser holds to be definitions, or None: where there is one its word counts, and no rule."""
    import second
    try:
        return dict(second.PARSERS[language](tree, paths)) if language in second.PARSERS else None
    except SystemExit:
        print(f"{language}: the second parser cannot be had; see second.py")
        return None


def compare(language, tags, found, text, missing, judged):
    rows = collections.OrderedDict()
    for tag in tags:
        if tag["kind"] in NO_DEFINITION.get(language, ()):
            continue
        row = rows.setdefault(tag["kind"], collections.Counter())
        row["all"] += 1
        key = tag["path"], tag["line"], tag["name"]
        last = re.split(r"::|\.", tag["name"].strip("[]"))[-1] if language in ("c++", "c#", "ruby", "javascript", "typescript") else tag["name"]
        if key in found or (key[0], key[1], last) in found or language == "c#" and (key[0], key[1], last.lstrip("~")) in found:
            row["found"] += 1
            continue
        text.open(tag["path"])
        if judged and tag["path"] in judged:
            why = (tag["line"], last) not in judged[tag["path"]] and "not to the second parser"
        else:
            why = next((name for name, rule in RULES if rule(tag, text, found)), None)
        if why:
            row["explained"] += 1
            row["why " + why] += 1
        else:
            missing.append(tag)
    return rows


def table(language, rows, floor):
    low, total = [], collections.Counter()
    print(f"{language:12} {'kind':14} {'ctags':>8} {'found':>8} {'not one':>8} {'missed':>7} {'recall':>8}")
    for kind, row in sorted(rows.items()):
        real = row["all"] - row["explained"]
        total.update(all=row["all"], explained=row["explained"], found=row["found"])
        recall = 100 * row["found"] / real if real else 100
        need = FLOORS.get((language, kind), floor)
        mark = "" if recall >= need else f"  below {need}"
        if mark:
            low.append(kind)
        print(f"{'':12} {kind:14} {row['all']:8} {row['found']:8} {row['explained']:8} {real - row['found']:7} {recall:7.2f}%{mark}")
        for why, count in row.items():
            if why.startswith("why "):
                print(f"{'':27} not one: {why[4:]}: {count}")
    real = total["all"] - total["explained"]
    print(f"{'':12} {'all':14} {total['all']:8} {total['found']:8} {total['explained']:8} {real - total['found']:7} {100 * total['found'] / max(real, 1):7.2f}%")
    return low


def survey(build, tree, wanted, share, floor):
    """Prints the tables of a tree's languages; what is ours of these, the texts, what is below the floor and what is missed."""
    languages, found = ours(build, tree, list(files_of(tree, share)))
    text, low, listed = Text(tree, found), [], []
    for language in wanted or LANGUAGES:
        paths = [p for p, (l, _, _) in languages.items() if l == language]
        if paths:
            missing = []
            rows = compare(language, ctags(tree, language, paths), found, text, missing, judged_by(language, tree, paths))
            low += table(language, rows, floor)
            listed += missing
    mine = [(key, value) for key, values in found.items() for value in values if languages[key[0]][0] in (wanted or LANGUAGES)]
    return mine, text, low, listed


def write_list(path, listed, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        for tag in listed:
            text.open(tag["path"])
            file.write(f"{tag['kind']}\t{tag['name']}\t{tag['path']}:{tag['line']}\t{text.line(tag['line']).strip()[:120]}\n")


def print_sample(mine, text, seed, count):
    for (path, line, name), (kind, declared, scope, end, column) in random.Random(seed).sample(mine, min(count, len(mine))):
        text.open(path)
        print(f"{path}:{line}:{column} {'-' if declared else ''}{kind} {scope}{name}\t{text.line(line).strip()[:100]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("tree")
    parser.add_argument("--language", nargs="*")
    parser.add_argument("--share", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--floor", type=float, default=99.0)
    parser.add_argument("--list")
    options = parser.parse_args()
    found, text, low, listed = survey(options.build, options.tree, options.language, options.share, options.floor)
    if options.list:
        write_list(options.list, listed, text)
    print_sample(found, text, options.seed, options.sample)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
