"""Words, evidence, reports: threads by command, roles, signing at a terminal, verification without carrel."""
import hashlib
import os
import sqlite3
import subprocess
import unittest

from harness import Case, Terminal, environment

SOURCE = {"src/auth.c": "int check(const char *a, const char *b)\n{\n\treturn strcmp(a, b) == 0;\n}\n", "weird\x1b[2Jname.c": "int w;\n"}
PEOPLE = (("anna", "inspector"), ("vera", "vendor"), ("ada", "auditor"))


class Words(Case):
	def setUp(self):
		super().setUp()
		self.room = self.imported_room(SOURCE, people=PEOPLE)

	def annotate(self, *more, place="1.0:src/auth.c:3", as_="anna"):
		words = list(more) if "--kind" in more else ["--kind", "finding"] + list(more)
		return self.room("annotate", place, *words, as_=as_)

	def thread(self, *more, **where):
		said = self.ok(self.annotate(*(more or ["-m", "Look."]), **where))
		self.assertRegex(said.text, r"^record \d+, thread [a-z2-7]{10}\n$")
		return said.text.split()[-1]

	def size(self):
		return self.room.plain("status", "--json").json[0]["size"]

	def types(self, start):
		"""Of the records from `start` on; that each session has its checkpoints goes without saying."""
		rows = self.room.plain("log", "--json", "--from", str(start)).json
		return [r["type"] for r in rows if r["type"] != "checkpoint"]


