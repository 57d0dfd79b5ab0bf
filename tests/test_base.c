/* The small things: strings, buffers, arena, files, pool, anchors, Merkle roots. */
#include "tests/unit.h"

#include "base/anchor.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/merkle.h"
#include "base/message.h"
#include "base/pool.h"
#include "base/task.h"
#include "base/word.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

static void
pieces_of_a_string(void **state)
{
	struct str rest = STR("a,,b"), piece;

	(void)state;
	assert_true(str_next(&rest, ',', &piece) && str_is(piece, "a"));
	assert_true(str_next(&rest, ',', &piece) && str_is(piece, ""));
	assert_true(str_next(&rest, ',', &piece) && str_is(piece, "b"));
	assert_false(str_next(&rest, ',', &piece));
}

static void
numbers_in_strings(void **state)
{
	static const char *bad[] = { "", "01", "-1", "+1", " 1", "1 ", "18446744073709551616", "1a" };
	uint64_t n = 7;

	(void)state;
	assert_true(str_u64(STR("18446744073709551615"), &n) && n == UINT64_MAX);
	assert_true(str_u64(STR("0"), &n) && n == 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(str_u64(str_from(bad[i]), &n));
}

static void
a_buffer_keeps_its_maximum(void **state)
{
	struct buf b = BUF(5);

	(void)state;
	assert_int_equal(buf_text(&b, "abc"), 0);
	assert_int_equal(buf_text(&b, "def"), ERR_MEMORY);
	assert_int_equal(buf_printf(&b, "%03d", 1), ERR_MEMORY);
	assert_int_equal(buf_room(&b, SIZE_MAX), ERR_MEMORY);
	assert_string_equal(b.data, "abc");
	assert_int_equal(buf_text(&b, "de"), 0);
	char *text = buf_take(&b);
	assert_string_equal(text, "abcde");
	free(text);
}

static void
arena_pieces_stay_apart(void **state)
{
	struct arena arena = { 0 };
	char *pieces[1000];

	(void)state;
	for (int i = 0; i < 1000; i++)
		pieces[i] = memset(arena_alloc(&arena, (size_t)i * 7), i & 255, (size_t)i * 7);
	for (int i = 1; i < 1000; i++)
		assert_true((uint8_t)pieces[i][0] == (i & 255) && (uint8_t)pieces[i][i * 7 - 1] == (i & 255));
	arena_release(&arena);
}

static int
temporary(void)
{
	char name[] = "/tmp/carrel-test-XXXXXX";
	assert_non_null(mkdtemp(name));
	int fd = open(name, O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	return fd;
}

static void
files_are_whole_or_not_there(void **state)
{
	struct buf b = BUF(10);
	int dir = temporary(), fd = -1;

	(void)state;
	assert_int_equal(fs_write(dir, "a", STR("one"), 0600, FS_NEW), 0);
	assert_int_equal(fs_write(dir, "a", STR("two"), 0600, FS_NEW), ERR_REFUSED);
	assert_int_equal(fs_read(dir, "a", &b), 0);
	assert_string_equal(b.data, "one");
	assert_int_equal(fs_write(dir, "a", STR("0123456789"), 0600, FS_REPLACE), 0);
	buf_clear(&b);
	assert_int_equal(fs_read(dir, "a", &b), 0);
	assert_int_equal(fs_write(dir, "a", STR("0123456789+"), 0600, FS_REPLACE), 0);
	buf_clear(&b);
	assert_int_equal(fs_read(dir, "a", &b), ERR_FORMAT);
	assert_int_equal(fs_read(dir, "none", &b), ERR_ABSENT);
	assert_int_equal(symlinkat("a", dir, "link"), 0);
	assert_int_equal(fs_open(dir, "link", O_RDONLY, &fd), ERR_FORMAT);
	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	assert_int_equal(fs_open(dir, "fifo", O_RDONLY, &fd), ERR_FORMAT);
	assert_int_equal(fd, -1);
	buf_release(&b);
	close(dir);
}

struct sums {
	atomic_size_t sum;
	atomic_int calls[500];
};

static int
add(void *ctx, size_t piece, unsigned thread)
{
	struct sums *sums = ctx;

	(void)thread;
	sums->calls[piece]++;
	sums->sum += piece;
	return piece == 400 ? err_set(ERR_REFUSED, "piece %zu", piece) : 0;
}

static void
a_pool_does_each_piece_once(void **state)
{
	struct sums sums = { 0 };
	struct pool *pool;

	(void)state;
	assert_int_equal(pool_new(4, &pool), 0);
	for (int round = 1; round <= 50; round++) {
		assert_int_equal(pool_run(pool, 400, add, &sums), 0);
		for (int i = 0; i < 400; i++)
			assert_int_equal(sums.calls[i], round);
	}
	assert_true(sums.sum == 50 * 399 * 400 / 2);
	assert_int_equal(pool_run(pool, 500, add, &sums), ERR_REFUSED);
	assert_string_equal(err_text(), "piece 400");
	pool_free(pool);
}

static int
count_on(void *ctx)
{
	int *count = ctx;
	return ++*count == 3 ? err_set(ERR_REFUSED, "the third") : 0;
}

static void
a_task_is_waited_for(void **state)
{
	struct task *task;
	int count = 0;

	(void)state;
	assert_int_equal(task_new(&task), 0);
	assert_int_equal(task_wait(task), 0);
	for (int i = 1; i <= 5; i++) {
		task_start(task, count_on, &count);
		assert_int_equal(task_wait(task), i == 3 ? ERR_REFUSED : 0);
		assert_int_equal(count, i);
		if (i == 3)
			assert_string_equal(err_text(), "the third");
	}
	assert_int_equal(task_wait(task), 0);
	task_free(task);
}

static void
anchors_are_read(void **state)
{
	struct anchor a;

	(void)state;
	assert_int_equal(anchor_parse(STR("1.0:src/a.c:3-7"), &a), 0);
	assert_true(str_is(a.release, "1.0") && str_is(a.path, "src/a.c") && a.first == 3 && a.last == 7);
	assert_int_equal(anchor_parse(STR("1.0:a:b:9"), &a), 0);
	assert_true(str_is(a.path, "a:b") && a.first == 9 && a.last == 9);
	assert_int_equal(anchor_parse(STR("1.0:a:7-3"), &a), 0);
	assert_true(str_is(a.path, "a:7-3") && a.first == 0);
	assert_int_equal(anchor_parse(STR("1.0"), &a), ERR_USAGE);
	assert_int_equal(anchor_parse(STR("1.0:"), &a), ERR_USAGE);
	assert_int_equal(anchor_parse(STR(":a"), &a), ERR_USAGE);
}

static void
anchor_hashes_are_of_the_lines(void **state)
{
	struct anchor a = { .first = 2, .last = 3 };
	uint8_t digest[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	(void)state;
	assert_int_equal(anchor_hash(&a, STR("1\n2\n3\n4\n5\n6\n7\n8")), 0);
	sha256("2\n3\n", 4, digest);
	hex_from(digest, sizeof digest, hex);
	assert_string_equal(a.text, hex);
	sha256("1\n4\n5\n6\n", 8, digest);
	hex_from(digest, sizeof digest, hex);
	assert_string_equal(a.context, hex);
	a.last = 8;
	assert_int_equal(anchor_hash(&a, STR("1\n2\n3\n4\n5\n6\n7\n8")), 0);
	a.first = a.last = 9;
	assert_int_equal(anchor_hash(&a, STR("1\n2\n3\n4\n5\n6\n7\n8")), ERR_ABSENT);
	a.first = a.last = 2;
	assert_int_equal(anchor_hash(&a, STR("1\n")), ERR_ABSENT);
}

/* The definition of RFC 9162 section 2.1.1, to the letter. */
static void
root_by_definition(uint8_t (*leaves)[SHA256_LEN], size_t n, uint8_t out[SHA256_LEN])
{
	uint8_t left[SHA256_LEN], right[SHA256_LEN];

	if (n == 1) {
		memcpy(out, leaves[0], SHA256_LEN);
		return;
	}
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	root_by_definition(leaves, k, left);
	root_by_definition(leaves + k, n - k, right);
	merkle_node(left, right, out);
}

static void
frontier_roots_follow_the_definition(void **state)
{
	uint8_t leaves[130][SHA256_LEN], expected[SHA256_LEN], got[SHA256_LEN];
	struct frontier f = { 0 };

	(void)state;
	frontier_root(&f, got);
	sha256("", 0, expected);
	assert_memory_equal(got, expected, SHA256_LEN);
	for (size_t i = 0; i < 130; i++) {
		merkle_leaf(&i, sizeof i, leaves[i]);
		frontier_add(&f, leaves[i]);
		root_by_definition(leaves, i + 1, expected);
		frontier_root(&f, got);
		assert_memory_equal(got, expected, SHA256_LEN);
	}
}

static void
digests_are_the_published_ones(void **state)
{
	uint8_t digest[SHA256_LEN], oid[OID_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	(void)state;
	sha256("abc", 3, digest);
	hex_from(digest, sizeof digest, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	git_oid("blob", "", 0, oid);
	hex_from(oid, sizeof oid, hex);
	assert_string_equal(hex, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
	assert_false(hex_to(STR("E69D"), oid, 2));
	assert_false(hex_to(STR("e69"), oid, 2));
}

static void
release_names(void **state)
{
	(void)state;
	assert_true(release_name_ok(STR("v1.0.2+deb12_u1-2")));
	assert_false(release_name_ok(STR("")));
	assert_false(release_name_ok(STR("a/b")));
	assert_false(release_name_ok(STR("a b")));
	assert_false(release_name_ok(STR("a\0b")));
	assert_false(
	    release_name_ok(STR("0123456789012345678901234567890123456789012345678901234567890123x")));
}

static void
words_are_found_whole(void **state)
{
	const struct str line = STR("at(cat, at) = at_; at->b.h \"at\"");

	(void)state;
	assert_int_equal(word_find(line, STR("at"), 0), 0);
	assert_int_equal(word_find(line, STR("at"), 1), 8);
	assert_int_equal(word_find(line, STR("at"), 2), 19);
	assert_int_equal(word_find(line, STR("at"), 3), 28);
	assert_true(word_find(line, STR("at"), 4) == SIZE_MAX);
	assert_int_equal(word_find(line, STR("b.h"), 0), 23);
	assert_true(word_find(line, STR(""), 0) == SIZE_MAX);
	assert_true(word_find(STR("a"), STR("at"), 0) == SIZE_MAX);
	assert_true(word_find(STR("\xc3\xa9t"), STR("t"), 0) == SIZE_MAX);
}

static void
bytes_are_counted(void **state)
{
	char text[1000];

	(void)state;
	for (size_t len = 0; len <= sizeof text; len += 111) {
		memset(text, 'x', sizeof text);
		assert_int_equal(str_count((struct str){ text, len }, 'x'), len);
		assert_int_equal(str_count((struct str){ text, len }, '\n'), 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(pieces_of_a_string),
	cmocka_unit_test(numbers_in_strings),
	cmocka_unit_test(a_buffer_keeps_its_maximum),
	cmocka_unit_test(arena_pieces_stay_apart),
	cmocka_unit_test(files_are_whole_or_not_there),
	cmocka_unit_test(a_pool_does_each_piece_once),
	cmocka_unit_test(a_task_is_waited_for),
	cmocka_unit_test(anchors_are_read),
	cmocka_unit_test(anchor_hashes_are_of_the_lines),
	cmocka_unit_test(frontier_roots_follow_the_definition),
	cmocka_unit_test(digests_are_the_published_ones),
	cmocka_unit_test(release_names),
	cmocka_unit_test(words_are_found_whole),
	cmocka_unit_test(bytes_are_counted),
};

UNIT(tests)
