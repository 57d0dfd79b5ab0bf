"""Keys in agents: a real ssh-agent that is locked, emptied, timed out or killed, and a token that wants to be touched."""
import base64
import ctypes
import ctypes.util
import hashlib
import os
import socket
import struct
import subprocess
import threading
import unittest

from harness import Case, Terminal, environment, run

SOURCE = {"a.c": "int alpha;\n"}


def string(data):
	return struct.pack(">I", len(data)) + data


def read_string(data):
	size = struct.unpack(">I", data[:4])[0]
	return data[4:4 + size], data[4 + size:]


class Token:
	"""An agent whose one key is a FIDO key in software; `flags`, `deed` and `other` say how it behaves.

	deed: sign; fail (declined, or the token is not there); leave (the connection ends); other (another key signs)."""

	TYPE = b"sk-ssh-ed25519@openssh.com"
	APPLICATION = b"ssh:"

	def __init__(self, path):
		self.sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
		self.sodium.sodium_init()
		self.public, self.secret = self.pair(b"token")
		self.deed, self.flags, self.counter, self.signed = "sign", 1, 0, 0
		self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
		self.server.bind(path)
		self.server.listen(8)
		self.server_thread = threading.Thread(target=self.serve, daemon=True)
		self.server_thread.start()

	def pair(self, seed):
		public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
		self.sodium.crypto_sign_seed_keypair(public, secret, hashlib.sha256(seed).digest())
		return public.raw, secret.raw

	def sign(self, secret, message):
		signature = ctypes.create_string_buffer(64)
		self.sodium.crypto_sign_detached(signature, None, message, ctypes.c_ulonglong(len(message)), secret)
		return signature.raw

	def blob(self):
		return string(self.TYPE) + string(self.public) + string(self.APPLICATION)

	def line(self):
		return "%s %s token\n" % (self.TYPE.decode(), base64.b64encode(self.blob()).decode())

	def answer(self, request):
		if request[0] == 11:
			return bytes([12]) + struct.pack(">I", 1) + string(self.blob()) + string(b"a token")
		if request[0] != 13 or self.deed == "fail":
			return bytes([5])
		_, rest = read_string(request[1:])
		data, _ = read_string(rest)
		self.counter += 1
		self.signed += 1
		state = bytes([self.flags]) + struct.pack(">I", self.counter)
		secret = self.pair(b"another")[1] if self.deed == "other" else self.secret
		signature = self.sign(secret, hashlib.sha256(self.APPLICATION).digest() + state + hashlib.sha256(data).digest())
		return bytes([14]) + string(string(self.TYPE) + string(signature) + state)

	def serve(self):
		while True:
			try:
				peer, _ = self.server.accept()
			except OSError:
				return
			threading.Thread(target=self.talk, args=(peer,), daemon=True).start()

	def talk(self, peer):
		with peer:
			while True:
				head = peer.recv(4, socket.MSG_WAITALL)
				if len(head) < 4:
					return
				request = peer.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)
				if request[0] == 13 and self.deed == "leave":
					return
				peer.sendall(string(self.answer(request)))

	def close(self):
		self.server.shutdown(socket.SHUT_RDWR) # ends accept(), which would else go on with the next token's descriptor
		self.server_thread.join()
		self.server.close()


class Fido(Case):
	def setUp(self):
		super().setUp()
		path = os.path.join(self.dir, "token")
		self.token = Token(path)
		self.addCleanup(self.token.close)
		self.room = self.imported_room(SOURCE)
		self.pub = self.file("token.pub", self.token.line())
		self.ok(self.room("roster", "add", "ida", "--role", "inspector", "--pub", self.pub))
		self.env = environment(SSH_AUTH_SOCK=path)

	def say(self, text="hm"):
		return self.room.plain("annotate", "1.0:a.c:1", "--kind", "note", "-m", text, env=self.env)

	def records(self):
		return self.room.plain("log", "--json", "--type", "annotate").json

	def test_a_touched_token(self):
		said = self.ok(self.say())
		self.assertIn("Touch the token that holds ida", said.error)
		[record] = self.records()
		self.assertEqual((record["actor"], record["signature"]), ("ida", "good"))
		n = str(record["index"])
		signers = self.file("signers", self.room.plain("roster", "export", "--at", n).out)
		signature = self.file("sig", self.room.plain("record", n, "--signature").out)
		done = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "ida", "-n", "record@carrel", "-s", signature],
			input=self.room.plain("record", n, "--raw").out, capture_output=True)
		self.assertEqual(done.returncode, 0, done.stderr)
		self.ok(self.room.plain("verify"))

	def test_an_untouched_one_signs_nothing(self):
		self.token.flags = 0
		said = self.say()
		self.assertIn("touch", said.error)
		self.assertNotEqual(said.code, 0)
		self.assertGreater(self.token.signed, 0)
		self.assertEqual(self.room.plain("log", "--type", "annotate").code, 1)
		self.assertNotIn("ida", [r["actor"] for r in self.room.plain("log", "--json").json])
		self.ok(self.room.plain("verify"))

	def test_one_that_does_not_sign(self):
		self.token.deed = "fail"
		self.fails_in_words(3, "not touched or is not there")
		self.token.deed = "leave"
		self.fails_in_words(5, "ssh-agent is gone")
		self.token.deed = "other"
		self.fails_in_words(1, "signature")
		self.assertEqual(self.room.plain("log", "--type", "annotate").code, 1)
		self.token.deed = "sign"
		self.ok(self.say())
		self.ok(self.room.plain("verify"))

	def fails_in_words(self, code, word):
		said = self.say()
		self.assertEqual(said.code, code, said)
		self.assertIn(word, said.error)


