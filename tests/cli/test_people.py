"""Keys and the roster."""
import os
import subprocess
import unittest

from harness import Case, Room, Terminal, environment, run


class Keys(Case):
	def test_new(self):
		path = os.path.join(self.dir, "anna.key")
		said = self.ok(run("key", "new", path, "--no-passphrase", "--comment", "anna of acme"))
		self.assertRegex(said.lines[0], "^SHA256:")
		self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
		with open(path + ".pub") as file:
			line = file.read()
		self.assertRegex(line, r"^ssh-ed25519 \S+ anna of acme\n$")
		done = subprocess.run(["ssh-keygen", "-l", "-f", path + ".pub"], capture_output=True, text=True, check=True)
		self.assertIn(said.lines[0], done.stdout)

	def test_nothing_is_overwritten(self):
		path = self.file("anna.key", "mine")
		self.fails(run("key", "new", path, "--no-passphrase"), 3, "is there already")
		self.assertEqual(open(path).read(), "mine")
		self.assertFalse(os.path.exists(path + ".pub"))
		pub = self.file("otto.key.pub", "mine")
		self.fails(run("key", "new", pub[:-4], "--no-passphrase"), 3, "is there already")
		self.assertEqual(open(pub).read(), "mine")
		self.assertFalse(os.path.exists(pub[:-4]))

	def test_no_such_directory(self):
		self.fails(run("key", "new", os.path.join(self.dir, "none", "k"), "--no-passphrase"), 2, "no such directory")

	def test_without_terminal_or_passphrase(self):
		self.fails(run("key", "new", os.path.join(self.dir, "k")), 3, "--passphrase-fd")
		self.assertEqual(os.listdir(self.dir), [])

	def passphrase(self, text):
		read, write = os.pipe()
		os.write(write, text)
		os.close(write)
		self.addCleanup(os.close, read)
		return read

	def test_with_a_passphrase(self):
		path = os.path.join(self.dir, "henry.key")
		fd = self.passphrase(b"correct horse\n")
		self.ok(run("key", "new", path, "--passphrase-fd", str(fd), pass_fds=[fd]))
		room = os.path.join(self.dir, "room")
		argv = ["init", room, "--product", "p", "--host", "henry", "--key", path, "--practice", "--passphrase-fd"]
		fd = self.passphrase(b"wrong\n")
		result = run(*argv, str(fd), pass_fds=[fd])
		self.fails(result, 3, "passphrase")
		self.assertFalse(os.path.exists(room))
		fd = self.passphrase(b"correct horse")
		self.ok(run(*argv, str(fd), pass_fds=[fd]))
		self.assertEqual(run("-C", room, "roster", "list", "--json").json[0]["name"], "henry")

	def test_passphrase_at_the_terminal(self):
		path = os.path.join(self.dir, "k")
		code, seen = Terminal("key", "new", path).end_after([(b"Passphrase of k: ", "one\n"), (b"Once more: ", "two\n")])
		self.assertEqual(code, 2, seen)
		self.assertIn(b"differ", seen)
		self.assertNotIn(b"one", seen)
		self.assertFalse(os.path.exists(path))
		code, seen = Terminal("key", "new", path).end_after([(b"Passphrase of k: ", "one\n"), (b"Once more: ", "one\n")])
		self.assertEqual(code, 0, seen)
		self.assertTrue(os.path.exists(path))

	def test_interrupt_at_the_passphrase_puts_the_terminal_back(self):
		terminal = Terminal("key", "new", os.path.join(self.dir, "k"))
		terminal.until(b"Passphrase of k: ")
		self.assertFalse(terminal.echoes())
		terminal.type("half\x03")
		terminal.until(b"carrel: ")
		self.assertTrue(terminal.echoes())
		self.assertEqual(terminal.end()[0], 130)
		self.assertEqual(os.listdir(self.dir), [])

	def test_bare_keys_are_for_practice_rooms(self):
		key = os.path.join(self.dir, "k")
		self.ok(run("key", "new", key, "--no-passphrase"))
		room = os.path.join(self.dir, "room")
		self.fails(run("init", room, "--product", "p", "--host", "h", "--key", key), 3, "passphrase")
		self.assertFalse(os.path.exists(room))

	def test_list(self):
		room = self.practice_room()
		[key] = self.ok(room("key", "list", "--json", as_="anna")).json
		self.assertEqual((key["who"], key["source"]), ("anna", "file"))
		self.assertRegex(key["fingerprint"], "^SHA256:")

	def test_agent(self):
		agent = subprocess.Popen(["ssh-agent", "-D", "-a", os.path.join(self.dir, "agent")], stdout=subprocess.DEVNULL)
		self.addCleanup(agent.wait)
		self.addCleanup(agent.terminate)
		env = environment(SSH_AUTH_SOCK=os.path.join(self.dir, "agent"))
		key = os.path.join(self.dir, "id")
		subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-C", "ida", "-f", key], check=True)
		asked = self.file("ask", "#!/bin/sh\necho secret\n")
		os.chmod(asked, 0o700)
		for _ in range(200):
			done = subprocess.run(["ssh-add", key], capture_output=True, stdin=subprocess.DEVNULL,
				env=dict(env, SSH_ASKPASS=asked, SSH_ASKPASS_REQUIRE="force", DISPLAY=":0"))
			if done.returncode == 0:
				break
		self.assertEqual(done.returncode, 0, done.stderr)
		room = self.imported_room({"a.c": "int a;\n"})
		self.ok(room("roster", "add", "ida", "--role", "inspector", "--pub", key + ".pub"))
		self.ok(room.plain("annotate", "1.0:a.c:1", "--kind", "note", "-m", "by the agent", env=env))
		[record] = self.ok(room.plain("log", "--json", "--type", "annotate")).json
		self.assertEqual((record["actor"], record["signature"]), ("ida", "good"))
		[listed] = room.plain("key", "list", "--json", env=env).json
		self.assertEqual((listed["source"], listed["who"]), ("agent", "ida"))
		# an OpenSSH key file is the agent's business
		self.fails(room.plain("reply", "x", "-m", "x", "--key", key), 3, "ssh-agent")


