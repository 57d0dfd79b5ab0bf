"""Every view photographed at four sizes, in text and in looks, and some in the colours a terminal gets.

The pictures lie in golden/, to be read; what differs from room to room (times, ids, hashes) is masked.
CARREL_GOLDEN=write python3 tests/screens/harness.py BUILD golden  takes them anew: look at the difference before committing it.
"""

import difflib
import json
import os
import re

from harness import Case, cli

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES = ("80x24", "100x28", "160x50", "40x10")
WRITE = os.environ.get("CARREL_GOLDEN") == "write"

# the view: the script that comes to it from the files; what it leaves behind Esc takes away
VIEWS = {
	"FILES": ["key 1 gg j"],
	"OUTLINE": ["key 3 j"],
	"CODE": ["key 2 gg", "key j j j j j j"],
	"HITS": ["key g/", "type strcmp", "key Enter j"],
	"SYMBOLS": ["key 2 gg", "key /", "type is_word", "key Enter gr"],
	"TREE": ["key 2 gg", "key /", "type is_word", "key Enter gC"],
	"CHANGES": ["key D j"],
	"FUNCTIONS": ["key D o"],
	"SUSPICIOUS": ["key ! j"],
	"DIFF": ["key 2 d j j j"],
	"THREADS": ["key 4 j"],
	"THREAD": ["key 4 Enter"],
	"LOBBY": ["key 5"],
	"LOG": ["key 6 G"],
	"TEXT": ["key 6 G Enter"],
	"NOTEBOOK": ["key 7"],
	"PICK": ["key t", "type tok"],
	"SEARCH": ["key g/", "type -w strcmp"],
	"COMPOSE": ["key 2 gg F", "type A title", "key Tab Tab Tab", "type # What is wrong", "key Enter", "type A *sentence* of it."],
	"SIGN": ["key 2 gg c", "type words to be signed", "key ^S"],
	"PROMPT": ["key 2 /"],
	"OPTIONS": ["key o j"],
	"JUMPS": ["key gj"],
	"PEEK": ["key 2 gg", "key /", "type is_word", "key Enter n K"],
	"HEX": ["key 1 /", "type data.bin", "key Enter Enter gb"],
	"DRAFTS": ["key 2 gg p", "type put aside", "key Esc go"],
}
BACK = ["key Esc Esc Esc", "key Esc ^U Esc Esc Esc 1"]


def colours(drawn):
	"""A screen as tmux tells it, with {what a cell has} before each run of cells that look the same."""
	out, now, last = [], {}, ""
	for sequence, char in re.findall(r"\x1b\[([\d;:]*)m|([^\x1b])", drawn):
		if char == "\n":
			out.append("{}\n" if last else "\n")
			last = ""
		elif char:
			look = ";".join("%s%s" % item for item in sorted(now.items()))
			if char == " " and not set(now) & {"reverse", "underline", "bg"}:
				look = ""
			out.append(("{%s}" % look if look != last else "") + char)
			last = look
		else:
			for code in map(int, (sequence or "0").split(";")):
				names = {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}
				if code == 0:
					now = {}
				elif code in names:
					now[names[code]] = ""
				elif 30 <= code <= 37:
					now["fg"] = code - 30
				elif 40 <= code <= 47:
					now["bg"] = code - 40
				elif code in (39, 49):
					now.pop("fg" if code == 39 else "bg", None)
	return re.sub(r"\{\} *\n", "\n", "".join(out))


