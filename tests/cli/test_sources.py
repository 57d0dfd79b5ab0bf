"""An archive that is not what the tag has: found, and told from what the archive before had too."""
import os
import random
import subprocess
import tarfile
import unittest

from harness import Case, environment

TAG = {"src/a.c": "int a;\n", "src/b.c": "int b;\n", "run.sh": "true\n", "m4/only-tag.m4": "x\n"}
GENERATED = "generated\n" * 100


class Sources(Case):
	def archive(self, name, files):
		path = os.path.join(self.dir, name)
		top = self.tree("t-" + name, {"p/" + k: v for k, v in files.items()})
		with tarfile.open(path, "w:xz") as tar:
			tar.add(os.path.join(top, "p"), "p")
		return path

	def setUp(self):
		super().setUp()
		repository = self.tree("git", TAG)
		for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "x"), ("tag", "v2")):
			subprocess.run(["git", "-C", repository, "-c", "user.name=x", "-c", "user.email=x", *words], check=True,
				env=environment(HOME=self.dir), capture_output=True)
		shipped = {k: v for k, v in TAG.items() if k != "m4/only-tag.m4"}
		old = self.archive("1.tar.xz", {**shipped, "configure": GENERATED, "m4/host.m4": "old\n"})
		self.new = self.archive("2.tar.xz", {**shipped, "src/b.c": "int b = 1;\n", "configure": GENERATED,
			"m4/host.m4": "eval\n", "tests/data.xz": random.Random(1).randbytes(20000), "tests/more.bin": b"\0" * 2000})
		self.same = self.archive("3.tar.xz", TAG)
		self.room = self.practice_room()
		for source, name in ((repository, "v2"), (old, "1.tar"), (self.new, "2.tar")):
			self.ok(self.room("import", source, "--release", name))

	def test_three_ways(self):
		result = self.room("verify-source", "v2", "--archive", self.new, "--json", as_="anna")
		self.assertEqual(result.code, 1)
		rows = {row["path"]: (row["what"], row.get("change"), row.get("status"), "entropy" in row.get("why", "")) for row in result.json[:-1]}
		self.assertEqual(rows, {
			"configure": ("only-in-archive", "same", "plain", False),
			"m4/host.m4": ("only-in-archive", "changed", "plain", False),
			"m4/only-tag.m4": ("only-in-tag", None, None, False),
			"src/b.c": ("differs", "changed", "parsed", False),
			"tests/data.xz": ("only-in-archive", "new", "binary", True),
			"tests/more.bin": ("only-in-archive", "new", "binary", False),
		})
		summary = result.json[-1]["summary"]
		self.assertEqual((summary["files"], summary["searched"]), (5, 2))
		self.assertEqual(summary["bytes"], len(GENERATED) + len("eval\n") + len("int b = 1;\n") + 20000 + 2000)
		alone = self.room("verify-source", "v2", "--with", "2.tar", "--json", "--previous", "2.tar").json
		self.assertEqual({row.get("change") for row in alone[:-1]}, {"same", None})

	def test_the_same_and_its_record(self):
		self.ok(self.room("import", self.same, "--release", "3.tar"))
		self.assertIn("4 files are the same",
			self.ok(self.room("verify-source", "v2", "--archive", self.same, "--record", as_="anna")).text)
		last = [row for row in self.ok(self.room("log", "--json", "--type", "check")).json][-1]
		self.assertEqual((last["actor"], last["payload"]["result"], last["payload"]["against"]), ("anna", "same", "archive"))
		self.assertEqual(self.room("verify-source", "v2", "--with", "2.tar", "--record", as_="anna").code, 1)
		last = [row for row in self.ok(self.room("log", "--json", "--type", "check")).json][-1]
		self.assertEqual(last["payload"]["result"], "differs")
		self.ok(self.room.plain("verify"))

	def test_what_cannot_be_held(self):
		self.fails(self.room("verify-source", "v2", "--archive", self.same), 1, "not in the room", "import")
		self.fails(self.room("verify-source", "v2"), 2, "--archive")
		self.fails(self.room("verify-source", "v2", "--with", "none"), 1, "none")
		self.fails(self.room("verify-source", "none", "--with", "2.tar"), 1, "none")
		self.assertNotEqual(self.room("verify-source", "v2", "--archive", os.path.join(self.dir, "missing")).code, 0)


if __name__ == "__main__":
	unittest.main()
