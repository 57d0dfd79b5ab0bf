"""carrel import as a person meets it: what is said, what is refused, what an interrupt leaves."""
import os
import random
import signal
import subprocess
import time
import unittest

from harness import Case, Terminal, environment, program

KEYS = {"release", "kind", "commit", "tree", "files", "blobs", "bytes"}


class Import(Case):
	def setUp(self):
		super().setUp()
		self.room = self.practice_room()

	def releases(self):
		return [row["release"] for row in self.room.plain("releases", "--json").json]

	def test_a_directory(self):
		tree = self.tree("acme", {"a.c": "int a;\n", "b/c.py": "x = 1\n"})
		[row] = self.ok(self.room("import", tree, "--release", "1.0", "--json")).json
		self.assertLessEqual(KEYS - {"commit", "tree", "kind"}, set(row))
		self.assertEqual((row["release"], row["files"]), ("1.0", 2))

	def test_the_same_again(self):
		tree = self.tree("acme", {"a.c": "int a;\n"})
		self.ok(self.room("import", tree, "--release", "1.0"))
		log = self.room.plain("log").lines
		self.assertIn("here already", self.ok(self.room("import", tree, "--release", "1.0")).text)
		self.assertNotIn(" import ", "".join(self.room.plain("log").lines[len(log):]))
		self.file("acme/a.c", "int other;\n")
		self.fails(self.room("import", tree, "--release", "1.0"), 3, "1.0")
		self.assertEqual(self.releases(), ["1.0"])

	def test_only_the_host(self):
		tree = self.tree("acme", {"a.c": "int a;\n"})
		self.fails(self.room("import", tree, "--release", "1.0", as_="anna"), 3, "inspector")
		self.assertEqual(self.releases(), [])
		self.assertEqual(os.listdir(os.path.join(self.room.path, "index")), [])

	def test_who_reads_while_segments_are_merged(self):
		"""The eighth small release makes one segment of all: a desk that was open before reads on, in old and new releases."""
		def take(i):
			tree = self.tree("acme%d" % i, {"same.c": "int same(void);\n", "own.c": "int own_%d(void) { return same(); }\n" % i})
			self.ok(self.room("import", tree, "--release", "r%d" % i))

		def ask(line=None):
			if line:
				desk.stdin.write(line.encode() + b"\n")
				desk.stdin.flush()
			said = b""
			while not said.endswith(b"\n> "):
				byte = desk.stdout.read(1)
				self.assertTrue(byte, said)
				said += byte
			return said.decode()

		for i in range(7):
			take(i)
		index = os.path.join(self.room.path, "index")
		self.assertEqual(len(os.listdir(index)), 21)
		desk = subprocess.Popen([program("carrel"), *self.room.argv("desk", "--plain", as_="anna")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
			env=dict(environment(), TERM="dumb"))
		self.addCleanup(desk.stdout.close)
		self.assertIn("You read release r6", ask())
		self.assertIn("own.c line 1: int own_6", ask("search own_6"))
		take(7)
		self.assertEqual(len(os.listdir(index)), 10)
		self.assertIn("own.c line 1: int own_6", ask("search own_6"))
		self.assertIn("int own_6(void)", ask("open own.c"))
		self.assertIn("own_3", ask("read r3") + ask("search own_3") + ask("definition own_3"))
		self.assertIn("int own_3(void)", ask("open own.c"))
		desk.stdin.write(b"quit\n")
		desk.stdin.close()
		self.assertEqual(desk.wait(), 0)

	def test_what_is_no_source(self):
		fifo = os.path.join(self.dir, "fifo")
		os.mkfifo(fifo)
		for source, code in [
			(os.path.join(self.dir, "none"), 2),
			(fifo, 2),
			(self.file("text", "no archive\n"), 4),
			(self.file("cut.tar.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\3abcdef"), 4),
			(self.tree("empty", {"d/x": ""}) + "/none", 2),
		]:
			with self.subTest(source):
				self.fails(self.room("import", source, "--release", "1.0"), code)
		self.assertEqual(self.releases(), [])
		self.ok(self.room.plain("verify"))

	def test_a_git_repository_with_tags(self):
		git = os.path.join(self.dir, "git")
		env = environment(GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a", HOME=self.dir)
		subprocess.run(["git", "init", "-q", git], check=True, env=env)
		for n in range(3):
			self.file("git/a.c", "int a = %d;\n" % n)
			subprocess.run(["git", "add", "-A"], cwd=git, check=True, env=env)
			subprocess.run(["git", "commit", "-q", "-m", "\x1b[31m%d" % n], cwd=git, check=True, env=env)
			subprocess.run(["git", "tag", "v1.%d" % n], cwd=git, check=True, env=env)
		self.ok(self.room("import", git, "--rev", "v1.1"))
		self.assertEqual(self.releases(), ["v1.1"])
		self.ok(self.room("import", git))
		self.assertEqual(sorted(self.releases()), ["v1.0", "v1.1", "v1.2"])
		self.assertEqual(self.ok(self.room("search", "-l", "int a = 2", as_="anna")).text, "v1.2:a.c\n")
		self.fails(self.room("import", git, "--rev", "v9"), 2, "v9")

	def large(self, files=3000):
		rng = random.Random(1)
		return self.tree("large", {"d%02d/f%d.c" % (i % 50, i): "".join(
			"int f%d_%d(int a)\n{\n\treturn a * %d;\n}\n" % (i, j, rng.randrange(10 ** 6)) for j in range(40)) for i in range(files)})

	def test_symbols_follow_a_large_import(self):
		rng = random.Random(2)
		files = {"t%d.txt" % i: "".join("%x\n" % rng.getrandbits(40) for _ in range(100000)) for i in range(9)}
		tree = self.tree("acme", dict(files, **{"a.c": "int twice(int a)\n{\n\treturn 2 * a;\n}\n"}))
		[row] = self.ok(self.room("import", tree, "--release", "1.0", "--json")).json
		self.assertEqual(row["release"], "1.0")
		log = self.room.plain("log", "--json").json
		[done] = [record["payload"] for record in log if record["type"] == "index"]
		self.assertEqual(done["release"], "1.0")
		self.assertEqual([s["kind"] for s in done["segments"]], ["syntax", "release"])
		self.assertIn(done["record"], [record["hash"] for record in log if record["type"] == "import"])
		[found] = self.ok(self.room("def", "twice", "--json", as_="anna")).json
		self.assertEqual((found["path"], found["tier"]), ("a.c", "syntax"))
		self.assertIn("complete", self.ok(self.room("index")).text)
		self.assertEqual(len([r for r in self.room.plain("log", "--json").json if r["type"] == "index"]), 1)
		self.ok(self.room("index", "--rebuild"))
		self.ok(self.room.plain("verify"))

	def test_an_interrupt_leaves_the_room_as_it_was(self):
		tree = self.large()
		self.ok(self.room("import", self.tree("small", {"a.c": "int a;\n"}), "--release", "0.9"))
		index = sorted(os.listdir(os.path.join(self.room.path, "index")))
		terminal = Terminal(*self.room.argv("import", tree, "--release", "1.0"))
		terminal.until(b"\r")
		terminal.type("\x03")
		code, seen = terminal.end()
		self.assertEqual(code, 130, seen)
		self.assertEqual(self.releases(), ["0.9"])
		self.assertEqual(sorted(os.listdir(os.path.join(self.room.path, "index"))), index)
		self.assertNotIn(" import ", "".join(self.room.plain("log").lines[-2:]))
		self.ok(self.room.plain("verify"))
		git = subprocess.run(["git", "-C", os.path.join(self.room.path, "source.git"), "fsck", "--strict", "--no-dangling"],
			capture_output=True, text=True)
		self.assertEqual((git.returncode, git.stdout), (0, ""))
		self.ok(self.room("import", tree, "--release", "1.0"))
		self.assertEqual(self.releases(), ["0.9", "1.0"])

	def test_a_killed_import_leaves_the_room_as_it_was(self):
		tree = self.large(1000)
		running = subprocess.Popen([program()] + self.room.argv("import", tree, "--release", "1.0"), env=environment(),
			stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		packs = os.path.join(self.room.path, "source.git")
		while running.poll() is None and not any(files for _, _, files in os.walk(packs)):
			time.sleep(0.001)
		running.send_signal(signal.SIGKILL)
		running.wait()
		self.ok(self.room.plain("verify"))
		self.assertIn(self.releases(), ([], ["1.0"]))
		self.ok(self.room("import", tree, "--release", "1.0"))
		self.assertEqual(self.releases(), ["1.0"])
		self.ok(self.room("search", "f7_7", as_="anna"))

	def test_no_progress_where_there_is_no_terminal(self):
		tree = self.tree("acme", {"a.c": "int a;\n"})
		self.assertEqual(self.ok(self.room("import", tree, "--release", "1.0")).err, b"")


class Rebuild(Case):
	def test_the_same_bytes(self):
		room = self.imported_room({"a.c": "int a;\n", "b.py": "b = 1\n", "big.txt": "words and words\n" * 20000})
		self.ok(room("import", self.tree("two", {"a.c": "int aa;\n", "b.py": "b = 1\n"}), "--release", "1.1"))
		index = os.path.join(room.path, "index")
		before = {name: open(os.path.join(index, name), "rb").read() for name in os.listdir(index)}
		for name in before:
			os.remove(os.path.join(index, name))
		self.assertNotEqual(room("search", "int", as_="anna").code, 0)
		self.ok(room("index", "--rebuild"))
		self.assertEqual({name: open(os.path.join(index, name), "rb").read() for name in os.listdir(index)}, before)
		os.rmdir(index) if not os.listdir(index) else None
		self.ok(room("search", "int", as_="anna"))

	def test_a_damaged_segment_is_not_served(self):
		room = self.imported_room({"a.c": "int damaged;\n" * 100})
		index = os.path.join(room.path, "index")
		for name in os.listdir(index):
			path = os.path.join(index, name)
			with open(path, "rb") as file:
				data = bytearray(file.read())
			data[len(data) // 2] ^= 1
			os.chmod(path, 0o600)
			with open(path, "wb") as file:
				file.write(data)
		said = self.fails(room("cat", "1.0:a.c", as_="anna"), 4)
		self.assertEqual(said.out, b"")
		self.ok(room("index", "--rebuild"))
		self.assertEqual(self.ok(room("cat", "1.0:a.c", as_="anna")).out, b"int damaged;\n" * 100)


if __name__ == "__main__":
	unittest.main()
