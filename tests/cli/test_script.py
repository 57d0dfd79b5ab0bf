"""carrel desk --script: the desk without a terminal, the same session and the same records."""

import json
import os
import re
import shutil
import unittest

from desk import Desk
from harness import run


class Script(Desk):
	def log(self):
		return [json.loads(line) for line in self.ok(run("-C", self.room, "log", "--json")).text.splitlines()]

	def test_a_screen_of_the_size_that_was_asked_for(self):
		done = self.ok(self.script("screen one", "size 40x10", "screen two", options=("--size", "80x24")))
		first, second = done.text.split("== screen ")[1:]
		self.assertRegex(first.splitlines()[0], r"^80x24 cursor \d+,\d+ one$")
		self.assertEqual(len(first.splitlines()), 1 + 24)
		self.assertRegex(second.splitlines()[0], r"^40x10 cursor \d+,\d+ two$")
		self.assertEqual(len(second.splitlines()), 1 + 10)
		self.assertTrue(all(len(line) <= 40 for line in second.splitlines()[1:]))

	def test_keys_words_and_expectations(self):
		done = self.ok(self.script("key t", "type auth.c", "key Enter", "expect auth_check", "absent tok_next", "looks", "screen"))
		self.assertIn("stored_password", done.text)
		self.assertIn("== looks 100x28", done.text)

	def test_ascii(self):
		done = self.ok(self.script("screen", options=("--ascii",)))
		self.assertTrue(done.text.isascii(), done.text)

	def test_what_is_shown_is_recorded_like_at_a_terminal(self):
		before = len(self.log())
		self.ok(self.script("key t", "type ct.c", "key Enter", "expect ct_equal"))
		new = self.log()[before:]
		self.assertEqual((new[0]["type"], new[-1]["type"]), ("session", "close"))
		self.assertIn("src/ct.c", [r["payload"].get("path") for r in new if r["type"] == "page"])

	def test_options_are_set_and_kept(self):
		done = self.ok(self.script("key o", "expect no       long lines", "key Enter", "expect yes      long lines", "key j Enter",
			"type 17", "key Enter", "expect tab is one of: 1..16", "key Enter", "type 3", "key Enter", "expect tab is 3", "key q :",
			"type set nonumbers", "key Enter", "expect numbers is no", "key :", "type set numbers perhaps", "key Enter",
			"expect numbers is one of: no yes", "key Esc :", "type set theme mono", "key Enter", "expect theme is mono"))
		done = self.ok(self.script("key o", "expect yes      long lines", "screen", "key q", "key :", "type set theme", "screen"))
		self.assertRegex(done.text, r"tab +3 ")
		self.assertRegex(done.text, r"numbers +no ")
		self.assertIn("theme mono", done.text)
		self.assertIn("wrap        no ", self.ok(self.script("key o", "screen", who="victor")).text)

	def test_something_is_said_and_signed(self):
		self.ok(self.script("key t", "type ct.c", "key Enter", "expect ct_equal", "key 2 gg c", "type Why is this here?", "key ^S",
			"expect annotate", "type sign", "key Enter", "absent annotate"))
		said = [r for r in self.log() if r["type"] == "annotate"][-1]
		self.assertEqual((said["payload"]["text"], said["signature"]), ("Why is this here?", "good"))

	TWO = ({"a.c": """int
first(int a)
{
	int x = a + 1;
	return x * 2;
}

int
second(int b)
{
	return strcmp(b, "x");
}
""", "b.c": "int b = 1;\n"}, {"a.c": """int
second(int b)
{
    return ct_equal(b, "x");
}

int
first(int a)
{
	int x = a + 1;
	return x * 2;
}
""", "b.c": "int  b = 1;\n", "c.c": "int c;\n"})

	def two_releases(self):
		"""A room of two small releases, for diffs."""
		self.room = os.path.join(self.dir, "two")
		key = os.path.join(self.dir, "hans.key")
		self.ok(run("key", "new", "--no-passphrase", key))
		self.ok(run("init", self.room, "--product", "two", "--host", "hans", "--key", key, "--practice"))
		for number, files in enumerate(self.TWO):
			for name, text in files.items():
				self.file("%d/%s" % (number, name), text.encode())
			self.ok(run("-C", self.room, "--key", key, "import", os.path.join(self.dir, str(number)), "--release", str(number + 1)))
		os.makedirs(os.path.join(self.room, "private"), exist_ok=True)
		shutil.copy(key, os.path.join(self.room, "private", "anna.key"))

	def screens(self, text):
		return [part.split("\n", 1)[1] for part in text.split("== screen ")[1:]]

	def test_a_diff_marks_moves_and_hides_white_space_on_demand(self):
		self.two_releases()
		done = self.ok(self.script("key D Enter", "expect strcmp", "screen", "key W", "expect hidden: white space only", "screen", "key ]f",
			"expect 1 line hidden: white space only", "key W", "absent hidden", "looks"))
		whole, hidden = self.screens(done.text)
		self.assertRegex(whole, r"8 +-~ int")
		self.assertRegex(whole, r"2 \+~ second\(int b\)")
		self.assertRegex(whole, r"\+  +return ct_equal")
		self.assertNotIn("hidden", whole)
		self.assertIn("int c", self.ok(self.script("key D Enter", "key ]f ]f", "screen")).text)

	def test_a_diff_marks_what_went_to_another_file_and_leads_there(self):
		block = "int\nchecksum(const char *text)\n{\n\treturn sum_of_all_bytes_in(text) & 0xff;\n}\n"
		rest = "".join("int other_%d;\n" % i for i in range(30))
		self.TWO = ({"a.c": "int a;\n\n" + block + rest, "b.c": rest}, {"a.c": "int a;\n\n" + rest, "b.c": rest + "\n" + block})
		self.two_releases()
		done = self.ok(self.script("key D Enter", "expect moved to b.c:32", "screen", "key %", "expect DIFF b.c", "expect moved from a.c:3", "screen",
			"key j %", "expect DIFF a.c", "expect moved to b.c:33", "key q q k k k %", "expect This line did not move"))
		there, back = self.screens(done.text)
		self.assertRegex(there, r"3 +-~ int +moved to b\.c:32 *\n +4 +-~ checksum")
		self.assertRegex(back, r"32 \+~ int +moved from a\.c:3 *\n +33 \+~ checksum")

	def test_it_is_said_when_moves_are_not_looked_for(self):
		self.TWO = ({"a.c": "int a;\n"}, {"a.c": "int b;\n", "long.txt": "x\n" * 1000001})
		self.two_releases()
		self.ok(self.script("key D Enter", "expect DIFF a.c", "settle", "key %", "expect too many lines changed to tell which blocks"))

	def test_a_diff_keeps_its_moves_when_other_releases_are_compared(self):
		block = "int\nchecksum(const char *text)\n{\n\treturn sum_of_all_bytes_in(text) & 0xff;\n}\n"
		rest = "".join("int other_%d;\n" % i for i in range(30))
		first = {"a.c": "int a;\n\n" + block + rest, "b.c": rest}
		self.TWO = (first, first, {"a.c": "int a;\n\n" + rest, "b.c": rest + "\n" + block})
		self.two_releases()
		done = self.ok(self.script("key D Enter", "expect moved to b.c:32", "key 5", "expect RELEASES OF", "key gg =", "settle", "key q",
			"screen", "key +", "settle", "screen"))
		for screen in self.screens(done.text):
			self.assertIn("DIFF a.c  2 to 3", screen)
			self.assertRegex(screen, r"3 +-~ int +moved to b\.c:32 *\n")

	def test_lines_between_hunks_are_shown_in_place(self):
		self.two_releases()
		done = self.ok(self.script("key D Enter", "expect strcmp", "key - -", "expect 0 lines around", "key gg", "screen", "key ]c k", "key Enter", "screen"))
		before, after = self.screens(done.text)
		self.assertIn("⋮ from line ", before)
		self.assertNotIn("int x = a + 1;", before)
		self.assertRegex(after, r"(?m)^ +1 +7    int$")
		self.assertRegex(after, r"(?m)^ +4 +10 +int x = a \+ 1;$")

	def test_side_by_side_from_160_columns_on(self):
		self.two_releases()
		done = self.ok(self.script("key D Enter", "expect strcmp", "screen", options=("--size", "170x30")))
		self.assertRegex(self.screens(done.text)[0], r"return strcmp\(b, \"x\"\);  .*│.*")

	def test_a_comment_on_the_old_side(self):
		self.ok(self.script("key D Enter s", "expect │", "key Tab", "expect On the side of 1.1", "key c", "type Why was that dropped?", "key ^S",
			"expect annotate", "type sign", "key Enter", "absent annotate"))
		said = [r for r in self.log() if r["type"] == "annotate"][-1]["payload"]
		anchor = said["anchors"][0]
		self.assertEqual((anchor["release"], anchor["path"], anchor["first"], anchor["last"]), ("1.1", "Makefile", 2, 2))

	def test_the_walk_goes_over_the_ends_of_files(self):
		self.two_releases()
		done = self.ok(self.script("key D", "expect 2 not read yet", "key Enter", "expect DIFF a.c", "key ]c ]c", "expect DIFF b.c", "key ]c",
			"expect DIFF c.c", "key [c", "expect DIFF b.c", "key ]c ]c", "expect That was the last file", "key q D", "absent not read yet"))
		self.assertEqual(done.code, 0)
		done = self.ok(self.script("key D", "expect 3 files", "absent not read yet"))

	def test_changed_functions(self):
		self.two_releases()
		done = self.ok(self.script("key D o", "expect CHANGED FUNCTIONS", "expect second", "screen", "key / ", "type second", "key Enter Enter", "expect DIFF a.c", "screen"))
		self.assertRegex(self.screens(done.text)[0], r"~ modified +second +function +a\.c:2")

	def test_a_search_is_typed_with_its_switches_and_walked_through_the_files(self):
		done = self.ok(self.script("key g/", "expect [ ] any case", "type STRCMP", "key M-i M-c", "expect > --code -i STRCMP", "expect [x] any case",
			"key Enter", "expect 4 lines in 3 files", "expect 1 file was not searched: 1 binary", "key Enter", "expect src/auth.c", "key n n",
			"expect 3 of 4 found", "expect src/locale.c", "key n n", "expect That was the last one found", "key N", "expect 3 of 4 found",
			"key q q 2", "key n", "expect 4 of 4 found", "key gs", "expect 4 lines in 3 files", "key + +", "expect 2 lines around each", "screen"))
		self.assertRegex(self.screens(done.text)[-1], r"(?m)^ +\d+- .*\n.*\n? +57 +if \(argc")

	def test_searches_made_before_are_offered_again(self):
		self.ok(self.script("key g/", "type -w admin", "key Enter", "expect SEARCH -w admin", "key g/ Down", "expect > -w admin", "key Up", "absent > -w admin",
			"type x", "key Down Enter", "expect SEARCH -w admin"))

	def test_a_search_of_all_releases_names_them(self):
		self.ok(self.script("key g/", "type ct_equal", "key M-a", "expect Enter searches all releases", "key Enter", "expect 1.1 src/ct.c"))

	def test_what_is_no_search_is_said_at_once(self):
		self.ok(self.script("key g/", "type -x y", "expect -x is no option", "key Enter", "expect > -x y"))

	def test_finders_say_what_they_found(self):
		self.ok(self.script("key t", "type Makefile", "expect changed since 1.1: +1 -1", "key Esc T", "type scan_buffer", "expect src/scan.c:59",
			"expect scan_buffer(const", "key Esc gt", "type time", "expect Password compared", "expect finding by anna, 2 entries", "key Enter",
			"expect signature good", "key gv", "type 1.0", "key Enter", "expect acme-av 1.0"))

	def test_what_is_typed_whole_comes_first(self):
		self.two_releases()
		third = os.path.join(self.dir, "three")
		self.file("three/a/first_of_all.c", "struct s { int first; };\nint first_of_all;\n")
		self.file("three/z/first.c", "int first(int a)\n{\n\treturn a;\n}\n")
		self.ok(run("-C", self.room, "--key", os.path.join(self.dir, "hans.key"), "import", third, "--release", "3"))
		done = self.ok(self.script("key T", "type first", "screen", "key Esc t", "type first", "screen"))
		symbols, files = self.screens(done.text)
		self.assertRegex(symbols, r"> first .*\n.*│ first +function +z/first.c:1 .*\n.*│ first +field ")
		self.assertRegex(files, r"> first .*\n.*│ z/first.c .*\n.*│ a/first_of_all.c ")

	def test_files_open_lately_come_first(self):
		done = self.ok(self.script("key t", "type vault.c", "key Enter t", "type tok.c", "key Enter t", "screen"))
		self.assertRegex(self.screens(done.text)[0], r"type parts of its name.*\n.*│ src/vault.c .*\n.*│ src/tok.c ")

	def test_the_palette_says_why_a_command_is_not_to_be_had(self):
		self.ok(self.script("key :", "type results", "expect nothing was searched yet", "key Enter", "absent COMMANDS", "expect nothing was searched yet",
			"key :", "type side-by-side", "expect works in: diff"))

	def test_functions_that_changed_in_formatting_alone_can_be_hidden_and_are_counted(self):
		self.ok(self.script("key D o", "expect tok_next", "expect 1 formatting", "key f", "absent tok_next", "expect 1 hidden", "key f", "expect tok_next"))

	def test_a_thread_is_met_and_answered_in_a_diff(self):
		self.ok(self.script("key gv", "type 1.1", "key Enter", "expect acme-av 1.1 (vs 1.0)", "key D /", "type auth.c", "key Enter Enter",
			"expect DIFF src/auth.c", "key gg ]a", "expect -✎", "key a", "type It reads as if.", "key ^S", "expect reply", "type sign", "key Enter",
			"absent reply", "expect DIFF src/auth.c"))
		self.assertEqual([r for r in self.log() if r["type"] == "reply"][-1]["payload"]["text"], "It reads as if.")

	def test_call_trees_unfold_both_ways(self):
		done = self.ok(self.script("key T", "type quarantine_restore", "key Enter", "expect quarantine_restore(const", "key gC",
			"expect WHAT CALLS quarantine_restore", "key j l", "screen", "key h", "absent src/main.c:58", "key x", "expect WHAT restore CALLS",
			"expect auth_check", "key j l", "expect is not known to call anything", "key Enter", "expect src/main.c"))
		self.assertRegex(self.screens(done.text)[0], r" ▾ quarantine_restore\n   ▾ restore +src/main.c:33 .*\n     ▸ main +src/main.c:58 ")

	def test_what_includes_a_file(self):
		self.ok(self.script("key t", "type acme.h", "key Enter", "expect ACME_H", "key gI", "expect WHAT INCLUDES acme.h", "expect src/vault.c:1"))

	def test_the_log_shows_what_is_recorded_and_each_record_whole(self):
		done = self.ok(self.script("key 6", "expect LOG of all", "expect src/tok.c:1-33 of 1.2, 33 lines", "key f", "expect LOG about me", "key F", "type sess",
			"key Enter", "expect LOG about me: session", "key G Enter", "expect its exact bytes, as they are signed", "screen", options=("--size", "100x60")))
		self.assertRegex(self.screens(done.text)[0], r"(?s)RECORD \d+.*carrel-record v1\n.*type session\n.*BEGIN SSH SIGNATURE")
		record = int(done.text.split("RECORD ")[1].split()[0])
		raw = self.ok(run("-C", self.room, "record", str(record), "--raw")).text
		shown = "".join(line[2:] for line in self.screens(done.text)[0].split("signed\n")[1].split("\n\n its")[0].splitlines())
		self.assertEqual(shown.replace(" ", ""), raw.replace("\n", "").replace(" ", ""))

	def test_threads_by_state_and_by_filters(self):
		done = self.ok(self.script("key 4", "expect THREADS all", "key b", "screen", "key f f f", "expect opened by you", "expect 3 of 3", "key f",
			"expect THREADS awaiting you", "expect 1 of 3", "key F", "type question", "key Enter f", "expect THREADS all: question", "expect 1 of 3"))
		self.assertRegex(self.screens(done.text)[0], r"(?s)\n open 2\n.*\n answered 1\n.*Password")
		self.ok(self.script("key 4 f f f f", "expect THREADS awaiting you", "expect 2 of 3", who="victor"))

	def test_the_lobby_says_how_far_the_ledger_is(self):
		done = self.ok(self.script("key 5", "settle", "screen"))
		screen = self.screens(done.text)[0]
		size = int(screen.split("ledger")[1].split()[0])
		self.assertIn("slip      %d." % size, screen)
		self.assertIn("visit     the desk is open for 0:0", screen)
		self.ok(run("-C", self.room, "verify", "--slip", screen.split("slip ")[1].split()[0]))

	def test_what_does_not_come_fails(self):
		done = self.script("absent FILES")
		self.assertEqual(done.code, 1)
		self.assertIn("line 1: still on the screen: FILES", done.error)

	def test_what_is_no_command(self):
		for line, why in (("jump 3", "line 2: no such command: jump"), ("size 0x9", "line 2: a size is"),
				("key Enter^Wabc", "line 2: no such key"), ("click 1", "line 2: a row and a column")):
			with self.subTest(line):
				done = self.script("# first", line)
				self.assertEqual(done.code, 2, done)
				self.assertIn(why, done.error)
		self.assertEqual(self.script("screen", options=("--size", "wide")).code, 2)
		self.assertEqual(run("-C", self.room, "desk", "--script", "/nowhere/script").code, 2)
		self.assertEqual(run("-C", self.room, "desk", "--size", "80x24").code, 2)

	def test_a_room_that_lets_no_source_out_to_pipes(self):
		policy = self.ok(run("-C", self.room, "policy")).text
		changed = self.file("policy", policy.replace("pipe-source yes", "pipe-source no").encode())
		self.ok(run("-C", self.room, "--key", os.path.join(self.room, "private/henry.key"), "policy", "set", changed))
		done = self.script("screen")
		self.assertEqual((done.code, done.out), (3, b""))
		self.assertIn("pipe-source no", done.error)


if __name__ == "__main__":
	unittest.main()
