"""What hostile text does to terminals, and what of it may reach one."""
import re
import unicodedata

ESC = b"\x1b"


def attacks():
	"""{name: bytes}: one string a trick, without newline."""
	csi = {"clear": b"2J", "clear-scrollback": b"3J", "home": b"H", "alternate-screen": b"?1049h", "cursor-report": b"6n",
		"device-attributes": b"c", "secondary-attributes": b">c", "title-report": b"21t", "resize": b"8;1;1t", "iconify": b"2t",
		"scroll-region": b"1;2r", "hidden": b"8m", "conceal-by-colour": b"30;40m", "mouse": b"?1000h", "bracketed-paste": b"?2004h",
		"paste-end": b"201~", "print": b"5i", "insert": b"4h", "repeat": b"9999999b", "up": b"5A", "erase-line": b"2K",
		"save": b"s", "restore": b"u", "cursor-off": b"?25l", "origin": b"?6h", "many": b"1;" * 400 + b"m"}
	osc = {"title": b"0;owned", "clipboard": b"52;c;ZXZpbA==", "clipboard-read": b"52;c;?", "link": b"8;;http://x/", "colour": b"4;1;?",
		"palette": b"11;#000000", "directory": b"7;file://x/", "notify": b"9;x", "file": b"1337;File=:AAAA"}
	found = {"csi-" + name: ESC + b"[" + text for name, text in csi.items()}
	found.update(("osc-" + name, ESC + b"]" + text + b"\x07") for name, text in osc.items())
	found.update({
		"osc-st": ESC + b"]0;x" + ESC + b"\\", "dcs": ESC + b"Pq#0" + ESC + b"\\", "status-string": ESC + b"P$qm" + ESC + b"\\",
		"apc": ESC + b"_Gx" + ESC + b"\\", "pm": ESC + b"^x" + ESC + b"\\", "sos": ESC + b"Xx" + ESC + b"\\",
		"reset": ESC + b"c", "align": ESC + b"#8", "charset": ESC + b"(0", "latin-1": ESC + b"%@", "tmux": ESC + b"Ptmux;" + ESC + ESC + b"[2J" + ESC + b"\\",
		"enquiry": b"\x05", "bell": b"\x07", "backspace": b"real\x08\x08\x08\x08fake", "return": b"real\rfake", "shift-out": b"\x0e",
		"vertical": b"\x0b", "feed": b"\x0c", "delete": b"\x7f", "nothing": b"\x00", "substitute": b"\x1a",
		"c1-csi": b"\xc2\x9b2J", "c1-osc": b"\xc2\x9d0;x\xc2\x9c", "c1-dcs": b"\xc2\x90q\xc2\x9c", "c1-next-line": b"\xc2\x85",
		"raw-c1-csi": b"\x9b2J", "raw-c1-osc": b"\x9d0;x\x9c", "overlong": b"\xc0\x9b2J", "overlong-3": b"\xe0\x80\x9b2J",
		"cut-short": b"\xe2\x80" + ESC + b"[2J", "surrogate": b"\xed\xa0\x80", "beyond": b"\xf5\x80\x80\x80",
	})
	for name, text in (("override", "\u202e"), ("isolate", "\u2066x\u2069"), ("mark", "\u200f"), ("arabic-mark", "\u061c"),
			("zero-width", "\u200b"), ("joiner", "\u200d"), ("byte-order", "\ufeff"), ("tag", "\U000e0041"), ("variation", "\ufe0f"),
			("private", "\ue000"), ("annotation", "\ufff9"), ("line", "\u2028"), ("filler", "\u3164"), ("soft-hyphen", "\u00ad"),
			("noncharacter", "\uffff")):
		found["unicode-" + name] = text.encode()
	return found


# what the program itself sends: colours, and the line of progress
OURS = re.compile(rb"\x1b\[[0-9;]*m|\x1b\[K|[\r\n\t]")
# and at the desk, where curses draws: moves, erasures, modes that it sets and resets
CURSES = re.compile(rb"\x1b\[[0-9;?>=]*[a-zA-Z@`]|\x1b[()][0AB]|\x1b[=>78M]|\x1b\[!p|[\r\n\x08\x0f\x0e]")


def hides(char):
	category = unicodedata.category(char)
	return category in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") or 0xfe00 <= ord(char) <= 0xfe0f or ord(char) in (0x3164, 0x34f, 0x115f)


def raw(seen, ours=OURS):
	"""What in the bytes that came to a terminal is neither text nor the program's own."""
	rest = ours.sub(b"", seen)
	try:
		text = rest.decode("utf-8")
	except UnicodeDecodeError as error:
		return repr(rest[max(0, error.start - 40):error.end + 40])
	bad = [i for i, char in enumerate(text) if hides(char)]
	return repr(text[max(0, bad[0] - 40):bad[0] + 40]) if bad else ""
