"""What a desk meets on bad days: a lost terminal, absurd sizes, garbage from the mouse, its keeper stopped or killed, the
room gone."""

import glob
import os
import re
import shutil
import signal
import time

from harness import DEADLINE, Case, Screen, cli
from test_desk import children, kill_desk


def of_desk(screen, name):
	"""The process of this name that belongs to the desk on this screen."""
	shell = int(screen.tmux("display-message", "-p", "#{pane_pid}"))
	return next(pid for pid, comm in children(shell).items() if comm.startswith(name))


def alive(pid):
	try:
		with open("/proc/%d/stat" % pid) as file:
			return file.read().rsplit(")", 1)[1].split()[0] != "Z"
	except FileNotFoundError:
		return False


class Terminal(Case):
	def test_it_is_lost(self):
		screen = self.desk()
		screen.type("2c")
		self.sees(screen, "WRITING")
		screen.type("half a sen")
		self.sees(screen, "half a sen")
		shell = int(screen.tmux("display-message", "-p", "#{pane_pid}"))
		desk = [pid for pid, comm in children(shell).items() if comm.startswith("carrel")]
		self.assertGreaterEqual(len(desk), 3)
		screen.tmux("kill-server")
		limit = time.monotonic() + DEADLINE
		while any(alive(pid) for pid in desk):
			self.assertLess(time.monotonic(), limit, "the desk outlives its terminal")
			time.sleep(0.01)
		self.assertEqual(self.log()[-1]["type"], "close", "the session was closed in good order")
		self.ok(cli.run("-C", self.copy_room(), "verify"))
		screen = self.desk()
		self.sees(screen, "1 draft")

	def test_sizes_that_hold_nothing(self):
		screen = self.desk()
		for keys, seen in (("", "FILES"), ("2", "src/tok.c"), ("d", "DIFF"), ("q4", "THREADS"), ("5", "RELEASES"), ("q?", "KEYS IN")):
			screen.type(keys)
			self.sees(screen, seen)
			for cols, rows in ((1, 1), (2, 1), (1, 2), (3, 3), (200, 1), (1, 60), (100, 28)):
				screen.resize(cols, rows)
			self.sees(screen, seen)
		screen.keys("Escape")
		screen.type("2c")
		self.sees(screen, "WRITING")
		screen.resize(1, 1)
		screen.type("words")
		screen.resize(100, 28)
		self.sees(screen, "WRITING", "words")

	def test_one_that_nobody_knows(self):
		for term in ("no-such-terminal", "dumb", "", "../../etc/passwd"):
			screen = self.desk(term=term, until=None)
			self.assertEqual(screen.ended(), 2, term)
			self.sees(screen, "is not served")

	def test_garbage_from_the_mouse_and_the_keyboard(self):
		screen = self.desk()
		path = os.path.join(self.dir, "garbage")
		garbage = [b"\x1b[M\xff\xff\xff", b"\x1b[<99999;99999;99999M", b"\x1b[<0;0;0M", b"\x1b[<-1;5;5m", b"\x1b[M", b"\x1b[<0;", b"\x1b[",
			b"\x1b[" + b"9" * 500 + b"~", b"\x1b]52;c;aGk=\x07", b"\x1bP1$r\x1b\\", b"\x1b[200~" * 3, b"\x1b[201~" * 3, b"\x1b[12;40R"]
		for piece in garbage:
			with open(path, "wb") as file:
				file.write(piece)
			screen.tmux("load-buffer", path)
			screen.tmux("paste-buffer", "-r")
		screen.keys("Escape", "Escape")
		screen.type("5")
		self.sees(screen, "RELEASES OF")


