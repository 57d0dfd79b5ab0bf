"""Who detects what: each deed of carrel-ledger(5)'s table played with all files and the host's and the room's keys in hand.

A deed must be found by those who hold what the table names, by both verifiers, and by nobody else: what is not found without a
slip must not be found by luck either.
"""

import os
import re
import sqlite3
import sys

from harness import HERE, Case, run
from random_ledgers import CHECKER, Ledger, armour, sha256, string

NOT_SHARED = {"pages", "file", "projections"}


class Story(Ledger):
	"""A room with a past: `rule` is what the host's policy says, the rest is the same each time."""

	def __init__(self, rule="pipe-source no\n", visitor=True):
		super().__init__(7, 0)
		self.host = self.sessions[0]
		self.add("policy", {"text": rule}, "henry", self.host)
		for i in range(3):
			self.do_page("henry", self.host, None)
		self.early = self.note()
		if visitor:
			self.open("ida")
			self.ida = self.sessions[-1]
			self.add("annotate", {"kind": "note", "text": "seen", "anchors": [{"release": "1.0", "path": "a", "blob": "b" * 40, "first": 1,
				"last": 1, "text": "a" * 64, "context": "a" * 64}]}, "ida", self.ida)
		else:
			self.open("henry")
			self.do_page("henry", self.sessions[-1], None)
		self.do_page("henry", self.host, None)
		self.late = self.note()

	def slip(self, size=None):
		import base64
		size = len(self.hashes) if size is None else size
		return "%d.%s" % (size, base64.b32encode(self.leaf(size)).decode().rstrip("="))

	def drop(self, at):
		for part in (self.leaves, self.hashes, self.records):
			del part[at]

	def put_at(self, at, data, blob):
		self.put(data, blob)
		for part in (self.leaves, self.hashes, self.records):
			part.insert(at, part.pop())

	def cut(self, size):
		while len(self.hashes) > size:
			self.drop(-1)


