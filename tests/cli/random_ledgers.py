"""Random ledgers, good and broken, made with nothing of the program: as rows of a room.db and as an exported file."""

import base64
import hashlib
import importlib.machinery
import importlib.util
import json
import os
import random
import sqlite3
import struct

import harness

CHECKER = os.path.join(harness.HERE, "..", "..", "annotations", "verifier", "carrel-check")
BY_SESSION = ("close", "index", "page", "search", "list", "diff", "checkpoint", "selftest", "note")
HASH, OID = "a" * 64, "b" * 40


def load_checker():
	loader = importlib.machinery.SourceFileLoader("carrel_check", CHECKER)
	spec = importlib.util.spec_from_loader("carrel_check", loader)
	module = importlib.util.module_from_spec(spec)
	loader.exec_module(module)
	return module


curve = load_checker()  # its arithmetic alone, to sign with


def sha256(*parts):
	return hashlib.sha256(b"".join(parts)).digest()


def string(*parts):
	return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def canonical(value):
	return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Key:
	def __init__(self, rng):
		self.half = hashlib.sha512(rng.randbytes(32)).digest()
		a = int.from_bytes(self.half[:32], "little")
		self.scalar = a & (1 << 254) - 8 | 1 << 254
		self.named(curve.packed(curve.times(self.scalar, curve.BASE)))

	def named(self, public):
		self.public = public
		self.blob = string(b"ssh-ed25519", self.public)
		self.line = "ssh-ed25519 " + base64.b64encode(self.blob).decode()
		self.print = "SHA256:" + base64.b64encode(sha256(self.blob)).decode().rstrip("=")

	def sign(self, message):
		r = int.from_bytes(hashlib.sha512(self.half[32:] + message).digest(), "little") % curve.L
		point = curve.packed(curve.times(r, curve.BASE))
		k = int.from_bytes(hashlib.sha512(point + self.public + message).digest(), "little")
		return point + ((r + k * self.scalar) % curve.L).to_bytes(32, "little")

	def sshsig(self, namespace, message):
		signed = b"SSHSIG" + string(namespace, b"", b"sha512", hashlib.sha512(message).digest())
		inner = string(b"ssh-ed25519", self.sign(signed))
		return b"SSHSIG" + struct.pack(">I", 1) + string(self.blob, namespace, b"", b"sha512", inner)


def armour(blob):
	text = base64.b64encode(blob).decode()
	lines = "".join(text[i:i + 70] + "\n" for i in range(0, len(text), 70))
	return ("-----BEGIN SSH SIGNATURE-----\n" + lines + "-----END SSH SIGNATURE-----\n").encode()


def tree(leaves):
	if len(leaves) < 2:
		return leaves[0] if leaves else sha256()
	k = 1 << (len(leaves) - 1).bit_length() - 1
	return sha256(b"\1", tree(leaves[:k]), tree(leaves[k:]))


