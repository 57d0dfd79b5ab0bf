"""Random keys: no crash, no stall, and no line of source on the screen that the ledger does not know.

CARREL_MONKEY=N presses N keys instead of 3000, an equal part for each of CARREL_MONKEY_SEEDS=A,B,...; a million of them in
a build with sanitizers is for before a release: two processes of half a million with seeds of their own and TMPDIR=/dev/shm
take about half an hour on two cores.
"""

import json
import os
import re
import subprocess
import threading

from harness import Case, cli

KEYS = int(os.environ.get("CARREL_MONKEY", "3000"))
SEEDS = [int(seed) for seed in os.environ.get("CARREL_MONKEY_SEEDS", "3,14,159").split(",")]
EVERY = 5
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


class Run:
	"""One seed's keys: what its screens show, taken as they come, for a million keys are a gigabyte of them."""

	def __init__(self, argv, seed, keys, errors):
		self.shown, self.screens, self.end = set(), 0, None
		self.stopped = False
		with open(errors, "wb") as err:
			self.desk = subprocess.Popen(argv + ["desk", "--script", "-"], env=cli.environment(),
				stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, start_new_session=True)
		self.desk.stdin.write(b"monkey %d %d %d\n" % (seed, keys, EVERY))
		self.desk.stdin.close()
		late = threading.Timer(120 + keys / 10, self.stop)
		late.start()
		self.read()
		self.code = self.desk.wait()
		late.cancel()
		with open(errors, "rb") as err:
			self.errors = err.read().decode("utf-8", "replace")

	def stop(self):
		self.stopped = True
		self.desk.kill()

	def read(self):
		screen = []
		for line in self.desk.stdout:
			text = line.decode("utf-8").rstrip("\n")
			assert "\u202e" not in text
			if text.startswith("== "):
				self.shown |= lines_shown(screen)
				screen = []
				self.screens += text.startswith("== screen")
				self.end = re.match(r"== monkey \d+ keys, slowest (\d+) us: (.*)$", text)
			else:
				screen.append(text)


class Monkey(Case):
	def test_random_keys(self):
		room = self.copy_room()
		argv = [cli.program(), "-C", room, "--key", room + "/private/anna.key"]
		listed = self.ok(cli.run(*argv, "ls", "-r", "1.2", "--json")).text
		files = {json.loads(line)["path"] for line in listed.splitlines()}
		before = len(self.log())
		each, shown, slowest = KEYS // len(SEEDS), set(), []
		for seed in SEEDS:
			run = Run(argv, seed, each, os.path.join(self.dir, "errors-%d" % seed))
			self.assertEqual((run.code, run.errors, run.stopped), (0, "", False), "seed %d" % seed)
			self.assertEqual(run.screens, each // EVERY)
			shown |= run.shown
			slowest.append((seed,) + run.end.groups())
		records = self.log()[before:]
		self.assertEqual([r for r in records if r["type"] == "note"], [], "no program died, none made a forbidden call")
		recorded = {(r["payload"]["path"], line) for r in records if r["type"] == "page"
			for line in range(r["payload"]["first"], r["payload"]["last"] + 1)}
		shown = {(path, line) for path, line in shown if path in files}
		self.assertGreater(len(shown), 30)
		self.assertEqual(shown - recorded, set(), "lines on the screen without a page record")
		self.ok(cli.run("-C", room, "verify"))
		for seed, us, where in slowest: # said, not asserted: the machine may be busy
			if int(us) > STALL_US or KEYS > 3000:
				print("seed %d: the slowest key took %s us: %s" % (seed, us, where))
