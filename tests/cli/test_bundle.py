"""Bundles: some records with all that judging them elsewhere takes, and what contradicts them."""

import os
import shutil
import subprocess

from harness import Case, environment, run


class Bundle(Case):
	def lived_in_room(self):
		room = self.imported_room({"a.c": "int a;\n", "b.c": "int b;\n"})
		self.ok(room("annotate", "1.0:a.c:1", "--kind", "finding", "--title", "t", "-m", "words", as_="anna"))
		return room

	def made(self, room, *more, name="b"):
		done = self.ok(room("bundle", "make", "-o", name, "--json", *map(str, more), as_="anna")).json[0]
		return os.path.join(room.path, "outbox", name), done["index"]

	def index_of(self, room, word):
		return room.plain("log", "--json", "--type", word).json[-1]["index"]

	def test_elsewhere_without_a_room(self):
		room = self.lived_in_room()
		finding, imported = self.index_of(room, "annotate"), self.index_of(room, "import")
		path, request = self.made(room, "--from", imported, "--to", finding)
		there = os.path.join(self.dir, "there")
		os.mkdir(there)
		shutil.copy(path, there)
		shutil.copy(room.key(room.host) + ".pub", os.path.join(there, "host.pub"))
		shutil.copy(room.key("anna") + ".pub", os.path.join(there, "anna.pub"))
		result = self.ok(run("bundle", "check", "b", "--host-key", "host.pub", "--json", cwd=there))
		*records, last = result.json
		self.assertEqual((last["summary"]["signer"], last["summary"]["first"], last["summary"]["compared"]), ("anna", imported, False))
		kinds = {r["index"]: (r["type"], r["actor"], r["role"]) for r in records}
		self.assertEqual(kinds[finding], ("annotate", "anna", "inspector"))
		self.assertEqual(kinds[imported], ("import", "hanna", "host"))
		self.assertEqual(kinds[0], ("room", "hanna", "host"))
		self.assertEqual(records[-1]["payload"]["title"], "t")
		self.fails(run("bundle", "check", "b", "--host-key", "anna.pub", cwd=there), 4, "another host's key")
		self.assertIn("compared with no ledger", self.ok(run("bundle", "check", "b", cwd=there)).text)
		self.assertIn("this room's ledger had", self.ok(room.plain("bundle", "check", path)).text)
		asked = [r for r in room.plain("log", "--json").json if r["index"] == request][0]["payload"]
		self.assertEqual((asked["what"], asked["size"]), ("bundle", os.path.getsize(path)))
		self.fails(room("bundle", "make", "-o", "b", as_="anna"), 3, "there already")
		self.fails(room("bundle", "make", "-o", "c", as_="vera"), 3, "vendor")
		self.fails(room("bundle", "make", "-o", "c", "--from", "3000", as_="anna"), 2, "records 0 to")
		self.ok(room.plain("verify"))

	def test_ssh_keygen_checks_the_statement(self):
		room = self.lived_in_room()
		path, _ = self.made(room)
		with open(path, "rb") as file:
			statement, _, rest = file.read().partition(b"-----BEGIN")
		armour = b"-----BEGIN" + rest[:rest.index(b"SIGNATURE-----\n", 20) + 15]
		signers = self.file("signers", self.ok(room.plain("roster", "export")).out)
		done = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "anna", "-n", "bundle@carrel", "-s",
			self.file("sig", armour)], input=statement, capture_output=True, env=environment())
		self.assertEqual(done.returncode, 0, done.stderr)

	def test_two_histories_of_one_room(self):
		room = self.lived_in_room()
		twin = os.path.join(self.dir, "twin")
		shutil.copytree(room.path, twin)
		self.ok(room("annotate", "1.0:a.c:1", "--kind", "note", "-m", "here", as_="anna"))
		path, _ = self.made(room)
		slip = [o["summary"]["slip"] for o in room.plain("bundle", "check", path, "--json").json if "summary" in o][0]
		# a room that ends before it had the same records as far as it goes
		self.assertIn("compared with no ledger", self.ok(run("-C", twin, "bundle", "check", path)).text)
		env = environment(CARREL_KEY=room.key("anna"))
		for _ in range(3):
			self.ok(run("-C", twin, "annotate", "1.0:b.c:1", "--kind", "note", "-m", "there", env=env))
		result = run("-C", twin, "bundle", "check", path)
		self.fails(result, 4, "two histories of one room")
		self.assertIn(slip, result.error)
		self.assertEqual(result.error.count("." + slip.split(".")[1]), 1)
		other = slip[:-1] + ("A" if slip[-1] != "A" else "Q")
		self.fails(room.plain("bundle", "check", path, "--slip", other), 4, "two histories")
		self.fails(room.plain("bundle", "check", path, "--slip", "3." + slip.split(".")[1]), 2, "consistency proof")
		self.ok(room.plain("bundle", "check", path, "--slip", slip))

	def test_two_histories_that_differ_outside_the_bundle(self):
		"""A longer ledger's bundle, whose tree has but a hash where the two differ."""
		room = self.lived_in_room()
		twin = os.path.join(self.dir, "twin")
		shutil.copytree(room.path, twin)

		def size(path):
			return int(run("-C", path, "checkpoint", "--json").json[0]["slip"].split(".")[0])

		def say(path):
			self.ok(run("-C", path, "--key", room.key("anna"), "annotate", "1.0:a.c:1", "--kind", "note", "-m", path))

		common = size(twin)
		while size(twin) < common + (common & -common):
			say(twin)
		while size(room.path) <= size(twin):
			say(room.path)
		path, _ = self.made(room, "--from", common - 1)
		result = self.fails(run("-C", twin, "bundle", "check", path), 4, "two histories of one room")
		self.assertIn("the head here is %d." % size(twin), result.error)
		self.ok(room.plain("bundle", "check", path))

	def test_what_is_no_bundle(self):
		room = self.lived_in_room()
		for text in (b"", b"carrel-bundle v1\n", b"carrel-bundle v2\nrange 0 0\n", b"\0" * 5000, b"-----END SSH SIGNATURE-----\n" * 3):
			self.fails(room.plain("bundle", "check", self.file("x", text)), 4, "bundle")
		self.fails(room.plain("bundle", "check", os.path.join(self.dir, "none")), 2, "No such file")
		self.fails(room.plain("bundle", "check", self.dir), 5)
