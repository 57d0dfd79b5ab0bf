"""Random keys: no crash, no stall, and no line of source on the screen that the ledger does not know.

The desk says which lines of source each screen shows and which order brought them (`shown`, carrel-desk(1)).  Each of them
must have its record: the page or the difference that holds it, the search or list that may.  That the desk says all of it
and says it rightly is held against the releases as git has them: whatever stands on a screen and reads like a line of
theirs must be said to be one that reads so.

CARREL_MONKEY=N presses N keys instead of 3000, an equal part for each of CARREL_MONKEY_SEEDS=A,B,...; a million of them in
a build with sanitizers is for before a release: two processes of half a million with seeds of their own and TMPDIR=/dev/shm
take about three quarters of an hour on two cores.
"""

import base64
import collections
import functools
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
TELLING = re.compile(r"[ -~]{16,}") # a line that nothing but itself reads like


def foreign(obj, key):
	return base64.b64decode(obj[key + "_b64"]) if key + "_b64" in obj else obj.get(key, "").encode()


class Truth:
	"""The lines of all releases, from the room's git store."""

	def __init__(self, room, commits):
		self.lines, self.telling = {}, {}
		for release, commit in commits.items():
			git = ["git", "--git-dir", room + "/source.git"]
			listed = subprocess.run(git + ["ls-tree", "-r", "-z", "--name-only", commit], check=True, capture_output=True)
			for path in filter(None, listed.stdout.split(b"\0")):
				text = subprocess.run(git + ["cat-file", "blob", commit.encode() + b":" + path], check=True,
					capture_output=True).stdout
				self.lines[release, path] = text.split(b"\n")
		for line in {line for lines in self.lines.values() for line in lines}:
			text = line.decode("utf-8", "replace").strip()
			if TELLING.fullmatch(text) and " " in text:
				self.telling[text] = None

	@functools.lru_cache(maxsize=1 << 16)
	def read_in(self, row):
		"""The lines that a row of a screen reads like."""
		return [text for text in self.telling if text in row]

	def text(self, release, path, line):
		lines = self.lines.get((release, path), [])
		return lines[line - 1].decode("utf-8", "replace") if 0 < line <= len(lines) else None


# to each view that shows source, and the kind of its lines' records
TOUR = (
	("size 160x40|key t|type auth.c|key Enter", "page"),
	("key T|type auth_check|key Enter|settle|key gr", "list"),
	("key q gC", "list"),
	("key q K", "page"),
	("key q gb", "page"),
	("key q D Enter|key s", "diff"),
	("key s|key Tab", "diff"),
	("key ]f ]f ]f", "diff"),
	("key ]f gg Enter", "page"), # what lies between two hunks
	("key q q g/|type return|key Enter", "search"),
	("key + +", "search"),
	("key q q 4 Enter", "page"),
)


class Run:
	"""A script's keys: its screens are looked at as they come, for a million keys are gigabytes of them."""

	def __init__(self, argv, script, patience, errors, truth):
		self.truth = truth
		self.orders = collections.defaultdict(lambda: collections.defaultdict(int)) # {number: {(release, path): bits of lines}}
		self.told, self.screens, self.faults, self.end, self.last = 0, 0, [], None, []
		self.stopped = False
		with open(errors, "wb") as err:
			self.desk = subprocess.Popen(argv + ["desk", "--script", "-"], env=cli.environment(),
				stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, start_new_session=True)
		self.desk.stdin.write(script.encode())
		self.desk.stdin.close()
		late = threading.Timer(patience, self.stop)
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
		title, rows = "", []
		for line in self.desk.stdout:
			text = line.decode("utf-8").rstrip("\n")
			if not text.startswith("== "):
				rows.append(text)
				continue
			self.take(title, rows)
			title, rows = text, []
		self.take(title, rows)
		self.end = re.match(r"== monkey \d+ keys, slowest (\d+) us: (.*); of processor time (\d+) us: (.*)$", title)

	def take(self, title, rows):
		if title.startswith("== screen"):
			self.screen = rows
			self.screens += 1
		elif title.startswith("== shown"):
			self.look(title, self.screen, [json.loads(row) for row in rows])

	def look(self, title, screen, shown):
		said = collections.defaultdict(list)
		self.last.append({one["order"] for one in shown})
		for one in shown:
			place = one["release"], foreign(one, "path")
			text = self.truth.text(*place, one["line"])
			if text is None:
				self.faults.append("%s: no such line: %r" % (title, one))
			said[one["row"]].append(text or "")
			self.orders[one["order"]][place] |= 1 << one["line"]
		for at, row in enumerate(screen, 1):
			if "\u202e" in row:
				self.faults.append("%s: U+202E in row %d" % (title, at))
			for text in self.truth.read_in(row):
				self.told += 1
				if not any(text in line for line in said[at]):
					self.faults.append("%s: row %d is not said to show %r: %r" % (title, at, text, row))


