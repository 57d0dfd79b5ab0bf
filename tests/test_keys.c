#include "tests/unit.h"

#include "base/buf.h"
#include "base/fs.h"
#include "tui/scroll.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static bool
starts(const int *longer, size_t n, const int *shorter, size_t m)
{
	return m <= n && memcmp(longer, shorter, m * sizeof *longer) == 0;
}

/* In one view no sequence is another's beginning, and none stands twice. */
static void
no_key_hides_another(void **state)
{
	(void)state;
	for (int view = 0; view < VIEW_KINDS; view++) {
		int all[256][KEYS_MAX];
		size_t len[256], count = 0;
		for (size_t i = 0; i < binding_count; i++) {
			const char *rest = bindings[i].keys;
			size_t n;
			if (!(bindings[i].views >> view & 1))
				continue;
			while ((n = keys_next(&rest, all[count])) > 0)
				len[count++] = n;
		}
		for (size_t i = 0; i < count; i++)
			for (size_t j = 0; j < count; j++)
				if (i != j && starts(all[i], len[i], all[j], len[j]))
					fail_msg("%s: a key stands before another: %x",
					    view_name((enum view_kind)view), (unsigned)all[j][0]);
	}
}

static void
an_action_has_one_line_a_view(void **state)
{
	(void)state;
	for (size_t i = 0; i < binding_count; i++) {
		assert_true(
		    bindings[i].keys[0] && bindings[i].words[0] && bindings[i].name[0] && bindings[i].views);
		for (size_t j = 0; j < i; j++)
			assert_false(bindings[i].action == bindings[j].action &&
			    bindings[i].views & bindings[j].views);
	}
}

