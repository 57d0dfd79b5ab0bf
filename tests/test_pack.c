#include "tests/unit.h"

#include "base/fs.h"
#include "indexer/intake/pack.h"
#include "tests/scratch.h"

#include <stdio.h>
#include <unistd.h>

#define OBJECTS 1500

struct bench {
	struct scratch scratch;
	int dir;
	struct pool *pool;
	struct store *store;
	struct pack *pack;
	uint8_t ids[OBJECTS][OID_LEN];
	size_t done;
};

static void
begin(struct bench *b)
{
	memset(b, 0, sizeof *b);
	scratch_make(&b->scratch);
	assert_int_equal(scratch_run(&b->scratch, "git init -q --bare source.git"), 0);
	assert_int_equal(fs_open_dir(b->scratch.dir, "source.git/objects/pack", &b->dir), 0);
	assert_int_equal(pool_new(0, &b->pool), 0);
	assert_int_equal(store_open(b->dir, false, &b->store), 0);
	assert_int_equal(pack_open(b->dir, b->store, b->pool, &b->pack), 0);
}

static void
end(struct bench *b)
{
	pack_close(b->pack);
	store_close(b->store);
	pool_free(b->pool);
	close(b->dir);
	scratch_remove(&b->scratch);
}

static int
note_done(struct pack_item *item)
{
	struct bench *b = item->ctx;

	assert_int_equal(item->number, b->done);
	memcpy(b->ids[b->done++], item->id, OID_LEN);
	return 0;
}

static void
free_handle(struct pack_item *item)
{
	free(item->handle);
}

/* Text of number i: every seventh is like the one before; lengths from 0 to some 40 kB. */
static size_t
content(size_t i, char **out)
{
	size_t n = i % 7 == 6 ? i - 1 : i, len = n * n % 40009;

	*out = malloc(len + 1);
	for (size_t at = 0; at < len; at++)
		(*out)[at] = (char)('a' + (at * at + n + at / 13) % 26);
	return len;
}

static void
put(struct bench *b, size_t i)
{
	char *text;
	size_t len = content(i, &text);

	assert_int_equal(pack_put(b->pack,
			     &(struct pack_item){ .type = OBJECT_BLOB,
				 .size = len,
				 .bytes = { text, len },
				 .handle = text,
				 .ctx = b,
				 .number = i,
				 .done = note_done,
				 .drop = free_handle }),
	    0);
}

static void
what_goes_in_comes_out(void **state)
{
	static struct bench b;
	size_t distinct = 0;

	(void)state;
	begin(&b);
	for (size_t i = 0; i < OBJECTS; i++)
		put(&b, i);
	assert_int_equal(pack_finish(b.pack, b.store), 0);
	assert_int_equal(b.done, OBJECTS);
	for (size_t i = 0; i < OBJECTS; i++) {
		struct buf bytes = BUF(1 << 20);
		enum object_type type;
		uint64_t size;
		uint8_t id[OID_LEN];
		char *text;
		size_t len = content(i, &text);
		git_oid("blob", text, len, id);
		assert_memory_equal(id, b.ids[i], OID_LEN);
		distinct += i == 0 || (i % 7 != 6 && len > 0);
		assert_int_equal(store_header(b.store, id, &type, &size), 0);
		assert_int_equal(size, len);
		assert_int_equal(store_read(b.store, id, &type, &bytes), 0);
		assert_int_equal(type, OBJECT_BLOB);
		assert_true(str_eq(buf_view(&bytes), (struct str){ text, len }));
		buf_release(&bytes);
		free(text);
	}
	assert_int_equal(pack_count(b.pack), distinct);
	assert_int_equal(pack_publish(b.pack), 0);
	assert_int_equal(
	    scratch_run(&b.scratch,
		"cd source.git && test $(git verify-pack -v objects/pack/*.idx | grep -c blob) = %zu",
		distinct),
	    0);
	assert_int_equal(scratch_run(&b.scratch, "cd source.git && git fsck --strict --no-dangling"), 0);
	end(&b);
}