class Keeper(Case):
	def test_killed_it_ends_the_desk_at_once_whatever_is_typed_at(self):
		for keys, seen in (("", "FILES"), ("/", "search"), ("2c", "WRITING"), ("?", "KEYS IN"), ("Q", "Leave the desk?")):
			screen = self.desk()
			screen.type(keys)
			self.sees(screen, seen)
			os.kill(of_desk(screen, "carrel-keeper"), signal.SIGKILL)
			self.assertNotIn(screen.ended(), (0, 2), "after %r" % keys) # without a key being pressed
			self.sees(screen, "carrel: ", gone=["FILES"])

	def test_busy_it_keeps_nobody_from_moving_and_leaving(self):
		screen = self.desk()
		keeper = of_desk(screen, "carrel-keeper")
		os.kill(keeper, signal.SIGSTOP)
		self.addCleanup(lambda: alive(keeper) and os.kill(keeper, signal.SIGCONT))
		screen.type("jj?")
		self.sees(screen, "KEYS IN")
		screen.keys("Escape")
		screen.type("D")
		self.sees(screen, "CHANGES")
		screen.type("q!")
		self.sees(screen, "SUSPICIOUS", "Reading...")
		os.kill(keeper, signal.SIGCONT)
		self.sees(screen, "bidi")
		screen.type("Qy")
		self.assertEqual(screen.ended(), 0)

	def test_killed_while_a_passphrase_is_asked_for(self):
		room = self.copy_room()
		key = os.path.join(self.dir, "locked")
		terminal = cli.Terminal("key", "new", key)
		terminal.end_after([(b"assphrase", "secret words\n"), (b"nce more", "secret words\n")])
		self.ok(cli.run("-C", room, "--key", room + "/private/henry.key", "roster", "add", "lena", "--role", "inspector",
			"--pub", key + ".pub"))
		screen = Screen(self, [cli.program(), "-C", room, "--key", key])
		self.sees(screen, "passphrase of lena")
		os.kill(of_desk(screen, "carrel-keeper"), signal.SIGKILL)
		self.assertNotEqual(screen.ended(), 0)


class Killed(Case):
	def left(self):
		"""What is kept of where anna is, by now."""
		files = glob.glob(os.path.join(self.copy_room(), "private", "desk-*", "left"))
		return open(files[0]).read() if files else ""

	def test_one_comes_back_where_one_was(self):
		screen = self.desk()
		screen.type("tmain.c")
		self.sees(screen, "FIND FILE", "main.c")
		screen.keys("Enter")
		self.sees(screen, re.compile(r"src/main\.c.* 1/63"), re.compile(r"│ +4 "))
		screen.type("jjjma")
		screen.keys("C-w", "v")
		screen.type("5")
		self.sees(screen, "RELEASES OF")
		limit = time.monotonic() + DEADLINE
		while not re.search(r"^open 1\.2 4 \d+ \d+ src/main\.c\nbeside .* src/main\.c\nmark a 1\.2 4 ", self.left(), re.M):
			self.assertLess(time.monotonic(), limit, "it is not kept: %r" % self.left())
			time.sleep(0.05)
		kill_desk(screen)
		screen = self.desk(until="src/main.c")
		self.sees(screen, re.compile(r"src/main\.c.* 4/63.*src/main\.c.* 4/63"))
		screen.type("gg'a")
		self.sees(screen, re.compile(r"4/63"))

	def test_at_rest_nothing_is_written(self):
		screen = self.desk()
		self.sees(screen, re.compile(r"│ +3 "))
		screen.type("2jj")
		limit = time.monotonic() + DEADLINE
		while "open 1.2 3 " not in self.left():
			self.assertLess(time.monotonic(), limit)
			time.sleep(0.05)
		path, = glob.glob(os.path.join(self.copy_room(), "private", "desk-*", "left"))
		before = os.stat(path)
		screen.type("?") # a key that moves nothing
		self.sees(screen, "KEYS IN code")
		screen.keys("Escape")
		self.sees(screen, "FILES", gone=["KEYS IN"])
		screen.type("j")
		while "open 1.2 4 " not in self.left():
			self.assertLess(time.monotonic(), limit)
			time.sleep(0.05)
		self.assertNotEqual(before.st_ino, os.stat(path).st_ino, "replaced as a whole")


class Early(Case):
	def test_a_form_waits_for_the_first_file(self):
		for keys, title in (("2cTyped first", "WRITING on"), ("2pTyped first", "PRIVATE NOTE on")):
			screen = self.desk(until=None)
			screen.type(keys)
			self.sees(screen, title, "src/tok.c line 1 of 1.2", "Typed first", gone=["No file is open"])

	def test_an_answer_waits_for_its_thread(self):
		screen = self.desk(until=None)
		screen.type("4aTyped first")
		self.sees(screen, "ANSWER", "Typed first", gone=["6 of 6"])


class Room(Case):
	def test_taken_away_it_is_told(self):
		screen = self.desk()
		shutil.rmtree(self.copy_room())
		screen.type("g/strcmp")
		screen.keys("Enter")
		screen.type("5")
		screen.type("Qy")
		screen.ended() # it ends; what it could not write, it says
		text = screen.text()
		self.assertNotRegex(text, "Segmentation|Sanitizer|assert")
