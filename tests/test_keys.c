#include "tests/unit.h"

#include "base/buf.h"
#include "base/fs.h"
#include "tui/keymap.h"
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
		assert_non_null(view_name((enum view_kind)view));
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
	struct keymap map;

	(void)state;
	keymap_init(&map);
	assert_int_equal(keymap_find(&map, VIEW_CODE, (const int[]){ 'g' }, 1, &b), KEYS_MORE);
	assert_int_equal(keymap_find(&map, VIEW_CODE, (const int[]){ 'g', 'd' }, 2, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_DEFINITION);
	assert_int_equal(keymap_find(&map, VIEW_CODE, (const int[]){ 'g', 'z' }, 2, &b), KEYS_NO);
	assert_int_equal(keymap_find(&map, VIEW_CODE, (const int[]){ KEY_CTRL('W'), 'h' }, 2, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_PANE_LEFT);
	assert_int_equal(keymap_find(&map, VIEW_CODE, (const int[]){ KEY_CTRL(']') }, 1, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_DEFINITION);
	assert_int_equal(keymap_find(&map, VIEW_COMPOSE, (const int[]){ KEY_ALT | 'b' }, 1, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_EDIT_WORD_LEFT);
	assert_int_equal(keymap_find(&map, VIEW_COMPOSE, (const int[]){ '?' }, 1, &b), KEYS_NO);
	assert_int_equal(keymap_find(&map, VIEW_FILES, (const int[]){ K_PGDN }, 1, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_PAGE_DOWN);
	assert_null(keymap_of(&map, VIEW_FILES, ACT_DEFINITION));
	keymap_release(&map);
}

/* What is typed as text must not be a command there. */
static void
typing_views_bind_no_printable_key(void **state)
{
	const struct binding *b;
	struct keymap map;

	(void)state;
	keymap_init(&map);
	for (int key = ' '; key < 127; key++) {
		assert_int_equal(keymap_find(&map, VIEW_PICK, &key, 1, &b), KEYS_NO);
		assert_int_equal(keymap_find(&map, VIEW_COMPOSE, &key, 1, &b), KEYS_NO);
		assert_int_equal(keymap_find(&map, VIEW_PROMPT, &key, 1, &b), KEYS_NO);
		assert_int_equal(keymap_find(&map, VIEW_SIGN, &key, 1, &b), KEYS_NO);
	}
	keymap_release(&map);
}

/* ---- what a person maps ---- */

static void
a_mapping_holds_in_its_view_alone(void **state)
{
	const struct binding *b;
	struct keymap map;

	(void)state;
	keymap_init(&map);
	assert_int_equal(keymap_line(&map, STR("code definition gD F8x")), ERR_USAGE);
	assert_int_equal(keymap_line(&map, STR("  code definition gD ^]")), 0);
	assert_int_equal(keymap_find(&map, VIEW_CODE, (const int[]){ 'g', 'D' }, 2, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_DEFINITION);
	assert_int_equal(keymap_find(&map, VIEW_CODE, (const int[]){ 'g', 'd' }, 2, &b), KEYS_NO);
	assert_int_equal(keymap_find(&map, VIEW_DIFF, (const int[]){ 'g', 'd' }, 2, &b), KEYS_YES);
	assert_string_equal(keymap_of(&map, VIEW_CODE, ACT_DEFINITION)->keys, "gD ^]");
	assert_int_equal(keymap_line(&map, STR("search-results open F7")), 0);
	assert_int_equal(keymap_find(&map, VIEW_HITS, (const int[]){ K_F7 }, 1, &b), KEYS_YES);
	assert_int_equal(b->action, ACT_OPEN);
	assert_int_equal(keymap_line(&map, STR("all find-file ^P")), 0);
	assert_int_equal(keymap_find(&map, VIEW_LOBBY, (const int[]){ 't' }, 1, &b), KEYS_NO);
	assert_int_equal(keymap_find(&map, VIEW_CODE, (const int[]){ KEY_CTRL('P') }, 1, &b), KEYS_YES);
	assert_int_equal(keymap_line(&map, STR("code find-symbol t")), 0);
	keymap_release(&map);
}

/* Nothing ambiguous, nothing unknown, no text made a command; the map stays as it was, and a reason is given. */
static void
what_cannot_be_mapped_is_refused(void **state)
{
	static const struct {
		const char *line, *why;
	} wrong[] = {
		{ "", "no view ''" },
		{ "nowhere open x", "no view 'nowhere'" },
		{ "cod open x", "no view 'cod'" },
		{ "code", "no action ''" },
		{ "code fly x", "no action 'fly'" },
		{ "files definition gD", "no action 'definition'" },
		{ "code definition", "VIEW ACTION KEYS" },
		{ "code definition t", "clash with 'find-file'" },
		{ "code definition g", "clash with" },
		{ "code definition gdx", NULL },
		{ "code definition ggx", "clash with 'top'" },
		{ "code definition g", "clash" },
		{ "code definition X Xy", "another of these keys" },
		{ "code definition X X", "another of these keys" },
		{ "code definition abcd", "no key 'abcd'" },
		{ "code definition \xc3\xa4", "no key" },
		{ "code definition gD  gE", "no key ''" },
		{ "writing done x", "is text" },
		{ "choosing accept ^S x", "is text" },
		{ "signing accept ^A", "signing stay" },
		{ "all back Z", NULL },
		{ "all open Q", "clash" },
	};
	struct keymap map;

	(void)state;
	keymap_init(&map);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		size_t count = map.count;
		int r = keymap_line(&map, str_from(wrong[i].line));
		if (!wrong[i].why)
			continue;
		if (r != ERR_USAGE || !strstr(err_text(), wrong[i].why))
			fail_msg("%s: %d %s", wrong[i].line, r, r ? err_text() : "");
		assert_int_equal(map.count, count);
	}
	assert_int_equal(keymap_read(&map, STR("code definition gD\nnonsense\n\ncode fly x\n")), 2);
	assert_non_null(strstr(err_text(), "nonsense"));
	assert_string_equal(keymap_of(&map, VIEW_CODE, ACT_DEFINITION)->keys, "gD");
	keymap_release(&map);
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

/* All but those where one types, signs, or looks into a box. */
#define OTHER_VIEWS \
	(1u << VIEW_PICK | 1u << VIEW_SEARCH | 1u << VIEW_COMPOSE | 1u << VIEW_SIGN | 1u << VIEW_PROMPT | \
	    1u << VIEW_PEEK)
#define READING_VIEWS (((1u << VIEW_KINDS) - 1) & ~OTHER_VIEWS)

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
	cmocka_unit_test(a_mapping_holds_in_its_view_alone),
	cmocka_unit_test(what_cannot_be_mapped_is_refused),
	cmocka_unit_test(the_cursor_stays_in_sight),
	cmocka_unit_test(pages_move_by_pages),
	cmocka_unit_test(the_manual_has_every_key),
};

UNIT(tests)
