"""The desk without a screen: the whole job as a dialogue of lines, over a pipe and at a dumb terminal."""

import json
import os
import re

from harness import Case, cli


class Plain(Case):
	def argv(self, who="anna"):
		room = self.copy_room()
		return ["-C", room, "--key", "%s/private/%s.key" % (room, who), "desk", "--plain"]

	def told(self, *lines, who="anna", env=None):
		"""What the dialogue says to these lines: one string for each, and one before them."""
		text = "".join(line + "\n" for line in lines)
		env = dict(cli.environment(), TERM="dumb", **(env or {}))
		done = self.ok(cli.run(*self.argv(who), stdin=text.encode(), env=env)).text
		self.assertNotRegex(done, r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "lines alone, nothing that moves a cursor")
		self.assertTrue(done.endswith("You have left the desk.\n"), done)
		return re.split(r"^> ", done, flags=re.M)

	def test_finding_and_reading(self):
		said = self.told("files src", "find tok", "1", "", "where", "search -w strcmp", "1", "back", "definition tok_next",
			"references auth_check", "callers auth_check", "symbol toknext", "outline", "suspicious", "nonsense", "99", "quit")
		self.assertIn("sealed: no way out", said[0])
		self.assertIn("You read release 1.2, compared with 1.1.", said[0])
		self.assertRegex(said[1], r"^src: \d+\.\n1\. src/auth\.c")
		self.assertRegex(said[2], r"^Files: \d+\.\n1\. src/tok\.c")
		self.assertRegex(said[3], r"^File src/tok\.c of 1\.2, from line 1:\n1  #include")
		self.assertIn("13 lines follow: Enter goes on.", said[3])
		self.assertRegex(said[4], r"^21  \t/\* only for the vendor <U\+202E>(.|\n)*End of the file\.")
		self.assertIn("File src/tok.c of 1.2, line 21 of 33.", said[5])
		self.assertRegex(said[6], r"1 files were not searched: 1 binary\nLines found: \d+\.\n1\. src/auth\.c line 10: if \(strcmp")
		self.assertIn("File src/auth.c of 1.2, from line 10:", said[7])
		self.assertIn("File src/tok.c of 1.2", said[8])
		self.assertRegex(said[9], r"1\. tok_next function definition in src/tok\.c line 16")
		self.assertIn("src/main.c", said[10])
		self.assertIn("src/main.c", said[11])
		self.assertIn("tok_next", said[12])
		self.assertIn("is_word", said[13])
		self.assertIn("<U+202E>", said[14])
		self.assertIn('There is no word "nonsense"', said[15])
		self.assertRegex(said[16], r"The last list has \d+ choices\.")

	def test_comparing_and_a_comment_on_a_removed_line(self):
		said = self.told("read 1.1 against 1.0", "changes", "diff src/auth.c", "comment old 10", "Why was strcmp here?", ".",
			"sign", "threads open", "quit")
		self.assertIn("changed src/auth.c", said[2])
		removed = re.search(r"removed, old line (\d+): .*strcmp", said[3])
		self.assertTrue(removed, said[3])
		self.assertRegex(said[4], r"On src/auth\.c of 1\.0, lines 10 to 10\.\n")
		self.assertRegex(said[4], r"These bytes would be signed:\n  carrel-record v1\n(.|\n)*Signed and recorded: record \d+\.")
		last = [r for r in self.log() if r["type"] == "annotate"][-1]
		self.assertEqual((last["payload"]["text"], last["payload"]["anchors"][0]["release"]), ("Why was strcmp here?", "1.0"))
		self.assertEqual(last["signature"], "good")

	def test_nothing_is_signed_but_by_the_word(self):
		before = len(self.log())
		said = self.told("open src/tok.c", "comment 3", "words", ".", "yes", "quit")
		self.assertIn("Not signed.", said[2])
		self.assertNotIn("annotate", [r["type"] for r in self.log()[before:]])

	def test_a_finding_a_state_and_the_vendors_answer(self):
		said = self.told("open src/tok.c", "finding 18-20", "A title", "4", "high", "1", "words of it", ".", "sign", "quit")
		self.assertRegex(said[2], r"Severity:\n1\. undetermined(.|\n)*4\. medium")
		self.assertIn("Signed and recorded", said[2])
		last = [r for r in self.log() if r["type"] == "annotate"][-1]["payload"]
		self.assertEqual((last["severity"], last["title"]), ("medium", "A title"))
		thread = json.loads(self.ok(cli.run("-C", self.copy_room(), "threads", "--json")).text.splitlines()[-1])["thread"]
		said = self.told("threads", "answer " + thread[:6], "We look at it.", ".", "sign",
			"state %s resolved" % thread[:6], "Done.", ".", "sign", "quit", who="victor")
		self.assertIn("Signed and recorded", said[2])
		self.assertNotIn("Signed and recorded", said[3]) # it is not the vendor's to resolve
		self.assertEqual([r["type"] for r in self.log() if r["type"] != "checkpoint"][-2:], ["reply", "close"])

	def test_a_private_note(self):
		said = self.told("open src/tok.c", "private 3-4", "mine alone", ".", "quit")
		self.assertIn("Kept in your notebook", said[2])

	def test_what_was_not_signed_is_a_draft_of_the_desk(self):
		room = self.copy_room()
		drafts = lambda: cli.run("-C", room, "--key", room + "/private/anna.key", "log", "--drafts").text
		self.told("open src/tok.c", "comment 3", "half a", "thought") # the input ends there
		self.assertIn('"text":"half a\\nthought"', drafts())
		screen = self.desk()
		self.sees(screen, "1 draft from before")
		screen.type("2ggjjc")
		self.sees(screen, "WRITING on src/tok.c line 3", "half a", "thought")
		screen.keys("C-u", "BSpace", "C-u", "Escape")
		self.sees(screen, gone=["1 draft", "WRITING"])
		screen.type("Qy")
		screen.ended()
		said = self.told("open src/tok.c", "comment 3", "not signed", ".", "no", "comment 4", "signed", ".", "sign", "quit")
		self.assertIn("Your words lie in your notebook as a draft.", said[2])
		self.assertIn("Signed and recorded", said[3])
		self.assertIn("not signed", drafts())
		self.assertEqual(drafts().count('"text":'), 1)

	def test_the_same_records_as_the_desk(self):
		before = len(self.log())
		self.told("open src/tok.c", "search strcmp", "quit")
		self.assertEqual([r["type"] for r in self.log()[before:] if r["type"] != "checkpoint"],
			["session", "page", "search", "close"])

	def test_at_a_dumb_terminal(self):
		terminal = cli.Terminal(*self.argv(), env=dict(cli.environment(), TERM="dumb"))
		terminal.until(b"help lists the words, quit leaves.")
		terminal.type("open src/tok.c\n")
		terminal.until(b"13 lines follow")
		terminal.type("quit\n")
		terminal.until(b"You have left the desk.")
		self.assertEqual(terminal.end()[0], 0)

	def locked_room(self, policy):
		"""A room whose only inspector has a key with a passphrase; what opens the dialogue there."""
		room = cli.Room(self, "locked").create()
		key = os.path.join(self.dir, "lena")
		with open(key + ".words", "w") as file:
			file.write("open sesame")
		with open(key + ".words") as words:
			self.ok(cli.run("key", "new", key, "--passphrase-fd", str(words.fileno()), pass_fds=(words.fileno(),)))
		self.ok(room("roster", "add", "lena", "--role", "inspector", "--pub", key + ".pub"))
		self.ok(room("import", self.tree("tree", {"a.c": "int the_source;\n"}), "--release", "1"))
		self.ok(room("policy", "set", self.file("policy", policy)))
		return ["-C", room.path, "--key", key, "desk", "--plain"]

	def test_a_passphrase_is_not_echoed_and_a_locked_desk_asks_for_it(self):
		terminal = cli.Terminal(*self.locked_room(b"lock-after 3\n"), env=dict(cli.environment(), TERM="xterm"))
		terminal.until(b"Passphrase of lena, Enter alone gives up: ")
		terminal.type("open sesame\n")
		heard = terminal.until(b"help lists the words, quit leaves.")
		self.assertNotIn(b"sesame", heard)
		self.assertTrue(terminal.echoes())
		terminal.type("open a.c\n")
		terminal.until(b"int the_source;")
		told = terminal.until(b"Enter asks for your key.") # nothing was typed for three seconds
		self.assertIn(b"\x1b[2J\x1b[3J", told, "wiped, with what was scrolled off")
		terminal.type("\n")
		terminal.until(b"Passphrase of lena")
		terminal.type("wrong\n")
		terminal.until(b"Passphrase of lena")
		terminal.type("open sesame\n")
		terminal.until(b"> ")
		terminal.type("where\n")
		terminal.until(b"File a.c of 1, line 1 of 1.")
		terminal.type("quit\n")
		code, told = terminal.end()
		self.assertEqual(code, 0)
		self.assertIn(b"\x1b[3J", told)

	def test_a_policy_without_pipes_is_obeyed(self):
		room = self.copy_room()
		policy = os.path.join(self.dir, "policy")
		with open(policy, "w") as file:
			file.write(self.ok(cli.run("-C", room, "policy")).text.replace("pipe-source yes", "pipe-source no"))
		self.ok(cli.run("-C", room, "--key", room + "/private/henry.key", "policy", "set", policy))
		done = cli.run(*self.argv(), stdin=b"open src/tok.c\n")
		self.assertEqual((done.code, b"#include" in done.out), (3, False), repr(done))
		self.assertIn(b"pipe-source no", done.err)

	def test_in_german_and_in_ascii(self):
		env = dict(cli.environment(), LANG="de_DE.UTF-8", TERM="dumb")
		done = cli.run(*self.argv(), stdin=b"where\n", env=env).text
		self.assertIn("versiegelt: kein Weg hinaus", done)
		env = dict(cli.environment(), LANG="C", TERM="dumb")
		done = cli.run(*self.argv(), stdin=b"open src/locale.c\n\n\n", env=env).text
		self.assertTrue(done.isascii())
		self.assertRegex(done, r"<U\+[0-9A-F]{4}>")
