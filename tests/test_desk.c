#include "tests/unit.h"

#include "tests/canned.h"

#include <stdio.h>

static struct canned room;

static int
open_room(void **state)
{
	(void)state;
	canned_start(&room, 28, 100, false, true);
	return 0;
}

static int
close_room(void **state)
{
	(void)state;
	canned_end(&room);
	return 0;
}

static void
sees(const char *text)
{
	const char *screen = canned_screen(&room);

	if (getenv("SHOW_SCREENS"))
		puts(screen);
	if (!strstr(screen, text))
		fail_msg("not on the screen: \"%s\"\n%s", text, screen);
}

static void
sees_not(const char *text)
{
	if (strstr(canned_screen(&room), text))
		fail_msg("on the screen: \"%s\"\n%s", text, canned_screen(&room));
}

static void
the_first_screen_says_what_is_where(void **state)
{
	(void)state;
	sees(" acme-av 1.1 (vs 1.0)   findings 1 open   inspector anna   practice room   sealed: no way out");
	sees("auth.c");
	sees(" + ");
	sees("#include \"ct.h\"");
	sees("<U+202E>");
	sees("Compare leaks time");
	sees("? help");
	sees("Q leave");
}

static void
a_definition_is_gone_to_and_come_back_from(void **state)
{
	(void)state;
	canned_type(&room, "2");
	canned_type(&room, "jjjjjjjjww");
	canned_type(&room, "gd");
	sees("src/ct.c");
	sees("int ct_equal");
	canned_key(&room, KEY_CTRL('T'));
	sees("src/auth.c  +3 -1");
	sees("9/10");
	canned_type(&room, "gr");
	sees("REFERENCES OF ct_equal");
	canned_type(&room, "j");
	canned_key(&room, K_ENTER);
	sees("int ct_equal");
	canned_type(&room, "q");
	sees("REFERENCES OF ct_equal");
	canned_type(&room, "q");
	sees("src/auth.c  +3 -1");
}

static void
a_search_shows_its_hits(void **state)
{
	(void)state;
	canned_type(&room, "g/ct_equal");
	canned_key(&room, K_ENTER);
	sees("SEARCH ct_equal");
	sees("1 line in 1 file; 1 file not searched");
	canned_key(&room, K_ENTER);
	sees("9/10");
	canned_type(&room, "qqg/nothing");
	canned_key(&room, K_ENTER);
	sees("Nothing found.");
}

static void
a_search_in_the_file_jumps_to_its_match(void **state)
{
	(void)state;
	canned_type(&room, "2/ct_equal");
	canned_key(&room, K_ENTER);
	sees("9/10");
	sees("Match 1 of 1");
}

static void
changes_lead_to_a_diff(void **state)
{
	(void)state;
	canned_type(&room, "D");
	sees("CHANGES 1.0 to 1.1");
	sees("3 files  +7 -2");
	canned_key(&room, K_ENTER);
	sees("DIFF src/auth.c  1.0 to 1.1");
	sees("+3 -1");
	canned_type(&room, "]c]c");
	sees("    7       -          return strcmp");
	canned_type(&room, "]f");
	sees("DIFF src/ct.c");
	canned_type(&room, "q");
	sees("CHANGES 1.0 to 1.1");
}

static void
words_are_signed_only_by_the_word(void **state)
{
	(void)state;
	canned_type(&room, "2");
	canned_type(&room, "c");
	sees("WRITING on src/auth.c line 1 of 1.1");
	canned_type(&room, "hello ? q");
	canned_key(&room, KEY_CTRL('S'));
	sees("THE BYTES TO BE SIGNED");
	sees("type annotate");
	canned_key(&room, K_ENTER);
	sees("Not signed");
	canned_key(&room, KEY_CTRL('S'));
	canned_type(&room, "sig");
	canned_key(&room, K_ENTER);
	sees("The word is");
	canned_type(&room, "n");
	assert_string_equal(room.signed_hex, "");
	canned_key(&room, K_ENTER);
	sees("Signed and recorded: record 42.");
	assert_int_equal(strlen(room.signed_hex), 64);
	assert_non_null(strstr(room.last_say, "\"text\":\"hello ? q\""));
	assert_non_null(strstr(room.last_say, "\"first\":1"));
	sees_not("WRITING");
}

static void
words_that_are_put_aside_come_back(void **state)
{
	(void)state;
	canned_type(&room, "2cabc");
	canned_key(&room, K_ESC);
	sees_not("WRITING");
	canned_type(&room, "Q");
	sees("1 unsigned writing will be lost.  Leave the desk?");
	canned_type(&room, "nc");
	sees("abc");
	sees("WRITING");
}

static void
a_thread_shows_code_words_and_signature(void **state)
{
	(void)state;
	canned_type(&room, "4");
	sees("THREADS all");
	canned_key(&room, K_ENTER);
	sees("finding high abcdefghij  Compare leaks time");
	sees("strcmp stops early.");
	sees("signature good");
	sees("record 12");
	canned_type(&room, "a");
	sees("ANSWERING in abcdefghij");
	canned_key(&room, K_ESC);
	canned_type(&room, "s");
	sees("STATE OF abcdefghij, now open");
	canned_type(&room, "res");
	canned_key(&room, K_ENTER);
	sees("STATE of abcdefghij becomes resolved");
}

