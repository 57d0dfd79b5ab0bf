#include "tests/unit.h"

#include "annotations/record.h"
#include "annotations/record_schema.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "tests/random.h"
#include "tests/scratch.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#define SEED 20260303u
#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define PRINT "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFXnLJLBg0eLtNtJhFDLp/m5qWJgPHVXzZo6P4Rr7VNI"

static const char head[] = "carrel-record v1\n"
			   "room 000102030405060708090a0b0c0d0e0f\n"
			   "type policy\n"
			   "time 2026-11-23T19:27:22Z\n"
			   "boot 0b9f3dc1-5a3e-4f8e-9a53-0f6a1d2c4b5e 81234567890\n"
			   "actor " PRINT "\n"
			   "session -\n"
			   "audience all\n"
			   "tree 7 " HASH "\n"
			   "\n";

static json_t *
json_of(const char *text)
{
	json_t *value;

	if (json_read(str_from(text), &value) < 0)
		fail_msg("%s: %s", text, err_text());
	return value;
}

static void
a_record_comes_back(void **state)
{
	struct buf text = BUF(RECORD_MAX), again = BUF(RECORD_MAX);
	struct record record;

	(void)state;
	assert_int_equal(buf_printf(&text, "%s{\"text\":\"pipe-source yes\\n\"}", head), 0);
	assert_int_equal(record_parse(buf_view(&text), &record), 0);
	assert_int_equal(record.type, RECORD_POLICY);
	assert_string_equal(record.time, "2026-11-23T19:27:22Z");
	assert_true(record.boot_ns == 81234567890u && record.tree_size == 7 && record.room[15] == 15);
	assert_string_equal(record.session, "");
	assert_int_equal(record_build(&record, &again), 0);
	assert_true(str_eq(buf_view(&text), buf_view(&again)));
	record_release(&record);
	buf_release(&text);
	buf_release(&again);
}

