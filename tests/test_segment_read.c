#include "tests/unit.h"

#include "tests/index_room.h"
#include "tests/random.h"

#include "base/fs.h"
#include "indexer/index/job.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_MAX ((size_t)8 << 20)
#define FILES_MAX 16
#define ROUNDS 400

/* All segments of a room in memory, to be changed and written anew under names that fit. */
static struct {
	struct index_room room;
	struct kept {
		char name[HEX_LEN(SHA256_LEN)]; /* as the room has it now */
		struct buf bytes, original;
	} files[FILES_MAX];
	size_t count;
	size_t
	    refused; /* orders that a whole index does not serve either: files that are not in the release */
	struct pool *pool;
} t;

static int
set_up(void **state)
{
	static char text[3000];
	struct dirent *entry;

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = i % 30 == 29 ? '\n' : (char)('a' + i * 7 % 26);
	index_room_open(&t.room);
	const struct test_file first[] = {
		{ "a.c",
		    STR("int top;\nint\nf(int x)\n{\n\treturn x + top;\n}\n/* words */ int g(void) { return "
			"f(1); }\n"),
		    0 },
		{ "a.py", STR("class A:\n    def m(self):\n        return f(2)\n"), 0 },
		{ "b/bin", STR("\0\1\2"), 0 },
		{ "b/text.txt", { text, sizeof text }, 0 },
		{ "b/words.txt", STR("one two three f g top\nsecretword here\n"), 0 },
	};
	const struct test_file second[] = {
		{ "a.c", STR("int top;\nint\nf(int x)\n{\n\treturn x + top + 1;\n}\n"), 0 },
		{ "c/words.txt", STR("one two three f g top\nsecretword here\nmore\n"), 0 },
	};
	index_room_add(&t.room, "1", first, sizeof first / sizeof *first);
	index_room_add(&t.room, "2", second, sizeof second / sizeof *second);
	DIR *dir = opendir(t.room.path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct kept *kept = &t.files[t.count];
		if (strlen(entry->d_name) != 2 * SHA256_LEN)
			continue;
		assert_true(t.count++ < FILES_MAX);
		memcpy(kept->name, entry->d_name, sizeof kept->name);
		kept->bytes = kept->original = BUF(FILE_MAX);
		assert_int_equal(fs_read(t.room.dir, kept->name, &kept->original), 0);
	}
	closedir(dir);
	return pool_new(1, &t.pool);
}

static int
tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < t.count; i++) {
		buf_release(&t.files[i].bytes);
		buf_release(&t.files[i].original);
	}
	pool_free(t.pool);
	index_room_close(&t.room);
	return 0;
}

/* ---- segments changed and made whole again ---- */

static uint32_t
kind_of(const struct kept *kept)
{
	struct seg_head head;

	memcpy(&head, kept->bytes.data, sizeof head);
	return head.kind;
}

/* Chunk hashes, head and name anew. */
static void
reseal(struct kept *kept)
{
	uint8_t *data = kept->bytes.data, digest[SHA256_LEN];
	struct seg_head head;

	memcpy(&head, data, sizeof head);
	for (uint64_t at = SEG_HEAD, i = 0; at < head.table && head.table + i * SHA256_LEN < kept->bytes.len;
	     at += SEG_CHUNK, i++)
		sha256(data + at, head.table - at < SEG_CHUNK ? head.table - at : SEG_CHUNK,
		    data + head.table + i * SHA256_LEN);
	if (head.table <= kept->bytes.len)
		sha256(data + head.table, kept->bytes.len - head.table,
		    data + offsetof(struct seg_head, chunks));
	sha256(data, SEG_HEAD, digest);
	hex_from(digest, sizeof digest, kept->name);
}

