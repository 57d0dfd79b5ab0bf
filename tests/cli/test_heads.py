"""Checkpoints, slips, proofs and cosignatures: what leaves the room, and what it shows when it comes back."""

import base64
import hashlib
import os
import shutil
import sqlite3
import subprocess

from harness import Case


def sha256(*parts):
	return hashlib.sha256(b"".join(parts)).digest()


def inclusion_root(leaf, index, size, path):
	"""RFC 9162 2.1.3.2, from its text."""
	fn, sn, r = index, size - 1, leaf
	for p in path:
		assert sn > 0
		if fn & 1 or fn == sn:
			r = sha256(b"\1", p, r)
			while fn and not fn & 1:
				fn, sn = fn >> 1, sn >> 1
		else:
			r = sha256(b"\1", r, p)
		fn, sn = fn >> 1, sn >> 1
	assert sn == 0
	return r


def read_note(text):
	origin, size, root, empty, signature, end = text.split("\n")
	assert empty == "" and end == "" and signature.startswith("\u2014 " + origin + " ")
	return origin, int(size), base64.b64decode(root)


class Heads(Case):
	def setUp(self):
		super().setUp()
		self.room = self.practice_room(people=(("anna", "inspector"), ("otto", "auditor")))
		self.say()

	def say(self, text="pipe-source yes\n"):
		self.ok(self.room("policy", "set", self.file("policy", text)))

	def leaf(self, index):
		db = sqlite3.connect("file:%s?mode=ro" % os.path.join(self.room.path, "room.db"), uri=True)
		leaf, = db.execute("SELECT leaf FROM record WHERE idx = ?", (index,)).fetchone()
		db.close()
		return leaf

	def checkpoint(self, *more):
		return self.ok(self.room.plain("checkpoint", "--json", *more)).json[0]


class Checkpoints(Heads):
	def test_a_checkpoint_is_a_note_of_the_head(self):
		point = self.checkpoint()
		self.assertEqual(self.ok(self.room.plain("checkpoint")).text, point["note"])
		origin, size, root = read_note(point["note"])
		self.assertEqual((origin, size, root.hex()), ("carrel/" + point["room"], point["size"], point["root"]))
		head, _, digits = point["slip"].partition(".")
		self.assertEqual((int(head), base64.b32decode(digits + "====")), (size, root))
		status = self.ok(self.room.plain("status", "--json")).json[0]
		self.assertEqual((status["slip"], status["root"]), (point["slip"], point["root"]))

	def test_sessions_leave_checkpoints(self):
		records = self.ok(self.room.plain("log", "--json")).json
		types = [r["type"] for r in records]
		self.assertEqual([r["payload"]["why"] for r in records if r["type"] == "checkpoint"],
			["open", "close"] * types.count("session"))
		for i, r in enumerate(records):
			if r["type"] == "session":
				self.assertEqual(types[i + 1], "checkpoint")
			if r["type"] == "close":
				self.assertEqual(types[i - 1], "checkpoint")

	def test_a_slip_and_its_qr_code_fit_a_terminal(self):
		lines = self.ok(self.room.plain("checkpoint", "--qr")).lines
		self.assertLess(len(lines), 24)
		self.assertLessEqual(max(map(len, lines)), 80)
		slip = self.ok(self.room.plain("checkpoint", "--slip")).lines
		self.assertEqual(lines[-len(slip):], slip)
		written = "".join(slip).partition("slip")[2].replace(" ", "")
		self.assertEqual(written, self.checkpoint()["slip"])
		self.assertEqual(read_qr(lines[:-len(slip)]), written)

	def test_of_an_earlier_size(self):
		for size in (1, 5):
			self.assertEqual(self.checkpoint("--size", str(size))["size"], size)
		self.fails(self.room.plain("checkpoint", "--size", "5000"), 1)

	def test_without_the_room_key(self):
		recorded = self.ok(self.room.plain("log", "--json", "--type", "checkpoint")).json[-1]["payload"]["head"]
		os.rename(os.path.join(self.room.path, "room.key"), os.path.join(self.dir, "key"))
		self.assertEqual(self.checkpoint()["root"], recorded["root"])
		self.fails(self.room("selftest"), 4, "room.key")
		os.rename(os.path.join(self.dir, "key"), os.path.join(self.room.path, "room.key"))
		self.say()

	def test_another_room_key(self):
		before = self.checkpoint()["note"]
		self.fails(self.room("checkpoint", "new-key", as_="anna"), 3, "inspector")
		self.ok(self.room("checkpoint", "new-key", "--why", "yearly"))
		after = self.checkpoint()["note"]
		self.assertNotEqual(before.split()[-1][:5], after.split()[-1][:5])
		self.ok(self.room("cosign", self.file("before", before), as_="anna"))
		self.ok(self.room.plain("verify", "--checkpoint", self.file("before", before), "--checkpoint", self.file("after", after)))
		# cut off between the record and the file's change
		path = os.path.join(self.room.path, "room.key")
		shutil.copy(path, path + ".old")
		self.ok(self.room("checkpoint", "new-key"))
		os.rename(path, path + ".new")
		os.rename(path + ".old", path)
		self.say()
		self.assertFalse(os.path.exists(path + ".new"))
		self.ok(self.room.plain("verify"))


