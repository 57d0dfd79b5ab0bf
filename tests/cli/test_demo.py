"""The demo's room, and an installed tree."""
import os
import subprocess
import unittest

from harness import Case, Terminal, build_dir, environment, run


class Demo(Case):
	def test_makes_its_room(self):
		path = os.path.join(self.dir, "practice")
		self.assertIn("--key", self.ok(run("demo", path)).lines[-1])
		self.assertEqual([r["release"] for r in run("-C", path, "releases", "--json").json], ["1.0", "1.1", "1.2"])
		self.assertGreaterEqual(len(run("-C", path, "threads", "--json").json), 3)
		self.ok(run("-C", path, "verify"))
		found = {row["path"]: row["what"] for row in
			self.ok(run("-C", path, "--key", os.path.join(path, "private", "anna.key"), "skipped", "1.2", "--json")).json}
		self.assertTrue(found)
		key = os.path.join(path, "private", "henry.key")
		with open(key, "rb") as file:
			before = file.read()
		self.ok(run("demo", path))
		with open(key, "rb") as file:
			self.assertEqual(file.read(), before)
		self.ok(run("demo", "--again", path))
		with open(key, "rb") as file:
			self.assertNotEqual(file.read(), before)
		self.assertEqual(os.listdir(self.dir), ["practice"])

	def test_touches_nothing_else(self):
		self.file("mine/thing", "x")
		self.fails(run("demo", "--again", os.path.join(self.dir, "mine")), 3, "no room of the demo")
		room = self.practice_room(people=())
		self.fails(run("demo", "--again", room.path), 3, "no room of the demo")
		self.ok(room.plain("status"))

	def test_opens_the_desk_at_a_terminal(self):
		terminal = Terminal("demo", "practice", cwd=self.dir, rows=28, columns=100)
		terminal.until(b"acme-av 1.2")
		terminal.until(b"FILES")
		terminal.type("Qy")
		self.assertEqual(terminal.end()[0], 0)
		self.ok(run("-C", os.path.join(self.dir, "practice"), "verify"))


class Installed(Case):
	def test_an_installed_tree_works_where_it_is(self):
		done = subprocess.run(["meson", "install", "-C", build_dir(), "--no-rebuild", "--destdir", self.dir], capture_output=True)
		self.assertEqual(done.returncode, 0, done.stdout)
		[carrel] = [os.path.join(d, "carrel") for d, _, files in os.walk(self.dir) if "carrel" in files and d.endswith("bin")]
		self.ok(run(carrel, "demo", os.path.join(self.dir, "practice")))
		found = {name for _, _, files in os.walk(self.dir) for name in files}
		self.assertLessEqual({"carrel.1", "carrel-search.1", "carrel-record.5", "carrel.bash", "_carrel", "carrel.fish"}, found)


if __name__ == "__main__":
	unittest.main()
