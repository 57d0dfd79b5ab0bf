"""The desk on the demo room: one test a thing that a visitor does."""

import os
import re
import signal
import subprocess
import time

from harness import Case, Screen, cli


def children(pid):
	found = subprocess.run(["ps", "-eo", "pid,ppid,comm"], capture_output=True, text=True).stdout
	rows = [line.split(None, 2) for line in found.splitlines()[1:]]
	below, grown = {pid}, True
	while grown:
		more = {int(r[0]) for r in rows if int(r[1]) in below} - below
		below |= more
		grown = bool(more)
	return {int(r[0]): r[2] for r in rows if int(r[0]) in below}


def kill_desk(screen):
	"""All its processes at once, with kill -9."""
	shell = int(screen.tmux("display-message", "-p", "#{pane_pid}"))
	for pid, name in children(shell).items():
		if name.startswith("carrel"):
			try:
				os.kill(pid, signal.SIGKILL)
			except ProcessLookupError: # it ended with one of the others
				pass
	screen.ended()


class Suspicious(Case):
	def test_what_is_not_what_it_seems_is_listed_and_stepped_through(self):
		screen = self.desk()
		screen.keys("!")
		listed = self.sees(screen, "SUSPICIOUS IN 1.2", "bidi", "src/tok.c", "<U+202E>", "mixed-script", "encoding")
		self.assertNotIn("\u202e", listed)
		screen.keys("q", "2", "gg", "]s")
		self.sees(screen, re.compile(r"\d+ of \d+: bidi <U\+20"), "src/tok.c")
		screen.keys("]s")
		self.sees(screen, re.compile(r"[2-9] of \d+: "))
		screen.keys("[s")
		self.sees(screen, re.compile(r"\d+ of \d+: "))


class FirstScreen(Case):
	def test_says_where_one_is(self):
		screen = self.desk()
		first = self.sees(screen, "acme-av 1.2 (vs 1.1)", "findings 2 open", "inspector anna", "practice room",
			"sealed: no way out", "FILES", "auth.c", "? help", "tok_next", "src/tok.c  +1 -1 since 1.1",
			re.compile(r"~!? +tok\.c .*1 ✎"))
		self.assertRegex(first, r"\+!? +data\.bin +binary")

	def test_fits_80x24_and_40x10(self):
		self.sees(self.desk(cols=80, rows=24), "findings 2 open", "sealed: no way out", "src/tok.c")
		small = self.sees(self.desk(cols=40, rows=10, until="tok.c"), "acme-av 1.2 (vs 1.1)", "FILES")
		self.assertTrue(all(len(line) <= 40 for line in small.split("\n")))

	def test_follows_resizes_down_to_20x5(self):
		screen = self.desk()
		for cols, rows in ((160, 50), (60, 14), (20, 5), (100, 28)):
			screen.resize(cols, rows)
			screen.until(re.compile("FILES|acme.h"), *(["Q leave"] if cols >= 60 else []))
		self.sees(screen, "acme-av 1.2 (vs 1.1)", "FILES", "Q leave")

	def test_cursor_sits_on_the_selected_row(self):
		screen = self.desk()
		screen.cursor_on("tok.c")
		screen.keys("Down")
		screen.cursor_on("update.c")

	def test_without_colour_there_is_none(self):
		screen = self.desk(env={"NO_COLOR": "1"})
		self.assertNotRegex(screen.text(colours=True), r"\x1b\[[0-9;]*3[0-7]m")
		screen = self.desk()
		self.assertRegex(screen.text(colours=True), r"\x1b\[[0-9;]*3[0-7]m")

	def test_themes_and_ascii_are_options(self):
		screen = self.desk()
		self.assertNotIn("38;5;", screen.text(colours=True))
		for theme, sign in (("256", "38;5;"), ("mono", "\x1b[1m"), ("16", "\x1b[36m")):
			screen.type(":set theme %s\r" % theme)
			self.sees(screen, "theme is %s." % theme)
			self.assertIn(sign, screen.text(colours=True))
		screen.type(":set theme mono\r")
		self.sees(screen, "theme is mono.")
		self.assertNotRegex(screen.text(colours=True), r"\x1b\[[0-9;]*[34][0-7]m|[34]8;5;")
		screen.type(":set ascii\r")
		self.sees(screen, "ascii is yes.", "| ", gone=["│"])
		self.assertTrue(screen.text().isascii())
		screen = self.desk(env={"NO_COLOR": "1"})
		screen.type(":set theme 256\r")
		self.sees(screen, "theme is 256.")
		self.assertNotRegex(screen.text(colours=True), r"\x1b\[[0-9;]*[34][0-7]m|[34]8;5;")

	def test_without_utf8_signs_are_ascii(self):
		screen = self.desk(env={"LANG": "C", "LC_ALL": "C"})
		self.sees(screen, "1 *", "- src/", "| ")
		self.assertTrue(screen.text().isascii())

	def test_a_dumb_terminal_is_told_so(self):
		screen = self.desk(term="dumb", until=None)
		self.assertEqual(screen.ended(), 2)
		self.sees(screen, 'the terminal "dumb" is not served', "carrel desk --plain")

	def test_leaving_asks(self):
		screen = self.desk()
		screen.type("Q")
		self.sees(screen, "Leave the desk?")
		screen.type("n")
		self.sees(screen, "Q leave")
		screen.keys("C-c")
		self.sees(screen, "Nothing runs here")
		screen.type("Qy")
		self.assertEqual(screen.ended(), 0)
		self.assertEqual(screen.text().strip(), "", "nothing of what was shown stays")
		self.assertEqual(self.log()[-1]["type"], "close")


