"""The seal over whole programs: every process of a desk closes it, and one that is killed is told by name."""

import functools
import os
import re
import shutil
import signal
import subprocess
import unittest.mock

from harness import Case, Terminal, environment, program, run

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SANITIZED = "__asan_init" in subprocess.run(["nm", "-D", program()], capture_output=True, text=True).stdout \
	if shutil.which("nm") else False


def children(pid):
	"""All that descend from a process, as {pid: (parent, words of its command line)}."""
	found = {}
	for name in filter(str.isdigit, os.listdir("/proc")):
		try:
			with open("/proc/%s/stat" % name, "rb") as f:
				parent = int(f.read().rsplit(b")", 1)[1].split()[1])
			with open("/proc/%s/cmdline" % name, "rb") as f:
				words = f.read().split(b"\0")
		except OSError:
			continue
		found[int(name)] = (parent, words)
	mine, more = {}, [pid]
	while more:
		above = more.pop()
		for child, (parent, words) in found.items():
			if parent == above:
				mine[child] = (parent, words)
				more.append(child)
	return mine


def status(pid):
	with open("/proc/%d/status" % pid, encoding="utf-8") as f:
		return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)


class Desk(Case):
	def open(self):
		room = self.imported_room({"a.c": "int main(void) { return 0; }\n"})
		self.terminal = Terminal(*room.argv(as_="anna"), rows=28, columns=100)
		self.terminal.until(b"a.c")
		self.pids = children(self.terminal.pid)
		return room

	def find(self, name):
		"""The launcher's own child of that name."""
		return next(pid for pid, (parent, words) in self.pids.items()
			if parent == self.terminal.pid and words[0] == name)

	def kill(self, name):
		os.kill(self.find(name), signal.SIGKILL)
		return self.terminal.end()

	def test_every_process_is_sealed(self):
		self.open()
		names = {words[0] for _, words in self.pids.values()}
		self.assertEqual(names, {b"carrel-keeper", b"carrel-reader", b"carrel:guard", b"carrel:ui"})
		outside = os.readlink("/proc/self/ns/net")
		for pid in [self.terminal.pid, *self.pids]:
			seen = status(pid)
			for thread in os.listdir("/proc/%d/task" % pid):
				with open("/proc/%d/task/%s/status" % (pid, thread), encoding="utf-8") as f:
					self.assertIn("Seccomp:\t2\n", f.read())
			self.assertEqual(seen["NoNewPrivs"], "1")
			self.assertEqual(int(seen["CapEff"], 16), 0)
			self.assertNotEqual(os.readlink("/proc/%d/ns/net" % pid), outside)
			with open("/proc/%d/net/dev" % pid, encoding="utf-8") as f:
				self.assertEqual([line.split(":")[0].strip() for line in f.readlines()[2:]], ["lo"])
		self.terminal.type("Q")
		self.terminal.until(b"Leave")
		self.terminal.type("y")
		self.assertEqual(self.terminal.end()[0], 0)

	def test_nobody_holds_what_is_not_theirs(self):
		"""The terminal is the guard's (and the launcher's, who puts it back), the room the keeper's alone."""
		room = self.open()
		real = os.path.realpath(room.path)
		for pid, (_, words) in [(self.terminal.pid, (0, [b"carrel"])), *self.pids.items()]:
			open_files = [os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)
				if fd != "2"]
			below = {f for f in open_files if f.startswith(real)}
			if words[0] not in (b"carrel-keeper", b"carrel-reader"):
				self.assertEqual(below, set(), words[0])
			if words[0] == b"carrel-reader":
				self.assertTrue(all(f.startswith(real + "/index") for f in below), below)
			if words[0] in (b"carrel-keeper", b"carrel-reader"):
				self.assertFalse([f for f in open_files if "/pts/" in f or f == "/dev/tty"], words[0])
		self.terminal.type("Q")
		self.terminal.until(b"Leave")
		self.terminal.type("y")
		self.assertEqual(self.terminal.end()[0], 0)

	def test_the_record_has_how_each_process_is_sealed(self):
		room = self.open()
		self.terminal.type("Q")
		self.terminal.until(b"Leave")
		self.terminal.type("y")
		self.assertEqual(self.terminal.end()[0], 0)
		payload = [r for r in room.plain("log", "--json").json if r["type"] == "session"][-1]["payload"]
		self.assertEqual(set(payload["seal"]), {"keeper", "supervisor", "reader", "client", "guard"})
		self.assertEqual({seal["refused"] for seal in payload["seal"].values()}, {7})
		self.assertIn(payload["disk"], ("encrypted", "plain", "unknown"))

	def test_an_idle_desk_locks_and_its_key_opens_it(self):
		room = self.imported_room({"a.c": "int visible(void) { return 0; }\n"})
		self.ok(room("policy", "set", self.file("policy", b"lock-after 3\n")))
		self.terminal = Terminal(*room.argv(as_="anna"), rows=28, columns=100)
		locked = self.terminal.until(b"LOCKED: the desk of anna")
		self.terminal.type("Qy") # no key reaches what is under it; the first one asks, and this key has no passphrase
		self.terminal.until(b"a.c")
		self.terminal.until(b"LOCKED")
		self.terminal.type("x")
		self.terminal.until(b"a.c")
		self.terminal.type("Q")
		self.terminal.until(b"Leave")
		self.terminal.type("y")
		self.assertEqual(self.terminal.end()[0], 0)
		self.assertNotIn(b"Leave", locked)

	def test_a_killed_ui_is_told(self):
		self.open()
		code, said = self.kill(b"carrel:ui")
		self.assertEqual(code, 5)
		self.assertIn(b"carrel: the desk's ui died: Killed (signal 9)", said)

	def test_a_killed_guard_leaves_the_terminal_as_it_was(self):
		self.open()
		code, said = self.kill(b"carrel:guard")
		self.assertEqual(code, 5)
		self.assertIn(b"\x1b[?1049l", said)
		self.assertIn(b"carrel: the terminal's guard died: Killed (signal 9)", said)

	def test_a_killed_keeper_is_told(self):
		room = self.open()
		code, said = self.kill(b"carrel-keeper")
		self.assertEqual(code, 5)
		self.assertIn(b"carrel-keeper died: Killed (signal 9)", said)
		self.ok(room.plain("verify"))


