"""Two releases compared: statuses, and diffs that git apply takes."""
import os
import random
import shutil
import subprocess
import unittest

from harness import Case, environment

SEED = 20261123


def texts(rng):
	"""A text and a changed one."""
	old = ["line %d %s\n" % (rng.randrange(40), rng.choice("abc")) for _ in range(rng.randrange(1, 200))]
	new = list(old)
	for _ in range(rng.randrange(1, 12)):
		at = rng.randrange(len(new) + 1)
		what = rng.randrange(3)
		if what == 0:
			new[at:at] = ["new %d\n" % rng.randrange(9) for _ in range(rng.randrange(1, 5))]
		elif what == 1:
			del new[at:at + rng.randrange(1, 6)]
		elif at < len(new):
			new[at] = "changed\n"
	return "".join(old), "".join(new)[:-1 if rng.random() < 0.3 else None]


OLD = {"same.c": "int s;\n", "gone.c": "int g;\n", "changed.c": "int a;\nint b;\n", "moved.c": "int m;\n" * 30,
	"bin": b"\0\1" * 50, "d/e.c": "int e;\n"}
NEW = {"same.c": "int s;\n", "new.c": "int n;\n", "changed.c": "int a;\nint c;\nint d;", "elsewhere.c": "int m;\n" * 30,
	"bin": b"\0\2" * 50, "d/e.c": "int ee;\n"}


# name, old text, new text, label
LABELLED = [
	("spaces.c", "int f(int a)\n{\n\treturn a+1;\n}\n", "int\nf( int a ) {\n    return a + 1;\n}\n", "formatting"),
	("words.c", "int fg;\n", "int f g;\n", "none"),
	("signs.c", "int a = b - -c;\n", "int a = b --c;\n", "none"),
	("macro.c", "#define F(x) 1\n", "#define F (x) 1\n", "none"),
	("macro_comment.c", "#define F 1\n", "#define F 1 /* one */\n", "comment"),
	("glued.c", "int a/**/b;\n", "int ab;\n", "none"),
	("string.c", "char *s = \"a b\";\n", "char *s = \"a  b\";\n", "none"),
	("char.c", "char c = ' ';\n", "char c = '\t';\n", "none"),
	("comments.c", "int a; // one\n", "int a; /* two */\n", "comment"),
	("commented.c", "int a;\nint b;\n", "int a;\n// int b;\n", "none"),
	("continued.c", "#define A \\\n1\nint x;\n", "#define A \\\n\n1\nint x;\n", "none"),
	("indent.py", "if a:\n    b()\nc()\n", "if a:\n    b()\n    c()\n", "none"),
	("blank.py", "a = 1\nb = 2\n", "a = 1\n\n\nb = 2\n", "formatting"),
	("line.js", "return a\n", "return\na\n", "none"),
	("space.sh", "a=b c\n", "a= b c\n", "none"),
	("both.c", "int a;  // x\nint b;\n", "int a; // y\nint  b;\n", "comment"),
]
# (change, name, kind, old name) of two files of functions
FUNCTIONS_OLD = """#define SIZE 1
static int kept(int a)
{
	return a;
}

static int gone(int a)
{
	return a + 1000000;
}

static int changed(int a)
{
	return a + 1;
}

static int laid_out(int a)
{
	return a + 2;
}

static int commented(int a)
{
	return a + 3; /* three */
}

static int wanderer(int a)
{
	return a * 4 + a * 5 + a * 6 + a * 7 + a * 8;
}

static int old_name(int a)
{
	return a == 0 ? 1 : a * 11 + a * 12 + a * 13 + old_name(a - 1);
}
"""
FUNCTIONS_NEW = """#define SIZE 2
static int kept(int a)
{
	return a;
}

static int changed(int a)
{
	return a + 10;
}

static int laid_out(int a) {
	return a+2;
}

static int commented(int a)
{
	return a + 3; /* drei */
}

static int new_name(int a)
{
	return a == 0 ? 1 : a * 11 + a * 12 + a * 13 + new_name(a - 1);
}

static int fresh(int a)
{
	return a - 1;
}
"""
WANDERED = """/* elsewhere */
static int wanderer(int a)
{
	return a * 4 + a * 5 + a * 6 + a * 7 + a * 8;
}
"""


