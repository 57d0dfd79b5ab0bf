"""The ledger of a room, seen by a reader that shares no code with ours, and by ssh-keygen."""

import os
import shutil
import sqlite3
import stat
import subprocess

import ledger_reader
from harness import Case, environment, run

FILES = {
	"src/auth.c": "int auth_check(const char *user, const char *pw)\n{\n\treturn strcmp(pw, user);\n}\n",
	"src/main.c": "int main(void)\n{\n\treturn auth_check(\"a\", \"b\");\n}\n",
}


class Ledger(Case):
	def lived_in_room(self):
		"""A room in which something of everything that exists was said and shown."""
		room = self.imported_room(FILES)
		self.ok(room("annotate", "1.0:src/auth.c:3", "--kind", "finding", "--title", "strcmp on a secret", "--severity",
			"high", "-m", "timing \"side\" channel\n\tö 😀", as_="anna"))
		thread = room("threads", "--json", as_="anna").json[0]["thread"]
		self.ok(room("reply", thread, "-m", "we look at it", as_="vera"))
		self.ok(room("state", thread, "fix promised", "-m", "in 1.1", as_="vera"))
		self.ok(room("search", "auth_check", as_="anna"))
		self.ok(room("cat", "1.0:src/main.c", as_="anna"))
		self.ok(room("ls", "1.0", as_="vera"))
		self.ok(room("report", "1.0", "--format", "md", "-o", "r.md", as_="anna"))
		return room

	def log(self, room):
		return self.ok(room.plain("log", "--json")).json

	def test_another_reader_agrees(self):
		room = self.lived_in_room()
		records, root = ledger_reader.read(room.path)
		status = self.ok(room.plain("verify", "--json")).json
		self.assertTrue(all(check["ok"] for check in status))
		log = self.log(room)
		self.assertEqual([(r.index, r.hash, r.type, r.payload) for r in records],
			[(o["index"], o["hash"], o["type"], o["payload"]) for o in log])
		self.assertEqual({o["signature"] for o in log}, {"good", "session"})
		kinds = {r.type for r in records}
		self.assertTrue({"room", "person", "import", "session", "close", "page", "search", "list", "annotate", "reply", "state",
			"report"} <= kinds, kinds)
		self.assertIn(root, self.ok(room.plain("status")).text)

	def test_a_thousand_records(self):
		"""Each of them, a person's and a session's, by ssh-keygen and the key that the ledger names for it."""
		room = self.imported_room({"long.c": "".join("int line_%d;\n" % i for i in range(256 * 990))})
		for i in range(3):
			self.ok(room("annotate", "1.0:long.c:%d" % (i + 1), "--kind", "note", "-m", "note %d" % i, as_="anna"))
		self.ok(room("cat", "1.0:long.c", as_="anna"))
		records, root = ledger_reader.read(room.path)
		self.assertGreaterEqual(len(records), 1000)
		self.assertGreaterEqual([r.type for r in records].count("page"), 990)
		self.assertIn(root, self.ok(room.plain("status")).text)

	def test_ssh_keygen_alone_judges_a_record(self):
		room = self.lived_in_room()
		people = {"anna", "vera", room.host}
		judged = 0
		for entry in self.log(room):
			if entry["signature"] != "good" or entry["actor"] not in people:
				continue
			number = str(entry["index"])
			raw = self.ok(room.plain("record", number, "--raw")).out
			armour = self.file("sig", self.ok(room.plain("record", number, "--signature")).out)
			signers = self.file("signers", self.ok(room.plain("roster", "export", "--at", number)).out)
			if entry["type"] == "room":
				continue
			done = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", signers, "-I", entry["actor"], "-n", "record@carrel",
				"-s", armour], input=raw, capture_output=True)
			self.assertEqual(done.returncode, 0, (entry, done))
			done = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", signers, "-I", entry["actor"], "-n", "record@carrel",
				"-s", armour], input=raw.replace(b"a", b"b", 1), capture_output=True)
			self.assertNotEqual(done.returncode, 0)
			judged += 1
		self.assertGreater(judged, 8)

	def test_a_key_with_a_passphrase_in_the_agent(self):
		room = self.imported_room(FILES)
		socket, ask, key = (os.path.join(self.dir, name) for name in ("agent", "ask", "olga"))
		agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
		self.addCleanup(agent.wait)
		self.addCleanup(agent.terminate)
		subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", key], check=True)
		self.file("ask", "#!/bin/sh\necho open sesame\n")
		os.chmod(ask, 0o700)
		while not os.path.exists(socket):
			self.assertIsNone(agent.poll())
		env = environment(SSH_AUTH_SOCK=socket)
		subprocess.run(["ssh-add", "-q", key], check=True, stdin=subprocess.DEVNULL,
			env=dict(env, SSH_ASKPASS=ask, SSH_ASKPASS_REQUIRE="force"))
		self.ok(room("roster", "add", "olga", "--role", "inspector", "--pub", key + ".pub"))
		self.ok(run("-C", room.path, "annotate", "1.0:src/auth.c:3", "--kind", "note", "-m", "by an agent", env=env))
		entry = [o for o in self.log(room) if o["type"] == "annotate"][-1]
		self.assertEqual((entry["actor"], entry["signature"]), ("olga", "good"))
		ledger_reader.read(room.path)

	def test_reading_works_on_a_copy_that_cannot_be_written(self):
		room = self.lived_in_room()
		copy = os.path.join(self.dir, "copy")
		shutil.copytree(room.path, copy)
		before = sorted(os.listdir(copy))
		with open(os.path.join(copy, "room.db"), "rb") as file:
			data = file.read()
		for base, folders, files in os.walk(copy):
			for name in folders + files:
				path = os.path.join(base, name)
				os.chmod(path, os.stat(path).st_mode & ~stat.S_IWUSR)
		os.chmod(copy, 0o500)
		self.addCleanup(os.chmod, copy, 0o700)
		for command in (["verify"], ["log"], ["threads"], ["releases"], ["status"], ["record", "3"], ["roster", "list"]):
			self.ok(run("-C", copy, *command))
		self.assertEqual(sorted(os.listdir(copy)), before)
		with open(os.path.join(copy, "room.db"), "rb") as file:
			self.assertEqual(file.read(), data)

	def tampered(self, room, sql):
		db = sqlite3.connect(os.path.join(room.path, "room.db"))
		db.execute(sql)
		db.commit()
		db.close()
		return room.plain("verify")

	def test_what_was_tampered_with_does_not_verify(self):
		room = self.lived_in_room()
		path = os.path.join(room.path, "room.db")
		shutil.copy(path, path + ".good")
		last = self.log(room)[-1]["index"]
		for sql, code in (
				("DELETE FROM record WHERE idx = %d" % last, 1),
				("UPDATE node SET hash = x'%s' WHERE id = 4" % ("00" * 32), 1),
				("UPDATE person SET role = 'host'", 1),
				("UPDATE thread SET state = 'resolved'", 1),
				("DELETE FROM attachment", 1),
				("UPDATE record SET leaf = x'00' WHERE idx = 2", 4),
				("CREATE TABLE more (a)", 4),
				("PRAGMA user_version = 77", 4)):
			shutil.copy(path + ".good", path)
			result = self.tampered(room, sql)
			self.assertEqual(result.code, code, (sql, result))
		shutil.copy(path + ".good", path)
		self.ok(room.plain("verify"))
