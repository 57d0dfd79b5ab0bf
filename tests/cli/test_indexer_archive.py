"""carrel-indexer: archives and directories become the commit that git would make of them."""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import shutil
import socket
import subprocess
import tarfile
import unittest
import zipfile

from harness import Case
from indexer_peer import FORMAT, USAGE, Failed, contents, fsck, git, new_room, run_import, written_tree

FILES = {
	"README": b"hello\n",
	"src/main.c": b"int main(void) { return 0; }\n" * 50,
	"src/deep/er/x.h": b"#define X\n",
	"src-old": b"sorts between src and src/\n",
	"src.c": b"so does this\n",
	"empty": b"",
	"bin/data": bytes(range(256)) * 40,
	"utf16.txt": "Grüße\n".encode("utf-16"),
	"name\nwith\x1b[31mescape": b"odd name\n",
	"caf\u00e9 \u4f60.txt": b"utf-8 name\n",
	".gitignore": b"*.o\n",
	"build/x.o": b"ignored by git, but not here\n",
}


class Sources(Case):
	def setUp(self):
		super().setUp()
		self.room = new_room(os.path.join(self.dir, "room"))
		self.ledger = []

	def source(self, top="acme-1.0"):
		path = self.tree(top, FILES)
		with open(os.fsencode(path) + b"/latin-\xe9", "wb") as f:
			f.write(b"not utf-8\n")
		os.chmod(os.path.join(path, "src/main.c"), 0o755)
		os.symlink("src/main.c", os.path.join(path, "link"))
		os.symlink("../../etc/passwd", os.path.join(path, "out"))
		os.makedirs(os.path.join(path, "nothing/here"))
		return path

	def take(self, path, **more):
		return run_import(self.room, path, self.ledger, **more)[0]

	def refused(self, path, code, *words, **more):
		before = contents(self.room)
		with self.assertRaises(Failed) as caught:
			self.take(path, **more)
		self.assertEqual(caught.exception.code, code, caught.exception)
		for word in words:
			self.assertIn(word, caught.exception.why)
		self.assertNotIn("\n", caught.exception.why)
		after = contents(self.room)
		if before:
			self.assertEqual(after, before)
		else:  # the first import makes an empty repository
			self.assertEqual([p for p in after if "pack" in p or "releases" in p or p.startswith(("index", "run"))], [])

	def manifest(self, result):
		return git(os.path.join(self.room, "source.git"), "ls-tree", "-r", "-z", "--full-tree", "--long", result.commit)

	@staticmethod
	def sums(folder):
		"""What the attachment sha256 holds for these files."""
		lines = set()
		for top, _, names in os.walk(os.fsencode(folder)):
			for path in (os.path.join(top, name) for name in names):
				if os.path.islink(path):
					data = os.readlink(path)
				else:
					with open(path, "rb") as f:
						data = f.read()
				oid = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
				lines.add("%s %s\n" % (oid, hashlib.sha256(data).hexdigest()))
		return "".join(sorted(lines)).encode()

	def archive(self, name, entries, opener=lambda path: open(path, "wb")):
		"""A tar of (name, type, data or link target, mode) in pax format."""
		path = os.path.join(self.dir, name)
		with opener(path) as out, tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
			for entry_name, kind, data, mode in entries:
				info = tarfile.TarInfo(entry_name)
				info.type, info.mode = kind, mode
				if kind == tarfile.REGTYPE:
					info.size = len(data)
					tar.addfile(info, io.BytesIO(data))
				else:
					info.linkname = data or ""
					tar.addfile(info)
		return path