class Proofs(Heads):
	def test_inclusion_of_every_record(self):
		size = self.checkpoint()["size"]
		for index in range(size):
			text = self.ok(self.room.plain("prove", str(index))).text
			proof, _, note = text.partition("\n\n")
			lines = proof.split("\n")
			self.assertEqual(lines[:2], ["c2sp.org/tlog-proof@v1", "index %d" % index])
			_, size, root = read_note(note)
			path = [base64.b64decode(line) for line in lines[2:]]
			self.assertEqual(inclusion_root(sha256(b"\0", self.leaf(index)), index, size, path), root)
		self.fails(self.room.plain("prove", str(size)), 1)

	def test_consistency_of_any_two_sizes(self):
		size = self.checkpoint()["size"]
		leaves = [sha256(b"\0", self.leaf(i)) for i in range(size)]
		for old in range(1, size + 1):
			for new in (old, size):
				text = self.ok(self.room.plain("prove", "--from", str(old), "--size", str(new))).text
				proof, _, note = text.partition("\n\n")
				lines = proof.split("\n")
				self.assertEqual(lines[0], "old %d" % old)
				self.assertEqual([base64.b64decode(line) for line in lines[1:]], subproof(old, leaves[:new], True))
				self.assertEqual(read_note(note)[1:], (new, tree(leaves[:new])))

	def test_from_a_slip(self):
		slip = self.checkpoint()["slip"]
		self.say()
		self.assertIn("old %s\n" % slip.split(".")[0], self.ok(self.room.plain("prove", "--from", slip)).text)
		wrong = slip[:-2] + ("AA" if slip[-2:] != "AA" else "IA")
		self.fails(self.room.plain("prove", "--from", wrong), 1, "contradicts")
		self.fails(self.room.plain("prove", "--from", "9999"), 2)
		self.fails(self.room.plain("prove", "--from", "x"), 2, "slip")
		self.fails(self.room.plain("prove"), 2)
		self.fails(self.room.plain("prove", "3", "--from", "2"), 2)


def tree(leaves):
	if len(leaves) < 2:
		return leaves[0] if leaves else sha256()
	k = 1 << (len(leaves) - 1).bit_length() - 1
	return sha256(b"\1", tree(leaves[:k]), tree(leaves[k:]))


def subproof(m, leaves, whole):
	"""RFC 6962 2.1.2, from its text."""
	if m == len(leaves):
		return [] if whole else [tree(leaves)]
	k = 1 << (len(leaves) - 1).bit_length() - 1
	if m <= k:
		return subproof(m, leaves[:k], whole) + [tree(leaves[k:])]
	return subproof(m - k, leaves[k:], False) + [tree(leaves[:k])]


