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
		self.assertEqual(said.text, "--- a/changed.c\n+++ b/changed.c\n@@ -1,2 +1,3 @@\n int a;\n-int b;\n+int c;\n+int d;\n"
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

	def test_absent(self):
		self.fails(self.diff("1.0", "2.0"), 1, "2.0")
		self.fails(self.diff("1.0", "1.1", "none.c"), 1, "none.c")


if __name__ == "__main__":
	unittest.main()
