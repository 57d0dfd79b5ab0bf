"""The code pane, driven by scripts."""

import glob
import json
import os
import re
import unittest

from desk import Desk
from harness import run


class CodePane(Desk):
	def test_lines_wrap_or_are_cut_with_a_mark(self):
		done = self.ok(self.script("key t", "type bundle.js", "key Enter", "screen cut", "key gw", "screen wrapped", "key PgDn", "screen next",
			"key PgDn PgDn PgUp PgUp PgUp", "screen back", "key $", "screen end", options=("--size", "60x12")))
		s = self.titled(done.text)
		self.assertRegex(s["cut"][2], r"^ +1 \+  var rules=\[.*»$")
		self.assertEqual([row for row in s["cut"][3:11] if row], [])
		self.assertNotIn("»", "".join(s["wrapped"]))
		whole = 'var rules=[{"n":"r0","p":"00000000"},{"n":"r1","p":"9e3779b1"},{"n":"r2"'
		text = "".join(row[7:].ljust(53) for row in s["wrapped"][2:11])
		self.assertTrue(text.startswith(whole), text)
		after = "".join(row[7:].ljust(53) for row in s["next"][2:11])
		self.assertIn(text[-53:].strip(), after) # a page goes on where the last one ended, a row in common
		self.assertNotEqual(text, after)
		self.assertEqual(s["back"], s["wrapped"][:11] + s["back"][11:])
		self.assertIn('"p":"9eb00627"}];', "".join(row[7:] for row in s["end"]))

	def test_a_form_typed_ahead_waits_for_its_lines(self):
		for keys, where in (("]fcTyped ahead", "line 1 of 1.2"), ("]fCTyped ahead", "WRITING on"), ("]fFTyped ahead", "[finding]")):
			done = self.ok(self.script("key 2", "type " + keys, "screen"))
			self.assertIn("WRITING on", done.text)
			self.assertIn(where, done.text)
			self.assertIn("Typed ahead", done.text)
			self.assertNotIn("No file is open", done.text)

	def test_folds_hide_and_show(self):
		done = self.ok(self.script("key t", "type tok.c", "key Enter zM", "screen all", "key j j j j j j j j", "screen down", "key zR G",
			"key k k za", "screen one", "key zo", "screen open", "key zc", "type /", "type out\\[n\\] = 0", "key Enter", "screen found",
			options=("--size", "100x24")))
		s = self.titled(done.text)
		rows = [re.sub(r"^.*?│ ?", "", row) for row in s["all"]]
		self.assertTrue(any(re.match(r" *7    is_word\(int c\)  ▸ 3 lines$", row) for row in rows), rows)
		self.assertTrue(any(re.match(r" *11$", row) for row in rows), rows)
		self.assertFalse(any(re.match(r" *[89] ", row) for row in rows), rows)
		self.assertIn(" 12/33", s["down"][1]) # eight lines down, three of them hidden
		self.assertIn("▸ 17 lines", "".join(s["one"]))
		self.assertNotIn("▸ 3 lines", "".join(s["one"]))
		self.assertNotIn("▸ 17 lines", "".join(s["open"]))
		self.assertIn("31            out[n] = 0;", "".join(s["found"])) # what hides a match is unfolded

	def test_words_brackets_and_what_encloses(self):
		done = self.ok(self.script("key t", "type tok.c", "key Enter ]c w w", "looks word", "key 0 %", "screen from", "key j j j j j j 0 w", "key %",
			"screen bracket", "key %", "screen back", "key G", "screen scope", "key : ", "type set noscope", "key Enter", "screen none",
			options=("--size", "80x20")))
		s = self.titled(done.text)
		lit = [row for row in s["word"] if "W" in row]
		self.assertGreater(len(lit), 2, s["word"]) # n: where it is declared and where it is used
		self.assertEqual(self.cursors["bracket"][0], self.cursors["back"][0])
		self.assertNotEqual(self.cursors["bracket"], self.cursors["back"])
		self.assertRegex(s["scope"][2], r"│ +16    tok_next\(")
		self.assertNotRegex(s["none"][2], r"tok_next")

	def test_invisibles_tabs_and_numbers(self):
		done = self.ok(self.script("key t", "type tok.c", "key Enter", "screen plain", "key :", "type set tab 2", "key Enter :",
			"type set invisibles", "key Enter :", "type set nonumbers", "key Enter", "screen shown", options=("--size", "100x24")))
		s = self.titled(done.text)
		self.assertTrue(any("│  9            return isalnum" in row for row in s["plain"]), s["plain"])
		self.assertTrue(any(re.search(r"│ +→ return isalnum", row) for row in s["shown"]), s["shown"])
		self.assertFalse(any("│  9 " in row for row in s["shown"]))

	def pages(self):
		log = self.ok(run("-C", self.room, "log", "--json")).text.splitlines()
		return [r["payload"]["path"] for r in map(json.loads, log) if r["type"] == "page"]

	def test_a_definition_is_looked_at_without_leaving(self):
		done = self.ok(self.script("key t", "type main.c", "key Enter", "type /", "type ct_equal|scan_buffer|engine_load\\(argv", "key Enter",
			"screen call", "key K", "screen peek", "key q", "screen back", "key K Enter", "screen gone", "key ^T", "screen popped"))
		s = self.titled(done.text)
		self.assertEqual(s["back"][1:20], s["call"][1:20])
		title = next(row for row in s["peek"] if re.search(r"│ \w+  src/\w+\.c:\d+", row))
		name, path = re.search(r"│ (\w+)  (src/\w+\.c):\d+", title).groups()
		self.assertIn(path, self.pages())
		self.assertRegex(s["gone"][1], re.escape(path))
		self.assertRegex(s["popped"][1], r"src/main\.c")

	def test_a_definition_is_looked_at_from_lists_and_differences(self):
		for keys in (("key T", "type auth_check", "key Enter", "settle", "key gr"), ("key T", "type auth_check", "key Enter", "settle", "key gC"),
				("key g/", "type auth_check", "key Enter"), ("key t", "type tok.c", "key Enter d k k"),
				("key T", "type auth_check", "key Enter", "settle", "key 3")):
			with self.subTest(keys):
				before = len(self.pages())
				done = self.ok(self.script(*keys, "settle", "screen under", "key K", "screen peek", "key Esc", "screen back",
					options=("--size", "120x30")))
				s = self.titled(done.text)
				self.assertTrue(any(re.search(r"│ (auth_check|tok_next)  src/(auth|tok)\.c:16", row) for row in s["peek"]), s["peek"])
				self.assertEqual(s["back"][1:28], s["under"][1:28])
				self.assertTrue({"src/auth.c", "src/tok.c"} & set(self.pages()[before:]))
		self.ok(self.script("key t", "type acme.h", "key Enter gI K", "expect These are files"))

	def test_marks_and_places(self):
		done = self.ok(self.script("key t", "type main.c", "key Enter j j ma", "expect Marked", "key t", "type tok.c", "key Enter ' b",
			"expect Nothing is marked b", "key m", "key 7", "expect a letter from a to z", "key gj", "screen places", "key G Enter", "screen mark",
			"key gj", "screen again", "key q ' a", "absent Nothing"))
		s = self.titled(done.text)
		self.assertRegex(s["places"][1], r"^ PLACES")
		self.assertTrue(any(re.match(r" 'a src/main\.c:3$", row) for row in s["places"]), s["places"])
		self.assertRegex(s["mark"][1], r"src/main\.c.* 3/63")
		self.assertIn("    src/tok.c:1", s["again"])

	def test_includes_both_ways(self):
		done = self.ok(self.script("key t", "type main.c", "key Enter gf", "screen included", "key gi", "expect FILES THAT INCLUDE include/acme.h",
			"expect src/vault.c", "key ^O", "key G gf", "expect No file is named on this line"))
		self.assertIn("include/acme.h", self.titled(done.text)["included"][1])

	def test_what_was_not_parsed_is_stepped_through(self):
		done = self.ok(self.script("key t", "type main.c", "key Enter ]p", "screen next", "key ]p", "expect Nothing further that was not parsed"))
		self.assertIn("tests/nest.c", self.titled(done.text)["next"][1])

	def test_calls_are_listed(self):
		self.ok(self.script("key t", "type ct.c", "key Enter", "type /", "type ct_equal", "key Enter gc", "expect CALLS OF ct_equal", "expect src/auth.c"))

	def border(self, screen):
		return screen[4].index("│")

	def test_panes_are_split_sized_and_zoomed(self):
		done = self.ok(self.script("key t", "type main.c", "key Enter ^Wv", "screen two", "key Tab t", "type tok.c", "key Enter", "screen other",
			"key S-Tab j j j", "screen first", "key Tab j", "screen second", "key Tab", "screen outline", "key ^Ww", "screen files", "key 2 ^W> ^W>",
			"screen wide", "key ^W=", "screen even", "key ^Wz", "screen zoom", "key ^Wz ^Wc", "screen one", "key ^Wc", "expect one code pane",
			"key ^Ws", "screen below", "click 5 50", "screen up", options=("--size", "120x28")))
		s = self.titled(done.text)
		self.assertEqual(s["two"][1].count("src/main.c"), 2)
		self.assertRegex(s["other"][1], r"src/main\.c.*│ src/tok\.c")
		self.assertRegex(s["first"][1], r"src/main\.c .* 4/63 │.* 1/33")
		self.assertRegex(s["second"][1], r"src/main\.c .* 4/63 │.* 2/33")
		self.assertEqual(self.cursors["outline"][1], 1)
		self.assertEqual(self.cursors["files"][1], 1)
		self.assertEqual(self.border(s["wide"]), self.border(s["even"]) + 8)
		self.assertRegex(s["zoom"][1], r"^ src/tok\.c")
		self.assertNotIn("│", "".join(s["zoom"][1:]))
		self.assertNotIn("src/tok.c ", s["one"][1])
		self.assertEqual(sum("src/main.c" in row for row in s["below"]), 2)
		self.assertLess(self.cursors["up"][0], 8)

	def test_a_drag_selects_lines_or_moves_a_border(self):
		done = self.ok(self.script("key t", "type main.c", "key Enter", "drag 5 60 9 60", "expect 5 lines selected", "looks selected", "key c",
			"expect 3-7", "key Esc", "screen before", "drag 10 %d 10 40" % 31, "screen after", "drag 3 60 3 70", "absent selected", "click 6 60",
			"looks none", options=("--size", "100x24")))
		s = self.titled(done.text)
		self.assertEqual(sum("S" in row for row in s["selected"]), 5)
		self.assertEqual((self.border(s["before"]), self.border(s["after"])), (30, 39))
		self.assertFalse(any("S" in row for row in s["none"]))

	def left(self):
		return glob.glob(os.path.join(self.room, "private", "desk-*", "left"))[0]

	def test_one_comes_back_where_one_left(self):
		first = self.titled(self.ok(self.script("key t", "type main.c", "key Enter j j j ma ^Wv Tab t", "type tok.c",
			"key Enter G $ ^W> 1 j", "screen left", "key Q", "type y")).text)["left"]
		again = self.titled(self.ok(self.script("screen back", "key ' a", "screen mark", "key ^O", "screen place")).text)
		strip = lambda screen: [row[row.index("│"):] for row in screen[1:20]] # the cursor among the files is not kept
		self.assertEqual(strip(again["back"]), strip(first))
		self.assertRegex(again["mark"][1], r"src/main\.c.* 4/63")
		self.assertRegex(again["place"][1], r"src/tok\.c.* 33/33")
		other = self.titled(self.ok(self.script("screen first", who="victor")).text)
		self.assertNotIn("main.c", other["first"][1])

	def test_what_was_kept_is_not_believed(self):
		fresh = self.titled(self.ok(self.script("screen s")).text)["s"]
		self.ok(self.script("key t", "type main.c", "key Enter"))
		path = self.left()
		good = open(path, "rb").read()
		self.assertIn(b"open 1.2 1 0 ", good)
		for bad in (b"", b"\n\n", b"read\n", b"read 9.9 1.1\nopen 1.2 1 0 1 src/main.c\n", b"\xff" * 300, b"x" * 65536):
			with self.subTest(bad[:30]):
				open(path, "wb").write(bad)
				self.assertEqual(self.titled(self.ok(self.script("screen s")).text)["s"][1:], fresh[1:])
		for bad in (b"open 1.2 0 0 1 src/main.c", b"open 1.2 99999999999999999999 0 1 src/main.c", b"open 1.2 1 0 1 ", b"open 1.2 1 0 1 a%0",
				b"open 1.2 1 0 1 a%zz", b"sizes 99999 1", b"sizes -1 3", b"mark", b"mark A 1.2 1 0 1 x", b"mark a", b"jump 8 1 1 1 x", b"focus nowhere"):
			with self.subTest(bad):
				open(path, "wb").write(b"read 1.2 1.1\n" + bad + b"\n")
				self.assertEqual(self.titled(self.ok(self.script("screen s")).text)["s"][1:], fresh[1:])
		open(path, "wb").write(b"read 1.0 -\nopen 1.0 18446744073709551615 18446744073709551614 7 src/main.c\nopen 1.0 3 0 1 gone%1b[2J.c\n")
		done = self.titled(self.ok(self.script("screen s")).text)["s"]
		self.assertIn("gone^[[2J.c", done[1])
		self.assertIn("You left reading 1.0; the newest release is 1.2", done[-1])

	def test_keys_are_mapped_and_kept(self):
		self.ok(self.script("key :", "type map code definition t", "expect would clash with 'find-file'", "key Enter Esc :", "type map code fly x",
			"expect There is no action 'fly'", "key Esc :", "type map code definition gD", "key Enter", "expect Mapped"))
		done = self.titled(self.ok(self.script("key t", "type auth.c", "key Enter", "type /", "type ct_equal", "key Enter", "key gd",
			"expect That key does nothing here", "key gD", "expect src/ct.c", "key ?", "type definition of the word", "screen help", "key Esc :",
			"type map code definition", "key Enter ?", "type definition of the word", "screen default")).text)
		self.assertTrue(any(re.search(r"│ gD +definition of the word", row) for row in done["help"]), done["help"])
		self.assertTrue(any(re.search(r"│ gd \^\] +definition of the word", row) for row in done["default"]), done["default"])

	def test_mapped_keys_that_do_not_hold_are_told_of(self):
		self.ok(self.script("key :", "type map code definition gD", "key Enter"))
		path = self.left().replace("left", "keys")
		open(path, "ab").write(b"code fly x\nall leave g\n\xff\x00\n" + b"code peek " + b"x" * 3000 + b"\n")
		done = self.ok(self.script("expect 4 lines of your keys do not hold: There is no action 'fly'", "key t", "type auth.c", "key Enter",
			"key : ", "type set nowrap", "key Enter"))

	def brought(self, screen):
		"""{line: the release that the gutter says}, a dot standing for that of the line above."""
		out, name = {}, None
		for row in screen[2:-1]:
			found = re.search(r"│(\S+) +(\d+)", row)
			if found:
				name = name if found.group(1) == "·" else found.group(1)
				out[int(found.group(2))] = name
		return out

	def test_which_release_brought_each_line(self):
		done = self.titled(self.ok(self.script("key t", "type vault.c", "key Enter B", "screen renamed", "key t", "type tok.c", "key Enter",
			"screen changed", "key t", "type ct.c", "key Enter", "screen added", "key B", "screen off", options=("--size", "100x48"))).text)
		renamed = self.brought(done["renamed"])
		self.assertEqual(len(renamed), 37)
		self.assertEqual({line for line in renamed if renamed[line] != "1.0"}, {31}) # the file was quarantine.c in 1.0
		self.assertEqual(renamed[31], "1.1")
		changed = self.brought(done["changed"])
		self.assertEqual({line: name for line, name in changed.items() if name != "1.0"}, {18: "1.2"})
		self.assertEqual(set(self.brought(done["added"]).values()), {"1.1"})
		self.assertRegex(done["off"][2], r"│ +1 +#include")

	def test_bytes(self):
		done = self.titled(self.ok(self.script("key t", "type tok.c", "key Enter", "type /", "type only for the vendor", "key Enter gb", "screen hex",
			"key j Enter", "screen line", options=("--size", "100x24"))).text)
		self.assertRegex(done["hex"][2], r"^ +21 000000  09 2f 2a 20 6f 6e 6c 79  20 66 6f 72 20 74 68 65  \./\* only for the$")
		self.assertRegex(done["hex"][3], r"^ +000010  20 76 65 6e 64 6f 72 20  e2 80 ae 20 ") # U+202E as the bytes it is
		self.assertIn(" 21/33", done["line"][1])


if __name__ == "__main__":
	unittest.main()
