"""A new user's first hour, from the first screen to coming back where one was; each step's screen is kept in golden/.

On the practice room; with CARREL_FIRST_HOUR=OLD:NEW also on two releases of anything written in C (openssl is what its words
suppose): CARREL_FIRST_HOUR=openssl-3.0.20:openssl-3.0.22 python3 tests/screens/harness.py BUILD first_hour
"""

import json
import os
import re
import time

from harness import Screen, cli
import test_golden

DEMO = {
	"old": "1.1", "new": "1.2", "file": ("auth", "src/auth.c"), "symbol": "tok_next", "callee": "is_word",
	"regex": r"str(cmp|len) *\(", "changed": "src/tok.c",
}
OPENSSL = {
	"old": "old", "new": "new", "file": ("ssl_lib", "ssl/ssl_lib.c"), "symbol": "SSL_CTX_new_ex", "callee": "SSL_get_ex_data_X509_STORE_CTX_idx",
	"regex": r"OPENSSL_cleanse\(.*key", "changed": "crypto/bn/bn_lib.c",
}


class FirstHour(test_golden.Pictures):
	def photograph_now(self, screen, title, *wanted, **how):
		self.sees(screen, *wanted, **how)
		before = None
		while before != screen.text():
			before = screen.text()
			time.sleep(0.2)
		for row in before.split("\n"):
			self.assertLessEqual(len(row), 100)
		self.pictures.append("== %s\n%s" % (title, before))

	def sign(self, screen, title):
		screen.keys("C-s")
		self.photograph_now(screen, title, "To sign these bytes type sign", "[ Cancel ]")
		screen.type("sign")
		screen.keys("Enter")
		self.sees(screen, "Signed and recorded: record")

	def finding(self, screen, it):
		screen.type("t" + it["file"][0])
		self.photograph_now(screen, "find a file", "FIND FILE", it["file"][1])
		screen.keys("Enter")
		self.photograph_now(screen, "the file", re.compile(r"│ %s " % re.escape(it["file"][1])), gone=["FIND FILE"])
		screen.type("T" + it["symbol"])
		self.photograph_now(screen, "find a symbol", "FIND SYMBOL", it["symbol"])
		screen.keys("Enter")
		self.photograph_now(screen, "the symbol", re.compile(r"\b%s +\d+/\d+ *$" % it["symbol"], re.M), gone=["FIND SYMBOL"])
		screen.type("/" + it["callee"])
		screen.keys("Enter")
		self.sees(screen, "Match ")
		screen.type("gd")
		self.photograph_now(screen, "its definition", re.compile(r"\b%s +\d+/\d+ *$" % it["callee"], re.M))
		screen.keys("C-t")
		self.photograph_now(screen, "and back", re.compile(r"\b%s +\d+/\d+ *$" % it["symbol"], re.M))
		screen.type("gc")
		self.photograph_now(screen, "its callers", "CALLS OF " + it["callee"], gone=["Reading..."])
		screen.type("qg/" + it["regex"])
		self.photograph_now(screen, "a regular expression", "SEARCH", it["regex"])
		screen.keys("Enter")
		self.photograph_now(screen, "what was found", re.compile(r"\d+ lines? in \d+ files?"), gone=["so far"])

	def comparing(self, screen, it):
		screen.type("qD")
		self.photograph_now(screen, "what changed", "CHANGES %s to %s" % (it["old"], it["new"]), gone=["Reading..."])
		screen.type("/" + it["changed"])
		screen.keys("Enter", "Enter")
		self.sees(screen, "DIFF", it["changed"].rsplit("/", 1)[1])
		screen.type("gg]c")
		self.photograph_now(screen, "a difference", "DIFF")
		screen.type("c")
		self.sees(screen, "WRITING on", re.compile(" of %s " % re.escape(it["old"])))
		screen.type("Why was this taken out?")
		self.photograph_now(screen, "words on a removed line", "Why was this taken out?", "draft saved")
		self.sign(screen, "the bytes")
		self.photograph_now(screen, "signed", "Signed and recorded", gone=["WRITING"])
		anchors = [r["payload"]["anchors"] for r in self.records() if r["type"] == "annotate"][-1]
		self.assertEqual(anchors[0]["release"], it["old"])

	def saying(self, screen, it):
		screen.type("p")
		self.sees(screen, "PRIVATE NOTE on")
		screen.type("Ask about this over coffee.")
		screen.keys("C-s")
		self.photograph_now(screen, "a private note", "Kept in your notebook")
		screen.type("4")
		self.photograph_now(screen, "the threads", "THREADS all")
		screen.type("gg")
		screen.keys("Enter")
		self.sees(screen, "signature good")
		screen.type("a")
		self.sees(screen, "ANSWERING in")
		screen.type("Thank you, seen.")
		self.sign(screen, "the bytes of an answer")
		self.photograph_now(screen, "answered", "Thank you, seen.", gone=["ANSWERING"])
		self.assertEqual([r for r in self.records() if r["type"] == "reply"][-1]["payload"]["text"], "Thank you, seen.")

	def coming_back(self, screen, it, again):
		screen.type("2t" + it["file"][0])
		self.sees(screen, it["file"][1])
		screen.keys("Enter")
		self.sees(screen, re.compile(r"│ %s .* 1/\d+ *$" % re.escape(it["file"][1]), re.M), gone=["FIND FILE"])
		screen.type("jjjjjjj")
		self.sees(screen, re.compile(r" 8/\d+ *$", re.M))
		screen.type("Qy")
		self.assertEqual(screen.ended(), 0)
		self.photograph_now(again(), "come back", re.compile(r"│ %s " % re.escape(it["file"][1])), re.compile(r" 8/\d+ *$", re.M))

	def records(self):
		text = self.ok(cli.run("-C", self.room, "log", "--json")).text
		return [json.loads(line) for line in text.splitlines()]

	def hour(self, room, key, it):
		self.room, self.pictures = room, []
		def desk():
			return Screen(self, [cli.program(), "-C", room, "--key", key])
		screen = desk()
		self.photograph_now(screen, "the first screen", "FILES", "sealed: no way out", "? help")
		self.finding(screen, it)
		self.comparing(screen, it)
		self.saying(screen, it)
		self.coming_back(screen, it, desk)
		self.ok(cli.run("-C", room, "verify"))
		return self.mask(room, "\n".join(self.pictures))

	def test_on_the_practice_room(self):
		room = self.make(self.dir)
		self.compare("first-hour.txt", self.hour(room, room + "/private/anna.key", DEMO))

	def test_on_two_releases_of_something_large(self):
		trees = os.environ.get("CARREL_FIRST_HOUR")
		if not trees:
			self.skipTest("CARREL_FIRST_HOUR=OLD:NEW names none")
		room = cli.Room(self).create(product="openssl")
		for who, role in (("anna", "inspector"), ("vera", "vendor")):
			key = os.path.join(self.dir, who + ".key")
			self.ok(cli.run("key", "new", key, "--box", "--no-passphrase"))
			self.ok(room("roster", "add", who, "--role", role, "--pub", key + ".pub", "--box", key + ".box"))
			room.keys[who] = key
		for name, tree in zip(("old", "new"), trees.split(":")):
			self.ok(room("import", os.path.abspath(tree), "--release", name, timeout=600))
		self.ok(room("annotate", "new:%s:40" % OPENSSL["file"][1], "--kind", "question", "--title", "Who reads this?", "-m", "Who?", as_="anna"))
		screens = self.hour(room.path, room.key("anna"), OPENSSL)
		kept = "first-hour-openssl.txt" # another's source: for whoever looks at it, and no part of ours
		if test_golden.WRITE or os.path.exists(os.path.join(test_golden.HERE, "golden", kept)):
			self.compare(kept, screens)
