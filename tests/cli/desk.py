"""What tests of the desk driven by a script have in common: a copy of the practice room for each."""

import os
import re
import shutil
import tempfile

from harness import Case, run


class Desk(Case):
	_demo = None

	@classmethod
	def setUpClass(cls):
		cls._demo = tempfile.mkdtemp(prefix="carrel-script-")
		done = run("demo", os.path.join(cls._demo, "room"))
		assert done.code == 0, done

	@classmethod
	def tearDownClass(cls):
		shutil.rmtree(cls._demo)

	def setUp(self):
		super().setUp()
		self.room = os.path.join(self.dir, "room")
		shutil.copytree(os.path.join(self._demo, "room"), self.room, symlinks=True)

	def script(self, *lines, who="anna", options=()):
		path = self.file("script", "".join(line + "\n" for line in lines).encode())
		return run("-C", self.room, "--key", os.path.join(self.room, "private", who + ".key"), "desk", "--script", path, *options)

	def titled(self, text):
		"""The screens and looks of a script's output: their rows, by their titles."""
		parts = re.split(r"^== (?:screen|looks) \d+x\d+ cursor (\d+),(\d+) (.*)\n", text, flags=re.M)[1:]
		self.cursors = {parts[i + 2]: (int(parts[i]), int(parts[i + 1])) for i in range(0, len(parts), 4)}
		return {parts[i + 2]: parts[i + 3].split("\n")[:-1] for i in range(0, len(parts), 4)}
