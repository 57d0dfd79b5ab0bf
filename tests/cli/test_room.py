"""Rooms: made, found, refused; policy; status."""
import os
import sqlite3
import unittest

from harness import Case, Room, Terminal, environment, run


class Init(Case):
	def key(self):
		path = os.path.join(self.dir, "henry.key")
		self.ok(run("key", "new", path, "--no-passphrase"))
		return path

	def init(self, *more, product="acme-av", key=None):
		return run("init", os.path.join(self.dir, "room"), "--product", product, "--host", "henry", "--key", key or self.key(),
			"--practice", *more)

	def test_makes_a_room(self):
		said = self.ok(self.init()).text
		self.assertIn("acme-av", said)
		room = os.path.join(self.dir, "room")
		self.assertEqual(sorted(os.listdir(room)), ["index", "outbox", "private", "room.db", "room.key", "run", "source.git"])
		self.assertEqual(os.stat(room).st_mode & 0o777, 0o700)
		self.assertEqual(os.stat(os.path.join(room, "room.key")).st_mode & 0o777, 0o600)

	def test_twice_is_refused(self):
		key = self.key()
		self.ok(self.init(key=key))
		before = open(os.path.join(self.dir, "room", "room.db"), "rb").read()
		self.fails(self.init(key=key), 3, "is a room already")
		self.assertEqual(open(os.path.join(self.dir, "room", "room.db"), "rb").read(), before)

	def test_where_something_is_already(self):
		self.file("room/thing", "x")
		self.fails(self.init(), 3, "is not empty")
		self.assertEqual(os.listdir(os.path.join(self.dir, "room")), ["thing"])

	def test_a_failure_leaves_nothing(self):
		bad = self.file("bad.key", "not a key\n")
		self.fails(self.init(key=bad), 4)
		self.assertFalse(os.path.exists(os.path.join(self.dir, "room")))
		os.mkdir(os.path.join(self.dir, "room"))
		self.fails(self.init(key=bad), 4)
		self.assertEqual(os.listdir(os.path.join(self.dir, "room")), [])

	def test_what_is_missing(self):
		self.fails(run("init", "room", "--product", "x", cwd=self.dir), 2, "--host is missing")
		self.fails(run("init", "room", "--host", "x", cwd=self.dir), 2, "--product is missing")
		self.assertFalse(os.path.exists(os.path.join(self.dir, "room")))

	def test_no_key_at_hand(self):
		result = run("init", os.path.join(self.dir, "room"), "--product", "x", "--host", "y", "--practice")
		self.assertIn(result.code, (2, 3), repr(result))
		self.assertFalse(os.path.exists(os.path.join(self.dir, "room")))

	def test_product_with_escape_sequences_is_refused_or_shown(self):
		result = self.init(product="a\x1b[31mb")
		self.assertNotIn(b"\x1b", result.out + result.err)


class Find(Case):
	def test_not_a_room(self):
		self.fails(run("-C", self.dir, "status"), 2, "is not a room")
		self.fails(run("status", cwd=self.dir), 2, "no room here")
		self.fails(run("-C", os.path.join(self.dir, "none"), "status"), 2, "not a room")

	def test_by_variable_and_upwards(self):
		room = Room(self).create()
		self.ok(run("status", env=environment(CARREL_ROOM=room.path)))
		below = os.path.join(room.path, "outbox")
		self.ok(run("status", cwd=below))

	def test_a_newer_room(self):
		room = Room(self).create()
		db = sqlite3.connect(os.path.join(room.path, "room.db"))
		db.execute("PRAGMA user_version = 99")
		db.commit()
		db.close()
		self.fails(room.plain("status"), 4, "newer carrel")
		self.fails(room("search", "x"), 4, "newer carrel")

	def test_a_damaged_ledger(self):
		room = Room(self).create()
		path = os.path.join(room.path, "room.db")
		with open(path, "wb") as file:
			file.write(b"SQLite format 3\0" + b"\xff" * 4000)
		self.assertEqual(room.plain("status").code, 4)
		with open(path, "wb") as file:
			file.write(b"something else altogether\n" * 100)
		self.fails(room.plain("log"), 4, "not a ledger")


class Status(Case):
	def test_json(self):
		room = self.practice_room()
		[status] = self.ok(room.plain("status", "--json")).json
		self.assertEqual((status["product"], status["host"], status["practice"]), ("acme-av", "hanna", True))
		self.assertRegex(status["root"], "^[0-9a-f]{64}$")
		self.assertIn("acme-av", self.ok(room.plain("status")).text)

	def test_nothing_is_recorded_by_looking(self):
		room = self.practice_room()
		size = room.plain("status", "--json").json[0]["size"]
		for words in (["log"], ["roster", "list"], ["roster", "export"], ["policy"], ["verify"], ["key", "list"], ["record", "0"]):
			self.ok(room.plain(*words))
		for words in (["releases"], ["threads"]):
			self.fails(room.plain(*words), 1)
		self.assertEqual(room.plain("status", "--json").json[0]["size"], size)


class Policy(Case):
	def test_set_and_print(self):
		room = self.practice_room()
		policy = self.file("policy", "# for the test\npipe-source no\n")
		self.ok(room("policy", "set", policy))
		self.assertIn("pipe-source no", self.ok(room.plain("policy")).text)

	def test_only_the_host(self):
		room = self.practice_room()
		self.fails(room("policy", "set", self.file("policy", "pipe-source no\n"), as_="anna"), 3, "inspector")
		self.assertIn("pipe-source yes", room.plain("policy").text)

	def test_bad_policy(self):
		room = self.practice_room()
		self.fails(room("policy", "set", self.file("policy", "pipe-source yes\nwindows open\n")), 2, "2")
		self.fails(room("policy", "set", os.path.join(self.dir, "none")), 2, "none")

	def test_reading_commands_and_pipes_are_refused(self):
		room = self.imported_room({"a.c": "int a;\n"})
		self.ok(room("policy", "set", self.file("policy", "pipe-source no\n")))
		for words in (["cat", "1.0:a.c"], ["search", "int"], ["ls", "1.0:"], ["diff", "1.0", "1.0"]):
			said = self.fails(room(*words, as_="anna"), 3, "pipe-source no")
			self.assertEqual(said.out, b"")
		code, seen = Terminal(*room.argv("cat", "1.0:a.c", as_="anna")).end()
		self.assertEqual(code, 0)
		self.assertIn(b"int a;", seen)
		self.ok(room("policy", "set", self.file("policy", "reading-commands no\n")))
		code, seen = Terminal(*room.argv("cat", "1.0:a.c", as_="anna")).end()
		self.assertEqual(code, 3)
		self.assertNotIn(b"int a;", seen)


if __name__ == "__main__":
	unittest.main()