static void
what_is_there_is_not_written_again(void **state)
{
	static struct bench b;

	(void)state;
	begin(&b);
	put(&b, 0);
	assert_int_equal(pack_finish(b.pack, b.store), 0);
	assert_int_equal(pack_publish(b.pack), 0);
	pack_close(b.pack);
	assert_int_equal(pack_open(b.dir, b.store, b.pool, &b.pack), 0);
	b.done = 0;
	put(&b, 0);
	assert_int_equal(pack_finish(b.pack, b.store), 0);
	assert_int_equal(pack_count(b.pack), 0);
	assert_string_equal(pack_name(b.pack), "");
	assert_int_equal(pack_publish(b.pack), 0);
	end(&b);
}

static void
an_abandoned_pack_leaves_nothing(void **state)
{
	static struct bench b;

	(void)state;
	begin(&b);
	for (size_t i = 0; i < 300; i++)
		put(&b, i);
	pack_close(b.pack);
	b.pack = NULL;
	assert_int_equal(scratch_run(&b.scratch, "test -z \"$(ls source.git/objects/pack)\""), 0);
	end(&b);
}

static void
what_is_not_kept_is_gone(void **state)
{
	static struct bench b;
	struct oid_map keep = { 0 };
	size_t kept = 0;

	(void)state;
	begin(&b);
	for (size_t i = 0; i < 600; i++)
		put(&b, i);
	assert_int_equal(pack_flush(b.pack), 0);
	for (size_t i = 0; i < 600; i += 3)
		kept += oid_map_add(&keep, b.ids[i], 0) > 0;
	assert_int_equal(pack_keep(b.pack, &keep), 0);
	assert_int_equal(pack_count(b.pack), kept);
	put(&b, 600);
	assert_int_equal(pack_finish(b.pack, b.store), 0);
	assert_int_equal(pack_publish(b.pack), 0);
	for (size_t i = 0; i < 600; i++)
		assert_int_equal(store_has(b.store, b.ids[i]), oid_map_get(&keep, b.ids[i], NULL));
	assert_int_equal(
	    scratch_run(&b.scratch,
		"cd source.git && git verify-pack objects/pack/*.idx && git fsck --strict --no-dangling"),
	    0);
	oid_map_release(&keep);
	end(&b);
}

static void
wrong_bytes_are_refused(void **state)
{
	static struct bench b;
	static const uint8_t zeros[OID_LEN];

	(void)state;
	begin(&b);
	struct pack_item item = { .type = OBJECT_BLOB, .expected = true, .bytes = STR("x"), .size = 1 };
	memcpy(item.id, zeros, OID_LEN);
	assert_int_equal(pack_put(b.pack, &item), 0);
	assert_int_equal(pack_flush(b.pack), ERR_FORMAT);
	assert_non_null(strstr(err_text(), "0000000000000000000000000000000000000000 is damaged"));
	end(&b);
}

static void
large_blobs_are_streams(void **state)
{
	static struct bench b;
	static const uint64_t sizes[] = { 0, 1, 65534, 65535, 65536, 131070, 1000003 };
	uint8_t id[OID_LEN];
	char hex[OID_HEX];

	(void)state;
	begin(&b);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *text = malloc(sizes[i] + 1);
		for (uint64_t at = 0; at < sizes[i]; at++)
			text[at] = (char)(at * 2654435761u >> 13);
		for (int twice = 0; twice < 2; twice++) {
			assert_int_equal(pack_large_begin(b.pack, sizes[i]), 0);
			for (uint64_t at = 0; at < sizes[i]; at += 7001) {
				uint64_t left = sizes[i] - at;
				assert_int_equal(
				    pack_large_add(b.pack, text + at, left < 7001 ? left : 7001), 0);
			}
			assert_int_equal(pack_large_end(b.pack, id), 0);
			assert_int_equal(pack_count(b.pack), i + 1);
		}
		git_oid("blob", text, sizes[i], b.ids[i]);
		assert_memory_equal(id, b.ids[i], OID_LEN);
		free(text);
	}
	assert_int_equal(pack_large_begin(b.pack, 3), 0);
	assert_int_equal(pack_large_add(b.pack, "1234", 4), ERR_FORMAT);
	assert_int_equal(pack_large_add(b.pack, "12", 2), 0);
	assert_int_equal(pack_large_end(b.pack, id), ERR_FORMAT);
	assert_int_equal(pack_large_add(b.pack, "3", 1), 0);
	assert_int_equal(pack_large_end(b.pack, id), 0);
	assert_int_equal(pack_finish(b.pack, b.store), 0);
	assert_int_equal(pack_publish(b.pack), 0);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		hex_from(b.ids[i], OID_LEN, hex);
		assert_int_equal(
		    scratch_run(&b.scratch, "test $(git -C source.git cat-file blob %s | wc -c) = %llu", hex,
			(unsigned long long)sizes[i]),
		    0);
	}
	assert_int_equal(scratch_run(&b.scratch, "cd source.git && git fsck --strict --no-dangling"), 0);
	end(&b);
}

