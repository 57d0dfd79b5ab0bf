"""carrel-indexer: what happens to a room when an import is stopped, killed, crowded or out of disk."""

import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

from harness import Case
from indexer_peer import (CANCEL, CANCELLED, DATA, FAIL, FORMAT, PROGRESS, READY, RECORDED, REFUSED, RESULT, SYSTEM,
	Decoder, Failed, Indexer, Result, contents, fsck, git, new_room, run_finish, run_import, run_rebuild)


class Rooms(Case):
	def setUp(self):
		super().setUp()
		self.room = new_room(os.path.join(self.dir, "room"))
		self.stored = os.path.join(self.room, "source.git")
		self.ledger = []

	def source(self, name="s", files=40, seed=1):
		rng = random.Random(seed)
		return self.tree(name, {"d%d/f%d.c" % (i % 5, i): "int f%d(int x) { return x + %d; }\n" % (i, rng.randrange(1000)) *
			rng.randrange(1, 200) for i in range(files)})

	def repository(self, tags=3):
		repo = os.path.join(self.dir, "repo")
		git(self.dir, "init", "-q", repo)
		for i in range(tags):
			self.file("repo/a.c", "int a(void) { return %d; }\n" % i)
			self.file("repo/only%d.c" % i, "int b%d;\n" % i)
			git(repo, "add", "-A")
			git(repo, "commit", "-q", "-m", "m", time=1700000000 + i)
			git(repo, "tag", *(["-a", "-m", "t"] if i == 1 else []), "v%d" % i)
		return repo

	def take(self, path, **more):
		return run_import(self.room, path, self.ledger, **more)

	def good(self):
		"""The room holds exactly what the ledger says."""
		self.assertEqual(fsck(self.room), [])
		refs = git(self.stored, "for-each-ref", "--format=%(refname)").decode().split()
		self.assertEqual(refs, sorted("refs/releases/" + r.name for r in self.ledger))
		for r in self.ledger:
			self.assertEqual(git(self.stored, "rev-parse", "refs/releases/%s^{commit}" % r.name).decode(), r.commit)
		left = [p for p in contents(self.room) if "tmp" in p or p.endswith("journal") or p.endswith(".new")]
		self.assertEqual(left, [])


