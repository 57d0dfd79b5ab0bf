"""Complaints that users of such programs make of them, and the test that would fail if we had the thing complained of."""

import ast
import os
import re

from harness import Case, Screen
import test_golden

HERE = os.path.dirname(os.path.abspath(__file__))

# the complaint: where it would show.  FILE CLASS.TEST, FILE beside this one or in ../cli
RULES = {
	"? searches, and help is elsewhere": "test_rules Rules.test_help_is_the_question_mark_everywhere",
	"a bare key writes something": "test_rules Rules.test_no_key_writes_without_a_form",
	"one signs what one does not see": "test_desk Speaking.test_a_note_is_signed_by_the_word",
	"Enter pressed twice signs": "test_rules Rules.test_enter_does_not_sign",
	"Esc loses what was written": "test_words Drafts.test_esc_cancel_and_leaving_keep_them",
	"a crash loses what was written": "test_words Drafts.test_what_was_written_outlives_a_killed_desk",
	"words are saved now and then only": "test_words Drafts.test_after_every_few_keys",
	"the editor hides what one writes about": "test_rules Rules.test_words_are_written_beside_the_code",
	"Enter sends": "test_rules Rules.test_enter_is_a_new_line",
	"my fingers know readline": "test_words Editing.test_undo_redo_and_a_preview",
	"my fingers know vi": "test_words Editing.test_a_small_vi",
	"going back comes to the file, not the line": "../cli/test_desk_code CodePane.test_marks_and_places",
	"side by side on a screen too narrow for it": "../cli/test_script Script.test_side_by_side_from_160_columns_on",
	"a removed line cannot be spoken of": "../cli/test_script Script.test_a_comment_on_the_old_side",
	"long lines are cut and nobody says so": "../cli/test_desk_code CodePane.test_lines_wrap_or_are_cut_with_a_mark",
	"the mouse is taken from the terminal": "test_rules Rules.test_the_mouse_goes_off_while_it_runs",
	"its colours are unreadable on my background": "test_rules Rules.test_no_colour_is_set_that_a_terminal_does_not_choose",
	"my themes and 256 colours": "test_desk FirstScreen.test_themes_and_ascii_are_options",
	"NO_COLOR is ignored": "test_desk FirstScreen.test_without_colour_there_is_none",
	"what is told by colour alone": "test_desk FirstScreen.test_without_utf8_signs_are_ascii",
	"wide characters break the columns": "test_desk Reading.test_wide_characters_keep_the_grid",
	"a resize breaks the screen": "test_desk FirstScreen.test_follows_resizes_down_to_20x5",
	"a screen reader does not find the selection": "test_desk FirstScreen.test_cursor_sits_on_the_selected_row",
	"it cannot be used without sight": "test_plain Plain.test_finding_and_reading",
	"a blank screen on a terminal it cannot use": "test_desk FirstScreen.test_a_dumb_terminal_is_told_so",
	"^C leaves something half done": "../cli/test_import Import.test_an_interrupt_leaves_the_room_as_it_was",
	"it forgets where I was": "../cli/test_desk_code CodePane.test_one_comes_back_where_one_left",
	"it runs my editor, or a shell": "test_rules Rules.test_no_editor_pager_or_shell_is_run",
	"it writes to my clipboard": "test_rules Rules.test_nothing_goes_to_a_clipboard",
}


def tests_of(name):
	with open(os.path.join(HERE, name + ".py"), encoding="utf-8") as file:
		tree = ast.parse(file.read())
	return {"%s.%s" % (c.name, f.name) for c in tree.body if isinstance(c, ast.ClassDef)
		for f in c.body if isinstance(f, ast.FunctionDef)}