static void
replace_digest(struct kept *in, const char *old, const char *new)
{
	uint8_t from[SHA256_LEN], to[SHA256_LEN];
	uint8_t *at = in->bytes.data + SEG_HEAD;

	assert_true(hex_to(str_from(old), from, sizeof from) && hex_to(str_from(new), to, sizeof to));
	for (; (at = memmem(at, (size_t)(in->bytes.data + in->bytes.len - at), from, sizeof from));
	     at += sizeof to)
		memcpy(at, to, sizeof to);
}

/* Seals the changed files from the bottom upwards: text, what names it, releases. */
static void
reseal_all(void)
{
	for (uint32_t kind = SEG_TEXT; kind <= SEG_RELEASE; kind++)
		for (size_t i = 0; i < t.count; i++) {
			char old[HEX_LEN(SHA256_LEN)];
			if (kind_of(&t.files[i]) != kind)
				continue;
			memcpy(old, t.files[i].name, sizeof old);
			reseal(&t.files[i]);
			for (size_t j = 0; j < t.count; j++)
				if (kind_of(&t.files[j]) > kind)
					replace_digest(&t.files[j], old, t.files[i].name);
		}
}

static void
restore(void)
{
	for (size_t i = 0; i < t.count; i++) {
		uint8_t digest[SHA256_LEN];
		buf_clear(&t.files[i].bytes);
		assert_int_equal(buf_str(&t.files[i].bytes, buf_view(&t.files[i].original)), 0);
		sha256(t.files[i].bytes.data, SEG_HEAD, digest);
		hex_from(digest, sizeof digest, t.files[i].name);
	}
}

/* Without the syncs of fs_write: nothing here outlives the test. */
static void
write_file(const char *name, struct str bytes)
{
	int fd = openat(t.room.dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fs_write_fd(fd, bytes.data, bytes.len), 0);
	close(fd);
}

static void
write_all(struct buf *releases)
{
	static const char zeros[] = "0000000000000000000000000000000000000000";
	char name[] = "r0";

	buf_clear(releases);
	for (size_t i = 0; i < t.count; i++) {
		write_file(t.files[i].name, buf_view(&t.files[i].bytes));
		if (kind_of(&t.files[i]) != SEG_RELEASE)
			continue;
		name[1]++;
		struct release release = { str_from(name), STR("directory"), str_from(zeros), str_from(zeros),
			STR(""), str_from(t.files[i].name), STR("") };
		assert_int_equal(release_encode(releases, &release), 0);
	}
}

static void
remove_all(void)
{
	for (size_t i = 0; i < t.count; i++)
		(void)!unlinkat(t.room.dir, t.files[i].name, 0);
}

/* ---- orders, in this process ---- */

static int
count_packet(void *ctx, const struct buf *packet)
{
	size_t *rows = ctx;
	struct message message;
	struct row row;

	assert_int_equal(message_decode(buf_view(packet), &message), 0);
	struct dec dec = dec_of(message.body);
	while (message.kind == MSG_PART && dec_more(&dec)) {
		assert_true(row_decode(&dec, &row));
		++*rows;
	}
	return 0;
}

static int
answer(struct store *store, int (*verb)(struct job *), const struct row *args, size_t *rows)
{
	struct text_reader reader = { 0 };
	struct answer to = { .send = count_packet, .ctx = rows };
	struct job job = { .store = store, .pool = t.pool, .reader = &reader, .args = args, .answer = &to };

	job.flags = (unsigned)row_get_num(args, F_FLAGS);
	*rows = 0;
	answer_begin(&to, 1);
	int r = verb(&job);
	if (r == 0)
		r = answer_end(&to);
	arena_release(&job.arena);
	answer_release(&to);
	text_reader_release(&reader);
	return r;
}

