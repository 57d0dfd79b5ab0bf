"""What is not what it seems: each class found at its place, in every language, and nothing in plain code."""
import collections
import json
import os
import unittest

from harness import Case

# what the Trojan Source paper does with U+202E, U+2066, U+2069, and with letters and characters that cannot be told apart
RLO, LRI, PDI, ZWSP = "\u202e", "\u2066", "\u2069", "\u200b"

# language: comment opened, closed; how a function and a variable are made and used
LANGUAGES = {
	"c": ("/*", "*/", "int {f}(int {v}) {{ return {v}; }}\nint use_{n}(void) {{ return {f}(1); }}\n"),
	"cpp": ("/*", "*/", "int {f}(int {v}) {{ return {v}; }}\nint use_{n}() {{ return {f}(1); }}\n"),
	"cs": ("/*", "*/", "class C{n} {{ int {f}(int {v}) {{ return {v}; }} int U() {{ return {f}(1); }} }}\n"),
	"go": ("/*", "*/", "package p\nfunc {f}({v} int) int {{ return {v} }}\nfunc use_{n}() int {{ return {f}(1) }}\n"),
	"java": ("/*", "*/", "class C{n} {{ int {f}(int {v}) {{ return {v}; }} int u() {{ return {f}(1); }} }}\n"),
	"js": ("/*", "*/", "function {f}({v}) {{ return {v}; }}\nfunction use_{n}() {{ return {f}(1); }}\n"),
	"json": (None, None, '{{"{f}": 1, "{v}": 2}}\n'),
	"php": ("/*", "*/", "<?php\nfunction {f}(${v}) {{ return ${v}; }}\nfunction use_{n}() {{ return {f}(1); }}\n"),
	"py": ("'''", "'''", "def {f}({v}):\n\treturn {v}\n\ndef use_{n}():\n\treturn {f}(1)\n"),
	"rb": ("=begin\n", "\n=end\n", "def {f}({v})\n  {v}\nend\ndef use_{n}\n  {f}(1)\nend\n"),
	"rs": ("/*", "*/", "fn {f}({v}: i32) -> i32 {{ {v} }}\nfn use_{n}() -> i32 {{ {f}(1) }}\n"),
	"sh": ("# ", "", "{f}() {{ {v}=$1; echo \"${v}\"; }}\nuse_{n}() {{ {f} 1; }}\n"),
	"ts": ("/*", "*/", "function {f}({v}: number) {{ return {v}; }}\nfunction use_{n}() {{ return {f}(1); }}\n"),
	"tsx": ("/*", "*/", "function {f}({v}: number) {{ return {v}; }}\nfunction use_{n}() {{ return {f}(1); }}\n"),
}
ATTACKS = {
	"early-return": lambda open, close: "%s Returns early. %s%s return; %s\n" % (open, RLO, LRI, close),
	"commenting-out": lambda open, close: "%s%s } %sif (admin)%s %s begin admins only %s\n" % (open, RLO, LRI, PDI, LRI, close),
	"stretched-string": lambda open, close: "%s x = \"user%s %s// Check if admin%s %s\" %s\n" % (open, RLO, LRI, PDI, LRI, close),
}


def corpus():
	"""{path: text}, and {path: classes that must be reported there}."""
	files, expected = {}, {}
	for ext, (open, close, code) in LANGUAGES.items():
		plain = code.format(f="say_hello", v="value", n=ext)
		for name, attack in ATTACKS.items():
			path = "%s/%s.%s" % (ext, name, ext)
			if open is None:
				files[path] = '{"a": "%s"}\n' % (RLO + LRI + PDI)
			else:
				files[path] = plain + attack(open, close)
			expected[path] = {"bidi"}
		for name, f, v, classes in (
				("homoglyph-function", "say_\u041dello", "value", {"mixed-script"}),
				("homoglyph-variable", "say_hello", "v\u0430lue", {"confusable", "mixed-script"}),
				("invisible-function", "say" + ZWSP + "_hello", "value", {"confusable", "invisible"})):
			path = "%s/%s.%s" % (ext, name, ext)
			files[path] = code.format(f=f, v=v, n=ext + "2")
			expected[path] = classes - {"confusable"} if ext == "json" else classes
		files["%s/plain.%s" % (ext, ext)] = plain
	return files, expected


