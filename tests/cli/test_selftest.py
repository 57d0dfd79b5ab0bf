"""The selftest: as root and as nobody, the manual's table of what each layer holds alone, and machines without one."""

import json
import os
import re
import subprocess
import unittest

from harness import Case, Result, environment, program, run
from test_seal import LETTERS, ROOT, SANITIZED
from test_seal_missing import TAKEN

NOBODY = 65534


def as_nobody(*args):
	done = subprocess.run([program(), *args], capture_output=True, env=environment(), timeout=120, user=NOBODY,
		group=NOBODY, extra_groups=[], cwd="/", start_new_session=True)
	return Result(done.returncode, done.stdout, done.stderr)


def works_without(rows):
	"""{attempt: {layer: letters of the profiles in which it worked once the layer was removed}}"""
	found = {}
	for row in rows:
		if row["layers"].startswith("all but ") and row["sealed"] == "worked":
			layers = found.setdefault(row["attempt"], {})
			layer = row["layers"][len("all but "):]
			layers[layer] = layers.get(layer, "") + LETTERS[row["profile"].upper()]
	return found


def manual():
	with open(os.path.join(ROOT, "man", "carrel-seal.7"), encoding="utf-8") as f:
		section = f.read().split(".Ss What gets through without a layer", 1)[1].split(".Sh", 1)[0]
	found = {}
	for attempt, layer, letters in re.findall(r"^\.It (.+?) Ta (\w+) Ta (\w+)$", section, re.M):
		found.setdefault(attempt, {})[layer] = letters
	return found




@unittest.skipIf(SANITIZED, "a build with a sanitizer has a wider seal")
class Layers(Case):
	def rows(self, result):
		self.ok(result)
		rows = [row for row in result.json if "machine" not in row]
		summary = rows.pop()["summary"]
		whole = [row for row in rows if row["layers"] == "all"]
		self.assertEqual(summary["attempts"], len(whole))
		self.assertEqual(summary["worked"], 0)
		self.assertGreaterEqual(len({row["attempt"] for row in whole}), 90)
		self.assertEqual(len(whole), len({(row["attempt"], row["profile"]) for row in whole}))
		return rows

	def test_the_manual_has_what_works_without_a_layer(self):
		rows = self.rows(run("selftest", "--layers", "--json", cwd=self.dir))
		found = works_without(rows)
		alone = {row["layers"] for row in rows if row["sealed"] == "worked" and " " not in row["layers"]}
		self.assertEqual(alone, {"namespace", "landlock"} | (alone & {"seccomp"})) # none of these holds everything
		if os.getuid() == 0 and os.access(program(), os.X_OK):
			for attempt, layers in works_without(self.rows(as_nobody("selftest", "--layers", "--json"))).items():
				found.setdefault(attempt, {}).update(layers)
		said = manual()
		more = {attempt: layers for attempt, layers in found.items() if layers != said.get(attempt)}
		lines = "\n".join(".It %s Ta %s Ta %s" % (attempt, layer, letters)
			for attempt, layers in sorted(found.items()) for layer, letters in layers.items())
		self.assertEqual(more, {}, "these lines belong into carrel-seal(7):\n" + lines)
		self.assertGreater(len(found), len(said) * 3 // 4) # what the machine has no controls for may lack

	@unittest.skipUnless(os.getuid() == 0, "only root can become somebody else")
	def test_nobody_can_run_it(self):
		result = as_nobody("selftest")
		self.ok(result)
		self.assertIn(" 0 worked", result.text)

	def test_a_machine_without_a_layer_is_told(self):
		for layer in ("landlock", "namespace"):
			done = subprocess.run([program(), "selftest", "--json"], capture_output=True, env=environment(), timeout=120,
				stdin=subprocess.DEVNULL, preexec_fn=TAKEN[layer], cwd=self.dir, start_new_session=True)
			if done.returncode in (98, 99):
				self.skipTest("this machine does not let the layer be taken away")
			rows = [row for row in map(json.loads, done.stdout.splitlines()) if "machine" not in row]
			summary = rows.pop()["summary"]
			self.assertEqual(summary["layers"], "all but " + layer)
			# the others hold or do not hold: what worked is said, and is the exit status
			worked = {row["attempt"] for row in rows if not row["ok"]}
			self.assertEqual(done.returncode, 3 if worked else 0)
			self.assertLessEqual(worked, {attempt for attempt, layers in manual().items() if layer in layers}
				| {attempt for attempt in worked if layer == "namespace"})
			self.assertIn(b"this machine has no " + layer.encode(), done.stderr)