class Reading(Case):
	def test_definition_references_and_back(self):
		screen = self.desk()
		screen.type("tmain.c")
		self.sees(screen, "FIND FILE", "src/main.c")
		screen.keys("Enter")
		self.sees(screen, "src/main.c  ")
		screen.type("/auth_check")
		screen.keys("Enter")
		self.sees(screen, "Match 1 of")
		screen.type("gd")
		self.sees(screen, re.compile(r"│ src/auth.c .*auth_check "))
		screen.keys("C-t")
		self.sees(screen, "│ src/main.c")
		screen.type("gr")
		self.sees(screen, "REFERENCES OF auth_check", "call")
		screen.type("gc") # not a key of this list
		screen.type("q")
		self.sees(screen, "│ src/main.c")

	def test_symbols_are_found_by_name(self):
		screen = self.desk()
		screen.type("Ttoknext")
		self.sees(screen, "FIND SYMBOL", "tok_next", "src/tok.c")
		screen.keys("Enter")
		self.sees(screen, re.compile(r"│ src/tok.c .*tok_next +1[56]/33"))

	def test_search_of_the_release(self):
		screen = self.desk()
		screen.type("g/-w strcmp")
		screen.keys("Enter")
		self.sees(screen, "SEARCH -w strcmp", re.compile(r"\d+ lines? in \d+ files?; 1 file not searched"))
		screen.keys("Down", "Enter")
		self.sees(screen, "strcmp", "FILES")
		screen.type("q")
		self.sees(screen, "SEARCH -w strcmp")
		screen.type("qg/(unbalanced")
		screen.keys("Enter")
		self.sees(screen, "unbalanced", "SEARCH")

	def test_hidden_characters_are_shown(self):
		screen = self.desk()
		screen.type("2")
		self.sees(screen, "<U+202E>", re.compile(r" 21 ?!?[ ✎]*"))

	def test_wide_characters_keep_the_grid(self):
		screen = self.desk()
		screen.type("tlocale")
		self.sees(screen, "src/locale.c")
		screen.keys("Enter")
		self.sees(screen, "問題は見つかりませんでした")

	def test_a_long_line_is_cut_with_a_mark(self):
		screen = self.desk()
		screen.type("tbundle")
		self.sees(screen, "rules/bundle.js")
		screen.keys("Enter")
		self.sees(screen, re.compile(r"var rules=\[.*»"))
		screen.type("$")
		self.sees(screen, re.compile(r"1 \+  «.*\];", re.M)) # its very end, three pages on
		screen.type("0")
		self.sees(screen, "var rules=[")
		screen.type("/r6999")
		screen.keys("Enter")
		self.sees(screen, "Match 1 of 1", '"r6999"')

	def test_the_reader_may_die(self):
		screen = self.desk()
		pid = int(screen.tmux("display-message", "-p", "#{pane_pid}"))
		readers = [p for p, name in children(pid).items() if name.startswith("carrel-reader")]
		self.assertEqual(len(readers), 2, "supervisor and reader")
		os.kill(max(readers), signal.SIGKILL)
		self.sees(screen, "the reader died")
		screen.type("tmkrules")
		self.sees(screen, "tools/mkrules.py")
		screen.keys("Enter")
		self.sees(screen, "│ tools/mkrules.py")

	def test_help_filters_and_acts(self):
		screen = self.desk()
		screen.type("2?")
		self.sees(screen, "KEYS IN code", "gd ^]")
		screen.type("next change")
		self.sees(screen, "]c F8", gone=["gd ^]"])
		screen.keys("Escape")
		screen.type(":")
		self.sees(screen, "COMMANDS")
		screen.type("releases")
		screen.keys("Enter")
		self.sees(screen, "RELEASES OF acme-av")

	def test_the_mouse_selects_and_opens(self):
		screen = self.desk(term="xterm-256color")
		row = next(i for i, line in enumerate(screen.lines()) if "main.c" in line)
		for _ in range(2):
			screen.type("\x1b[<0;10;%dM\x1b[<0;10;%dm" % (row + 1, row + 1))
		self.sees(screen, "│ src/main.c")

	def test_the_mouse_held_selects_lines_and_moves_a_border(self):
		screen = self.desk(term="xterm-256color")
		screen.type("2")
		screen.type("\x1b[<0;50;5M")
		self.sees(screen, "  3/33") # a press and a move that arrive at once are one event to curses
		screen.type("\x1b[<32;50;7M")
		self.sees(screen, "3 lines selected")
		screen.type("\x1b[<32;50;8M\x1b[<0;50;8m")
		self.sees(screen, "4 lines selected")
		column = screen.lines()[3].index("│")
		screen.type("\x1b[<0;%d;10M" % (column + 1))
		time.sleep(0.2) # nothing shows that a border is held
		screen.type("\x1b[<32;%d;10M" % (column - 5))
		screen.until(re.compile(r"(?m)^.{%d}│" % (column - 6)))