class Agent(Case):
	def setUp(self):
		super().setUp()
		self.path = os.path.join(self.dir, "agent")
		self.agent = subprocess.Popen(["ssh-agent", "-D", "-a", self.path], stdout=subprocess.PIPE)
		self.agent.stdout.readline() # it says its address when it listens
		self.addCleanup(self.stop)
		ask = self.file("ask", "#!/bin/sh\necho secret\n")
		os.chmod(ask, 0o700)
		self.env = environment(SSH_AUTH_SOCK=self.path, SSH_ASKPASS=ask, SSH_ASKPASS_REQUIRE="force", DISPLAY=":0")
		self.key = os.path.join(self.dir, "id")
		subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-C", "ida", "-f", self.key], check=True)
		self.room = self.imported_room(SOURCE)
		self.ok(self.room("roster", "add", "ida", "--role", "inspector", "--pub", self.key + ".pub"))

	def stop(self):
		self.agent.kill()
		self.agent.wait()
		self.agent.stdout.close()

	def add(self, *args):
		return subprocess.run(["ssh-add", *args], env=self.env, capture_output=True, stdin=subprocess.DEVNULL)

	def say(self):
		return self.room.plain("annotate", "1.0:a.c:1", "--kind", "note", "-m", "hm", env=self.env)

	def drafted(self):
		"""A conversation that has shown its draft, and waits for the word."""
		terminal = Terminal("-C", self.room.path, "annotate", "1.0:a.c:1", "--kind", "note", "-m", "words", env=self.env)
		terminal.until(b"Type 'sign'")
		return terminal

	def ends(self, terminal, code, words):
		terminal.type("sign\n")
		ended, seen = terminal.end()
		self.assertEqual(ended, code, seen)
		self.assertIn(words, seen)
		self.assertEqual(self.room.plain("log", "--type", "annotate").code, 1)
		self.ok(self.room.plain("verify"))

	def test_an_empty_and_a_strange_one(self):
		self.fails(self.say(), 3, "shows no key")
		self.fails(self.room.plain("reply", "x", "-m", "x"), 3, "no ssh-agent")
		other = os.path.join(self.dir, "other")
		subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
		self.assertEqual(self.add(other).returncode, 0)
		self.fails(self.say(), 3, "is enrolled")

	def test_a_locked_one(self):
		self.assertEqual(self.add(self.key).returncode, 0)
		self.ok(self.say())
		self.assertEqual(self.add("-x").returncode, 0)
		self.fails(self.say(), 3, "ssh-add -X")
		self.assertEqual(self.add("-X").returncode, 0)
		self.ok(self.say())

	def test_locked_between_draft_and_signature(self):
		self.assertEqual(self.add(self.key).returncode, 0)
		terminal = self.drafted()
		self.assertEqual(self.add("-x").returncode, 0)
		self.ends(terminal, 3, b"locked")

	def test_a_key_that_was_removed(self):
		self.assertEqual(self.add(self.key).returncode, 0)
		other = os.path.join(self.dir, "other")
		subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
		self.assertEqual(self.add(other).returncode, 0)
		terminal = self.drafted()
		self.assertEqual(self.add("-d", self.key).returncode, 0)
		self.ends(terminal, 3, b"expired or was removed")

	def test_a_key_whose_time_is_up(self):
		self.assertEqual(self.add(self.key).returncode, 0)
		terminal = self.drafted()
		self.assertEqual(self.add("-t", "1", self.key).returncode, 0)
		while self.add("-l").returncode == 0:
			pass
		self.ends(terminal, 3, b"expired")

	def test_one_that_is_killed(self):
		self.assertEqual(self.add(self.key).returncode, 0)
		terminal = self.drafted()
		self.agent.kill()
		self.agent.wait()
		self.ends(terminal, 5, b"ssh-agent is gone")

	def test_words_that_could_not_be_signed_are_kept(self):
		box = os.path.join(self.dir, "box")
		self.ok(run("key", "new", box, "--no-passphrase", "--box"))
		self.ok(self.room("roster", "add", "ida", "--role", "inspector", "--pub", self.key + ".pub", "--box", box + ".box"))
		self.assertEqual(self.add(self.key).returncode, 0)
		terminal = self.drafted()
		self.assertEqual(self.add("-x").returncode, 0)
		self.ends(terminal, 3, b"kept in your notebook")
		self.assertEqual(self.add("-X").returncode, 0)
		[draft] = self.ok(self.room.plain("log", "--drafts", "--json", env=self.env)).json
		self.assertIn("words", draft["text"])

	def test_two_people_in_one_agent(self):
		other = os.path.join(self.dir, "other")
		subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other], check=True)
		self.ok(self.room("roster", "add", "otto", "--role", "inspector", "--pub", other + ".pub"))
		for key in (self.key, other):
			self.assertEqual(self.add(key).returncode, 0)
		self.fails(self.say(), 2, "--as")
		self.ok(self.room.plain("--as", "otto", "annotate", "1.0:a.c:1", "--kind", "note", "-m", "hm", env=self.env))
		[record] = self.room.plain("log", "--json", "--type", "annotate").json
		self.assertEqual(record["actor"], "otto")


if __name__ == "__main__":
	unittest.main()
