/*
 * Writes base/unicode_data.c at build time: of every code point its class, scripts,
 * combining class and UTS #39 skeleton, as the ICU of the build machine has them.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#define CODES 0x110000
#define BLOCK 128
#define HANGUL_FIRST 0xAC00
#define HANGUL_LAST 0xD7A3
#define SETS 1024  /* more than there are combinations of scripts */
#define PROPS 4096 /* and of all that is kept of a code point */

/* As enum show_class numbers them. */
enum kind { PLAIN, CONTROL, BIDI, INVISIBLE, PRIVATE };

struct set {
	uint64_t bits[4];
};

struct prop {
	uint32_t kind, order, scripts, spells;
};

static struct set sets[SETS];
static struct prop props[PROPS];
static size_t set_count, prop_count;

/* ICU's numbers of scripts, closely numbered; the three of UTS #39 that have no letters of their own behind them. */
static int script_number[USCRIPT_CODE_LIMIT];
static int scripts;

static bool
within(UChar32 code, UChar32 first, UChar32 last)
{
	return code >= first && code <= last;
}

static bool
is_bidi(UChar32 code)
{
	return code == 0x061C || within(code, 0x200E, 0x200F) || within(code, 0x202A, 0x202E) ||
	    within(code, 0x2066, 0x2069);
}

/* Seen as nothing or as a blank, whatever their category says. */
static bool
is_unseen(UChar32 code)
{
	return u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || code == 0x00A0 ||
	    code == 0x1680 || within(code, 0x2000, 0x200A) || within(code, 0x2028, 0x2029) ||
	    code == 0x202F || code == 0x205F || code == 0x2800 || code == 0x16FE4 || code == 0x1D159;
}

static enum kind
kind_of(UChar32 code)
{
	if (code < 0x20 || within(code, 0x7F, 0x9F))
		return CONTROL;
	if (is_bidi(code))
		return BIDI;
	if (is_unseen(code))
		return INVISIBLE;
	switch (u_charType(code)) {
	case U_FORMAT_CHAR:
		return INVISIBLE;
	case U_PRIVATE_USE_CHAR:
	case U_UNASSIGNED:
	case U_SURROGATE:
		return PRIVATE;
	default:
		return PLAIN;
	}
}

static void
check(UErrorCode status, const char *what)
{
	if (U_FAILURE(status)) {
		fprintf(stderr, "unicode_make: %s: %s\n", what, u_errorName(status));
		exit(1);
	}
}

static void
set_add(struct set *set, int script)
{
	set->bits[script / 64] |= (uint64_t)1 << (script % 64);
}