/* What stands instead of one piece of a good record. */
static const struct {
	const char *old, *new;
	int result;
} spoilt[] = {
	{ "carrel-record v1", "carrel-record v2", ERR_REFUSED },
	{ "carrel-record v1", "carrel-record v", ERR_REFUSED },
	{ "carrel-record v1", "carrel-records", ERR_FORMAT },
	{ "room 00", "room 0", ERR_FORMAT },
	{ "0a0b", "0A0b", ERR_FORMAT },
	{ "room ", "room  ", ERR_FORMAT },
	{ "type policy", "type polisi", ERR_FORMAT },
	{ "type policy", "type Policy", ERR_FORMAT },
	{ "type policy", "type page", ERR_FORMAT },
	{ "type policy", "type room", ERR_FORMAT },
	{ "type policy\n", "", ERR_FORMAT },
	{ "type policy\n", "type policy\ntype policy\n", ERR_FORMAT },
	{ "2026-11-23T19", "2026-02-29T19", ERR_FORMAT },
	{ "2026-11-23T19", "2026-11-31T19", ERR_FORMAT },
	{ "2026-11-23T19", "2026-11-23T24", ERR_FORMAT },
	{ "2026-11-23T19", "2026-11-23 19", ERR_FORMAT },
	{ "19:27:22Z", "19:27:60Z", ERR_FORMAT },
	{ "19:27:22Z", "19:27:22+00:00", ERR_FORMAT },
	{ "19:27:22Z", "19:27:22.5Z", ERR_FORMAT },
	{ " 81234567890", " 081234567890", ERR_FORMAT },
	{ " 81234567890", " -1", ERR_FORMAT },
	{ " 81234567890", " 9007199254740993", ERR_FORMAT },
	{ " 81234567890", "  81234567890", ERR_FORMAT },
	{ " 81234567890", "", ERR_FORMAT },
	{ "0b9f3dc1-", "0B9f3dc1-", ERR_FORMAT },
	{ "0b9f3dc1-", "0b9f3dc1", ERR_FORMAT },
	{ "SHA256:AAAA", "sha256:AAAA", ERR_FORMAT },
	{ "AAA\nsession", "AAB\nsession", ERR_FORMAT },
	{ "AAA\nsession", "AA\nsession", ERR_FORMAT },
	{ "session -", "session ", ERR_FORMAT },
	{ "session -", "session x", ERR_FORMAT },
	{ "audience all", "audience group", ERR_FORMAT },
	{ "audience all\n", "", ERR_FORMAT },
	{ "tree 7", "tree 07", ERR_FORMAT },
	{ "tree 7", "tree 0", ERR_FORMAT },
	{ "tree 7", "tree +7", ERR_FORMAT },
	{ "tree 7 a", "tree 7  a", ERR_FORMAT },
	{ "tree 7 a", "tree 7 ", ERR_FORMAT },
	{ "\n\n{", "\n{", ERR_FORMAT },
	{ "\n\n{", "\n\n\n{", ERR_FORMAT },
	{ "\n\n{", "\nnote x\n\n{", ERR_FORMAT },
	{ "\n\n{", "\r\n\r\n{", ERR_FORMAT },
	{ "{\"text\"", "{ \"text\"", ERR_FORMAT },
	{ "\"}", "\"}\n", ERR_FORMAT },
	{ "\"}", "\"} ", ERR_FORMAT },
	{ "\"}", "\",\"text\":\"x\"}", ERR_FORMAT },
	{ "\"}", "\",\"what\":\"x\"}", ERR_FORMAT },
	{ "\"}", "\",\"a\":1}", ERR_FORMAT },
	{ "\"text\"", "\"texts\"", ERR_FORMAT },
	{ "good", "g\\u006fod", ERR_FORMAT },
	{ "good", "g\\/od", ERR_FORMAT },
	{ "good", "g\xc0\x80od", ERR_FORMAT },
	{ "good", "g\xed\xa0\x80od", ERR_FORMAT },
	{ "good", "g\x7fod", ERR_FORMAT },
	{ "good", "g\\rod", ERR_FORMAT },
	{ "\"good\"", "7", ERR_FORMAT },
	{ "\"good\"", "7.5", ERR_FORMAT },
	{ "\"good\"", "null", ERR_FORMAT },
	{ "{\"text\":\"good\"}", "", ERR_FORMAT },
	{ "{\"text\":\"good\"}", "[]", ERR_FORMAT },
	{ "{\"text\":\"good\"}", "{\"text\":\"good\"}{}", ERR_FORMAT },
	{ "good", "", 0 },
	{ "good", "g\xc3\xb6od \xf0\x9f\x98\x80 \\\" \\\\ / \\t", 0 },
};

static void
nothing_but_the_exact_form_is_read(void **state)
{
	struct record record;

	(void)state;
	for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
		struct buf text = BUF(RECORD_MAX), bad = BUF(RECORD_MAX);
		assert_int_equal(buf_printf(&text, "%s{\"text\":\"good\"}", head), 0);
		const char *at = strstr((char *)text.data, spoilt[i].old);
		assert_non_null(at);
		assert_int_equal(buf_printf(&bad, "%.*s%s%s", (int)(at - (char *)text.data),
				     (char *)text.data, spoilt[i].new, at + strlen(spoilt[i].old)),
		    0);
		int r = record_parse(buf_view(&bad), &record);
		if (r != spoilt[i].result)
			fail_msg("\"%s\" for \"%s\": %d %s", spoilt[i].new, spoilt[i].old, r, err_text());
		if (r == 0)
			record_release(&record);
		buf_release(&text);
		buf_release(&bad);
	}
}

