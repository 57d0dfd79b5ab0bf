#include "tests/unit.h"

#include "annotations/report/report.h"

#include <ctype.h>

#define HOSTILE \
	"</title><script>alert(1)</script>\"'><img src=x onerror=y>&\x1b[31m\xe2\x80\xae" \
	"evil | *b* `c` [x](y)"
#define BODY \
	"# Heading\n\nIf `a<b>c` then <b onclick=x>bold</b> and a [link](javascript:alert(1)) and " \
	"![pic](http://h/p.png).\n\n" \
	"<script>alert(2)</script>\n\n\xe2\x80\xae" \
	"reversed\n\n1. one\n2. two\n\n```\ncode <x>\n```\n</section></article></body>\n"

static json_t *
model_new(const char *title, const char *body)
{
	json_t *model =
	    json_pack("{s:s, s:s, s:{s:s,s:s,s:s,s:b}, s:{s:i,s:s,s:s,s:i,s:s}, s:{s:s,s:s,s:s,s:i,s:s}}",
		"format", REPORT_FORMAT, "program", "0.1.0", "room", "id", "00", "product", "acme-av", "host",
		"h", "practice", 1, "ledger", "index", 41, "hash", "ab", "time", "2026-01-31T12:00:00Z",
		"size", 42, "root", "cd", "release", "name", "1.0", "kind", "archive", "commit", "ef",
		"files", 9, "imported", "2026-01-30T12:00:00Z");
	json_t *more = json_pack(
	    "{s:{s:[{s:s,s:i}],s:[{s:s,s:s,s:s}],s:i,s:[{s:s,s:s,s:s}],s:i},"
	    " s:{s:[s,s],s:[{s:s,s:[i,i]}]}, s:[{s:s,s:s,s:i,s:s}], s:[{s:s,s:s},{s:s}]}",
	    "scope", "counts", "what", "not-parsed", "files", 1, "files", "path", title, "what", "not-parsed",
	    "why", title, "files_left_out", 7, "odd", "path", "../x", "what", "traversal", "why", title,
	    "odd_left_out", 0, "summary", "states", "open", "resolved", "rows", "severity", "high", "counts",
	    1, 0, "people", "name", title, "role", "inspector", "since", 3, "line", "ssh-ed25519 AAAA",
	    "check", "text", "Do this.", "command", "sha256sum -c <x>\nssh-keygen", "text", "Done.");
	json_t *thread = json_pack("{s:s,s:s,s:s,s:s,s:s,s:[s],s:s,s:[{s:s,s:s,s:i,s:i,s:s,s:s,s:s}],s:[{s:i,"
				   "s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}]}",
	    "thread", "abcdefghij", "kind", "finding", "state", "open", "title", title, "severity", "high",
	    "cwe", "CWE-208", "impact", body, "anchors", "release", "1.0", "path", title, "first", 3, "last",
	    7, "symbol", "f", "blob", "0123", "text", "aa", "entries", "index", 12, "type", "annotate",
	    "author", title, "role", "inspector", "time", "2026-01-31T11:00:00Z", "key", "SHA256:x", "hash",
	    "ff", "signature", "good", "text", body);

	assert_non_null(model);
	assert_non_null(more);
	assert_non_null(thread);
	json_object_update(model, more);
	json_decref(more);
	json_object_set_new(model, "seal",
	    json_pack("{s:i,s:i,s:i,s:[{s:s,s:i}],s:{s:i,s:i,s:i},s:{s:i,s:i,s:i,s:i,s:i}}", "sessions", 12,
		"whole", 9, "deaths", 2, "lacking", "lacks", "landlock (accepted)", "sessions", 3, "disk",
		"encrypted", 12, "plain", 0, "unknown", 0, "selftest", "index", 5, "attempts", 816, "denied",
		768, "not_possible", 48, "worked", 0));
	json_object_set_new(model, "threads", json_pack("[o]", thread));
	return model;
}

static char *
rendered(enum report_format format, const char *title, const char *body)
{
	struct buf out = BUF(REPORT_MAX);
	json_t *model = model_new(title, body);

	assert_int_equal(report_render(format, model, &out), 0);
	json_decref(model);
	return buf_take(&out);
}

/* Every tag closed in order, every attribute quoted, no stray "<" or "&". */
static void
assert_well_formed(const char *at)
{
	char stack[64][32];
	size_t depth = 0;

	assert_true(strncmp(at, "<!DOCTYPE html>", 15) == 0);
	for (at += 15; *at; at++) {
		if (*at == '&') {
			const char *semicolon = strchr(at, ';');
			assert_true(semicolon && semicolon - at <= 6);
		}
		if (*at != '<')
			continue;
		bool closing = at[1] == '/';
		const char *name = at + 1 + closing;
		size_t len = 0;
		while (isalnum((unsigned char)name[len]))
			len++;
		assert_in_range(len, 1, 31);
		for (at = name + len; *at && *at != '>'; at++) {
			assert_true(*at != '<');
			if (*at == '"')
				for (at++; *at != '"'; at++)
					assert_true(*at && *at != '<');
		}
		assert_true(*at == '>');
		if (closing) {
			assert_true(depth > 0);
			depth--;
			assert_true(strlen(stack[depth]) == len && strncmp(stack[depth], name, len) == 0);
		} else if (at[-1] != '/') {
			assert_true(depth < 64);
			memcpy(stack[depth], name, len);
			stack[depth++][len] = 0;
		}
	}
	assert_int_equal(depth, 0);
}

