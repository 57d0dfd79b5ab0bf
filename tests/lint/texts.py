"""What the desk draws or says goes through gettext: no sentence stands bare in a drawing call; and what keeper and reader
say to it is among the formats by which the desk knows it again, tui/why_formats.h."""
import glob
import os
import re

TOKEN = re.compile(r"/\*.*?\*/|'(?:\\.|[^'\\])'|\"(?:\\.|[^\"\\])*\"", re.S)
DRAWS = {"app_say", "area_words", "area_printf", "view_empty", "view_title", "prompt_open", "list_draw", "snprintf", "buf_printf", "mem_dup", "err_set", "plain_tell"}
WRAPS = {"STR", "str_from"}
FORMAT = re.compile(r"%[-+ #0-9.*]*[lhzj]*[a-zA-Z]")


def call_around(text, at):
	"""The name of the innermost call that holds this place."""
	depth = 0
	for i in range(at - 1, -1, -1):
		if text[i] == ")":
			depth += 1
		elif text[i] == "(" and depth:
			depth -= 1
		elif text[i] == "(":
			name = re.search(r"(\w+)\s*$", text[:i])
			if name and name.group(1) not in WRAPS:
				return name.group(1)
		elif text[i] in ";{}" and not depth:
			return ""
	return ""


# where what is said at the desk is made; a format that only puts one reason behind another says nothing itself
SAID = ["annotations/%s.c" % name for name in ("agent", "ask", "ask_mine", "db", "keeper", "noting", "notebook", "reading", "role", "say",
	"search_note", "session", "settings", "thread", "unlock", "visit")] + ["base/anchor.c", "indexer/index/*.c", "room/client.c"]
STRINGS = r"((?:\s*(?:\"(?:\\.|[^\"\\])*\"|PRI[a-z]64))+)"
REASON = re.compile(r"\b(?:err_(?:set|in)\([^,;\"]+,(?:[^,;\"]*\?)?|row_set\(&?\w+,\s*F_WHY,\s*STR\()" + STRINGS + r"(?:\s*:" + STRINGS + ")?")
NOTHING = re.compile(r"(room\.db: )?%s((: )?%s)?")


def joined(strings):
	return "".join("llu" if part.startswith("PRI") else part[1:-1] for part in re.findall(r'PRI[a-z]64|"(?:\\.|[^"\\])*"', strings))


def check_reasons(root):
	known = set()
	for path in glob.glob(os.path.join(root, "tui", "why_formats.h")):
		with open(path, encoding="utf-8") as file:
			known = {joined(strings) for strings in re.findall(r"X\(N_\(((?:[^()\"]|\"(?:\\.|[^\"\\])*\")*)\)\)", file.read())}
	for path in sorted(path for pattern in SAID for path in glob.glob(os.path.join(root, pattern))):
		with open(path, encoding="utf-8") as file:
			text = file.read()
		for found in REASON.finditer(text):
			for said in map(joined, filter(None, found.groups())):
				if said not in known and not NOTHING.fullmatch(said):
					line = text.count("\n", 0, found.start()) + 1
					yield f"{os.path.relpath(path, root)}:{line}: not among tui/why_formats.h: {said}"


def check(root):
	yield from check_reasons(root)
	for path in sorted(glob.glob(os.path.join(root, "tui", "*.c"))):
		if os.path.basename(path).startswith(("guard", "script", "monkey")): # for no reader at the desk
			continue
		with open(path, encoding="utf-8") as file:
			text = file.read()
		found = list(TOKEN.finditer(text))
		blank = list(text)
		for token in found:
			blank[token.start():token.end()] = "_" * len(token.group())
		blank = "".join(blank)
		for token in found:
			said = FORMAT.sub("", token.group())
			if said[0] == '"' and re.search(r"[A-Za-z]{2}", said) and call_around(blank, token.start()) in DRAWS:
				line = text.count("\n", 0, token.start()) + 1
				yield f"tui/{os.path.basename(path)}:{line}: a text without _(): {token.group()}"
