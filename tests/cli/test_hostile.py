"""Source that is meant to harm: it is taken in, what is not done with it is said, and it can be read.

With CARREL_HOSTILE=N in the environment the file that is too large has N bytes (130 MiB otherwise).
"""
import os
import resource
import sys
import unittest

from harness import Case, HERE, Terminal, build_dir

from attacks import raw
from test_suspicious import check_sums

sys.path.insert(0, os.path.join(os.path.dirname(HERE), "hostile"))
import make

MEMORY = 512 * 1024  # KiB of any one process


class Hostile(Case):
	def test_every_file_is_taken_in_and_read(self):
		huge = int(os.environ.get("CARREL_HOSTILE", make.HUGE))
		files = make.corpus()
		top = os.path.join(self.dir, "source")
		make.make(top, huge)
		room = self.practice_room()
		self.ok(room("import", top, "--release", "1.0"))
		rows = {row["path"]: row for row in self.ok(room("ls", "-r", "1.0", "--json")).json}
		skipped = {row["path"]: row for row in self.ok(room("skipped", "1.0", "--json")).json}
		self.assertEqual(set(rows), set(files) | {"huge.c"})
		self.assertEqual((rows["huge.c"]["status"], rows["huge.c"]["bytes"]), ("too-large", huge))
		found = {row["path"] for row in self.ok(room("search", "-l", "planted_", "--json")).json if "path" in row}
		for path, (body, name, status) in files.items():
			with self.subTest(path):
				row = rows[path]
				self.assertEqual(row["bytes"], len(body))
				if status:
					self.assertEqual(row["status"], status)
				if row["status"] not in ("parsed", "plain"):
					self.assertEqual(skipped[path]["what"], row["status"])
					self.assertTrue(skipped[path]["why"])
				self.assertEqual(path in found, name is not None)
				# its last line, at a terminal
				code, seen = Terminal(*room.argv("cat", "1.0:%s:%d" % (path, row["lines"] or 1), as_="anna"), columns=200).end()
				self.assertEqual((code, raw(seen)), (0, ""))
		for name in ("planted_branches", "in_ifdef", "in_elif", "behind_macro", "behind_error"):
			self.assertIn("branches.c", {row.get("path") for row in self.ok(room("def", name, "--json")).json}, name)
		for words in (("suspicious", "1.0"), ("census", "1.0"), ("refs", "x"), ("search", "-w", "E19999")):
			self.ok(room(*words, "--json"))
		self.assertGreater(check_sums(self, room), 0)
		script = self.file("script", b"key t\ntype huge.c\nkey Enter\nsettle\nscreen\nkey j G gb q d ? q Q\ntype y\n")
		shown = self.ok(room("desk", "--script", script, as_="anna")).text
		self.assertIn("larger than 128 MiB: kept, but not indexed", shown)
		self.ok(room.plain("verify"))
		if "asan" not in build_dir():
			self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, MEMORY)


if __name__ == "__main__":
	unittest.main()
