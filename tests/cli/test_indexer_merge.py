"""carrel-indexer: segments of many small releases become one, whenever that is asked, stopped, or short of disk."""

import os
import random
import shutil
import signal
import subprocess
import time

from indexer_peer import (RECORDED, RESULT, SYSTEM, Failed, Indexer, Result, contents, git, new_room, run_finish, run_import,
	run_rebuild)
from test_indexer_room import Rooms

MERGED = 8 # segments become one


def segments(room):
	"""{kind: how many} in the index."""
	counts = {}
	for name, data in contents(os.path.join(room, "index")).items():
		kind = {1: "text", 2: "syntax", 3: "release"}[data[12]]
		counts[kind] = counts.get(kind, 0) + 1
	return counts


class Merged(Rooms):
	def product(self, count):
		"""A repository with `count` tags, v000 and so on: a file that stays, one that changes, one of each alone."""
		repo = os.path.join(self.dir, "product")
		git(self.dir, "init", "-q", repo)
		self.file("product/stays.py", "def stays():\n    return 1\n")
		for i in range(count):
			self.file("product/changes.c", "int common(void) { return %d; }\n" % i)
			self.file("product/only%03d.c" % i, "#include <stdio.h>\nint only%d(void) { return common(); }\n" % i)
			git(repo, "add", "-A")
			git(repo, "commit", "-q", "-m", "m", time=1700000000 + i)
			git(repo, "tag", "v%03d" % i)
		return repo

	def index(self):
		return contents(os.path.join(self.room, "index"))

	def one_by_one(self, repo, first, last):
		for i in range(first, last):
			self.take(repo, revs="v%03d" % i)

	def copy(self):
		"""The room and the ledger as they are, to be put back."""
		kept = self.room + ".kept"
		shutil.rmtree(kept, ignore_errors=True)
		shutil.copytree(self.room, kept, symlinks=True)
		before = [(result, result.segment) for result in self.ledger]

		def put_back():
			shutil.rmtree(self.room)
			shutil.copytree(kept, self.room, symlinks=True)
			self.ledger[:] = [result for result, _ in before]
			for result, segment in before:
				result.segment = segment
		return put_back

	def stopped(self, repo, rev, finished, told):
		"""An import killed at the record of the release it wrote again after so many others; `told`: this one was recorded."""
		indexer = Indexer(self.room, repo, self.ledger)
		indexer.start(repo, revs=rev)
		seen = -1 # the import's own record
		while True:
			got = indexer.receive()
			if got is None or got[0] != RESULT:
				self.assertIsNotNone(got)
				continue
			result = Result(got[2], {})
			if seen < 0:
				self.ledger.append(result)
			elif seen < finished or told:
				[held] = [held for held in self.ledger if held.name == result.name]
				held.segment = result.segment
			if seen == finished:
				break
			seen += 1
			indexer.send(RECORDED, got[1])
		os.kill(indexer.pid, signal.SIGKILL)
		indexer.wait()

	def test_a_hundred_releases(self):
		repo = self.product(100)
		self.take(repo)
		# 64, four times 8, four: each text with its syntax
		self.assertEqual(segments(self.room), {"release": 100, "text": 9, "syntax": 9})
		self.assertEqual(len(self.index()), 118)
		before = self.index()
		for how in ("damaged", "gone"):
			if how == "damaged":
				for name, data in before.items():
					self.file("room/index/" + name, data[:5000] + bytes([data[5000] ^ 1]) + data[5001:] if len(data) > 5000
						else data)
			else:
				shutil.rmtree(os.path.join(self.room, "index"))
			results = run_rebuild(self.room, self.ledger)
			self.assertEqual([r.segment for r in results], [r.segment for r in self.ledger])
			self.assertTrue(all(r.known for r in results))
			self.assertEqual(self.index(), before)
		self.good()

	def test_one_by_one_or_together(self):
		count = 2 * MERGED + 3
		repo = self.product(count)
		indexer = Indexer(self.room, repo, self.ledger)
		indexer.start(repo)
		indexer.results()
		indexer.wait()
		# each release is written again once, however many merges there were, and says what is new in it
		self.assertEqual([r.name for r in indexer.finished], ["v%03d" % i for i in range(count)])
		self.assertEqual([kind for kind, _, _ in indexer.finished[0].segments], ["text", "syntax", "release"])
		together = self.index()
		self.assertEqual(segments(self.room), {"release": count, "text": 5, "syntax": 5})
		shutil.rmtree(self.room)
		new_room(self.room)
		self.ledger.clear()
		self.one_by_one(repo, 0, count)
		self.assertEqual(self.index(), together)
		self.good()

	def test_killed_at_every_record(self):
		repo = self.product(MERGED + 2)
		self.one_by_one(repo, 0, MERGED - 1)
		last = "v%03d" % (MERGED - 1)
		put_back = self.copy()
		self.take(repo, revs=last)
		whole = self.index()
		self.take(repo, revs="v%03d" % MERGED)
		with_next = self.index()
		for finished in (0, 1, 4, MERGED - 1):
			for how in ("finish", "import", "rebuild"):
				with self.subTest(finished=finished, how=how):
					put_back()
					self.stopped(repo, last, finished, told=finished % 2)
					left = MERGED - finished - finished % 2
					if how == "finish":
						self.assertEqual(len(run_finish(self.room, self.ledger)), left)
						self.assertEqual(self.index(), whole)
					elif how == "import":
						self.take(repo, revs="v%03d" % MERGED)
						self.assertEqual(self.index(), with_next)
					else:
						shutil.rmtree(os.path.join(self.room, "index"))
						run_rebuild(self.room, self.ledger)
						self.assertEqual(self.index(), whole)
					self.assertEqual(run_finish(self.room, self.ledger), [])
					self.good()

	def test_killed_at_any_time(self):
		rng = random.Random(5)
		repo = self.product(MERGED)
		self.one_by_one(repo, 0, MERGED - 1)
		put_back = self.copy()
		self.take(repo, revs="v%03d" % (MERGED - 1))
		whole = self.index()
		for _ in range(10):
			put_back()
			indexer = Indexer(self.room, repo, self.ledger)
			indexer.start(repo, revs="v%03d" % (MERGED - 1))
			time.sleep(rng.random() * 0.2)
			os.kill(indexer.pid, signal.SIGKILL)
			indexer.wait()
			self.take(repo, revs="v%03d" % (MERGED - 1))
			self.assertEqual(self.index(), whole)
			self.good()

	def test_a_full_disk(self):
		small = os.path.join(self.dir, "small")
		os.mkdir(small)
		if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", small], stderr=subprocess.DEVNULL).returncode:
			self.skipTest("no tmpfs can be mounted here")
		self.addCleanup(subprocess.run, ["umount", small])
		self.room = new_room(os.path.join(small, "room"))
		self.stored = os.path.join(self.room, "source.git")
		rng = random.Random(4)
		for i in range(MERGED):
			text = "".join(rng.choice("abcdefghij klmnop\n") for _ in range(300000))
			source = self.tree("s%d" % i, {"text%d.txt" % i: text})
			if i < MERGED - 1:
				self.take(source, release="r%d" % i)
		room = os.statvfs(small)
		filler = os.path.join(small, "filler")
		with open(filler, "wb") as f: # the last release fits, what all become does not
			f.write(bytes(room.f_bavail * room.f_frsize - 1500000))
		with self.assertRaises(Failed) as caught:
			self.take(source, release="last")
		self.assertEqual(caught.exception.code, SYSTEM)
		self.assertIn("No space left", caught.exception.why)
		self.assertIn("not merged", caught.exception.why)
		self.assertIn("carrel index", caught.exception.why)
		self.assertEqual(len(self.ledger), MERGED)
		self.assertEqual(segments(self.room), {"release": MERGED, "text": MERGED, "syntax": MERGED})
		self.good()
		os.unlink(filler)
		self.assertEqual(len(run_finish(self.room, self.ledger)), MERGED)
		self.assertEqual(segments(self.room), {"release": MERGED, "text": 1, "syntax": 1})