static void
a_record_ends_at_64_kib(void **state)
{
	struct buf text = BUF(RECORD_MAX * 2);
	struct record record;

	(void)state;
	assert_int_equal(buf_printf(&text, "%s{\"text\":\"", head), 0);
	while (text.len < RECORD_MAX - 2)
		assert_int_equal(buf_byte(&text, 'x'), 0);
	assert_int_equal(buf_text(&text, "\"}"), 0);
	assert_int_equal(record_parse(buf_view(&text), &record), 0);
	record_release(&record);
	text.data[text.len - 2] = 'x';
	text.data[text.len - 1] = '"';
	assert_int_equal(buf_text(&text, "}"), 0);
	assert_int_equal(record_parse(buf_view(&text), &record), ERR_FORMAT);
	buf_release(&text);
}

#define ANCHOR \
	"{\"release\":\"1.0\",\"path\":\"a.c\",\"blob\":\"" OID "\",\"first\":1,\"last\":2,\"text\":\"" HASH \
	"\",\"context\":\"" HASH "\"}"
#define THREAD "\"thread\":\"" HASH "\",\"after\":[\"" HASH "\"]"
#define ACCESS \
	"\"order\":1,\"unit\":0,\"end\":true,\"verb\":\"ls\",\"rows\":1,\"files\":1,\"lines\":1,\"bytes\":" \
	"1,\"root\":\"" HASH "\",\"sent\":1,\"sha256\":\"" HASH "\""

/* The smallest good payload of every type. */
static const char *const smallest[RECORD_TYPE_COUNT] = {
	[RECORD_ROOM] = "{\"product\":\"p q\",\"host\":\"h\",\"keys\":[\"" KEY "\"],\"room_key\":\"" KEY
			"\",\"practice\":true,\"formats\":{\"record\":1}}",
	[RECORD_ROOMKEY] = "{\"room_key\":\"" KEY "\"}",
	[RECORD_PERSON] = "{\"name\":\"anna\",\"role\":\"inspector\",\"key\":\"" KEY "\"}",
	[RECORD_REVOKE] = "{\"name\":\"anna\"}",
	[RECORD_CONFIRM] = "{\"record\":\"" HASH "\"}",
	[RECORD_POLICY] = "{\"text\":\"\"}",
	[RECORD_SESSION] = "{\"key\":\"" KEY "\",\"program\":\"" HASH "\",\"command\":\"desk\",\"seal\":{}}",
	[RECORD_CLOSE] =
	    "{\"pages\":0,\"searches\":0,\"lists\":0,\"diffs\":0,\"lines\":0,\"bytes\":0,\"said\":0}",
	[RECORD_VISIT] = "{\"what\":\"open\"}",
	[RECORD_IMPORT] = "{\"release\":\"1.0\",\"kind\":\"git\",\"source\":\"/a\",\"commit\":\"" OID
			  "\",\"tree\":\"" OID "\",\"manifest\":\"" HASH
			  "\",\"files\":1,\"blobs\":1,\"bytes\":1,\"odd\":0,\"segment\":\"" HASH "\"}",
	[RECORD_INDEX] = "{\"release\":\"1.0\",\"record\":\"" HASH "\",\"segment\":\"" HASH "\"}",
	[RECORD_PAGE] = "{" ACCESS ",\"path\":\"a\",\"blob\":\"" OID "\",\"first\":1,\"last\":2}",
	[RECORD_SEARCH] = "{" ACCESS ",\"query\":\"" HASH "\"}",
	[RECORD_LIST] = "{" ACCESS "}",
	[RECORD_DIFF] = "{" ACCESS "}",
	[RECORD_REVEAL] = "{\"record\":\"" HASH "\",\"salt\":\"" HASH "\"}",
	[RECORD_ANNOTATE] = "{\"kind\":\"finding\",\"anchors\":[" ANCHOR "],\"text\":\"t\"}",
	[RECORD_AMEND] = "{" THREAD "}",
	[RECORD_REPLY] = "{" THREAD ",\"text\":\"t\"}",
	[RECORD_STATE] = "{" THREAD ",\"state\":\"fix promised\"}",
	[RECORD_MARK] = "{\"depth\":\"read\",\"marks\":[{\"release\":\"1.0\",\"path\":\"a\",\"blob\":\"" OID
			"\",\"first\":1,\"last\":2}]}",
	[RECORD_CARRY] =
	    "{" THREAD ",\"from\":\"1.0\",\"to\":\"1.1\",\"result\":\"same\",\"by\":\"program\"}",
	[RECORD_VERDICT] = "{" THREAD ",\"release\":\"1.1\",\"verdict\":\"not re-checked\"}",
	[RECORD_CHECK] = "{\"release\":\"1.0\",\"against\":\"binary\",\"result\":\"not attempted\"}",
	[RECORD_REPORT] = "{\"release\":\"1.0\",\"at\":3,\"record\":\"" HASH
			  "\",\"format\":\"html\",\"name\":\"r.html\",\"size\":1,\"sha256\":\"" HASH
			  "\",\"program\":\"" HASH "\"}",
	[RECORD_REQUEST] = "{\"what\":\"excerpt\",\"name\":\"e\",\"size\":1,\"sha256\":\"" HASH "\"}",
	[RECORD_RELEASE] = "{\"request\":\"" HASH "\"}",
	[RECORD_REFUSE] = "{\"request\":\"" HASH "\",\"text\":\"no\"}",
	[RECORD_FOREIGN] = "{\"room\":\"00000000000000000000000000000000\",\"record\":\"" HASH "\"}",
	[RECORD_BATCH] = "{\"entries\":2,\"root\":\"" HASH "\"}",
	[RECORD_CHECKPOINT] =
	    "{\"head\":{\"root\":\"" HASH "\",\"size\":1},\"why\":\"count\",\"sha256\":\"" HASH "\"}",
	[RECORD_COSIGN] =
	    "{\"head\":{\"root\":\"" HASH "\",\"size\":1},\"by\":\"" PRINT "\",\"checkpoint\":\"" HASH "\"}",
	[RECORD_SELFTEST] =
	    "{\"program\":\"" HASH "\",\"attempts\":1,\"denied\":1,\"not_possible\":0,\"worked\":0}",
	[RECORD_NOTE] = "{\"what\":\"died\",\"why\":\"reader\"}",
};