class Rules(Case):
	def test_each_has_its_test(self):
		for complaint, where in RULES.items():
			name, test = where.split()
			self.assertIn(test, tests_of(name), complaint)

	def test_help_is_the_question_mark_everywhere(self):
		screen = self.desk()
		for keys, view in (("1", "files"), ("2", "code"), ("3", "outline"), ("4", "threads"), ("5", "releases"), ("D", "changes"),
				("q!", "suspicious places")):
			screen.type(keys)
			screen.type("?")
			self.sees(screen, "KEYS IN " + view)
			screen.keys("Escape")
			self.sees(screen, gone=["KEYS IN"])

	def test_no_key_writes_without_a_form(self):
		before = len(self.log())
		screen = self.desk()
		for first in ("1", "2", "3", "4", "5", "D", "2d"):
			for key in "abcefhijklmnoprsuvwxyzABCEFGHIJKLMNOPRSTUVWXYZ":
				screen.type(first + key)
				screen.keys("Escape")
				screen.type("q")
		said = {r["type"] for r in self.log()[before:]}
		self.assertEqual(said - {"session", "page", "list", "search", "diff", "checkpoint"}, set())

	def test_enter_does_not_sign(self):
		screen = self.desk()
		screen.type("2c")
		self.sees(screen, "WRITING on")
		screen.type("words")
		screen.keys("C-s")
		self.sees(screen, "[ Cancel ]", "type annotate", '"text":"words"')
		screen.keys("Enter", "Enter", "Enter")
		self.sees(screen, "WRITING on", "words", gone=["Cancel"])
		self.assertNotIn("words", [r["payload"].get("text") for r in self.log("--type", "annotate")])

	def test_words_are_written_beside_the_code(self):
		for cols, beside in ((160, True), (100, False)):
			screen = self.desk(cols=cols, rows=40)
			screen.type("2c")
			rows = self.sees(screen, "WRITING on", '#include "acme.h"').split("\n")
			code = next(i for i, row in enumerate(rows) if '#include "acme.h"' in row)
			words = next(i for i, row in enumerate(rows) if "WRITING on" in row)
			self.assertEqual(words < code, beside)
			screen.keys("PageDown") # and what one writes about can be read on in
			self.sees(screen, "WRITING on", "return privileged")

	def test_enter_is_a_new_line(self):
		screen = self.desk()
		screen.type("2cone")
		screen.keys("Enter")
		screen.type("two")
		self.sees(screen, re.compile(r"^  one *\n  two *$", re.M), "WRITING on")

	def test_the_mouse_goes_off_while_it_runs(self):
		screen = self.desk()
		self.assertEqual(screen.tmux("display-message", "-p", "#{mouse_any_flag}").strip(), "1")
		screen.type("gm")
		self.sees(screen, "Mouse off.")
		self.assertEqual(screen.tmux("display-message", "-p", "#{mouse_any_flag}").strip(), "0")
		screen.type("gm")
		self.sees(screen, "Mouse on; with Shift held the terminal selects.")
		self.assertEqual(screen.tmux("display-message", "-p", "#{mouse_any_flag}").strip(), "1")

	def test_no_editor_pager_or_shell_is_run(self):
		ran, program = os.path.join(self.dir, "ran"), os.path.join(self.dir, "program")
		with open(program, "w", encoding="utf-8") as file:
			file.write("#!/bin/sh\n: >%s\n" % ran)
		os.chmod(program, 0o755)
		screen = self.desk(env=dict.fromkeys(("EDITOR", "VISUAL", "PAGER", "SHELL", "BROWSER"), program))
		for keys in ("2", "v", "E", ":!%s" % program, "|%s" % program, "Z"):
			screen.type(keys)
			screen.keys("Enter", "Escape", "Escape")
		screen.type("2gg")
		self.sees(screen, re.compile(r" 1/\d+ *$", re.M))
		screen.type("c")
		self.sees(screen, "WRITING on")
		screen.keys("C-x", "C-e", "M-e", "C-z", "C-o")
		self.sees(screen, "WRITING on")
		self.assertFalse(os.path.exists(ran))
		self.assertFalse(os.path.exists(screen.out), "the desk still runs")

	def test_nothing_goes_to_a_clipboard(self):
		def copied(screen):
			return screen.tmux("list-buffers").strip()
		other = Screen(self, ["sh", "-c", "read x; printf '\\033]52;c;Y29waWVk\\a'; echo done; sleep 600"])
		other.tmux("set", "-s", "set-clipboard", "on")
		other.keys("Enter")
		self.sees(other, "done")
		self.assertIn("copied", copied(other), "a program that writes to the clipboard is noticed")
		screen = self.desk()
		screen.tmux("set", "-s", "set-clipboard", "on")
		screen.type("2ggvjy")
		self.sees(screen, "src/tok.c")
		screen.type("c")
		self.sees(screen, "WRITING on")
		screen.keys("M-q")
		self.sees(screen, re.compile(r"^  .*src/tok\.c", re.M))
		self.assertEqual(copied(screen), "")

	def test_no_colour_is_set_that_a_terminal_does_not_choose(self):
		screen = self.desk()
		for keys in ("2", "d", "q4", "5", "D"):
			screen.type(keys)
			drawn = screen.text(colours=True)
			self.assertNotRegex(drawn, r"\x1b\[[0-9;:]*[34]8[;:]", "neither 256 nor true colours, unless asked for")
			looks = re.findall(r"\{([^}]*)\}([^{]*)", test_golden.colours(drawn))
			painted = sum(len(text) for look, text in looks if "bg" in look)
			self.assertLess(painted, 500, "no background of its own over the screen")
