#include "tests/unit.h"

#include "base/unicode.h"
#include "tests/random.h"

#include <unicode/uchar.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#define WORDS 20000

static void
expect_skeleton(struct str word, const char *skeleton)
{
	struct buf out = BUF(4096);

	assert_int_equal(unicode_skeleton(&out, word), 0);
	assert_string_equal(out.data ? (const char *)out.data : "", skeleton);
	buf_release(&out);
}

static void
words_that_look_the_same_have_one_skeleton(void **state)
{
	(void)state;
	expect_skeleton(STR("plain"), "plain");
	expect_skeleton(STR("l1I"), "lll");
	expect_skeleton(STR("rn"), "rn");
	expect_skeleton(STR("m"), "rn");
	expect_skeleton(STR("\u0430dmin"), "adrnin"); /* Cyrillic a */
	expect_skeleton(STR("admin"), "adrnin");
	expect_skeleton(STR("is\u200bAdmin"), "isAdrnin");
	expect_skeleton(STR("\u00e9"), "e\u0301");
	expect_skeleton(STR("q\u0307\u0323"), "q\u0323\u0307"); /* marks in canonical order */
	expect_skeleton(STR("\uac01"), "\u1100\u1161\u1100");
	expect_skeleton(STR("a\xff"), "a\xff");
	expect_skeleton(STR(""), "");
}

static void
scripts_that_do_not_belong_together(void **state)
{
	struct buf out = BUF(100);

	(void)state;
	assert_false(unicode_mixed(STR("plain_1")));
	assert_false(unicode_mixed(STR("größe")));
	assert_false(unicode_mixed(STR("проверка_1")));
	assert_false(unicode_mixed(STR("get漢字ひらがなカタカナ"))); /* Latin with Japanese */
	assert_false(unicode_mixed(STR("漢字한글")));
	assert_true(unicode_mixed(STR("p\u0430ssword")));
	assert_true(unicode_mixed(STR("αlpha")));
	assert_true(unicode_mixed(STR("ひらがな한글")));
	assert_int_equal(unicode_script_list(&out, STR("x_p\u0430ss")), 0);
	assert_string_equal((const char *)out.data, "Latin, Cyrillic");
	buf_release(&out);
}

/* ---- against ICU, over words of random code points ---- */

static bool
usable(UChar32 code)
{
	int8_t type = u_charType(code);

	return type != U_UNASSIGNED && type != U_SURROGATE && type != U_PRIVATE_USE_CHAR &&
	    type != U_CONTROL_CHAR && !u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

static int32_t
any_code(struct random *random)
{
	static const int32_t ranges[][2] = { { 0x20, 0x24F }, { 0x300, 0x5FF }, { 0x1100, 0x11FF },
		{ 0x3040, 0x30FF }, { 0x4E00, 0x4E80 }, { 0xAC00, 0xD7A3 }, { 0x20, 0x10FFFF } };
	const int32_t *range = ranges[random_below(random, sizeof ranges / sizeof *ranges)];
	int32_t code;

	do
		code = range[0] + (int32_t)random_below(random, (uint32_t)(range[1] - range[0]));
	while (!usable(code));
	return code;
}

static struct str
any_word(struct random *random, char bytes[static 64])
{
	size_t len = 0;

	for (uint32_t i = random_below(random, 6) + 1; i > 0; i--)
		len += utf8_put(any_code(random), bytes + len);
	return (struct str){ bytes, len };
}

static void
skeletons_and_scripts_are_those_of_icu(void **state)
{
	UErrorCode status = U_ZERO_ERROR;
	USpoofChecker *checker = uspoof_open(&status);
	struct random random = random_of(1);

	(void)state;
	uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL, &status);
	uspoof_setRestrictionLevel(checker, USPOOF_HIGHLY_RESTRICTIVE);
	for (int i = 0; i < WORDS; i++) {
		char bytes[64], theirs[512];
		struct str word = any_word(&random, bytes);
		struct buf ours = BUF(4096);
		int32_t len = uspoof_getSkeletonUTF8(
		    checker, 0, word.data, (int32_t)word.len, theirs, sizeof theirs, &status);
		int32_t failed = uspoof_checkUTF8(checker, word.data, (int32_t)word.len, NULL, &status);
		assert_true(U_SUCCESS(status));
		assert_int_equal(unicode_skeleton(&ours, word), 0);
		assert_int_equal(ours.len, len);
		assert_memory_equal(ours.data, theirs, ours.len);
		assert_int_equal(unicode_mixed(word), failed != 0);
		buf_release(&ours);
	}
	uspoof_close(checker);
}

/* Every code point of category Cf, and every one that is ignored by default, is marked. */
static void
what_hides_is_no_plain_text(void **state)
{
	(void)state;
	for (int32_t code = 0; code <= 0x10FFFF; code++) {
		int8_t type = u_charType(code);
		bool hides = type == U_FORMAT_CHAR || type == U_CONTROL_CHAR || type == U_UNASSIGNED ||
		    type == U_PRIVATE_USE_CHAR || type == U_SURROGATE || type == U_LINE_SEPARATOR ||
		    type == U_PARAGRAPH_SEPARATOR ||
		    u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
		    (type == U_SPACE_SEPARATOR && code != ' ' && code != 0x3000);
		if (hides)
			assert_int_not_equal(unicode_class(code), SHOW_PLAIN);
		else if (code != 0x2800 && code != 0x16FE4 && code != 0x1D159)
			assert_int_equal(unicode_class(code), SHOW_PLAIN);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(words_that_look_the_same_have_one_skeleton),
	cmocka_unit_test(scripts_that_do_not_belong_together),
	cmocka_unit_test(skeletons_and_scripts_are_those_of_icu),
	cmocka_unit_test(what_hides_is_no_plain_text),
};

UNIT(tests)
