"""A whole session under strace, and a word in the source that must be nowhere afterwards.

CARREL_SESSION_ROUNDS=N repeats what is done at the desk N times, CARREL_SESSION_MINUTES=N under strace until N minutes
are over; an hour leaves some gigabytes of traces in TMPDIR until its end.
"""

import math
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
import unittest
import unittest.mock

import test_seal
from harness import Case, Terminal, environment, program, run
from test_seal import LETTERS, SANITIZED, children, tables

ROUNDS = int(os.environ.get("CARREL_SESSION_ROUNDS", "1"))
MINUTES = float(os.environ.get("CARREL_SESSION_MINUTES", "0"))

# what a program opens before its seal closes: itself and its libraries, terminal types, locales, and what it asks the kernel
BEFORE = re.compile(r"^(/usr/|/lib|/etc/ld\.so|/etc/terminfo|/etc/locale|/proc/|/sys/devices/|/sys/dev/block/|"
	r"/sys/fs/|/dev/(null|tty|ptmx|urandom|random|pts/)|pipe:|socket:|anon_inode:|/$)")
# calls with a path that was found: (call, path as written, path that -y resolved)
OPENED = re.compile(r'(?:open|openat|openat2|creat)\((?:AT_FDCWD(?:<[^>]*>)?, |\d+<[^>]*>, )?"([^"]*)".*= \d+<([^>]*)>')
NAMED = re.compile(r'(unlink|unlinkat|rename|renameat|renameat2|mkdir|mkdirat|link|linkat|symlink|symlinkat|truncate|rmdir)\('
	r'(.*)\) = 0$')
SOCKET = re.compile(r"socket\((.*)\) +(=|<unfinished|\+\+\+)(.*)$")
CONNECT = re.compile(r"connect\(\d+<[^>]*>, \{(.*)\}, \d+\) += (.*)$")
CALL = re.compile(r"(\w+)\(")
CSI = re.compile(rb"\x1b\[[\x20-\x3f]*[\x40-\x7e]|\x1b\([0B]|\x0f")
PROBE = re.compile(r"socket\(0x5ea1 .*-1 \(errno (\d+)\)$")

# at the desk, once a round: keys, and what comes on the screen then and was not there before
ROUND = (
	("t", "FIND FILE"), ("a.c", "a.c   "), ("\r", "first_of_a"), ("  ", ""), ("\x02G", "last_of_a"), ("gg", "first_of_a"),
	("/return\r", ""), ("nnN", ""), ("B", ""), ("gb", "BYTES OF"), ("q", "first_of_a"), ("zM", ""), ("zR", ""),
	("t", "FIND FILE"), ("b.c", "b.c   "), ("\r", "calls_of_b"), ("]]", ""), ("gI", "WHAT INCLUDES"), ("q", "calls_of_b"),
	("g/%(canary)s\r", "lines in 3 files"), ("\r", "calls_of_b(void)"), ("gr", "declaration"), ("\r", "next change"), ("gc", "CALLS OF"),
	("q", "next change"), ("g/r.turn x;\x1bi\r", "SEARCH"), ("q", "next change"), ("T", "FIND SYMBOL"), ("%(canary)s", "lib/c.c"),
	("\r", "again */"), ("gC", "WHAT CALLS"), ("l", "calls_of_b"), ("q", "next change"),
	("D", "CHANGES"), ("\r", "DIFF "), ("]c", ""), ("s", ""), ("w", ""), ("W", ""), ("s", ""), ("]f", ""), ("o", "CHANGED FUNCTIONS"),
	("q", "DIFF "), ("q", "CHANGES"), ("q", ""), ("!", "U+202E"), ("\r", "next change"), ("4", "THREADS"), ("5", "RELEASES OF"),
	("gv", "READ RELEASE"), ("1.0", ""), ("\r", ""), ("gv", "READ RELEASE"), ("2.0", ""), ("\r", ""),
	("6", "diff-lines"), ("\r", "RECORD "), ("q", "LOG of all"), ("7", "NOTEBOOK"), ("o", "OPTIONS"), ("q", "NOTEBOOK"),
	("?", "KEYS IN"), ("\x1b", "your eyes alone"), (":", "COMMANDS"), ("files", "find-release"), ("\x1b", "your eyes alone"), ("1", "OUTLINE"),
)
# now and then, in a file: words signed, and some for oneself alone
WORDS = (
	("t", "FIND FILE"), ("notes", "notes.c"), ("\r", "next change"), ("c", "WRITING on"), ("What is this?\x13", "BYTES TO BE SIGNED"),
	("sign", "Enter signs"), ("\r", "Signed and recorded"), ("4", "notes.c:1"), ("\r", "signature good"), ("q", "THREADS"),
	("1", ""), ("t", "FIND FILE"), ("notes", "notes.c"), ("\r", "next change"), ("p", "PRIVATE NOTE"),
	("odd, ask again\x13", "Kept in your notebook"), ("7", "NOTEBOOK"), ("1", ""),
)