class Comparing(Case):
	def test_changes_and_diff(self):
		screen = self.desk()
		screen.type("5")
		self.sees(screen, "RELEASES OF acme-av", re.compile("read +1.2"), re.compile("compared +1.1"))
		screen.keys("Up")
		screen.keys("Enter") # reads 1.1, compares with 1.0
		self.sees(screen, "acme-av 1.1 (vs 1.0)")
		screen.type("D")
		self.sees(screen, "CHANGES 1.0 to 1.1", re.compile(r"~ changed +src/auth.c +\+\d+ -\d+"))
		screen.type("/auth.c")
		screen.keys("Enter")
		screen.keys("Enter")
		self.sees(screen, "DIFF src/auth.c  1.0 to 1.1", re.compile(r"^ +\d+ +-[ ✎]", re.M), re.compile(r"^ +\d+ \+[ ✎]", re.M))
		screen.type("]f")
		self.sees(screen, "DIFF ", gone=["DIFF src/auth.c"])
		screen.type("[f")
		self.sees(screen, "DIFF src/auth.c")
		screen.type("q")
		self.sees(screen, "CHANGES 1.0 to 1.1")


class Speaking(Case):
	def test_a_note_is_signed_by_the_word(self):
		before = len(self.log("--type", "annotate"))
		screen = self.desk()
		screen.type("2c")
		self.sees(screen, "WRITING on src/tok.c line 1 of 1.2", "[note]")
		screen.type("What is this?")
		screen.keys("C-s")
		self.sees(screen, "THE BYTES TO BE SIGNED", "type annotate", '"text":"What', "[ Cancel ]")
		screen.keys("Enter")
		self.sees(screen, "Not signed; your words are still here.", "What is this?")
		screen.keys("C-s")
		self.sees(screen, "THE BYTES TO BE SIGNED")
		screen.type("sign")
		self.sees(screen, "Enter signs")
		screen.keys("Enter")
		self.sees(screen, "Signed and recorded", "note, open", gone=["WRITING"])
		screen.type("Qy")
		self.assertEqual(screen.ended(), 0)
		records = self.log("--type", "annotate")
		self.assertEqual(len(records), before + 1)
		self.assertEqual(records[-1]["payload"]["text"], "What is this?")
		self.assertEqual(records[-1]["signature"], "good")

	def test_a_finding_on_a_selection(self):
		screen = self.desk()
		screen.type("2jjvjF")
		self.sees(screen, "lines 3-4 of 1.2", "[finding]", "title", "severity")
		screen.type("Two lines")
		screen.keys("Tab", "Right", "Right", "Right", "Tab", "Tab")
		self.sees(screen, "[medium]")
		screen.type("because")
		screen.keys("C-s")
		self.sees(screen, '"severity":"medium"', '"title":"Two lines"')
		screen.type("sign")
		screen.keys("Enter")
		self.sees(screen, "Signed and recorded", "findings 3 open", "Two lines")

	def test_words_put_aside_come_back(self):
		screen = self.desk()
		screen.type("2cto be continued")
		screen.keys("Escape")
		self.sees(screen, "Put aside", gone=["WRITING"])
		screen.type("Q")
		self.sees(screen, "Leave the desk?", gone=["will be lost"])
		screen.type("nc")
		self.sees(screen, "WRITING", "to be continued")
		screen.keys("Escape")
		self.sees(screen, "Put aside")
		screen.type("Qy")
		screen.ended()
		screen = self.desk()
		screen.type("2c")
		self.sees(screen, "WRITING", "to be continued")

	def test_the_vendor_answers_and_may_not_resolve(self):
		screen = self.desk(who="victor")
		screen.type("4")
		self.sees(screen, "THREADS all", "The line does not")
		screen.type("/line does not")
		screen.keys("Enter")
		screen.keys("Enter")
		self.sees(screen, "finding high", "signature good")
		screen.type("a")
		self.sees(screen, "ANSWERING in")
		screen.type("We look at it.")
		screen.keys("C-s")
		self.sees(screen, "type reply")
		screen.type("sign")
		screen.keys("Enter")
		self.sees(screen, "Signed and recorded", "victor vendor", "We look at it.")
		screen.type("sresolved")
		self.sees(screen, "STATE OF")
		screen.keys("Enter")
		self.sees(screen, "becomes resolved")
		screen.type("Not ours.")
		screen.keys("C-s")
		self.sees(screen, "Not signed: ")
		self.assertEqual([r for r in self.log("--type", "state") if r["payload"]["state"] == "resolved"], [])


class Rooms(Case):
	def test_an_empty_room_says_what_to_do(self):
		room = self.practice_room()
		screen = Screen(self, [cli.program()] + room.argv(as_="anna"))
		self.sees(screen, "No release yet.", "carrel import SOURCE", "sealed: no way out")
		screen.type("Qy")
		self.assertEqual(screen.ended(), 0)

	def test_a_passphrase_is_asked_for(self):
		room = self.practice_room(people=())
		key = os.path.join(self.dir, "paula.key")
		read, write = os.pipe()
		os.write(write, b"open sesame\n")
		os.close(write)
		self.ok(cli.run("key", "new", key, "--passphrase-fd", str(read), pass_fds=(read,)))
		os.close(read)
		self.ok(room("roster", "add", "paula", "--role", "inspector", "--pub", key + ".pub"))
		screen = Screen(self, [cli.program(), "-C", room.path, "--key", key])
		self.sees(screen, "passphrase of")
		screen.type("open sesame")
		self.assertNotIn("sesame", self.sees(screen, "***********"))
		screen.keys("Enter")
		self.sees(screen, "inspector paula", "No release yet.")