static void
every_key_of_a_payload_is_needed_and_no_other_taken(void **state)
{
	(void)state;
	for (unsigned type = 0; type < RECORD_TYPE_COUNT; type++) {
		json_t *payload = json_of(smallest[type]);
		json_t *good = json_of(smallest[type]), *value;
		const char *key;
		if (record_check_payload(type, payload) < 0)
			fail_msg("%s", err_text());
		json_object_foreach (good, key, value) {
			json_object_del(payload, key);
			assert_int_equal(record_check_payload(type, payload), ERR_FORMAT);
			json_object_set_new(payload, key, json_array());
			assert_int_equal(record_check_payload(type, payload), ERR_FORMAT);
			json_object_set(payload, key, value);
		}
		json_decref(good);
		assert_int_equal(record_check_payload(type, payload), 0);
		json_object_set_new(payload, "more", json_true());
		assert_int_equal(record_check_payload(type, payload), ERR_FORMAT);
		json_decref(payload);
	}
}

/* What the room and a session sign with lies in our memory, never in a token. */
static void
a_token_is_a_persons(void **state)
{
	static const struct {
		enum record_type type;
		const char *key;
		int taken;
	} rows[] = { { RECORD_PERSON, "key", 0 }, { RECORD_ROOM, "room_key", ERR_FORMAT },
		{ RECORD_ROOMKEY, "room_key", ERR_FORMAT }, { RECORD_SESSION, "key", ERR_FORMAT } };
	struct public_key token = { .type = KEY_SK_ED25519, .application = "ssh:" };
	struct buf line = BUF(PUBLIC_LINE_MAX);

	(void)state;
	memset(token.key, 7, sizeof token.key);
	assert_int_equal(public_key_line(&token, STR(""), &line), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *payload = json_of(smallest[rows[i].type]);
		assert_int_equal(json_set_str(payload, rows[i].key, buf_view(&line)), 0);
		assert_int_equal(record_check_payload(rows[i].type, payload), rows[i].taken);
		json_decref(payload);
	}
	buf_release(&line);
}