class Stopped(Rooms):
	def test_cancelled_while_it_reads(self):
		self.take(self.source("first", seed=2), release="first")
		before = contents(self.room)
		indexer = Indexer(self.room, self.source("big", files=400), self.ledger)
		indexer.start("big")
		while indexer.receive()[0] != PROGRESS:
			pass
		indexer.send(CANCEL, 1)
		with self.assertRaises(Failed) as caught:
			indexer.results()
		self.assertEqual(caught.exception.code, CANCELLED)
		self.assertEqual(indexer.wait(), 130)
		self.assertEqual(contents(self.room), before)

	def test_the_keeper_gone(self):
		self.take(self.source("first", seed=2), release="first")
		before = contents(self.room)
		for wait_for in (READY, PROGRESS):
			indexer = Indexer(self.room, self.source("big", files=400), self.ledger)
			if wait_for == READY:
				indexer.receive()
			else:
				indexer.start("big")
				while indexer.receive()[0] != PROGRESS:
					pass
			indexer.wait()
			self.assertEqual(contents(self.room), before)

	def test_gone_when_it_should_have_recorded(self):
		source = self.source()
		indexer = Indexer(self.room, source, self.ledger)
		indexer.start(source)
		while indexer.receive()[0] != RESULT:
			pass
		indexer.wait()
		left = [p for p in contents(self.room) if "pack" in p or "releases" in p or p.startswith(("index", "run"))]
		self.assertEqual(left, [])
		self.take(source)
		self.good()

	def test_not_recorded(self):
		source = self.source()
		indexer = Indexer(self.room, source, self.ledger)
		indexer.start(source)
		while indexer.receive()[0] != RESULT:
			pass
		indexer.send(FAIL, 1, bytes([REFUSED, 2]) + b"no")
		with self.assertRaises(Failed) as caught:
			indexer.results()
		self.assertEqual((caught.exception.code, caught.exception.why), (REFUSED, "no"))
		indexer.wait()
		self.assertEqual([p for p in contents(self.room) if "pack" in p or p.startswith(("index", "run"))], [])

	def test_killed_at_any_time(self):
		"""kill -9 after 0..n messages or milliseconds: the next import finds its way, and nothing is left over."""
		rng = random.Random(7)
		first, second = self.source("first", seed=2), self.source("second", files=120, seed=3)
		self.take(first, release="first")
		for i in range(25):
			indexer = Indexer(self.room, second, self.ledger)
			indexer.start(second)
			time.sleep(rng.random() * 0.25)
			os.kill(indexer.pid, signal.SIGKILL)
			indexer.wait()
		self.take(second, release="second")
		self.good()

	def test_killed_between_record_and_refs(self):
		"""The ledger has it, the references do not yet: they follow at the next start, an annotated tag's too."""
		repo = self.repository()
		indexer = Indexer(self.room, repo, self.ledger)
		indexer.start(repo)
		attachments = {}
		while len(self.ledger) < 2:
			kind, order, body = indexer.receive()
			if kind == DATA:
				d = Decoder(body)
				name = d.string().decode()
				attachments[name] = attachments.get(name, b"") + d.rest()
			if kind == RESULT:
				self.ledger.append(Result(body, attachments))
				attachments = {}
				if len(self.ledger) == 1:
					indexer.send(RECORDED, order)
		os.kill(indexer.pid, signal.SIGKILL)
		indexer.wait()
		self.assertTrue(os.path.exists(os.path.join(self.room, "run/import.journal")))
		known = [r.known for r in self.take(repo)]
		self.assertEqual(known, [True, True, False])
		self.good()
		self.assertEqual(git(self.stored, "cat-file", "-t", "refs/releases/v1"), b"tag")
		self.assertEqual(git(self.stored, "rev-parse", "HEAD").decode(), self.ledger[-1].commit)

	def test_references_follow_the_ledger(self):
		self.take(self.source("one"), release="one")
		self.take(self.source("two", seed=5), release="two")
		os.unlink(os.path.join(self.stored, "refs/releases/one"))
		git(self.stored, "update-ref", "refs/releases/three", "refs/releases/two")
		with open(os.path.join(self.stored, "HEAD"), "w") as f:
			f.write("ref: refs/heads/none\n")
		self.file("room/source.git/objects/pack/tmp_pack_1", "half")
		self.file("room/index/" + "0" * 64, "orphan")
		self.assertTrue(self.take(self.source("two", seed=5), release="two")[0].known)
		self.good()
		self.assertEqual(git(self.stored, "rev-parse", "HEAD").decode(), self.ledger[-1].commit)
		self.assertFalse(os.path.exists(os.path.join(self.room, "index", "0" * 64)))


class Crowded(Rooms):
	def test_one_importer_at_a_time(self):
		source = self.source()
		first = Indexer(self.room, source, self.ledger)
		self.assertEqual(first.receive()[0], READY)
		second = Indexer(self.room, source, self.ledger)
		with self.assertRaises(Failed) as caught:
			second.receive()
		self.assertEqual(caught.exception.code, REFUSED)
		self.assertIn("another import", caught.exception.why)
		self.assertEqual(second.wait(), 3)
		first.wait()
		self.take(source)
		self.good()

	def test_a_full_disk(self):
		small = os.path.join(self.dir, "small")
		os.mkdir(small)
		if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", small], stderr=subprocess.DEVNULL).returncode:
			self.skipTest("no tmpfs can be mounted here")
		self.addCleanup(subprocess.run, ["umount", small])
		self.room = new_room(os.path.join(small, "room"))
		self.stored = os.path.join(self.room, "source.git")
		self.take(self.source(), release="fits")
		before = contents(self.room)
		rng = random.Random(9)
		for megabytes in (8, 1.2):  # the pack does not fit; the pack fits and the index does not
			big = os.path.join(self.dir, "big")
			shutil.rmtree(big, ignore_errors=True)
			for i in range(20):
				text = "".join(rng.choice("abcdefghij klmnop\n") for _ in range(int(megabytes * 50000)))
				self.file("big/%d.c" % i, text)
			with self.assertRaises(Failed) as caught:
				self.take(big, release="big")
			self.assertEqual(caught.exception.code, SYSTEM, caught.exception)
			self.assertIn("No space left", caught.exception.why)
			self.assertEqual(contents(self.room), before)
			self.good()

	def test_many_releases_in_the_ledger(self):
		"""The list of releases comes in as many packets as it takes."""
		repo = self.repository(30)
		self.assertEqual(len(self.take(repo)), 30)
		self.assertTrue(all(r.known for r in self.take(repo)))
		self.good()


