"""The notebook: searches kept, revealed and proved; what is recorded of a person."""
import glob
import hashlib
import os
import unittest

from harness import Case, Terminal, run

SOURCE = {"a.c": "int alpha;\nint beta;\nint alphabet;\n", "b.c": "alpha\n", "c.c": "nothing\n"}


def leaf_hash(data):
	return hashlib.sha256(b"\0" + data).digest()


def root_from(leaf, index, size, proof):
	"""RFC 9162, section 2.1.3.2, written from its text."""
	fn, sn, r = index, size - 1, leaf_hash(leaf)
	for p in proof:
		if fn & 1 or fn == sn:
			r = hashlib.sha256(b"\1" + p + r).digest()
			while not fn & 1 and fn:
				fn >>= 1
				sn >>= 1
		else:
			r = hashlib.sha256(b"\1" + r + p).digest()
		fn >>= 1
		sn >>= 1
	return r if sn == 0 else None


class Notebook(Case):
	def boxed_room(self):
		"""A room whose inspector anna has a box key without a passphrase."""
		room = self.imported_room(SOURCE)
		self.box = os.path.join(self.dir, "box")
		self.ok(run("key", "new", self.box, "--no-passphrase", "--box"))
		self.ok(room("roster", "add", "anna", "--role", "inspector", "--pub", room.key("anna") + ".pub", "--box",
			self.box + ".box"))
		return room

	def test_searches_are_kept_and_sealed(self):
		room = self.boxed_room()
		self.ok(room("search", "alp[h]a", "--path", "*.c", as_="anna"))
		self.ok(room("search", "-F", "beta", as_="anna"))
		self.fails(room("search", "no-such-thing", as_="anna"), 1)
		found = self.ok(room("log", "--searches", "--json", as_="anna")).json
		self.assertEqual([s["order"]["pattern"] for s in found], ["alp[h]a", "beta", "no-such-thing"])
		self.assertEqual(found[0]["order"]["glob"], "*.c")
		self.assertEqual([s["entries"] for s in found], [3, 1, 0])
		records = [r for r in room.plain("log", "--json", "--type", "search").json]
		self.assertEqual([s["hash"] for s in found], [r["hash"] for r in records])
		for path in glob.glob(os.path.join(room.path, "**"), recursive=True):
			if os.path.isfile(path) and not path.endswith("room.db-shm"):
				with open(path, "rb") as file:
					self.assertNotIn(b"alp[h]a", file.read(), path)

	def test_the_desk_shows_notes_and_searches_of_earlier_visits(self):
		room = self.boxed_room()
		self.ok(room("search", "alp[h]a", "--path", "*.c", as_="anna"))

		def desk(*lines):
			return self.ok(room("desk", "--script", self.file("script", "".join(line + "\n" for line in lines)), as_="anna"))
		desk("key t", "type a.c", "key Enter", "expect int beta", "key p", "type A thought of mine", "key ^S", "key 7", "expect NOTEBOOK", "expect note",
			"key Enter", "expect A thought of mine", "expect private, from your notebook", "key q x", "expect DROP", "key Enter", "expect NOTEBOOK",
			"expect note", "key x Down Enter", "expect Nothing is kept here yet")
		desk("key g/ M-h", "expect --path *.c alp[h]a", "key Down Enter", "expect 3 lines in 2 files")

	def test_without_a_box_key_there_is_none(self):
		room = self.imported_room(SOURCE)
		self.ok(room("search", "alpha", as_="anna"))
		self.fails(room("log", "--searches", as_="anna"), 3, "no box key")
		self.assertEqual(os.listdir(os.path.join(room.path, "private")), [])
		self.ok(room("desk", "--script", self.file("script", "key 7\nexpect you have no box key\nexpect --box FILE.box\n"), as_="anna"))

	def test_reveal(self):
		room = self.boxed_room()
		self.ok(room("search", "alpha", as_="anna"))
		[search] = room.plain("log", "--json", "--type", "search").json
		n = str(search["index"])
		self.fails(room.plain("log", "--reveals"), 1)
		said = self.ok(room("log", "--reveal", n, "--text", "to show method", as_="anna"))
		self.assertIn("revealed", said.text)
		[revealed] = self.ok(room.plain("log", "--reveals", "--json")).json
		self.assertEqual((revealed["actor"], revealed["record"], revealed["ok"], revealed["order"]["pattern"]),
			("anna", search["index"], True, "alpha"))
		[reveal] = room.plain("log", "--json", "--type", "reveal").json
		self.assertEqual(reveal["payload"]["text"], "to show method")
		self.fails(room("log", "--reveal", "0", as_="anna"), 2, "no search")
		self.fails(room("log", "--reveal", "9999", as_="anna"), 1)
		self.fails(room("log", "--reveal", n), 3)
		self.ok(room.plain("verify"))

	def test_one_entry_is_proved(self):
		room = self.boxed_room()
		hits = self.ok(room("search", "--json", "alpha", as_="anna")).json[:-1]
		[search] = room.plain("log", "--json", "--type", "search").json
		for k, hit in enumerate(hits):
			[proof] = self.ok(room("log", "--reveal", str(search["index"]), "--entry", str(k), as_="anna")).json
			self.assertEqual((proof["size"], proof["root"]), (len(hits), search["payload"]["root"]))
			self.assertTrue(proof["leaf"].endswith(":%d" % hit["line"]))
			hashes = [bytes.fromhex(h) for h in proof["proof"]]
			self.assertEqual(root_from(proof["leaf"].encode(), k, proof["size"], hashes).hex(), proof["root"])
			self.assertNotEqual(root_from(b"0" * 40 + b":1", k, proof["size"], hashes), bytes.fromhex(proof["root"]))
		self.fails(room("log", "--reveal", str(search["index"]), "--entry", "3", as_="anna"), 1, "3 entries")
		self.assertEqual(room.plain("log", "--type", "reveal").code, 1)

	def test_a_notebook_with_a_passphrase(self):
		room = self.imported_room(SOURCE)
		sealed = os.path.join(self.dir, "sealed")
		read, write = os.pipe()
		os.write(write, b"open sesame\n")
		os.close(write)
		self.addCleanup(os.close, read)
		self.ok(run("key", "new", sealed, "--box", "--passphrase-fd", str(read), pass_fds=[read]))
		self.ok(room("roster", "add", "anna", "--role", "inspector", "--pub", room.key("anna") + ".pub", "--box",
			sealed + ".box"))
		self.ok(room("search", "alpha", as_="anna"))
		self.fails(room("log", "--searches", as_="anna"), 3, "terminal")
		argv = room.argv("log", "--searches", as_="anna")
		prompt = b"Passphrase of anna's notebook: "
		code, seen = Terminal(*argv).end_after([(prompt, "wrong\n"), (b"wrong passphrase", None), (prompt, "open sesame\n")])
		self.assertEqual(code, 0, seen)
		self.assertIn(b"alpha", seen)
		code, seen = Terminal(*argv).end_after([(prompt, "wrong\n")] * 4)
		self.assertEqual(code, 3, seen)

	def test_a_torn_and_a_spoilt_log(self):
		room = self.boxed_room()
		self.ok(room("search", "alpha", as_="anna"))
		[path] = glob.glob(os.path.join(room.path, "private", "*", "log"))
		whole = os.path.getsize(path)
		with open(path, "ab") as file:
			file.write(b"\0\0\1\0 half an entry")
		self.ok(room("search", "beta", as_="anna"))
		found = self.ok(room("log", "--searches", "--json", as_="anna")).json
		self.assertEqual([s["order"]["pattern"] for s in found], ["alpha", "beta"])
		with open(path, "r+b") as file:
			file.seek(whole // 2)
			byte = file.read(1)
			file.seek(whole // 2)
			file.write(bytes([byte[0] ^ 1]))
		result = room("log", "--searches", "--json", as_="anna")
		self.assertEqual(result.code, 4, result)
		self.assertEqual([s["order"]["pattern"] for s in result.json], ["beta"])


class Mine(Case):
	def test_what_is_recorded_of_a_person(self):
		room = self.imported_room(SOURCE)
		self.ok(room("policy", "set", self.file("policy", "open-ledger no\n")))
		self.ok(room("search", "alpha", as_="anna"))
		self.ok(room("search", "alpha"))
		self.fails(room.plain("log"), 3, "open-ledger")
		mine = self.ok(room("log", "--mine", "--json", as_="anna")).json
		self.assertEqual([r["type"] for r in mine if r["type"] != "checkpoint"],
			["person", "session", "search", "close", "session"])
		self.assertEqual({r["actor"] for r in mine}, {"hanna", "anna"})
		self.assertEqual(mine[0]["payload"]["name"], "anna")
		self.assertEqual(len(self.ok(room("log", "--mine", "--type", "search", "--json", as_="anna")).json), 1)
		self.fails(room.plain("log", "--mine"), 3, "key")


if __name__ == "__main__":
	unittest.main()