class Pictures(Case):
	@classmethod
	def make(cls, folder):
		"""A room of its own: what was said a moment ago was said just now."""
		room = os.path.join(folder, "room")
		done = cli.run("demo", room)
		assert done.code == 0, done
		return room

	def mask(self, room, text):
		for line in self.ok(cli.run("-C", room, "threads", "--json")).text.splitlines():
			text = text.replace(json.loads(line)["thread"], "thread_id_")
		def same(sign):
			return lambda found: re.sub(r"\w", sign, found.group())
		masks = (
			(r"SHA256:[A-Za-z0-9+/]+", lambda found: "SHA256:" + "x" * (len(found.group()) - 7)),
			(r"ssh-ed25519 A[^\"»]*", lambda found: re.sub(r"[\w+/]", "x", found.group())),
			(r"\d{4}-\d\d-\d\d", same("y")),
			(r"(?<!\d)\d+:\d\d(:\d\d)?(?!\d)", same("0")),
			(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]*", same("x")),
			(r"(?<=slip)( +\d+\.)[A-Z2-7]+", same("x")),
			# the bytes of a record: other ones in each room, but as many
			(r"(?<=THE BYTES TO).*?(?=To sign|== looks)", lambda found: re.sub(r"[\w+/=]", "x", found.group())),
			(r"(?<=\n RECORD ).*?(?=\n \? help|== looks)", lambda found: re.sub(r"[\w+/=]", "x", found.group())),
			(r"\b[0-9a-f]{12,}", same("x")),
			(r"\b\d{9,}", same("9")),
		)
		for pattern, put in masks:
			text = re.sub(pattern, put, text, flags=re.S)
		return text

	def compare(self, name, text):
		path = os.path.join(HERE, "golden", name)
		if WRITE:
			with open(path, "w", encoding="utf-8") as file:
				file.write(text)
			return
		with open(path, encoding="utf-8") as file:
			want = file.read()
		if text != want:
			changed = "\n".join(difflib.unified_diff(want.split("\n"), text.split("\n"), name, "now", lineterm="", n=1))
			self.fail("CARREL_GOLDEN=write takes the pictures anew\n" + changed[:6000])


class Golden(Pictures):
	def photograph(self, size, *options):
		room = self.make(self.dir)
		lines = []
		for view, keys in VIEWS.items():
			lines += keys + ["screen " + view, "looks " + view] + BACK
		done = self.ok(cli.run("-C", room, "--key", room + "/private/anna.key", "desk", "--script", "-", "--size", size, *options,
			stdin="\n".join(lines).encode()))
		return self.mask(room, done.text)

	def test_every_view_has_its_picture(self):
		with open(os.path.join(HERE, "..", "..", "tui", "keys.h"), encoding="utf-8") as file:
			kinds = re.search(r"enum view_kind \{(.*?)VIEW_KINDS", file.read(), re.S).group(1)
		self.assertEqual(set(re.findall(r"VIEW_(\w+)", kinds)), set(VIEWS))

	def test_at_80x24(self):
		self.compare("80x24.txt", self.photograph("80x24"))

	def test_at_100x28(self):
		self.compare("100x28.txt", self.photograph("100x28"))

	def test_at_160x50(self):
		self.compare("160x50.txt", self.photograph("160x50"))

	def test_at_40x10(self):
		self.compare("40x10.txt", self.photograph("40x10"))

	def test_in_ascii(self):
		text = self.photograph("80x24", "--ascii")
		self.assertTrue(text.isascii())
		self.compare("80x24-ascii.txt", text)

	def test_in_the_colours_of_a_terminal(self):
		room = self.make(self.dir)
		for size in SIZES:
			cols, rows = map(int, size.split("x"))
			for name, env in (("colour", {}), ("mono", {"NO_COLOR": "1"})):
				screen = self.desk(cols=cols, rows=rows, env=env, until="FILES")
				text = ""
				for keys, seen in (("", "FILES"), ("2", "tok.c"), ("d", "DIFF"), ("q4", "THREADS")):
					screen.type(keys)
					self.sees(screen, seen)
					text += "== %s\n%s" % (keys or "first", colours(self.settled(screen)))
				self.compare("%s-%s.txt" % (size, name), self.mask(room, text))
				screen.close()

	def settled(self, screen):
		"""The screen once it has stopped changing."""
		import time
		before = None
		while True:
			now = screen.text(colours=True)
			if now == before:
				return now
			before = now
			time.sleep(0.3)
