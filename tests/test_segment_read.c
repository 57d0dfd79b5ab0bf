#include "tests/unit.h"

#include "tests/random.h"
#include "tests/segment_room.h"

#include "base/suspect.h"

#include <stdio.h>
#include <unistd.h>

#define ROUNDS 400

/* Orders that a whole index does not serve either: files that are not in the release. */
static size_t refused;

static int
set_up(void **state)
{
	(void)state;
	segment_room_open();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	segment_room_close();
	return 0;
}

static void
a_whole_index_answers(void **state)
{
	struct buf releases = BUF(MESSAGE_MAX);

	(void)state;
	segment_room_restore();
	segment_room_write(&releases);
	refused = segment_room_ask(buf_view(&releases));
	assert_true(refused < 20);
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
		segment_room_restore();
		struct kept *kept = segment_room_file(random_below(&random, (uint32_t)segment_room_count()));
		enum seg_kind kind = (enum seg_kind)segment_room_kind(kept);
		size_t at = random_below(&random, (uint32_t)kept->bytes.len);
		kept->bytes.data[at] ^= (uint8_t)(1u << random_below(&random, 8));
		segment_room_write_file(kept->name, buf_view(&kept->bytes));
		int r = segment_open(segment_room_dir(), kept->name, kind, &segment);
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
	segment_room_restore();
	struct buf releases = BUF(MESSAGE_MAX);
	segment_room_write(&releases);
	buf_release(&releases);
}

static void
a_file_of_another_name_or_length_is_refused(void **state)
{
	struct segment *segment;
	char other[HEX_LEN(SHA256_LEN)];

	(void)state;
	segment_room_restore();
	struct kept *kept = segment_room_file(0);
	enum seg_kind kind = (enum seg_kind)segment_room_kind(kept);
	assert_int_equal(segment_open(segment_room_dir(), "nothing", kind, &segment), ERR_FORMAT);
	memset(other, 'a', sizeof other - 1);
	other[sizeof other - 1] = 0;
	assert_int_equal(segment_open(segment_room_dir(), other, kind, &segment), ERR_ABSENT);
	segment_room_write_file(other, buf_view(&kept->bytes));
	assert_int_equal(segment_open(segment_room_dir(), other, kind, &segment), ERR_FORMAT);
	assert_int_equal(unlinkat(segment_room_dir(), other, 0), 0);
	assert_int_equal(
	    segment_open(segment_room_dir(), kept->name, kind % SEG_RELEASE + 1, &segment), ERR_FORMAT);
	for (size_t len = 0; len < kept->bytes.len; len += 1 + kept->bytes.len / 7) {
		segment_room_write_file(kept->name, (struct str){ (char *)kept->bytes.data, len });
		assert_int_equal(segment_open(segment_room_dir(), kept->name, kind, &segment), ERR_FORMAT);
	}
	segment_room_write_file(kept->name, buf_view(&kept->bytes));
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
	segment_room_restore();
	segment_room_remove();
	for (size_t i = 0; i < segment_room_count(); i++) {
		uint8_t *at = memmem(
		    segment_room_file(i)->bytes.data, segment_room_file(i)->bytes.len, "secretword", 10);
		if (segment_room_kind(segment_room_file(i)) == SEG_TEXT && at) {
			found = true;
			at[0] = 'S';
		}
	}
	assert_true(found);
	segment_room_reseal();
	segment_room_write(&releases);
	row_set(&args, F_RELEASE, STR("r1"));
	int failed = 0;
	for (int release = 0; release < 2; release++)
		for (int path = 0; path < 2; path++) {
			struct store *store = store_new(segment_room_dir());
			assert_int_equal(store_releases(store, buf_view(&releases)), 0);
			row_set(&args, F_RELEASE, release ? STR("r2") : STR("r1"));
			row_set(&args, F_PATH, path ? STR("c/words.txt") : STR("b/words.txt"));
			int r = segment_room_answer(store, answer_page, &args, &rows);
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
	segment_room_remove();
	buf_release(&releases);
}

/* Suspicious places of a blob that there is not, or of blobs in another order. */
static void
places_of_no_blob_are_refused(void **state)
{
	struct seg_suspects *suspects = NULL;
	struct segment *segment;
	struct kept *kept = NULL;

	(void)state;
	segment_room_restore();
	segment_room_remove();
	for (size_t i = 0; i < segment_room_count() && !suspects; i++) {
		struct seg_head head;
		kept = segment_room_file(i);
		memcpy(&head, kept->bytes.data, sizeof head);
		const struct seg_section *section = &head.sections[SEG_SUSPECTS - SEG_BLOCKS];
		if (head.kind == SEG_TEXT && section->count > 0)
			suspects = (void *)(kept->bytes.data + section->offset);
	}
	assert_non_null(suspects);
	assert_int_equal(suspects->places[SUSPECT_BIDI - 1], 1); /* a run of the same is one */
	assert_int_equal(suspects->places[SUSPECT_INVISIBLE - 1], 1);
	suspects->blob = UINT32_MAX;
	segment_room_reseal();
	segment_room_write_file(kept->name, buf_view(&kept->bytes));
	assert_int_equal(segment_open(segment_room_dir(), kept->name, SEG_TEXT, &segment), ERR_FORMAT);
	assert_non_null(strstr(err_text(), "suspicious places"));
	segment_room_remove();
	segment_room_restore();
	struct buf releases = BUF(MESSAGE_MAX);
	segment_room_write(&releases);
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
		segment_room_restore();
		struct kept *kept = segment_room_file(random_below(&random, (uint32_t)segment_room_count()));
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
		segment_room_reseal();
		segment_room_write(&releases);
		failed += segment_room_ask(buf_view(&releases)) > refused;
		segment_room_remove();
	}
	assert_true(failed > ROUNDS / 10);
	segment_room_restore();
	segment_room_write(&releases);
	buf_release(&releases);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_whole_index_answers),
	cmocka_unit_test(a_changed_byte_is_noticed),
	cmocka_unit_test(a_file_of_another_name_or_length_is_refused),
	cmocka_unit_test(rewritten_source_is_not_served),
	cmocka_unit_test(places_of_no_blob_are_refused),
	cmocka_unit_test(hostile_segments_do_no_harm),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
