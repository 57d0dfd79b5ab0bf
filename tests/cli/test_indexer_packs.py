"""carrel-indexer: a repository's packs come over as they stand, and a pack that is built to harm does none."""

import hashlib
import os
import random
import struct
import unittest
import zlib

from indexer_peer import FORMAT, fsck, git
from test_indexer_git import PERSON, Repositories

COMMIT, TREE, BLOB, OFFSET_DELTA, ID_DELTA = 1, 2, 3, 6, 7


def oid(kind, data):
	return hashlib.sha1(b"%s %d\0" % (kind, len(data)) + data).digest()


def entry(kind, size, stream, base=b""):
	head = bytearray([kind << 4 | size & 15])
	size >>= 4
	while size:
		head[-1] |= 128
		head.append(size & 127)
		size >>= 7
	return bytes(head) + base + stream


def number(value):
	out = bytearray()
	while value > 127:
		out.append(value & 127 | 128)
		value >>= 7
	return bytes(out) + bytes([value])


def delta(old, new, body):
	"""A delta between these sizes."""
	return number(old) + number(new) + body


def insert(data):
	return b"".join(bytes([len(data[i:i + 127])]) + data[i:i + 127] for i in range(0, len(data), 127))


def copy(offset, size):
	return b"\xff" + struct.pack("<I", offset) + struct.pack("<I", size)[:3]


class Packs(Repositories):
	def chains(self, repo):
		"""id -> (type, size, base or None) of all packs."""
		folder = os.path.join(repo, "objects/pack")
		found = {}
		for name in os.listdir(folder):
			if name.endswith(".idx"):
				for line in git(folder, "verify-pack", "-v", name).decode().splitlines():
					words = line.split()
					if len(words) in (5, 7) and len(words[0]) == 40:
						found[words[0]] = (words[1], int(words[2]), words[6] if len(words) == 7 else None)
		return found

	def history(self, *repack):
		"""Three releases of files that change little, and another branch."""
		self.init()
		rng = random.Random(3)
		lines = [["%d %d\n" % (i, rng.random() * 1e9) for i in range(400)] for _ in range(4)]
		for release in range(3):
			for step in range(8):
				for text in lines:
					# longer and longer: git makes the older ones deltas on the newer
					text[rng.randrange(400)] = "%d %d, which was changed\n" % (release, step)
				self.commit({"dir%d/f" % i: "".join(text) for i, text in enumerate(lines)},
					time=1700000000 + 100 * release + step)
			git(self.repo, "tag", "v%d" % release)
		git(self.repo, "checkout", "-q", "-b", "other")
		self.commit({"dir0/f": "".join(lines[0]) + "of the other branch\n"}, time=1700009000)
		git(self.repo, "repack", "-q", "-a", "-d", "-f", *repack)
		git(self.repo, "prune-packed")

	def reached(self, *revs):
		return set(git(self.repo, "rev-list", "--objects", "--no-object-names", *revs).decode().split())

	def check_copied(self, *revs):
		ours, theirs, want = self.chains(self.stored), self.chains(os.path.join(self.repo, ".git")), self.reached(*revs)
		self.assertEqual(set(ours), want)
		for name in want:
			base = theirs[name][2]
			if base in want:
				self.assertEqual(ours[name], theirs[name])
			else:
				self.assertEqual(ours[name][2], None)
		self.assertTrue([name for name in want if ours[name][2]])
		self.assertEqual(fsck(self.room), [])
		return ours, theirs

	def test_deltas_stay_deltas(self):
		self.history()
		self.take(revs="v0\nv1\nv2")
		self.check_copied("v2")

	def test_deltas_by_id_too(self):
		self.init()
		git(self.repo, "config", "repack.useDeltaBaseOffset", "false")
		self.history()
		self.take(revs="v2")
		self.check_copied("v2")

	def test_what_is_not_reached_stays_away(self):
		self.history()
		self.take(revs="v0")
		ours, theirs = self.check_copied("v0")
		# the newest are whole in git's packs, so that here a delta had to be made whole
		self.assertTrue([name for name in ours if theirs[name][2] and not ours[name][2]])
		self.take(revs="v1")
		self.assertEqual(set(self.chains(self.stored)), self.reached("v1"))
		self.assertEqual(fsck(self.room), [])

	def test_several_packs_and_loose_objects(self):
		self.history()
		self.commit({"later": "x" * 5000, "dir1/f": "changed\n"}, time=1700010000)
		git(self.repo, "repack", "-q", "-d")
		self.commit({"loose": "y" * 5000}, time=1700010001)
		git(self.repo, "tag", "v9")
		self.take(revs="v9")
		self.assertEqual(set(self.chains(self.stored)), self.reached("v9"))
		self.assertEqual(fsck(self.room), [])