class Selftest(Case):
	def test_every_attempt_whose_control_works_is_denied(self):
		result = run("selftest", "--json", cwd=self.dir)
		rows = [row for row in result.json if "machine" not in row]
		self.assertEqual([row["machine"] for row in result.json if "machine" in row],
			["swap", "core dumps", "removable disks"])
		summary = rows.pop()["summary"]
		self.assertEqual(summary["attempts"], len(rows))
		self.assertGreaterEqual(len({row["attempt"] for row in rows if row["control"] == "worked"}), 25)
		for row in rows:
			self.assertEqual(set(row), {"attempt", "profile", "layers", "control", "sealed", "by", "ok"})
		if SANITIZED:
			return
		self.ok(result)
		self.assertEqual(summary["worked"], 0)
		self.assertTrue(all(row["ok"] for row in rows))

	def test_its_result_is_a_record(self):
		if SANITIZED:
			self.skipTest("a build with a sanitizer has a wider seal")
		room = self.practice_room(people=())
		self.ok(room("selftest"))
		records = [r for r in room.plain("log", "--json").json if r["type"] == "selftest"]
		self.assertEqual(len(records), 1)
		payload = records[0]["payload"]
		self.assertEqual(payload["worked"], 0)
		self.assertEqual([a["name"] for a in payload["attach"]], ["attempts"])
		self.assertGreater(payload["attach"][0]["size"], 90 * payload["attempts"])
		self.ok(room.plain("verify"))


# ---- the tables, their page, and what is really called ----

LETTERS = {"KEEPER": "K", "SUPERVISOR": "S", "READER": "R", "UI": "U", "GUARD": "G", "COMMAND": "C", "INDEXER": "I",
	"WORKER": "W"}


