"""Visits: the slip brought, the receipt taken home, signed by both sides; sessions and the clock."""
import hashlib
import os
import signal
import sqlite3
import subprocess
import unittest

from harness import Case, Terminal, environment, program, run

SOURCE = {"a.c": "int alpha;\nint beta;\n"}


class Visit(Case):
	def slip(self, room, *more):
		text = self.ok(room.plain("checkpoint", "--slip", *more)).text
		return "".join(text.split("slip")[1].split())

	def test_open_and_close(self):
		room = self.imported_room(SOURCE)
		slip = self.slip(room)
		self.ok(room("search", "alpha", as_="anna"))
		said = self.ok(room("visit", "open", "--slip", slip, "--text", "second week", as_="anna"))
		self.assertIn("goes on from the slip", said.text)
		self.assertIn("old %s" % slip.split(".")[0], said.text)
		[opened] = room.plain("log", "--json", "--type", "visit").json
		self.assertEqual(opened["payload"]["slip"]["size"], int(slip.split(".")[0]))
		self.fails(room("visit", "open", as_="anna"), 3, "already")
		self.assertEqual(sorted(self.ok(room("visit", "open", "--json", as_="vera")).json[0]), ["hash", "index"])
		self.ok(room("search", "beta", as_="anna"))
		self.ok(room("cat", "1.0:a.c", as_="anna"))
		self.ok(room("annotate", "1.0:a.c:1", "--kind", "note", "-m", "hm", as_="anna"))
		self.ok(room("report", "1.0", "-o", "r.md", as_="anna"))
		said = self.ok(room("visit", "close", "--no-qr", as_="anna"))
		closed = [r for r in room.plain("log", "--json", "--type", "visit").json if r["payload"]["what"] == "close"][0]
		totals = closed["payload"]
		self.assertEqual((totals["searches"], totals["pages"], totals["said"], totals["exported"]), (1, 1, 2, 1))
		self.assertEqual(totals["opened"], opened["hash"])
		[thread] = room.plain("log", "--json", "--type", "annotate").json
		self.assertIn(thread["hash"], said.text)
		with open(os.path.join(room.path, "outbox", "r.md"), "rb") as file:
			self.assertIn(hashlib.sha256(file.read()).hexdigest() + "  r.md", said.text)
		# the slip that goes home includes the close, and is the ledger's
		self.assertIn("\ncarrel/", said.text)
		home = "".join(said.text.split("slip")[-1].split())
		self.assertEqual(home.split(".")[0], str(closed["index"] + 1))
		self.ok(room("visit", "open", "--slip", home, as_="anna"))
		# the other side signs
		n = str(closed["index"])
		self.fails(room("confirm", n, as_="anna"), 3)
		self.fails(room("confirm", str(opened["index"])), 3, "close")
		self.ok(room("confirm", n))
		self.fails(room("confirm", n), 3, "already")
		self.ok(room.plain("verify"))

	def test_a_slip_that_is_no_head(self):
		room = self.imported_room(SOURCE)
		slip = self.slip(room)
		size, root = slip.split(".")
		other = size + "." + ("B" if root[0] == "A" else "A") + root[1:]
		self.fails(room("visit", "open", "--slip", other, as_="anna"), 1, "rewritten")
		self.fails(room("visit", "open", "--slip", "999999." + root, as_="anna"), 1)
		self.fails(room("visit", "open", "--slip", "no slip", as_="anna"), 2)
		self.assertEqual(room.plain("log", "--type", "visit").code, 1)
		notes = room.plain("log", "--json", "--type", "note").json
		self.assertEqual(len([n for n in notes if "no head of this ledger" in n["payload"]["why"]]), 2)
		self.fails(room("visit", "close", as_="anna"), 3, "no visit")
		self.ok(room.plain("verify"))


