#!/usr/bin/env python3
"""Whole-program tests: runs every tests/cli/test_*.py over the programs of a build directory.

	python3 tests/cli/harness.py BUILD_DIR [WORD]...

One line a test, "ok NAME", "FAIL NAME" or "skip NAME: WHY", and a last line "N passed, N failed,
N skipped".  With WORDs, only tests whose name holds one of them.  Exit 0 when nothing failed.

A test module says `from harness import Case` and uses what Case offers: a directory of its own
(self.dir), self.carrel(...) and self.practice_room().  Nothing of the caller's environment, keys
or agents is seen by the programs under test.
"""

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 120


def build_dir():
	return os.environ["CARREL_BUILD"]


def program(name="carrel"):
	return os.path.join(build_dir(), name)


def environment(**more):
	env = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm-256color", "HOME": "/nonexistent"}
	for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
		if name in os.environ:
			env[name] = os.environ[name]
	env.update({k: v for k, v in more.items() if v is not None})
	return env


class Result:
	"""What a program left: code, out and err (bytes)."""

	def __init__(self, code, out, err):
		self.code, self.out, self.err = code, out, err

	@property
	def text(self):
		return self.out.decode("utf-8")

	@property
	def error(self):
		return self.err.decode("utf-8", "replace")

	@property
	def lines(self):
		return self.text.splitlines()

	@property
	def json(self):
		"""One object a line."""
		return [json.loads(line) for line in self.text.splitlines()]

	def __repr__(self):
		return "exit %d\nout: %.2000r\nerr: %s" % (self.code, self.out, self.error)


def run(*args, stdin=b"", cwd=None, env=None, timeout=TIMEOUT, pass_fds=()):
	"""Runs the given command line (carrel's if it does not begin with a path); no terminal anywhere."""
	args = [os.fspath(a) for a in args]
	if not args or os.sep not in args[0]:
		args.insert(0, program())
	done = subprocess.run(args, input=stdin, capture_output=True, cwd=cwd, env=env or environment(),
		timeout=timeout, pass_fds=pass_fds, start_new_session=True)
	return Result(done.returncode, done.stdout, done.stderr)


