#include "tests/unit.h"

#include "annotations/keyfile.h"
#include "base/digest.h"
#include "tests/random.h"

#include <stdio.h>
#include <sys/wait.h>

#define SEED 20260202u

static struct str
text_of(const struct keyfile_set *set)
{
	return buf_view(&set->file);
}

static void
a_sealed_key_opens_with_its_passphrase(void **state)
{
	struct unsealer unsealer;
	struct keyfile_set set;
	struct keyfile shown;
	struct secret *secret = NULL;
	struct public_key key;
	char print[FINGERPRINT_LEN];

	(void)state;
	assert_int_equal(unsealer_start(&unsealer, NULL), 0);
	assert_int_equal(keyfile_generate(&unsealer, STR("anna's key"), STR("correct horse"), true, &set), 0);
	assert_int_equal(keyfile_read(text_of(&set), &shown), 0);
	assert_true(shown.sealed && shown.kind == KEYFILE_SIGN && str_is(shown.comment, "anna's key"));
	assert_int_equal(public_key_from_line(buf_view(&set.pub), &key, NULL), 0);
	assert_true(public_key_eq(&key, &shown.key));
	public_key_fingerprint(&key, print);
	assert_string_equal(print, set.fingerprint);

	assert_int_equal(keyfile_open(&unsealer, text_of(&set), STR("wrong horse"), &secret), ERR_REFUSED);
	assert_string_equal(err_text(), "wrong passphrase");
	assert_int_equal(keyfile_open(&unsealer, text_of(&set), STR(""), &secret), ERR_REFUSED);
	assert_null(secret);
	assert_int_equal(keyfile_open(&unsealer, text_of(&set), STR("correct horse"), &secret), 0);
	assert_true(public_key_eq(secret_public(secret), &key));
	secret_free(secret);

	assert_int_equal(keyfile_read(buf_view(&set.box), &shown), 0);
	assert_true(shown.sealed && shown.kind == KEYFILE_BOX);
	pid_t child = unsealer.pid;
	unsealer_stop(&unsealer);
	assert_int_equal(waitpid(child, NULL, WNOHANG), -1);
	unsealer_stop(&unsealer);
	keyfile_set_release(&set);
}

static void
a_bare_key_needs_no_helper(void **state)
{
	struct unsealer none = UNSEALER_NONE;
	struct keyfile_set set;
	struct keyfile shown;
	struct secret *secret;

	(void)state;
	assert_int_equal(keyfile_generate(&none, STR(""), STR(""), false, &set), 0);
	assert_int_equal(set.box.len, 0);
	assert_int_equal(keyfile_read(text_of(&set), &shown), 0);
	assert_false(shown.sealed);
	assert_int_equal(keyfile_open(&none, text_of(&set), STR(""), &secret), 0);
	secret_free(secret);
	assert_int_equal(keyfile_open_bare(text_of(&set), &secret), 0);
	secret_free(secret);
	keyfile_set_release(&set);
	assert_int_equal(keyfile_generate(&none, STR("a\nb"), STR(""), false, &set), ERR_USAGE);
	assert_int_equal(keyfile_generate(&none, STR("c"), STR("p"), false, &set), ERR_SYSTEM);
}

static void
the_helper_answers_a_few_times_only(void **state)
{
	struct unsealer unsealer;
	struct keyfile_set set;
	struct secret *secret;

	(void)state;
	assert_int_equal(unsealer_start(&unsealer, NULL), 0);
	assert_int_equal(keyfile_generate(&unsealer, STR("c"), STR("p"), false, &set), 0);
	for (int i = 1; i < PASSPHRASE_TRIES; i++)
		assert_int_equal(keyfile_open(&unsealer, text_of(&set), STR("q"), &secret), ERR_REFUSED);
	assert_int_equal(keyfile_open(&unsealer, text_of(&set), STR("p"), &secret), ERR_SYSTEM);
	unsealer_stop(&unsealer);
	keyfile_set_release(&set);
}

static int
refuse(void)
{
	return -1;
}

static void
a_helper_that_cannot_be_sealed_opens_nothing(void **state)
{
	struct unsealer unsealer, none = UNSEALER_NONE;
	struct keyfile_set set;

	(void)state;
	assert_int_equal(unsealer_start(&unsealer, refuse), 0);
	assert_int_equal(keyfile_generate(&unsealer, STR("c"), STR("p"), false, &set), ERR_SYSTEM);
	unsealer_stop(&unsealer);
	assert_int_equal(keyfile_generate(&none, STR("c"), STR(""), false, &set), 0);
	keyfile_set_release(&set);
}

static void
other_files_are_refused_in_words(void **state)
{
	struct keyfile shown;

	(void)state;
	assert_int_equal(
	    keyfile_read(STR("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n"), &shown), ERR_REFUSED);
	assert_non_null(strstr(err_text(), "ssh-agent"));
	assert_int_equal(keyfile_read(STR("ssh-ed25519 AAAA anna"), &shown), ERR_REFUSED);
	assert_int_equal(keyfile_read(STR("carrel-key v2\n"), &shown), ERR_REFUSED);
	assert_int_equal(keyfile_read(STR(""), &shown), ERR_FORMAT);
	assert_int_equal(keyfile_read(STR("carrel-key v1\n"), &shown), ERR_FORMAT);
}

/* Flipped bits: the file is refused, or opens the same key (a comment's letter is nobody's secret). */
static void
no_flipped_bit_gives_another_key(void **state)
{
	struct unsealer none = UNSEALER_NONE;
	struct keyfile_set set;
	struct keyfile shown;
	struct secret *secret;
	struct public_key key;

	(void)state;
	assert_int_equal(keyfile_generate(&none, STR("comment"), STR(""), false, &set), 0);
	assert_int_equal(keyfile_read(text_of(&set), &shown), 0);
	key = shown.key;
	for (size_t bit = 0; bit < set.file.len * 8; bit++) {
		set.file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		int r = keyfile_open(&none, text_of(&set), STR(""), &secret);
		set.file.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (r < 0)
			continue;
		assert_true(public_key_eq(secret_public(secret), &key));
		secret_free(secret);
	}
	keyfile_set_release(&set);
}

static void
random_bytes_are_no_key_file(void **state)
{
	struct random random = random_of(SEED);
	struct keyfile shown;
	char text[300];

	(void)state;
	print_message("seed %u\n", SEED);
	for (int i = 0; i < 20000; i++) {
		size_t len = random_below(&random, sizeof text);
		size_t head = random_below(&random, 2)
		    ? (size_t)snprintf(text, sizeof text, "carrel-key v1\nkind sign\n")
		    : 0;
		for (size_t k = head; k < len; k++)
			text[k] = (char)random_next(&random);
		assert_true(keyfile_read((struct str){ text, len }, &shown) < 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_sealed_key_opens_with_its_passphrase),
	cmocka_unit_test(a_bare_key_needs_no_helper),
	cmocka_unit_test(the_helper_answers_a_few_times_only),
	cmocka_unit_test(a_helper_that_cannot_be_sealed_opens_nothing),
	cmocka_unit_test(other_files_are_refused_in_words),
	cmocka_unit_test(no_flipped_bit_gives_another_key),
	cmocka_unit_test(random_bytes_are_no_key_file),
};

UNIT(tests)