class Cosignatures(Heads):
	def keygen(self, note, armour, who):
		signers = self.file("signers", self.ok(self.room.plain("roster", "export")).out)
		return subprocess.run(["ssh-keygen", "-Y", "verify", "-f", signers, "-I", who, "-n", "checkpoint@carrel", "-s",
			self.file("armour", armour)], input=note.encode(), capture_output=True, check=False).returncode

	def test_made_here(self):
		note = self.checkpoint()["note"]
		armour = self.ok(self.room("cosign", self.file("note", note), as_="anna")).out
		self.assertEqual(self.keygen(note, armour, "anna"), 0)
		record = self.ok(self.room.plain("log", "--json", "--type", "cosign")).json[-1]
		self.assertEqual(record["payload"]["head"]["size"], int(note.split("\n")[1]))
		self.ok(self.room.plain("verify"))

	def test_made_elsewhere(self):
		key = os.path.join(self.dir, "nora")
		subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
		note = self.file("note", self.checkpoint()["note"])
		subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "checkpoint@carrel", note], check=True, capture_output=True)
		self.fails(self.room("cosign", note, "--signature", note + ".sig"), 3, "not enrolled")
		self.ok(self.room("roster", "add", "nora", "--role", "auditor", "--pub", key + ".pub"))
		self.ok(self.room("cosign", note, "--signature", note + ".sig"))
		subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "record@carrel", note], check=True, capture_output=True,
			stdin=subprocess.DEVNULL) if os.unlink(note + ".sig") is None else None
		self.fails(self.room("cosign", note, "--signature", note + ".sig"), 1, "another purpose")
		self.ok(self.room.plain("verify"))

	def test_nothing_else_is_signed(self):
		other = self.practice_room(name="other").plain("checkpoint").out
		self.fails(self.room("cosign", self.file("note-of-another", other), as_="anna"), 3, "another room")
		note = self.checkpoint()["note"]
		self.fails(self.room("cosign", self.file("bad", "pay 100\n"), as_="anna"), 2, "not a checkpoint")
		lines = note.split("\n")
		lines[1] = str(int(lines[1]) - 1)
		self.fails(self.room("cosign", self.file("bad", "\n".join(lines)), as_="anna"), 3)
		self.fails(self.room("cosign", os.path.join(self.dir, "none"), as_="anna"), 2)
		self.assertEqual(self.room.plain("log", "--type", "cosign").code, 1)

	def test_what_a_report_needs(self):
		room = self.imported_room({"a.c": "int a;\n"}, name="second")
		room.enrol("otto", "auditor")
		self.ok(room("policy", "set", self.file("policy", "cosigned-by-auditor yes\n")))
		self.ok(room("annotate", "1.0:a.c:1", "--kind", "note", "-m", "words", as_="anna"))
		self.fails(room("report", "1.0", "-o", "a.md", as_="anna"), 3, "cosigned", "auditor")
		note = self.file("note", room.plain("checkpoint").out)
		self.ok(room("cosign", note, as_="anna"))
		self.fails(room("report", "1.0", "-o", "a.md", as_="anna"), 3, "auditor")
		self.ok(room("cosign", note, as_="otto"))
		self.ok(room("report", "1.0", "-o", "a.md", as_="anna"))
		self.assertEqual([r["payload"]["why"] for r in room.plain("log", "--json", "--type", "checkpoint").json].count("export"), 1)
		with open(os.path.join(room.path, "outbox", "a.md.tlog-proof"), encoding="utf-8") as file:
			proof = file.read()
		record = room.plain("log", "--json", "--type", "report").json[-1]["index"]
		self.assertIn("index %d\n" % record, proof)
		self.ok(room("annotate", "1.0:a.c:1", "--kind", "note", "-m", "more words", as_="anna"))
		self.fails(room("report", "1.0", "-o", "b.md", as_="anna"), 3, "auditor")