class Ledger:
	"""Fills itself with `count` records; `faults` of them are wrong in some way."""

	def __init__(self, seed, count=18, faults=0):
		self.rng = random.Random(seed)
		self.room, self.leaves, self.hashes, self.records, self.attachments = self.rng.randbytes(16).hex(), [], [], [], {}
		self.people = {name: Key(self.rng) for name in ("henry", "ida", "otto", "vera", "nobody")}
		self.room_key, self.sessions, self.threads, self.notes, self.searches = Key(self.rng), [], [], [], []
		self.add("room", {"product": "p", "host": "henry", "keys": [self.people["henry"].line], "room_key": self.room_key.line,
			"practice": True, "formats": {"ledger": 1, "record": 1}}, "henry", None)
		self.open("henry")
		for name, role in (("ida", "inspector"), ("otto", "auditor"), ("vera", "vendor")):
			self.add("person", {"name": name, "role": role, "key": self.people[name].line}, "henry", self.sessions[0])
		wrong = set(self.rng.sample(range(count), faults))
		self.calm = faults == 0 or self.rng.random() < 0.5  # nothing is wrong by chance
		for i in range(count):
			self.step(i in wrong)

	def open(self, who, key=None, **more):
		key = key or Key(self.rng)
		self.sessions.append((key, who))
		self.add("session", {"key": key.line, "program": HASH, "command": "desk", "seal": {}}, who, self.sessions[-1], **more)

	def leaf(self, size=None):
		return tree(self.hashes[:len(self.hashes) if size is None else size])

	def add(self, kind, payload, who, session, fault=None, attach=()):
		for name, data in attach:
			payload.setdefault("attach", []).append({"name": name, "sha256": sha256(data).hex(), "size": len(data)})
		size, actor = len(self.hashes), self.people[who]
		root, room, version = self.leaf(), self.room, 1
		sign = session[0] if kind in BY_SESSION else actor
		text = canonical(payload)
		if fault == "head":
			root = bytes([root[0] ^ 1]) + root[1:]
		elif fault == "old head" and size > 2:
			size = self.rng.randrange(1, size)
			root = self.leaf(size)
		elif fault == "future head":
			size += 1
		elif fault == "room":
			room = sha256(room.encode()).hex()[:32]
		elif fault == "key":
			sign = self.people["nobody"]
		elif fault == "payload":
			text = self.rng.choice((text + " ", text.replace(":", ": ", 1), text[:-1] + ',"zz":1}', "[]", text[:-1], text.replace('"', "'", 1)))
		elif fault == "version":
			version = 2
		header = ("carrel-record v%d\nroom %s\ntype %s\ntime 2026-11-24T10:00:%02dZ\nboot 00000000-0000-0000-0000-000000000000 %d\n"
			"actor %s\nsession %s\naudience all\ntree %d %s\n\n") % (version, room, kind, len(self.hashes) % 60, len(self.hashes),
			actor.print, session[0].print if session else "-", size, root.hex())
		data = (header + text).encode()
		if fault == "twin":
			data = self.records[-1][0]
		namespace = b"record@carrel" if fault != "namespace" else b"report@carrel"
		blob = sign.sshsig(namespace, data) if fault != "twin" else self.records[-1][1]
		if fault == "signature":
			at = self.rng.randrange(len(blob))
			blob = blob[:at] + bytes([blob[at] ^ 1 << self.rng.randrange(8)]) + blob[at + 1:]
		self.put(data, blob)
		for name, data in attach:
			digest = sha256(data)
			if fault == "attachment":
				data = self.rng.choice((data + b"x", data[:-1], bytes([data[0] ^ 1]) + data[1:]))
			if fault not in ("payload", "version", "twin"):
				self.attachments.setdefault(digest, data)

	def put(self, data, blob):
		leaf = string(data, blob)
		self.records.append((data, blob))
		self.leaves.append(leaf)
		self.hashes.append(sha256(b"\0", leaf))

	def note(self, size=None, key=None):
		size = len(self.hashes) if size is None else size
		origin = "carrel/" + self.room
		body = "%s\n%d\n%s\n" % (origin, size, base64.b64encode(self.leaf(size)).decode())
		key = key or self.room_key
		blob = sha256(origin.encode() + b"\n\1" + key.public)[:4] + key.sign(body.encode())
		return (body + "\n\u2014 %s %s\n" % (origin, base64.b64encode(blob).decode())).encode()

	def head(self, size=None):
		size = len(self.hashes) if size is None else size
		return {"size": size, "root": self.leaf(size).hex()}

	FAULTS = ("head", "old head", "future head", "room", "key", "payload", "version", "twin", "namespace", "signature", "attachment",
		"session", "stranger", "role", "checkpoint", "slip", "reveal")

	def step(self, wrong):
		fault = self.rng.choice(self.FAULTS) if wrong else None
		session = self.rng.choice(self.sessions)
		who = session[1]
		if fault == "session":
			session = (Key(self.rng), who) if self.rng.random() < 0.5 else (session[0], "vera" if who != "vera" else "ida")
			who = session[1]
		if fault == "stranger":
			return self.open("nobody")
		kind = self.rng.choice(("open", "page", "say", "answer", "state", "checkpoint", "cosign", "import", "policy", "close", "revoke",
			"confirm", "visit", "selftest", "roomkey", "search", "reveal"))
		if self.calm and not wrong:
			kind = self.rng.choice(("open", "page", "say", "checkpoint", "cosign", "selftest", "roomkey", "search", "reveal", "close"))
		kind = {"checkpoint": self.rng.choice(("checkpoint", "cosign")), "slip": "visit", "reveal": "reveal", "attachment": "selftest"}.get(fault, kind)
		getattr(self, "do_" + kind)(who, session, fault)

	def as_role(self, who, session, due, fault):
		"""Somebody of that role, unless the role is what is wrong."""
		if fault in ("role", "session"):
			return who, session
		for other in self.sessions:
			if other[1] == due:
				return due, other
		self.open(due)
		return due, self.sessions[-1]

	def do_open(self, _, __, fault):
		self.open(self.rng.choice(("henry", "ida", "otto", "vera")), fault=fault)

	def do_page(self, who, session, fault):
		self.add("page", {"order": 1, "unit": 0, "end": True, "verb": "page", "rows": 1, "files": 1, "lines": 3, "bytes": 9, "root": HASH,
			"sent": 5, "sha256": HASH, "path": "a/\u00f6 \U0001f600.c", "blob": OID, "first": 1, "last": len(self.hashes)}, who, session, fault)

	def do_search(self, who, session, fault):
		salt, order = self.rng.randbytes(32), self.rng.randbytes(9)
		self.add("search", {"order": len(self.hashes), "unit": 0, "end": False, "verb": "search", "releases": ["1.0"], "rows": 1, "files": 1,
			"lines": 3, "bytes": 9, "root": HASH, "sent": 5, "sha256": HASH,
			"query": sha256(b"carrel-query v1\n", salt, order).hex()}, who, session, fault)
		self.searches.append((sha256(self.records[-1][0]).hex(), salt, order))

	def do_reveal(self, who, session, fault):
		if not self.searches:
			return self.do_search(who, session, fault)
		who, session = self.as_role(who, session, "ida", fault)
		record, salt, order = self.rng.choice(self.searches)
		if fault == "reveal":
			record, salt, order = self.rng.choice(((sha256(self.records[0][0]).hex(), salt, order), (record, order * 3 + order[:5], order),
				(record, salt, order + b"x"), (HASH, salt, order)))
		self.add("reveal", {"record": record, "salt": salt.hex()}, who, session, fault, [("order", order)])

	def do_say(self, who, session, fault):
		who, session = self.as_role(who, session, "ida", fault)
		data = {"kind": self.rng.choice(("finding", "note", "question")), "text": "words \"quoted\" \\ %d\n\ttabbed" % len(self.hashes),
			"anchors": [{"release": "1.0", "path": "^[<FF>", "path_b64": "G/8=", "blob": OID, "first": 1, "last": 2, "text": HASH,
				"context": HASH}]}
		self.add("annotate", data, who, session, fault)
		self.threads.append(sha256(self.records[-1][0]).hex())

	def thread(self):
		return self.rng.choice(self.threads) if self.threads and self.rng.random() < 0.95 else HASH

	def do_answer(self, who, session, fault):
		if not self.threads and not fault:
			return
		who, session = self.as_role(who, session, "vera", fault)
		thread = self.thread()
		after = thread if self.rng.random() < 0.9 else sha256(self.rng.choice(self.records)[0]).hex()
		self.add("reply", {"thread": thread, "after": [after], "text": "answer %d" % len(self.hashes)}, who, session, fault)

	def do_state(self, who, session, fault):
		if not self.threads:
			return
		state = self.rng.choice(("answered", "fix promised", "disputed", "resolved", "withdrawn", "re-opened", "risk accepted", "open"))
		thread = self.thread()
		self.add("state", {"thread": thread, "after": [thread], "state": state, "text": "%d" % len(self.hashes)}, who, session, fault)

	def do_checkpoint(self, who, session, fault):
		size, key = len(self.hashes), None
		note = self.note()
		payload = {"head": self.head(), "why": "asked", "sha256": sha256(note).hex()}
		if fault == "checkpoint":
			what = self.rng.randrange(4)
			key = self.people["nobody"] if what == 0 else None
			note = self.note(size, key)
			payload["head"] = self.head(size - 1) if what == 1 else self.head()
			payload["sha256"] = sha256(note).hex() if what != 2 else HASH
			note = note[:-3] + b"AA\n" if what == 3 else note
		self.notes.append(note)
		self.add("checkpoint", payload, who, session, fault, [("checkpoint", note)])

	def do_cosign(self, who, session, fault):
		size = self.rng.randrange(1, len(self.hashes) + 1)
		note, by = self.note(size), self.people[who]
		if fault == "checkpoint":
			by = self.people[self.rng.choice(("nobody", who))]
			size = max(1, size - 1)
		signature = armour(by.sshsig(b"checkpoint@carrel" if fault != "namespace" else b"record@carrel", note))
		self.add("cosign", {"head": self.head(size), "by": by.print, "checkpoint": sha256(note).hex()}, who, session, fault,
			[("checkpoint", note), ("signature", signature)])

	def do_import(self, who, session, fault):
		who, session = self.as_role(who, session, "henry", fault)
		name = "r%d" % self.rng.randrange(6)
		data = b"100644 blob %s      12\ta.c\0" % OID.encode() + name.encode()
		self.add("import", {"release": name, "kind": "archive", "source": "a.tar", "commit": OID, "tree": OID, "manifest": sha256(data).hex(),
			"files": 1, "blobs": 1, "bytes": 12, "odd": 0, "segment": HASH}, who, session, fault, [("manifest", data)])

	def do_policy(self, who, session, fault):
		who, session = self.as_role(who, session, "henry", fault)
		text = self.rng.choice(("two-people yes\n", "# none %d\n" % len(self.hashes), "two-people no\npipe-source yes\n", "two-people yes", "what\n",
			"lock-after 60\n", "lock-after 86401\n"))
		self.add("policy", {"text": text}, who, session, fault)

	def do_revoke(self, who, session, fault):
		who, session = self.as_role(who, session, "henry", fault)
		name = self.rng.choice(("vera", "otto", "zoe", "henry"))
		self.add("revoke", {"name": name, "why": "%d" % len(self.hashes)}, who, session, fault)
		if name != "henry" and self.rng.random() < 0.7:
			self.people[name] = Key(self.rng)
			self.add("person", {"name": name, "role": self.rng.choice(("vendor", "auditor")), "key": self.people[name].line}, who, session)

	def do_confirm(self, who, session, fault):
		who, session = self.as_role(who, session, "otto", fault)
		target = sha256(self.rng.choice(self.records[-4:])[0]).hex()
		self.add("confirm", {"record": target, "text": "%d" % len(self.hashes)}, who, session, fault)

	def do_visit(self, who, session, fault):
		payload = {"what": self.rng.choice(("open", "close")), "slip": self.head(self.rng.randrange(1, len(self.hashes))),
			"text": "%d" % len(self.hashes)}
		if fault == "slip":
			payload["slip"]["size"] += self.rng.choice((1, 1000))
		if payload["what"] == "close":
			payload["opened"] = sha256(self.rng.choice(self.records[-5:])[0]).hex()
		self.add("visit", payload, who, session, fault)

	def do_selftest(self, who, session, fault):
		self.add("selftest", {"program": HASH, "attempts": 2, "denied": 2, "not_possible": 0, "worked": 0}, who, session, fault,
			[("table", b"row %d\n" % self.rng.randrange(3))])

	def do_roomkey(self, who, session, fault):
		who, session = self.as_role(who, session, "henry", fault)
		key = Key(self.rng)
		self.add("roomkey", {"room_key": key.line}, who, session, fault)
		if who == "henry" and fault not in ("payload", "version", "twin"):
			self.room_key = key  # in force, whoever signed for it

	def do_close(self, who, session, fault):
		if self.calm and len(self.sessions) == 1:
			self.open(who)
		self.add("close", {"pages": 0, "searches": 0, "lists": 0, "diffs": 0, "lines": 0, "bytes": 0, "said": 0}, who, session, fault)
		if session in self.sessions and (self.calm or self.rng.random() < 0.9) and len(self.sessions) > 1:
			self.sessions.remove(session)

	# ---- one of each ----

	def sample(self, kind):
		"""A value of a kind that carrel-check knows; of an object every field."""
		if kind[0] == "=":
			return kind[1:].split("|")[0].replace("_", " ")
		if kind.endswith("[]"):
			return [self.sample(kind[:-2])]
		if kind in ("seals", "nums"):
			return {"n": self.sample(kind[:-1])}
		if kind in curve.OBJECTS:
			return self.sample_object(kind)
		key = self.people["ida"]
		return {"num": 1, "bool": True, "hash": HASH, "oid": OID, "room": HASH[:32], "print": key.print, "key": key.line, "plain": key.line}.get(kind, "words")

	def sample_object(self, kind):
		fields = (field.partition(":") for field in curve.FIELDS[kind].split())
		return {key.rstrip("?"): self.sample(value) for key, _, value in fields}

	def add_each_type(self):
		"""A record of every type there is, with all keys that it may have: of good form, whether anybody might say it or not."""
		for kind in sorted(set(curve.MAY) - {"room"}):
			self.add(kind, self.sample_object(kind), "henry", self.sessions[0], attach=[("table", kind.encode() * 3)])

	# ---- out of memory ----

	def write_db(self, source, path):
		"""A room.db of the schema that `source` has, with the leaves, nodes and attachments; nothing that is computed from records."""
		source = sqlite3.connect("file:%s?mode=ro" % source, uri=True)
		db = sqlite3.connect(path)
		for pragma in ("application_id", "user_version"):
			db.execute("PRAGMA %s = %d" % (pragma, source.execute("PRAGMA " + pragma).fetchone()[0]))
		for statement, in source.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"):
			db.execute(statement)
		source.close()
		number, stack = 0, []
		for i, leaf in enumerate(self.leaves):
			db.execute("INSERT INTO record VALUES (?, ?)", (i, leaf))
			node, bits = self.hashes[i], i
			db.execute("INSERT INTO node VALUES (?, ?)", (number, node))
			while bits & 1:
				node, bits, number = sha256(b"\1", stack.pop(), node), bits >> 1, number + 1
				db.execute("INSERT INTO node VALUES (?, ?)", (number, node))
			number += 1
			stack.append(node)
		for digest, data in self.attachments.items():
			db.execute("INSERT INTO attachment VALUES (?, 0, ?)", (digest, data))
		db.commit()
		db.execute("PRAGMA journal_mode = WAL")
		db.close()

	def write_file(self, path, key=None):
		with open(path, "wb") as file:
			file.write(b"carrel-ledger v1\nside all\n" + self.note(key=key) + b"\n" + b"".join(b"\0" + leaf for leaf in self.leaves))
			for data in self.attachments.values():
				file.write(struct.pack(">Q", len(data)) + data)