static void
foreign_bytes_have_one_form(void **state)
{
	static const struct {
		const char *members;
		int result;
	} cases[] = {
		{ "\"path\":\"a.c\"", 0 },
		{ "\"path\":\"a.c\",\"path_b64\":\"YS5j\"", ERR_FORMAT },   /* needless */
		{ "\"path\":\"a<FF>\",\"path_b64\":\"Yf8=\"", 0 },          /* a, 0xff */
		{ "\"path\":\"a<FE>\",\"path_b64\":\"Yf8=\"", ERR_FORMAT }, /* shown as another */
		{ "\"path\":\"a<FF>\"", 0 },                                /* a name that looks so */
		{ "\"path\":\"a^J\",\"path_b64\":\"YQo=\"", 0 },            /* a, newline */
		{ "\"path\":\"a\\n\"", ERR_FORMAT },                        /* must be in base64 */
		{ "\"path_b64\":\"Yf8=\"", ERR_FORMAT },
		{ "\"path\":\"a<FF>\",\"path_b64\":\"Yf8\"", ERR_FORMAT },
		{ "\"path\":\"a<FF>\",\"path_b64\":7", ERR_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[1024];
		snprintf(text, sizeof text, "{" ACCESS ",%s,\"blob\":\"" OID "\",\"first\":1,\"last\":2}",
		    cases[i].members);
		json_t *payload = json_of(text);
		if (record_check_payload(RECORD_PAGE, payload) != cases[i].result)
			fail_msg("%s: %s", cases[i].members, err_text());
		json_decref(payload);
	}
}

static void
attachments_are_named_once(void **state)
{
	static const struct attachment two[] = { { { "a", 1 }, { "x", 1 } }, { { "b", 1 }, { "", 0 } } };
	static const struct attachment twins[] = { { { "a", 1 }, { "x", 1 } }, { { "a", 1 }, { "y", 1 } } };
	struct attachment many[ATTACHMENTS + 1];
	char names[ATTACHMENTS + 1][2];
	json_t *payload = json_of("{\"text\":\"\"}");

	(void)state;
	assert_int_equal(record_attach(payload, two, 0), 0);
	assert_null(json_object_get(payload, "attach"));
	assert_int_equal(record_attach(payload, two, 2), 0);
	assert_int_equal(record_check_payload(RECORD_POLICY, payload), 0);
	assert_int_equal(record_attach(payload, twins, 2), 0);
	assert_int_equal(record_check_payload(RECORD_POLICY, payload), ERR_FORMAT);
	for (size_t i = 0; i <= ATTACHMENTS; i++) {
		names[i][0] = (char)('a' + i);
		many[i] = (struct attachment){ { names[i], 1 }, STR("x") };
	}
	assert_int_equal(record_attach(payload, many, ATTACHMENTS), 0);
	assert_int_equal(record_check_payload(RECORD_POLICY, payload), 0);
	assert_int_equal(record_attach(payload, many, ATTACHMENTS + 1), 0);
	assert_int_equal(record_check_payload(RECORD_POLICY, payload), ERR_FORMAT);
	json_decref(payload);
}

static void
leaves_are_read_to_the_byte(void **state)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct str record, signature;

	(void)state;
	assert_int_equal(leaf_build(STR("record"), STR("sig"), &leaf), 0);
	assert_memory_equal(leaf.data, "\0\0\0\6record\0\0\0\3sig", 17);
	assert_int_equal(leaf_parse(buf_view(&leaf), &record, &signature), 0);
	assert_true(str_is(record, "record") && str_is(signature, "sig"));
	for (size_t len = 0; len < leaf.len; len++)
		assert_int_equal(
		    leaf_parse((struct str){ (char *)leaf.data, len }, &record, &signature), ERR_FORMAT);
	assert_int_equal(buf_byte(&leaf, 0), 0);
	assert_int_equal(leaf_parse(buf_view(&leaf), &record, &signature), ERR_FORMAT);
	buf_release(&leaf);
}