class Verify(Heads):
	def test_what_left_the_room(self):
		point = self.checkpoint()
		self.say()
		self.ok(self.room.plain("verify", "--slip", point["slip"], "--slip", point["slip"].lower(), "--checkpoint",
			self.file("note", point["note"])))
		wrong = point["slip"][:-2] + ("AA" if point["slip"][-2:] != "AA" else "IA")
		result = self.room.plain("verify", "--json", "--slip", wrong)
		self.assertEqual(result.code, 1)
		self.assertEqual([o["check"] for o in result.json if "check" in o and not o["ok"]], ["slips"])
		result = self.room.plain("verify", "--json", "--slip", "5000." + point["slip"].split(".")[1])
		self.assertIn("cut off", [o for o in result.json if o.get("check") == "slips"][0]["detail"])
		forged = point["note"].replace("\n%d\n" % point["size"], "\n%d\n" % (point["size"] - 1))
		self.assertEqual(self.room.plain("verify", "--checkpoint", self.file("forged", forged)).code, 1)
		self.fails(self.room.plain("verify", "--checkpoint", self.file("forged", "x")), 4)
		self.fails(self.room.plain("verify", "--slip", "x"), 2)

	def test_the_closed_files_digest(self):
		with open(os.path.join(self.room.path, "room.db"), "rb") as file:
			digest = hashlib.sha256(file.read()).hexdigest()
		result = self.ok(self.room.plain("verify", "--json", "--file", digest))
		self.assertEqual([o["detail"] for o in result.json if o.get("check") == "file"], [digest])
		self.say()
		self.assertEqual(self.room.plain("verify", "--file", digest).code, 1)
		self.fails(self.room.plain("verify", "--file", "abc"), 2)

	def test_checkpoints_on_record(self):
		path = os.path.join(self.room.path, "room.db")
		shutil.copy(path, path + ".good")
		self.ok(self.room("cosign", self.file("note", self.checkpoint()["note"]), as_="anna"))
		self.ok(self.room.plain("verify"))
		db = sqlite3.connect(path)
		rows = db.execute("SELECT rowid, bytes FROM attachment ORDER BY rowid").fetchall()
		row, note = [(r, b) for r, b in rows if b.startswith(b"carrel/")][-1]
		db.execute("UPDATE attachment SET bytes = ? WHERE rowid = ?", (note[:-2] + b"A\n", row))
		db.commit()
		db.close()
		bad = [o["check"] for o in self.room.plain("verify", "--json").json if "check" in o and not o["ok"]]
		self.assertIn("attachments", bad)
		self.assertIn("checkpoints", bad)


# ---- a reader of QR codes of version 3, for the codes that the program prints ----

def read_qr(lines):
	"""The text of a code drawn in half blocks, light ones drawn; no error correction is needed here, and none is done."""
	above, below = {" ": (1, 1), "\u2584": (1, 0), "\u2580": (0, 1), "\u2588": (0, 0)}, {}
	rows = []
	for line in lines:
		pairs = [above[c] for c in line]
		rows += [[p[0] for p in pairs], [p[1] for p in pairs]]
	code = [row[4:33] for row in rows[4:33]]
	assert [len(code), len(code[0])] == [29, 29] and not any(map(any, rows[:4])), below
	fixed = [[False] * 29 for _ in range(29)]
	for top, left in ((0, 0), (0, 22), (22, 0)):
		for r in range(max(0, top - 1), min(29, top + 9)):
			for c in range(max(0, left - 1), min(29, left + 9)):
				fixed[r][c] = True
	for i in range(29):
		fixed[6][i] = fixed[i][6] = True
	for i in range(9):
		fixed[8][i] = fixed[i][8] = True
	for i in range(21, 29):
		fixed[8][i] = fixed[i][8] = True
	for r in range(20, 25):
		for c in range(20, 25):
			fixed[r][c] = True
	format_bits = [code[8][c] for c in (0, 1, 2, 3, 4)]
	mask = int("".join(map(str, format_bits[2:5])), 2) ^ 0b101
	flip = [lambda i, j: (i + j) % 2, lambda i, j: i % 2, lambda i, j: j % 3, lambda i, j: (i + j) % 3,
		lambda i, j: (i // 2 + j // 3) % 2, lambda i, j: i * j % 2 + i * j % 3, lambda i, j: (i * j % 2 + i * j % 3) % 2,
		lambda i, j: ((i + j) % 2 + i * j % 3) % 2][mask]
	bits, up, column = "", True, 28
	while column > 0:
		if column == 6:
			column -= 1
		for step in range(29):
			r = 28 - step if up else step
			for c in (column, column - 1):
				if not fixed[r][c]:
					bits += str(code[r][c] ^ (flip(r, c) == 0))
		up, column = not up, column - 2
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	text, at = "", 0
	while True:
		mode = bits[at:at + 4]
		if mode == "0010":  # alphanumeric
			count, at = int(bits[at + 4:at + 13], 2), at + 13
			for k in range(count // 2):
				pair, at = int(bits[at:at + 11], 2), at + 11
				text += alphabet[pair // 45] + alphabet[pair % 45]
			if count % 2:
				text, at = text + alphabet[int(bits[at:at + 6], 2)], at + 6
		elif mode == "0001":  # digits
			count, at = int(bits[at + 4:at + 14], 2), at + 14
			while count:
				n = min(3, count)
				width = (0, 4, 7, 10)[n]
				text, at, count = text + "%0*d" % (n, int(bits[at:at + width], 2)), at + width, count - n
		else:
			return text
