/* Streams that anyone reads: lengths at every edge, texts that get shorter and such that do not. */
#include "tests/unit.h"

#include "indexer/intake/deflate.h"
#include "tests/random.h"

#include <zlib.h>

static const size_t lengths[] = { 0, 1, 2, 3, 7, 8, 9, 257, 258, 259, 4095, 4096, 8191, 8192, 8193, 32767,
	32768, 32769, 65534, 65535, 65536, 65537, 131070, 131071, 262144, 262145, 1000003, 9 * 1024 * 1024 };

enum texts { ZEROS, WORDS, NOISE, HALVES, TEXTS };

static uint8_t *
make(enum texts kind, size_t len)
{
	static const char *const words[] = { "static ", "int\n", "return ", "struct buf *", "0x", "\t",
		"};\n" };
	struct random random = random_of(len + kind);
	uint8_t *text = malloc(len + 1);

	for (size_t at = 0; at < len; at++) {
		const char *word = words[random_below(&random, 7)];
		size_t left = len - at, n = strlen(word);
		text[at] = 0;
		if (kind == WORDS && n <= left) {
			memcpy(text + at, word, n);
			at += n - 1;
		} else if (kind == NOISE || (kind == HALVES && at > len / 2)) {
			text[at] = (uint8_t)random_next(&random);
		}
	}
	return text;
}

/* zlib is what git and libgit2 inflate with. */
static void
check(struct str text, const struct buf *packed)
{
	uint8_t *back = malloc(text.len + 1);
	uLongf len = text.len + 1;
	size_t used;

	assert_int_equal(uncompress(back, &len, packed->data, packed->len), Z_OK);
	assert_int_equal(len, text.len);
	assert_memory_equal(back, text.data, text.len);
	memset(back, 1, text.len);
	assert_int_equal(inflate_exact(buf_view(packed), back, text.len, &used), 0);
	assert_int_equal(used, packed->len);
	assert_memory_equal(back, text.data, text.len);
	free(back);
}

static void
every_length_comes_back(void **state)
{
	struct deflater *deflater, *fresh;

	(void)state;
	assert_int_equal(deflater_new(&deflater), 0);
	for (int kind = 0; kind < TEXTS; kind++)
		for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
			size_t len = lengths[i];
			struct buf packed = BUF(SIZE_MAX / 2), again = BUF(SIZE_MAX / 2);
			uint8_t *bytes = make((enum texts)kind, len);
			struct str text = { (const char *)bytes, len };
			assert_int_equal(deflate_add(deflater, text, &packed), 0);
			check(text, &packed);
			assert_true(packed.len <= len + len / 4096 + 16);
			assert_true(kind > WORDS || len < 4096 || packed.len < len / 2);
			/* what went before leaves no trace */
			assert_int_equal(deflater_new(&fresh), 0);
			assert_int_equal(deflate_add(fresh, text, &again), 0);
			assert_true(str_eq(buf_view(&packed), buf_view(&again)));
			deflater_free(fresh);
			buf_release(&packed);
			buf_release(&again);
			free(bytes);
		}
	deflater_free(deflater);
}

static void
streams_lie_one_behind_the_other(void **state)
{
	struct deflater *deflater;
	struct buf packed = BUF(1 << 20);
	uint8_t out[8];
	size_t used;

	(void)state;
	assert_int_equal(deflater_new(&deflater), 0);
	assert_int_equal(deflate_add(deflater, STR("first"), &packed), 0);
	size_t first = packed.len;
	assert_int_equal(deflate_add(deflater, STR("second"), &packed), 0);
	assert_int_equal(inflate_exact(buf_view(&packed), out, 5, &used), 0);
	assert_int_equal(used, first);
	assert_memory_equal(out, "first", 5);
	struct str rest = { (const char *)packed.data + first, packed.len - first };
	assert_int_equal(inflate_exact(rest, out, 6, NULL), 0);
	assert_memory_equal(out, "second", 6);
	assert_int_equal(inflate_exact(rest, out, 7, NULL), ERR_FORMAT);
	packed.max = packed.len + 3;
	assert_int_equal(deflate_add(deflater, STR("third"), &packed), ERR_MEMORY);
	buf_release(&packed);
	deflater_free(deflater);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_length_comes_back),
	cmocka_unit_test(streams_lie_one_behind_the_other),
};

UNIT(tests)