class Threads(Words):
	def test_annotate_and_list(self):
		name = self.thread("--title", "Compared early", "--severity", "high", "--cwe", "208", "-m", "strcmp \u202e stops")
		[thread] = self.ok(self.room.plain("threads", "--json")).json
		self.assertEqual((thread["thread"], thread["kind"], thread["state"]), (name, "finding", "open"))
		self.assertEqual((thread["title"], thread["severity"], thread["cwe"]), ("Compared early", "high", "CWE-208"))
		self.assertEqual((thread["author"], thread["entries"]), ("anna", 1))
		[anchor] = thread["anchors"]
		self.assertEqual((anchor["release"], anchor["path"], anchor["lines"], anchor["symbol"]),
			("1.0", "src/auth.c", [3, 3], "check"))
		text = SOURCE["src/auth.c"].encode()
		self.assertEqual(anchor["blob"], hashlib.sha1(b"blob %d\0" % len(text) + text).hexdigest())
		said = self.ok(self.room.plain("show", name[:4]))
		self.assertIn("<U+202E>", said.text)
		self.assertNotIn("\u202e", said.text)
		self.assertIn("1.0:src/auth.c:3", self.room.plain("threads").text)

	def test_a_whole_file_with_an_odd_name(self):
		name = self.thread("--kind", "note", "-m", "odd", place="1.0:weird\x1b[2Jname.c")
		said = self.ok(self.room.plain("show", name))
		self.assertNotIn(b"\x1b", said.out)
		self.assertIn("weird^[[2Jname.c", said.text)

	def test_answers_and_states(self):
		name = self.thread()
		self.ok(self.room("reply", name, "-m", "We will see.", as_="vera"))
		self.ok(self.room("state", name, "fix-promised", "-m", "In 1.1.", as_="vera"))
		self.assertEqual(self.room.plain("threads", "--json").json[0]["state"], "fix promised")
		self.ok(self.room("state", name, "resolved", as_="anna"))
		head, *entries = self.ok(self.room.plain("show", name, "--json")).json
		self.assertEqual((head["state"], head["entries"]), ("resolved", 4))
		self.assertEqual([(e["type"], e["author"], e["role"], e["signature"]) for e in entries], [
			("annotate", "anna", "inspector", "good"), ("reply", "vera", "vendor", "good"),
			("state", "vera", "vendor", "good"), ("state", "anna", "inspector", "good")])
		for entry in entries:
			self.assertLessEqual({"index", "hash", "type", "time", "author", "role", "signature"}, set(entry))
		self.ok(self.room.plain("verify"))

	def test_the_vendor_does_not_resolve(self):
		name = self.thread()
		before = self.size()
		self.fails(self.room("state", name, "resolved", as_="vera"), 3, "vendor", "resolved")
		self.assertEqual(self.types(before), ["session", "close"])
		self.assertEqual(self.room.plain("threads", "--json").json[0]["state"], "open")

	def test_roles(self):
		name = self.thread()
		for who in ("vera", "ada", "hanna"):
			before = self.size()
			self.fails(self.annotate("-m", "x", as_=who), 3)
			self.assertLessEqual(set(self.types(before)), {"session", "close"})
		self.fails(self.room("reply", name, "-m", "x", as_="hanna"), 3)
		self.ok(self.room("reply", name, "-m", "x", as_="ada"))

	def test_filters(self):
		first = self.thread("--kind", "question", "-m", "a")
		second = self.thread("-m", "b")
		names = lambda *words: [t["thread"] for t in self.room.plain("threads", "--json", *words).json]
		self.assertEqual(set(names()), {first, second})
		self.assertEqual(names("--kind", "question"), [first])
		self.assertEqual(set(names("--author", "anna", "--path", "src/auth.c", "--release", "1.0", "--state", "open")), {first, second})
		self.assertEqual(names("--state", "resolved"), [])
		self.fails(self.room.plain("threads", "--state", "resolved"), 1, "no such threads")

	def test_bad_words(self):
		before = self.size()
		for words, code in [
			(["annotate", "1.0:src/auth.c:3", "--kind", "finding"], 2),
			(["annotate", "1.0:src/auth.c:3", "-m", "x"], 2),
			(["annotate", "1.0:src/auth.c:3", "--kind", "finding", "-m", ""], 2),
			(["annotate", "1.0:src/auth.c:3", "--kind", "finding", "-m", "x", "--cwe", "many"], 2),
			(["reply", "x", "-m", "a" * 70000], 2),
			(["reply", "x", "-m", "a\x1bb"], 2),
		]:
			with self.subTest(words):
				self.fails(self.room(*words, as_="anna"), code)
		self.assertEqual(self.size(), before)
		for words, code in [
			(["annotate", "1.0:src/auth.c:99", "--kind", "finding", "-m", "x"], 1),
			(["annotate", "1.0:none.c:1", "--kind", "finding", "-m", "x"], 1),
			(["annotate", "3.0:src/auth.c:1", "--kind", "finding", "-m", "x"], 1),
			(["reply", "zzzz", "-m", "x"], 1),
			(["state", "zzzz", "resolved"], 1),
			(["state", "zzzz", "perfect"], 1),
		]:
			with self.subTest(words):
				self.fails(self.room(*words, as_="anna"), code)
		self.assertEqual(set(self.types(before)), {"session", "close"} | set(self.types(before)) & {"list"})

	def test_words_from_standard_input(self):
		name = self.ok(self.room("annotate", "1.0:src/auth.c", "--kind", "note", "-m", "-", as_="anna",
			stdin="zwei\nZeilen: ü\n".encode())).text.split()[-1]
		self.assertEqual(self.room.plain("show", name, "--json").json[1]["text"], "zwei\nZeilen: ü")

	def test_at_a_terminal_the_exact_bytes_are_signed(self):
		argv = self.room.argv("annotate", "1.0:src/auth.c:3", "--kind", "note", "-m", "Hm.", as_="anna")
		before = self.size()
		code, seen = Terminal(*argv).end_after([(b"to sign them: ", "yes\n")])
		self.assertEqual(code, 130, seen)
		self.assertIn(b"not signed", seen)
		self.assertNotIn("annotate", self.types(before))
		terminal = Terminal(*argv)
		shown = terminal.until(b"to sign them: ")
		terminal.type("sign\n")
		code, seen = terminal.end()
		self.assertEqual(code, 0, seen)
		[record] = self.room.plain("log", "--json", "--type", "annotate").json
		raw = self.ok(self.room.plain("record", str(record["index"]), "--raw")).out
		self.assertIn(raw.strip(), shown.replace(b"\r\n", b"\n"))

	def test_words_typed_at_a_terminal(self):
		argv = self.room.argv("annotate", "1.0:src/auth.c:3", "--kind", "note", as_="anna")
		code, seen = Terminal(*argv, env=environment(NO_COLOR="1")).end_after([(b"alone):", "One.\nTwo.\n.\n"), (b"to sign them: ", "sign\n")])
		self.assertEqual(code, 0, seen)
		self.assertEqual(self.room.plain("show", seen.split()[-1].decode(), "--json").json[1]["text"], "One.\nTwo.")

	def test_an_interrupt_at_the_word_says_nothing(self):
		before = self.size()
		argv = self.room.argv("annotate", "1.0:src/auth.c:3", "--kind", "note", "-m", "Hm.", as_="anna")
		code, seen = Terminal(*argv).end_after([(b"to sign them: ", "\x03")])
		self.assertEqual(code, 130, seen)
		self.assertNotIn("annotate", self.types(before))
		self.ok(self.room.plain("verify"))