class Terminal:
	"""A program on a terminal of its own: type(text), until(text), end()."""

	def __init__(self, *args, cwd=None, env=None, rows=24, columns=80, stdout=None):
		self.args = [program()] + [os.fspath(a) for a in args]
		self.seen = b""
		self.pid, self.fd = pty.fork()
		if self.pid == 0:
			try:
				if cwd:
					os.chdir(cwd)
				if stdout:
					os.dup2(os.open(stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
				os.execve(self.args[0], self.args, env or environment())
			finally:
				os._exit(127)
		import fcntl
		import struct
		import termios
		fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

	def until(self, text, timeout=TIMEOUT):
		"""Reads until `text` (bytes) has been seen since the last call; returns what came up to it."""
		limit = time.monotonic() + timeout
		while text not in self.seen:
			left = limit - time.monotonic()
			if left <= 0 or not self._read(left):
				raise AssertionError("%r did not come; seen: %r" % (text, self.seen[-2000:]))
		before, self.seen = self.seen.split(text, 1)
		return before + text

	def _read(self, timeout):
		if not select.select([self.fd], [], [], timeout)[0]:
			return False
		try:
			piece = os.read(self.fd, 65536)
		except OSError:
			return False
		self.seen += piece
		return bool(piece)

	def echoes(self):
		import termios
		return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

	def type(self, text):
		os.write(self.fd, text.encode() if isinstance(text, str) else text)

	def end(self, timeout=TIMEOUT):
		"""Waits for the end; returns exit code and all that was not yet taken by until()."""
		limit = time.monotonic() + timeout
		while self._read(max(0, limit - time.monotonic())):
			pass
		while True:
			pid, status = os.waitpid(self.pid, os.WNOHANG)
			if pid:
				break
			if time.monotonic() > limit:
				os.kill(self.pid, signal.SIGKILL)
				os.waitpid(self.pid, 0)
				raise AssertionError("%s did not end" % self.args)
			time.sleep(0.005)
		os.close(self.fd)
		return os.waitstatus_to_exitcode(status), self.seen


	def end_after(self, steps, timeout=TIMEOUT):
		"""Waits for each text and types what goes with it (None: nothing); then as end()."""
		for text, answer in steps:
			self.until(text, timeout)
			if answer is not None:
				self.type(answer)
		return self.end(timeout)


class Room:
	"""A practice room with people whose keys have no passphrase; `as_` names who acts (default: the host)."""

	def __init__(self, case, name="room"):
		self.case = case
		self.path = os.path.join(case.dir, name)
		self.keys = {}

	def key(self, who):
		if who not in self.keys:
			path = os.path.join(self.case.dir, who + ".key")
			if not os.path.exists(path):
				self.case.ok(run("key", "new", path, "--no-passphrase"))
			self.keys[who] = path
		return self.keys[who]

	def create(self, product="acme-av", host="hanna"):
		self.host = host
		self.case.ok(run("init", self.path, "--product", product, "--host", host, "--key", self.key(host), "--practice"))
		return self

	def enrol(self, who, role):
		self.case.ok(self("roster", "add", who, "--role", role, "--pub", self.key(who) + ".pub"))
		return self

	def argv(self, *args, as_=None):
		return ["-C", self.path, "--key", self.key(as_ or self.host)] + list(args)

	def __call__(self, *args, as_=None, **more):
		"""carrel -C ROOM --key KEY ARGS, judged by nobody."""
		return run(*self.argv(*args, as_=as_), **more)

	def plain(self, *args, **more):
		"""carrel -C ROOM ARGS, by nobody in particular."""
		return run("-C", self.path, *args, **more)


class Case(unittest.TestCase):
	"""A test with a directory of its own, removed at its end."""

	def setUp(self):
		self.dir = tempfile.mkdtemp(prefix="carrel-test-")
		self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

	def file(self, name, data):
		path = os.path.join(self.dir, name)
		os.makedirs(os.path.dirname(path), exist_ok=True)
		with open(path, "wb") as f:
			f.write(data.encode() if isinstance(data, str) else data)
		return path

	def tree(self, name, files):
		"""A directory `name` with {path: text or bytes}; its path."""
		for path, data in files.items():
			self.file(os.path.join(name, path), data)
		return os.path.join(self.dir, name)

	def ok(self, result):
		self.assertEqual(result.code, 0, repr(result))
		return result

	def fails(self, result, code, *words):
		"""Exit `code`, nothing but "carrel: ..." on standard error, holding every word."""
		self.assertEqual(result.code, code, repr(result))
		self.assertTrue(result.error.startswith("carrel: "), repr(result))
		for word in words:
			self.assertIn(word, result.error)
		return result

	def practice_room(self, people=(("anna", "inspector"), ("vera", "vendor")), name="room"):
		"""A practice room of host hanna, and the people given as (name, role)."""
		room = Room(self, name).create()
		for who, role in people:
			room.enrol(who, role)
		return room

	def imported_room(self, files, release="1.0", **more):
		"""A practice room holding one release made of {path: text}."""
		room = self.practice_room(**more)
		self.ok(room("import", self.tree("source-" + release, files), "--release", release))
		return room


class Lines(unittest.TestResult):
	"""One line a test."""

	def __init__(self):
		super().__init__()
		self.passed = 0

	def _line(self, word, test, more=""):
		print("%s %s%s" % (word, test.id(), more), flush=True)

	def addSuccess(self, test):
		self.passed += 1
		self._line("ok", test)

	def _failed(self, test, err):
		self._line("FAIL", test)
		print("\t" + self._exc_info_to_string(err, test).rstrip().replace("\n", "\n\t"), flush=True)

	def addFailure(self, test, err):
		super().addFailure(test, err)
		self._failed(test, err)

	def addError(self, test, err):
		super().addError(test, err)
		self._failed(test, err)

	def addSubTest(self, test, subtest, err):
		super().addSubTest(test, subtest, err)
		if err is not None:
			self._failed(subtest, err)

	def addSkip(self, test, reason):
		super().addSkip(test, reason)
		self._line("skip", test, ": " + reason)


def chosen(suite, words):
	for item in suite:
		if isinstance(item, unittest.TestSuite):
			yield from chosen(item, words)
		elif not words or any(word in item.id() for word in words):
			yield item


def main(argv):
	if len(argv) < 2:
		print("usage: harness.py BUILD_DIR [WORD]...", file=sys.stderr)
		return 2
	os.environ["CARREL_BUILD"] = os.path.abspath(argv[1])
	sys.path.insert(0, HERE)
	# A tests' module imports `harness`: give it this one, not a second copy.
	sys.modules["harness"] = sys.modules[__name__]
	result = Lines()
	unittest.TestSuite(chosen(unittest.defaultTestLoader.discover(HERE, "test_*.py"), argv[2:])).run(result)
	failed = len(result.failures) + len(result.errors)
	print("%d passed, %d failed, %d skipped" % (result.passed, failed, len(result.skipped)))
	return 1 if failed else 0


if __name__ == "__main__":
	sys.exit(main(sys.argv))
