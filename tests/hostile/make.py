#!/usr/bin/env python3
"""Makes a directory of source that is meant to harm its reader.

	python3 tests/hostile/make.py DIR [HUGE_BYTES]

HUGE_BYTES (130 MiB) is the size of the file that is larger than what is stored; it has holes and takes no space.
Nothing in it depends on clock or chance.
"""
import os
import random
import sys

MIB = 1024 * 1024
HUGE = 130 * MIB
DEEP = 1000 * 1000


def numbers(count, seed):
	return random.Random(seed).randbytes(count)


def corpus():
	"""{path: (bytes, name to be searched for or None, status wanted or None)}"""
	start = b"int planted_%s(void) { return 1; }\n"
	files = {}

	def add(path, body, find=True, status=None):
		name = path.split(".")[0].replace("-", "_").encode()
		files[path] = (start % name + body, b"planted_" + name if find else None, status)
	add("nul-early.c", b"\0\0\0", find=False, status="binary")
	add("nul-late.c", b"// filler\n" * 1000 + b"a\0b\n")
	add("invalid.c", b"// \xff\xfe \xc0\x80 \xed\xa0\x80 \xe2\x80\n" * 1000)
	files["utf16le.c"] = (b"\xff\xfe" + "int planted(void);\n".encode("utf-16-le") * 50, None, "utf-16")
	files["utf16be.c"] = (b"\xfe\xff" + "int planted(void);\n".encode("utf-16-be") * 50, None, "utf-16")
	files["utf32.c"] = ("int planted(void);\n".encode("utf-32-be") * 50, None, "binary")
	add("ends.c", b"a\r\nb\rc\n\rd\r\r\n\n" * 1000)
	add("no-end.c", b"int x")
	add("line.c", b"/* " + b"long " * MIB + b"*/ int behind_it;\n", status="not-parsed")
	add("line.js", b"var a=[" + b"1234567," * (MIB // 2) + b"0];\n", status="not-parsed")
	add("words.c", b"// " + b" ".join(b"w%d" % i for i in range(200000)) + b"\n", status="not-parsed")
	add("identifier.c", b"int " + b"x" * MIB + b";\n", status="not-parsed")
	add("parentheses.c", b"int x = " + b"(" * DEEP + b";\n", status="not-parsed")
	add("closed.c", b"int x = " + (b"(" * 200 + b"\n") * 100 + b"1" + (b")" * 200 + b"\n") * 100 + b";\n")
	add("braces.c", b"{" * (DEEP // 2) + b"\n")
	add("ifs.c", b"#if A\n" * 100000 + b"int inside_all;\n")
	add("elses.c", b"void f(void) {\n" + b"if (a) b(); else " * 20000 + b";\n}\n")
	add("pointers.c", b"int " + b"*" * 100000 + b"p;\n")
	add("templates.cpp", b"A" + b"<A" * 100000 + b";\n")
	add("brackets.py", b"x = " + b"[" * DEEP + b"\n", status="not-parsed")
	add("indent.py", b"".join(b" " * i + b"if x:\n" for i in range(2000)))
	files["deep.json"] = (b"[" * DEEP, None, "not-parsed")
	files["wide.json"] = (b"[" + b"1,\n" * 300000 + b"1]\n", None, None)
	add("strings.js", b"`${" * 100000 + b"\n", find=True)
	add("heredocs.sh", b"".join(b"cat <<E%d\n" % i for i in range(20000)))
	add("comment.c", b"/* never closed " + b"x\n" * MIB)
	add("string.c", b"char *s = \"never closed " + b"x\\\n" * 100000)
	add("lines.c", b"\n" * (2 * MIB))
	files["binary.c"] = (numbers(2 * MIB, 1), None, "binary")
	files["almost.c"] = (bytes(b or 1 for b in numbers(2 * MIB, 2)), None, "not-parsed")
	files["elf.c"] = (b"\x7fELF\2\1\1" + numbers(65536, 3), None, "binary")
	files["empty.c"] = (b"", None, None)
	files["branches.c"] = (
		b"#if A\nint planted_branches(void) {\n#else\nint planted_branches(int a) {\n#endif\n\treturn 1;\n}\n"
		b"#ifdef B\nstatic int in_ifdef(void) { return 2; }\n#elif C\nstatic int in_elif(void) { return 3; }\n#endif\n"
		b"MODULE(x) int behind_macro(void) { return 4; }\n%%%%\nint behind_error(void) { return 5; }\n", b"planted_branches", None)
	return files


def make(top, huge=HUGE):
	os.makedirs(top)
	for path, (body, _, _) in corpus().items():
		with open(os.path.join(top, path), "wb") as file:
			file.write(body)
	with open(os.path.join(top, "huge.c"), "wb") as file:
		file.write(b"int planted_huge(void);\n")
		file.truncate(huge)


if __name__ == "__main__":
	make(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else HUGE)