class Labels(Case):
	@classmethod
	def setUpClass(cls):
		cls.case = Case()
		cls.case.setUp()
		old = {name: text for name, text, _, _ in LABELLED}
		new = {name: text for name, _, text, _ in LABELLED}
		cls.room = cls.case.imported_room(dict(old, **{"f.c": FUNCTIONS_OLD}))
		tree = cls.case.tree("source-1.1", dict(new, **{"f.c": FUNCTIONS_NEW, "g.c": WANDERED}))
		cls.case.ok(cls.room("import", tree, "--release", "1.1"))

	@classmethod
	def tearDownClass(cls):
		cls.case.doCleanups()

	def test_labels(self):
		rows = self.room("diff", "1.0", "1.1", "--files", "--json", as_="anna").json
		found = {row["new"]: row["label"] for row in rows if row["new"] not in ("f.c", "g.c")}
		self.assertEqual(found, {name: label for name, _, _, label in LABELLED})

	def test_symbols(self):
		said = self.room("diff", "1.0", "1.1", "f.c", "--symbols", "--json", as_="anna")
		self.assertEqual(said.code, 1)
		found = {(row["change"], row["name"], row["kind"], row.get("old_name")) for row in said.json}
		self.assertEqual(found, {
			("modified", "SIZE", "macro", None), ("removed", "gone", "function", None), ("modified", "changed", "function", None),
			("formatting", "laid_out", "function", None), ("comment", "commented", "function", None),
			("renamed", "new_name", "function", "old_name"), ("moved", "wanderer", "function", None), ("added", "fresh", "function", None)})
		[moved] = [row for row in said.json if row["change"] == "moved"]
		self.assertEqual((moved["old"], moved["old_line"], moved["new"], moved["new_line"]), ("f.c", 27, "g.c", 2))
		said = self.room("diff", "1.0", "1.1", "--symbols", as_="anna")
		self.assertIn("old_name -> new_name", said.text)
		self.assertEqual(self.room("diff", "1.0", "1.0", "--symbols", as_="anna").code, 0)