class Good(Sources):
	def tar(self, source, name, opener):
		path = os.path.join(self.dir, name)
		with opener(path) as out, tarfile.open(fileobj=out, mode="w", errors="surrogateescape") as tar:
			tar.add(source, arcname=os.path.basename(source))
		return path

	def test_every_kind_of_archive_has_the_tree_of_its_files(self):
		source = self.source()
		want = written_tree(source)
		openers = {"tar": lambda p: open(p, "wb"), "tar.gz": lambda p: gzip.open(p, "wb"),
			"tar.xz": lambda p: lzma.open(p, "wb"), "tar.bz2": lambda p: bz2.open(p, "wb")}
		commits = set()
		for ending, opener in openers.items():
			path = self.tar(source, "acme-1.0." + ending, opener)
			result = self.take(path, release="by-" + ending)
			self.assertEqual(result.tree, want, ending)
			self.assertEqual(result.stripped, b"acme-1.0")
			self.assertEqual(result.kind, "archive")
			self.assertEqual([(p, w) for p, w, _ in result.odds], [(b"acme-1.0/out", "symbolic-link")])
			self.assertEqual(result.files, len(FILES) + 1)
			self.assertEqual(result.attachments["manifest"], self.manifest(result))
			with open(path, "rb") as f:
				self.assertEqual(result.sha256, __import__("hashlib").sha256(f.read()).hexdigest())
			commits.add(result.commit)
			self.assertEqual(result.attachments.get("sha256", b""), b"" if len(self.ledger) > 1 else self.sums(source))
		result = self.take(source, release="by-directory")
		self.assertEqual((result.tree, result.kind, result.stripped), (want, "directory", b""))
		commits.add(result.commit)
		self.assertEqual(len(commits), 1)
		self.assertEqual(fsck(self.room), [])
		self.assertEqual(git(os.path.join(self.room, "source.git"), "cat-file", "commit", result.commit).split(b"\n")[1:],
			[b"author carrel <carrel@localhost> 0 +0000", b"committer carrel <carrel@localhost> 0 +0000", b"", b"imported"])

	@unittest.skipUnless(shutil.which("zstd"), "no zstd program here")
	def test_zstd(self):
		source = self.source()
		path = os.path.join(self.dir, "x.tar.zst")
		subprocess.run(["tar", "--zstd", "-cf", path, "-C", self.dir, "acme-1.0"], check=True)
		self.assertEqual(self.take(path).tree, written_tree(source))

	def test_zip_with_modes_and_links(self):
		source = self.tree("zipped-2", {"a/run.sh": "#!/bin/sh\n", "b": "b\n", "caf\u00e9": "c\n"})
		os.chmod(os.path.join(source, "a/run.sh"), 0o755)
		os.symlink("a/run.sh", os.path.join(source, "link"))
		path = os.path.join(self.dir, "zipped-2.zip")
		with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
			for name, mode in (("a/run.sh", 0o100755), ("b", 0o100644), ("caf\u00e9", 0o100644), ("link", 0o120777)):
				info = zipfile.ZipInfo("zipped-2/" + name)
				info.external_attr, info.create_system = mode << 16, 3
				full = os.path.join(source, name)
				data = os.readlink(full) if mode == 0o120777 else open(full, "rb").read()
				z.writestr(info, data)
		result = self.take(path)
		self.assertEqual((result.name, result.tree), ("zipped-2", written_tree(source)))

	def test_names_without_a_top_folder_stay(self):
		path = self.archive("x.tar", [("./a/b", tarfile.REGTYPE, b"1", 0o644), ("./c", tarfile.REGTYPE, b"2", 0o600)])
		result = self.take(path)
		self.assertEqual((result.stripped, result.odds), (b"", []))
		self.assertEqual(result.tree, written_tree(self.tree("same", {"a/b": "1", "c": "2"})))

	def test_the_same_again_is_known_and_other_content_refused(self):
		path = self.archive("x-1.tar", [("a", tarfile.REGTYPE, b"1", 0o644)])
		first = self.take(path)
		before = contents(self.room)
		again = self.take(path)
		self.assertEqual((again.known, again.commit, again.attachments), (True, first.commit, {}))
		self.assertEqual(contents(self.room), before)
		other = self.archive("other.tar", [("a", tarfile.REGTYPE, b"2", 0o644)])
		self.refused(other, 3, "x-1", first.commit, "--release", release="x-1")

	def test_a_large_file_is_a_stream(self):
		size = 130 * 1024 * 1024 + 17
		path = os.path.join(self.dir, "big")
		os.mkdir(path)
		with open(os.path.join(path, "large"), "wb") as f:
			f.write(b"begin")
			f.truncate(size)
		tar = os.path.join(self.dir, "big.tar.gz")
		subprocess.run(["tar", "-czf", tar, "-C", self.dir, "big"], check=True)
		want = written_tree(path)
		self.assertEqual(self.take(path, release="d").tree, want)
		self.assertEqual(self.take(tar, release="a").tree, want)
		self.assertEqual(fsck(self.room), [])