class Tiers(Rooms):
	"""A large import is recorded when its text is there, and its syntax follows."""

	def large(self, name="large", seed=1):
		"""More than 8 MiB of text, and little to parse."""
		rng = random.Random(seed)
		path = self.source(name, seed=seed)
		words = ["".join(rng.choice("abcdefgh") for _ in range(rng.randrange(3, 9))) for _ in range(400)]
		for i in range(9):
			self.file("%s/t%d.txt" % (name, i), "\n".join(rng.choices(words, k=170000)))
		return path

	def recorded(self, path, **more):
		"""An import killed when its last release is recorded; its results."""
		indexer = Indexer(self.room, path, self.ledger)
		indexer.start(path, **more)
		attachments = {}
		while True:
			kind, order, body = indexer.receive()
			if kind == DATA:
				d = Decoder(body)
				name = d.string().decode()
				attachments[name] = attachments.get(name, b"") + d.rest()
			if kind == RESULT:
				result = Result(body, attachments)
				break
		self.ledger.append(result)
		os.kill(indexer.pid, signal.SIGKILL)
		indexer.wait()
		return result

	def index(self):
		return contents(os.path.join(self.room, "index"))

	def test_recorded_twice(self):
		path = self.large()
		indexer = Indexer(self.room, path, self.ledger)
		indexer.start(path, "large")
		[result] = indexer.results()
		[finished] = indexer.finished
		indexer.wait()
		self.assertEqual([kind for kind, _, _ in result.segments], ["text", "syntax", "release"])
		self.assertEqual([kind for kind, _, _ in finished.segments], ["syntax", "release"])
		self.assertEqual(finished.name, "large")
		self.assertEqual(finished.segments[1][1], finished.segment)
		before = self.index()
		self.assertEqual(len(before), 3) # no stand-in is left
		shutil.rmtree(os.path.join(self.room, "index"))
		[rebuilt] = run_rebuild(self.room, self.ledger)
		self.assertEqual((rebuilt.known, rebuilt.segment), (True, finished.segment))
		self.assertEqual(self.index(), before)
		self.good()

	def test_killed_between_text_and_syntax(self):
		path, small = self.large(), self.source("small", seed=4)
		self.take(path, release="large")
		self.take(small, release="small")
		whole = self.index()
		for how in ("finish", "import", "rebuild"):
			with self.subTest(how):
				shutil.rmtree(self.room)
				new_room(self.room)
				self.ledger.clear()
				self.recorded(path, release="large")
				if how == "finish":
					self.assertEqual(len(run_finish(self.room, self.ledger)), 1)
				elif how == "rebuild":
					shutil.rmtree(os.path.join(self.room, "index"))
					run_rebuild(self.room, self.ledger)
				self.take(small, release="small")
				self.assertEqual(run_finish(self.room, self.ledger), [])
				self.assertEqual(self.index(), whole)
				self.good()

	def test_stopped_while_it_parses(self):
		path = self.large()
		indexer = Indexer(self.room, path, self.ledger)
		indexer.start(path, "large")
		while True:
			kind, order, body = indexer.receive()
			if kind == RESULT:
				break
		self.ledger.append(Result(body, {}))
		indexer.send(CANCEL, 1)
		indexer.send(RECORDED, order)
		with self.assertRaises(Failed) as caught:
			indexer.results()
		self.assertEqual(caught.exception.code, CANCELLED)
		self.assertIn("carrel index", caught.exception.why)
		self.assertEqual(indexer.wait(), 130)
		self.good()
		self.assertEqual(len(run_finish(self.room, self.ledger)), 1)

	def test_several_at_once(self):
		"""Every release is recorded before the first is finished; each is finished when its segments are."""
		repo = self.repository(2)
		self.large("repo", seed=8)
		git(repo, "add", "-A")
		git(repo, "commit", "-q", "-m", "m", time=1700000010)
		git(repo, "tag", "v2")
		self.file("repo/last.c", "int last(void) { return 1; }\n")
		git(repo, "add", "-A")
		git(repo, "commit", "-q", "-m", "m", time=1700000011)
		git(repo, "tag", "v3")
		indexer = Indexer(self.room, repo, self.ledger)
		indexer.start(repo)
		self.assertEqual([r.name for r in indexer.results()], ["v0", "v1", "v2", "v3"])
		self.assertEqual([r.name for r in indexer.finished], ["v2", "v3", "v3"])
		indexer.wait()
		self.good()