def sequences(output):
	"""What of a terminal's input is no text: [(kind, bytes)]; kind: CSI, string, other."""
	pattern = re.compile(rb"\x1b\[[\x20-\x3f]*[\x40-\x7e]|\x1b[\]P_X^k].*?(?:\x07|\x1b\\)|\x1b[\x20-\x2f]*[\x30-\x7e]", re.S)
	return [("CSI" if s.startswith(b"\x1b[") else "string" if s[1:2] in b"]P_X^k" else "other", s)
		for s in pattern.findall(output)]


class Session(Case):
	agent = None

	def setUp(self):
		super().setUp()
		self.canary = "canary" + secrets.token_hex(8)
		self.room = self.practice_room()
		box = os.path.join(self.dir, "box")
		self.ok(run("key", "new", box, "--no-passphrase", "--box"))
		self.ok(self.room("roster", "add", "anna", "--role", "inspector", "--pub", self.room.key("anna") + ".pub", "--box", box + ".box"))
		for release, body in (("1.0", "return x;"), ("2.0", "return x + 1; /* %s again */" % self.canary)):
			self.ok(self.room("import", self.tree("source-" + release, self.sources(body)), "--release", release))
		self.outside = self.listing()

	def sources(self, body):
		"""A release in which all can be found that a round looks for."""
		fill = "".join("int a%d(int x)\n{\n\tif (x)\n\t\treturn x;\n\treturn %d;\n}\n" % (i, i) for i in range(50))
		return {
			"a.c": '#include "b.h"\nint first_of_a;\n%sint last_of_a;\n' % fill,
			"b.c": '#include "b.h"\nint calls_of_b(void)\n{\n\treturn %s(2) + %d;\n}\n' % (self.canary, len(body)),
			"b.h": "int %s(int x);\n" % self.canary,
			"lib/c.c": "int %s(int x)\n{\n\t%s\n}\n" % (self.canary, body),
			"notes.c": "int notes;\n",
			"lib/odd.c": "int o\u202edd;\n",
		}

	def listing(self):
		"""Every file of the places where a program might leave something, the test's own directory aside."""
		found = {}
		for top in ("/tmp", "/var/tmp", "/dev/shm", "/run/user", os.path.expanduser("~")):
			for folder, folders, names in os.walk(top):
				folders[:] = [name for name in folders if os.path.join(folder, name) != self.dir
					and name not in (".cache", ".cargo", ".npm", "node_modules", ".git")]
				for name in names:
					path = os.path.join(folder, name)
					try:
						found[path] = os.lstat(path).st_mtime_ns
					except OSError:
						continue
				if folder.count("/") > 4:
					folders.clear()
		return found

	def desk(self, *before):
		"""A terminal with the desk in it, behind the words of `before`."""
		with unittest.mock.patch("harness.program", lambda: shutil.which(before[0]) if before else program()):
			return Terminal(*before[1:], *([program()] if before else []), *self.room.argv(as_="anna"), rows=30,
				columns=110, cwd=self.dir)

	def step(self, terminal, keys, text):
		"""Presses keys and waits for a text, on a screen that is drawn anew meanwhile; all that was sent."""
		terminal.type(keys if keys == "\x1b" else keys + "\f") # an Esc with a key right behind it is Alt
		limit = time.monotonic() + 120
		while text not in CSI.sub(b"", terminal.seen):
			if not terminal._read(0.3):
				self.assertLess(time.monotonic(), limit, (keys, text, CSI.sub(b"", terminal.seen[-7000:])))
				terminal.type("\f")
		seen, terminal.seen = terminal.seen, b""
		return seen

	def walk(self, terminal, steps):
		return b"".join(self.step(terminal, keys % {"canary": self.canary}, (text % {"canary": self.canary}).encode()) for keys, text in steps)

	def visit(self, terminal, each):
		"""Rounds at the desk, each looked at by each(number, output), until it says False; what was sent at the end."""
		start = terminal.until(b"since 1.0")
		number = 0
		while each(number, start + self.walk(terminal, ROUND + (WORDS if number % 10 == 0 else ()))):
			number += 1
			start = b""
		terminal.type("Q")
		seen = terminal.until(b"Leave")
		terminal.type("y")
		code, rest = terminal.end()
		self.assertEqual(code, 0, (seen + rest)[-2000:])
		return seen + rest

	def commands(self, *before):
		"""The same by commands, each with its exit status checked."""
		for args in (("search", self.canary), ("cat", "2.0:a.c"), ("diff", "1.0", "2.0", "lib/c.c"), ("def", self.canary), ("refs", self.canary),
				("suspicious", "2.0"), ("ls", "-r", "2.0"), ("census", "2.0"), ("threads",), ("log",),
				("annotate", "2.0:notes.c:1", "--kind", "finding", "--title", "odd", "-m", "why one more"),
				("report", "2.0", "--format", "md", "-o", "r%s.md" % secrets.token_hex(8)),
				("ledger", "export", "-o", "l%s" % secrets.token_hex(8)), ("checkpoint",), ("status",)):
			self.command(*before, program(), *self.room.argv(*args, as_="anna"))
		self.command(*before, program(), "-C", self.room.path, "verify")

	def command(self, *words):
		done = subprocess.run(words, capture_output=True, env=environment(SSH_AUTH_SOCK=self.agent), timeout=120, cwd=self.dir,
			stdin=subprocess.DEVNULL)
		self.assertIn(done.returncode, (0, 1), (words, done.stderr))

	def test_a_word_of_the_source_stays_in_the_room(self):
		environments, output = [], []
		terminal = self.desk()

		def look(number, seen):
			output.append(seen)
			for pid in [terminal.pid, *children(terminal.pid)]:
				with open("/proc/%d/environ" % pid, "rb") as f:
					environments.append(f.read())
			return number + 1 < ROUNDS

		canary = self.canary.encode()
		output.append(self.visit(terminal, look))
		output = b"".join(output)
		self.assertIn(canary, output) # as text, which is what one came for
		for kind, sequence in sequences(output):
			self.assertNotEqual(kind, "string", sequence) # neither title nor clipboard nor link
			self.assertNotIn(canary, sequence)
		self.assertGreater(len(environments), 4)
		self.assertFalse([e for e in environments if canary in e])
		self.commands()
		for path, when in self.listing().items():
			if self.outside.get(path) == when or not os.path.isfile(path):
				continue
			with open(path, "rb") as f:
				self.assertNotIn(canary, f.read(), path)
			self.assertNotIn(self.canary, path)
		for folder, _, names in os.walk(self.dir):
			for name in names:
				path = os.path.join(folder, name)
				self.assertNotIn("core", name.split("."), path)
				with open(path, "rb") as f:
					inside = folder.startswith(self.room.path) or folder.startswith(os.path.join(self.dir, "source-"))
					self.assertTrue(inside or canary not in f.read(), path)

	@unittest.skipIf(SANITIZED or not shutil.which("strace"), "needs strace, and a build without a sanitizer")
	def test_nothing_is_called_opened_or_connected_that_the_tables_lack(self):
		self.agent = os.path.join(self.dir, "agent")
		agent = subprocess.Popen(["ssh-agent", "-D", "-a", self.agent], stdout=subprocess.DEVNULL)
		self.addCleanup(agent.wait)
		self.addCleanup(agent.kill)
		trace = os.path.join(self.dir, "trace")
		os.mkdir(trace)
		strace = lambda name: ("strace", "-ff", "-qq", "-y", "-s", "64", "-o", os.path.join(trace, name))
		self.profiles, self.connected = set(), 0
		end = time.monotonic() + 60 * MINUTES

		def between(number, seen):
			if number % 50 == 0:
				self.commands(*strace("command"))
				self.judge(trace, "command.")
			return time.monotonic() < end if MINUTES else number + 1 < ROUNDS

		self.visit(self.desk(*strace("desk")), between)
		self.judge(trace, "desk.")
		self.assertLessEqual({"K", "S", "R", "U", "G", "C"}, self.profiles)
		self.assertGreater(self.connected, 0)

	def judge(self, folder, start):
		"""Holds the traces whose name begins so against the tables, line by line, and removes them."""
		for name in os.listdir(folder):
			path = os.path.join(folder, name)
			if name.startswith(start):
				probe, letter = self.probe(path)
				self.profiles.add(letter)
				with open(path, encoding="utf-8", errors="replace") as f:
					for number, line in enumerate(f):
						try:
							if number < probe:
								self.check_before(line)
							elif number > probe:
								self.check_after(line, letter)
						except AssertionError as why:
							kept = shutil.copy(path, tempfile.gettempdir())
							raise AssertionError("%s line %d, behind %s" % (kept, number + 1, probe)) from why
				os.unlink(path)

	def probe(self, path):
		"""(line, letter of the profile) of the last answer of a filter to its own probe; its calls come behind it."""
		found = (math.inf, "-")
		with open(path, encoding="utf-8", errors="replace") as f:
			for number, line in enumerate(f):
				match = line.startswith("socket(0x5ea1") and PROBE.match(line)
				if match:
					found = number, list(LETTERS.values())[int(match.group(1)) - 3000]
		return found

	def check_before(self, line):
		for written, resolved in OPENED.findall(line):
			mine = resolved.startswith(self.dir) or resolved.startswith(os.path.dirname(program()))
			self.assertTrue(mine or BEFORE.match(resolved), line)
		for address, result in CONNECT.findall(line):
			if "sin_port=htons(9)" in address and "127.0.0.1" in address:
				self.assertIn("ENETUNREACH", result) # the probe of the namespace
			else:
				self.assertIn('sun_path="%s"' % self.agent, address)
				self.connected += 1

	def check_after(self, line, letter):
		call = CALL.match(line)
		if call:
			self.assertIn(call.group(1), test_seal.allowed(letter), (letter, line))
		for written, resolved in OPENED.findall(line):
			self.assertTrue(resolved.startswith(self.room.path), (letter, line))
		for call, arguments in NAMED.findall(line):
			absolute = re.findall(r'"(/[^"]*)"', arguments)
			self.assertTrue(all(p.startswith((self.room.path, "/proc/self/fd/")) for p in absolute), (letter, line))
		self.assertEqual([s for s in SOCKET.findall(line) if not s[0].startswith("0x5ea")], [], letter)
		self.assertEqual(CONNECT.findall(line), [], letter)