class Tampering(Case):
	def setUp(self):
		super().setUp()
		self.source = os.path.join(self.practice_room(people=(), name="source").path, "room.db")
		self.truth = Story()
		self.size = self.truth.hashes.index(self.truth.hashes[-1]) + 1
		self.heads = {"nothing": [], "a slip": ["--slip", self.truth.slip()],
			"an earlier slip": ["--slip", self.truth.slip(9)],
			"a checkpoint": ["--checkpoint", self.file("late", self.truth.late)]}

	def judged(self, ledger, holding="nothing"):
		"""The checks that fail, of which both verifiers say the same."""
		room = os.path.join(self.dir, "room")
		os.makedirs(room, exist_ok=True)
		for name in os.listdir(room):
			os.unlink(os.path.join(room, name))
		ledger.write_db(self.source, os.path.join(room, "room.db"))
		ledger.write_file(os.path.join(room, "ledger"))
		more = self.heads[holding]
		ours = run("-C", room, "verify", "--json", *more)
		theirs = run(sys.executable, CHECKER, "--json", *more, os.path.join(room, "ledger"))
		bad = [{o["check"] for o in result.json if "check" in o and not o["ok"]} - NOT_SHARED for result in (ours, theirs)]
		self.assertEqual(*bad)
		self.assertIn(theirs.code, (0, 1))
		return bad[0]

	def found_by_anyone(self, ledger, check):
		self.assertIn(check, self.judged(ledger))

	def found_only_with(self, ledger, *holdings):
		for holding in self.heads:
			self.assertEqual(self.judged(ledger, holding), {"slips"} if holding in holdings else set(), holding)

	# ---- the deeds, by their names in the manual ----

	def deed_record_edited_deleted_or_inserted_no_key(self):
		"""Leaves alone: nodes and the rest as they were."""
		edited = Story()
		data, blob = edited.records[5]
		edited.leaves[5] = string(data.replace(b"pipe-source no", b"pipe-source ye"), blob)
		self.found_by_anyone(edited, "tree")
		room = self.practice_room(name="rows")
		self.ok(room.plain("verify"))
		path = os.path.join(room.path, "room.db")
		with open(path, "rb") as file:
			whole = file.read()
		for statement in ("DELETE FROM record WHERE idx = 3", "DELETE FROM record WHERE idx = (SELECT max(idx) FROM record)",
				"UPDATE record SET idx = -1 WHERE idx = 3", "INSERT INTO record SELECT max(idx) + 1, leaf FROM record",
				"INSERT INTO record SELECT -1, leaf FROM record WHERE idx = 3"):
			self.file(path, whole)
			db = sqlite3.connect(path)
			self.assertEqual(db.execute(statement).rowcount, 1)
			db.commit()
			db.close()
			result = room.plain("verify")
			self.assertIn(result.code, (1, 4), statement)
			self.assertTrue(result.err or "DOES NOT" in result.text or "BAD" in result.text, (statement, result))

	def deed_the_same_tree_and_tables_made_to_fit_no_key(self):
		edited = Story()
		data, blob = edited.records[5]
		edited.drop(5)
		edited.put_at(5, data.replace(b"pipe-source no", b"pipe-source ye"), blob)
		self.found_by_anyone(edited, "signatures")
		deleted = Story()
		deleted.drop(7)
		self.found_by_anyone(deleted, "heads")
		inserted = Story()
		data, blob = inserted.records[5]
		data = data.replace(b"pipe-source no", b"pipe-source ye")
		inserted.put_at(6, data, inserted.people["nobody"].sshsig(b"record@carrel", data))
		self.found_by_anyone(inserted, "signatures")

	def deed_history_rewritten_and_resigned_by_host_and_room(self):
		rewritten = Story("pipe-source yes\n", visitor=False)
		self.found_only_with(rewritten, "a slip", "an earlier slip", "a checkpoint")
		# a cosigner holds the checkpoint and the cosignature, which no key of the host can make
		note, who = self.truth.late, self.truth.people["otto"]
		rewritten.open("otto")
		rewritten.add("cosign", {"head": self.truth.head(), "by": who.print, "checkpoint": sha256(note).hex()}, "otto",
			rewritten.sessions[-1], None, [("checkpoint", note), ("signature", armour(who.sshsig(b"checkpoint@carrel", note)))])
		self.found_by_anyone(rewritten, "checkpoints")

	def deed_the_same_with_a_later_record_by_somebody_else_kept(self):
		rewritten = Story("pipe-source yes\n", visitor=False)
		rewritten.cut(9)
		for data, blob in self.truth.records[9:11]:
			rewritten.put(data, blob)
		self.found_by_anyone(rewritten, "heads")

	def deed_the_end_cut_off(self):
		cut = Story()
		cut.cut(9)
		self.found_only_with(cut, "a slip", "a checkpoint")

	def deed_the_whole_room_put_back_to_an_older_state(self):
		back = Story()
		back.cut(9)
		back.do_page("henry", back.host, None)
		back.do_page("henry", back.host, None)
		back.do_page("henry", back.host, None)
		back.do_page("henry", back.host, None)
		self.assertGreater(len(back.hashes), len(self.truth.hashes))
		self.found_only_with(back, "a slip", "a checkpoint")

	def deed_two_histories_for_two_parties(self):
		for one, other in ((Story(), Story("pipe-source yes\n", visitor=False)), (Story("pipe-source yes\n", visitor=False), Story())):
			self.heads["the other's slip"] = ["--slip", other.slip()]
			self.assertEqual(self.judged(one), set())
			self.assertEqual(self.judged(one, "the other's slip"), {"slips"})

	def deed_a_record_by_somebody_elses_key(self):
		forged = Story()
		forged.add("policy", {"text": "pipe-source yes\n"}, "henry", forged.host, "key")
		self.found_by_anyone(forged, "signatures")

	def deed_a_record_beyond_its_actors_role(self):
		beyond = Story()
		beyond.add("policy", {"text": "pipe-source yes\n"}, "ida", beyond.ida)
		self.found_by_anyone(beyond, "roles")

	def deed_a_table_that_screens_read_changed(self):
		room = self.practice_room(name="real")
		db = sqlite3.connect(os.path.join(room.path, "room.db"))
		db.execute("UPDATE person SET role = 'host' WHERE name = 'vera'")
		db.commit()
		db.close()
		bad = [o["check"] for o in room.plain("verify", "--json").json if "check" in o and not o["ok"]]
		self.assertEqual(bad, ["projections"])

	def deed_a_past_before_the_first_head_that_left_the_room(self):
		"""What nobody can tell, said as plainly: with no head from before, and nobody's later word, it verifies."""
		self.heads = {"nothing": []}
		self.assertEqual(self.judged(Story("pipe-source yes\n", visitor=False)), set())

	def test_the_truth_holds(self):
		for holding in self.heads:
			self.assertEqual(self.judged(Story(), holding), set())

	def test_every_deed_of_the_manual(self):
		with open(os.path.join(HERE, "..", "..", "man", "carrel-ledger.5"), encoding="utf-8") as file:
			table = file.read().partition(".Sh WHO DETECTS WHAT")[2].partition(".El")[0]
		named = [row for row in re.findall(r"^\.It ([a-z][^\n]*?) Ta ", table, re.M)]
		words = ["deed_" + re.sub(r"[^a-z0-9 ]", "", name).replace(" ", "_") for name in named]
		self.assertEqual(sorted(words), sorted(name for name in dir(self) if name.startswith("deed_")))
		for word, name in zip(words, named):
			with self.subTest(name):
				self.heads = {k: v for k, v in self.heads.items() if k != "the other's slip"} if len(self.heads) > 1 else self.heads
				heads = dict(self.heads)
				getattr(self, word)()
				self.heads = heads
