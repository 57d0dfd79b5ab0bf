"""carrel-indexer: git repositories are copied bit for bit, and fsck says what the import recorded."""

import os
import random
import subprocess
import unittest

from harness import Case
from indexer_peer import FORMAT, REFUSED, USAGE, Failed, contents, fsck, git, new_room, run_import

PERSON = b"A <a@b> 1700000000 +0100"


class Repositories(Case):
	def setUp(self):
		super().setUp()
		self.room = new_room(os.path.join(self.dir, "room"))
		self.stored = os.path.join(self.room, "source.git")
		self.ledger = []
		self.repo = os.path.join(self.dir, "vendor")

	def init(self, *args):
		os.makedirs(self.repo, exist_ok=True)
		git(self.repo, "init", "-q", *args)

	def commit(self, files, message="m", time=1700000000):
		for path, data in files.items():
			self.file(os.path.join("vendor", path), data)
		git(self.repo, "add", "-A")
		git(self.repo, "commit", "-q", "--allow-empty", "-m", message, time=time)

	def take(self, source=None, **more):
		return run_import(self.room, source or self.repo, self.ledger, **more)

	def refused(self, code, *words, **more):
		with self.assertRaises(Failed) as caught:
			self.take(**more)
		self.assertEqual(caught.exception.code, code, caught.exception)
		for word in words:
			self.assertIn(word, caught.exception.why)
		left = [p for p in contents(self.room) if "pack" in p or "releases" in p or p.startswith(("index", "run"))]
		self.assertEqual(left, [p for p in left if self.ledger])

	def object(self, kind, data):
		"""Writes an object whatever it holds; its id."""
		data = data if isinstance(data, bytes) else data.encode()
		return git(self.repo, "hash-object", "-t", kind, "--literally", "-w", "--stdin", stdin=data).decode()

	def tree(self, *entries):
		return self.object("tree", b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries))

	def commit_of(self, tree, rest=None, parents=()):
		head = b"tree " + tree.encode() + b"\n" + b"".join(b"parent " + p.encode() + b"\n" for p in parents)
		rest = rest if rest is not None else b"author " + PERSON + b"\ncommitter " + PERSON + b"\n\nm\n"
		return self.object("commit", head + rest)

	def point(self, name, oid):
		"""A ref, without asking git whether it likes the object."""
		path = os.path.join(self.repo, ".git" if os.path.isdir(os.path.join(self.repo, ".git")) else "", name)
		os.makedirs(os.path.dirname(path), exist_ok=True)
		with open(path, "w") as f:
			f.write(oid + "\n")

	def same_objects(self, *revisions):
		"""Every object that the revisions reach in the vendor's repository is in ours, bit for bit."""
		ids = git(self.repo, "rev-list", "--objects", "--no-object-names", *revisions)
		ours = git(self.stored, "cat-file", "--batch", stdin=ids + b"\n")
		self.assertEqual(ours, git(self.repo, "cat-file", "--batch", stdin=ids + b"\n"))
		self.assertNotIn(b" missing\n", ours)