/* Every verb on every file there is; how many failed. */
static size_t
ask_everything(struct str releases)
{
	static int (*const verbs[])(struct job *) = { answer_ls, answer_find, answer_skipped, answer_search,
		answer_def, answer_refs, answer_symbols, answer_diff_files, answer_page, answer_outline,
		answer_anchor, answer_diff_lines };
	static const char *const paths[] = { "a.c", "a.py", "b/bin", "b/text.txt", "b/words.txt",
		"c/words.txt" };
	struct store *store = store_new(t.room.dir);
	size_t failed = 0, rows;

	assert_int_equal(store_releases(store, releases), 0);
	for (size_t v = 0; v < sizeof verbs / sizeof *verbs; v++)
		for (size_t p = 0; p < (v < 8 ? 2 : sizeof paths / sizeof *paths); p++) {
			struct row args = { 0 };
			bool pair = verbs[v] == answer_diff_files || verbs[v] == answer_diff_lines;
			row_set(&args, F_RELEASE,
			    pair                              ? STR("r1 r2")
				: p < 5 && (v >= 8 || p == 0) ? STR("r1")
							      : STR("r2"));
			row_set(&args, F_PATTERN, p == 0 ? STR("f") : STR("secretword"));
			row_set(&args, F_NAME, p == 0 ? STR("f") : STR("top"));
			row_set(&args, F_PATH, v < 8 ? STR("") : str_from(paths[p]));
			row_set(&args, F_OLD_PATH, str_from(paths[p]));
			row_set_num(&args, F_LINE, 1);
			row_set_num(&args, F_END_LINE, verbs[v] == answer_anchor ? 1 : UINT64_MAX);
			row_set_num(&args, F_FLAGS, ORDER_RECURSE | ORDER_SPANS | ORDER_COUNTS);
			failed += answer(store, verbs[v], &args, &rows) < 0;
		}
	store_free(store);
	return failed;
}

/* ---- tests ---- */

static void
a_whole_index_answers(void **state)
{
	struct buf releases = BUF(MESSAGE_MAX);

	(void)state;
	restore();
	write_all(&releases);
	t.refused = ask_everything(buf_view(&releases));
	assert_true(t.refused < 20);
	buf_release(&releases);
}

/* A byte changed and nothing made whole again: the file is refused, or the chunk in which it lies. */
static void
a_changed_byte_is_noticed(void **state)
{
	struct random random = random_of(20260301);
	struct segment *segment;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		restore();
		struct kept *kept = &t.files[random_below(&random, (uint32_t)t.count)];
		enum seg_kind kind = (enum seg_kind)kind_of(kept);
		size_t at = random_below(&random, (uint32_t)kept->bytes.len);
		kept->bytes.data[at] ^= (uint8_t)(1u << random_below(&random, 8));
		write_file(kept->name, buf_view(&kept->bytes));
		int r = segment_open(t.room.dir, kept->name, kind, &segment);
		if (r == 0) {
			enum seg_kind belongs;
			for (unsigned id = 1; id < 128 && r == 0; id++) {
				const uint8_t *bytes;
				if (seg_section_size(id, &belongs) == 0 || belongs != kind)
					continue;
				r = segment_bytes(
				    segment, id, 0, segment_section(segment, id)->length, &bytes);
			}
			/* between sections lie a few bytes that nobody reads */
			if (r == 0)
				r = memcmp(segment->map, kept->original.data, 1) ? ERR_FORMAT : ERR_ABSENT;
			segment_free(segment);
		}
		assert_true(r == ERR_FORMAT || (r == ERR_ABSENT && at >= SEG_HEAD));
	}
	restore();
	struct buf releases = BUF(MESSAGE_MAX);
	write_all(&releases);
	buf_release(&releases);
}

