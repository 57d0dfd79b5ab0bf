#include "tests/unit.h"

#include "annotations/notebook.h"
#include "annotations/settings.h"
#include "base/digest.h"
#include "base/fs.h"
#include "tests/scratch.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

struct book {
	struct scratch scratch;
	struct notebook notebook;
	struct keyfile_set keys;
	char box[HEX_LEN(32)];
};

/* A notebook whose key file lies in it, without a passphrase. */
static void
make(struct book *book)
{
	struct unsealer none = UNSEALER_NONE;
	struct keyfile shown;

	*book = (struct book){ .notebook = NOTEBOOK_NONE };
	scratch_make(&book->scratch);
	assert_int_equal(keyfile_generate(&none, STR("anna"), STR(""), true, &book->keys), 0);
	assert_int_equal(keyfile_read(buf_view(&book->keys.box), &shown), 0);
	hex_from(shown.box, sizeof shown.box, book->box);
	assert_int_equal(notebook_keep_key(book->scratch.dir, buf_view(&book->keys.box)), 0);
	assert_int_equal(notebook_open(&book->notebook, book->scratch.dir, str_from(book->box)), 0);
}

static void
unlock(struct book *book)
{
	struct unsealer none = UNSEALER_NONE;

	assert_int_equal(notebook_unlock(&book->notebook, &none, STR("")), 0);
}

static void
release(struct book *book)
{
	notebook_close(&book->notebook);
	keyfile_set_release(&book->keys);
	scratch_remove(&book->scratch);
}

static json_t *
head_of(const char *text)
{
	json_t *head;

	assert_int_equal(json_read(str_from(text), &head), 0);
	return head;
}

static int
count_id(void *ctx, const char *id)
{
	size_t *count = ctx;

	assert_int_equal(strlen(id), NOTE_ID - 1);
	++*count;
	return 0;
}

