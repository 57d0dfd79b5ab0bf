"""Every list of the desk at every size: its title, its cursor, and nothing wider than the screen."""

import os
import re
import shutil
import tempfile
import unicodedata
import unittest

from harness import Case, run

# the keys that open each view, and what its first row begins with
VIEWS = (
	("key D", "CHANGES 1.1 to 1.2"),
	("key D o", "CHANGED FUNCTIONS"),
	("key D Enter", "DIFF Makefile"),
	("key 4", "THREADS all"),
	("key 4 b", "THREADS all"),
	("key 4 Enter", "finding medium"),
	("key 5", "RELEASES OF acme-av"),
	("key 6", "LOG of all"),
	("key 6 Enter", "RECORD "),
	("key 7", "NOTEBOOK"),
	("key !", "SUSPICIOUS IN 1.2"),
	("key o", "OPTIONS"),
	("key g/|type strcmp|key Enter", "SEARCH strcmp"),
	("key t|type acme.h|key Enter gI", "WHAT INCLUDES acme.h"),
	("key T|type quarantine_restore|key Enter gr", "REFERENCES OF quarantine_restore"),
	("key T|type quarantine_restore|key Enter gC", "WHAT CALLS quarantine_restore"),
)
POPUPS = (
	("key t", "FIND FILE"), ("key T|type scan", "FIND SYMBOL"), ("key gt", "FIND THREAD"), ("key gv", "READ RELEASE"), ("key g/", "SEARCH 1.2"),
	("key :", "COMMANDS"), ("key ?", "KEYS IN files"), ("key 6 F", "RECORDS OF TYPE"), ("key 4 F", "THREADS OF KIND"),
)


def width(text):
	return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Views(Case):
	@classmethod
	def setUpClass(cls):
		cls.demo = tempfile.mkdtemp(prefix="carrel-views-")
		done = run("demo", os.path.join(cls.demo, "room"))
		assert done.code == 0, done

	@classmethod
	def tearDownClass(cls):
		shutil.rmtree(cls.demo)

	def sweep(self, cols, rows, *options):
		lines = []
		for number, (keys, title) in enumerate(VIEWS + POPUPS):
			lines += keys.split("|") + ["settle", "screen %d" % number, "key Esc Esc Esc Esc Esc 1"]
		room = os.path.join(self.demo, "room")
		script = self.file("script", "".join(line + "\n" for line in lines))
		done = self.ok(run("-C", room, "--key", os.path.join(room, "private/anna.key"), "desk", "--size", "%dx%d" % (cols, rows), "--script", script,
			*options))
		screens = done.text.split("== screen ")[1:]
		self.assertEqual(len(screens), len(VIEWS) + len(POPUPS))
		return zip(VIEWS + POPUPS, screens)

	def check(self, cols, rows, *options):
		for (keys, title), screen in self.sweep(cols, rows, *options):
			with self.subTest(keys=keys, size=(cols, rows)):
				head, *lines = screen.split("\n")
				row, col = map(int, re.search(r"cursor (\d+),(\d+)", head).groups())
				self.assertTrue(row <= rows and col <= cols, head)
				self.assertTrue(all(width(line) <= cols for line in lines), screen)
				shown = title if cols >= 60 else title[:cols // 2 - 4]
				self.assertIn(shown, screen)
				self.assertRegex(lines[rows - 1], r"^ (\? help|F1 help)", screen)
				# text that goes on behind the edge says so: no word of a row ends at the last column but at a mark or a frame
				full = [line for line in lines[:rows] if width(line) == cols]
				for line in full:
					self.assertRegex(line, r"[»>│|─-]$|\d$|all$|\)$", screen)
				if "--ascii" in options:
					self.assertTrue(screen.isascii(), screen)

	def test_80x24(self):
		self.check(80, 24)

	def test_100x28(self):
		self.check(100, 28)

	def test_160x50(self):
		self.check(160, 50)

	def test_40x10(self):
		self.check(40, 10)

	def test_in_ascii(self):
		self.check(100, 28, "--ascii")


if __name__ == "__main__":
	unittest.main()
