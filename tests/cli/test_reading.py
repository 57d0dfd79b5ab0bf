"""Listings of source: what they print, as text, on terminals, as JSON; what they refuse."""
import base64
import os
import subprocess
import unittest

from harness import Case, Terminal, environment, program

FILES = {
	"src/main.c": "#include <stdio.h>\n\n/* the beginning */\nint\nmain(int argc, char **argv)\n{\n\treturn twice(argc) + 0 * argv[0][0];\n}\n",
	"src/twice.c": "#define FACTOR 2\n\nstruct pair { int a, b; };\n\nint\ntwice(int n)\n{\n\tconst char *s = \"twice upon a time\";\n"
		"\treturn s[0] ? FACTOR * n : 0; /* twice, really */\n}\n",
	"src/line.c": "#define REPEAT(x) x\nint f(int v)\n{\n\t/* v */ return v + \"v\"[0] + v + v + v + v;\n}\nint g(int w) { return w ? f(f(w)) : 0; }\n",
	"tools/gen.py": "def twice(n):\n\treturn 2 * n\n",
	"data.json": "{\"twice\": [1, 2]}\n",
	"README": "Twice is enough.\nno newline at the end",
	"hostile.c": "/* \u202e gnp.exe \u2066 */\nint x; // \x1b[31mred\x1b[0m\n",
	"latin1.txt": b"caf\xe9 twice\n",
	"crlf.txt": "one\r\ntwo\r\n",
	"blob.bin": b"\0\1\2twice\0" * 100,
	"empty": "",
	"esc\x1b[31m.c": "int twice_here;\n",
	"new\nline.c": "int twice_there;\n",
}


class Reading(Case):
	@classmethod
	def setUpClass(cls):
		# one room for all: what these tests do only adds access records
		cls.case = Case()
		cls.case.setUp()
		cls.room = cls.case.imported_room(FILES)

	@classmethod
	def tearDownClass(cls):
		cls.case.doCleanups()

	def read(self, *words, **more):
		return self.room(*words, as_="anna", **more)

	def on_terminal(self, *words, **more):
		code, seen = Terminal(*self.room.argv(*words, as_="anna"), **more).end()
		return code, seen

	def no_control(self, seen, colours=False):
		seen = seen.replace(b"\r\n", b"\n")
		if colours:
			import re
			seen = re.sub(rb"\x1b\[[0-9;]*m", b"", seen)
		for byte in range(0x20):
			if byte not in (9, 10):
				self.assertNotIn(bytes([byte]), seen)
		for hidden in ("\u202e", "\u2066"):
			self.assertNotIn(hidden.encode(), seen)


class Ls(Reading):
	def test_top(self):
		rows = self.ok(self.read("ls", "1.0:", "--json")).json
		paths = [row["path"] for row in rows]
		self.assertEqual(paths, sorted(paths, key=lambda p: p.encode()))
		self.assertEqual({p for p in paths if "/" in p}, set())
		src = [row for row in rows if row["path"] == "src"][0]
		self.assertEqual(src["mode"], "040000")

	def test_all(self):
		rows = self.ok(self.read("ls", "-r", "1.0", "--json")).json
		self.assertEqual({row["path"] for row in rows}, set(FILES))
		for row in rows:
			data = FILES[row["path"]]
			self.assertEqual(row["bytes"], len(data if isinstance(data, bytes) else data.encode()))
			self.assertEqual((row["release"], row["mode"]), ("1.0", "100644"))
			self.assertRegex(row["blob"], "^[0-9a-f]{40}$")
			self.assertTrue(row["status"])
		self.assertEqual({r["path"]: r["language"] for r in rows if "language" in r}["tools/gen.py"], "python")

	def test_below(self):
		rows = self.ok(self.read("ls", "1.0:src", "--json")).json
		self.assertEqual([row["path"] for row in rows], ["src/line.c", "src/main.c", "src/twice.c"])
		self.assertEqual(self.read("ls", "1.0:src/", "--json").json, rows)

	def test_names_do_not_act(self):
		said = self.ok(self.read("ls", "-r", "1.0"))
		self.no_control(said.out)
		self.assertIn("esc^[[31m.c", said.text)
		self.assertIn("new^Jline.c", said.text)
		self.no_control(self.on_terminal("ls", "-r", "1.0")[1], colours=True)

	def test_absent(self):
		self.fails(self.read("ls", "9.9"), 1, "9.9")
		self.fails(self.read("ls", "1.0:none"), 1, "none")
		self.fails(self.read("ls", ":src"), 2)