class Roster(Case):
	def test_list_and_json(self):
		room = self.practice_room()
		people = self.ok(room.plain("roster", "list", "--json")).json
		self.assertEqual([(p["name"], p["role"]) for p in people],
			[("hanna", "host"), ("anna", "inspector"), ("vera", "vendor")])
		for person in people:
			self.assertEqual(set(person) - {"until", "key"}, {"name", "role", "fingerprint", "from"})
		self.assertIn("inspector", self.ok(room.plain("roster", "list")).text)

	def test_add_is_the_hosts(self):
		room = self.practice_room()
		key = room.key("mallory")
		self.fails(room("roster", "add", "mallory", "--role", "host", "--pub", key + ".pub", as_="anna"), 3)
		self.assertNotIn("mallory", room.plain("roster", "list").text)

	def test_bad_additions(self):
		room = self.practice_room()
		new = room.key("new") + ".pub"
		for words, code in [
			(["roster", "add", "new", "--role", "king", "--pub", new], 2),
			(["roster", "add", "new", "--role", "vendor", "--pub", room.key("anna") + ".pub"], 3),
			(["roster", "add", "new", "--role", "vendor", "--pub", self.file("bad.pub", "ssh-rsa AAAA x\n")], 3),
			(["roster", "add", "new", "--role", "vendor", "--pub", self.file("cut.pub", "ssh-ed25519 AAAA x\n")], 2),
			(["roster", "add", "new", "--role", "vendor", "--pub", self.file("two.pub", "a\nb\n")], 4),
			(["roster", "add", "new", "--role", "vendor", "--pub", os.path.join(self.dir, "none")], 2),
			(["roster", "add", "new", "--role", "vendor"], 2),
			(["roster", "revoke", "nobody"], 3),
		]:
			with self.subTest(words[2:4]):
				self.fails(room(*words), code)
		self.assertEqual(len(room.plain("roster", "list", "--json").json), 3)

	def test_revoked_people_do_nothing(self):
		room = self.imported_room({"a.c": "int a;\n"})
		self.ok(room("search", "int", as_="anna"))
		self.ok(room("roster", "revoke", "anna"))
		self.fails(room("search", "int", as_="anna"), 3)
		anna = [p for p in room.plain("roster", "list", "--json").json if p["name"] == "anna"][0]
		self.assertGreater(anna["until"], anna["from"])
		self.assertNotIn("\nanna ", self.ok(room.plain("roster", "export")).text)
		self.assertIn("\nanna ", self.ok(room.plain("roster", "export", "--at", str(anna["until"] - 1))).text)
		self.ok(room.plain("verify"))

	def judged_by_ssh_keygen(self, room, record):
		"""Whether ssh-keygen alone, with the roster at that record, takes its signature as the actor's."""
		n = str(record["index"])
		signers = self.file("signers", self.ok(room.plain("roster", "export", "--at", n)).out)
		signature = self.file("record.sig", self.ok(room.plain("record", n, "--signature")).out)
		done = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", signers, "-I", record["actor"], "-n", "record@carrel",
			"-s", signature], input=self.ok(room.plain("record", n, "--raw")).out, capture_output=True)
		return done.returncode == 0

	def test_every_record_is_judged_by_the_roster_of_its_place(self):
		room = self.imported_room({"a.c": "int a;\n"})
		new = room.key("anna2")
		self.ok(room("search", "int", as_="anna"))
		self.ok(room("roster", "add", "anna", "--role", "inspector", "--pub", new + ".pub"))
		self.ok(room("roster", "revoke", "anna", "--only", room.key("anna") + ".pub", "--why", "rotated"))
		self.fails(room("search", "int", as_="anna"), 3, "not enrolled")
		self.ok(room("annotate", "1.0:a.c:1", "--kind", "note", "-m", "with the new key", as_="anna2"))
		self.fails(room("roster", "revoke", "anna", "--only", room.key("anna") + ".pub"), 3, "no such key")
		self.ok(room("roster", "revoke", "anna"))
		# a host who revokes the very key that signs the revocation
		second = room.key("second")
		self.ok(room("roster", "add", "hanna", "--role", "host", "--pub", second + ".pub"))
		print_ = [p["fingerprint"] for p in room.plain("roster", "list", "--json").json if p["name"] == "hanna"][0]
		self.ok(room("roster", "revoke", "hanna", "--only", print_))
		self.fails(room("roster", "revoke", "hanna", as_="second"), 3, "only host")
		log = self.ok(room.plain("log", "--json")).json
		self.assertGreater(len(log), 20)
		for record in log:
			self.assertTrue(self.judged_by_ssh_keygen(room, record), record)
		self.assertNotIn("anna", self.ok(room.plain("roster", "export")).text.replace("hanna", ""))
		self.ok(room.plain("verify"))

	def test_a_box_key_comes_later(self):
		room = self.practice_room()
		boxed = os.path.join(self.dir, "boxed")
		self.ok(run("key", "new", boxed, "--no-passphrase", "--box"))
		self.fails(room("roster", "add", "anna", "--role", "inspector", "--pub", room.key("anna") + ".pub", "--box",
			room.key("anna")), 2, "no box key")
		add = ["roster", "add", "anna", "--role", "inspector", "--pub", room.key("anna") + ".pub", "--box", boxed + ".box"]
		self.ok(room(*add))
		self.fails(room(*add), 3, "enrolled already")
		rows = [p for p in room.plain("roster", "list", "--json").json if p["name"] == "anna"]
		self.assertEqual([len(p.get("box", "")) for p in rows], [0, 64])
		self.assertEqual(rows[0]["until"], rows[1]["from"])
		self.ok(room("roster", "revoke", "anna"))
		self.ok(room.plain("verify"))

	def test_two_people(self):
		room = self.practice_room()
		policy = self.file("policy", "two-people yes\n")
		self.fails(room("policy", "set", policy), 3, "second")
		room.enrol("otto", "auditor")
		self.ok(room("policy", "set", policy))
		said = self.ok(room("roster", "add", "berta", "--role", "inspector", "--pub", room.key("berta") + ".pub"))
		self.assertIn("carrel confirm", said.text)
		waits = said.text.split("confirm ")[1].split("'")[0]
		self.fails(room("selftest", as_="berta"), 3, "not enrolled")
		[pending] = [p for p in room.plain("roster", "list", "--json").json if "pending" in p]
		self.assertEqual((pending["pending"], pending["name"], pending["role"]), (int(waits), "berta", "inspector"))
		self.fails(room("confirm", waits), 3, "another person")
		self.fails(room("confirm", waits, as_="anna"), 3, "may not")
		self.fails(room("confirm", "0", as_="otto"), 3, "no second person")
		self.fails(room("confirm", "100000", as_="otto"), 1)
		self.ok(room("confirm", waits, "--text", "seen her papers", as_="otto"))
		self.fails(room("confirm", waits, as_="otto"), 3, "already")
		berta = [p for p in room.plain("roster", "list", "--json").json if p["name"] == "berta"][0]
		self.assertGreater(berta["from"], int(waits))
		self.fails(room("roster", "revoke", "otto"), 3, "only one person")
		# what loosens the rule waits, too
		said = self.ok(room("policy", "set", self.file("loose", "two-people no\n")))
		self.assertIn("two-people yes", room.plain("policy").text)
		waits = said.text.split("confirm ")[1].split("'")[0]
		self.ok(room("confirm", waits, as_="otto"))
		self.assertIn("two-people no", room.plain("policy").text)
		self.ok(room("roster", "revoke", "otto"))
		self.ok(room.plain("verify"))

	def test_strangers_do_nothing(self):
		room = self.imported_room({"a.c": "int a;\n"})
		before = room.plain("status", "--json").json[0]["size"]
		said = self.fails(room("search", "int", as_="stranger"), 3)
		self.assertEqual(said.out, b"")
		self.assertEqual(room.plain("status", "--json").json[0]["size"], before)

	def test_nobody_reads_source_without_a_key(self):
		room = self.imported_room({"a.c": "int a;\n"})
		self.fails(room.plain("search", "int"), 3)

	def test_a_key_file_that_is_missing(self):
		room = Room(self).create()
		self.fails(room.plain("--key", os.path.join(self.dir, "none"), "roster", "revoke", "x"), 2, "no such file")
		self.ok(room.plain("log", env=environment(CARREL_KEY=os.path.join(self.dir, "none"))))


if __name__ == "__main__":
	unittest.main()