class Sessions(Case):
	def test_the_head_that_the_last_one_ended_with(self):
		room = self.imported_room(SOURCE)
		self.ok(room("search", "alpha", as_="anna"))
		closed = room.plain("log", "--json", "--type", "close").json[-1]
		self.ok(room("search", "alpha"))
		self.ok(room("search", "alpha", as_="anna"))
		sessions = [r for r in room.plain("log", "--json", "--type", "session").json if r["actor"] == "anna"]
		self.assertNotIn("last", sessions[0]["payload"])
		self.assertEqual(sessions[1]["payload"]["last"]["size"], closed["index"] + 1)

	def test_one_that_was_killed_is_noted_once(self):
		room = self.imported_room(SOURCE)
		terminal = Terminal(*room.argv("annotate", "1.0:a.c:1", "--kind", "note", "-m", "hm", as_="anna"))
		terminal.until(b"Type 'sign'")
		keepers = [int(p) for p in os.listdir("/proc") if p.isdigit() and self.is_keeper(p, room.path)]
		self.assertEqual(len(keepers), 1)
		os.kill(keepers[0], signal.SIGKILL)
		terminal.type("sign\n")
		code, seen = terminal.end()
		self.assertEqual(code, 5, seen)
		self.assertIn(b"the keeper is gone", seen)
		for _ in range(2):
			self.ok(room("search", "alpha"))
		[note] = [n for n in room.plain("log", "--json", "--type", "note").json if n["payload"]["what"] == "unclosed"]
		dead = [r for r in room.plain("log", "--json", "--type", "session").json if r["actor"] == "anna"][0]
		self.assertEqual(note["payload"]["record"], dead["hash"])
		self.assertRegex(note["payload"]["why"], r"its last record is \d+, at 2\S+Z; its keeper was killed")

	def test_what_opens_a_session_is_shown_to_whoever_asks(self):
		room = self.imported_room(SOURCE)
		result = self.ok(room("search", "--show", "alpha", as_="anna"))
		session = [r for r in room.plain("log", "--json", "--type", "session").json if r["actor"] == "anna"][0]
		self.assertIn(room.plain("record", str(session["index"]), "--raw").text, result.error)
		terminal = Terminal(*room.argv("search", "--show", "alpha", as_="anna"))
		terminal.until(b"type session")
		terminal.until(b"Type 'sign'")
		terminal.type("no\n")
		self.assertEqual(terminal.end()[0], 130)
		self.assertEqual([r["actor"] for r in room.plain("log", "--json", "--type", "session").json].count("anna"), 1)
		terminal = Terminal(*room.argv("search", "--show", "alpha", as_="anna"))
		terminal.until(b"Type 'sign'")
		terminal.type("sign\n")
		self.assertEqual(terminal.end()[0], 0)
		made = run("init", "--show", os.path.join(self.dir, "new"), "--product", "p", "--host", "hanna", "--practice",
			env=environment(CARREL_KEY=room.key(room.host)))
		self.assertIn("type room", self.ok(made).error)
		self.fails(room("desk", "--show", as_="anna"), 2, "--show")

	def drafted(self, room):
		terminal = Terminal(*room.argv("annotate", "1.0:a.c:1", "--kind", "note", "-m", "hm", as_="anna"))
		terminal.until(b"Type 'sign'")
		return terminal

	def test_a_room_that_is_removed_under_a_session(self):
		room = self.imported_room(SOURCE)
		terminal = self.drafted(room)
		os.rename(room.path, room.path + ".moved")
		terminal.type("sign\n")
		code, seen = terminal.end()
		self.assertEqual(code, 0, seen) # it is where it was, whatever its name
		room.path += ".moved"
		terminal = self.drafted(room)
		copy = os.path.join(self.dir, "copy")
		os.rename(os.path.join(room.path, "room.db"), copy)
		terminal.type("sign\n")
		code, seen = terminal.end()
		self.assertEqual(code, 5, seen)
		self.assertIn(b"removed or replaced", seen)
		self.fails(room("search", "alpha"), 2, "is not a room")
		os.rename(copy, os.path.join(room.path, "room.db"))
		self.assertEqual(len(room.plain("log", "--json", "--type", "annotate").json), 1)
		self.ok(room.plain("verify"))

	def test_a_busy_room_is_waited_for(self):
		room = self.imported_room(SOURCE)
		terminal = self.drafted(room)
		other = sqlite3.connect(os.path.join(room.path, "room.db"), isolation_level=None)
		other.execute("BEGIN IMMEDIATE")
		terminal.type("sign\n")
		self.assertRaises(AssertionError, terminal.until, b"record", 1)
		other.execute("ROLLBACK")
		other.close()
		code, seen = terminal.end()
		self.assertEqual(code, 0, seen)
		self.ok(room.plain("verify"))

	def test_several_people_at_once(self):
		room = self.imported_room(SOURCE)
		people = ["p%d" % i for i in range(6)]
		for who in people:
			room.enrol(who, "inspector")
		running = [(who, subprocess.Popen([program()] + room.argv("annotate", "1.0:a.c:1", "--kind", "note", "-m", who, as_=who),
			env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)) for who in people]
		for who, process in running:
			out, err = process.communicate(timeout=120)
			self.assertEqual(process.returncode, 0, (who, err))
		said = room.plain("log", "--json", "--type", "annotate").json
		self.assertEqual(sorted(r["actor"] for r in said), people)
		self.assertEqual([r["payload"]["text"] for r in said], [r["actor"] for r in said])
		self.ok(room.plain("verify"))

	def is_keeper(self, pid, path):
		"""Whether that is a keeper which has the room's ledger open."""
		try:
			if "carrel-keeper" not in os.readlink("/proc/%s/exe" % pid):
				return False
			return any(os.readlink("/proc/%s/fd/%s" % (pid, fd)) == path + "/room.db" for fd in os.listdir("/proc/%s/fd" % pid))
		except OSError:
			return False


if __name__ == "__main__":
	unittest.main()