class Rebuilt(Rooms):
	def test_to_the_same_bytes(self):
		self.take(self.source("one"), release="one")
		self.take(self.repository())
		link = self.source("two", seed=5)
		os.symlink("/out", os.path.join(link, "link"))
		self.take(link, release="two")
		index = os.path.join(self.room, "index")
		before = contents(index)
		for damage in ("all", "one", "none"):
			if damage == "all":
				shutil.rmtree(index)
			elif damage == "one":
				name = sorted(os.listdir(index))[0]
				os.chmod(os.path.join(index, name), 0o600)
				with open(os.path.join(index, name), "r+b") as f:
					f.seek(5000)
					f.write(b"damage")
			results = run_rebuild(self.room, self.ledger)
			self.assertEqual([(r.name, r.segments, r.segment) for r in results],
				[(r.name, r.segments, r.segment) for r in self.ledger], damage)
			self.assertEqual(contents(index), before, damage)

	def test_a_bit_of_every_section(self):
		"""Every section, head and chunk table of every segment with a bit flipped, all at once."""
		self.take(self.source("one"), release="one")
		self.take(self.repository())
		index = os.path.join(self.room, "index")
		before = contents(index)
		rng, flipped = random.Random(11), 0
		for name, data in before.items():
			changed = bytearray(data)
			length, table = struct.unpack_from("<QQ", data, 16)
			places = [(0, 4096), (table, length - table)]
			places += [struct.unpack_from("<QQ", data, 64 + 32 * i + 8) for i in range(12)]
			for start, size in places:
				if size and (start, size) != (table, 0):
					changed[start + rng.randrange(size)] ^= 1 << rng.randrange(8)
					flipped += 1
			self.file("room/index/" + name, bytes(changed))
		self.assertGreater(flipped, 60)
		with self.assertRaises(Failed) as caught:
			self.take(self.source("two", seed=5), release="two")
		self.assertEqual(caught.exception.code, FORMAT)
		self.assertIn("carrel index --rebuild", caught.exception.why)
		run_rebuild(self.room, self.ledger)
		self.assertEqual(contents(index), before)

	def test_a_damaged_index_stops_an_import_with_advice(self):
		self.take(self.source("one"), release="one")
		shutil.rmtree(os.path.join(self.room, "index"))
		with self.assertRaises(Failed) as caught:
			self.take(self.source("two", seed=5), release="two")
		self.assertIn("carrel index --rebuild", caught.exception.why)
		run_rebuild(self.room, self.ledger)
		self.take(self.source("two", seed=5), release="two")
		self.good()

	def test_after_git_has_repacked(self):
		self.take(self.repository())
		index = os.path.join(self.room, "index")
		before = contents(index)
		git(self.stored, "gc", "-q", "--aggressive", "--prune=now")
		shutil.rmtree(index)
		run_rebuild(self.room, self.ledger)
		self.assertEqual(contents(index), before)
		self.take(self.source("two"), release="two")
		self.good()
