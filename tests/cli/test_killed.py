"""Killed at any moment: what was acknowledged stays, and the ledger verifies.  Many writers at once: each is heard.

CARREL_KILLS=N kills N times in place of a few.
"""

import os
import random
import signal
import subprocess
import time

from harness import Case, environment, program

SEED = 20261126
SOURCE = {"a.c": "".join("int line_%d;\n" % i for i in range(600))}


def family(pid):
	"""The process and all that it started, parents first."""
	parents = {}
	for entry in filter(str.isdigit, os.listdir("/proc")):
		try:
			with open("/proc/%s/stat" % entry, encoding="latin-1") as file:
				parents[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
		except (FileNotFoundError, ProcessLookupError):
			pass
	found = [pid]
	for one in found:
		found += [child for child, parent in parents.items() if parent == one]
	return found


class Killed(Case):
	def start(self, room, *args):
		return subprocess.Popen([program(), *room.argv(*args, as_="anna")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
			stderr=subprocess.DEVNULL, env=environment(), start_new_session=True)

	def end(self, child, delay):
		"""Kills everything that the command started after so many seconds; what it had said by then."""
		try:
			out, _ = child.communicate(timeout=delay)
		except subprocess.TimeoutExpired:
			for pid in reversed(family(child.pid)):  # the keeper and those behind it are in sessions of their own
				try:
					os.kill(pid, signal.SIGKILL)
				except ProcessLookupError:
					pass
			out, _ = child.communicate()
		return out.decode()

	def records(self, room):
		return self.ok(room.plain("log", "--json")).json

	def test_annotating_viewing_closing(self):
		room = self.imported_room(SOURCE)
		rng = random.Random(SEED)
		kills = int(os.environ.get("CARREL_KILLS", 24))
		began = time.monotonic()
		self.ok(room("cat", "1.0:a.c", as_="anna"))
		usual = time.monotonic() - began
		said, before, cut, i = set(), len(self.records(room)), 0, -1
		while cut < kills:
			i += 1
			self.assertLess(i, 10 * kills + 100, "they end before they are killed")
			words = (["annotate", "1.0:a.c:%d" % (i % 600 + 1), "--kind", "note", "-m", "note %d" % i], ["cat", "1.0:a.c"],
				["status"] if i % 9 == 0 else ["ls", "1.0"])[i % 3]
			child = self.start(room, *words)
			out = self.end(child, rng.random() * usual * 1.5)
			cut += child.returncode < 0
			if child.returncode == 0 and words[0] == "annotate":
				said.add("note %d" % i)
			if words[0] == "cat" and out:
				self.assertIn("page", [r["type"] for r in room.plain("log", "--json", "--from", str(before)).json], "shown, and not on record")
			if i % 8 == 7 or cut == kills:
				self.ok(room.plain("verify"))
				rows = self.records(room)
				self.assertGreaterEqual(len(rows), before)
				before = len(rows)
				self.assertLessEqual(said, {r["payload"].get("text") for r in rows if r["type"] == "annotate"})
		print("%d killed of %d, %d notes acknowledged, %d records" % (cut, i + 1, len(said), before))
		self.ok(room("annotate", "1.0:a.c:1", "--kind", "note", "-m", "the last", as_="anna"))
		rows = self.records(room)
		unclosed = {r["session"] for r in rows if r["type"] == "session"} - {r["session"] for r in rows if r["type"] == "close"}
		self.assertEqual(len(unclosed), [r["payload"].get("what") for r in rows].count("unclosed"))

	def test_many_at_once(self):
		room = self.imported_room(SOURCE)
		before = len(self.records(room))
		children = [self.start(room, "annotate", "1.0:a.c:%d" % (i + 1), "--kind", "note", "-m", "note %d" % i) for i in range(12)]
		for child in children:
			child.communicate()
		self.assertEqual([child.returncode for child in children], [0] * len(children))
		rows = self.records(room)[before:]
		self.assertEqual({r["payload"]["text"] for r in rows if r["type"] == "annotate"}, {"note %d" % i for i in range(12)})
		self.ok(room.plain("verify"))
