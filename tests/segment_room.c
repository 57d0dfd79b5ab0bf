#include "tests/segment_room.h"

#include "tests/unit.h"

#include "base/fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_MAX ((size_t)8 << 20)
#define FILES_MAX 16

/* All segments of a room in memory, to be changed and written anew under names that fit. */
static struct {
	struct index_room room;
	struct kept files[FILES_MAX];
	size_t count;
	struct pool *pool;
} t;

void
segment_room_open(void)
{
	static char text[3000];
	struct dirent *entry;

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
		{ "b/odd.c", STR("int o\u200bdd; /* \u202e\u202e */\n"), 0 },
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
	assert_int_equal(pool_new(1, &t.pool), 0);
}

void
segment_room_close(void)
{
	for (size_t i = 0; i < t.count; i++) {
		buf_release(&t.files[i].bytes);
		buf_release(&t.files[i].original);
	}
	pool_free(t.pool);
	index_room_close(&t.room);
	memset(&t, 0, sizeof t);
}

int
segment_room_dir(void)
{
	return t.room.dir;
}

size_t
segment_room_count(void)
{
	return t.count;
}

struct kept *
segment_room_file(size_t i)
{
	return &t.files[i % t.count];
}

/* ---- segments changed and made whole again ---- */

uint32_t
segment_room_kind(const struct kept *kept)
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
void
segment_room_reseal(void)
{
	for (uint32_t kind = SEG_TEXT; kind <= SEG_RELEASE; kind++)
		for (size_t i = 0; i < t.count; i++) {
			char old[HEX_LEN(SHA256_LEN)];
			if (segment_room_kind(&t.files[i]) != kind)
				continue;
			memcpy(old, t.files[i].name, sizeof old);
			reseal(&t.files[i]);
			for (size_t j = 0; j < t.count; j++)
				if (segment_room_kind(&t.files[j]) > kind)
					replace_digest(&t.files[j], old, t.files[i].name);
		}
}

void
segment_room_restore(void)
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
void
segment_room_write_file(const char *name, struct str bytes)
{
	int fd = openat(t.room.dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fs_write_fd(fd, bytes.data, bytes.len), 0);
	close(fd);
}

void
segment_room_write(struct buf *releases)
{
	static const char zeros[] = "0000000000000000000000000000000000000000";
	char name[] = "r0";

	buf_clear(releases);
	for (size_t i = 0; i < t.count; i++) {
		segment_room_write_file(t.files[i].name, buf_view(&t.files[i].bytes));
		if (segment_room_kind(&t.files[i]) != SEG_RELEASE)
			continue;
		name[1]++;
		struct release release = { str_from(name), STR("directory"), str_from(zeros), str_from(zeros),
			STR(""), str_from(t.files[i].name), STR("") };
		assert_int_equal(release_encode(releases, &release), 0);
	}
}

void
segment_room_remove(void)
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

int
segment_room_answer(struct store *store, int (*verb)(struct job *), const struct row *args, size_t *rows)
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
size_t
segment_room_ask(struct str releases)
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
			failed += segment_room_answer(store, verbs[v], &args, &rows) < 0;
		}
	store_free(store);
	return failed;
}
