"""Rooms that are none, things that are not there, programs that cannot be started: one clear line each."""

import os
import shutil
import struct

from harness import Case, Terminal, environment, program, run


class Rooms(Case):
	def test_what_is_no_room(self):
		self.fails(run("status", cwd=self.dir), 2, "no room here", "carrel init")
		self.fails(run("-C", self.dir, "status"), 2, "is not a room")
		self.fails(run("-C", os.path.join(self.dir, "nothing"), "status"), 2, "is not a room")
		self.file("room.db", "hello")
		self.fails(run("-C", self.dir, "status"), 4, "not a ledger")

	def test_a_newer_room(self):
		room = self.practice_room(people=())
		with open(os.path.join(room.path, "room.db"), "r+b") as f:
			f.seek(60)  # user_version, https://www.sqlite.org/fileformat.html section 1.3
			f.write(struct.pack(">I", 7))
		self.fails(room.plain("status"), 4, "newer carrel", "7")

	def test_found_from_below_and_by_the_environment(self):
		room = self.practice_room(people=())
		self.ok(run("status", cwd=os.path.join(room.path, "outbox")))
		self.ok(run("status", cwd="/", env=environment(CARREL_ROOM=room.path)))

	def test_init_touches_nothing_that_is_there(self):
		room = self.practice_room(people=())
		words = ["--product", "p", "--host", "h", "--key", room.key("hanna"), "--practice"]
		self.fails(run("init", room.path, *words), 3, "is a room already")
		full = self.tree("full", {"a": "b"})
		self.fails(run("init", full, *words), 3, "is not empty")
		self.assertEqual(os.listdir(full), ["a"])

	def test_an_init_that_fails_leaves_nothing(self):
		path = os.path.join(self.dir, "new")
		broken = self.file("broken.key", "no key\n")
		result = run("init", path, "--product", "p", "--host", "h", "--key", broken, "--practice")
		self.assertNotEqual(result.code, 0)
		self.assertFalse(os.path.exists(path))


class Launch(Case):
	def test_a_key_that_is_not_there(self):
		room = self.practice_room(people=())
		self.fails(room.plain("search", "x", "--key", os.path.join(self.dir, "none")), 2, "key file", "no such file")

	def test_a_source_that_is_not_there(self):
		room = self.practice_room(people=())
		self.fails(room("import", os.path.join(self.dir, "none")), 2, "none", "No such file")
		os.mkfifo(os.path.join(self.dir, "fifo"))
		self.fails(room("import", os.path.join(self.dir, "fifo")), 2, "neither a file nor a directory")

	def test_an_index_that_is_gone(self):
		room = self.imported_room({"a.c": "int a;\n"})
		shutil.rmtree(os.path.join(room.path, "index"))
		self.fails(room("search", "a", as_="anna"), 4, "index --rebuild")

	def test_a_program_that_is_not_there(self):
		alone = os.path.join(self.dir, "bin")
		os.mkdir(alone)
		shutil.copy(program(), alone)
		room = self.practice_room(people=())
		if os.path.exists("/usr/local/libexec/carrel/carrel-keeper"):
			self.skipTest("carrel is installed")
		self.fails(run(os.path.join(alone, "carrel"), "-C", room.path, "status"), 5, "carrel-keeper is neither in")

	def test_a_program_that_cannot_run(self):
		broken = os.path.join(self.dir, "bin")
		os.mkdir(broken)
		shutil.copy(program(), broken)
		with open(os.path.join(broken, "carrel-keeper"), "w", encoding="utf-8") as f:
			f.write("\0no program\n")
		os.chmod(os.path.join(broken, "carrel-keeper"), 0o755)
		room = self.practice_room(people=())
		self.fails(run(os.path.join(broken, "carrel"), "-C", room.path, "status"), 5, "cannot run", "Exec format error")

	def test_a_program_that_ends_at_once(self):
		broken = os.path.join(self.dir, "bin")
		os.mkdir(broken)
		shutil.copy(program(), broken)
		shutil.copy("/bin/false", os.path.join(broken, "carrel-keeper"))
		room = self.practice_room(people=())
		self.fails(run(os.path.join(broken, "carrel"), "-C", room.path, "status"), 5, "the keeper is gone",
			"carrel-keeper ended with status 1")

	def test_the_environment_is_fixed(self):
		room = self.imported_room({"a.c": "int a;\n"})
		desk = Terminal(*room.argv(as_="anna"), env=environment(EVIL="1", LOCPATH="/tmp", TERMINFO="/tmp",
			GCONV_PATH="/tmp", SSH_AUTH_SOCK=os.path.join(self.dir, "no-agent")))
		desk.until(b"a.c")
		passing = {"TERM", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "NO_COLOR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"}
		children = [int(pid) for pid in filter(str.isdigit, os.listdir("/proc")) if self.parent(pid) == desk.pid]
		self.assertEqual(len(children), 4)
		for pid in [desk.pid, *children]:
			with open("/proc/%d/environ" % pid, "rb") as f:
				names = {entry.split(b"=")[0].decode() for entry in f.read().split(b"\0") if entry}
			self.assertLessEqual(names, passing | ({"SSH_AUTH_SOCK"} if pid == desk.pid else set()))
		desk.type("Q")
		desk.until(b"Leave")
		desk.type("y")
		self.assertEqual(desk.end()[0], 0)

	@staticmethod
	def parent(pid):
		try:
			with open("/proc/%s/stat" % pid, "rb") as f:
				return int(f.read().rsplit(b")", 1)[1].split()[1])
		except OSError:
			return 0