static void
html_is_well_formed_and_carries_no_foreign_markup(void **state)
{
	static const char *const never[] = { "<script", "<img", "<b ", "<a href=\"j", "<a href=\"http",
		"javascript:alert(1)\"", "\x1b", "\xe2\x80\xae", "http-equiv=\"refresh", "onerror=\"" };
	char *html = rendered(REPORT_HTML, HOSTILE, BODY);

	(void)state;
	assert_well_formed(html);
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		assert_null(strstr(html, never[i]));
	assert_non_null(strstr(html, "default-src 'none'"));
	assert_non_null(strstr(html, "&lt;U+202E&gt;"));
	assert_non_null(strstr(html, "<h4>Heading</h4>"));
	assert_non_null(strstr(html, "&lt;script&gt;alert(2)&lt;/script&gt;"));
	assert_non_null(strstr(html, "link (javascript:alert(1))"));
	free(html);
}

static void
markdown_quotes_every_body_and_escapes_every_name(void **state)
{
	char *md = rendered(REPORT_MD, HOSTILE, BODY);
	struct str rest = str_from(md), line;

	(void)state;
	assert_null(strstr(md, "\x1b"));
	assert_null(strstr(md, "\xe2\x80\xae"));
	assert_non_null(strstr(md, "\\<script\\>"));
	assert_non_null(strstr(md, "> #### Heading"));
	while (str_next(&rest, '\n', &line)) {
		/* no line of a body stands outside its quote */
		assert_false(str_starts(line, STR("<")));
		assert_false(str_is(line, "reversed"));
	}
	free(md);
}

static void
the_same_model_gives_the_same_bytes(void **state)
{
	(void)state;
	for (unsigned format = 0; format < REPORT_FORMATS; format++) {
		char *a = rendered(format, "<&>", BODY), *b = rendered(format, "<&>", BODY);
		assert_string_equal(a, b);
		free(a);
		free(b);
	}
}

static void
hundreds_of_bodies_stay_inside_their_place(void **state)
{
	static const char *const pieces[] = { "<", ">", "</section>", "<!--", "-->", "`", "```\n", "\n",
		"\n\n", "[", "](", ")", "!", "# ", "> ", "- ", "&", "&lt;", "\"", "<![CDATA[", "<?", "text",
		"*", "_", "\\", "\t", "<style>", "    ", "<a\nb=\"" };
	uint32_t seed = 20261123;
	char body[400];

	(void)state;
	print_message("seed %u\n", seed);
	for (int round = 0; round < 300; round++) {
		*body = 0;
		for (int i = 0; i < 20; i++) {
			seed = seed * 1664525 + 1013904223;
			strcat(body, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
		}
		char *html = rendered(REPORT_HTML, "plain", body);
		assert_well_formed(html);
		free(html);
	}
}

static void
json_is_canonical(void **state)
{
	char *json = rendered(REPORT_JSON, "plain", "body");
	json_t *model;

	(void)state;
	assert_int_equal(json_read_canonical(str_from(json), &model), 0);
	json_decref(model);
	free(json);
}

static void
another_model_is_refused(void **state)
{
	struct buf out = BUF(REPORT_MAX);
	json_t *model = json_pack("{s:s}", "format", "carrel-report 9");

	(void)state;
	for (unsigned format = 0; format < REPORT_FORMATS; format++)
		assert_int_equal(report_render(format, model, &out), ERR_FORMAT);
	json_decref(model);
	buf_release(&out);
}

static void
the_seal_is_stated(void **state)
{
	static const char *const says[] = { "process of 9 of 12 sessions", "Sessions without landlock ",
		": 3.", "lay on an encrypted disk: in 12 sessions",
		"The last selftest, record 5, tried 816 ways out: 768 denied",
		"Processes that died, as the ledger notes: 2." };

	(void)state;
	for (unsigned format = 0; format < REPORT_FORMATS; format++) {
		char *text = rendered((enum report_format)format, "t", "b");
		for (size_t i = 0; i < sizeof says / sizeof *says && format != REPORT_JSON; i++)
			if (!strstr(text, says[i]))
				fail_msg("format %u lacks: %s", format, says[i]);
		assert_null(strstr(text, "not encrypted"));
		free(text);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_seal_is_stated),
	cmocka_unit_test(html_is_well_formed_and_carries_no_foreign_markup),
	cmocka_unit_test(markdown_quotes_every_body_and_escapes_every_name),
	cmocka_unit_test(the_same_model_gives_the_same_bytes),
	cmocka_unit_test(hundreds_of_bodies_stay_inside_their_place),
	cmocka_unit_test(json_is_canonical),
	cmocka_unit_test(another_model_is_refused),
};

UNIT(tests)
