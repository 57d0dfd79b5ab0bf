"""The desk in another language: complete, drawn from behind the seal, and nowhere in what is recorded."""

import glob
import json
import os
import re
import subprocess

from harness import Case, cli

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GERMAN = {"LANG": "de_DE.UTF-8", "LC_ALL": ""}


def texts(po):
	"""{id: its lines} of a catalogue."""
	whole = subprocess.run(["msgcat", "--no-wrap", os.path.join(ROOT, "po", po)], capture_output=True, check=True).stdout
	entries = re.split(r"\n\n+", whole.decode())
	return {re.search(r'^msgid "(.*)"$', entry, re.M).group(1): entry for entry in entries[1:]}


class Catalogue(Case):
	def test_german_is_complete_and_its_formats_agree(self):
		po = os.path.join(ROOT, "po", "de.po")
		done = subprocess.run(["msgfmt", "-c", "--statistics", "-o", os.devnull, po], capture_output=True, text=True,
			env={"PATH": os.environ["PATH"], "LC_ALL": "C"})
		self.assertEqual(done.returncode, 0, done.stderr)
		self.assertNotRegex(done.stderr, "fuzzy|untranslated")
		self.assertEqual(texts("de.po").keys(), texts("carrel.pot").keys())

	def test_the_template_holds_the_texts_of_the_source(self):
		sources = sorted(os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, "tui", "*.c")) + [os.path.join(ROOT, "tui", "why_formats.h")]
			if re.search(r"\b(_|N_|ngettext)\(", open(path, encoding="utf-8").read()))
		listed = open(os.path.join(ROOT, "po", "POTFILES"), encoding="utf-8").read().split()
		self.assertEqual(listed, sources, "po/POTFILES")
		found = subprocess.run(["xgettext", "--language=C", "--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--no-wrap",
			"--no-location", "-o", "-"] + sources, cwd=ROOT, capture_output=True, text=True, check=True).stdout
		there = set(re.findall(r'^msgid "(.+)"$', found, re.M))
		self.assertGreater(len(there), 200)
		self.assertEqual(texts("carrel.pot").keys(), there, "ninja -C build carrel-pot carrel-update-po")


class German(Case):
	def test_the_desk_speaks_it_from_behind_the_seal(self):
		screen = self.desk(env=GERMAN)
		self.sees(screen, "Befunde 2 offen", "versiegelt: kein Weg hinaus", "DATEIEN", "? Hilfe", "Q gehen")
		screen.keys("?")
		self.sees(screen, "TASTEN: Dateien", "zum Filtern tippen")
		screen.keys("Escape")
		screen.type("4")
		self.sees(screen, "THREADS alle", "finding", "open")
		screen.type("Qy")
		self.assertEqual(screen.ended(), 0)
		killed = cli.run("-C", self.copy_room(), "log", "--type", "note")
		self.assertEqual((killed.code, killed.text), (1, ""), "no program died of a forbidden call")

	def test_the_dialogue_of_lines_speaks_it(self):
		room = self.copy_room()
		lines = ("help", "find tok", "1", "open no/such", "open src", "lines 99999", "search (", "search strcmp", "open tests/nest.c",
			"state thread withdrawn", "Nein.", ".", "changes", "diff src/tok.c", "quit")
		thread = json.loads(self.ok(cli.run("-C", room, "threads", "--kind", "finding", "--json")).text.splitlines()[0])["thread"]
		lines = [line.replace("thread", thread) for line in lines]
		done = self.ok(cli.run("-C", room, "--key", room + "/private/victor.key", "desk", "--plain",
			stdin="".join(line + "\n" for line in lines).encode(), env=dict(cli.environment(), TERM="dumb", **GERMAN)))
		said = re.split(r"^> ", done.text, flags=re.M)
		for part, wanted in enumerate(("Sie lesen Release 1.2, verglichen mit 1.1.", "was sich in einer Datei änderte", "Dateien: ", "Datei src/tok.c aus 1.2, ab Zeile 1:",
			"keine Datei no/such", "src ist ein Verzeichnis", "die Datei hat ", "Muster: missing closing parenthesis, an seinem Byte ",
			"1 Dateien wurden nicht durchsucht: 1 binär", "der Parser verstand nichts davon",
			"ein vendor darf 'withdrawn' nicht setzen: das entscheidet der Inspektor", "src/tok.c", "weg, alte Zeile 18: ")):
			self.assertIn(wanted, said[part])
		self.assertIn("Sie haben den Platz verlassen.", said[-1])
		for english in ("release", "signed", "you ", "the ", "there is", " line ", "file "):
			self.assertNotIn(english, re.sub(r"\n(\d+  |\d+\. |gleich|weg|dazu|  ).*", "", "\n" + "\n".join(said[:1] + said[2:])), english)

	def test_what_is_refused_is_said_in_it(self):
		screen = self.desk(env=GERMAN, who="victor")
		screen.type("4")
		self.sees(screen, "THREADS alle")
		screen.type("gg")
		screen.keys("Enter")
		screen.type("s")
		screen.type("withdrawn")
		screen.keys("Enter", "C-s")
		self.sees(screen, "darf 'withdrawn' nicht setzen")

	def test_what_is_recorded_is_the_same(self):
		room = self.copy_room()
		german = {"LANG": "de_DE.UTF-8", "LC_MESSAGES": "de_DE.UTF-8"}
		here = self.ok(cli.run("-C", room, "threads", "--json")).text
		self.assertEqual(self.ok(cli.run("-C", room, "threads", "--json", env=german)).text, here)

	def test_a_terminal_without_utf8_is_served_in_english(self):
		screen = self.desk(env={"LANG": "de_DE", "LC_ALL": "", "LC_CTYPE": "C"})
		self.sees(screen, "findings 2 open", "FILES")

	def test_an_unknown_language_is_english(self):
		self.sees(self.desk(env={"LANG": "tlh.UTF-8", "LC_ALL": ""}), "findings 2 open", "FILES")