def check_sums(case, room):
	"""What `ls` says of each file and folder, and `census` of folders, is what `suspicious` lists below them; how many in all."""
	text, top, everything = collections.Counter(), collections.Counter(), 0
	for row in case.ok(room("suspicious", "1.0", "--json")).json:
		if "path" in row:
			path, places = row["path"], row.get("hits", 1)
			top[path.split("/")[0] if "/" in path else "."] += places
			if row.get("class") != "confusable": # which no file has by itself
				text.update({path[:i]: places for i in range(1, len(path) + 1) if i == len(path) or path[i] == "/"})
		else:
			everything = row["summary"]["hits"]
	folders, checked = [""], 0
	while folders:
		for row in case.ok(room("ls", "1.0:" + folders.pop(), "--json")).json:
			case.assertEqual(row.get("suspicious", 0), text[row["path"]], row)
			checked += row.get("suspicious", 0) > 0
			folders += [row["path"]] if row["mode"].startswith("04") else []
	case.assertEqual(checked, len(text))
	census = case.ok(room("census", "1.0", "--json")).json
	case.assertEqual({row["name"]: row["suspicious"] for row in census if row["by"] == "directory" and "suspicious" in row}, top)
	case.assertEqual(sum(row["suspicious"] for row in census if row["by"] == "suspicious"), everything)
	case.assertEqual(census[0].get("suspicious", 0), everything)
	return everything