class Collisions(Sources):
	"""Two contents of one git id: played by a list that says another SHA-256 of what is there."""

	def setUp(self):
		super().setUp()
		self.first = self.tree("first", {"a": "1\n", "b": "2\n"})
		self.second = self.tree("second", {"b": "2\n", "c": "3\n"})
		self.take(self.first)
		folder = os.path.join(self.room, "source.git/objects/pack")
		[name] = [name for name in os.listdir(folder) if name.endswith(".sha256")]
		self.list = os.path.join(folder, name)

	def rewrite(self, data):
		with open(self.list, "wb") as f:
			f.write(data + hashlib.sha256(data).digest())

	def test_what_is_there_must_be_the_same(self):
		with open(self.list, "rb") as f:
			data = f.read()[:-32]
		self.rewrite(data.replace(hashlib.sha256(b"2\n").digest(), bytes(32)))
		oid = git(self.room, "hash-object", "--stdin", stdin=b"2\n").decode().strip()
		self.refused(self.second, FORMAT, oid, "collision")
		self.rewrite(data)
		self.take(self.second)

	def test_without_the_list_contents_are_compared(self):
		os.unlink(self.list)
		self.take(self.second)
		self.assertEqual(fsck(self.room), [])

	def test_a_damaged_list_is_said(self):
		with open(self.list, "r+b") as f:
			f.seek(10)
			f.write(b"x")
		self.refused(self.second, FORMAT, ".sha256", "damaged", "compared")