class Cat(Reading):
	def test_exact_bytes_into_a_pipe(self):
		for path, data in FILES.items():
			with self.subTest(path):
				said = self.ok(self.read("cat", "1.0:" + path))
				self.assertEqual(said.out, data if isinstance(data, bytes) else data.encode())

	def test_range(self):
		self.assertEqual(self.ok(self.read("cat", "1.0:src/main.c:4-5")).text, "int\nmain(int argc, char **argv)\n")
		self.assertEqual(self.ok(self.read("cat", "1.0:src/main.c:1")).text, "#include <stdio.h>\n")

	def test_bad_range(self):
		self.fails(self.read("cat", "1.0:src/main.c:5-4"), 2, "range")
		self.fails(self.read("cat", "1.0:src/main.c:0"), 2, "range")
		self.fails(self.read("cat", "1.0:src/main.c:900-901"), 1, "line")

	def test_absent(self):
		self.fails(self.read("cat", "1.0:none.c"), 1, "none.c")
		self.fails(self.read("cat", "2.0:src/main.c"), 1, "2.0")
		self.fails(self.read("cat", "src/main.c"), 2, "RELEASE:PATH")
		self.fails(self.read("cat", "1.0:src"), 1)
		said = self.fails(self.read("cat", "1.0:\x1b[2J"), 1, "^[[2J")
		self.no_control(said.err)

	def test_on_a_terminal(self):
		code, seen = self.on_terminal("cat", "1.0:hostile.c")
		self.assertEqual(code, 0)
		self.no_control(seen, colours=True)
		self.assertIn(b"<U+202E>", seen)
		self.assertIn(b"^[[31mred", seen)
		self.assertIn(b"<E9>", self.on_terminal("cat", "1.0:latin1.txt")[1])

	def test_no_color(self):
		code, seen = self.on_terminal("cat", "1.0:src/main.c", env=environment(NO_COLOR="1"))
		self.assertEqual(code, 0)
		self.assertNotIn(b"\x1b", seen)
		self.assertIn(b"     1  #include <stdio.h>", seen)

	def test_json(self):
		[page] = self.ok(self.read("cat", "1.0:latin1.txt", "--json")).json
		self.assertEqual((page["text"], base64.b64decode(page["text_b64"])), ("caf<E9> twice^J", FILES["latin1.txt"]))
		[page] = self.ok(self.read("cat", "1.0:hostile.c", "--json")).json
		self.assertEqual(page["text"], FILES["hostile.c"])

	def test_a_closed_pipe_is_no_trouble(self):
		command = [program()] + self.room.argv("search", ".", as_="anna")
		done = subprocess.run(["bash", "-c", '"$@" | head -n 1', "bash"] + command, capture_output=True, env=environment())
		self.assertEqual((done.returncode, done.stdout.count(b"\n")), (0, 1))
		self.assertNotIn(b"carrel: ", done.stderr)
		self.ok(self.room.plain("verify"))

	def test_a_full_disk_is_said(self):
		with open("/dev/full", "wb") as full:
			done = subprocess.run([program()] + self.room.argv("cat", "1.0:src/main.c", as_="anna"), stdout=full,
				stderr=subprocess.PIPE, env=environment())
		self.assertEqual(done.returncode, 5)
		self.assertIn(b"standard output", done.stderr)