def tables():
	"""{call: letters of the profiles that may make it, perhaps with some arguments only}, from base/seal_filter.c."""
	with open(os.path.join(ROOT, "base", "seal_filter.c"), encoding="utf-8") as f:
		text = f.read()
	text = text.replace("\\\n", " ")
	groups = {name: letter for name, letter in (("ONE(%s)" % k, v) for k, v in LETTERS.items())}
	for name, value in re.findall(r"^#define (\w+)\s+\((.+?)\)\s*(?:/\*.*)?$", text, re.M):
		letters = letters_of(value, groups)
		if letters:
			groups[name] = letters
	found = {}
	for kind in ("calls", "arguments"):
		body = re.search(kind + r"\[\] = \{\n(.*?)^\};", text, re.S | re.M).group(1)
		for call, profiles in re.findall(r"\{ SCMP_SYS\((\w+)\),\s*([^,}]+)", body):
			profiles = profiles.split("?")[-1].split(":")[-1]
			found[call] = found.get(call, set()) | set(letters_of(profiles, groups))
	return {call: "".join(letter for letter in LETTERS.values() if letter in letters)
		for call, letters in found.items()}


def letters_of(expression, groups):
	letters = set()
	for word in re.findall(r"ONE\(\w+\)|\w+", expression):
		letters |= set(groups.get(word, ""))
	return "".join(sorted(letters))


@functools.cache
def allowed(letter):
	"""What a process of that profile may call, or is answered with an error for."""
	return {call for call, letters in tables().items() if letter in letters} | {
		"kill", "tgkill", "rt_sigaction", "clone3", "statx", "fchown", "fchmod", "chmod", "utimensat", "prlimit64"}


class Tables(Case):
	def test_the_manual_has_them(self):
		with open(os.path.join(ROOT, "man", "carrel-seal.7"), encoding="utf-8") as f:
			rows = dict(re.findall(r"^\.It (\w+) Ta ([KSRUGCIW]+)", f.read(), re.M))
		expected = tables()
		expected["kill"] = "SI"
		expected["tgkill"] = "KSRUGCIW"
		expected["rt_sigaction"] = "KSRUCIW"
		self.assertGreater(len(expected), 80)
		self.assertEqual(rows, expected)

	def test_programs_call_what_the_tables_have(self):
		"""After its filter is loaded, no process makes a call that its table lacks (it would not live to make it)."""
		if not shutil.which("strace") or SANITIZED:
			self.skipTest("needs strace, and a build without a sanitizer")
		room = self.imported_room({"a.c": "int main(void) { return 0; }\n"})
		trace = os.path.join(self.dir, "trace")
		done = subprocess.run(["strace", "-ff", "-qq", "-o", trace, program(), *room.argv("search", "main", as_="anna")],
			capture_output=True, env=environment(), timeout=120)
		self.assertEqual(done.returncode, 0, done.stderr)
		self.assertLessEqual({"K", "R", "S", "C"}, self.profiles("trace"))
		more = self.tree("source-2.0", {"b.c": "int other(void) { return 1; }\n"})
		done = subprocess.run(["strace", "-ff", "-qq", "-o", os.path.join(self.dir, "import"), program(),
			*room.argv("import", more, "--release", "2.0")], capture_output=True, env=environment(), timeout=120)
		self.assertEqual(done.returncode, 0, done.stderr)
		self.assertLessEqual({"K", "I", "W", "C"}, self.profiles("import"))
		with unittest.mock.patch("harness.program", lambda: shutil.which("strace")):
			desk = Terminal("-ff", "-qq", "-o", os.path.join(self.dir, "desk"), program(), *room.argv(as_="anna"))
		desk.until(b"a.c")
		desk.type("Q")
		desk.until(b"Leave")
		desk.type("y")
		self.assertEqual(desk.end()[0], 0)
		self.assertLessEqual({"K", "R", "S", "C", "U", "G"}, self.profiles("desk"))

	def profiles(self, trace):
		found = set()
		for name in sorted(os.listdir(self.dir)):
			if name.startswith(trace + "."):
				with open(os.path.join(self.dir, name), encoding="utf-8", errors="replace") as f:
					found.add(self.check(f.read()))
		return found

	def check(self, text):
		"""The profile is read off the answer that the filter's own probe gives: 3000 and the profile's number."""
		probes = list(re.finditer(r"^socket\(0x5ea1 .*-1 \(errno (\d+)\)$", text, re.M))
		if not probes:
			return "none"
		letter = list(LETTERS.values())[int(probes[-1].group(1)) - 3000]
		after = re.findall(r"^(\w+)\(", text[probes[-1].end():], re.M)
		self.assertGreater(len(after), 0)
		self.assertEqual(set(after) - allowed(letter), set(), letter)
		return letter
