"""No byte of what others wrote acts on a terminal: source, paths, tags, authors, messages, policies, file names."""
import os
import subprocess
import unicodedata
import unittest

from attacks import CURSES, attacks, raw
from harness import Case, Terminal, environment

FORMATS = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf" or 0x80 <= code <= 0x9f]


def name_of(attack):
	"""As part of a file's name."""
	return attack.replace(b"/", b"_").replace(b"\0", b"")[:100]


class Show(Case):
	def at_terminal(self, room, *words):
		"""Exit code and what came, which holds nothing raw."""
		code, seen = Terminal(*room.argv(*words, as_="anna"), rows=50, columns=200).end()
		self.assertEqual(raw(seen), "", words)
		return code, seen

	def tree_of(self, attacks):
		top = os.path.join(self.dir, "source").encode()
		os.makedirs(top + b"/d")
		for i, attack in enumerate(attacks):
			with open(b"%s/%03d-%s.c" % (top, i, name_of(attack)), "wb") as file:
				file.write(b"// marker %s end\nint name_%d;\nchar *s_%d = \"%s\";\n" % (attack, i, i, attack))
		with open(top + b"/d/formats.c", "wb") as file:
			for char in FORMATS:
				file.write(b"// marker " + char.encode() + b" %04X\n" % ord(char))
		return os.fsdecode(top)

	def test_checker_bites(self):
		for name, attack in attacks().items():
			if not name.startswith(("csi-hidden", "csi-conceal", "csi-many")) and name not in ("return", "csi-erase-line", "unicode-noncharacter", "unicode-private"):
				self.assertNotEqual(raw(b"text " + attack + b" more"), "", name)
		self.assertEqual(raw("größe 漢字 \x1b[1;31mred\x1b[0m\r\n".encode()), "")

	def test_source_and_paths(self):
		tricks = attacks()
		self.assertGreaterEqual(len(tricks), 60)
		room = self.practice_room()
		self.ok(room("import", self.tree_of(tricks.values()), "--release", "1.0"))
		code, seen = self.at_terminal(room, "ls", "-r", "1.0")
		self.assertEqual(code, 0)
		for shown in (b"^[[2J", b"<U+202E>", b"<U+009B>", b"<9B>", b"^G", b"^?"):
			self.assertIn(shown, seen)
		self.assertEqual(self.at_terminal(room, "search", "marker")[0], 0)
		self.assertEqual(self.at_terminal(room, "cat", "1.0:d/formats.c")[0], 0)
		for words in (("suspicious", "1.0"), ("skipped", "1.0"), ("census", "1.0"), ("def", "name_", "--prefix"), ("refs", "name_1"), ("log",)):
			self.assertEqual(self.at_terminal(room, *words)[0], 0, words)
		for words in (("cat", "1.0:\x1b[2J\u202e"), ("ls", "1.0:\u202e"), ("def", "\x1b]0;x\x07\u202e"), ("search", "(\x1b[2J"),
				("ls", "\x1b[2J"), ("outline", "1.0:\u2066")):
			self.assertNotEqual(self.at_terminal(room, *words)[0], 0, words)
		# every listing's JSON is ASCII without controls, and says the truth
		for words in (("ls", "-r", "1.0"), ("search", "marker"), ("suspicious", "1.0"), ("log",)):
			lines = self.ok(room(*words, "--json")).out
			self.assertFalse([byte for byte in set(lines) if byte < 0x20 and byte != 0x0a or byte > 0x7e], words)

	def test_git_tags_authors_and_messages(self):
		repository = os.path.join(self.dir, "git")
		evil = "\x1b]0;owned\x07\u202e\u009b2J\ue000"
		env = environment(GIT_AUTHOR_NAME="a" + evil, GIT_AUTHOR_EMAIL="a@" + evil, GIT_COMMITTER_NAME="c" + evil,
			GIT_COMMITTER_EMAIL="c@x", HOME=self.dir)

		def git(*words):
			subprocess.run(["git", "-C", repository, *words], check=True, env=env, capture_output=True)
		os.makedirs(repository)
		git("init", "-q")
		self.file("git/" + evil.replace("\x07", "") + ".c", "int a; // " + evil + "\n")
		git("add", ".")
		git("commit", "-q", "-m", "subject " + evil, "-m", "body " + evil)
		git("tag", "-a", "v1\u202e\u009b", "-m", "tag " + evil)
		git("update-ref", "refs/tags/v2\u2066\ue000", "HEAD")
		room = self.practice_room()
		code, seen = Terminal(*room.argv("import", repository), rows=50, columns=200).end()
		self.assertEqual((code, raw(seen)), (0, ""))
		names = [row["release"] for row in self.ok(room("releases", "--json")).json]
		self.assertEqual(len(names), 2)
		for words in (("releases",), ("log",), ("ls", names[0]), ("search", "int"), ("skipped", names[0])):
			self.assertEqual(self.at_terminal(room, *words)[0], 0, words)
		size = len(self.ok(room("log", "--json")).lines)
		for index in range(size):
			self.at_terminal(room, "record", str(index))
			self.at_terminal(room, "record", str(index), "--raw")

	def test_words_policies_and_files(self):
		evil = "\u202e \u009b2J \ue000 \U000e0041 &#x202e; &#27;[2J"
		room = self.imported_room({"a\u202e.c": "int a; // \u202e\n"})
		said = evil + " [x&#x202e;](http://x&#x202e;) `&#27;` ![&#x9b;](&#x2066;)\n\n```a&#x202e;\nx\n```\n"
		code, seen = Terminal(*room.argv("annotate", "1.0:a\u202e.c:1", "--kind", "finding", "--title", evil, "--severity", "low",
			"-m", said, as_="anna"), rows=50, columns=200).end_after([(b"Type 'sign'", "sign\n")])
		self.assertEqual((code, raw(seen)), (0, ""))
		for body in ("\x1b[2J" + evil, "\x07"):
			self.assertNotEqual(self.at_terminal(room, "annotate", "1.0:a\u202e.c:1", "--kind", "note", "-m", body)[0], 0)
		self.assertEqual(len(self.ok(room("threads", "--json")).json), 1)
		thread = self.ok(room("threads", "--json")).json[0]["thread"]
		for words in (("threads",), ("show", thread), ("log",)):
			self.assertEqual(self.at_terminal(room, *words)[0], 0)
		policy = self.file("policy\u202e\x1b[2J", "pipe-source yes\n# \x1b[2J \u202e\n\x1b]0;x\x07 yes\n")
		for words in (("policy", "set", policy), ("cosign", policy), ("roster", "add", "x\x1b[2J", "--role", "vendor", "--pub", policy),
				("import", policy), ("import", policy + "-none"), ("verify", "--host-key", policy), ("search", "x", "--in", "\u202e")):
			code, seen = Terminal(*room.argv(*words), rows=50, columns=200).end()
			self.assertEqual(raw(seen), "", words)
			self.assertNotEqual(code, 0, words)
		for kind in ("html", "md", "json"):
			self.ok(room("report", "1.0", "-o", "r." + kind, as_="anna"))
			with open(os.path.join(room.path, "outbox", "r." + kind), "rb") as file:
				self.assertEqual(raw(file.read()), "", kind)

	def test_the_desk(self):
		tricks = list(attacks().values())
		room = self.practice_room()
		top = self.tree_of(tricks)
		with open(os.path.join(top, "0.c"), "wb") as file:
			file.write(b"// the beginning\n" + b"\n".join(b"// " + trick for trick in tricks if b"\0" not in trick) + b"\n// end of it\n")
		self.ok(room("import", top, "--release", "1.0"))
		desk = Terminal(*room.argv(as_="anna"), rows=120, columns=200)
		seen = desk.until(b"FILES")
		for keys, until in (("g/the beginning\r", b"0.c"), ("\r", b"end of it"), ("!", b"SUSPICIOUS"), ("q", b"FILES"),
				("g/marker\r", b"lines in"), ("q", b"FILES")):
			desk.type(keys)
			seen += desk.until(until)
		desk.type("Q")
		seen += desk.until(b"eave")
		desk.type("y")
		code, rest = desk.end()
		self.assertEqual(code, 0)
		self.assertEqual(raw(seen + rest, CURSES), "")


if __name__ == "__main__":
	unittest.main()
