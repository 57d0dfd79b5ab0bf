"""What a sceptic checks without us: signatures, canonical payloads, and that nothing is shown before it is recorded."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from harness import Case, environment, program, run

SOURCE = {
	"src/main.c": "int canary_7f3a(void)\n{\n\treturn 1;\n}\n" + "".join(f"int line_{i};\n" for i in range(2000)),
	"src/größe.c": "int b;\n",
}


def jcs(value):
	"""RFC 8785, written from its text alone."""
	if value is None or isinstance(value, bool):
		return {None: "null", True: "true", False: "false"}[value]
	if isinstance(value, int):
		return str(value)
	if isinstance(value, str):
		out = ['"']
		short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
		for c in value:
			out.append(short.get(c) or (f"\\u{ord(c):04x}" if c < " " else c))
		return "".join(out) + '"'
	if isinstance(value, list):
		return "[" + ",".join(jcs(v) for v in value) + "]"
	keys = sorted(value, key=lambda k: k.encode("utf-16-be"))
	return "{" + ",".join(jcs(k) + ":" + jcs(value[k]) for k in keys) + "}"


def keygen_verify(folder, signers, who, namespace, signature, data):
	paths = {}
	for name, content in (("signers", signers), ("sig", signature)):
		paths[name] = os.path.join(folder, name)
		with open(paths[name], "wb") as file:
			file.write(content)
	return subprocess.run(["ssh-keygen", "-Y", "verify", "-f", paths["signers"], "-I", who, "-n", namespace, "-s", paths["sig"]],
		input=data, capture_output=True, check=False)


class Signatures(Case):
	def head(self, room):
		return room.plain("log", "--json").json

	def check_record(self, room, index, who):
		raw = self.ok(room.plain("record", str(index), "--raw")).out
		signature = self.ok(room.plain("record", str(index), "--signature")).out
		signers = self.ok(room.plain("roster", "export")).out
		good = keygen_verify(self.dir, signers, who, "record@carrel", signature, raw)
		self.assertEqual(good.returncode, 0, good.stderr)
		self.assertIn(b"Good", good.stdout)
		for at in range(0, len(raw), max(1, len(raw) // 40)):
			flipped = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:]
			self.assertNotEqual(keygen_verify(self.dir, signers, who, "record@carrel", signature, flipped).returncode, 0)

	def annotation(self, room):
		return [r["index"] for r in self.head(room) if r["type"] == "annotate"][-1]

	def test_a_file_keys_annotation_is_good_to_ssh_keygen(self):
		room = self.imported_room(SOURCE)
		self.ok(room("annotate", "1.0:src/main.c:1-3", "--kind", "finding", "--title", "t", "-m", "words", as_="anna"))
		self.check_record(room, self.annotation(room), "anna")

	def test_an_agents_annotation_with_an_encrypted_key_is_good_to_ssh_keygen(self):
		room = self.imported_room(SOURCE)
		key = os.path.join(self.dir, "id")
		subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "correct horse", "-C", "ines", "-f", key], check=True)
		self.ok(room("roster", "add", "ines", "--role", "inspector", "--pub", key + ".pub"))
		ask = self.file("ask", "#!/bin/sh\necho correct horse\n")
		os.chmod(ask, 0o700)
		folder = tempfile.mkdtemp(prefix="carrel-agent-")
		self.addCleanup(shutil.rmtree, folder)
		socket = os.path.join(folder, "s")
		agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
		self.addCleanup(agent.wait)
		self.addCleanup(agent.terminate)
		env = dict(os.environ, SSH_AUTH_SOCK=socket, SSH_ASKPASS=ask, SSH_ASKPASS_REQUIRE="force", DISPLAY="none:0")
		while subprocess.run(["ssh-add", "-l"], env=env, capture_output=True, check=False).returncode == 2:
			pass
		subprocess.run(["ssh-add", "-q", key], env=env, check=True, stdin=subprocess.DEVNULL)
		os.unlink(key)
		self.ok(run("-C", room.path, "annotate", "1.0:src/main.c:2", "--kind", "question", "-m", "why?",
			env=environment(SSH_AUTH_SOCK=socket)))
		self.check_record(room, self.annotation(room), "ines")

	def test_every_payload_is_what_an_independent_encoder_writes(self):
		room = self.imported_room(SOURCE)
		self.ok(room("annotate", "1.0:src/größe.c:1", "--kind", "note", "-m", 'tab\there "quoted" \\ 漢字\nnext', as_="anna"))
		self.ok(room("search", "line_1", as_="anna"))
		self.ok(room("cat", "1.0:src/main.c:1-4", as_="anna"))
		rows = self.head(room)
		self.assertGreater(len(rows), 10)
		for row in rows:
			raw = self.ok(room.plain("record", str(row["index"]), "--raw")).out.decode()
			payload = raw.split("\n\n", 1)[1]
			self.assertEqual(jcs(json.loads(payload)), payload)

	def test_a_vendor_cannot_resolve(self):
		room = self.imported_room(SOURCE)
		self.ok(room("annotate", "1.0:src/main.c:1", "--kind", "finding", "--title", "t", "-m", "words", as_="anna"))
		thread = room.plain("threads", "--json").json[0]["thread"]
		before = len(self.head(room))
		self.fails(room("state", thread, "resolved", "-m", "done", as_="vera"), 3, "vendor")
		after = self.head(room)[before:]
		self.assertLessEqual({r["type"] for r in after}, {"session", "checkpoint", "close"})
		self.assertEqual(room.plain("threads", "--json").json[0]["state"], "open")
		self.ok(room("reply", thread, "-m", "we look into it", as_="vera"))
		self.ok(room.plain("verify"))

	def test_a_report_is_the_same_twice_and_its_signature_holds(self):
		room = self.imported_room(SOURCE)
		room.enrol("otto", "auditor")
		self.ok(room("annotate", "1.0:src/main.c:1", "--kind", "finding", "--title", "<b>t</b>", "-m", "words", as_="anna"))
		for form in ("html", "md", "json"):
			for name in ("a." + form, "b." + form):
				self.ok(room("report", "1.0", "--format", form, "-o", name, as_="otto"))
			data = [open(os.path.join(room.path, "outbox", n + "." + form), "rb").read() for n in "ab"]
			self.assertEqual(*data)
			self.assertNotIn(b"<b>t</b>" if form == "html" else b"\x1b", data[0])
			signature = open(os.path.join(room.path, "outbox", "a." + form + ".sig"), "rb").read()
			signers = self.ok(room.plain("roster", "export")).out
			self.assertEqual(keygen_verify(self.dir, signers, "otto", "report@carrel", signature, data[0]).returncode, 0)
			broken = data[0][:-2] + bytes([data[0][-2] ^ 1]) + data[0][-1:]
			self.assertNotEqual(keygen_verify(self.dir, signers, "otto", "report@carrel", signature, broken).returncode, 0)


@unittest.skipUnless(shutil.which("strace"), "no strace")
@unittest.skipIf("ASAN_OPTIONS" in os.environ or b"libasan" in subprocess.run(
	["readelf", "-d", program("carrel") if "CARREL_BUILD" in os.environ else "/bin/true"], capture_output=True, check=False).stdout,
	"sanitizers and strace do not mix")
class Order(Case):
	def test_no_source_leaves_the_keeper_before_its_record_is_synced(self):
		room = self.imported_room(SOURCE)
		for command in (["cat", "1.0:src/main.c"], ["search", "canary_7f3a"], ["def", "canary_7f3a"], ["outline", "1.0:src/main.c"]):
			with self.subTest(command[0]):
				self.trace(room, command)

	def trace(self, room, command):
		log = os.path.join(self.dir, "trace")
		done = subprocess.run(["strace", "-f", "-qq", "-y", "-s", "200000", "-o", log, "-e", "trace=execve,read,write,sendto,sendmsg,recvmsg,recvfrom,fdatasync,fsync,pwrite64,dup2,dup3",
			program(), *room.argv(*command, as_="anna")], capture_output=True, check=False, env=environment())
		self.assertEqual(done.returncode, 0, done.stderr)
		keeper, synced, shown = None, False, 0
		for line in open(log, encoding="latin-1"):
			pid, _, call = line.partition(" ")
			call = call.lstrip()
			if call.startswith("execve(") and "carrel-keeper" in call:
				keeper = pid
			if pid != keeper:
				continue
			if re.match(r"(fdatasync|fsync)\(\d+<[^>]*room\.db", call):
				synced = True
			elif re.match(r"(read|recvfrom|recvmsg)\(5<", call) and ("canary_7f3a" in call or "line_" in call):
				synced = False  # source came in: nothing of it may go out before the next sync
			elif re.match(r"(write|sendto|sendmsg)\(3<", call) and ("canary_7f3a" in call or "line_" in call):
				shown += 1
				self.assertTrue(synced, "source went out before a sync: " + call[:200])
		self.assertIsNotNone(keeper)
		self.assertGreater(shown, 0)


if __name__ == "__main__":
	unittest.main()
