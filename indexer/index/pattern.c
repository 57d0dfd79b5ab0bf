#include "indexer/index/pattern.h"

#include "base/message.h"
#include "base/utf8.h"
#include "indexer/index/needle.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#define MATCH_LIMIT 1000000        /* of PCRE2's steps an attempt: tens of milliseconds */
#define MATCH_LIMIT_TEXT 10000000  /* of an attempt on a whole text */
#define HEAP_LIMIT (64 * 1024)     /* KiB */
#define RETRY_MAX 1000             /* attempts on one line with -w */
#define BEAT ((size_t)1024 * 1024) /* bytes between two looks at the clock */

struct pattern {
	unsigned flags;
	struct arena arena;
	struct str text; /* folded, for a literal with -i */
	struct gram_analysis analysis;
	pcre2_code *bytes;    /* for lines of ASCII; NULL: a literal */
	pcre2_code *utf;      /* for all others; NULL: the pattern is not UTF-8, bytes do */
	bool ascii;           /* the pattern is: then bytes knows nothing of UTF-8 and is fast */
	struct needle needle; /* the literal, or what every match holds; empty if that is nothing */
};

struct matcher {
	const struct pattern *pattern;
	pcre2_match_context *context;
	pcre2_match_data *data;
	struct str text;
	size_t at;   /* start of the line to go on with */
	size_t high; /* the first byte of 128 or more at or behind `at`, or the text's length */
	size_t beat; /* where to look at the clock next */
	struct pulse *pulse;
	unsigned limited;
	bool line_by_line; /* a look at the whole was too dear */
};

/* ---- pattern ---- */

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.data[i] >= 0x80)
			return false;
	return true;
}

/* Whether -i finds more of it than the two forms that ASCII has: k has the Kelvin sign too, s the long s. */
static bool
folds_far(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr("kKsS", s.data[i]) || (uint8_t)s.data[i] >= 0x80)
			return true;
	return false;
}

static int
compile(const struct pattern *pattern, bool utf, pcre2_code **out)
{
	uint32_t options =
	    PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C | (utf ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0);
	int code;
	size_t where;
	PCRE2_UCHAR8 why[256];

	if (pattern->flags & ORDER_NOCASE)
		options |= PCRE2_CASELESS;
	if (pattern->flags & ORDER_LITERAL)
		options = (options & ~(uint32_t)(PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C)) | PCRE2_LITERAL;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	if (!context)
		return err_set(ERR_MEMORY, "no memory for a pattern");
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_parens_nest_limit(context, 200);
	*out = pcre2_compile(
	    (const uint8_t *)pattern->text.data, pattern->text.len, options, &code, &where, context);
	pcre2_compile_context_free(context);
	if (*out)
		return 0;
	pcre2_get_error_message(code, why, sizeof why);
	return err_set(ERR_USAGE, "pattern: %s, at its byte %zu", (const char *)why, where + 1);
}

static void
fold(char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (char)(data[i] >= 'A' && data[i] <= 'Z' ? data[i] | 32 : data[i]);
}

static int
prepare(struct pattern *pattern, struct str text)
{
	bool literal = pattern->flags & ORDER_LITERAL, nocase = pattern->flags & ORDER_NOCASE;
	char *copy = arena_copy(&pattern->arena, text.data, text.len);
	unsigned flags = (literal ? GRAM_LITERAL : 0) | (nocase ? GRAM_NOCASE : 0) |
	    (pattern->flags & ORDER_MULTILINE ? GRAM_LINES : 0);
	int r = 0;

	pattern->text = (struct str){ copy, text.len };
	if (literal && (!nocase || !folds_far(text))) {
		gram_analyse(&pattern->arena, pattern->text, flags, &pattern->analysis);
		if (nocase)
			fold(copy, text.len);
		needle_init(&pattern->needle, pattern->text, nocase);
		return 0;
	}
	bool utf = utf8_ok(text);
	gram_analyse(&pattern->arena, pattern->text, flags | (utf ? GRAM_UTF : 0), &pattern->analysis);
	needle_init(&pattern->needle, pattern->analysis.needle, nocase);
	pattern->ascii = is_ascii(text);
	r = compile(pattern, utf && !pattern->ascii, &pattern->bytes);
	return r == 0 && utf ? compile(pattern, true, &pattern->utf) : r;
}

int
pattern_new(struct str text, unsigned flags, struct pattern **out)
{
	if (text.len == 0)
		return err_set(ERR_USAGE, "pattern: empty; it would match every line");
	if (text.len > PATTERN_MAX)
		return err_set(ERR_USAGE, "pattern: longer than %d bytes", PATTERN_MAX);
	if (memchr(text.data, '\n', text.len) && !(flags & ORDER_MULTILINE))
		return err_set(
		    ERR_USAGE, "pattern: holds a newline; a match lies in one line without --multiline");
	struct pattern *pattern = mem_new(struct pattern);
	pattern->flags = flags & (ORDER_LITERAL | ORDER_NOCASE | ORDER_WORD | ORDER_MULTILINE);
	int r = prepare(pattern, text);
	if (r < 0) {
		pattern_free(pattern);
		return r;
	}
	*out = pattern;
	return 0;
}