class Odd(Sources):
	def test_what_is_odd_is_kept_safely_or_left_out_and_said(self):
		r, link, hard = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
		path = self.archive("odd.tar", [
			("ok", r, b"fine", 0o644),
			("/etc/passwd", r, b"absolute", 0o644),
			("../up", r, b"up", 0o644),
			("a/../../up", r, b"up", 0o644),
			(".git/config", r, b"[core]", 0o644),
			("x/.GIT/hooks/post-checkout", r, b"#!/bin/sh", 0o755),
			("GIT~1/config", r, b"x", 0o644),
			(".git. /config", r, b"x", 0o644),
			(".g\u200cit/config", r, b"x", 0o644),
			("x/.git::$INDEX_ALLOCATION/config", r, b"x", 0o644),
			("a\\.git\\config", r, b"x", 0o644),
			("hard", hard, "ok", 0o644),
			("lost", hard, "not/there", 0o644),
			("out-hard", hard, "../../etc/passwd", 0o644),
			("fifo", tarfile.FIFOTYPE, None, 0o644),
			("char", tarfile.CHRTYPE, None, 0o644),
			("block", tarfile.BLKTYPE, None, 0o644),
			("twice", r, b"first", 0o644),
			("twice", r, b"second", 0o755),
			("clash", r, b"file", 0o644),
			("clash/below", r, b"below", 0o644),
			("link", link, "/etc", 0o777),
			("link/passwd", r, b"through the link", 0o644),
			("in/link", link, "../ok", 0o777),
			("in/out", link, "../../ok", 0o777),
			("n" * 5000, r, b"long", 0o644),
			("d/" * 300 + "deep", r, b"deep", 0o644),
		])
		result = self.take(path)
		want = self.tree("want", {"ok": "fine", "etc/passwd": "absolute", "hard": "fine", "twice": "second",
			"clash/below": "below", "link/passwd": "through the link"})
		os.chmod(os.path.join(want, "twice"), 0o755)
		os.mkdir(os.path.join(want, "in"))
		os.symlink("../ok", os.path.join(want, "in/link"))
		os.symlink("../../ok", os.path.join(want, "in/out"))
		self.assertEqual(result.tree, written_tree(want))
		said = {}
		for name, what, _ in result.odds:
			said.setdefault(what, []).append(name.decode()[:40])
		self.assertEqual(said, {
			"absolute-name": ["/etc/passwd"],
			"parent-name": ["../up", "a/../../up"],
			"git-name": [".git/config", "x/.GIT/hooks/post-checkout", "GIT~1/config", ".git. /config", ".g\u200cit/config",
				"x/.git::$INDEX_ALLOCATION/config", "a\\.git\\config"],
			"hard-link": ["hard", "lost", "out-hard"],
			"fifo": ["fifo"],
			"device": ["char", "block"],
			"duplicate": ["twice"],
			"clash": ["clash", "link"],
			"symbolic-link": ["link", "in/out"],
			"long-name": ["n" * 40],
			"deep-name": [("d/" * 300)[:40]],
		})
		self.assertEqual(result.odd, len(result.odds))
		self.assertEqual(fsck(self.room), [])

	def test_a_directory_with_things_in_it(self):
		source = self.tree("dir", {"a": "1", "sub/.git/config": "[core]", "sub/b": "2", ".git-not/c": "3"})
		os.mkfifo(os.path.join(source, "fifo"))
		with socket.socket(socket.AF_UNIX) as s:
			s.bind(os.path.join(source, "socket"))
		os.symlink("/etc", os.path.join(source, "etc"))
		result = self.take(source)
		self.assertEqual(sorted((p.decode(), w) for p, w, _ in result.odds), [("etc", "symbolic-link"), ("fifo", "fifo"),
			("socket", "socket"), ("sub/.git", "git-folder")])
		same = self.tree("same", {"a": "1", "sub/b": "2", ".git-not/c": "3"})
		os.symlink("/etc", os.path.join(same, "etc"))
		self.assertEqual(result.tree, written_tree(same))

	def test_files_that_git_reads_are_judged(self):
		path = self.archive("x.tar", [
			(".gitmodules", tarfile.REGTYPE, b'[submodule "x"]\n\turl = -u./evil\n', 0o644),
			("sub/.gitattributes", tarfile.SYMTYPE, "../x", 0o777),
			("x", tarfile.REGTYPE, b"", 0o644)])
		result = self.take(path)
		lines = result.attachments["fsck"].splitlines()
		self.assertEqual(lines, fsck(self.room))
		self.assertEqual(len(lines), 2)

	def test_holes_are_zeros(self):
		source = os.path.join(self.dir, "holes")
		os.mkdir(source)
		with open(os.path.join(source, "sparse"), "wb") as f:
			f.truncate(1 << 20)
			f.seek(1 << 19)
			f.write(b"middle")
		path = os.path.join(self.dir, "holes.tar")
		subprocess.run(["tar", "-Scf", path, "-C", self.dir, "holes"], check=True)
		result = self.take(path)
		self.assertEqual(result.tree, written_tree(source))
		self.assertEqual([w for _, w, _ in result.odds], ["sparse"])

	def test_an_encrypted_entry_is_left_out(self):
		path = os.path.join(self.dir, "x.zip")
		with zipfile.ZipFile(path, "w") as z:
			z.writestr("secret", "x" * 100)
			z.writestr("open", "y")
		data = bytearray(open(path, "rb").read())
		data[6] |= 1  # the flag in the local header ...
		at = data.index(b"PK\1\2")
		data[at + 8] |= 1  # ... and in the directory
		result = self.take(self.file("y.zip", bytes(data)))
		self.assertEqual([(p, w) for p, w, _ in result.odds], [(b"secret", "encrypted")])
		self.assertEqual(result.files, 1)


