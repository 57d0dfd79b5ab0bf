"""A whole session under strace, and a word in the source that must be nowhere afterwards.

CARREL_SESSION_ROUNDS=N repeats what is done at the desk N times: 1 takes seconds, 1000 some minutes.
"""

import os
import re
import secrets
import shutil
import subprocess
import unittest
import unittest.mock

import test_seal
from harness import Case, Terminal, environment, program
from test_seal import LETTERS, SANITIZED, children, tables

ROUNDS = int(os.environ.get("CARREL_SESSION_ROUNDS", "1"))

# what a program opens before its seal closes: itself and its libraries, terminal types, locales, and what it asks the kernel
BEFORE = re.compile(r"^(/usr/|/lib|/etc/ld\.so|/etc/terminfo|/etc/locale|/proc/|/sys/devices/|/sys/dev/block/|"
	r"/sys/fs/|/dev/(null|tty|ptmx|urandom|random|pts/)|pipe:|socket:|anon_inode:|/$)")
# calls with a path that was found: (call, path as written, path that -y resolved)
OPENED = re.compile(r'^(?:open|openat|openat2|creat)\((?:AT_FDCWD(?:<[^>]*>)?, |\d+<[^>]*>, )?"([^"]*)".*= \d+<([^>]*)>', re.M)
NAMED = re.compile(r'^(unlink|unlinkat|rename|renameat|renameat2|mkdir|mkdirat|link|linkat|symlink|symlinkat|truncate|rmdir)\('
	r'(.*)\) = 0$', re.M)
SOCKET = re.compile(r"^socket\((.*)\) +(=|<unfinished|\+\+\+)(.*)$", re.M)
CONNECT = re.compile(r"^connect\(\d+<[^>]*>, \{(.*)\}, \d+\) += (.*)$", re.M)


def sequences(output):
	"""What of a terminal's input is no text: [(kind, bytes)]; kind: CSI, string, other."""
	pattern = re.compile(rb"\x1b\[[\x20-\x3f]*[\x40-\x7e]|\x1b[\]P_X^k].*?(?:\x07|\x1b\\)|\x1b[\x20-\x2f]*[\x30-\x7e]", re.S)
	return [("CSI" if s.startswith(b"\x1b[") else "string" if s[1:2] in b"]P_X^k" else "other", s)
		for s in pattern.findall(output)]


