#include "tests/unit.h"

#include "base/buf.h"
#include "indexer/index/linediff.h"
#include "tests/random.h"

#include <stdio.h>
#include <time.h>

#define TEXT_MAX ((size_t)64 * 1024 * 1024)

/* Writes what `diff` makes of its old text and compares it with the new one; counts must agree as well. */
static void
check_applies(const struct linediff *diff)
{
	struct buf out = BUF(TEXT_MAX);
	size_t at = 0, at_new = 0;
	uint64_t added = 0, removed = 0;

	for (size_t i = 0; i < diff->count; i++) {
		const struct edit *e = &diff->edits[i];
		assert_true(e->old_first >= at && (i == 0 || e->old_first > at));
		assert_int_equal(e->old_first - at, e->new_first - at_new);
		assert_true(e->old_lines + e->new_lines > 0);
		assert_int_equal(buf_str(&out, lines_range(&diff->old, at, e->old_first - at)), 0);
		assert_int_equal(buf_str(&out, lines_range(&diff->new, e->new_first, e->new_lines)), 0);
		at = e->old_first + e->old_lines;
		at_new = e->new_first + e->new_lines;
		added += e->new_lines;
		removed += e->old_lines;
	}
	assert_int_equal(buf_str(&out, lines_range(&diff->old, at, diff->old.count - at)), 0);
	assert_true(str_eq(buf_view(&out), diff->new.text));
	assert_true(added == diff->added && removed == diff->removed);
	buf_release(&out);
}

/* Hunks cover every edit once, do not overlap, and their lines outside of edits are common. */
static void
check_hunks(const struct linediff *diff, size_t context)
{
	struct hunk hunk = { 0 };
	size_t edits = 0, old_end = 0;

	while (linediff_next(diff, context, &hunk)) {
		assert_int_equal(hunk.first, edits);
		assert_true(hunk.span.old_first >= old_end);
		edits += hunk.count;
		old_end = hunk.span.old_first + hunk.span.old_lines;
		assert_true(old_end <= diff->old.count &&
		    hunk.span.new_first + hunk.span.new_lines <= diff->new.count);
		const struct edit *first = &diff->edits[hunk.first];
		size_t before = first->old_first - hunk.span.old_first;
		assert_true(before <= context);
		assert_true(str_eq(lines_range(&diff->old, hunk.span.old_first, before),
		    lines_range(&diff->new, hunk.span.new_first, before)));
	}
	assert_int_equal(edits, diff->count);
}

static void
check(struct str old, struct str new)
{
	struct linediff diff;

	assert_int_equal(linediff_init(&diff, old, new), 0);
	check_applies(&diff);
	for (size_t context = 0; context < 5; context++)
		check_hunks(&diff, context);
	linediff_release(&diff);
}

/* Lines out of a small alphabet: many that are the same, as in real text's braces and blank lines. */
static void
random_text(struct buf *out, struct random *random, unsigned lines, unsigned alphabet)
{
	buf_clear(out);
	for (unsigned i = 0; i < lines; i++)
		assert_int_equal(buf_printf(out, "%*s%u\n", (int)random_below(random, 4), "",
				     random_below(random, alphabet)),
		    0);
	if (out->len > 0 && random_below(random, 4) == 0)
		out->len--;
}

/* Copies `old`, leaving out, putting in and swapping some lines. */
static void
mutate(struct buf *out, struct str old, struct random *random, unsigned rate)
{
	struct lines lines;

	buf_clear(out);
	assert_int_equal(lines_init(&lines, old), 0);
	for (size_t i = 0; i < lines.count; i++) {
		if (random_below(random, 100) >= rate) {
			assert_int_equal(buf_str(out, lines_get(&lines, i)), 0);
			continue;
		}
		if (random_below(random, 2))
			assert_int_equal(buf_printf(out, "new %u\n", random_below(random, 50)), 0);
		if (random_below(random, 2))
			assert_int_equal(
			    buf_str(out, lines_get(&lines, random_below(random, (unsigned)lines.count))), 0);
	}
	lines_release(&lines);
}

static void
applying_gives_the_new_text(void **state)
{
	struct random random = random_of(20260101);
	struct buf old = BUF(TEXT_MAX), new = BUF(TEXT_MAX);

	(void)state;
	for (unsigned round = 0; round < 1500; round++) {
		random_text(&old, &random, random_below(&random, 60), 1 + random_below(&random, 30));
		if (round % 2)
			random_text(&new, &random, random_below(&random, 60), 1 + random_below(&random, 30));
		else
			mutate(&new, buf_view(&old), &random, random_below(&random, 60));
		check(buf_view(&old), buf_view(&new));
	}
	buf_release(&old);
	buf_release(&new);
}

