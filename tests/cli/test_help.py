"""Help, options, completions: one table, many readers."""
import json
import os
import subprocess
import sys
import unittest

from harness import HERE, Case, build_dir, run

sys.path.insert(0, os.path.join(HERE, "..", "lint"))
import manual  # noqa: E402

ROOT = os.path.join(HERE, "..", "..")


def table():
	rows = run("help", "--table").json
	return rows[0]["options"], {row["name"]: row for row in rows[1:]}


class Help(Case):
	def test_every_command_has_help(self):
		for name, row in table()[1].items():
			with self.subTest(name):
				said = self.ok(run(*name.split(), "--help"))
				self.assertIn(row["summary"], said.text)
				for option in row["options"]:
					self.assertIn("--" + option["name"], said.text)
				self.assertIn(row["arguments"], said.lines[0])
				self.assertEqual(self.ok(run("help", *name.split())).text.split("\n\n")[0], said.text.split("\n\n")[0])

	def test_help_lists_every_command(self):
		said = self.ok(run("help")).text
		self.assertEqual(said, self.ok(run("--help")).text)
		for name, row in table()[1].items():
			self.assertIn("  %s %s" % (name, row["arguments"]) if row["arguments"] else "  " + name, said)

	def test_help_needs_no_room(self):
		self.ok(run("annotate", "-h", cwd="/"))

	def test_family(self):
		self.assertEqual(self.ok(run("help", "roster")).text.count("usage: "), 4)

	def test_table_is_what_the_lint_reads(self):
		with open(os.path.join(ROOT, "cli", "table.c"), encoding="utf-8") as file:
			commands, common = manual.read_table(file.read())
		told_common, told = table()
		self.assertEqual(sorted(told), sorted(name for name, _, _ in commands))
		self.assertEqual(sorted(common), sorted(option["name"] for option in told_common))
		for name, arguments, options in commands:
			row = told[name]
			want = {o["name"]: (o["letter"] or None, o.get("argument")) for o in row["options"]}
			if row["listing"]:
				want["json"] = (None, None)
			self.assertEqual(options, want, name)
			self.assertEqual(arguments, row["arguments"])

	def test_version(self):
		self.assertRegex(self.ok(run("--version")).text, r"^carrel \d+\.\d+\.\d+\nUnicode \d+\.\d+, from ICU \d+\.\d+\n$")


class Usage(Case):
	def test_off(self):
		for words, said in [
			(["serch", "x"], "did you mean 'search'?"),
			(["frobnicate"], "see 'carrel help'"),
			(["search"], "PATTERN"),
			(["search", "a", "b"], "one argument too many"),
			(["search", "--wrd", "a"], "did you mean --word?"),
			(["search", "-x", "a"], "no such option"),
			(["search", "--word=1", "a"], "takes no value"),
			(["search", "a", "--path"], "GLOB is missing"),
			(["search", "a", "--limit", "many"], "not a number"),
			(["search", "--path", "a", "--path", "b", "x"], "given twice"),
			(["init", "room", "--json"], "lists nothing"),
			(["roster"], "carrel help roster"),
			(["diff", "a"], "A B [PATH]"),
			(["diff", "a", "b", "--stat", "--lines"], "one of"),
			(["annotate", "1.0:a", "--kind", "rumour"], "finding question note"),
			(["annotate", "1.0:a", "--kind", "note", "--severity", "dire"], "critical"),
			(["record", "-1"], "no such option"),
			(["record", "x"], "no record's number"),
			(["help", "nothing"], "no command 'nothing'"),
			(["import", "x", "--release", "a b"], "letters"),
		]:
			with self.subTest(" ".join(words)):
				self.fails(run(*words, cwd=self.dir), 2, said)

	def test_foreign_bytes_of_the_command_line_are_shown(self):
		said = self.fails(run("\x1b[31mred\u202e", cwd=self.dir), 2, "^[[31mred", "<U+202E>")
		self.assertNotIn(b"\x1b", said.err)

	def test_what_follows_two_dashes_is_no_option(self):
		self.fails(run("search", "--", "--word", cwd=self.dir), 2, "no room here")

	def test_desk_needs_a_terminal(self):
		self.fails(run(cwd=self.dir), 2, "needs a terminal")


class Completion(Case):
	def complete(self, *words):
		script = (
			'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _carrel; printf "%s\\n" "${COMPREPLY[@]}"'
		)
		done = subprocess.run(
			["bash", "-c", script, "bash", os.path.join(build_dir(), "carrel.bash"), "carrel"] + list(words),
			capture_output=True, text=True, cwd=self.dir, check=True)
		return done.stdout.split()

	def test_bash(self):
		self.assertEqual(self.complete("sea"), ["search"])
		self.assertEqual(sorted(self.complete("roster", "")), ["add", "export", "list", "revoke"])
		self.assertEqual(self.complete("-C", "room", "rele"), ["releases"])
		self.assertEqual(self.complete("annotate", "1.0:a", "--kind", "f"), ["finding"])
		self.assertEqual(self.complete("roster", "add", "--ro"), ["--role", "--room"])
		self.assertEqual(self.complete("diff", "--fi"), ["--files"])

	def test_every_command_and_option_is_in_each(self):
		common, commands = table()
		for shell in ("bash", "zsh", "fish"):
			said = self.ok(run("help", "--completion", shell)).text
			for name, row in commands.items():
				for word in name.split():
					self.assertIn(word, said)
				for option in row["options"]:
					self.assertIn(option["name"], said, shell)


if __name__ == "__main__":
	unittest.main()
