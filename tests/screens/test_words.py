"""Words while they are written: kept however the desk ends, edited as one is used to, refused where they must be."""

import os
import re
import subprocess

from harness import Case, Screen, cli
from test_desk import children, kill_desk

KEPT = "draft saved"


def keeper_of(screen):
	"""The keeper of the desk on this screen."""
	shell = int(screen.tmux("display-message", "-p", "#{pane_pid}"))
	return next(pid for pid, name in children(shell).items() if name.startswith("carrel-keeper"))


class Drafts(Case):
	def drafts(self, who="anna"):
		"""The person's own words that lie in the notebook, whole."""
		room = self.copy_room()
		return cli.run("-C", room, "--key", "%s/private/%s.key" % (room, who), "log", "--drafts").text

	def writes(self, screen, keys, words):
		screen.type(keys)
		self.sees(screen, "WRITING on")
		screen.type(words)
		self.sees(screen, words)

	def test_what_was_written_outlives_a_killed_desk(self):
		screen = self.desk()
		self.writes(screen, "2c", "These words outlive it.")
		self.sees(screen, KEPT)
		kill_desk(screen)
		screen = self.desk()
		self.sees(screen, "1 draft from before", "1 draft ")
		screen.type("2c")
		self.sees(screen, "WRITING on", "These words outlive i", KEPT)

	def test_after_every_few_keys(self):
		screen = self.desk()
		self.writes(screen, "2c", "abcd")
		self.sees(screen, KEPT)
		self.assertIn('"text":"abcd"', self.drafts())
		screen.type("efgh")
		self.sees(screen, "abcdefgh", KEPT)
		self.assertIn('"text":"abcdefgh"', self.drafts())

	def test_esc_cancel_and_leaving_keep_them(self):
		screen = self.desk()
		self.writes(screen, "2c", "a")
		screen.keys("C-c")
		self.sees(screen, KEPT)
		screen.type("bc")
		screen.keys("Escape")
		self.sees(screen, "Put aside, in your notebook too", "1 draft")
		screen.type("Q")
		self.sees(screen, "Leave the desk?", gone=["will be lost"])
		screen.type("y")
		self.assertEqual(screen.ended(), 0)
		self.assertIn('"text":"abc"', self.drafts())
		screen = self.desk()
		screen.type("go")
		self.sees(screen, "WORDS PUT ASIDE", "comment", "saved")
		screen.keys("Enter")
		self.sees(screen, "WRITING on", "abc")

	def test_a_signed_or_emptied_draft_is_gone(self):
		screen = self.desk()
		self.writes(screen, "2c", "signed..")
		self.sees(screen, KEPT)
		screen.keys("C-s")
		self.sees(screen, "To sign these bytes")
		screen.type("sign")
		screen.keys("Enter")
		self.sees(screen, "Signed and recorded")
		self.writes(screen, "jc", "emptied.")
		self.sees(screen, KEPT)
		screen.keys("C-u", "Escape")
		self.sees(screen, gone=["WRITING", "1 draft"])
		screen.type("Qy")
		screen.ended()
		self.assertEqual(self.drafts(), "")

	def test_a_full_disk_is_told_and_loses_nothing(self):
		room = self.copy_room()
		disk = os.path.join(self.dir, "disk")
		os.mkdir(disk)
		if subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", disk], capture_output=True).returncode:
			self.skipTest("no file system can be mounted here")
		script = """mount -t tmpfs -o size=48M none '%(disk)s' && cp -a '%(room)s' '%(disk)s/room' &&
			exec '%(carrel)s' -C '%(disk)s/room' --key '%(disk)s/room/private/anna.key'"""
		names = {"disk": disk, "room": room, "carrel": cli.program()}
		screen = Screen(self, ["unshare", "-rm", "sh", "-c", (script % names).replace("'", '"').replace("\n\t\t\t", " ")])
		screen.until(re.compile(r" 1/\d+ *$", re.M))
		self.writes(screen, "2c", "good")
		self.sees(screen, KEPT)
		inside = "/proc/%d/root%s" % (keeper_of(screen), disk)
		with open(inside + "/filler", "wb") as filler:
			try:
				while True:
					filler.write(b"x" * 65536)
					filler.flush()
			except OSError:
				pass
		screen.type(" words")
		self.sees(screen, "The draft is not saved, your words are still here", "good words")
		os.unlink(inside + "/filler")
		screen.type(" and more")
		self.sees(screen, "good words and more", KEPT)