class Bad(Sources):
	def test_truncated_and_damaged(self):
		source = self.source()
		for mode, name in (("w:gz", "x.tar.gz"), ("w:xz", "x.tar.xz"), ("w:bz2", "x.tar.bz2"), ("w", "x.tar")):
			path = os.path.join(self.dir, name)
			with tarfile.open(path, mode, errors="surrogateescape") as tar:
				tar.add(source, arcname="top")
			data = open(path, "rb").read()
			self.refused(self.file("cut-" + name, data[:len(data) // 2 + 100]), FORMAT, "damaged archive")
			if mode != "w":
				broken = bytearray(data)
				for at in range(len(data) // 2, len(data) // 2 + 64):
					broken[at] ^= 0x5a
				self.refused(self.file("broken-" + name, bytes(broken)), FORMAT, "damaged archive")

	def test_one_bit_of_a_compressed_file(self):
		"""All behind gzip's header has its check, but the last bits of a bzip2 file, which fill its last byte."""
		noise = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(300))
		for opener, name in ((gzip.open, "x.tar.gz"), (lzma.open, "x.tar.xz"), (bz2.open, "x.tar.bz2")):
			path = self.archive(name, [("noise", tarfile.REGTYPE, noise, 0o644)], lambda path: opener(path, "wb"))
			data = open(path, "rb").read()
			for at in [*range(30, len(data) - 12, len(data) // 12), *range(len(data) - 9, len(data) - 1)]:
				broken = bytearray(data)
				broken[at] ^= 1
				with self.subTest(name=name, at=at):
					self.refused(self.file("broken-" + name, bytes(broken)), FORMAT, "damaged archive")

	def test_behind_the_end(self):
		path = self.archive("x.tar.gz", [("a", tarfile.REGTYPE, b"1", 0o644)], lambda path: gzip.open(path, "wb"))
		data = open(path, "rb").read()
		self.assertEqual(self.take(self.file("zeros.tar.gz", data + bytes(512))).files, 1)
		self.refused(self.file("more.tar.gz", data + b"more"), FORMAT, "behind its end")
		self.refused(self.file("short.tar.gz", data[:-1]), FORMAT, "damaged archive: truncated")

	def test_no_archive_at_all(self):
		self.refused(self.file("x.tar", b"this is no archive, just text\n" * 100), FORMAT)
		self.refused(self.file("empty.tar", b""), FORMAT)
		self.refused(self.file("random", os.urandom(100000)), FORMAT)
		self.refused(self.file("zip.zip", b"PK\3\4" + os.urandom(10000)), FORMAT)

	def test_nothing_in_it(self):
		self.refused(self.archive("nothing.tar", []), FORMAT, "holds no file")
		self.refused(self.archive("folders.tar", [("a/", tarfile.DIRTYPE, None, 0o755)]), FORMAT, "holds no file")
		os.mkdir(os.path.join(self.dir, "void"))
		self.refused(os.path.join(self.dir, "void"), FORMAT, "holds no file")

	def test_a_failed_import_after_a_good_one_leaves_the_room_as_it_was(self):
		self.take(self.archive("good.tar", [("a", tarfile.REGTYPE, b"1", 0o644)]))
		source = self.source()
		path = os.path.join(self.dir, "x.tar.gz")
		with tarfile.open(path, "w:gz", errors="surrogateescape") as tar:
			tar.add(source, arcname="top")
		data = open(path, "rb").read()
		self.refused(self.file("cut.tar.gz", data[:len(data) // 2]), FORMAT, "damaged archive")
		self.assertEqual(fsck(self.room), [])

	def test_a_bomb(self):
		path = os.path.join(self.dir, "bomb.tar.xz")
		size = 3 << 30
		info = tarfile.TarInfo("zeros")
		info.size = size
		with subprocess.Popen(["xz", "-0", "-T2"], stdin=subprocess.PIPE, stdout=open(path, "wb")) as xz:
			xz.stdin.write(info.tobuf())
			piece = bytes(1 << 24)
			for _ in range(size // len(piece)):
				xz.stdin.write(piece)
			xz.stdin.write(bytes(1024))
		self.refused(path, FORMAT, "bomb")

	def test_revisions_of_what_has_none(self):
		path = self.archive("x.tar", [("a", tarfile.REGTYPE, b"1", 0o644)])
		self.refused(path, USAGE, "not a git repository", revs="v1")
		self.refused(path, USAGE, "no name for a release", release="a/b")
		self.refused(path, USAGE, "no name for a release", release="..")
		self.refused(self.room, USAGE, "the room itself")

	def test_a_file_that_may_not_be_read(self):
		if os.geteuid() == 0:
			self.skipTest("root may read everything")
		source = self.tree("d", {"a": "1", "b": "2"})
		os.chmod(os.path.join(source, "b"), 0)
		self.refused(source, 5, "b: ")
