"""The keeper's side of carrel-indexer, played by a test: base/message.h in a few lines of Python."""

import fcntl
import hashlib
import os
import socket
import subprocess
import tempfile

from harness import environment, program

DATA, WORK, CANCEL, PROGRESS, DONE, FAIL, RELEASES, RECORDED, SEALED, RESULT, READY = 5, 8, 9, 36, 38, 39, 64, 65, 98, 112, 113
IMPORT, REBUILD, FINISH = 1, 2, 3
REFUSED, FORMAT, SYSTEM, CANCELLED, USAGE = 3, 4, 5, 7, 2
PIECE = 100000


def num(value):
	out = bytearray()
	while value > 127:
		out.append(value & 127 | 128)
		value >>= 7
	out.append(value)
	return bytes(out)


def string(value):
	value = value if isinstance(value, bytes) else value.encode()
	return num(len(value)) + value


class Decoder:
	def __init__(self, data):
		self.data, self.at = data, 0

	def num(self):
		value = shift = 0
		while True:
			byte = self.data[self.at]
			self.at += 1
			value |= (byte & 127) << shift
			shift += 7
			if byte < 128:
				return value

	def string(self):
		length = self.num()
		self.at += length
		return self.data[self.at - length:self.at]

	def rest(self):
		return self.data[self.at:]

	def more(self):
		return self.at < len(self.data)


class Failed(Exception):
	def __init__(self, code, why):
		super().__init__("%d: %s" % (code, why))
		self.code, self.why = code, why


RELEASE_FIELDS = ("name", "kind", "commit", "tree", "manifest", "segment", "sha256")


class Result:
	"""A RESULT and the attachments before it."""

	def __init__(self, body, attachments):
		d = Decoder(body)
		for field in RELEASE_FIELDS:
			setattr(self, field, d.string().decode())
		self.source, self.revision, self.stripped = d.string(), d.string().decode(), d.string()
		segments = Decoder(d.string())
		self.segments = []
		while segments.more():
			self.segments.append((segments.string().decode(), segments.string().decode(), segments.num()))
		self.files, self.blobs, self.bytes, self.odd, self.known, self.finished = (d.num() for _ in range(6))
		self.attachments = attachments

	def release(self):
		return b"".join(string(getattr(self, field)) for field in RELEASE_FIELDS)

	@property
	def odds(self):
		"""[(path, what, why)]"""
		parts = self.attachments.get("odd", b"").split(b"\0")[:-1]
		return [(parts[i], parts[i + 1].decode(), parts[i + 2].decode()) for i in range(0, len(parts), 3)]


class Indexer:
	"""One run of carrel-indexer on a room; `ledger` is a list of Results that RECORDED ones are added to."""

	def __init__(self, room, source=None, ledger=None):
		self.ledger = ledger if ledger is not None else []
		self.progress, self.finished = [], []
		self.peer, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		fds = [theirs.fileno(), os.open(room, os.O_RDONLY | os.O_DIRECTORY)]
		if source is not None:
			fds.append(os.open(source, os.O_RDONLY))
		self.pid = os.fork()
		if self.pid == 0:
			try:
				high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 50) for fd in fds]
				for number, fd in enumerate(high, 3):
					os.dup2(fd, number)
				os.closerange(3 + len(fds), 100)
				os.execve(program("carrel-indexer"), ["carrel-indexer"], environment())
			finally:
				os._exit(127)
		theirs.close()
		for fd in fds[1:]:
			os.close(fd)
		self.exit = None

	def send(self, kind, order, body=b""):
		self.peer.send(num(kind) + num(order) + body)

	def receive(self):
		"""(kind, order, body), or None when the indexer is gone."""
		packet = self.peer.recv(1 << 20)
		if not packet:
			return None
		d = Decoder(packet)
		kind, order = d.num(), d.num()
		if kind == SEALED:
			return self.receive()
		if kind == FAIL:
			d2 = Decoder(d.rest())
			raise Failed(d2.num(), d2.string().decode("utf-8", "replace"))
		return kind, order, d.rest()

	def start(self, source, release="", revs="", kind=IMPORT, given=()):
		"""Waits for READY, gives the releases and what a rebuild is given, then the order."""
		kind_got, _, _ = self.receive()
		assert kind_got == READY, kind_got
		for result in self.ledger:
			self.send(RELEASES, 0, result.release())
		for name, data in given:
			for at in range(0, len(data), PIECE):
				self.send(DATA, 0, string(name) + data[at:at + PIECE])
		self.send(WORK, 1, num(kind) + string(source) + string(release) + string(revs))

	def results(self, record=True):
		"""All releases up to DONE.  `record`: say RECORDED, and keep them in the ledger."""
		attachments, out = {}, []
		while True:
			got = self.receive()
			if got is None:
				raise Failed(SYSTEM, "the indexer is gone")
			kind, order, body = got
			if kind == PROGRESS:
				d = Decoder(body)
				self.progress.append((d.num(), d.num(), d.string().decode(), d.string().decode()))
			elif kind == DATA:
				d = Decoder(body)
				name = d.string().decode()
				attachments[name] = attachments.get(name, b"") + d.rest()
			elif kind == RESULT:
				result = Result(body, attachments)
				manifest = attachments.get("manifest")
				assert manifest is None or hashlib.sha256(manifest).hexdigest() == result.manifest
				attachments = {}
				if result.finished:
					[held] = [held for held in self.ledger if held.name == result.name]
					held.segment = result.segment
					self.finished.append(result)
					self.send(RECORDED, order)
					continue
				out.append(result)
				if record and not result.known:
					self.ledger.append(result)
					self.send(RECORDED, order)
			elif kind == DONE:
				return out

	def wait(self):
		self.peer.close()
		if self.exit is None:
			_, status = os.waitpid(self.pid, 0)
			self.exit = os.waitstatus_to_exitcode(status)
		return self.exit


