#include "tests/unit.h"

#include "base/fs.h"
#include "tui/options.h"
#include "tui/style.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void
words_set_values(void **state)
{
	struct options o;
	enum desk_option which;
	char text[16];

	(void)state;
	options_init(&o);
	assert_int_equal(options_set(&o, STR("wrap"), &which), 0);
	assert_int_equal(which, OPTION_WRAP);
	assert_int_equal(o.value[OPTION_WRAP], 1);
	assert_int_equal(options_set(&o, STR("nowrap"), &which), 0);
	assert_int_equal(o.value[OPTION_WRAP], 0);
	assert_int_equal(options_set(&o, STR("  tab = 16 "), &which), 0);
	assert_int_equal(o.value[OPTION_TAB], 16);
	assert_int_equal(options_set(&o, STR("theme mono"), &which), 0);
	assert_string_equal(option_text(&o, OPTION_THEME, text), "mono");
	assert_int_equal(o.value[OPTION_THEME], THEME_MONO);
	option_step(&o, OPTION_THEME);
	assert_int_equal(o.value[OPTION_THEME], THEME_16);
	option_step(&o, OPTION_TAB);
	assert_int_equal(o.value[OPTION_TAB], 16);
}

static void
what_is_wrong_changes_nothing(void **state)
{
	static const char *const wrong[] = { "", " ", "no", "tab", "tab 0", "tab 17", "tab -1", "tab x",
		"notab", "notab 3", "theme", "notheme", "theme mon", "wrap maybe", "nowrap yes", "warp yes",
		"tab 3 4", "tab 99999999999999999999", "\xff\xff", "wrap\x01", "side 160" };
	struct options o, before;
	enum desk_option which;

	(void)state;
	options_init(&o);
	before = o;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (options_set(&o, str_from(wrong[i]), &which) != ERR_USAGE)
			fail_msg("taken: %s", wrong[i]);
		assert_memory_equal(&o, &before, sizeof o);
	}
}

/* What was written reads the same; what a later release wrote is passed over. */
static void
they_are_kept(void **state)
{
	struct options o, back;
	struct buf text = BUF(4096);
	enum desk_option which;

	(void)state;
	options_init(&o);
	assert_int_equal(options_write(&o, &text), 0);
	assert_int_equal(text.len, 0);
	assert_int_equal(options_set(&o, STR("tab 3"), &which), 0);
	assert_int_equal(options_set(&o, STR("side off"), &which), 0);
	assert_int_equal(options_write(&o, &text), 0);
	assert_int_equal(buf_text(&text, "from-the-future 3\ntab 900\n\n\xff\n"), 0);
	options_read(&back, buf_view(&text));
	assert_memory_equal(&o, &back, sizeof o);
	buf_release(&text);
}

/* The list of carrel-desk(7) is the table; SHOW_MANUAL=1 prints it. */
static void
the_manual_has_every_option(void **state)
{
	struct buf want = BUF(65536), page = BUF(1 << 20);
	int fd = open(SOURCE_ROOT "/man/carrel-desk.7", O_RDONLY);

	(void)state;
	for (int i = 0; i < OPTION_COUNT; i++)
		assert_int_equal(
		    buf_printf(&want, ".It Cm %s\n%s\n.Pq %s\n", option_name((enum desk_option)i),
			option_words((enum desk_option)i), option_values((enum desk_option)i)),
		    0);
	if (getenv("SHOW_MANUAL"))
		fputs((char *)want.data, stdout);
	assert_true(fd >= 0);
	assert_int_equal(fs_read_fd(fd, &page), 0);
	close(fd);
	if (!strstr((char *)page.data, (char *)want.data))
		fail_msg("carrel-desk(7) has other options: SHOW_MANUAL=1 prints the right list");
	buf_release(&want);
	buf_release(&page);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(words_set_values),
	cmocka_unit_test(what_is_wrong_changes_nothing),
	cmocka_unit_test(they_are_kept),
	cmocka_unit_test(the_manual_has_every_option),
};

UNIT(tests)
