#!/usr/bin/env python3
"""JSON in the canonical form of RFC 8785, written from the RFC alone and sharing no code with the program.

	python3 tests/rfc8785.py FILE      each line of FILE must be its own canonical form; exit 1 if one is not
"""

import json
import sys

ESCAPES = {0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r", 0x22: '\\"', 0x5C: "\\\\"}


def encode_string(text):
	out = []
	for char in text:
		code = ord(char)
		if code in ESCAPES:
			out.append(ESCAPES[code])
		elif code < 0x20:
			out.append("\\u%04x" % code)
		elif 0xD800 <= code <= 0xDFFF:
			raise ValueError("lone surrogate")
		else:
			out.append(char)
	return '"' + "".join(out) + '"'


def utf16_units(key):
	data = key.encode("utf-16-be")
	return [data[i] << 8 | data[i + 1] for i in range(0, len(data), 2)]


def encode(value):
	if value is None:
		return "null"
	if value is True:
		return "true"
	if value is False:
		return "false"
	if isinstance(value, int):
		if abs(value) > 2**53:
			raise ValueError("an integer that no double holds")
		return str(value)
	if isinstance(value, str):
		return encode_string(value)
	if isinstance(value, list):
		return "[" + ",".join(encode(item) for item in value) + "]"
	if isinstance(value, dict):
		keys = sorted(value, key=utf16_units)
		return "{" + ",".join(encode_string(key) + ":" + encode(value[key]) for key in keys) + "}"
	raise ValueError("a value outside the subset: %r" % (value,))


def unique(pairs):
	keys = [key for key, _ in pairs]
	if len(set(keys)) != len(keys):
		raise ValueError("a key twice")
	return dict(pairs)


def canonical(data):
	"""Whether the bytes are the canonical form of what they say."""
	return encode(json.loads(data.decode("utf-8"), object_pairs_hook=unique)).encode("utf-8") == data


def main():
	with open(sys.argv[1], "rb") as file:
		lines = file.read().split(b"\n")[:-1]
	bad = [number for number, line in enumerate(lines, 1) if not canonical(line)]
	print("%d lines, not canonical: %s" % (len(lines), bad))
	return 1 if bad or not lines else 0


if __name__ == "__main__":
	sys.exit(main())