static void
now_is_a_time(void **state)
{
	struct buf text = BUF(RECORD_MAX);
	struct record record = {
		.type = RECORD_POLICY, .actor = PRINT, .tree_size = 1, .payload = json_of("{\"text\":\"\"}")
	};
	char boot[RECORD_BOOT], shell[RECORD_TIME + 2];

	(void)state;
	record_boot(boot);
	assert_string_not_equal(boot, "00000000-0000-0000-0000-000000000000");
	record_stamp(&record, boot);
	FILE *date = popen("date -u +%Y-%m-%dT%H:%M", "r");
	assert_non_null(fgets(shell, sizeof shell, date));
	pclose(date);
	assert_memory_equal(shell, record.time, 14); /* to the hour: the minute may have passed */
	assert_int_equal(record_build(&record, &text), 0);
	record_release(&record);
	buf_release(&text);
}

/* ---- RFC 8785, by somebody else's encoder ---- */

static void
random_text(struct random *random, struct buf *out)
{
	char bytes[UTF8_MAX];

	buf_clear(out);
	for (uint32_t i = 0, len = 1 + random_below(random, 40); i < len; i++) {
		static const int32_t limits[] = { 0x80, 0x80, 0x800, 0x10000, 0x110000 };
		int32_t code = (int32_t)random_below(random, (uint32_t)limits[random_below(random, 5)]);
		if (code == 0x7F || (code < 0x20 && code != '\n' && code != '\t') ||
		    (code >= 0xD800 && code < 0xE000))
			code = "\n\t\"\\/"[code % 5];
		assert_int_equal(buf_add(out, bytes, utf8_put(code, bytes)), 0);
	}
}

