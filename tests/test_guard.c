#include "tests/unit.h"

#include "tui/guard.h"

#include <stdio.h>

static size_t
pass(enum guard_way way, const char *in, size_t len, size_t chunk, char *out)
{
	struct guard guard = GUARD(way);
	size_t total = 0;

	for (size_t at = 0; at < len; at += chunk) {
		size_t n = len - at < chunk ? len - at : chunk;
		total += guard_pass(&guard, (const uint8_t *)in + at, n, (uint8_t *)out + total);
	}
	total += guard_flush(&guard, (uint8_t *)out + total);
	out[total] = 0;
	return total;
}

/* The same in one piece and byte by byte. */
static void
gives(enum guard_way way, const char *in, const char *want)
{
	char out[1024];

	for (size_t chunk = 1; chunk <= strlen(in) || chunk == 1; chunk++) {
		pass(way, in, strlen(in), chunk, out);
		assert_string_equal(out, want);
	}
}

static void
passes(enum guard_way way, const char *in)
{
	gives(way, in, in);
}

static void
what_curses_writes_passes(void **state)
{
	static const char *const list[] = { "plain text\r\n\t\b", "\033[?1049h", "\033[H\033[2J",
		"\033[1;24r", "\033[m\033(B", "\033(B\033[m", "\033[31;1;7m", "\033[38;5;200m", "\033[?25l",
		"\033[?12l\033[?25h", "\033[34h\033[?25h", "\033[10;20H", "\033[K\033[1K\033[J", "\033[5X",
		"\033[3@\033[2P\033[L\033[4M", "\033[?1h\033=", "\033[?1l\033>", "\033)0\016qq\017",
		"\033[?1006;1000h", "\033[?1000l", "\033[?2004h", "\033[?25h\033[?0c", "\033M\033D\0337\0338",
		"\033[4h\033[4l", "-\033[9b", "\033[39;49m", "漢字 é ✎ «»" };

	(void)state;
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		passes(GUARD_OUT, list[i]);
}

static void
what_acts_elsewhere_is_dropped(void **state)
{
	static const char *const list[] = { "\033]52;c;aGVsbG8=\007", "\033]52;c;aGVsbG8=\033\\",
		"\033]0;title\007", "\033]8;;http://x\033\\", "\033]104\007", "\033]R", "\033]P0aabbcc",
		"\033P$qm\033\\", "\033P1;1|17/17\033\\", "\033_Gf=24;AAAA\033\\", "\033^pm\033\\",
		"\033Xsos\033\\", "\033ktitle\033\\", "\033[5i", "\033[4i", "\033[?5i", "\033[c", "\033[>c",
		"\033[6n", "\033[?6n", "\033[5n", "\033[22;0;0t", "\033[21t", "\033[!p", "\033[2 q",
		"\033[?3h", "\033[?1003h", "\033[?1004h", "\033[?25;1003h", "\033c", "\033Z", "\033#8",
		"\033[>4;2m", "\033[?u", "\033[>1u", "\033[x", "\033[1;2;3;4;5T", "\005", "\013", "\177",
		"\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m", "\033[99999H" };

	(void)state;
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		char in[256], want[16];
		snprintf(in, sizeof in, "a%sb", list[i]);
		snprintf(want, sizeof want, "ab");
		gives(GUARD_OUT, in, want);
	}
}

static void
a_string_without_end_lets_nothing_out(void **state)
{
	char in[5000], out[6000];

	(void)state;
	memset(in, 'x', sizeof in);
	memcpy(in, "a\033]52;c;", 8);
	assert_int_equal(pass(GUARD_OUT, in, sizeof in, 100, out), 1);
	in[4000] = 0x18; /* CAN ends it */
	assert_int_equal(pass(GUARD_OUT, in, sizeof in, 7, out), 1 + 999);
	memset(in, '1', sizeof in);
	memcpy(in, "\033[", 2);
	assert_int_equal(pass(GUARD_OUT, in, sizeof in, 100, out), 0);
}

static void
an_escape_inside_a_string_starts_anew(void **state)
{
	(void)state;
	gives(GUARD_OUT, "\033]0;x\033[1mb", "\033[1mb");
	gives(GUARD_OUT, "\033\033[1mb", "\033[1mb");
	gives(GUARD_OUT, "\033[1\033[2mb", "\033[2mb");
	gives(GUARD_OUT, "\033[3\nb", "\nb");
}

static void
bad_characters_become_question_marks(void **state)
{
	(void)state;
	gives(GUARD_OUT,
	    "a\x9b"
	    "1mb",
	    "a?1mb");
	gives(GUARD_OUT,
	    "a\xc2\x9b"
	    "b",
	    "a?b");
	gives(GUARD_OUT, "\xe2\x80\xae", "?");
	gives(GUARD_OUT, "\xc0\xaf", "??");
	gives(GUARD_OUT, "\xe0\x80\xaf", "?");
	gives(GUARD_OUT, "\xed\xa0\x80", "?");
	gives(GUARD_OUT,
	    "\xe6\xbc"
	    "x",
	    "?x");
	gives(GUARD_IN,
	    "\xe6\xbc"
	    "x\xff",
	    "\xef\xbf\xbdx\xef\xbf\xbd");
}

