#include "tests/unit.h"

#include "base/buf.h"
#include "indexer/index/moves.h"

#include <stdio.h>

static struct moves moves;

static void
add(uint32_t file, const char *old, const char *new)
{
	struct changed_lines sides[2] = { 0 };
	struct linediff diff;

	assert_int_equal(linediff_init(&diff, str_from(old), str_from(new)), 0);
	moves_gather(&moves, &diff, sides);
	moves_add(&moves, file, sides);
	linediff_release(&diff);
}

static int
begin(void **state)
{
	(void)state;
	return moves_init(&moves);
}

static int
end(void **state)
{
	(void)state;
	moves_release(&moves);
	return 0;
}

#define BLOCK "int\nchecksum(const char *text)\n{\n\n\treturn sum_of_all_bytes_in(text) & 0xff;\n}\n"

static void
is(size_t at, struct move wanted)
{
	assert_true(at < moves.count);
	assert_memory_equal(&moves.blocks[at], &wanted, sizeof wanted);
}

static void
a_block_that_went_to_another_file(void **state)
{
	(void)state;
	add(0, "one\n" BLOCK "two\n", "one\ntwo\n");
	add(7, "three\nfour\n", "three\nfive\n" BLOCK "four\n");
	assert_int_equal(moves_find(&moves, NULL), 0);
	assert_int_equal(moves.count, 1);
	is(0, (struct move){ 0, 2, 7, 3, 6 });
}

static void
within_a_file_is_another_matter(void **state)
{
	(void)state;
	add(3, "one\n" BLOCK "two\nthree\nfour\nfive\nsix\nseven\neight\n",
	    "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n" BLOCK);
	assert_int_equal(moves_find(&moves, NULL), 0);
	assert_int_equal(moves.count, 0);
}

static void
short_ones_and_what_is_said_everywhere_do_not_count(void **state)
{
	(void)state;
	/* two lines; three that say little; a block that was taken out of two files */
	add(0, "this line is long enough to be known again by anyone\nand so is this one, which follows it\n",
	    "");
	add(1, "",
	    "this line is long enough to be known again by anyone\nand so is this one, which follows it\n");
	add(2, "{\n\tx();\n}\n", "");
	add(3, "", "{\n\tx();\n}\n");
	add(4, BLOCK, "");
	add(5, BLOCK, "");
	add(6, "", BLOCK);
	assert_int_equal(moves_find(&moves, NULL), 0);
	assert_int_equal(moves.count, 0);
}

static void
lines_that_are_nowhere_alone_go_with_those_beside_them(void **state)
{
	(void)state;
	/* "int" and braces stand in both blocks: they belong to each all the same; order is that of the new places */
	add(0, BLOCK "kept\nint\nanother_function_of_some_length(void)\n{\n\treturn 17;\n}\n", "kept\n");
	add(1, "a\nb\n", "int\nanother_function_of_some_length(void)\n{\n\treturn 17;\n}\na\n" BLOCK "b\n");
	assert_int_equal(moves_find(&moves, NULL), 0);
	assert_int_equal(moves.count, 2);
	is(0, (struct move){ 0, 8, 1, 1, 5 });
	is(1, (struct move){ 0, 1, 1, 7, 6 });
}

static void
too_many_lines_are_not_held_against_one_another(void **state)
{
	struct buf many = BUF(64 * 1024 * 1024);

	(void)state;
	for (size_t i = 0; i < MOVES_MAX + 1; i++)
		assert_int_equal(buf_printf(&many, "line %zu\n", i), 0);
	assert_int_equal(buf_byte(&many, 0), 0);
	add(0, buf_view(&many).data, "");
	add(1, "", BLOCK);
	add(2, BLOCK, "");
	assert_true(moves.full);
	assert_int_equal(moves_find(&moves, NULL), 0);
	assert_int_equal(moves.count, 0);
	buf_release(&many);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_block_that_went_to_another_file, begin, end),
		cmocka_unit_test_setup_teardown(within_a_file_is_another_matter, begin, end),
		cmocka_unit_test_setup_teardown(
		    short_ones_and_what_is_said_everywhere_do_not_count, begin, end),
		cmocka_unit_test_setup_teardown(
		    lines_that_are_nowhere_alone_go_with_those_beside_them, begin, end),
		cmocka_unit_test_setup_teardown(too_many_lines_are_not_held_against_one_another, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