static void
sequences_are_found(void **state)
{
	const struct binding *b;

	(void)state;
	assert_int_equal(keys_find(VIEW_CODE, (const int[]){ 'g' }, 1, &b), KEYS_MORE);
	assert_int_equal(keys_find(VIEW_CODE, (const int[]){ 'g', 'd' }, 2, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_DEFINITION);
	assert_int_equal(keys_find(VIEW_CODE, (const int[]){ 'g', 'z' }, 2, &b), KEYS_NO);
	assert_int_equal(keys_find(VIEW_CODE, (const int[]){ KEY_CTRL('W'), 'h' }, 2, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_PANE_LEFT);
	assert_int_equal(keys_find(VIEW_CODE, (const int[]){ KEY_CTRL(']') }, 1, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_DEFINITION);
	assert_int_equal(keys_find(VIEW_COMPOSE, (const int[]){ KEY_ALT | 'b' }, 1, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_EDIT_WORD_LEFT);
	assert_int_equal(keys_find(VIEW_COMPOSE, (const int[]){ '?' }, 1, &b), KEYS_NO);
	assert_int_equal(keys_find(VIEW_FILES, (const int[]){ K_PGDN }, 1, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_PAGE_DOWN);
	assert_null(keys_of(VIEW_FILES, ACT_DEFINITION));
}

/* What is typed as text must not be a command there. */
static void
typing_views_bind_no_printable_key(void **state)
{
	const struct binding *b;

	(void)state;
	for (int key = ' '; key < 127; key++) {
		assert_int_equal(keys_find(VIEW_PICK, &key, 1, &b), KEYS_NO);
		assert_int_equal(keys_find(VIEW_COMPOSE, &key, 1, &b), KEYS_NO);
		assert_int_equal(keys_find(VIEW_PROMPT, &key, 1, &b), KEYS_NO);
		assert_int_equal(keys_find(VIEW_SIGN, &key, 1, &b), KEYS_NO);
	}
}

static void
the_cursor_stays_in_sight(void **state)
{
	struct scroll s = { 0 };
	uint64_t seed = 88172645463325252;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < 100000; i++) {
		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		switch (seed % 5) {
		case 0:
			scroll_fit(&s, (seed >> 8) % 60, (seed >> 16) % 30);
			break;
		case 1:
			scroll_show(&s, (seed >> 8) % 70);
			break;
		case 2:
			scroll_by(&s, (long)((seed >> 8) % 21) - 10);
			break;
		default:
			assert_true(
			    scroll_act(&s, (enum action)(ACT_DOWN + (seed >> 8) % (ACT_MOVES - ACT_DOWN))));
		}
		if (s.count == 0)
			assert_int_equal(s.cursor, 0);
		else {
			assert_true(s.cursor < s.count);
			assert_true(s.height == 0 || (s.cursor >= s.top && s.cursor < s.top + s.height));
			assert_true(s.top == 0 || s.top + s.height <= s.count);
		}
	}
	assert_false(scroll_act(&s, ACT_OPEN));
}

static void
pages_move_by_pages(void **state)
{
	struct scroll s = { 0 };

	(void)state;
	scroll_fit(&s, 100, 20);
	scroll_act(&s, ACT_PAGE_DOWN);
	assert_int_equal(s.cursor, 19);
	assert_int_equal(s.top, 19 - SCROLL_MARGIN > 16 ? 16 : s.top);
	scroll_act(&s, ACT_END);
	assert_int_equal(s.cursor, 99);
	assert_int_equal(s.top, 80);
	scroll_act(&s, ACT_TOP);
	assert_int_equal(s.top, 0);
	scroll_show(&s, 50);
	assert_int_equal(s.cursor, 50);
	assert_int_equal(s.top, 44);
}

/* ---- the manual ---- */

#define READING_VIEWS \
	(1u << VIEW_FILES | 1u << VIEW_OUTLINE | 1u << VIEW_CODE | 1u << VIEW_HITS | 1u << VIEW_SYMBOLS | \
	    1u << VIEW_CHANGES | 1u << VIEW_SUSPICIOUS | 1u << VIEW_DIFF | 1u << VIEW_THREADS | \
	    1u << VIEW_THREAD | 1u << VIEW_LOBBY | 1u << VIEW_OPTIONS | 1u << VIEW_JUMPS)

static void
add_roff(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '^')
			assert_int_equal(buf_text(out, "\\(ha"), 0);
		else if (*text == '-')
			assert_int_equal(buf_text(out, "\\-"), 0);
		else
			assert_int_equal(buf_byte(out, (uint8_t)*text), 0);
	}
}

static void
add_views(struct buf *out, unsigned views)
{
	bool all = (views & READING_VIEWS) == READING_VIEWS;
	const char *comma = "";

	if (all) {
		assert_int_equal(buf_text(out, "wherever one reads"), 0);
		views &= ~READING_VIEWS;
		comma = ", ";
	}
	for (int view = 0; view < VIEW_KINDS; view++)
		if (views >> view & 1) {
			assert_int_equal(buf_printf(out, "%s%s", comma, view_name((enum view_kind)view)), 0);
			comma = ", ";
		}
}

/* The table of carrel-desk(7) as keys.c has it; SHOW_MANUAL=1 prints it. */
static void
the_manual_has_every_key(void **state)
{
	struct buf want = BUF(100000), page = BUF(100000);
	int fd = open(SOURCE_ROOT "/man/carrel-desk.7", O_RDONLY);

	(void)state;
	for (size_t i = 0; i < binding_count; i++) {
		assert_int_equal(buf_text(&want, ".It Sy \"\\&"), 0);
		add_roff(&want, bindings[i].keys);
		assert_int_equal(buf_text(&want, "\"\n"), 0);
		add_roff(&want, bindings[i].words);
		assert_int_equal(buf_text(&want, "\n.Pq "), 0);
		add_views(&want, bindings[i].views);
		assert_int_equal(buf_text(&want, "\n"), 0);
	}
	if (getenv("SHOW_MANUAL"))
		fputs((char *)want.data, stdout);
	assert_true(fd >= 0);
	assert_int_equal(fs_read_fd(fd, &page), 0);
	close(fd);
	if (!strstr((char *)page.data, (char *)want.data))
		fail_msg("carrel-desk(7) has another table of keys: SHOW_MANUAL=1 prints the right one");
	buf_release(&want);
	buf_release(&page);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(no_key_hides_another),
	cmocka_unit_test(an_action_has_one_line_a_view),
	cmocka_unit_test(sequences_are_found),
	cmocka_unit_test(typing_views_bind_no_printable_key),
	cmocka_unit_test(the_cursor_stays_in_sight),
	cmocka_unit_test(pages_move_by_pages),
	cmocka_unit_test(the_manual_has_every_key),
};

UNIT(tests)