class Diff(Case):
	@classmethod
	def setUpClass(cls):
		cls.case = Case()
		cls.case.setUp()
		rng = random.Random(SEED)
		cls.pairs = {"r%02d" % i: texts(rng) for i in range(12)}
		cls.room = cls.case.imported_room(dict(OLD, **{n: p[0] for n, p in cls.pairs.items()}))
		new = cls.case.tree("source-1.1", dict(NEW, **{n: p[1] for n, p in cls.pairs.items()}))
		cls.case.ok(cls.room("import", new, "--release", "1.1"))

	@classmethod
	def tearDownClass(cls):
		cls.case.doCleanups()

	def diff(self, *words):
		return self.room("diff", *words, as_="anna")

	def test_files(self):
		said = self.diff("1.0", "1.1", "--files", "--json")
		self.assertEqual(said.code, 1, repr(said))
		found = {(r["change"], r.get("old"), r.get("new")) for r in said.json if not (r.get("old") or "").startswith("r")}
		self.assertEqual(found, {
			("removed", "gone.c", None), ("added", None, "new.c"), ("changed", "changed.c", "changed.c"),
			("renamed", "moved.c", "elsewhere.c"), ("changed", "bin", "bin"), ("changed", "d/e.c", "d/e.c")})

	def test_stat(self):
		rows = self.diff("1.0", "1.1", "--stat", "--json").json
		[row] = [r for r in rows if r.get("new") == "changed.c"]
		self.assertEqual((row["added"], row["removed"]), (2, 1))

	def test_no_difference(self):
		self.assertEqual(self.ok(self.diff("1.0", "1.0")).out, b"")
		self.assertEqual(self.ok(self.diff("1.0", "1.1", "same.c")).out, b"")

	def test_a_file_and_a_folder(self):
		said = self.diff("1.0", "1.1", "changed.c")
		self.assertEqual(said.code, 1)
		self.assertEqual(said.text, "diff --git a/changed.c b/changed.c\n--- a/changed.c\n+++ b/changed.c\n@@ -1,2 +1,3 @@\n int a;\n-int b;\n+int c;\n+int d;\n"
			"\\ No newline at end of file\n")
		self.assertEqual([r["new"] for r in self.diff("1.0", "1.1", "d", "--files", "--json").json], ["d/e.c"])
		rows = self.diff("1.0", "1.1", "d/", "--lines", "--json").json
		self.assertEqual([(r["sign"], r["text"]) for r in rows], [("-", "int e;\n"), ("+", "int ee;\n")])

	def test_context(self):
		said = self.diff("1.0", "1.1", "changed.c", "-U0")
		self.assertIn("@@ -2,1 +2,2 @@\n-int b;\n", said.text)

	def test_binary_files_are_said_to_be(self):
		said = self.diff("1.0", "1.1", "bin")
		self.assertEqual(said.code, 1)
		self.assertIn("bin: ", said.text)
		self.assertNotIn(b"\0", said.out)

	def test_patch_makes_the_new_release_of_the_old(self):
		for context in ("0", "1", "3"):
			tree = os.path.join(self.dir, "tree" + context)
			shutil.copytree(os.path.join(self.case.dir, "source-1.0"), tree)
			patch = self.diff("1.0", "1.1", "--lines", "-U", context).out
			done = subprocess.run(["git", "apply", "-p1", "--unidiff-zero", "-"], input=patch, cwd=tree, capture_output=True,
				env=environment(GIT_CEILING_DIRECTORIES=self.dir))
			self.assertEqual(done.returncode, 0, done.stderr)
			for name in list(self.pairs) + ["changed.c", "new.c", "d/e.c"]:
				with open(os.path.join(tree, name), "rb") as file:
					made = file.read()
				with open(os.path.join(self.case.dir, "source-1.1", name), "rb") as file:
					self.assertEqual(made, file.read(), "%s, seed %d" % (name, SEED))

	def applied(self, old, new, *modes):
		"""A room of two releases, and the patch, which makes the second of the first."""
		case = Case()
		case.setUp()
		self.addCleanup(case.doCleanups)
		room = case.imported_room(old)
		tree = case.tree("source-1.1", new)
		for name in modes:
			os.chmod(os.path.join(tree, name), 0o755)
		case.ok(room("import", tree, "--release", "1.1"))
		made = os.path.join(case.dir, "source-1.0")
		patch = room("diff", "1.0", "1.1", "--lines", as_="anna").out
		done = subprocess.run(["git", "apply", "-p1", "-"], input=patch, cwd=made, capture_output=True,
			env=environment(GIT_CEILING_DIRECTORIES=case.dir))
		self.assertEqual(done.returncode, 0, done.stderr)
		compared = subprocess.run(["diff", "-r", made, tree], capture_output=True)
		self.assertEqual(compared.returncode, 0, compared.stdout)
		for name in modes:
			self.assertEqual(os.stat(os.path.join(made, name)).st_mode & 0o777, 0o755)
		return room, patch

	def test_names_and_modes_are_in_a_patch(self):
		body = "".join("int v%d;\n" % i for i in range(30))
		old = {"moved.c": body, "run.sh": "true\n", "with blank.c": "int a;\n", "gone empty": "", "q\"\\\u00e4.c": "int q;\n"}
		new = {"d/to here.c": body + "int more;\n", "run.sh": "true\n", "with blank.c": "int b;\n", "new empty": "",
			"q\"\\\u00e4.c": "int qq;\n"}
		_, patch = self.applied(old, new, "run.sh")
		self.assertIn(b"rename from moved.c\nrename to d/to here.c\n", patch)

	def test_lines_of_any_length_are_whole_in_a_patch(self):
		line = "".join("%d \u00e4 " % i for i in range(30000))  # more than a row, and a packet, can hold
		old = {"end.txt": line, "middle.txt": "first\n" + line + "\nlast\n", "gone.txt": line}
		new = {"end.txt": line + "end", "middle.txt": "first\nnew" + line + "\nlast\n", "new.txt": line[1:] + "\n"}
		room, _ = self.applied(old, new)
		rows = room("diff", "--json", "1.0", "1.1", "--lines", "end.txt", as_="anna").json
		self.assertEqual([len(row["text"].encode()) + row["cut"] for row in rows], [len(text["end.txt"].encode()) for text in (old, new)])

	def test_absent(self):
		self.fails(self.diff("1.0", "2.0"), 1, "2.0")
		self.fails(self.diff("1.0", "1.1", "none.c"), 1, "none.c")


if __name__ == "__main__":
	unittest.main()
