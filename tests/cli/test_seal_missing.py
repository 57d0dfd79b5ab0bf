"""Machines that lack a layer of the seal, played by a parent that takes it away: refused, or named in the policy."""

import ctypes
import os
import platform
import struct
import subprocess
import unittest

from harness import Case, Result, environment, program

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
ENOSYS, EINVAL = 38, 22
LANDLOCK, SECCOMP = (444, 445, 446), (317,)
NEWUSER, NEWNS = 0x10000000, 0x20000


def deny(calls, error):
	"""From here on, in this process and its children, the calls of those numbers (x86_64) fail."""
	load, jump, ret = 0x20, 0x15, 0x06
	steps = [(load, 0, 0, 0)]
	for i, call in enumerate(calls):
		steps.append((jump, len(calls) - i, 0, call))
	steps += [(ret, 0, 0, 0x7fff0000), (ret, 0, 0, 0x00050000 | error)]
	code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
	filter_ = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code))
	libc = ctypes.CDLL(None, use_errno=True)
	if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, FILTER, filter_, 0, 0):
		os._exit(99)


def no_user_namespaces():
	"""A user namespace whose own limit of further ones is 0: as user.max_user_namespaces=0 is for everybody."""
	libc = ctypes.CDLL(None, use_errno=True)
	uid, gid = os.getuid(), os.getgid()
	if libc.unshare(NEWUSER):
		os._exit(98)
	for name, text in (("setgroups", "deny"), ("uid_map", "%d %d 1" % (uid, uid)), ("gid_map", "%d %d 1" % (gid, gid))):
		with open("/proc/self/" + name, "w", encoding="ascii") as f:
			f.write(text)
	with open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii") as f:
		f.write("0")


TAKEN = {
	"landlock": lambda: deny(LANDLOCK, ENOSYS),
	"namespace": no_user_namespaces,
	"seccomp": lambda: deny(SECCOMP, EINVAL),
}


@unittest.skipUnless(platform.machine() == "x86_64", "system calls by number")
class Missing(Case):
	def without(self, layer, argv):
		done = subprocess.run([program(), *argv], capture_output=True, env=environment(), timeout=120,
			stdin=subprocess.DEVNULL, preexec_fn=TAKEN[layer], start_new_session=True)
		if done.returncode in (98, 99):
			self.skipTest("this machine does not let the layer be taken away")
		return Result(done.returncode, done.stdout, done.stderr)

	def last_session(self, room):
		return [r for r in room.plain("log", "--json").json if r["type"] == "session"][-1]["payload"]

	def check(self, layer, bit):
		room = self.imported_room({"a.c": "int secret(void) { return 0; }\n"})
		size = room.plain("status", "--json").json[0]["size"]
		argv = room.argv("search", "secret", as_="anna")
		self.fails(self.without(layer, argv), 3, "this machine has no %s" % layer, "without-%s yes" % layer)
		self.assertEqual(room.plain("status", "--json").json[0]["size"], size)
		more = self.tree("more", {"b.c": "int b;\n"})
		self.fails(self.without(layer, room.argv("import", more, "--release", "2")), 3, "this machine has no %s" % layer)

		self.ok(room("policy", "set", self.file("policy", b"without-%s yes\n" % layer.encode())))
		found = self.without(layer, argv)
		self.ok(found)
		self.assertIn("secret", found.text)
		self.ok(self.without(layer, room.argv("import", more, "--release", "2")))
		payload = self.last_session(room)
		self.assertEqual(payload["accepted"], [layer])
		for process in ("keeper", "client", "indexer"):
			self.assertEqual(payload["seal"][process]["refused"], 7 & ~bit, process)
		self.assertEqual(self.without(layer, room.argv("status", "--json")).json[0]["seal"], "without " + layer)

		# a machine that has the layer closes it all the same
		self.ok(room("search", "secret", as_="anna"))
		payload = self.last_session(room)
		self.assertNotIn("accepted", payload)
		self.assertEqual({p["refused"] for p in payload["seal"].values()}, {7})
		self.assertEqual(set(payload["seal"]), {"keeper", "client", "supervisor", "reader"})
		self.ok(room.plain("verify"))

	def test_landlock_is_off(self):
		self.check("landlock", 2)

	def test_user_namespaces_are_off(self):
		self.check("namespace", 1)

	def test_seccomp_is_off(self):
		self.check("seccomp", 4)