/* Length of a longest common subsequence by the quadratic table. */
static size_t
common_length(const struct lines *a, const struct lines *b)
{
	static size_t table[64][64];

	for (size_t i = 0; i <= a->count; i++)
		for (size_t j = 0; j <= b->count; j++) {
			if (i == 0 || j == 0)
				table[i][j] = 0;
			else if (str_eq(lines_get(a, i - 1), lines_get(b, j - 1)))
				table[i][j] = table[i - 1][j - 1] + 1;
			else
				table[i][j] =
				    table[i - 1][j] > table[i][j - 1] ? table[i - 1][j] : table[i][j - 1];
		}
	return table[a->count][b->count];
}

/* Parting at rare lines may cost some, but little; where no line is rare it is the shortest. */
static void
differences_are_near_the_shortest(void **state)
{
	struct random random = random_of(20260102);
	struct buf old = BUF(TEXT_MAX), new = BUF(TEXT_MAX);
	struct linediff diff;
	size_t shown = 0, shortest = 0;

	(void)state;
	for (unsigned round = 0; round < 1000; round++) {
		random_text(&old, &random, random_below(&random, 60), 8);
		random_text(&new, &random, random_below(&random, 60), 8);
		assert_int_equal(linediff_init(&diff, buf_view(&old), buf_view(&new)), 0);
		shown += diff.removed;
		shortest += diff.old.count - common_length(&diff.old, &diff.new);
		assert_false(diff.coarse);
		linediff_release(&diff);
	}
	assert_true(shortest > 0 && shown * 100 <= shortest * 110);
	buf_release(&old);
	buf_release(&new);
}

/* The shortest script would tie the braces of the new function to those of the old one. */
static void
blocks_are_told_apart_by_what_is_rare(void **state)
{
	struct linediff diff;

	(void)state;
	assert_int_equal(
	    linediff_init(&diff,
		STR("void\nfirst(void)\n{\n\tx = 1;\n\tdone();\n}\n\nvoid\nsecond(void)\n{\n\tonly();\n}\n"),
		STR("void\nsecond(void)\n{\n\tonly();\n}\n\nvoid\nfirst(void)\n{\n\ty = 2;\n\tdone();\n}\n")),
	    0);
	/* one of the two stays whole */
	assert_int_equal(diff.count, 2);
	assert_true(diff.edits[0].new_lines == 0 || diff.edits[0].old_lines == 0);
	linediff_release(&diff);
}

static void
edges(void **state)
{
	static const struct str texts[] = { STR(""), STR("\n"), STR("a"), STR("a\n"), STR("a\nb"),
		STR("a\nb\n"), STR("a\r\nb\r\n"), STR("\n\n\n"), STR("a\0b\n"), STR("b\na\n"),
		STR("\xff\xfe\n") };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
			struct linediff diff;
			check(texts[i], texts[j]);
			assert_int_equal(linediff_init(&diff, texts[i], texts[j]), 0);
			assert_int_equal(diff.count == 0, i == j);
			linediff_release(&diff);
		}
}

static void
a_change_stands_where_a_reader_expects_it(void **state)
{
	struct linediff diff;

	(void)state;
	assert_int_equal(
	    linediff_init(&diff, STR("int\na(void)\n{\n\treturn 1;\n}\n\nint\nc(void)\n{\n\treturn 3;\n}\n"),
		STR("int\na(void)\n{\n\treturn 1;\n}\n\nint\nb(void)\n{\n\treturn "
		    "2;\n}\n\nint\nc(void)\n{\n\treturn 3;\n}\n")),
	    0);
	assert_int_equal(diff.count, 1);
	assert_int_equal(diff.added, 6);
	assert_int_equal(diff.edits[0].new_first, 6);
	linediff_release(&diff);
}

static void
check_in_time(struct str old, struct str new)
{
	clock_t start = clock();

	check(old, new);
	/* generous: sanitizers and a busy machine are slow, a quadratic algorithm would need an hour */
	assert_true(clock() - start < 120 * CLOCKS_PER_SEC);
}

static void
repeat(struct buf *out, const char *text, size_t times)
{
	buf_clear(out);
	for (size_t i = 0; i < times; i++)
		assert_int_equal(buf_text(out, text), 0);
}