void
pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->bytes);
	pcre2_code_free(pattern->utf);
	arena_release(&pattern->arena);
	free(pattern);
}

const struct gram_analysis *
pattern_analysis(const struct pattern *pattern)
{
	return &pattern->analysis;
}

/* ---- matcher ---- */

int
matcher_new(const struct pattern *pattern, struct matcher **out)
{
	struct matcher *m = mem_new(struct matcher);

	m->pattern = pattern;
	m->context = pcre2_match_context_create(NULL);
	m->data = pcre2_match_data_create(1, NULL);
	if (!m->context || !m->data) {
		matcher_free(m);
		return err_set(ERR_MEMORY, "no memory for a matcher");
	}
	pcre2_set_match_limit(m->context, pattern->flags & ORDER_MULTILINE ? MATCH_LIMIT_TEXT : MATCH_LIMIT);
	pcre2_set_heap_limit(m->context, HEAP_LIMIT);
	*out = m;
	return 0;
}

void
matcher_free(struct matcher *m)
{
	if (!m)
		return;
	pcre2_match_context_free(m->context);
	pcre2_match_data_free(m->data);
	free(m);
}

unsigned
matcher_limited(const struct matcher *m)
{
	return m->limited;
}

static size_t
next_high(struct str text, size_t at)
{
	for (; at + 8 <= text.len; at += 8) {
		uint64_t word;
		memcpy(&word, text.data + at, 8);
		if (word & 0x8080808080808080u)
			break;
	}
	while (at < text.len && (uint8_t)text.data[at] < 0x80)
		at++;
	return at;
}

void
matcher_begin(struct matcher *m, struct str text, struct pulse *pulse)
{
	m->text = text;
	m->at = 0;
	m->beat = 0;
	m->limited = 0;
	m->line_by_line = !m->pattern->ascii;
	m->pulse = pulse;
	m->high = m->pattern->utf ? next_high(text, 0) : text.len;
}

