"""Two verifiers that share nothing agree: `carrel verify` on a room, carrel-check on its exported ledger.

CARREL_LEDGERS=N, or FROM+N, tries N random ledgers in place of a few; CARREL_BITS=1 flips every bit of exports, CARREL_BITS=N each Nth.
"""

import concurrent.futures
import importlib.machinery
import importlib.util
import os
import random
import re
import shutil
import subprocess
import sys
import types

from harness import HERE, Case, run
from random_ledgers import CHECKER, Key, Ledger, armour, curve

NOT_SHARED = {"pages", "file", "projections"}  # of room.db alone
SEED = 20261125


def checker(*args):
	return run(sys.executable, CHECKER, *args)


def verdicts(result):
	return {o["check"]: o["ok"] for o in result.json if "check" in o and o["check"] not in NOT_SHARED}


def flipped(data, bit):
	out = bytearray(data)
	out[bit // 8] ^= 1 << bit % 8
	return bytes(out)


def credulous():
	"""carrel-check as a module of this process that takes any signature for a good one: it accepts more than carrel-check does."""
	loader = importlib.machinery.SourceFileLoader("carrel_check", CHECKER)
	module = importlib.util.module_from_spec(importlib.util.spec_from_loader("carrel_check", loader))
	loader.exec_module(module)
	module.subprocess = types.SimpleNamespace(run=lambda *args, **more: types.SimpleNamespace(returncode=0))
	module.ed25519 = lambda key, message, signature: None
	return module


def mutated(rng, data):
	"""Bytes that are changed, cut out, said twice, put in, or of another place."""
	for _ in range(rng.choice((1, 1, 2, 5))):
		at, count = rng.randrange(len(data) + 1), rng.choice((1, 1, 2, 4, 8, 32, 200))
		piece = rng.choice((b"", rng.randbytes(count), data[at:at + count] * 2, b"\xff" * count, b"\0" * count,
			data[-at:][:count], rng.choice((b'"', b"{}", b"9" * 20, b"\n", b"null", b"[" * 2000, b"-1", b"\xed\xa0\x80"))))
		data = data[:at] + piece + data[at + rng.choice((0, count, len(piece))):]
	return data


class Verifiers(Case):
	def test_mutated_exports(self):
		"""Whatever is done to a file, the second verifier says what is wrong with it, and does not fall over."""
		module, rng, judged = credulous(), random.Random(SEED), 0
		for i in range(int(os.environ.get("CARREL_MUTATIONS", 300))):
			if i % 50 == 0:
				ledger = Ledger(rng.randrange(1 << 30), 6)
				path = os.path.join(self.dir, "ledger")
				ledger.write_file(path)
				with open(path, "rb") as file:
					data = file.read()
			try:
				found = module.Ledger(mutated(rng, data))
				found.check(None, [], 1)
				judged += 1
			except (module.Bad, ValueError):
				pass
		self.assertTrue(judged)

	def flip(self, data, bits):
		"""By carrel-check, in this process: only what a credulous one takes is asked of the real one."""
		module, asked = credulous(), 0
		for bit in bits:
			changed = flipped(data, bit)
			try:
				ledger = module.Ledger(changed)
				ledger.check(None, [], 1)
				taken = not ledger.bad
			except (module.Bad, ValueError):
				taken = False
			if taken:
				asked += 1
				self.assertNotEqual(checker(self.file("flipped", changed)).code, 0, bit)
		print("carrel-check: %d bits of an export of %d, all refused, %d of them for a signature" % (len(bits), len(data) * 8, asked))

	def flip_by_the_program(self, path):
		"""tests/bits.c: with the program's own code, each bit in the file, and each of a record and signature alone."""
		step = os.environ.get("CARREL_BITS", "499")
		done = subprocess.run([os.path.join(os.environ["CARREL_BUILD"], "tests", "bits"), path, step], capture_output=True, text=True)
		print(done.stdout, end="")
		self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)

	def lived_in_room(self):
		room = self.imported_room({"a.c": "int a;\n", "b.c": "int b;\n"})
		room.enrol("otto", "auditor")
		self.ok(room("annotate", "1.0:a.c:1", "--kind", "finding", "--title", "t", "-m", "words", as_="anna"))
		thread = room.plain("threads", "--json").json[0]["thread"]
		self.ok(room("reply", thread, "-m", "an answer", as_="vera"))
		self.ok(room("state", thread, "resolved", "-m", "so", as_="anna"))
		self.ok(room("search", "int", as_="otto"))
		self.ok(room("cosign", self.file("note", room.plain("checkpoint").out), as_="otto"))
		self.ok(room("report", "1.0", "-o", "r.md", as_="otto"))
		return room

	def room_of_many_records(self):
		room = self.lived_in_room()
		slip = room.plain("checkpoint", "--json").json[0]["slip"]
		self.ok(room("visit", "open", "--slip", slip, as_="otto"))
		self.ok(room("ls", "1.0", as_="otto"))
		self.ok(room("cat", "1.0:a.c", as_="otto"))
		self.ok(room("import", self.tree("source-1.1", {"a.c": "int c;\n"}), "--release", "1.1"))
		self.assertEqual(room("diff", "1.0", "1.1", as_="otto").code, 1)
		self.ok(room("visit", "close", "--no-qr", as_="otto"))
		self.ok(room("checkpoint", "new-key"))
		self.ok(room("policy", "set", self.file("policy", "cosigned-by-auditor no\n")))
		self.ok(room("roster", "revoke", "vera"))
		return room

	def export(self, room, *more):
		return self.file("ledger", self.ok(room.plain("ledger", "export", *more)).out)

	def test_a_real_room(self):
		room = self.lived_in_room()
		path = self.export(room)
		result = self.ok(checker("--json", path))
		ours = self.ok(room.plain("verify", "--json"))
		self.assertEqual(verdicts(result), verdicts(ours))
		slip = room.plain("checkpoint", "--json").json[0]["slip"]
		self.ok(checker("--host-key", room.key(room.host) + ".pub", "--slip", slip, "--checkpoint", os.path.join(self.dir, "note"), path))
		self.assertEqual(checker("--host-key", room.key("anna") + ".pub", path).code, 1)
		self.assertEqual(checker("--slip", "3." + slip.split(".")[1], path).code, 1)
		self.assertEqual(checker("--slip", "300." + slip.split(".")[1], path).code, 1)

	def test_the_public_side(self):
		room = self.lived_in_room()
		path = self.export(room, "--public")
		result = self.ok(checker(path))
		self.assertIn("3 of them withheld", result.text)
		with open(path, "rb") as file:
			data = file.read()
		for words in (b"words", b"an answer"):
			self.assertNotIn(words, data)
		self.assertIn(b"type search\n", data)

	def test_into_the_outbox(self):
		room = self.lived_in_room()
		self.fails(room("ledger", "export", "-o", "l", as_="vera"), 3, "vendor")
		self.ok(room("ledger", "export", "-o", "l", as_="otto"))
		self.fails(room("ledger", "export", "-o", "l", as_="otto"), 3, "there already")
		self.ok(checker(os.path.join(room.path, "outbox", "l")))
		self.assertEqual(sorted(os.listdir(os.path.join(room.path, "outbox"))), ["l", "r.md", "r.md.sig", "r.md.tlog-proof"])
		request = room.plain("log", "--json", "--type", "request").json[0]["payload"]
		self.assertEqual((request["what"], request["size"]), ("ledger", os.path.getsize(os.path.join(room.path, "outbox", "l"))))
		self.ok(room.plain("verify"))

	def hold_against_each_other(self, ledger, source, name):
		"""What is broken in it, as both verifiers say."""
		room = os.path.join(self.dir, "random-%s" % name)
		os.mkdir(room)
		ledger.write_db(source, os.path.join(room, "room.db"))
		ledger.write_file(os.path.join(room, "ledger"))
		ours, theirs = run("-C", room, "verify", "--json"), checker("--json", os.path.join(room, "ledger"))
		self.assertIn(theirs.code, (0, 1), (name, theirs))
		self.assertEqual(verdicts(ours), verdicts(theirs), "ledger %s\n%r\n%r" % (name, ours, theirs))
		shutil.rmtree(room)
		return {check for check, ok in verdicts(theirs).items() if not ok}

	def source(self):
		return os.path.join(self.practice_room(people=()).path, "room.db")

	def random_ledger(self, seed, source):
		rng = random.Random(seed)
		return self.hold_against_each_other(Ledger(seed, rng.randrange(4, 24), rng.choice((0, 0, 1, 1, 2))), source, seed)

	def test_random_ledgers(self):
		source = self.source()
		first, _, count = os.environ.get("CARREL_LEDGERS", "16").rpartition("+")
		first, count = int(first or 0), int(count)
		with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
			found = list(pool.map(lambda i: self.random_ledger(SEED + i, source), range(first, first + count)))
		good = found.count(set())
		print("%d ledgers, %d good; broken in %s" % (count, good, " ".join(sorted(set().union(*found)))))
		self.assertTrue(0 < good < count)

	def test_signatures_that_ssh_keygen_takes_alone(self):
		"""A second signature made of a first (S + L), a key under which anything is signed: refused by both."""
		source = self.source()
		for name, what in (("doubled", "signature"), ("weak", "key")):
			ledger, key = Ledger(SEED, 0), Key(random.Random(SEED))
			sign = key.sign
			if what == "key":
				key.named((1).to_bytes(32, "little"))
				key.sign = lambda message: curve.packed(curve.times(5, curve.BASE)) + (5).to_bytes(32, "little")
			else:
				key.sign = lambda message, sign=sign: sign(message)[:32] + (int.from_bytes(sign(message)[32:], "little") + curve.L).to_bytes(32, "little")
			ledger.open("henry", key)
			ledger.do_page("henry", ledger.sessions[-1], None)
			record, signature = self.file("record", ledger.records[-1][0]), self.file("sig", armour(ledger.records[-1][1]))
			with open(record, "rb") as file:
				done = subprocess.run(["ssh-keygen", "-Y", "check-novalidate", "-n", "record@carrel", "-s", signature], stdin=file, capture_output=True)
			print("ssh-keygen of a %s %s: %s" % (name, what, "taken" if done.returncode == 0 else "refused"))
			self.assertEqual(self.hold_against_each_other(ledger, source, name), {"signatures"})

	def test_policies(self):
		"""All that carrel-policy(5) allows is read by both, and nothing else."""
		source = self.source()
		with open(os.path.join(HERE, "..", "..", "man", "carrel-policy.5"), encoding="utf-8") as file:
			keys = re.findall(r"^\.It ([a-z-]+) Ta (?:yes|no) Ta", file.read(), re.M)
		self.assertGreater(len(keys), 9)
		good = ["".join("%s no\n" % key for key in keys)] + ["lock-after %d\n" % n for n in (0, 9, 600, 9999, 79999, 85999, 86399, 86400)]
		bad = ["lock-after %s\n" % n for n in (86401, 99999, 100000, "", "06", "-1", "yes", "1 ", "\u0664")] + ["lock-after", "pipe-source  yes",
			" pipe-source yes", "pipe-source 1", "lock-after 1\nlock-after 1", "pipe-source no\npipe-source no", "#" * 32769, "pipe"]
		for texts, broken in ((good, set()), *(([text], {"roles"}) for text in bad)):
			ledger = Ledger(SEED, 0)
			for text in texts:
				ledger.add("policy", {"text": text}, "henry", ledger.sessions[0])
			self.assertEqual(self.hold_against_each_other(ledger, source, "policy"), broken, texts)

	def test_a_checkpoint_by_a_room_key_that_was_replaced(self):
		"""The head of a file is the word of the key in force."""
		ledger = Ledger(SEED, 0)
		before = ledger.room_key
		ledger.do_roomkey("henry", ledger.sessions[0], None)
		path = os.path.join(self.dir, "ledger")
		ledger.write_file(path)
		self.ok(checker(path))
		self.ok(checker("--checkpoint", self.file("note", ledger.note(3, before)), path))
		ledger.write_file(path, before)
		self.assertEqual({check for check, ok in verdicts(checker("--json", path)).items() if not ok}, {"tree"})

	def test_every_bit_of_an_export(self):
		"""Of the header, and of every record's, signature's and attachment's bytes, some: each changes the verdict."""
		room = self.practice_room(people=(("anna", "inspector"),))
		with open(self.export(room), "rb") as file:
			data = file.read()
		rng = random.Random(SEED)
		header = data.index(b"\n\n", data.index(b"\n\n") + 2) + 2
		for bit in rng.sample(range(header * 8), 40) + rng.sample(range(header * 8, len(data) * 8), 60):
			self.assertNotEqual(checker(self.file("flipped", flipped(data, bit))).code, 0, bit)
		if os.environ.get("CARREL_BITS"):
			self.flip(data, range(len(data) * 8))
		for cut in range(0, len(data), max(1, len(data) // 25)):
			self.assertNotEqual(checker(self.file("cut", data[:cut])).code, 0)
		self.assertEqual(checker(self.file("longer", data + b"\0")).code, 4)

	def test_bits_of_a_whole_ledger(self):
		"""Checkpoints, cosignatures, slips, attachments and all types that a room writes; its public side; all types there are."""
		room = self.room_of_many_records()
		self.flip_by_the_program(self.export(room, "--public"))
		path = self.export(room)
		self.flip_by_the_program(path)
		with open(path, "rb") as file:
			data = file.read()
		self.ok(checker(path))
		count = 20000 // int(os.environ["CARREL_BITS"]) if "CARREL_BITS" in os.environ else 100
		self.flip(data, random.Random(SEED).sample(range(len(data) * 8), count))
		ledger = Ledger(SEED, 0)
		ledger.add_each_type()
		path = self.file("each", b"")
		ledger.write_file(path)
		self.assertTrue(set(curve.MAY) <= {re.search(rb"\ntype (\w+)", record).group(1).decode() for record, _ in ledger.records})
		self.flip_by_the_program(path)