static void
what_is_no_character_grows_no_further_than_was_said(void **state)
{
	static uint8_t in[4096], out[GUARD_GROWTH * sizeof in + GUARD_SEQUENCE + 1];
	static const uint8_t bad[] = { 0xff, 0xc3, 0xe2, 0xf0, 0x80 };

	(void)state;
	for (size_t kind = 0; kind < sizeof bad; kind++)
		for (size_t held = 0; held < 4; held++) {
			struct guard guard = GUARD(GUARD_IN);
			memset(in, bad[kind], sizeof in);
			(void)guard_pass(&guard, (const uint8_t *)"\xf0\x90\x80", held, out);
			memset(out, 0x55, sizeof out);
			size_t made = guard_pass(&guard, in, sizeof in, out);
			assert_true(made <= sizeof out - 1);
			assert_int_equal(out[sizeof out - 1], 0x55);
		}
}

static void
keys_pass_and_reports_do_not(void **state)
{
	static const char *const keys[] = { "abc\r\t\003\177", "\033", "\033[A", "\033[1;2B", "\033OP",
		"\033OA", "\033[15~", "\033[3;5~", "\033[[A", "\033[Z", "\033[<0;10;20M", "\033[<64;1;1m",
		"\033[M !!", "\033b", "\033[200~text\033[201~", "é漢" };
	static const char *const reports[] = { "\033[12;40R", "\033[?62;c", "\033[>0;276;0c", "\033[0n",
		"\033[I", "\033[O", "\033]11;rgb:0000/0000/0000\033\\", "\033P1$r0m\033\\", "\033_x\033\\",
		"\033[?1u", "\033[8;24;80t" };

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		passes(GUARD_IN, keys[i]);
	for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
		gives(GUARD_IN, reports[i], "");
	passes(GUARD_IN, "\033[1;2R"); /* Shift-F3 */
}

static void
a_lone_escape_waits_a_moment(void **state)
{
	struct guard guard = GUARD(GUARD_IN);
	uint8_t out[GUARD_SEQUENCE + 1];

	(void)state;
	assert_int_equal(guard_pass(&guard, (const uint8_t *)"\033", 1, out), 0);
	assert_true(guard_waiting(&guard));
	assert_int_equal(guard_flush(&guard, out), 1);
	assert_false(guard_waiting(&guard));
	assert_int_equal(guard_pass(&guard, (const uint8_t *)"\033[", 2, out), 0);
	assert_int_equal(guard_flush(&guard, out), 0);
}

/* Whatever goes in: what comes out goes through once more unchanged, and holds no byte that begins a string. */
static void
random_bytes_come_out_tame(void **state)
{
	static const char alphabet[] =
	    "\033\033\033[]PX^_\\;?0123456789mhlHJcntiR\007\030\232\233\235\302\340\342\200\256 ab";
	uint64_t seed = 0x2545f4914f6cdd1d;
	char in[200], out[400], again[800];

	(void)state;
	print_message("seed %llx\n", (unsigned long long)seed);
	for (int run = 0; run < 20000; run++) {
		enum guard_way way = run & 1 ? GUARD_IN : GUARD_OUT;
		for (size_t i = 0; i < sizeof in; i++) {
			seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
			in[i] = seed & 0x700 ? alphabet[(seed >> 16) % (sizeof alphabet - 1)]
					     : (char)(seed >> 24);
		}
		size_t n = pass(way, in, sizeof in, 1 + (size_t)run % 13, out);
		assert_true(n <= 2 * sizeof in);
		size_t m = pass(way, out, n, sizeof out, again);
		if (way == GUARD_OUT) {
			assert_int_equal(m, n);
			assert_memory_equal(out, again, n);
		}
		for (size_t i = 0; way == GUARD_OUT && i + 1 < n; i++)
			assert_false(out[i] == '\033' && strchr("]PX^_kc", out[i + 1]));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_curses_writes_passes),
	cmocka_unit_test(what_acts_elsewhere_is_dropped),
	cmocka_unit_test(a_string_without_end_lets_nothing_out),
	cmocka_unit_test(an_escape_inside_a_string_starts_anew),
	cmocka_unit_test(bad_characters_become_question_marks),
	cmocka_unit_test(what_is_no_character_grows_no_further_than_was_said),
	cmocka_unit_test(keys_pass_and_reports_do_not),
	cmocka_unit_test(a_lone_escape_waits_a_moment),
	cmocka_unit_test(random_bytes_come_out_tame),
};

UNIT(tests)