/* Inputs made to be slow: shuffles, few distinct lines, lines that recur just often enough to be rare. */
static void
hostile_texts_cost_a_bounded_time(void **state)
{
	struct random random = random_of(20260103);
	struct buf old = BUF(TEXT_MAX), new = BUF(TEXT_MAX);

	(void)state;
	for (unsigned alphabet = 2; alphabet <= 200000; alphabet *= 100) {
		random_text(&old, &random, 100000, alphabet);
		random_text(&new, &random, 100000, alphabet);
		check_in_time(buf_view(&old), buf_view(&new));
	}
	for (unsigned i = 0; i < 2; i++) { /* 30 times the same thousands of lines, from another one on */
		struct buf *out = i ? &new : &old;
		buf_clear(out);
		for (unsigned n = 0; n < 30 * 3000; n++)
			assert_int_equal(buf_printf(out, "%u\n", (n + i * 1500) % 3000), 0);
	}
	check_in_time(buf_view(&old), buf_view(&new));
	buf_release(&old);
	buf_release(&new);
}

static void
large_texts_cost_a_bounded_time(void **state)
{
	struct buf old = BUF(TEXT_MAX), new = BUF(TEXT_MAX);

	(void)state;
	repeat(&old, "\n", 1000000);
	repeat(&new, "\n", 900000);
	check_in_time(buf_view(&old), buf_view(&new));
	repeat(&old, "a\nb\n", 500000);
	repeat(&new, "b\na\na\n", 300000);
	check_in_time(buf_view(&old), buf_view(&new));
	repeat(&old, "one", 1700000); /* lines of 5 MB */
	repeat(&new, "two", 1700000);
	check_in_time(buf_view(&old), buf_view(&new));
	buf_clear(&old);
	buf_clear(&new);
	for (unsigned i = 0; i < 300000; i++) { /* nothing in common */
		assert_int_equal(buf_printf(&old, "%u\n", i), 0);
		assert_int_equal(buf_printf(&new, "-%u\n", i), 0);
	}
	check_in_time(buf_view(&old), buf_view(&new));
	buf_release(&old);
	buf_release(&new);
}

static void
write_file(const char *path, struct str text)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text.data, 1, text.len, file), text.len);
	assert_int_equal(fclose(file), 0);
}

static bool
git_counts(const char *command, uint64_t *total)
{
	unsigned long added = 0, removed = 0;
	FILE *pipe = popen(command, "r");

	assert_non_null(pipe);
	bool counted = fscanf(pipe, "%lu %lu", &added, &removed) == 2;
	pclose(pipe);
	*total = added + removed;
	return counted;
}

static void
is_no_larger_than_what_git_shows(void **state)
{
	struct random random = random_of(20260104);
	struct buf old = BUF(TEXT_MAX), new = BUF(TEXT_MAX);
	char directory[] = "/tmp/linediff.XXXXXX", a[64], b[64], command[256];
	uint64_t ours = 0, gits = 0;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(a, sizeof a, "%s/a", directory);
	snprintf(b, sizeof b, "%s/b", directory);
	snprintf(command, sizeof command, "git diff --no-index --histogram --numstat %s %s", a, b);
	for (unsigned round = 0; round < 40; round++) {
		struct linediff diff;
		uint64_t git = 0;
		random_text(&old, &random, 2000, 10 + random_below(&random, 3000));
		mutate(&new, buf_view(&old), &random, 1 + random_below(&random, 40));
		write_file(a, buf_view(&old));
		write_file(b, buf_view(&new));
		assert_int_equal(linediff_init(&diff, buf_view(&old), buf_view(&new)), 0);
		if (git_counts(command, &git)) {
			ours += diff.added + diff.removed;
			gits += git;
		}
		linediff_release(&diff);
	}
	remove(a);
	remove(b);
	remove(directory);
	assert_true(gits > 0);
	assert_true(ours * 100 <= gits * 102);
	buf_release(&old);
	buf_release(&new);
}

static void
binary_is_told(void **state)
{
	char late[8200];

	(void)state;
	memset(late, 'a', sizeof late);
	late[8100] = 0;
	assert_true(text_is_binary(STR("a\0b")));
	assert_false(text_is_binary(STR("")));
	assert_false(text_is_binary((struct str){ late, sizeof late }));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(applying_gives_the_new_text),
	cmocka_unit_test(differences_are_near_the_shortest),
	cmocka_unit_test(blocks_are_told_apart_by_what_is_rare),
	cmocka_unit_test(edges),
	cmocka_unit_test(a_change_stands_where_a_reader_expects_it),
	cmocka_unit_test(hostile_texts_cost_a_bounded_time),
	cmocka_unit_test(large_texts_cost_a_bounded_time),
	cmocka_unit_test(is_no_larger_than_what_git_shows),
	cmocka_unit_test(binary_is_told),
};

UNIT(tests)