class Suspicious(Case):
	def found(self, room, *options):
		rows = self.ok(room("suspicious", "1.0", "--json", *options)).json
		return [row for row in rows if "class" in row], rows[-1]["summary"]

	def test_the_classes_of_trojan_source_in_every_language(self):
		files, expected = corpus()
		room = self.imported_room(files)
		self.assertGreater(check_sums(self, room), len(expected))
		rows, summary = self.found(room)
		for path, classes in expected.items():
			with self.subTest(path):
				self.assertLessEqual(classes, {row["class"] for row in rows if row["path"] == path})
		self.assertEqual(summary["searched"], len(files))
		# what looks the same is reported on both sides, the plain side once
		self.assertEqual([row["why"].split(";")[0] for row in rows if row["shown"] == "value"], ["looks like v<U+0430>lue"])
		self.assertLessEqual({(row["class"], row["shown"]) for row in rows if "/plain." in row["path"]},
			{("confusable", "value"), ("confusable", "say_hello")})

	def test_words_of_ascii_that_look_alike_are_for_whoever_asks(self):
		room = self.imported_room({
			"a.c": "int list1, rnode, value;\nint l10 = 0x10, l1O;\n",
			"b.c": "int listl;\nstruct mode { int other; } v\u0430lue;\n",
		})
		rows, _ = self.found(room)
		self.assertEqual({(r["class"], r["shown"]) for r in rows}, {("confusable", "value"), ("mixed-script", "v<U+0430>lue"),
			("confusable", "v<U+0430>lue")})
		more = self.ok(room("suspicious", "1.0", "--alike", "--json")).json
		alike = {(r["path"], r["line"], r["column"], r["shown"], r["why"]) for r in more if r.get("class") == "alike"}
		self.assertEqual(alike, {("a.c", 1, 5, "list1", "looks like listl"), ("b.c", 1, 5, "listl", "looks like list1"),
			("a.c", 1, 12, "rnode", "looks like mode"), ("b.c", 2, 8, "mode", "looks like rnode"),
			("a.c", 2, 5, "l10", "looks like l1O"), ("a.c", 2, 17, "l1O", "looks like l10")})
		self.assertEqual([r for r in more if r.get("class") not in ("alike", None)], rows)
		self.assertNotIn("alike", self.ok(room("census", "1.0", "--json")).text)

	def test_each_place_with_its_class_and_code_point(self):
		room = self.imported_room({
			"a.c": "int a; /* \u202e */ char *s = \"\u2066x\u2069\";\n\tint b\u200b;\n",
			"b.c": b"// \x1b[2J\x9b\x07\n// \xc3\xa9 fine\n// caf\xe9\n//\x0c\r\n// a\rb\n",
			"c.c": "/* \ue000 \U000e0041 \u0378 \ufe0f */\n",
			"d.txt": "\ufeffGr\u00f6\u00dfe, \u6f22\u5b57, \u041c\u043e\u0441\u043a\u0432\u0430, \u00b5s, \u201cquoted\u201d\n",
			"e.c": "int p\u0430ss; // \u0440assword\n",
			"plain.c": "int main(void)\n{\n\treturn 0;\r\n}\n",
		})
		rows, summary = self.found(room)
		brief = [(r["path"], r["line"], r["column"], r["class"], r["codepoint"], r["shown"], r["in"]) for r in rows]
		self.assertEqual(brief, [
			("a.c", 1, 11, "bidi", "U+202E", "<U+202E>", "comment"),
			("a.c", 1, 29, "bidi", "U+2066", "<U+2066>", "string"),
			("a.c", 1, 33, "bidi", "U+2069", "<U+2069>", "string"),
			("a.c", 2, 7, "invisible", "U+200B", "<U+200B>", "code"),
			("b.c", 1, 4, "control", "U+001B", "^[", "comment"),
			("b.c", 1, 8, "encoding", "0x9B", "<9B>", "comment"),
			("b.c", 1, 9, "control", "U+0007", "^G", "comment"),
			("b.c", 3, 7, "encoding", "0xE9", "<E9>", "comment"),
			("b.c", 5, 5, "control", "U+000D", "^M", "comment"),
			("c.c", 1, 4, "encoding", "U+E000", "<U+E000>", "comment"),
			("c.c", 1, 8, "invisible", "U+E0041", "<U+E0041>", "comment"),
			("c.c", 1, 13, "encoding", "U+0378", "<U+0378>", "comment"),
			("c.c", 1, 16, "invisible", "U+FE0F", "<U+FE0F>", "comment"),
			("e.c", 1, 5, "mixed-script", "U+0430", "p<U+0430>ss", "code"),
			("e.c", 1, 15, "mixed-script", "U+0440", "<U+0440>assword", "comment"),
		])
		self.assertEqual((summary["hits"], summary["files"], summary["searched"], summary["not_searched"]), (15, 4, 6, 0))
		self.assertEqual(rows[13]["why"], "Latin, Cyrillic")
		self.assertIn("UTF-8", rows[5]["why"])

	def test_paths_too(self):
		room = self.imported_room({"a\u202etxt.c": "int a;\n", "p\u0430ss.h": "int b\u200b;\n", "d\u2066/x.c": "int c;\n", "caf\u00e9.c": "int d;\n"})
		rows, _ = self.found(room)
		self.assertEqual([(r["path"], r["class"], r.get("line"), r["shown"], r.get("why")) for r in rows], [
			("a\u202etxt.c", "bidi", None, "<U+202E>", "in its path"), ("d\u2066/x.c", "bidi", None, "<U+2066>", "in its path"),
			("p\u0430ss.h", "mixed-script", None, "p<U+0430>ss", "in its path"), ("p\u0430ss.h", "invisible", 1, "<U+200B>", None)])
		self.assertEqual(check_sums(self, room), 4)

	def test_letters_of_mathematics_are_held_against_plain_ones(self):
		"""Python and others take them for the same name."""
		room = self.imported_room({"a.py": "ev\U0001d41a\U0001d425 = eval\n", "c.md": "\U0001d429ass pass\n"})
		rows, _ = self.found(room)
		self.assertEqual({(row["path"], row["class"], row["shown"]) for row in rows}, {
			("a.py", "confusable", "ev<U+1D41A><U+1D425>"), ("a.py", "confusable", "eval")})

	def test_signs_are_no_words(self):
		room = self.imported_room({"a.c": "int x = \u00d7 \u2013;\n", "b.c": "int x = \u2212;\n", "c.md": "p\u0430ss\n", "d.c": "int pass;\n"})
		rows, _ = self.found(room)
		self.assertEqual([(row["path"], row["class"]) for row in rows], [("c.md", "mixed-script")])

	def test_encodings_are_told(self):
		text = "int main(void) { return 0; } // more of it\n" * 20
		room = self.imported_room({
			"le.c": b"\xff\xfe" + text.encode("utf-16-le"), "be.c": b"\xfe\xff" + text.encode("utf-16-be"),
			"le-bare.c": text.encode("utf-16-le"), "be-bare.c": text.encode("utf-16-be"),
			"le32.c": b"\xff\xfe\0\0" + text.encode("utf-32-le"), "be32-bare.c": text.encode("utf-32-be"),
			"latin.c": ("// caf\u00e9\n" + text).encode("latin-1"), "windows.c": b"// \x93quoted\x94\n",
			"among.c": b"// \xc3\xa9 \xe9\n", "binary.c": bytes(range(256)), "ascii.c": text,
		})
		rows, summary = self.found(room)
		self.assertEqual({row["path"]: row["why"] for row in rows if "why" in row}, {
			"le.c": "UTF-16, little-endian", "be.c": "UTF-16, big-endian",
			"le-bare.c": "UTF-16, little-endian, without a byte order mark",
			"be-bare.c": "UTF-16, big-endian, without a byte order mark",
			"le32.c": "UTF-32, little-endian", "be32-bare.c": "UTF-32, big-endian, without a byte order mark",
			"latin.c": "not UTF-8; Latin-1 or another encoding", "windows.c": "not UTF-8; Windows-1252 or another encoding",
			"among.c": "UTF-8 with bytes among it that are none",
		})
		self.assertEqual(summary["not_searched"], 7)
		check_sums(self, room)

	def test_a_file_full_of_it_is_cut_and_said(self):
		room = self.imported_room({"a.c": "// \u202e x\n" * 1000, "b.c": "int a\u200b;\n"})
		self.assertEqual(check_sums(self, room), 1001)
		rows = self.ok(room("suspicious", "1.0", "--json")).json
		more = [row for row in rows if "hits" in row]
		self.assertEqual([(row["path"], row["hits"], row["why"]) for row in more], [("a.c", 744, "and 744 more places in this file")])
		self.assertEqual(rows[-1]["summary"]["hits"], 1001)
		self.assertEqual(len(self.ok(room("suspicious", "1.0", "--json", "--limit", "3")).lines), 4)
		only = self.ok(room("suspicious", "1.0", "--json", "--path", "b.*")).json
		self.assertEqual([row.get("path") for row in only], ["b.c", None])

	def test_a_census_adds_up(self):
		files = {"src/a.c": "int a\u200b;\n", "src/b.py": "x = 1\n", "doc/r.txt": "words\nmore\n", "bin": b"\0\1\2",
			"t.c": "int p\u0430ss;\n"}
		room = self.imported_room(files)
		rows = self.ok(room("census", "1.0", "--json")).json
		whole = rows[0]
		self.assertEqual((whole["by"], whole["name"], whole["files"], whole["bytes"]),
			("release", "1.0", 5, sum(len(t.encode() if isinstance(t, str) else t) for t in files.values())))
		for by in ("language", "directory", "status"):
			for key in ("files", "bytes", "lines"):
				self.assertEqual(sum(row[key] for row in rows if row["by"] == by), whole[key], (by, key))
		self.assertEqual({(r["name"], r["files"], r["suspicious"]) for r in rows if r["by"] == "suspicious"},
			{("invisible", 1, 1), ("mixed-script", 1, 1)})
		self.assertEqual({(r["name"], r["files"]) for r in rows if r["by"] == "status"},
			{("parsed", 3), ("plain", 1), ("binary", 1)})

	def test_the_listing_counts_them(self):
		room = self.imported_room({"src/a.c": "int a\u200b; // \u202e\n", "src/b.c": "int b;\n"})
		rows = self.ok(room("ls", "1.0:src", "--json")).json
		self.assertEqual({row["path"]: row.get("suspicious") for row in rows}, {"src/a.c": 2, "src/b.c": None})
		self.assertIn("!2", self.ok(room("ls", "1.0:src")).text)
		self.assertRegex(self.ok(room("ls", "1.0")).text, "!2 +src/")


	def test_bytes_as_bytes(self):
		body = bytes(range(256)) * 300 + b"\x1b[2Jend"
		room = self.imported_room({"bin": body, "empty": ""})
		lines = self.ok(room("cat", "1.0:bin", "--hex")).lines
		self.assertEqual(lines[0], "00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|")
		self.assertEqual(lines[-1], "%08x  1b 5b 32 4a 65 6e 64 %s  |.[2Jend|" % (len(body) - 7, " " * 27))
		self.assertEqual(bytes.fromhex("".join(line[10:58] for line in lines)), body)
		self.assertEqual(self.ok(room("cat", "1.0:empty", "--hex")).lines, [])
		self.fails(room("cat", "1.0:bin:2", "--hex"), 2, "--hex")

	def test_reports_have_them(self):
		room = self.imported_room({"src/a.c": "int a\u200b; // \u202e\n" + "// \u2066\n" * 300, "src/b.c": "int p\u0430ss;\n"})
		for kind in ("html", "md", "json"):
			self.ok(room("report", "1.0", "-o", "r." + kind, as_="anna"))
			with open(os.path.join(room.path, "outbox", "r." + kind), "rb") as file:
				text = file.read().decode()
			if kind == "json":
				scope = json.loads(text)["scope"]
				self.assertEqual({c["what"]: c["places"] for c in scope["classes"]}, {"invisible": 1, "bidi": 255, "mixed-script": 1})
				self.assertEqual(scope["suspicious_left_out"], 46)
				self.assertEqual((scope["suspicious"][0]["path"], scope["suspicious"][0]["line"]), ("src/a.c", 1))
				self.assertEqual({f["what"] for f in scope["counts"]} & {"summary", "more", "suspicious"}, set())
			else:
				self.assertRegex(text, r"bidi.{0,3} 255")
				self.assertRegex(text, r"U\\?\+202E")
				self.assertIn("And 46 more.", text)


if __name__ == "__main__":
	unittest.main()