class Evidence(Words):
	def test_log_json(self):
		records = self.ok(self.room.plain("log", "--json")).json
		self.assertEqual([r["index"] for r in records], list(range(len(records))))
		for record in records:
			self.assertLessEqual({"index", "hash", "type", "time", "actor", "signature", "payload"}, set(record))
			self.assertIn(record["signature"], ("good", "session"))
		self.assertEqual(records[0]["type"], "room")
		self.assertEqual([r["index"] for r in self.room.plain("log", "--json", "--from", "2", "--to", "3").json], [2, 3])
		self.assertEqual({r["actor"] for r in self.room.plain("log", "--json", "--actor", "hanna").json}, {"hanna"})
		self.fails(self.room.plain("log", "--type", "verdict"), 1)
		self.fails(self.room.plain("log", "--type", "gossip"), 2)

	def test_a_record_is_good_for_ssh_keygen(self):
		self.thread()
		[record] = self.room.plain("log", "--json", "--type", "annotate").json
		n = str(record["index"])
		raw = self.ok(self.room.plain("record", n, "--raw")).out
		self.assertEqual(hashlib.sha256(raw).hexdigest(), record["hash"])
		signature = self.file("sig", self.ok(self.room.plain("record", n, "--signature")).out)
		signers = self.file("signers", self.ok(self.room.plain("roster", "export", "--at", n)).out)
		check = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "anna", "-n", "record@carrel", "-s", signature]
		self.assertEqual(subprocess.run(check, input=raw, capture_output=True).returncode, 0)
		self.assertNotEqual(subprocess.run(check, input=raw + b" ", capture_output=True).returncode, 0)
		self.assertEqual(self.ok(self.room.plain("record", n)).out.count(b"SSH SIGNATURE"), 2)

	def test_no_such_record(self):
		self.fails(self.room.plain("record", "99999"), 1)
		self.fails(self.room.plain("record", "1", "--raw", "--signature"), 2)
		self.fails(self.room.plain("record", "01"), 2)

	def test_verify(self):
		rows = self.ok(self.room.plain("verify", "--json")).json
		self.assertTrue(all(set(row) == {"check", "ok", "detail"} and row["ok"] for row in rows[:-1]))
		self.assertEqual(rows[-1]["summary"]["ok"], True)
		self.assertEqual(rows[-1]["summary"]["records"], self.size())
		self.ok(self.room.plain("verify", "--host-key", self.room.key("hanna") + ".pub"))
		self.fails(self.room.plain("verify", "--host-key", self.room.key("anna") + ".pub"), 1)

	def test_verify_on_a_copy_that_may_not_be_written(self):
		self.thread()
		for folder, _, files in os.walk(self.room.path):
			for name in files:
				os.chmod(os.path.join(folder, name), 0o400)
			os.chmod(folder, 0o500)
		try:
			self.ok(self.room.plain("verify"))
			self.ok(self.room.plain("threads"))
		finally:
			for folder, _, _ in os.walk(self.room.path):
				os.chmod(folder, 0o700)

	def test_a_changed_record_does_not_verify(self):
		self.thread("-m", "the truth")
		path = os.path.join(self.room.path, "room.db")
		db = sqlite3.connect(path)
		db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
		db.close()
		with open(path, "rb") as file:
			data = file.read()
		self.assertIn(b"the truth", data)
		with open(path, "wb") as file:
			file.write(data.replace(b"the truth", b"the tooth"))
		said = self.room.plain("verify")
		self.assertIn(said.code, (1, 4), repr(said))
		self.assertIn("BAD", said.text)


class Reports(Words):
	def report(self, *words, as_="ada"):
		return self.room("report", "1.0", *words, as_=as_)

	def test_formats_and_signature(self):
		self.thread("--title", "<script>x</script>", "-m", "See `strcmp`.")
		for name in ("r.html", "r.md", "r.json"):
			with self.subTest(name):
				said = self.ok(self.report("-o", name))
				path = os.path.join(self.room.path, "outbox", name)
				self.assertEqual(said.lines[0], path)
				with open(path, "rb") as file:
					data = file.read()
				self.assertIn(hashlib.sha256(data).hexdigest(), said.text)
				signers = self.file("signers", self.room.plain("roster", "export").out)
				check = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "ada", "-n", "report@carrel", "-s", path + ".sig"]
				self.assertEqual(subprocess.run(check, input=data, capture_output=True).returncode, 0)
				wrong = data[:-1] + bytes([data[-1] ^ 1])
				self.assertNotEqual(subprocess.run(check, input=wrong, capture_output=True).returncode, 0)
				self.assertNotIn(b"<script>", data if name != "r.json" else b"")

	def test_the_same_again(self):
		self.thread()
		self.ok(self.report("-o", "a.md"))
		self.ok(self.report("-o", "b.md"))
		one, two = (open(os.path.join(self.room.path, "outbox", n), "rb").read() for n in ("a.md", "b.md"))
		self.assertEqual(one, two)
		self.ok(self.report("-o", "a.md"))
		self.thread("-m", "another")
		self.fails(self.report("-o", "a.md"), 3)
		self.assertEqual(open(os.path.join(self.room.path, "outbox", "a.md"), "rb").read(), one)

	def test_bad_reports(self):
		for words, code in [
			(["-o", "x"], 2), (["--format", "pdf", "-o", "x"], 2), (["--format", "md"], 2),
			(["--format", "md", "-o", "../x"], 2), (["--format", "md", "-o", ".x"], 2), (["--format", "md", "-o", "x y"], 2),
		]:
			with self.subTest(words):
				self.fails(self.report(*words), code)
		self.fails(self.room("report", "9.9", "-o", "x.md", as_="ada"), 1)
		self.fails(self.report("-o", "x.md", as_="vera"), 3)
		self.assertEqual(os.listdir(os.path.join(self.room.path, "outbox")), [])


if __name__ == "__main__":
	unittest.main()
