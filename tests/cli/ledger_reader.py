"""A second reader of a room's ledger, written from carrel-record(5) and carrel-ledger(5) alone.

It shares no code with the program: sqlite3 and hashlib of the standard library, ssh-keygen for signatures.
"""

import base64
import hashlib
import json
import os
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from rfc8785 import encode, unique  # noqa: E402

HEADER = re.compile(
	rb"carrel-record v1\n"
	rb"room (?P<room>[0-9a-f]{32})\n"
	rb"type (?P<type>[a-z]+)\n"
	rb"time (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n"
	rb"boot (?P<boot>[0-9a-f-]{36}) (?:0|[1-9]\d*)\n"
	rb"actor (?P<actor>SHA256:[A-Za-z0-9+/]{43})\n"
	rb"session (?P<session>-|SHA256:[A-Za-z0-9+/]{43})\n"
	rb"audience all\n"
	rb"tree (?P<size>0|[1-9]\d*) (?P<root>[0-9a-f]{64})\n"
	rb"\n")
BY_SESSION = {"close", "index", "page", "search", "list", "diff", "checkpoint", "selftest", "note"}


class Bad(Exception):
	pass


def need(holds, *why):
	if not holds:
		raise Bad(" ".join(str(word) for word in why))


def sha256(*parts):
	return hashlib.sha256(b"".join(parts)).digest()


def fingerprint(line):
	return "SHA256:" + base64.b64encode(sha256(base64.b64decode(line.split()[1]))).decode().rstrip("=")


class Tree:
	"""RFC 6962, by its recursive definition over full subtrees."""

	def __init__(self):
		self.leaves = []
		self.full = {}

	def add(self, leaf):
		self.leaves.append(sha256(b"\0", leaf))

	def hash(self, start, end):
		if end - start == 1:
			return self.leaves[start]
		half = 1
		while half * 2 < end - start:
			half *= 2
		if (start, end) not in self.full:
			value = sha256(b"\1", self.hash(start, start + half), self.hash(start + half, end))
			if (end - start) != half * 2:
				return value
			self.full[start, end] = value
		return self.full[start, end]

	def root(self, size):
		return self.hash(0, size) if size else sha256()


class Record:
	def __init__(self, index, leaf):
		self.index = index
		length, = struct.unpack(">I", leaf[:4])
		self.bytes, rest = leaf[4:4 + length], leaf[4 + length:]
		length, = struct.unpack(">I", rest[:4])
		self.blob = rest[4:]
		need(len(self.bytes) <= 65536 and len(self.blob) == length, index, "leaf")
		match = HEADER.match(self.bytes)
		need(match, index, "header")
		self.__dict__.update({key: value.decode() for key, value in match.groupdict().items()})
		self.size = int(self.size)
		text = self.bytes[match.end():]
		self.payload = json.loads(text.decode("utf-8"), object_pairs_hook=unique)
		need(encode(self.payload).encode("utf-8") == text, index, "payload is not canonical")
		self.hash = sha256(self.bytes).hex()

	@property
	def armour(self):
		text = base64.b64encode(self.blob).decode()
		lines = [text[i:i + 70] for i in range(0, len(text), 70)]
		return "\n".join(["-----BEGIN SSH SIGNATURE-----"] + lines + ["-----END SSH SIGNATURE-----", ""])


def check_signature(record, line):
	"""By ssh-keygen, with the one key that must have signed."""
	with tempfile.TemporaryDirectory() as folder:
		signers, armour = os.path.join(folder, "signers"), os.path.join(folder, "sig")
		with open(signers, "w") as file:
			file.write("x " + line + "\n")
		with open(armour, "w") as file:
			file.write(record.armour)
		done = subprocess.run(["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "x", "-n", "record@carrel", "-s", armour],
			input=record.bytes, capture_output=True)
	need(done.returncode == 0, record.index, "signature:", done.stderr)


def read(path, signatures=True):
	"""Checks rules 1 to 9 of carrel-ledger(5) on the room at `path`; its records."""
	db = sqlite3.connect("file:%s?mode=ro" % os.path.join(path, "room.db"), uri=True)
	records, tree, keys, sessions, hashes = [], Tree(), {}, {}, set()
	for position, (index, leaf) in enumerate(db.execute("SELECT idx, leaf FROM record ORDER BY idx")):
		need(index == position, index, "is missing")
		record = Record(index, leaf)
		need((record.type == "room") == (index == 0), index, "genesis")
		need(record.room == (records[0].room if records else record.room), index, "of another room")
		need(record.hash not in hashes, index, "is there twice")
		need(record.size <= index and tree.root(record.size).hex() == record.root, index, "tree")
		lines = record.payload["keys"] if record.type == "room" else []
		if record.type in ("person", "session"):
			lines = [record.payload["key"]]
		keys.update({fingerprint(line): line for line in lines})
		if record.type == "session":
			need(record.session not in sessions and record.session == fingerprint(lines[0]), index, "session key")
			sessions[record.session] = [index, record.actor, False]
		elif record.session != "-":
			opened, actor, closed = sessions[record.session]
			need(actor == record.actor and not closed and record.size > opened, index, "session")
			sessions[record.session][2] = record.type == "close"
		if signatures:
			check_signature(record, keys[record.session if record.type in BY_SESSION else record.actor])
		for item in record.payload.get("attach", []):
			parts = db.execute("SELECT bytes FROM attachment WHERE sha256 = ? ORDER BY part",
				(bytes.fromhex(item["sha256"]),))
			data = b"".join(part for part, in parts)
			need(len(data) == item["size"] and sha256(data).hex() == item["sha256"], index, "attachment", item["name"])
		hashes.add(record.hash)
		records.append(record)
		tree.add(leaf)
	db.close()
	return records, tree.root(len(records)).hex()