static void
notes_are_written_locked_and_read_unlocked(void **state)
{
	struct book book;
	struct buf text = BUF(NOTE_MAX);
	char id[NOTE_ID] = "", strange[NOTE_ID] = "../room.db";
	json_t *head = head_of("{\"kind\":\"draft\"}"), *back = NULL;
	size_t count = 0;

	(void)state;
	make(&book);
	assert_int_equal(notebook_save(&book.notebook, id, head, STR("first")), 0);
	assert_int_equal(notebook_load(&book.notebook, id, &back, &text), ERR_REFUSED);
	unlock(&book);
	assert_int_equal(notebook_load(&book.notebook, id, &back, &text), 0);
	assert_true(str_is(buf_view(&text), "first"));
	assert_true(str_is(json_str(back, "kind"), "draft"));
	json_decref(back);
	assert_int_equal(notebook_save(&book.notebook, id, head, STR("")), 0);
	buf_clear(&text);
	assert_int_equal(notebook_load(&book.notebook, id, &back, &text), 0);
	assert_int_equal(text.len, 0);
	json_decref(back);
	assert_int_equal(notebook_ids(&book.notebook, count_id, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(notebook_save(&book.notebook, strange, head, STR("x")), ERR_USAGE);
	assert_int_equal(notebook_load(&book.notebook, strange, &back, &text), ERR_USAGE);
	assert_int_equal(notebook_drop(&book.notebook, strange), ERR_USAGE);
	assert_int_equal(notebook_drop(&book.notebook, id), 0);
	assert_int_equal(notebook_drop(&book.notebook, id), ERR_ABSENT);
	json_decref(head);
	buf_release(&text);
	release(&book);
}

static void
every_flipped_bit_of_a_note_is_noticed(void **state)
{
	struct book book;
	struct buf sealed = BUF(NOTE_MAX), text = BUF(NOTE_MAX);
	char id[NOTE_ID] = "", path[128];
	json_t *head = head_of("{\"kind\":\"note\"}"), *back;

	(void)state;
	make(&book);
	unlock(&book);
	assert_int_equal(notebook_save(&book.notebook, id, head, STR("private")), 0);
	snprintf(path, sizeof path, "private/%s/%s", book.box, id);
	assert_int_equal(fs_read(book.scratch.dir, path, &sealed), 0);
	for (size_t bit = 0; bit < sealed.len * 8; bit++) {
		sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(fs_write(book.notebook.dir, id, buf_view(&sealed), 0600, FS_REPLACE), 0);
		assert_int_equal(notebook_load(&book.notebook, id, &back, &text), ERR_FORMAT);
		sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	json_decref(head);
	buf_release(&sealed);
	buf_release(&text);
	release(&book);
}

static int
add_number(void *ctx, const json_t *head, struct str body)
{
	uint64_t *sum = ctx;

	assert_int_equal(body.len, json_num(head, "size"));
	*sum = *sum * 10 + json_num(head, "n");
	return 0;
}

static void
add(struct book *book, unsigned n, size_t size)
{
	static char zeros[5000];
	char text[64];

	snprintf(text, sizeof text, "{\"n\":%u,\"size\":%zu}", n, size);
	json_t *head = head_of(text);
	assert_int_equal(notebook_add(&book->notebook, head, (struct str){ zeros, size }), 0);
	json_decref(head);
}

/* Cut at every byte: whole entries stay, and the next one follows them. */
static void
a_torn_log_goes_on(void **state)
{
	struct book book;
	struct buf whole = BUF(NOTE_MAX);
	size_t spoilt;

	(void)state;
	make(&book);
	unlock(&book);
	add(&book, 1, 10);
	assert_int_equal(fs_read(book.notebook.dir, "log", &whole), 0);
	size_t first = whole.len;
	add(&book, 2, 20);
	buf_clear(&whole);
	assert_int_equal(fs_read(book.notebook.dir, "log", &whole), 0);
	for (size_t cut = 0; cut <= whole.len; cut++) {
		uint64_t sum = 0;
		assert_int_equal(fs_write(book.notebook.dir, "log",
				     (struct str){ (const char *)whole.data, cut }, 0600, FS_REPLACE),
		    0);
		add(&book, 3, 30);
		assert_int_equal(notebook_each(&book.notebook, add_number, &sum, &spoilt), 0);
		assert_int_equal(spoilt, 0);
		assert_int_equal(sum, cut < first ? 3 : cut < whole.len ? 13 : 123);
	}
	buf_release(&whole);
	release(&book);
}

static void
a_notebook_is_its_keys(void **state)
{
	struct unsealer none = UNSEALER_NONE;
	struct keyfile_set other = { 0 };
	struct notebook nothing;
	struct book book;

	(void)state;
	make(&book);
	assert_int_equal(keyfile_generate(&none, STR("otto"), STR(""), true, &other), 0);
	assert_int_equal(fs_write(book.notebook.dir, "key", buf_view(&other.box), 0600, FS_REPLACE), 0);
	assert_int_equal(notebook_unlock(&book.notebook, &none, STR("")), ERR_FORMAT);
	assert_int_equal(fs_write(book.notebook.dir, "key", buf_view(&other.file), 0600, FS_REPLACE), 0);
	assert_int_equal(notebook_unlock(&book.notebook, &none, STR("")), ERR_FORMAT);
	assert_int_equal(unlinkat(book.notebook.dir, "key", 0), 0);
	assert_int_equal(notebook_unlock(&book.notebook, &none, STR("")), ERR_REFUSED);
	assert_int_equal(notebook_open(&nothing, book.scratch.dir, STR("")), 0);
	assert_int_equal(notebook_unlock(&nothing, &none, STR("")), ERR_REFUSED);
	assert_int_equal(notebook_open(&nothing, book.scratch.dir, STR("../..")), ERR_FORMAT);
	keyfile_set_release(&other);
	release(&book);
}

/* Of each key its own, under plain names alone, and not too much. */
static void
settings_are_kept_by_key_and_name(void **state)
{
	struct public_key anna = { .type = KEY_ED25519, .key = { 1 } },
			  otto = { .type = KEY_ED25519, .key = { 2 } };
	struct buf text = BUF(SETTINGS_MAX);
	struct scratch scratch;
	static char much[SETTINGS_MAX + 1];

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(settings_load(scratch.dir, &anna, STR("options"), &text), ERR_ABSENT);
	assert_int_equal(settings_save(scratch.dir, &anna, STR("options"), STR("first")), 0);
	assert_int_equal(settings_save(scratch.dir, &anna, STR("options"), STR("wrap yes\n")), 0);
	assert_int_equal(settings_save(scratch.dir, &anna, STR("keys"), STR("")), 0);
	assert_int_equal(settings_load(scratch.dir, &anna, STR("options"), &text), 0);
	assert_true(str_is(buf_view(&text), "wrap yes\n"));
	assert_int_equal(settings_load(scratch.dir, &otto, STR("options"), &text), ERR_ABSENT);
	assert_int_equal(settings_save(scratch.dir, &anna, STR("../key"), STR("x")), ERR_USAGE);
	assert_int_equal(settings_save(scratch.dir, &anna, STR(""), STR("x")), ERR_USAGE);
	assert_int_equal(settings_load(scratch.dir, &anna, STR("abcdefghijklmnopq"), &text), ERR_USAGE);
	assert_int_equal(
	    settings_save(scratch.dir, &anna, STR("keys"), (struct str){ much, sizeof much }), ERR_USAGE);
	buf_release(&text);
	scratch_remove(&scratch);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(notes_are_written_locked_and_read_unlocked),
	cmocka_unit_test(every_flipped_bit_of_a_note_is_noticed),
	cmocka_unit_test(a_torn_log_goes_on),
	cmocka_unit_test(a_notebook_is_its_keys),
	cmocka_unit_test(settings_are_kept_by_key_and_name),
};

UNIT(tests)