class Good(Repositories):
	def test_every_tag_is_a_release_in_the_order_of_time(self):
		self.init()
		for i, tag in enumerate(("v1.2", "v1.10", "rel/2 final", "v3")):
			if tag == "v3":
				git(self.repo, "gc", "-q")
			self.commit({"a.c": "int x = %d;\n" % i, "dir%d/b" % i: "b\n"}, time=1700000000 + i)
			args = ["-a", "-m", "annotated"] if i % 2 else []
			git(self.repo, "tag", *args, tag.replace(" ", "_"))
		results = self.take()
		self.assertEqual([r.name for r in results], ["v1.2", "v1.10", "rel-2_final", "v3"])
		for r in results:
			commit = git(self.repo, "rev-parse", r.revision + "^{commit}").decode()
			self.assertEqual((r.commit, r.kind, r.odds), (commit, "git", []))
			self.assertEqual(r.tree, git(self.repo, "rev-parse", r.revision + "^{tree}").decode())
			self.assertEqual(git(self.stored, "rev-parse", "refs/releases/" + r.name), git(self.repo, "rev-parse", r.revision))
			manifest = git(self.repo, "ls-tree", "-r", "-z", "--full-tree", "--long", commit)
			self.assertEqual(r.attachments["manifest"], manifest)
			self.assertNotIn("fsck", r.attachments)
		self.same_objects("--tags")
		self.assertEqual(fsck(self.room), [])
		self.assertEqual(git(self.stored, "rev-parse", "HEAD").decode(), results[-1].commit)
		self.assertEqual(git(self.stored, "log", "--oneline").count(b"\n"), 3)
		self.assertEqual(git(self.stored, "archive", "HEAD"), git(self.repo, "archive", "v3"))
		before = contents(self.room)
		self.assertTrue(all(r.known for r in self.take()))
		self.assertEqual(contents(self.room), before)

	def test_revisions(self):
		self.init()
		for i in range(3):
			self.commit({"a": str(i)}, time=1700000000 + i)
		git(self.repo, "tag", "t", "HEAD~1")
		git(self.repo, "branch", "side", "HEAD~2")
		head = git(self.repo, "rev-parse", "HEAD").decode()
		one = self.take(revs="side", release="first")[0]
		self.assertEqual((one.name, one.revision), ("first", "side"))
		self.assertEqual(fsck(self.room), [])
		names = [r.name for r in self.take(revs="side\n%s\nrefs/tags/t\nHEAD" % head[:9])]
		self.assertEqual(names, ["side", head[:9], "refs-tags-t", "HEAD"])
		self.same_objects("--all")
		self.refused(USAGE, "no such revision", revs="nothing")
		self.refused(USAGE, "no such revision", revs="0123456789")
		self.refused(USAGE, "names one release", revs="side\nt", release="x")
		self.assertEqual(self.take(release="now")[0].commit, head)

	def test_no_tags_means_head(self):
		self.init("--bare")
		work = os.path.join(self.dir, "work")
		git(self.dir, "init", "-q", work)
		self.file("work/a", "1")
		git(work, "add", "-A")
		git(work, "commit", "-q", "-m", "m")
		git(work, "push", "-q", self.repo, "HEAD:main")
		head = git(work, "rev-parse", "HEAD").decode()
		self.assertEqual([(r.name, r.commit) for r in self.take()], [(head[:12], head)])

	def test_tags_that_name_no_commit_are_said(self):
		self.init()
		self.commit({"a": "1", "d/b": "2"})
		git(self.repo, "tag", "good")
		git(self.repo, "tag", "of-tree", "HEAD^{tree}")
		git(self.repo, "tag", "-a", "-m", "blob", "of-blob", "HEAD:a")
		result = self.take()
		self.assertEqual([r.name for r in result], ["good"])
		self.assertEqual([(p, w) for p, w, _ in result[0].odds], [(b"refs/tags/of-blob", "tag"), (b"refs/tags/of-tree", "tag")])
		self.refused(USAGE, "names a tree", revs="of-tree")

	def test_submodules_links_and_names(self):
		self.init()
		self.commit({"name\nwith\x1b[31m": "x", ".gitattributes": "* text\n", "run": "#!/bin/sh\n"})
		git(self.repo, "update-index", "--chmod=+x", "run")
		git(self.repo, "update-index", "--add", "--cacheinfo", "160000,%s,sub" % ("1234" * 10))
		os.symlink("/etc/passwd", os.path.join(self.repo, "out"))
		git(self.repo, "add", "out")
		git(self.repo, "commit", "-q", "-m", "more")
		r = self.take(release="x")[0]
		self.assertEqual(r.attachments["manifest"], git(self.repo, "ls-tree", "-r", "-z", "--full-tree", "--long", "HEAD"))
		self.assertEqual([(p, w) for p, w, _ in r.odds], [(b"out", "symbolic-link"), (b"sub", "submodule")])
		self.assertEqual((r.files, r.blobs), (3, 4))

	def test_two_tags_of_one_name(self):
		self.init()
		self.commit({"a": "1"})
		git(self.repo, "tag", "a/b")
		git(self.repo, "tag", "a-b")
		self.refused(REFUSED, "a/b", "a-b")

	def test_a_moved_tag_is_refused(self):
		self.init()
		self.commit({"a": "1"})
		git(self.repo, "tag", "v1")
		first = self.take()[0]
		self.commit({"a": "2"}, time=1700000009)
		git(self.repo, "tag", "-f", "v1")
		before = contents(self.room)
		self.refused(REFUSED, "v1", first.commit, git(self.repo, "rev-parse", "HEAD").decode())
		self.assertEqual(contents(self.room), before)