class Search(Reading):
	def hits(self, *words):
		rows = self.ok(self.read("search", "--json", *words)).json
		self.assertEqual(list(rows[-1]), ["summary"])
		return rows[:-1], rows[-1]["summary"]

	def test_json(self):
		hits, summary = self.hits("twice")
		self.assertEqual(set(summary), {"hits", "files", "searched", "not_searched", "ms", "why"})
		self.assertEqual(summary["not_searched"], 1)
		self.assertEqual(summary["hits"], len(hits))
		self.assertEqual(summary["files"], len({h["path"] for h in hits}))
		for hit in hits:
			self.assertLessEqual({"release", "path", "line", "column", "text", "in"}, set(hit))
			data = FILES[hit["path"]]
			line = (data if isinstance(data, bytes) else data.encode()).split(b"\n")[hit["line"] - 1]
			text = base64.b64decode(hit["text_b64"]) if "text_b64" in hit else hit["text"].encode()
			self.assertEqual(text.rstrip(b"\n"), line)
			self.assertEqual(line[hit["column"] - 1:][:5], b"twice")
			self.assertIn(hit["in"], ("code", "comment", "string"))
		self.assertEqual({h["path"] for h in hits},
			{p for p, d in FILES.items() if b"twice" in (d if isinstance(d, bytes) else d.encode()) and p != "blob.bin"})

	def test_flags(self):
		self.assertEqual({h["path"] for h in self.hits("-i", "TWICE")[0]} - {h["path"] for h in self.hits("twice")[0]}, {"README"})
		self.assertFalse([h for h in self.hits("-w", "twice")[0] if "_" in h["path"] or "twice_" in h["text"]])
		self.assertEqual([h["path"] for h in self.hits("-F", "s[0]")[0]], ["src/twice.c"])
		self.assertEqual([h["path"] for h in self.hits(r"s\[0\] \? \w+ \*")[0]], ["src/twice.c"])
		self.assertEqual({h["path"] for h in self.hits("twice", "--path", "src/*")[0]}, {"src/main.c", "src/twice.c"})
		self.assertEqual({h["path"] for h in self.hits("twice", "--lang", "python")[0]}, {"tools/gen.py"})
		self.assertEqual([h["in"] for h in self.hits("twice", "--comments", "--in", "1.0", "--path", "src/*")[0]], ["comment"])
		self.assertEqual([h["text"].strip()[:5] for h in self.hits("twice", "--strings", "--path", "src/*")[0]], ["const"])
		self.assertNotIn("string", {h["in"] for h in self.hits("twice", "--code")[0]})
		self.assertEqual(len(self.hits("twice", "--limit", "2")[0]), 2)

	def test_files_only(self):
		said = self.ok(self.read("search", "-l", "twice"))
		self.assertEqual(len(said.lines), len(set(said.lines)))
		self.assertIn("1.0:src/twice.c", said.lines)

	def test_text(self):
		said = self.ok(self.read("search", "-F", "return 2"))
		self.assertEqual(said.out, b"1.0:tools/gen.py:2:\treturn 2 * n\n")
		self.no_control(self.ok(self.read("search", "twice")).out)
		self.no_control(self.ok(self.read("search", "red")).out)

	def test_context(self):
		said = self.ok(self.read("search", "-F", "return 2", "-C", "1", "--in", "1.0")).lines
		self.assertEqual(said[0][:21], "1.0-tools/gen.py-1-de")
		self.assertEqual(said[1], "1.0:tools/gen.py:2:\treturn 2 * n")
		apart = self.ok(self.read("search", "-A", "1", "-F", "twice", "--in", "1.0")).lines
		self.assertIn("--", apart)
		rows = self.ok(self.read("search", "--json", "-B", "1", "-F", "return 2", "--in", "1.0")).json
		self.assertEqual([row.get("what") for row in rows[:-1]], ["context", None])

	def test_over_several_lines(self):
		rows = self.ok(self.read("search", "--json", "-U", "def .*\\n\\s*return 2", "--in", "1.0")).json
		self.assertEqual([(row["line"], row["end_line"]) for row in rows[:-1]], [(1, 2)])
		said = self.ok(self.read("search", "-U", "def .*\\n\\s*return 2", "--in", "1.0")).lines
		self.assertEqual(said[1], "1.0:tools/gen.py:2:\treturn 2 * n")
		self.assertEqual(self.read("search", "one\ntwo").code, 2)

	def test_nothing_found(self):
		said = self.read("search", "notinthere")
		self.assertEqual((said.code, said.out), (1, b""))
		self.assertIn("not searched 1: 1 binary", said.error)
		self.assertIn("carrel: notinthere: not found", said.error)
		rows = self.read("search", "notinthere", "--json").json
		self.assertEqual(rows[0]["summary"]["hits"], 0)

	def test_bad_patterns(self):
		self.fails(self.read("search", "(a"), 2)
		self.fails(self.read("search", ""), 2, "empty")
		self.fails(self.read("search", "x", "--in", "9.9"), 1, "9.9")
		self.ok(self.read("search", "-F", "s[0"))