class Session(Case):
	def setUp(self):
		super().setUp()
		self.canary = "canary" + secrets.token_hex(8)
		text = "int %s(int x)\n{\n\treturn x;\n}\n" % self.canary
		self.room = self.imported_room({"a.c": text, "b.c": "int other;\n"})
		more = self.tree("source-2.0", {"a.c": text.replace("return x;", "return x + 1; /* %s again */" % self.canary)})
		self.ok(self.room("import", more, "--release", "2.0"))
		self.outside = self.listing()

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

	def visit(self, terminal, meanwhile=lambda: None):
		"""Browse, search, compare, annotate, leave; all that the terminal was sent."""
		seen = terminal.until(b"since 1.0")
		for _ in range(ROUNDS):
			terminal.type("t")
			seen += terminal.until(b"FIND FILE")
			terminal.type("a.c")
			seen += terminal.until(b"a.c   ")
			terminal.type("\r")
			seen += terminal.until(b"leave")
			terminal.type("g/" + self.canary + "\r")
			seen += terminal.until(b"SEARCH")
			terminal.type("q")
			meanwhile()
		terminal.type("Q")
		seen += terminal.until(b"Leave")
		terminal.type("y")
		code, rest = terminal.end()
		self.assertEqual(code, 0, (seen + rest)[-2000:])
		return seen + rest

	def commands(self, *before):
		"""The same by commands, each with its exit status checked."""
		out = b""
		for args, who in ((("search", self.canary), "anna"), (("cat", "2.0:a.c"), "anna"), (("diff", "1.0", "2.0", "a.c"), "anna"),
				(("annotate", "2.0:a.c:3", "--kind", "finding", "--title", "odd", "-m", "why one more"), "anna"),
				(("report", "2.0", "--format", "md", "-o", "r.md"), "anna")):
			done = subprocess.run([*before, program(), *self.room.argv(*args, as_=who)], capture_output=True,
				env=environment(SSH_AUTH_SOCK=self.agent), timeout=120, cwd=self.dir, stdin=subprocess.DEVNULL)
			self.assertIn(done.returncode, (0, 1), done.stderr)
			out += done.stdout
		return out

	agent = None

	def test_a_word_of_the_source_stays_in_the_room(self):
		environments = []
		terminal = self.desk()

		def look():
			for pid in [terminal.pid, *children(terminal.pid)]:
				with open("/proc/%d/environ" % pid, "rb") as f:
					environments.append(f.read())

		canary = self.canary.encode()
		output = self.visit(terminal, look)
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
					inside = folder.startswith(self.room.path) or os.path.basename(folder).startswith("source")
					self.assertTrue(inside or canary not in f.read(), path)

	@unittest.skipIf(SANITIZED or not shutil.which("strace"), "needs strace, and a build without a sanitizer")
	def test_nothing_is_called_opened_or_connected_that_the_tables_lack(self):
		self.agent = os.path.join(self.dir, "agent")
		agent = subprocess.Popen(["ssh-agent", "-D", "-a", self.agent], stdout=subprocess.DEVNULL)
		self.addCleanup(agent.wait)
		self.addCleanup(agent.kill)
		trace = os.path.join(self.dir, "trace")
		os.mkdir(trace)
		strace = ("strace", "-ff", "-qq", "-y", "-s", "256", "-o", os.path.join(trace, "t"))
		self.visit(self.desk(*strace))
		self.commands(*strace)
		profiles = set()
		connected = 0
		for name in sorted(os.listdir(trace)):
			with open(os.path.join(trace, name), encoding="utf-8", errors="replace") as f:
				text = f.read()
			probes = list(re.finditer(r"^socket\(0x5ea1 .*-1 \(errno (\d+)\)$", text, re.M))
			before, after = (text[:probes[-1].start()], text[probes[-1].end():]) if probes else (text, "")
			letter = list(LETTERS.values())[int(probes[-1].group(1)) - 3000] if probes else "-"
			profiles.add(letter)
			if probes:
				test_seal.Tables.check(self, text)
			connected += self.check_sockets(before, after, letter)
			self.check_files(before, after, letter)
		self.assertLessEqual({"K", "S", "R", "U", "G", "C"}, profiles)
		self.assertGreater(connected, 0)

	def check_sockets(self, before, after, letter):
		self.assertEqual([s for s in SOCKET.findall(after) if not s[0].startswith("0x5ea")], [], letter)
		self.assertEqual(CONNECT.findall(after), [], letter)
		agents = 0
		for address, result in CONNECT.findall(before):
			if "sin_port=htons(9)" in address and "127.0.0.1" in address:
				self.assertIn("ENETUNREACH", result) # the probe of the namespace
			else:
				self.assertIn('sun_path="%s"' % self.agent, address)
				agents += 1
		return agents

	def check_files(self, before, after, letter):
		for written, resolved in OPENED.findall(before):
			mine = resolved.startswith(self.dir) or resolved.startswith(os.path.dirname(program()))
			self.assertTrue(mine or BEFORE.match(resolved), (letter, written, resolved))
		for written, resolved in OPENED.findall(after):
			self.assertTrue(resolved.startswith(self.room.path), (letter, written, resolved))
		for call, arguments in NAMED.findall(after):
			absolute = re.findall(r'"(/[^"]*)"', arguments)
			self.assertTrue(all(p.startswith((self.room.path, "/proc/self/fd/")) for p in absolute), (letter, call, arguments))