class Hostile(Repositories):
	"""Packs that no git writes."""

	def write_pack(self, objects):
		"""The repository's only pack; objects: (id, entry)."""
		folder = os.path.join(self.repo, ".git/objects/pack")
		for name in os.listdir(folder):
			os.unlink(os.path.join(folder, name))
		data, places = bytearray(b"PACK" + struct.pack(">II", 2, len(objects))), []
		for name, raw in objects:
			places.append((name, len(data)))
			data += raw
		data += hashlib.sha1(data).digest()
		places.sort()
		index = bytearray(b"\xfftOc" + struct.pack(">I", 2))
		for byte in range(256):
			index += struct.pack(">I", sum(1 for name, _ in places if name[0] <= byte))
		index += b"".join(name for name, _ in places) + bytes(4 * len(places))
		index += b"".join(struct.pack(">I", at) for _, at in places)
		index += data[-20:]
		index += hashlib.sha1(index).digest()
		path = os.path.join(folder, "pack-" + data[-20:].hex())
		for ending, content in ((".pack", data), (".idx", index)):
			with open(path + ending, "wb") as f:
				f.write(content)

	def release_of(self, blobs):
		"""Commit and tree in the pack, pointed at by a tag."""
		tree = b"".join(b"100644 f%06d\0" % i + name for i, name in enumerate(blobs))
		commit = b"tree %s\nauthor %s\ncommitter %s\n\nm\n" % (oid(b"tree", tree).hex().encode(), PERSON, PERSON)
		self.point("refs/tags/v1", oid(b"commit", commit).hex())
		return [(oid(b"tree", tree), entry(TREE, len(tree), zlib.compress(tree))),
			(oid(b"commit", commit), entry(COMMIT, len(commit), zlib.compress(commit)))]

	def setUp(self):
		super().setUp()
		self.init()

	def by_id(self, base, body):
		return entry(ID_DELTA, len(body), zlib.compress(body), base)

	def test_a_chain_as_long_as_git_makes_them_and_one_longer(self):
		for length, good in ((4095, True), (4096, False)):
			data = b"x" * 100
			blobs = [(oid(b"blob", data), entry(BLOB, 100, zlib.compress(data)))]
			for i in range(length):
				new = b"%08d" % i + data[8:]
				body = delta(100, 100, insert(new[:8]) + copy(8, 92))
				blobs.append((oid(b"blob", new), self.by_id(blobs[-1][0], body)))
				data = new
			self.write_pack(self.release_of([blobs[-1][0]] if good else [name for name, _ in blobs]) + blobs)
			if good:
				[result] = self.take()
				self.assertEqual(git(self.stored, "cat-file", "blob", blobs[-1][0].hex()), data)
				self.ledger.clear()
				self.room = os.path.join(self.dir, "room2")
				os.makedirs(os.path.join(self.room, "run"))
			else:
				self.refused(FORMAT, "a chain of more than 4095 deltas")

	def test_a_circle(self):
		a, b = oid(b"blob", b"a" * 50), oid(b"blob", b"b" * 50)
		body = delta(50, 50, insert(b"c" * 50))
		self.write_pack(self.release_of([a]) + [(a, self.by_id(b, body)), (b, self.by_id(a, body))])
		self.refused(FORMAT, "a chain of more than")

	def test_on_itself_and_on_nothing(self):
		a, none = oid(b"blob", b"a"), oid(b"blob", b"not there")
		for base, words in ((a, "a chain of more than"), (none, "is missing")):
			self.write_pack(self.release_of([a]) + [(a, self.by_id(base, delta(1, 1, insert(b"a"))))])
			self.refused(FORMAT, words)

	def one_blob(self, raw, *words):
		name = oid(b"blob", b"whatever it is")
		base = (oid(b"blob", b"z" * 70000), entry(BLOB, 70000, zlib.compress(b"z" * 70000)))
		self.write_pack(self.release_of([name]) + [base, (name, raw(base[0]))])
		self.refused(FORMAT, *words)

	def test_bombs(self):
		big = 1 << 40
		# an object of a terabyte, by its head and by its delta
		self.one_blob(lambda base: entry(BLOB, big, zlib.compress(b"x")))
		self.one_blob(lambda base: self.by_id(base, delta(70000, big, copy(0, 65536) * 4)), "more than")

	def test_deltas_that_lie(self):
		for body in (
				delta(70000, 100, insert(b"short")), delta(70000, 3, insert(b"long")), delta(1, 1, insert(b"x")),
				delta(70000, 10, copy(69999, 10)), delta(70000, 10, copy(1 << 31, 10)), delta(70000, 10, b"\0"),
				delta(70000, 10, b"\x0a123"), delta(70000, 10, b"\xff\1"), b"\xff" * 20, b""):
			self.one_blob(lambda base: self.by_id(base, body), "damaged")
		# good in form, other bytes than the id says
		self.one_blob(lambda base: self.by_id(base, delta(70000, 4, insert(b"else"))), "hash to something else")

	def test_the_wrong_kind(self):
		blob = (oid(b"blob", b"x"), entry(BLOB, 1, zlib.compress(b"x")))
		commit = b"tree %s\nauthor %s\ncommitter %s\n\nm\n" % (blob[0].hex().encode(), PERSON, PERSON)
		self.point("refs/tags/v1", oid(b"commit", commit).hex())
		self.write_pack([blob, (oid(b"commit", commit), entry(COMMIT, len(commit), zlib.compress(commit)))])
		self.refused(FORMAT, "is a blob where a tree is named")

	def test_entries_past_the_end(self):
		name = oid(b"blob", b"x")
		self.write_pack(self.release_of([name]) + [(name, b"")])
		self.refused(FORMAT, "damaged")
		self.one_blob(lambda base: entry(BLOB, 5, zlib.compress(b"12345")[:-3]), "damaged")
		self.one_blob(lambda base: b"\xbf" * 12, "damaged")


if __name__ == "__main__":
	unittest.main()