/* Beside this file, from where the tests are run. */
static bool
beside(const char *name, char path[static PATH_MAX])
{
	char start[PATH_MAX];

	snprintf(start, sizeof start, "%.*s/%s", (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__, name);
	if (realpath(start, path))
		return true;
	print_message("%s is not there: run from the build directory\n", start);
	return false;
}

static void
another_encoder_writes_the_same_payloads(void **state)
{
	char script[PATH_MAX];
	struct scratch scratch;
	struct random random = random_of(SEED);
	struct buf lines = BUF((size_t)8 << 20), text = BUF(4096);

	(void)state;
	if (!beside("rfc8785.py", script))
		skip();
	print_message("seed %u\n", SEED);
	scratch_make(&scratch);
	for (unsigned i = 0; i < 3000; i++) {
		struct record record = { .type = i % RECORD_TYPE_COUNT,
			.payload = json_of(smallest[i % RECORD_TYPE_COUNT]) };
		static const char *const texts[] = { "text", "impact", "evidence", "recommendation" };
		for (size_t k = 0; k < 4; k++) {
			random_text(&random, &text);
			assert_int_equal(json_set_str(record.payload, texts[k], buf_view(&text)), 0);
		}
		assert_int_equal(json_set_num(record.payload, "number", random_next(&random)), 0);
		assert_int_equal(json_write_canonical(&lines, record.payload), 0);
		assert_int_equal(buf_byte(&lines, '\n'), 0);
		record_release(&record);
	}
	assert_int_equal(fs_write(scratch.dir, "lines", buf_view(&lines), 0600, FS_NEW), 0);
	assert_int_equal(scratch_run(&scratch, "python3 '%s' lines >said", script), 0);
	/* and it bites */
	assert_int_equal(
	    scratch_run(&scratch, "printf '{\"b\":1,\"a\":2}\\n' >>lines; python3 '%s' lines >said", script),
	    1);
	scratch_remove(&scratch);
	buf_release(&lines);
	buf_release(&text);
}

/* ---- the manual says what the table says ---- */

static const char *
kind_word(const struct field *field)
{
	static const char *const words[] = { [P_TEXT] = "text",
		[P_ANYTEXT] = "text0",
		[P_LINE] = "line",
		[P_WORD] = "word",
		[P_NAME] = "name",
		[P_NUM] = "num",
		[P_BOOL] = "bool",
		[P_HASH] = "hash",
		[P_OID] = "oid",
		[P_ROOM] = "room",
		[P_PRINT] = "print",
		[P_KEY] = "key",
		[P_FOREIGN] = "foreign",
		[P_HEAD] = "head",
		[P_NAMES] = "name[]",
		[P_LINES] = "line[]",
		[P_HASHES] = "hash[]",
		[P_KEYS] = "key[]",
		[P_MAP] = "seals",
		[P_NUMS] = "nums" };

	if (field->kind != P_OBJECTS)
		return words[field->kind];
	return strcmp(field->key, "segments") == 0 ? "segment[]"
	    : strcmp(field->key, "quotes") == 0    ? "quote[]"
	    : strcmp(field->key, "marks") == 0     ? "mark[]"
						   : "anchor[]";
}

static void
the_manual_lists_every_key(void **state)
{
	char path[PATH_MAX], want[256];
	struct buf page = BUF((size_t)1 << 20);
	size_t keys = 0;

	(void)state;
	if (!beside("../man/carrel-record.5", path))
		skip();
	assert_int_equal(fs_read(AT_FDCWD, path, &page), 0);
	for (unsigned type = 0; type < RECORD_TYPE_COUNT; type++) {
		snprintf(want, sizeof want, "\n.Ss Type %s\nSigned by the %s key.\n", record_type_word(type),
		    record_type_signer(type) == SIGNED_BY_PERSON ? "person's" : "session");
		char *section = strstr((char *)page.data, want);
		if (!section)
			fail_msg("no section%s", want);
		char *end = strstr(section, "\n.El\n");
		size_t listed = 0;
		for (char *row = section; (row = strstr(row, "\n.It Li ")) && row < end; row++)
			listed++;
		for (const struct field *f = record_schema(type); f->key; f++, listed--, keys++) {
			snprintf(want, sizeof want, "\n.It Li %s Ta %s%s Ta ", f->key, kind_word(f),
			    f->optional ? "?" : "");
			char *row = strstr(section, want);
			if (!row || row > end)
				fail_msg("%s: not in the manual:%s", record_type_word(type), want);
			for (const char *word = f->words; word && *word;
			     word += strcspn(word, "|") + (word[strcspn(word, "|")] != 0)) {
				snprintf(want, sizeof want, "%.*s", (int)strcspn(word, "|"), word);
				const char *there = strstr(row + 1, want);
				if (!there || there > strchr(row + 1, '\n'))
					fail_msg("%s: %s: no word %s", record_type_word(type), f->key, want);
			}
		}
		assert_int_equal(listed, 0);
	}
	assert_true(keys > 150);
	buf_release(&page);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_record_comes_back),
	cmocka_unit_test(nothing_but_the_exact_form_is_read),
	cmocka_unit_test(a_record_ends_at_64_kib),
	cmocka_unit_test(every_key_of_a_payload_is_needed_and_no_other_taken),
	cmocka_unit_test(a_token_is_a_persons),
	cmocka_unit_test(foreign_bytes_have_one_form),
	cmocka_unit_test(attachments_are_named_once),
	cmocka_unit_test(leaves_are_read_to_the_byte),
	cmocka_unit_test(now_is_a_time),
	cmocka_unit_test(another_encoder_writes_the_same_payloads),
	cmocka_unit_test(the_manual_lists_every_key),
};

UNIT(tests)