/* What git repacks into deltas is read all the same. */
static void
deltas_are_read(void **state)
{
	static struct bench b;
	struct store *store;

	(void)state;
	begin(&b);
	assert_int_equal(
	    scratch_run(&b.scratch,
		"git init -q w && cd w && for i in $(seq 60); do seq 1 $((i * 40)) > f; echo $i >> f; git "
		"add f; git commit -qm $i; done && "
		"git repack -q -a -d -f --depth=40 && git rev-list --objects --all | cut -d' ' -f1 > ../ids "
		"&& "
		"cp .git/objects/pack/*.pack .git/objects/pack/*.idx ../source.git/objects/pack"),
	    0);
	char *ids = scratch_output(&b.scratch, NULL, "cat ids");
	assert_int_equal(store_open(b.dir, false, &store), 0);
	struct str rest = str_from(ids), line;
	size_t count = 0;
	while (str_next(&rest, '\n', &line) && line.len) {
		struct buf bytes = BUF(1 << 20);
		uint8_t id[OID_LEN], again[OID_LEN];
		enum object_type type, header_type;
		uint64_t size;
		assert_true(hex_to(line, id, OID_LEN));
		assert_int_equal(store_read(store, id, &type, &bytes), 0);
		assert_int_equal(store_header(store, id, &header_type, &size), 0);
		assert_int_equal(type, header_type);
		assert_int_equal(size, bytes.len);
		git_oid(object_type_name(type), bytes.data, bytes.len, again);
		assert_memory_equal(id, again, OID_LEN);
		buf_release(&bytes);
		count++;
	}
	assert_int_equal(count, 180);
	free(ids);
	store_close(store);
	end(&b);
}

static void
a_damaged_pack_is_an_error(void **state)
{
	static struct bench b;
	size_t failed = 0;

	(void)state;
	begin(&b);
	for (size_t i = 0; i < 40; i++)
		put(&b, i);
	assert_int_equal(pack_finish(b.pack, b.store), 0);
	assert_int_equal(pack_publish(b.pack), 0);
	assert_int_equal(scratch_run(&b.scratch,
			     "cd source.git/objects/pack && chmod u+w *.pack && head -c 9000 /dev/urandom | "
			     "dd of=$(ls *.pack) bs=1 seek=200 conv=notrunc status=none"),
	    0);
	for (size_t i = 0; i < 40; i++) {
		struct buf bytes = BUF(1 << 20);
		enum object_type type;
		int r = store_read(b.store, b.ids[i], &type, &bytes);
		failed += r == ERR_FORMAT || r == ERR_MEMORY;
		buf_release(&bytes);
	}
	assert_true(failed > 5);
	end(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_goes_in_comes_out),
	cmocka_unit_test(what_is_there_is_not_written_again),
	cmocka_unit_test(an_abandoned_pack_leaves_nothing),
	cmocka_unit_test(what_is_not_kept_is_gone),
	cmocka_unit_test(wrong_bytes_are_refused),
	cmocka_unit_test(large_blobs_are_streams),
	cmocka_unit_test(deltas_are_read),
	cmocka_unit_test(a_damaged_pack_is_an_error),
};

UNIT(tests)