class Hostile(Repositories):
	"""Objects that git would not write; what fsck says of the copy is what was recorded."""

	def setUp(self):
		super().setUp()
		self.init("--bare")
		self.blob = self.object("blob", "x\n")
		self.sub = self.tree((b"100644", b"f", self.blob))

	def agree(self, results):
		"""The lines that were recorded are those that git prints; an object's bytes go with what differs."""
		lines = sorted(line for r in results for line in r.attachments.get("fsck", b"").splitlines())
		printed = fsck(self.room)
		for line in sorted(set(lines) ^ set(printed)):
			oid = line.split(b": ")[0].split(b" ")[-1].decode() if line.startswith((b"error in", b"warning in")) else ""
			data = git(self.stored, "cat-file", "-p", oid, fails=True) if oid else b""
			print("only %s: %r: %r" % ("recorded" if line in lines else "printed", line, data[:300]))
		self.assertEqual(lines, printed)
		return lines

	def check(self, *names):
		results = self.take(revs="main", release="r")
		lines = self.agree(results)
		said = {line.split(b": ")[1].decode() for line in lines}
		self.assertEqual(said, set(names))
		self.same_objects("main")
		self.assertEqual(results[0].attachments["manifest"],
			git(self.repo, "ls-tree", "-r", "-z", "--full-tree", "--long", "main"))

	def check_tree(self, entries, *names):
		self.point("refs/heads/main", self.commit_of(self.tree(*entries)))
		self.check(*names)

	def test_zero_padded_mode(self):
		self.check_tree([(b"0100644", b"a", self.blob), (b"040000", b"d", self.sub)], "zeroPaddedFilemode")

	def test_odd_modes(self):
		self.check_tree([(b"100664", b"a", self.blob), (b"100600", b"b", self.blob), (b"100777", b"c", self.blob),
			(b"40755", b"d", self.sub)], "badFilemode")

	def test_not_sorted(self):
		self.check_tree([(b"100644", b"b", self.blob), (b"100644", b"a", self.blob)], "treeNotSorted")

	def test_folder_sorted_as_file(self):
		self.check_tree([(b"40000", b"a", self.sub), (b"100644", b"a-", self.blob), (b"100644", b"b", self.blob)],
			"treeNotSorted")

	def test_duplicates(self):
		self.check_tree([(b"100644", b"a", self.blob), (b"100644", b"a", self.blob)], "duplicateEntries")

	def test_file_and_folder_of_one_name(self):
		self.check_tree([(b"100644", b"a", self.blob), (b"100644", b"a-", self.blob), (b"100644", b"a-.x", self.blob),
			(b"40000", b"a-", self.sub), (b"40000", b"a", self.sub)], "duplicateEntries")

	def test_dots(self):
		self.check_tree([(b"100644", b".", self.blob), (b"100644", b"..", self.blob), (b"40000", b".git", self.sub)],
			"hasDot", "hasDotdot", "hasDotgit")

	def test_full_path(self):
		self.check_tree([(b"100644", b"a/b", self.blob)], "fullPathname")

	def test_null_id(self):
		self.check_tree([(b"160000", b"a", "0" * 40)], "nullSha1")

	def test_links_where_git_reads(self):
		self.check_tree([(b"120000", b".gitattributes", self.blob), (b"120000", b".gitignore", self.blob),
			(b"120000", b".gitmodules", self.blob), (b"120000", b".mailmap", self.blob)],
			"gitmodulesSymlink", "gitattributesSymlink", "gitignoreSymlink", "mailmapSymlink")

	def test_names_like_git(self):
		"""Hundreds of names near .git and .gitmodules: what git takes for one, we do."""
		pieces = ["git", "GIT", "Git", "git~1", "GIT~1", "git~2", "gitmodules", "GITMOD~1", "gitmod~4", "gitmod~5", "gitatt~1",
			"gi7eba~1", "gi7eb~10", "GI7D29~1", "gi250a~9", "maba30~1", "mailmap", "gitignore", "gitattributes", "g\u200cit",
			"\ufeffgit", "g\u206ait", "gitm\u200dodules", "gi7~1", "~1000000", "mailma~1", "gitign~3", "gitmod~10"]
		before = [".", "", "..", "a\\.", "\\", "\\.", "a\\"]
		behind = ["", ".", " ", ". .", "::$INDEX_ALLOCATION", ":x", " x", "x", "\\", "\\x", "..."]
		rng = random.Random(4)
		names = [a + b + c for a in before for b in pieces for c in behind]
		rng.shuffle(names)
		refs = []
		for name in names[:500]:
			kind = rng.choice([b"100644", b"120000"])
			refs.append(self.tree((kind, name.encode(), self.blob)))
		top = self.tree(*[(b"40000", b"%05d" % i, oid) for i, oid in enumerate(refs)])
		self.point("refs/heads/main", self.commit_of(top))
		self.assertTrue(self.agree(self.take(revs="main", release="r")))

	def test_modules(self):
		files = [b'[submodule "a/../b"]\n\turl = x\n', b'[submodule "ok"]\n\turl = -x\n', b'[submodule "ok"]\npath = -x\n',
			b'[submodule "ok"]\nupdate = !rm\n', b'[submodule "ok"]\nurl = "https://x/%0ahost=y"\n', b"[submodule\n",
			b'[submodule ""]\nurl=x\n', b'[submodule "ok"]\nurl = ../../..:x\n', b'[submodule "ok"]\n\turl = ./a ; comment\n',
			b'[submodule "ok"]\nurl = https:///x\n', b'[submodule "ok"]\nurl = http::x\n', b'[core]\nx\n', b'x = 1\n',
			b'[submodule "ok"]\nurl = "unfinished\n', b'\xef\xbb\xbf[submodule "b\\"q"]\n url = a\\\nb\n',
			b'[submodule.x]\nurl = -x\n', b'[SUBMODULE "ok"]\r\nURL = -y\r\n', b'[submodule "..\\\\x"]\nurl=y\n',
			b'[submodule "ok"]\nurl\npath = "a b" # c\n', b'[submodule "ok"]\n_bad = 1\n']
		trees = [self.tree((b"100644", b".gitmodules", self.object("blob", f))) for f in files]
		attributes = [b"a" * 2047 + b"\n", b"a" * 2048 + b"\n", b"x\n" * 5000]
		trees += [self.tree((b"100644", b".gitattributes", self.object("blob", f))) for f in attributes]
		top = self.tree(*[(b"40000", b"%05d" % i, oid) for i, oid in enumerate(trees)])
		self.point("refs/heads/main", self.commit_of(top))
		self.assertTrue(self.agree(self.take(revs="main", release="r")))

	def test_commits(self):
		good, end = b"author " + PERSON + b"\n", b"\n\nm\n"
		rests = [good + b"committer A a@b> 1 +0000" + end, good + b"committer A <a@b 1 +0000" + end,
			good + b"committer A<a@b> 1 +0000" + end, good + b"committer <a@b> 1 +0000" + end,
			good + b"committer A <a@b>1 +0000" + end, good + b"committer A <a@b> 01 +0000" + end,
			good + b"committer A <a@b> 99999999999999999999 +0000" + end, good + b"committer A <a@b> x +0000" + end,
			good + b"committer A <a@b> 1 0000" + end, good + b"committer A <a@b> 1 +00000" + end,
			good + good + b"committer " + PERSON + end, b"committer " + PERSON + end, good + end,
			good + b"committer A <a@b> 1" + end, good + b"committer " + PERSON + b"\n\nNUL\0here\n",
			good + b"committer A > <a@b> 1 +0000" + end, good + b"committer A <a<b> 1 +0000" + end,
			good + b"committer " + PERSON + b"\ngpgsig x", good + b"committer " + PERSON + b"\nx\0y" + end,
			good + b"committer A <> 1 +0000" + end, good + b"committer A <a@b> 0 +0000" + end,
			good + b"committer A <a@b>  1 +0000" + end, good + b"committer A <a@b> -1 +0000" + end,
			good + b"committer A <a@b> 1 +0000 x" + end, good + b"committer A <a@b> 9223372036854775808 +0000" + end,
			good + b"committer A <a@b> 18446744073709551614 +0000" + end, good + b"committer A" + end]
		parent = self.commit_of(self.sub)
		for rest in rests:
			parent = self.commit_of(self.sub, rest, [parent])
		self.point("refs/heads/main", parent)
		self.assertTrue(self.agree(self.take(revs="main", release="r")))
		self.same_objects("main")

	def test_tags(self):
		commit = self.commit_of(self.sub)
		head = b"object " + commit.encode() + b"\ntype commit\n"
		rests = [b"tag v\n\nm\n", b"tag bad..name\ntagger " + PERSON + b"\n\nm\n", 
			b"tag v\ntagger A <a@b> 01 +0000\n\nm\n", b"tag v\ntagger " + PERSON + b"\nextra x\n\nm\n",
			b"tag v x\ntagger A <a@b> 1 +0000\n\nm\n", b"tag \ntagger " + PERSON + b"\n\nm\n", b"tag v.lock\n\nm\n",
			b"tag v\ntagger " + PERSON + b"\n\nm\0\n"]
		for i, rest in enumerate(rests):
			self.point("refs/tags/t%d" % i, self.object("tag", head + rest))
		results = self.take()
		self.assertEqual(len(results), len(rests))
		self.agree(results)
		self.point("refs/tags/bad", self.object("tag", head + b"tagger " + PERSON + b"\n\nm\n"))
		self.refused(FORMAT, "refs/tags/bad", "no name")

	def test_a_small_repository_that_is_endless(self):
		oid = self.tree((b"100644", b"f", self.blob))
		for _ in range(12):
			oid = self.tree(*[(b"40000", b"%d" % i, oid) for i in range(10)])
		self.point("refs/heads/main", self.commit_of(oid))
		self.refused(FORMAT, "more than 4000000", revs="main")

	def test_a_name_too_long_for_the_index(self):
		oid = self.sub
		for _ in range(30):
			oid = self.tree((b"40000", b"d" * 200, oid))
		self.point("refs/heads/main", self.commit_of(self.tree((b"100644", b"a", self.blob), (b"40000", b"d", oid))))
		self.check()
		self.assertEqual([(len(p), w) for p, w, _ in self.ledger[0].odds], [(30 * 201 + 3, "long-name")])

	def test_very_deep_trees(self):
		oid = self.sub
		for _ in range(2100):
			oid = self.tree((b"40000", b"d", oid))
		self.point("refs/heads/main", self.commit_of(oid))
		self.refused(FORMAT, "deep", revs="main")

	def test_no_tree_at_all(self):
		self.point("refs/heads/main", self.commit_of(self.object("tree", b"")))
		self.refused(FORMAT, "holds no file", revs="main")
		self.point("refs/heads/main", self.commit_of(self.object("tree", b"100644 cut short")))
		self.refused(FORMAT, "tree: cut short", revs="main")
		self.point("refs/heads/main", self.commit_of(self.tree((b"100644", b"", self.blob))))
		self.refused(FORMAT, "without a name", revs="main")
		self.point("refs/heads/main", self.object("commit", b"no commit\n"))
		self.refused(FORMAT, "names no tree", revs="main")
		self.point("refs/heads/main", self.commit_of(self.blob))
		self.refused(FORMAT, "is a blob where a tree is named", revs="main")


