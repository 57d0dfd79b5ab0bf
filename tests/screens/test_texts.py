"""The desk in another language: complete, drawn from behind the seal, and nowhere in what is recorded."""

import glob
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
		sources = sorted(os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, "tui", "*.c"))
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