def bits(number):
	return number.bit_count() if hasattr(number, "bit_count") else bin(number).count("1")


def unrecorded(order, records):
	"""What an order's lines on the screen lack of records: words, or None."""
	if not records:
		return "no record"
	releases = {name for r in records for name in r["releases"]}
	if not {release for release, _ in order} <= releases:
		return "records of other releases"
	kind = records[0]["type"]
	if kind == "page":
		known = collections.defaultdict(int)
		for r in records:
			known[r["releases"][0], r["path"]] |= (1 << r["last"] + 1) - (1 << r["first"])
		return next(("a page without line bits %x of %r" % (lines & ~known[place], place)
			for place, lines in order.items() if lines & ~known[place]), None)
	if kind == "diff":
		paths = {path for _, path in order}
		if len(paths) > 2 or records[0]["path"] not in paths | {r["path"] for r in records if len(paths) < 2}:
			return "a difference of another file"
	if sum(map(bits, order.values())) > sum(r["lines"] for r in records) * (2 if kind == "diff" else 1):
		return "more lines than were handed over"
	return None


class Monkey(Case):
	def records(self, first):
		"""Of the ledger from that one on, one after the other; and of reading what is wanted of them."""
		argv = [cli.program(), "-C", self.copy_room(), "log", "--json", "--from", str(first)]
		with subprocess.Popen(argv, env=cli.environment(), stdout=subprocess.PIPE) as log:
			for line in log.stdout:
				yield json.loads(line)
		self.assertEqual(log.returncode, 0)

	def read_by(self, first):
		"""[{order: its records}] of the sessions of desks."""
		sessions = collections.defaultdict(lambda: collections.defaultdict(list))
		for r in self.records(first):
			payload = r["payload"]
			self.assertNotEqual(r["type"], "note", "a program died, or made a forbidden call: %r" % r)
			if r["type"] in ("page", "diff", "search", "list"):
				kept = {key: payload[key] for key in ("first", "last", "lines", "releases") if key in payload}
				kept.update(type=r["type"], path=foreign(payload, "path"))
				sessions[r["session"]][payload["order"]].append(kept)
		return list(sessions.values())

	def setUp(self):
		super().setUp()
		room = self.copy_room()
		self.argv = [cli.program(), "-C", room, "--key", room + "/private/anna.key"]
		before = self.log()
		self.before = len(before)
		self.truth = Truth(room, {r["payload"]["release"]: r["payload"]["commit"] for r in before if r["type"] == "import"})

	def press(self, script, patience, name):
		run = Run(self.argv, script, patience, os.path.join(self.dir, "errors"), self.truth)
		self.assertEqual((run.code, run.errors, run.stopped), (0, "", False), name)
		self.assertEqual(run.faults[:5], [], name)
		return run

	def hold(self, name, run, session):
		"""Each line that was shown has its record: {kind of record: lines}."""
		kinds = collections.Counter()
		for number, order in run.orders.items():
			why = unrecorded(order, session.get(number))
			self.assertIsNone(why, "%s, order %d: %r" % (name, number, dict(order)))
			kinds[session[number][0]["type"]] += sum(map(bits, order.values()))
		return kinds

	def test_every_view(self):
		script = "".join("%s\nscreen %d\nshown\n" % (keys.replace("|", "\n"), n) for n, (keys, _) in enumerate(TOUR))
		run = self.press(script, 120, "the tour")
		session, = self.read_by(self.before)
		self.hold("the tour", run, session)
		for (keys, kind), orders in zip(TOUR, run.last):
			self.assertIn(kind, {session[number][0]["type"] for number in orders}, keys)

	def test_random_keys(self):
		each, runs = KEYS // len(SEEDS), []
		for seed in SEEDS:
			run = self.press("monkey %d %d %d\n" % (seed, each, EVERY), 120 + each / 10, "seed %d" % seed)
			self.assertEqual(run.screens, each // EVERY)
			runs.append(run)
		sessions = self.read_by(self.before)
		self.assertEqual(len(sessions), len(runs))
		kinds = collections.Counter()
		for seed, run, session in zip(SEEDS, runs, sessions):
			kinds += self.hold("seed %d" % seed, run, session)
		self.assertGreater(kinds["page"], 300)
		self.assertGreater(sum(run.told for run in runs), 300)
		self.ok(cli.run("-C", self.copy_room(), "verify"))
		for seed, run in zip(SEEDS, runs): # said, not asserted: the machine may be busy
			us, where, own_us, own_where = run.end.groups()
			if int(own_us) > STALL_US or KEYS > 3000:
				print("seed %d: the slowest key took %s us: %s; of processor time %s us: %s" % (seed, us, where, own_us, own_where))
		if KEYS > 3000:
			print("lines shown, by the record that has them: %s" % dict(kinds))
