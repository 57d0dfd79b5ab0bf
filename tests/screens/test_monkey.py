"""Random keys: no crash, no stall, and no line of source on the screen that the ledger does not know.

CARREL_MONKEY=N presses N keys instead of 3000; a million of them in a build with sanitizers is for before a release.
"""

import json
import os
import re

from harness import Case, cli

KEYS = int(os.environ.get("CARREL_MONKEY", "3000"))
STALL_US = 100000
TITLE = re.compile(r"^ ([\w./-]+) .* \d+/\d+ *$")
LINE = re.compile(r"^ *(\d+)[ +~!✎]")


def lines_shown(screen):
	"""{(path, line)} of the code panes of a screen, where they stand beside the files; each begins with its title."""
	path, found = None, set()
	for row in screen:
		if row.count("│") != 1: # a box over the panes may hide the title of a second code pane
			path = None
			continue
		pane = row.split("│", 1)[1]
		title, line = TITLE.match(pane), LINE.match(pane)
		if re.match(r" [^\s\d]", pane): # a title; one that is cut says nothing here
			path = title.group(1) if title else None
		elif line and path:
			found.add((path, int(line.group(1))))
	return found


class Monkey(Case):
	def test_random_keys(self):
		room = self.copy_room()
		key = room + "/private/anna.key"
		listed = self.ok(cli.run("-C", room, "--key", key, "ls", "-r", "1.2", "--json")).text
		files = {json.loads(line)["path"] for line in listed.splitlines()}
		before = len(self.log())
		seen, slowest = set(), []
		for seed in (3, 14, 159):
			script = "monkey %d %d 5\n" % (seed, KEYS // 3)
			done = self.ok(cli.run("-C", room, "--key", key, "desk", "--script", "-",
				stdin=script.encode(), timeout=120 + KEYS // 10))
			screens = re.split(r"^== screen .*\n", done.text, flags=re.M)
			self.assertGreater(len(screens), KEYS // 3 // 6)
			for screen in screens[1:]:
				seen |= lines_shown(screen.split("\n"))
			slowest.append(re.search(r"^== monkey \d+ keys, slowest (\d+) us: (.*)$", done.text, re.M).groups())
			self.assertNotIn("\u202e", done.text)
		records = self.log()[before:]
		self.assertEqual([r for r in records if r["type"] == "note"], [], "no program died, none made a forbidden call")
		recorded = {(r["payload"]["path"], line) for r in records if r["type"] == "page"
			for line in range(r["payload"]["first"], r["payload"]["last"] + 1)}
		seen = {(path, line) for path, line in seen if path in files}
		self.assertGreater(len(seen), 30)
		self.assertEqual(seen - recorded, set(), "lines on the screen without a page record")
		self.ok(cli.run("-C", room, "verify"))
		for us, where in slowest: # said, not asserted: the machine may be busy
			if int(us) > STALL_US:
				print("a key took %s us: %s" % (us, where))