class Editing(Case):
	def test_undo_redo_and_a_preview(self):
		screen = self.desk()
		screen.type("2c")
		self.sees(screen, "WRITING on")
		screen.type("# Head of it")
		screen.keys("Enter")
		screen.type("- an *item*")
		self.sees(screen, "- an *item*")
		screen.keys("C-w")
		self.sees(screen, "- an", gone=["item"])
		screen.keys("C-_")
		self.sees(screen, "- an *item*")
		screen.keys("C-_")
		self.sees(screen, "# Head of it", gone=["- an"])
		screen.keys("C-r", "M-p")
		self.sees(screen, "preview", "· an item", gone=["# Head"])
		screen.keys("M-p")
		self.sees(screen, "# Head of it", "- an *item*")

	def test_the_label_of_lines_taken_elsewhere(self):
		screen = self.desk()
		screen.type("2jvjjy")
		label = re.search(r"Taken: (1\.2:\S+:2-4);", self.sees(screen, "Taken: 1.2:")).group(1)
		screen.type("vggc")
		self.sees(screen, "WRITING on")
		screen.type("see ")
		screen.keys("M-q")
		self.sees(screen, "see " + label)

	def test_a_question_mark_asks(self):
		screen = self.desk()
		screen.type("2c??")
		self.sees(screen, "[question]", re.compile(r"^ +\? *$", re.M))

	def test_a_small_vi(self):
		screen = self.desk()
		screen.type(":set vi")
		screen.keys("Enter")
		self.sees(screen, "vi is yes")
		screen.type("2c")
		self.sees(screen, "vi: typing")
		screen.type("one two three")
		screen.keys("Escape")
		self.sees(screen, "vi: commands")
		screen.type("bbdwyyp")
		self.sees(screen, re.compile(r"one three *\n *one three *$", re.M))
		screen.type("uu")
		self.sees(screen, "one two three")
		screen.type("q")
		self.sees(screen, "vi's commands here")
		screen.keys("Escape")
		self.sees(screen, "Put aside")

	def test_a_private_note_lies_in_the_notebook_alone(self):
		before = len(self.log("--type", "annotate"))
		screen = self.desk()
		screen.type("2p")
		self.sees(screen, "PRIVATE NOTE on", "for you alone")
		screen.type("mine alone")
		screen.keys("C-s")
		self.sees(screen, "Kept in your notebook")
		screen.type("Qy")
		screen.ended()
		self.assertEqual(len(self.log("--type", "annotate")), before)
		for folder, _, files in os.walk(self.copy_room()):
			for name in files:
				with open(os.path.join(folder, name), "rb") as file:
					self.assertNotIn(b"mine alone", file.read(), name)

	def test_without_a_notebook_one_is_told_how_to_get_one(self):
		screen = self.desk(who="henry")
		screen.type("2p")
		screen.type("words")
		screen.keys("C-s")
		self.sees(screen, "your words are still here", "no notebook", "PRIVATE NOTE")


class Hostile(Case):
	def feed(self, screen, data, *how):
		"""Bytes as they are, as if typed."""
		path = os.path.join(self.dir, "paste")
		with open(path, "wb") as file:
			file.write(data)
		screen.tmux("load-buffer", path)
		screen.tmux("paste-buffer", "-r", *how)

	def paste(self, screen, data):
		self.feed(screen, data, "-p")

	def test_a_megabyte_is_cut_with_words(self):
		screen = self.desk()
		screen.type("2c")
		self.sees(screen, "WRITING on")
		self.paste(screen, b"0123456789abcde\n" * 65536)
		self.sees(screen, re.compile(r"\d{6} characters of the paste were left out"), "WRITING on")
		screen.type("x")
		self.sees(screen, "That cannot be written here.")

	def test_a_paste_into_a_prompt_is_no_key(self):
		screen = self.desk()
		screen.type("/")
		self.sees(screen, "search")
		self.paste(screen, b"Qy\x1b[31m\x03" + b"z" * 5000)
		self.sees(screen, "«zzz", gone=["Leave the desk"])
		screen.keys("Escape")
		self.sees(screen, "Q leave")

	def test_bytes_that_are_no_utf8_are_shown_and_refused(self):
		screen = self.desk()
		screen.type("2c")
		self.sees(screen, "WRITING on")
		self.feed(screen, b"a\xff")
		self.sees(screen, "no UTF-8 character (<U+FFFD>): it is not taken")
		self.feed(screen, b"b\xc3(")
		self.sees(screen, re.compile(r"^  ab\( *$", re.M))
		self.feed(screen, "€é".encode())
		self.sees(screen, "ab(€é")
		self.feed(screen, b"\xff" * 30000 + b"\xf0\x82" * 10000) # no more comes of it than there is room for
		self.sees(screen, re.compile(r"^  ab\(€é *$", re.M), "no UTF-8 character")
		self.paste(screen, b"p\xf0\x82q")
		self.sees(screen, "ab(€épq", "1 character of the paste was left out")