static void
a_file_of_another_name_or_length_is_refused(void **state)
{
	struct segment *segment;
	char other[HEX_LEN(SHA256_LEN)];

	(void)state;
	restore();
	struct kept *kept = &t.files[0];
	enum seg_kind kind = (enum seg_kind)kind_of(kept);
	assert_int_equal(segment_open(t.room.dir, "nothing", kind, &segment), ERR_FORMAT);
	memset(other, 'a', sizeof other - 1);
	other[sizeof other - 1] = 0;
	assert_int_equal(segment_open(t.room.dir, other, kind, &segment), ERR_ABSENT);
	write_file(other, buf_view(&kept->bytes));
	assert_int_equal(segment_open(t.room.dir, other, kind, &segment), ERR_FORMAT);
	assert_int_equal(unlinkat(t.room.dir, other, 0), 0);
	assert_int_equal(segment_open(t.room.dir, kept->name, kind % SEG_RELEASE + 1, &segment), ERR_FORMAT);
	for (size_t len = 0; len < kept->bytes.len; len += 1 + kept->bytes.len / 7) {
		write_file(kept->name, (struct str){ (char *)kept->bytes.data, len });
		assert_int_equal(segment_open(t.room.dir, kept->name, kind, &segment), ERR_FORMAT);
	}
	write_file(kept->name, buf_view(&kept->bytes));
}

/* Source rewritten by somebody who knows the format: the blob's id tells. */
static void
rewritten_source_is_not_served(void **state)
{
	struct buf releases = BUF(MESSAGE_MAX);
	struct row args = { 0 };
	bool found = false;
	size_t rows;

	(void)state;
	restore();
	remove_all();
	for (size_t i = 0; i < t.count; i++) {
		uint8_t *at = memmem(t.files[i].bytes.data, t.files[i].bytes.len, "secretword", 10);
		if (kind_of(&t.files[i]) == SEG_TEXT && at) {
			found = true;
			at[0] = 'S';
		}
	}
	assert_true(found);
	reseal_all();
	write_all(&releases);
	row_set(&args, F_RELEASE, STR("r1"));
	int failed = 0;
	for (int release = 0; release < 2; release++)
		for (int path = 0; path < 2; path++) {
			struct store *store = store_new(t.room.dir);
			assert_int_equal(store_releases(store, buf_view(&releases)), 0);
			row_set(&args, F_RELEASE, release ? STR("r2") : STR("r1"));
			row_set(&args, F_PATH, path ? STR("c/words.txt") : STR("b/words.txt"));
			int r = answer(store, answer_page, &args, &rows);
			if (r == ERR_FORMAT) {
				assert_non_null(strstr(err_text(), "not served, damaged"));
				assert_int_equal(rows, 0);
				failed++;
			} else {
				assert_int_equal(r, ERR_ABSENT);
			}
			store_free(store);
		}
	assert_true(failed > 0);
	remove_all();
	buf_release(&releases);
}

/* Anything at all, with checksums that fit: an answer or an error, never a crash. */
static void
hostile_segments_do_no_harm(void **state)
{
	struct random random = random_of(20260302);
	struct buf releases = BUF(MESSAGE_MAX);
	size_t failed = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		restore();
		struct kept *kept = &t.files[random_below(&random, (uint32_t)t.count)];
		for (unsigned flips = 1 + random_below(&random, 6); flips > 0; flips--) {
			struct seg_head head;
			memcpy(&head, kept->bytes.data, sizeof head);
			bool in_head = random_below(&random, 4) == 0;
			size_t at = in_head
			    ? 64 + random_below(&random, sizeof head - 64)
			    : SEG_HEAD + random_below(&random, (uint32_t)(head.table - SEG_HEAD));
			kept->bytes.data[at] = random_below(&random, 3)
			    ? kept->bytes.data[at] ^ (uint8_t)(1u << random_below(&random, 8))
			    : (uint8_t)random_below(&random, 256);
		}
		reseal_all();
		write_all(&releases);
		failed += ask_everything(buf_view(&releases)) > t.refused;
		remove_all();
	}
	assert_true(failed > ROUNDS / 10);
	restore();
	write_all(&releases);
	buf_release(&releases);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_whole_index_answers),
	cmocka_unit_test(a_changed_byte_is_noticed),
	cmocka_unit_test(a_file_of_another_name_or_length_is_refused),
	cmocka_unit_test(rewritten_source_is_not_served),
	cmocka_unit_test(hostile_segments_do_no_harm),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
