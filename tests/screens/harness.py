#!/usr/bin/env python3
"""Screen tests: drives the real desk through tmux and reads its screens.

	python3 tests/screens/harness.py BUILD_DIR [WORD]...

Runs every tests/screens/test_*.py; output as tests/cli/harness.py has it.  A test sends keys and
waits until the screen shows what it expects (never a fixed time); a failing one prints the
screen it saw.  The room is the demo's, made once and copied for each test that writes.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
DEADLINE = 20 * int(os.environ.get("CARREL_TEST_SLOW", "1"))

spec = importlib.util.spec_from_file_location("cli_harness", os.path.join(HERE, "..", "cli", "harness.py"))
cli = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cli)


class Screen:
	"""A terminal in tmux with one program on it."""

	count = 0

	def __init__(self, case, argv, cols=100, rows=28, env=None, term="tmux-256color"):
		Screen.count += 1
		self.socket = os.path.join(case.dir, "tmux-%d" % Screen.count)
		self.out = os.path.join(case.dir, "exit-%d" % Screen.count)
		words = " ".join("'%s'" % word.replace("'", "'\\''") for word in argv)
		settings = " ".join("%s='%s'" % item for item in {**cli.environment(), **(env or {}), "TERM": term}.items())
		shell = "env -i %s %s; echo $? >'%s'; exec sleep 600" % (settings, words, self.out)
		self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(cols), "-y", str(rows), shell)
		case.addCleanup(self.close)

	def tmux(self, *args):
		env = dict(cli.environment(), TERM="xterm-256color")
		done = subprocess.run(["tmux", "-u", "-S", self.socket] + list(args), capture_output=True, env=env)
		if done.returncode:
			raise AssertionError("tmux %s: %s" % (args, done.stderr.decode()))
		return done.stdout.decode()

	def close(self):
		try:
			self.tmux("kill-server")
		except AssertionError:
			pass

	def text(self, colours=False):
		return self.tmux("capture-pane", "-p", *(["-e"] if colours else []))

	def lines(self):
		return self.text().split("\n")

	def cursor(self):
		"""(row, column) of the hardware cursor."""
		x, y = self.tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
		return int(y), int(x)

	def until(self, *wanted, gone=()):
		"""Waits until all of `wanted` and none of `gone` is on the screen; regular expressions where compiled."""
		def there(part, screen):
			return bool(part.search(screen)) if isinstance(part, re.Pattern) else part in screen
		limit = time.monotonic() + DEADLINE
		while True:
			screen = self.text()
			missing = [part for part in wanted if not there(part, screen)] + [part for part in gone if there(part, screen)]
			if not missing:
				return screen
			if time.monotonic() > limit:
				raise AssertionError("waited for %r; the screen:\n%s" % (missing, screen))
			time.sleep(0.01)

	def cursor_on(self, text):
		"""Waits until the hardware cursor is in a row that holds `text`."""
		limit = time.monotonic() + DEADLINE
		while text not in self.lines()[self.cursor()[0]]:
			if time.monotonic() > limit:
				raise AssertionError("the cursor is at %r; the screen:\n%s" % (self.cursor(), self.text()))
			time.sleep(0.01)

	def type(self, text):
		self.tmux("send-keys", "-l", "--", text)

	def keys(self, *names):
		"""tmux's names: Enter, Escape, C-s, F1, PageDown, ..."""
		self.tmux("send-keys", *names)
		if names[-1] == "Escape":
			time.sleep(0.2) # an Esc with a key right behind it is Alt: what a person's fingers do not do

	def resize(self, cols, rows):
		self.tmux("resize-window", "-x", str(cols), "-y", str(rows))

	def ended(self):
		"""Waits for the program's end; its exit code."""
		limit = time.monotonic() + DEADLINE
		while not os.path.exists(self.out) or not open(self.out).read().strip():
			if time.monotonic() > limit:
				raise AssertionError("the program does not end; the screen:\n%s" % self.text())
			time.sleep(0.01)
		return int(open(self.out).read())


class Case(cli.Case):
	"""A test of screens; desk() opens one on a copy of the demo room."""

	_room = None

	@classmethod
	def demo_room(cls):
		if not Case._room:
			folder = tempfile.mkdtemp(prefix="carrel-screens-")
			done = cli.run("demo", os.path.join(folder, "room"))
			if done.code:
				raise AssertionError("the demo room: %r" % done)
			Case._room = os.path.join(folder, "room")
		return Case._room

	@classmethod
	def forget_room(cls):
		if Case._room:
			shutil.rmtree(os.path.dirname(Case._room), ignore_errors=True)

	def copy_room(self):
		path = os.path.join(self.dir, "room")
		if not os.path.exists(path):
			shutil.copytree(self.demo_room(), path, symlinks=True)
		return path

	def desk(self, who="anna", until=re.compile(r" 1/\d+ *$", re.M), **how):
		room = self.copy_room()
		screen = Screen(self, [cli.program(), "-C", room, "--key", "%s/private/%s.key" % (room, who)], **how)
		if until:
			screen.until(until)
		return screen

	def log(self, *filters):
		"""The records of the copied room."""
		text = self.ok(cli.run("-C", self.copy_room(), "log", "--json", *filters)).text
		return [json.loads(line) for line in text.splitlines() if line]

	def sees(self, screen, *wanted, **how):
		return screen.until(*wanted, **how)


def main(argv):
	if len(argv) < 2:
		print("usage: harness.py BUILD_DIR [WORD]...", file=sys.stderr)
		return 2
	os.environ["CARREL_BUILD"] = os.path.abspath(argv[1])
	sys.path.insert(0, HERE)
	sys.modules["harness"] = sys.modules[__name__]
	result = cli.Lines()
	found = unittest.defaultTestLoader.discover(HERE, "test_*.py")
	unittest.TestSuite(cli.chosen(found, argv[2:])).run(result)
	Case.forget_room()
	failed = len(result.failures) + len(result.errors)
	print("%d passed, %d failed, %d skipped" % (result.passed, failed, len(result.skipped)))
	return 1 if failed else 0


if __name__ == "__main__":
	sys.exit(main(sys.argv))
