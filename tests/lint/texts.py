"""What the desk draws or says goes through gettext: no sentence stands bare in a drawing call."""
import glob
import os
import re

TOKEN = re.compile(r"/\*.*?\*/|'(?:\\.|[^'\\])'|\"(?:\\.|[^\"\\])*\"", re.S)
DRAWS = {"app_say", "area_words", "area_printf", "view_empty", "view_title", "prompt_open", "list_draw", "snprintf", "buf_printf", "mem_dup"}
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


def check(root):
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