class Broken(Repositories):
	def test_missing_and_damaged_objects(self):
		self.init()
		self.commit({"a": "1" * 1000, "b": "2" * 1000})
		blob = git(self.repo, "rev-parse", "HEAD:a").decode()
		path = os.path.join(self.repo, ".git/objects", blob[:2], blob[2:])
		data = open(path, "rb").read()
		other = git(self.repo, "rev-parse", "HEAD:b").decode()
		os.chmod(path, 0o600)
		with open(path, "wb") as f:  # another object under this id
			f.write(open(os.path.join(self.repo, ".git/objects", other[:2], other[2:]), "rb").read())
		self.refused(FORMAT, blob, "damaged")
		with open(path, "wb") as f:
			f.write(data[:-5])
		self.refused(FORMAT, blob)
		os.unlink(path)
		self.refused(FORMAT, "broken repository", blob, "missing")

	def test_a_corrupt_pack(self):
		self.init()
		rng = random.Random(5)
		for i in range(20):
			self.commit({"f%d" % i: bytes(rng.randrange(256) for _ in range(3000))}, time=1700000000 + i)
		git(self.repo, "gc", "-q")
		folder = os.path.join(self.repo, ".git/objects/pack")
		pack = os.path.join(folder, [n for n in os.listdir(folder) if n.endswith(".pack")][0])
		good = open(pack, "rb").read()
		os.chmod(pack, 0o600)
		for cut in (b"", good[:100], good[:len(good) // 2]):
			with open(pack, "wb") as f:
				f.write(cut)
			self.refused(FORMAT)
		for _ in range(10):
			bad = bytearray(good)
			for _ in range(200):
				bad[rng.randrange(20, len(bad))] ^= 0xff
			with open(pack, "wb") as f:
				f.write(bad)
			self.refused(FORMAT)
		index = pack[:-4] + "idx"
		with open(pack, "wb") as f:
			f.write(good)
		os.chmod(index, 0o600)
		with open(index, "r+b") as f:
			f.truncate(500)
		self.refused(FORMAT)

	def test_what_is_no_whole_repository(self):
		self.init()
		self.commit({"a": "1"})
		self.commit({"a": "2"})
		shallow = os.path.join(self.dir, "shallow")
		git(self.dir, "clone", "-q", "--depth", "1", "file://" + self.repo, shallow)
		self.refused(REFUSED, "shallow", "--unshallow", source=shallow)
		shared = os.path.join(self.dir, "shared")
		git(self.dir, "clone", "-q", "--shared", self.repo, shared)
		self.refused(REFUSED, "alternates", source=shared)
		linked = os.path.join(self.dir, "linked")
		git(self.repo, "worktree", "add", "-q", linked)
		self.refused(USAGE, ".git is not a folder", source=linked)
		empty = os.path.join(self.dir, "empty")
		git(self.dir, "init", "-q", empty)
		self.refused(FORMAT, "neither tags nor a commit", source=empty)
		fake = os.path.dirname(self.file("fake/.git/HEAD", "garbage"))
		self.refused(FORMAT, source=os.path.dirname(fake))
		link = os.path.join(self.dir, "linkdir")
		os.mkdir(link)
		os.symlink(os.path.join(self.repo, ".git"), os.path.join(link, ".git"))
		self.refused(USAGE, ".git is not a folder", source=link)

	def test_sha256(self):
		self.init("--object-format=sha256")
		self.commit({"a": "1"})
		self.refused(FORMAT, "SHA-256")

	def test_configuration_and_hooks_do_nothing(self):
		self.init()
		self.commit({"a": "1"})
		mark = os.path.join(self.dir, "mark")
		with open(os.path.join(self.repo, ".git/config"), "a") as f:
			f.write("[include]\n\tpath = /dev/zero\n[core]\n\tfsmonitor = touch %s\n\thooksPath = /\n[uploadpack]\n"
				"\tpackObjectsHook = touch %s\n" % (mark, mark))
		self.take(release="x")
		self.assertFalse(os.path.exists(mark))


class Imports(unittest.TestCase):
	def test_the_program_imports_no_network(self):
		import harness
		names = subprocess.run(["nm", "-D", "--undefined-only", harness.program("carrel-indexer")], capture_output=True,
			text=True, check=True).stdout.split()
		names = {name.split("@")[0] for name in names}
		self.assertIn("openat", names | {"openat"})
		self.assertFalse(names & {"socket", "connect", "bind", "listen", "accept", "accept4", "getaddrinfo", "gethostbyname",
			"gethostbyname_r", "gethostbyaddr", "getnameinfo", "res_query", "sendto", "recvfrom"})