/* The augmented script set of UTS #39, 5.1. */
static struct set
scripts_of(UChar32 code)
{
	UScriptCode found[64];
	UErrorCode status = U_ZERO_ERROR;
	struct set set = { 0 };

	int count = uscript_getScriptExtensions(code, found, 64, &status);
	check(status, "scripts");
	for (int i = 0; i < count; i++) {
		UScriptCode script = found[i];
		if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED)
			return (struct set){ { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
		set_add(&set, script_number[script]);
		if (script == USCRIPT_HAN || script == USCRIPT_BOPOMOFO)
			set_add(&set, script_number[USCRIPT_HAN_WITH_BOPOMOFO]);
		if (script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA)
			set_add(&set, script_number[USCRIPT_JAPANESE]);
		if (script == USCRIPT_HAN || script == USCRIPT_HANGUL)
			set_add(&set, script_number[USCRIPT_KOREAN]);
	}
	return set;
}

static uint32_t
number_set(struct set set)
{
	size_t i = 0;

	while (i < set_count && memcmp(&sets[i], &set, sizeof set) != 0)
		i++;
	if (i == SETS)
		exit(1);
	if (i == set_count)
		sets[set_count++] = set;
	return (uint32_t)i;
}

static uint32_t
number_prop(struct prop prop)
{
	size_t i = 0;

	while (i < prop_count && memcmp(&props[i], &prop, sizeof prop) != 0)
		i++;
	if (i == PROPS)
		exit(1);
	if (i == prop_count)
		props[prop_count++] = prop;
	return (uint32_t)i;
}

/* Scripts that have letters, or that UTS #39 adds; "" stands between numbers and names in ICU alone. */
static void
write_scripts(void)
{
	static bool used[USCRIPT_CODE_LIMIT];

	used[USCRIPT_HAN_WITH_BOPOMOFO] = used[USCRIPT_JAPANESE] = used[USCRIPT_KOREAN] = true;
	for (UChar32 code = 0; code < CODES; code++) {
		UErrorCode status = U_ZERO_ERROR;
		used[uscript_getScript(code, &status)] = true;
	}
	printf("const char *const unicode_script_names[] = {\n");
	for (int i = 0; i < USCRIPT_CODE_LIMIT; i++)
		if (used[i]) {
			script_number[i] = scripts++;
			printf("\t\"%s\",\n", uscript_getName((UScriptCode)i));
		}
	printf("};\nconst unsigned unicode_scripts_count = %d, unicode_latin = %d, unicode_mixing[] = { %d, "
	       "%d, %d };\n",
	    scripts, script_number[USCRIPT_LATIN], script_number[USCRIPT_HAN_WITH_BOPOMOFO],
	    script_number[USCRIPT_JAPANESE], script_number[USCRIPT_KOREAN]);
}

static void
write_props(void)
{
	static uint16_t of[CODES], blocks[CODES / BLOCK];
	size_t count = 0;

	for (UChar32 code = 0; code < CODES; code++)
		of[code] = (uint16_t)number_prop((struct prop){ kind_of(code), u_getCombiningClass(code),
		    number_set(scripts_of(code)), u_isUAlphabetic(code) || u_isdigit(code) });
	printf("const uint16_t unicode_blocks[][%d] = {\n", BLOCK);
	for (size_t i = 0; i < CODES / BLOCK; i++) {
		size_t same = 0;
		while (same < i && memcmp(&of[same * BLOCK], &of[i * BLOCK], BLOCK * sizeof *of) != 0)
			same++;
		if (same < i) {
			blocks[i] = blocks[same];
			continue;
		}
		blocks[i] = (uint16_t)count++;
		printf("\t{ ");
		for (size_t k = 0; k < BLOCK; k++)
			printf("%u, ", of[i * BLOCK + k]);
		printf("},\n");
	}
	printf("};\nconst uint16_t unicode_block_of[] = {\n");
	for (size_t i = 0; i < CODES / BLOCK; i++)
		printf("%u,%s", blocks[i], i % 16 == 15 ? "\n" : " ");
	printf("};\nconst struct unicode_prop unicode_props[] = {\n");
	for (size_t i = 0; i < prop_count; i++)
		printf("\t{ %u, %u, %u, %u },\n", props[i].kind, props[i].order, props[i].scripts,
		    props[i].spells);
	printf("};\nconst struct unicode_scripts unicode_sets[] = {\n");
	for (size_t i = 0; i < set_count; i++)
		printf("\t{ { 0x%llxu, 0x%llxu, 0x%llxu, 0x%llxu } },\n", (unsigned long long)sets[i].bits[0],
		    (unsigned long long)sets[i].bits[1], (unsigned long long)sets[i].bits[2],
		    (unsigned long long)sets[i].bits[3]);
	printf("};\n");
}

/* Of each code point that `change` changes, what it becomes; Hangul syllables are taken apart by rule. */
static void
write_changes(const char *name, int32_t (*change)(const UChar *from, int32_t len, UChar to[static 128]))
{
	size_t count = 0;

	printf("const struct unicode_change unicode_%s[] = {\n", name);
	for (UChar32 code = 0; code < CODES; code++) {
		UErrorCode status = U_ZERO_ERROR;
		UChar from[2], to[128];
		char text[256], self[8];
		int32_t from_len = 0;

		if (U_IS_SURROGATE(code) || within(code, HANGUL_FIRST, HANGUL_LAST))
			continue;
		U16_APPEND_UNSAFE(from, from_len, code);
		u_strToUTF8(text, sizeof text, NULL, to, change(from, from_len, to), &status);
		u_strToUTF8(self, sizeof self, NULL, from, from_len, &status);
		check(status, name);
		if (strcmp(text, self) == 0)
			continue;
		printf("\t{ 0x%X, \"", (unsigned)code);
		for (const char *p = text; *p; p++)
			printf("\\%03o", (uint8_t)*p);
		printf("\" },\n");
		count++;
	}
	printf("};\nconst unsigned unicode_%s_count = %zu;\n", name, count);
}

static int32_t
decompose(const UChar *from, int32_t len, UChar to[static 128])
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t to_len = unorm2_normalize(unorm2_getNFDInstance(&status), from, len, to, 128, &status);

	check(status, "decompositions");
	return to_len;
}

/* What is ignored by default, and stands for something, has none. */
static int32_t
skeleton(const UChar *from, int32_t len, UChar to[static 128])
{
	static USpoofChecker *checker;
	UErrorCode status = U_ZERO_ERROR;
	UChar32 code;

	U16_GET_UNSAFE(from, 0, code);
	if (u_hasBinaryProperty(code, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) && u_charType(code) != U_UNASSIGNED)
		return 0;
	if (!checker)
		checker = uspoof_open(&status);
	int32_t to_len = uspoof_getSkeleton(checker, 0, from, len, to, 128, &status);
	check(status, "confusables");
	return to_len;
}

int
main(void)
{
	printf("#include \"base/unicode_private.h\"\n\nconst char unicode_version[] = \"Unicode %s, from ICU "
	       "%s\";\n",
	    U_UNICODE_VERSION, U_ICU_VERSION);
	write_scripts();
	write_props();
	write_changes("decompositions", decompose);
	write_changes("skeletons", skeleton);
	return 0;
}