def run_import(room, source, ledger, release="", revs="", named=None):
	"""Imports and returns the Results; Failed is raised where the indexer fails."""
	indexer = Indexer(room, source, ledger)
	try:
		indexer.start(named if named is not None else source, release, revs)
		return indexer.results()
	finally:
		indexer.wait()


def run_rebuild(room, ledger):
	indexer = Indexer(room, None, ledger)
	given = [("%s/%s" % (kind, result.name), result.attachments[kind]) for result in ledger
		for kind in ("verdicts", "odd") if kind in result.attachments]
	try:
		indexer.start("", kind=REBUILD, given=given)
		return indexer.results()
	finally:
		indexer.wait()


def run_finish(room, ledger):
	"""What was finished."""
	indexer = Indexer(room, None, ledger)
	try:
		indexer.start("", kind=FINISH)
		indexer.results()
		return indexer.finished
	finally:
		indexer.wait()


def new_room(path):
	os.makedirs(os.path.join(path, "run"))
	return path


GIT_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
	"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t",
	"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t", "GIT_CONFIG_COUNT": "3",
	"GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
	"GIT_CONFIG_KEY_1": "init.defaultBranch", "GIT_CONFIG_VALUE_1": "main",
	"GIT_CONFIG_KEY_2": "protocol.file.allow", "GIT_CONFIG_VALUE_2": "always"}


def git(where, *args, stdin=b"", time=1700000000, fails=False):
	"""Standard output and error of git in `where`, bytes without the last newline."""
	date = "%d +0100" % time
	done = subprocess.run(["git", "-C", where] + list(args), input=stdin, stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT, env=dict(GIT_ENVIRONMENT, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date))
	if done.returncode != 0 and not fails:
		raise AssertionError("git %s: %d: %r" % (args, done.returncode, done.stdout))
	return done.stdout[:-1] if done.stdout.endswith(b"\n") else done.stdout


def written_tree(directory):
	"""What git makes of a directory: git add -f -A && git write-tree, with a repository elsewhere."""
	with tempfile.TemporaryDirectory() as other:
		git(other, "init", "-q", "--bare", "r.git")
		base = ["--git-dir", os.path.join(other, "r.git"), "--work-tree", directory]
		git(directory, *base, "add", "-f", "-A", ".")
		return git(directory, *base, "write-tree").decode()


def fsck(room):
	"""The lines of git fsck --strict over a room's source.git, sorted."""
	lines = git(os.path.join(room, "source.git"), "fsck", "--strict", fails=True).split(b"\n")
	return sorted(line for line in lines if line and not line.startswith(b"notice: "))


def contents(room):
	"""Everything in a room but its lock: {path: bytes}, for `a room as it was`."""
	out = {}
	for folder, _, names in os.walk(room):
		for name in names:
			path = os.path.join(folder, name)
			if name != "import.lock":
				with open(path, "rb") as f:
					out[os.path.relpath(path, room)] = f.read()
	return out