static bool
word_char(struct str line, size_t at)
{
	char c = line.data[at];
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool
is_word(struct str line, size_t from, size_t to)
{
	return from < to && (from == 0 || !word_char(line, from - 1)) &&
	    (to == line.len || !word_char(line, to));
}

static size_t
line_end(struct str text, size_t at)
{
	const char *end = at < text.len ? memchr(text.data + at, '\n', text.len - at) : NULL;
	return end ? (size_t)(end - text.data) : text.len;
}

static size_t
line_begin(struct str text, size_t floor, size_t at)
{
	const char *end = at > floor ? memrchr(text.data + floor, '\n', at - floor) : NULL;
	return end ? (size_t)(end - text.data) + 1 : floor;
}

/* What stands at from..to, with the lines that it lies in; goes on behind these. */
static int
found(struct matcher *m, struct match *match, size_t from, size_t to)
{
	size_t start = line_begin(m->text, 0, from);
	bool whole_line = to > from && m->text.data[to - 1] == '\n';
	size_t end = whole_line ? to - 1 : line_end(m->text, to);

	*match = (struct match){
		.line = { m->text.data + start, end - start },
		.start = start,
		.column = from - start,
		.length = to - from,
	};
	m->at = end + 1;
	return 1;
}

/* Keeps the promise to look at the clock now and then; m->at has moved. */
static int
beat(struct matcher *m)
{
	if (m->at < m->beat)
		return 0;
	m->beat = m->at + BEAT;
	return pulse_beat(m->pulse);
}

static int
next_literal(struct matcher *m, struct match *match)
{
	const struct needle *needle = &m->pattern->needle;
	size_t len = needle->text.len;
	bool word = m->pattern->flags & ORDER_WORD;
	int r;

	for (size_t from = m->at; from < m->text.len;) {
		size_t to = m->text.len - from > BEAT ? from + BEAT + len : m->text.len;
		to = to < m->text.len ? to : m->text.len;
		m->at = from;
		if ((r = beat(m)) < 0)
			return r;
		size_t at = needle_find(needle, m->text, from, to);
		if (at == SIZE_MAX) {
			from = to == m->text.len ? to : to - len;
			continue;
		}
		if (!word || is_word(m->text, at, at + len))
			return found(m, match, at, at + len);
		from = at + 1;
	}
	m->at = m->text.len;
	return 0;
}

/* One attempt; 1 a match in `where`, 0 none or too dear. */
static int
attempt(
    struct matcher *m, const pcre2_code *code, struct str subject, size_t from, size_t where[2], bool *dear)
{
	int r = pcre2_match(code, (const uint8_t *)subject.data, subject.len, from, 0, m->data, m->context);
	if (r >= 0) {
		const size_t *ends = pcre2_get_ovector_pointer(m->data);
		where[0] = ends[0];
		where[1] = ends[1];
		/* \K in a look-behind can turn a match round */
		if (where[1] < where[0])
			where[1] = where[0];
		return 1;
	}
	*dear = r != PCRE2_ERROR_NOMATCH;
	return 0;
}

static bool
match_line(struct matcher *m, const pcre2_code *code, struct str line, size_t where[2])
{
	bool dear = false;
	size_t from = 0;
	int tries = 0;

	while (attempt(m, code, line, from, where, &dear)) {
		if (!(m->pattern->flags & ORDER_WORD) || is_word(line, where[0], where[1]))
			return true;
		from = where[0] + 1;
		while (from < line.len && word_char(line, from - 1))
			from++;
		if (from >= line.len)
			return false;
		if (++tries == RETRY_MAX) {
			dear = true;
			break;
		}
	}
	m->limited += dear;
	return false;
}

/* Tries the line at `start`; moves on behind it. */
static int
try_line(struct matcher *m, size_t start, bool plain, struct match *match)
{
	size_t end = line_end(m->text, start), where[2];
	struct str line = { m->text.data + start, end - start };
	const struct pattern *pattern = m->pattern;

	m->at = end + 1;
	return match_line(m, plain || !pattern->utf ? pattern->bytes : pattern->utf, line, where)
	    ? found(m, match, start + where[0], start + where[1])
	    : 0;
}

/* The next match in lines of ASCII up to `end`, all at once; 0 with m->at at `end` if there is none. */
static int
next_in_stretch(struct matcher *m, size_t end, struct match *match)
{
	struct str stretch = { m->text.data + m->at, end - m->at };
	bool dear = false;
	size_t where[2];

	if (!attempt(m, m->pattern->bytes, stretch, 0, where, &dear)) {
		if (dear)
			m->line_by_line = true;
		else
			m->at = end;
		return 0;
	}
	size_t at = m->at + where[0];
	/* an empty match behind the last newline is in no line */
	if (at == m->text.len && at > 0 && m->text.data[at - 1] == '\n') {
		m->at = end;
		return 0;
	}
	return try_line(m, line_begin(m->text, m->at, at), true, match);
}

static int
next_plain(struct matcher *m, size_t end, struct match *match)
{
	const struct gram_analysis *analysis = &m->pattern->analysis;

	if (m->pattern->needle.text.len > 0) {
		size_t at = needle_find(&m->pattern->needle, m->text, m->at, end);
		if (at == SIZE_MAX) {
			m->at = end;
			return 0;
		}
		return try_line(m, line_begin(m->text, m->at, at), true, match);
	}
	if (analysis->newline || m->line_by_line)
		return try_line(m, m->at, true, match);
	size_t part = end - m->at > BEAT ? line_end(m->text, m->at + BEAT) + 1 : end;
	return next_in_stretch(m, part < end ? part : end, match);
}

static int
next_expression(struct matcher *m, struct match *match)
{
	const struct needle *needle = &m->pattern->needle;
	/* in other lines than those of ASCII, -i may fold more than the needle knows */
	bool sought = needle->text.len > 0 && !needle->nocase;

	while (m->at < m->text.len && m->limited < LIMITED_MAX) {
		int r = beat(m);
		if (r < 0)
			return r;
		if (m->high < m->at)
			m->high = next_high(m->text, m->at);
		size_t end = m->high == m->text.len ? m->text.len : line_begin(m->text, m->at, m->high);
		if (m->at < end) {
			r = next_plain(m, end, match);
		} else {
			size_t stop = line_end(m->text, m->at);
			if (sought && needle_find(needle, m->text, m->at, stop) == SIZE_MAX)
				m->at = stop + 1;
			else
				r = try_line(m, m->at, false, match);
		}
		if (r != 0)
			return r;
	}
	return 0;
}

/* A match anywhere in the rest of the text, over as many lines as it likes. */
static int
next_in_text(struct matcher *m, struct match *match)
{
	bool plain = m->high == m->text.len || !m->pattern->utf, dear = false;
	const pcre2_code *code = plain ? m->pattern->bytes : m->pattern->utf;
	const struct needle *needle = &m->pattern->needle;
	size_t where[2], from = m->at;

	if (needle->text.len > 0 && (plain || !needle->nocase) &&
	    needle_find(needle, m->text, from, m->text.len) == SIZE_MAX)
		from = m->text.len;
	for (int tries = 0; from < m->text.len && !dear; tries++) {
		int r = beat(m);
		if (r < 0)
			return r;
		dear = tries == RETRY_MAX;
		if (dear || !attempt(m, code, m->text, from, where, &dear))
			break;
		/* an empty match behind the last newline is in no line */
		if (where[0] == m->text.len && m->text.data[where[0] - 1] == '\n')
			break;
		if (!(m->pattern->flags & ORDER_WORD) || is_word(m->text, where[0], where[1]))
			return found(m, match, where[0], where[1]);
		from = where[0] + 1;
	}
	m->limited += dear;
	m->at = m->text.len;
	return 0;
}

int
matcher_next(struct matcher *m, struct match *match)
{
	if (m->pattern->bytes && m->pattern->flags & ORDER_MULTILINE)
		return m->at < m->text.len ? next_in_text(m, match) : 0;
	return m->pattern->bytes ? next_expression(m, match) : next_literal(m, match);
}
