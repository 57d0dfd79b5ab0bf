"""A real room, made by its recipe, played with two users; wants root, and takes everything away again."""
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import unittest

from harness import Case, build_dir, environment, program, run

NAME = "test-%d" % os.getpid()
PROGRAMS = ["carrel-keeper", "carrel-reader", "carrel-indexer"]
SOURCE = {"a.c": "int canary_alpha;\nint beta;\n", "b.c": "int gamma;\n"}


def sanitized():
	with open(program(), "rb") as file:
		return b"__asan_init" in file.read()


def option(name):
	with open(os.path.join(build_dir(), "meson-info", "intro-buildoptions.json"), encoding="utf-8") as file:
		return next(o["value"] for o in json.load(file) if o["name"] == name)


@unittest.skipUnless(os.getuid() == 0 and shutil.which("useradd"), "wants root and useradd")
class RealRoom(Case):
	logins = 0 # none twice: one that a process still holds outlives its test

	def setUp(self):
		super().setUp()
		if sanitized():
			self.skipTest("no program with a sanitizer is run set-uid")
		os.chmod(self.dir, 0o711)
		self.place = tempfile.mkdtemp(prefix="carrel-test-", dir="/usr/local/lib")
		self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
		os.chmod(self.place, 0o755)
		for name in ["carrel"] + PROGRAMS:
			shutil.copy(program(name), self.place)
		shutil.copy(program("room/carrel-enter"), self.place)
		self.people = {}
		for who in ("anna", "vera", "eve"):
			self.add_person(who)
		self.room = os.path.join(self.place, "room")
		self.addCleanup(self.unmake)
		self.ok(run("/bin/sh", program("room/carrel-room"), "add", NAME, "--programs", self.place, "--dir", self.room,
			self.people["anna"].pw_name, self.people["vera"].pw_name, env=environment(PATH="/usr/sbin:/usr/bin:/sbin:/bin")))

	def add_person(self, who):
		RealRoom.logins += 1
		login = "%s-%d-%d" % (who, os.getpid(), RealRoom.logins)
		subprocess.run(["useradd", "-M", "-s", "/bin/sh", login], check=True, capture_output=True)
		self.addCleanup(subprocess.run, ["userdel", "-f", login], capture_output=True)
		self.people[who] = pwd.getpwnam(login)
		home = os.path.join(self.dir, who)
		os.mkdir(home, 0o700)
		os.chown(home, self.people[who].pw_uid, self.people[who].pw_gid)

	def unmake(self):
		run("/bin/sh", program("room/carrel-room"), "remove", NAME, env=environment(PATH="/usr/sbin:/usr/bin:/sbin:/bin"))
		subprocess.run(["userdel", "-f", "carrel-" + NAME], capture_output=True)
		subprocess.run(["groupdel", "carrel-%s-in" % NAME], capture_output=True)

	def popen(self, who, argv, env=None):
		person = self.people[who]
		groups = os.getgrouplist(person.pw_name, person.pw_gid)
		return subprocess.Popen(argv, user=person.pw_uid, group=person.pw_gid, extra_groups=groups,
			cwd=os.path.join(self.dir, who), env=env or environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
			stderr=subprocess.PIPE, start_new_session=True)

	def act(self, who, *argv, env=None):
		from harness import Result
		process = self.popen(who, list(argv), env)
		out, err = process.communicate(timeout=120)
		return Result(process.returncode, out, err)

	def carrel(self, who, *argv, **more):
		return self.act(who, os.path.join(self.place, "carrel"), "-C", NAME, "--key", "key", *argv, **more)

	def furnish(self):
		for who in ("anna", "vera"):
			self.ok(self.act(who, os.path.join(self.place, "carrel"), "key", "new", "key", "--no-passphrase"))
			with open(os.path.join(self.dir, who, "key.pub"), encoding="ascii") as file:
				self.file(who + ".pub", file.read())
			os.chmod(os.path.join(self.dir, who + ".pub"), 0o644)
		# the test's host is anna; a key without a passphrase makes it a practice room in its rules, not in its ownership
		self.ok(self.carrel("anna", "init", NAME, "--product", "acme", "--host", "anna", "--practice"))
		source = self.tree("source", SOURCE)
		for folder, _, files in os.walk(source):
			os.chmod(folder, 0o755)
			for file in files:
				os.chmod(os.path.join(folder, file), 0o644)
		self.ok(self.carrel("anna", "import", source, "--release", "1.0"))
		self.ok(self.carrel("anna", "roster", "add", "vera", "--role", "inspector", "--pub", os.path.join(self.dir, "vera.pub")))

	def test_two_users_and_neither_reads_what_the_room_holds(self):
		self.furnish()
		owner = pwd.getpwnam("carrel-" + NAME).pw_uid
		for folder, folders, files in os.walk(self.room):
			for name in folders + files:
				self.assertEqual(os.lstat(os.path.join(folder, name)).st_uid, owner, name)
				self.assertEqual(os.lstat(os.path.join(folder, name)).st_mode & 0o077, 0, name)
		# both at once
		both = [(who, self.popen(who, [os.path.join(self.place, "carrel"), "-C", NAME, "--key", "key", "search", "canary_alpha"]))
			for who in ("anna", "vera") for _ in range(3)]
		for who, process in both:
			out, err = process.communicate(timeout=120)
			self.assertEqual((process.returncode, b"canary_alpha" in out), (0, True), (who, err))
		for who in ("anna", "vera", "eve"):
			for path in ("", "room.db", "room.key", "source.git/HEAD", "index", "private", "outbox"):
				self.assertNotEqual(self.act(who, "/bin/cat", os.path.join(self.room, path)).code, 0, path)
				self.assertNotEqual(self.act(who, "/bin/ls", os.path.join(self.room, path)).code, 0, path)
		actors = [r["actor"] for r in self.ok(self.carrel("vera", "log", "--json", "--type", "search")).json]
		self.assertEqual(sorted(actors), ["anna"] * 3 + ["vera"] * 3)
		self.ok(self.carrel("vera", "annotate", "1.0:a.c:1", "--kind", "note", "-m", "in a real room"))
		self.ok(self.act("vera", os.path.join(self.place, "carrel"), "-C", NAME, "verify"))
		said = self.act("vera", os.path.join(self.place, "carrel"), "-C", self.room, "log")
		self.assertEqual(said.code, 3, said)
		self.assertIn("entered by its name", said.error)
		# who is not of the group does not come in
		said = self.carrel("eve", "log")
		self.assertNotEqual(said.code, 0)
		self.assertEqual(said.out, b"")

	def test_the_only_real_room_is_found(self):
		self.furnish()
		if len(os.listdir(self.rooms())) == 1:
			self.ok(self.act("vera", os.path.join(self.place, "carrel"), "--key", "key", "search", "beta"))

	def rooms(self):
		return os.path.join(option("prefix"), option("sysconfdir"), "carrel", "rooms")

	def enter(self, who, *argv, **more):
		return self.act(who, os.path.join(self.place, "rooms", NAME), *argv, **more)

	def test_the_way_in_takes_nothing_from_its_caller(self):
		self.furnish()
		for argv in ([], [NAME], [NAME, "reader", "x"], ["..", "ledger"], ["../../../tmp/x", "ledger"], ["", "ledger"], [NAME, "sh"],
			["no-such-room", "ledger"]):
			result = self.enter("vera", *argv)
			self.assertEqual((result.code, result.out), (2, b""), argv)
		helper = os.path.join(self.place, "rooms", NAME)
		st = os.stat(helper)
		self.assertEqual((st.st_uid, st.st_mode & 0o7777), (pwd.getpwnam("carrel-" + NAME).pw_uid, 0o4750))
		# a copy that is not set-uid, and limits that would stop the keeper at its work
		carrel = os.path.join(self.place, "carrel")
		said = self.act("vera", "/bin/sh", "-c", "ulimit -f 1; exec %s -C %s --key key search beta" % (carrel, NAME))
		self.assertEqual(said.code, 3, said)
		self.assertIn("limit on file size", said.error)
		said = self.act("vera", "/usr/bin/setpriv", "--no-new-privs", carrel, "-C", NAME, "--key", "key", "search", "beta")
		self.assertEqual(said.code, 3, said)
		self.assertIn("set-uid has no effect", said.error)
		# an environment that would load code, and a configuration that is not root's alone
		env = environment(LD_PRELOAD="/nonexistent.so", LD_LIBRARY_PATH="/tmp", GCONV_PATH="/tmp", IFS="x")
		self.ok(self.carrel("vera", "search", "beta", env=env))
		config = os.path.join(self.rooms(), NAME)
		os.chmod(config, 0o666)
		self.assertEqual(self.carrel("vera", "search", "beta").code, 3)
		os.chmod(config, 0o644)
		os.chmod(self.room, 0o750)
		self.assertEqual(self.carrel("vera", "search", "beta").code, 3)
		os.chmod(self.room, 0o700)
		self.ok(self.carrel("vera", "search", "beta"))

	def test_processes_are_out_of_reach(self):
		self.furnish()
		person = self.people["vera"]
		argv = [os.path.join(self.place, "carrel"), "-C", NAME, "--key", "key", "annotate", "1.0:a.c:1", "--kind", "note", "-m", "x"]
		import pty
		pid, fd = pty.fork()
		if pid == 0:
			try:
				os.setgroups(os.getgrouplist(person.pw_name, person.pw_gid))
				os.setgid(person.pw_gid)
				os.setuid(person.pw_uid)
				os.chdir(os.path.join(self.dir, "vera"))
				os.execve(argv[0], argv, environment())
			finally:
				os._exit(127)
		seen = b""
		while b"Type 'sign'" not in seen:
			seen += os.read(fd, 65536)
		owner = pwd.getpwnam("carrel-" + NAME).pw_uid
		ours = [p for p in os.listdir("/proc") if p.isdigit() and os.path.exists("/proc/%s/status" % p) and self.uids(p) == [owner] * 4]
		names = sorted(open("/proc/%s/comm" % p).read().strip() for p in ours)
		self.assertIn("carrel-keeper", names)
		self.assertIn("carrel-reader", names)
		for p in ours:
			for what in ("mem", "environ", "maps", "fd", "cwd"):
				self.assertNotEqual(self.act("vera", "/bin/cat", "/proc/%s/%s" % (p, what)).code, 0)
			self.assertNotEqual(self.act("vera", "/bin/sh", "-c", "kill -9 %s" % p).code, 0)
			env = open("/proc/%s/environ" % p, "rb").read()
			self.assertNotIn(b"HOME", env)
			self.assertEqual(os.readlink("/proc/%s/cwd" % p), "/")
		os.write(fd, b"sign\n")
		try:
			while os.read(fd, 65536):
				pass
		except OSError:
			pass
		self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
		os.close(fd)

	def uids(self, pid):
		try:
			with open("/proc/%s/status" % pid, encoding="ascii") as file:
				return [[int(n) for n in line.split()[1:]] for line in file if line.startswith("Uid:")][0]
		except OSError:
			return []


if __name__ == "__main__":
	unittest.main()
