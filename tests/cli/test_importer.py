"""The importer and a repository that would like to be run: nothing of it is, nothing else is read or written."""

import os
import re
import shutil
import subprocess
import unittest

from harness import Case, environment, program
from test_seal import SANITIZED
from test_session import CONNECT, NAMED, OPENED, SOCKET

HOOKS = ("pre-commit", "post-checkout", "post-merge", "reference-transaction", "post-index-change", "pre-auto-gc", "fsmonitor-watchman",
	"update", "post-update", "sendemail-validate")
CONFIG = """[core]
	fsmonitor = %(script)s
	hooksPath = %(hooks)s
	sshCommand = %(script)s
	gitProxy = %(script)s
	pager = %(script)s
	editor = %(script)s
	attributesFile = %(outside)s
	excludesFile = %(outside)s
	worktree = %(folder)s
[include]
	path = %(outside)s
[includeIf "gitdir:**"]
	path = %(outside)s
[filter "x"]
	clean = %(script)s
	smudge = %(script)s
	process = %(script)s
	required = true
[diff "x"]
	command = %(script)s
	textconv = %(script)s
[merge "x"]
	driver = %(script)s
[credential]
	helper = %(script)s
[remote "origin"]
	url = ext::%(script)s
	promisor = true
	partialclonefilter = blob:none
[submodule "s"]
	url = ext::%(script)s
	update = !%(script)s
[uploadpack]
	packObjectsHook = %(script)s
[extensions]
	partialClone = origin
"""


def git(where, *args):
	env = environment(GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@t", GIT_COMMITTER_NAME="t",
		GIT_COMMITTER_EMAIL="t@t")
	return subprocess.run(["git", "-C", where, *args], check=True, capture_output=True, env=env, text=True).stdout.strip()


class Hostile(Case):
	def setUp(self):
		super().setUp()
		self.mark = os.path.join(self.dir, "ran")
		self.script = self.file("script", b"#!/bin/sh\ntouch '%s'\n" % self.mark.encode())
		os.chmod(self.script, 0o755)
		self.outside = self.file("outside", b"* filter=x diff=x merge=x\n")
		self.source = self.tree("source", {"a.c": "int a;\n", ".gitattributes": "* filter=x diff=x merge=x ident text eol=crlf\n",
			".gitmodules": '[submodule "s"]\n\tpath = s\n\turl = ext::%s\n\tupdate = !%s\n' % (self.script, self.script)})
		git(self.source, "init", "-q")
		git(self.source, "add", ".")
		commit = git(self.source, "commit", "-qm", "1") or git(self.source, "rev-parse", "HEAD")
		git(self.source, "update-index", "--add", "--cacheinfo", "160000,%s,s" % commit)
		git(self.source, "commit", "-qm", "2")
		git(self.source, "tag", "1.0")
		self.head = git(self.source, "rev-parse", "HEAD")
		hooks = os.path.join(self.source, ".git", "hooks")
		os.makedirs(hooks, exist_ok=True)
		for name in HOOKS:
			shutil.copy(self.script, os.path.join(hooks, name))
		values = {"script": self.script, "hooks": hooks, "outside": self.outside, "folder": self.dir}
		with open(os.path.join(self.source, ".git", "config"), "a", encoding="utf-8") as f:
			f.write(CONFIG % values)
		home = os.path.join(self.dir, "home")
		os.makedirs(os.path.join(home, ".config", "git"))
		for name in (".gitconfig", ".config/git/config"):
			with open(os.path.join(home, name), "w", encoding="utf-8") as f:
				f.write(CONFIG % values)
		self.env = environment(HOME=home, XDG_CONFIG_HOME=home + "/.config", GIT_CONFIG_GLOBAL=home + "/.gitconfig",
			GIT_SSH_COMMAND=self.script, GIT_EXTERNAL_DIFF=self.script, GIT_DIR="/nonexistent", GIT_OBJECT_DIRECTORY="/nonexistent",
			GIT_ALTERNATE_OBJECT_DIRECTORIES=self.dir, GIT_PROXY_COMMAND=self.script, GIT_TRACE=self.mark)
		self.room = self.practice_room(people=())

	def run_import(self, *before):
		return subprocess.run([*before, program(), *self.room.argv("import", self.source)], capture_output=True, env=self.env,
			timeout=120, stdin=subprocess.DEVNULL)

	def test_nothing_of_it_is_run(self):
		done = self.run_import()
		self.assertEqual(done.returncode, 0, done.stderr)
		self.assertFalse(os.path.exists(self.mark))
		record = [r for r in self.room.plain("log", "--json").json if r["type"] == "import"][-1]["payload"]
		self.assertEqual(record["commit"], self.head)
		# bytes as the objects have them: no filter, no end of line, no keyword; and nothing of the submodule
		self.assertEqual(self.room("cat", "1.0:a.c").out, b"int a;\n")
		listed = {row["path"]: row for row in self.room("ls", "1.0", "--json").json}
		self.assertEqual(set(listed), {".gitattributes", ".gitmodules", "a.c", "s"})
		self.ok(self.room.plain("verify"))

	@unittest.skipIf(SANITIZED or not shutil.which("strace"), "needs strace, and a build without a sanitizer")
	def test_it_reads_its_source_and_writes_its_room(self):
		trace = os.path.join(self.dir, "trace")
		os.mkdir(trace)
		done = self.run_import("strace", "-ff", "-qq", "-y", "-s", "256", "-o", os.path.join(trace, "t"))
		self.assertEqual(done.returncode, 0, done.stderr)
		importers = 0
		for name in os.listdir(trace):
			with open(os.path.join(trace, name), encoding="utf-8", errors="replace") as f:
				text = f.read()
			sealed = re.search(r"^socket\(0x5ea1 .*-1 \(errno 300([67])\)$", text, re.M) # the indexer, a worker
			if not sealed:
				continue
			importers += 1
			after = text[sealed.end():]
			self.assertNotRegex(after, r"(?m)^(execve|execveat|vfork)\(")
			self.assertEqual([s for s in SOCKET.findall(after) if not s[0].startswith("0x5ea")] + CONNECT.findall(after), [])
			for line in re.findall(r"^open.*= \d+<.*$", after, re.M):
				opened = OPENED.search(line)
				self.assertIsNotNone(opened, line)
				inside = opened.group(2).startswith(self.room.path)
				self.assertTrue(inside or opened.group(2).startswith(self.source), line)
				self.assertTrue(inside or "O_RDONLY" in line, line)
			for call, arguments in NAMED.findall(after):
				paths = re.findall(r'"(/[^"]*)"', arguments)
				self.assertTrue(all(p.startswith((self.room.path, "/proc/self/fd/")) for p in paths), (call, arguments))
		self.assertGreater(importers, 0)