class Symbols(Reading):
	KEYS = {"name", "kind", "role", "scope", "release", "path", "line", "column", "end_line", "tier"}

	def rows(self, *words):
		rows = self.ok(self.read(*words, "--json")).json
		for row in rows:
			self.assertLessEqual(set(row) - {"level"}, self.KEYS)
			self.assertIn(row["tier"], ("lexical", "syntax"))
		return rows

	def test_def(self):
		found = {(r["path"], r["line"], r["kind"]) for r in self.rows("def", "twice")}
		self.assertEqual(found, {("src/twice.c", 6, "function"), ("tools/gen.py", 1, "function"), ("data.json", 1, "key")})
		self.assertEqual([r["kind"] for r in self.rows("def", "FACTOR")], ["macro"])
		self.assertIn("twice", {r["name"] for r in self.rows("def", "-p", "twi")})
		self.assertEqual(self.ok(self.read("def", "main")).lines[0].split(": ")[0].rsplit(":", 1)[0], "1.0:src/main.c:5")

	def test_refs(self):
		[call] = [r for r in self.rows("refs", "twice") if r["path"] == "src/main.c"]
		self.assertEqual((call["line"], call["column"], call["role"], call["scope"]), (7, 9, "call", "main"))

	def test_places_in_a_line(self):
		line = FILES["src/line.c"].splitlines()[5]
		rows = [(r["line"], r["column"], r["role"]) for r in self.rows("refs", "f") if r["path"] == "src/line.c"]
		first = line.index("f(") + 1
		self.assertEqual(rows, [(2, 5, "definition"), (6, first, "call"), (6, first + 2, "call")])

	def test_outline(self):
		rows = self.rows("outline", "1.0:src/twice.c")
		self.assertEqual([(r["name"], r["line"]) for r in rows if r["name"] in ("FACTOR", "pair", "twice")],
			[("FACTOR", 1), ("pair", 3), ("twice", 6)])

	def test_absent(self):
		for words in (["def", "nothing_of_it"], ["refs", "nothing_of_it"], ["outline", "1.0:none.c"], ["def", "x", "--in", "3"]):
			self.fails(self.read(*words), 1)


class Skipped(Reading):
	def test_json(self):
		rows = self.ok(self.read("skipped", "1.0", "--json")).json
		for row in rows:
			self.assertEqual(set(row) - {"why"}, {"release", "path", "what"})
		self.assertIn(("blob.bin", "binary"), [(row["path"], row["what"]) for row in rows])
		self.fails(self.read("skipped", "none"), 1, "none")
		self.no_control(self.ok(self.read("skipped", "1.0")).out)


class Releases(Reading):
	def test_json(self):
		[release] = self.ok(self.room.plain("releases", "--json")).json
		self.assertLessEqual({"release", "kind", "commit", "tree", "files", "blobs", "bytes", "imported"}, set(release))
		self.assertEqual((release["release"], release["kind"], release["files"]), ("1.0", "directory", len(FILES)))
		git = os.path.join(self.room.path, "source.git")
		tree = subprocess.run(["git", "-C", git, "rev-parse", release["commit"] + "^{tree}"], capture_output=True, text=True,
			check=True).stdout.strip()
		self.assertEqual(tree, release["tree"])

	def test_everything_served_is_on_record(self):
		before = len(self.room.plain("log", "--json").json)
		self.ok(self.read("cat", "1.0:src/main.c"))
		records = self.room.plain("log", "--json", "--from", str(before)).json
		self.assertEqual([r["type"] for r in records], ["session", "checkpoint", "page", "checkpoint", "close"])
		self.assertEqual((records[2]["payload"]["path"], records[2]["actor"]), ("src/main.c", "anna"))


if __name__ == "__main__":
	unittest.main()
