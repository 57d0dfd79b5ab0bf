"""Releases of an odd shape: very many tiny files, a very full directory, very long paths.

Small here.  Before a release: CARREL_TINY=2000000 and CARREL_ENTRIES=200000 harness.py build scale
"""
import io
import os
import tarfile
import unittest

from harness import Case, run

TINY = int(os.environ.get("CARREL_TINY", 3000))
ENTRIES = int(os.environ.get("CARREL_ENTRIES", 2000))
PATH_MAX = 4096  # bytes, of a path in the index
HOURS = 4 * 3600


class Scale(Case):
	def setUp(self):
		super().setUp()
		self.room = self.practice_room()

	def take(self, source, release):
		"""An import however long it takes; its row."""
		[row] = self.ok(self.room("import", "--json", source, "--release", release, timeout=HOURS)).json
		return row

	def archive(self, name, files):
		"""A tar archive of (path, text)."""
		path = os.path.join(self.dir, name)
		with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
			for member, text in files:
				info = tarfile.TarInfo(member)
				info.size = len(text)
				tar.addfile(info, io.BytesIO(text.encode()))
		return path

	def found(self, pattern, release):
		rows = self.ok(self.room("search", "--json", "-F", "--in", release, "--", pattern, as_="anna")).json
		return [(row["path"], row["line"]) for row in rows if "line" in row]

	def test_tiny_files(self):
		def name(i):
			return "d%d/e%d/f%d.c" % (i % 97, i // 97 % 97, i)
		row = self.take(self.archive("tiny.tar", ((name(i), "int tiny_%d;\n" % i) for i in range(TINY))), "1.0")
		self.assertEqual((row["files"], row["blobs"]), (TINY, TINY))
		for i in (0, TINY // 2, TINY - 1):
			self.assertEqual(self.found("tiny_%d;" % i, "1.0"), [(name(i), 1)])
			[found] = self.ok(self.room("def", "--json", "tiny_%d" % i, as_="anna")).json
			self.assertEqual((found["path"], found["kind"]), (name(i), "variable"))
		self.assertEqual(self.room("search", "no_such_word", as_="anna").code, 1)

	def test_a_full_directory(self):
		top = os.path.join(self.dir, "full")
		os.makedirs(os.path.join(top, "many"))
		for release in ("1.0", "1.1"):
			for i in range(ENTRIES if release == "1.0" else 1):
				with open(os.path.join(top, "many", "f%d.c" % i), "w") as file:
					file.write("int entry_%d = %s;\n" % (i, release))
			self.assertEqual(self.take(top, release)["files"], ENTRIES)
		listed = [row["path"] for row in self.ok(self.room("ls", "--json", "1.1:many", as_="anna", timeout=HOURS)).json]
		self.assertEqual(sorted(listed), sorted("many/f%d.c" % i for i in range(ENTRIES)))
		last = "many/f%d.c" % (ENTRIES - 1)
		self.assertEqual(self.ok(self.room("cat", "1.1:" + last, as_="anna")).text, "int entry_%d = 1.0;\n" % (ENTRIES - 1))
		changed = self.room("diff", "--json", "1.0", "1.1", "--files", as_="anna").json
		self.assertEqual([(row["new"], row["change"]) for row in changed if "change" in row], [("many/f0.c", "changed")])

	def long_path(self, size, letter):
		path = "/".join([letter * 250] * (size // 251 + 1))[:size - 2]
		return path.rstrip("/").ljust(size - 2, letter) + ".c"

	def test_long_paths(self):
		"""As long as the index takes them, and longer: out of an archive, and out of a directory where no system call takes the whole path."""
		sizes = (255, PATH_MAX - 1, PATH_MAX, PATH_MAX + 1, 3 * PATH_MAX)
		paths = {size: self.long_path(size, "abcde"[i]) for i, size in enumerate(sizes)}
		self.assertEqual([len(path) for path in paths.values()], list(sizes))
		self.archive("long.tar", ((path, "int far_%d;\n" % size) for size, path in paths.items()))
		top = os.path.join(self.dir, "deep")
		os.mkdir(top)
		for size, path in paths.items():
			fd = os.open(top, os.O_RDONLY)
			*folders, last = path.split("/")
			for folder in folders:
				os.mkdir(folder, dir_fd=fd)
				below = os.open(folder, os.O_RDONLY, dir_fd=fd)
				os.close(fd)
				fd = below
			with os.fdopen(os.open(last, os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=fd), "w") as file:
				file.write("int far_%d;\n" % size)
			os.close(fd)
		self.addCleanup(run, "/bin/rm", "-rf", top)
		fits = {path for size, path in paths.items() if size <= PATH_MAX}
		for source, release in ((os.path.join(self.dir, "long.tar"), "archive"), (top, "folder")):
			row = self.take(source, release)
			self.assertEqual((row["files"], row["odd"]), (len(fits), len(paths) - len(fits)))
			self.assertEqual(set(self.found("far_", release)), {(path, 1) for path in fits})
			for path in fits:
				self.assertEqual(self.ok(self.room("cat", "%s:%s" % (release, path), as_="anna")).text, "int far_%d;\n" % len(path))
			said = self.ok(self.room("skipped", release, as_="anna")).text
			self.assertEqual(said.count("its name is too long"), len(paths) - len(fits))


if __name__ == "__main__":
	unittest.main()