static void
help_lists_and_filters(void **state)
{
	(void)state;
	canned_type(&room, "2?");
	sees("KEYS IN code");
	sees("gd ^]");
	canned_type(&room, "next change");
	sees("]c F8");
	sees_not("gd ^]");
	canned_key(&room, K_ENTER); /* and does it */
	sees_not("KEYS IN");
	canned_type(&room, ":thr");
	sees("next-thread");
}

static void
files_are_found_as_one_types(void **state)
{
	(void)state;
	canned_type(&room, "tct");
	sees("FIND FILE");
	sees("src/ct.c");
	canned_key(&room, K_ENTER);
	sees("int ct_equal");
}

static void
a_reader_that_died_is_asked_again(void **state)
{
	(void)state;
	room.die = true;
	canned_type(&room, "g/ct_equal");
	canned_key(&room, K_ENTER);
	sees("the reader died");
	sees("1 line in 1 file");
}

/* Enter before the answer is there takes what was asked for, not what stood there before. */
static void
a_quick_enter_takes_what_was_typed(void **state)
{
	(void)state;
	room.hold = true;
	canned_type(&room, "tct");
	canned_key(&room, K_ENTER);
	sees("FIND FILE");
	room.hold = false;
	canned_settle(&room);
	sees("int ct_equal");
	assert_null(strstr(canned_screen(&room), "FIND FILE"));
}

static void
never_more_than_eight_orders(void **state)
{
	(void)state;
	room.hold = true;
	for (int i = 0; i < 20; i++)
		canned_type(&room, "t.\033D\033");
	canned_type(&room, "q");
	room.hold = false;
	canned_settle(&room);
	size_t waiting = 0;
	for (int i = 0; i < 20; i++)
		threads_open(&room.app);
	(void)waiting;
	canned_settle(&room);
	canned_type(&room, "1");
	sees("auth.c");
}

static void
it_draws_at_every_size(void **state)
{
	static const char *const walks[] = { "", "2", "D\r", "4\r", "5", "?", ":", "2cword", "g/ct_equal\r",
		"2gr" };

	(void)state;
	for (size_t w = 0; w < sizeof walks / sizeof *walks; w++) {
		canned_type(&room, walks[w]);
		for (int rows = 1; rows < 40; rows += rows < 12 ? 1 : 9)
			for (int cols = 1; cols < 170; cols += cols < 24 ? 1 : 23) {
				app_resize(&room.app, rows, cols);
				canned_settle(&room);
			}
		app_resize(&room.app, 28, 100);
		for (int i = 0; i < 4; i++)
			canned_key(&room, K_ESC);
	}
}

/* Keys at random: nothing falls over, and what is drawn is whole. */
static void
a_monkey_finds_nothing(void **state)
{
	static const int special[] = { K_ESC, K_ENTER, K_TAB, K_UP, K_DOWN, K_LEFT, K_RIGHT, K_PGUP, K_PGDN,
		K_HOME, K_END, K_BACKSPACE, KEY_CTRL('S'), KEY_CTRL('T'), KEY_CTRL('O'), KEY_CTRL('C'), K_F1,
		K_SHIFT_DOWN, K_SHIFT_TAB };
	uint64_t seed = 0xdeadbeefcafe;

	(void)state;
	print_message("seed %llx\n", (unsigned long long)seed);
	for (int i = 0; i < 6000; i++) {
		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		int key = seed & 1 ? special[(seed >> 8) % (sizeof special / sizeof *special)]
				   : ' ' + (int)((seed >> 8) % 95);
		canned_key(&room, key);
		room.app.leaving = false;
		room.die = (seed >> 40) % 50 == 0;
		if ((seed >> 30) % 100 == 0)
			app_resize(&room.app, 1 + (int)((seed >> 20) % 40), 1 + (int)((seed >> 12) % 150));
	}
}

static void
an_empty_room_says_so(void **state)
{
	(void)state;
	canned_end(&room);
	canned_start(&room, 24, 80, true, false);
	sees("No release yet.");
	sees("carrel import SOURCE");
	canned_type(&room, "qtT4qDg/x\r");
	sees("Q leave");
}

#define IN_ROOM(test) cmocka_unit_test_setup_teardown(test, open_room, close_room)

static const struct CMUnitTest tests[] = {
	IN_ROOM(the_first_screen_says_what_is_where),
	IN_ROOM(a_definition_is_gone_to_and_come_back_from),
	IN_ROOM(a_search_shows_its_hits),
	IN_ROOM(a_search_in_the_file_jumps_to_its_match),
	IN_ROOM(changes_lead_to_a_diff),
	IN_ROOM(words_are_signed_only_by_the_word),
	IN_ROOM(words_that_are_put_aside_come_back),
	IN_ROOM(a_thread_shows_code_words_and_signature),
	IN_ROOM(help_lists_and_filters),
	IN_ROOM(files_are_found_as_one_types),
	IN_ROOM(a_reader_that_died_is_asked_again),
	IN_ROOM(a_quick_enter_takes_what_was_typed),
	IN_ROOM(never_more_than_eight_orders),
	IN_ROOM(it_draws_at_every_size),
	IN_ROOM(a_monkey_finds_nothing),
	IN_ROOM(an_empty_room_says_so),
};

UNIT(tests)
