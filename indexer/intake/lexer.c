#include "indexer/intake/lexer.h"

/* What is between tokens comes first.  The classes of what a word goes on with differ in the lowest bit alone. */
enum byte_class { B_OTHER, B_SPACE, B_NEWLINE, B_MARK, B_WORD, B_DIGIT };

static bool
is_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static void
mark_bytes(struct lexer *x, const char *bytes)
{
	for (; bytes && *bytes; bytes++)
		x->class[(unsigned char)*bytes] = B_MARK;
}

static void
mark_first(struct lexer *x, const char *word)
{
	if (word)
		x->class[(unsigned char)*word] = B_MARK;
}

static unsigned
keyword_hash(const char *word, size_t len)
{
	unsigned first = (unsigned char)word[0], last = (unsigned char)word[len - 1],
		 middle = (unsigned char)word[len / 2];

	return (first * 31 + last * 7 + middle * 3 + (unsigned)len * 131) & 511;
}

static void
keywords_init(struct lexer *x)
{
	struct str rest = str_from(x->lexis->keywords), word;
	size_t count = 0;

	while (rest.len && str_next(&rest, ' ', &word)) {
		assert(count < LEXIS_KEYWORDS);
		unsigned slot = keyword_hash(word.data, word.len);
		while (x->slots[slot])
			slot = (slot + 1) & 511;
		x->keywords[count++] = word;
		x->slots[slot] = (uint8_t)count;
	}
}

static bool
is_keyword(const struct lexer *x, const char *word, size_t len)
{
	for (unsigned slot = keyword_hash(word, len); x->slots[slot]; slot = (slot + 1) & 511) {
		const struct str *keyword = &x->keywords[x->slots[slot] - 1];
		if (keyword->len == len && memcmp(keyword->data, word, len) == 0)
			return true;
	}
	return false;
}

bool
lexer_is_keyword(const struct lexer *x, struct str word)
{
	return word.len && x->lexis && x->lexis->keywords && is_keyword(x, word.data, word.len);
}

void
lexer_init(struct lexer *x, enum seg_language language, struct str text)
{
	*x = (struct lexer){ .text = text.data, .len = text.len, .line = 1, .fresh = true };
	x->lexis = language_lexis(language);
	for (unsigned c = 0; c < 256; c++)
		x->class[c] = is_word((unsigned char)c) ? B_WORD : c >= '0' && c <= '9' ? B_DIGIT : B_OTHER;
	x->class[' '] = x->class['\t'] = x->class['\r'] = x->class['\f'] = B_SPACE;
	x->class['\n'] = B_NEWLINE;
	if (!x->lexis)
		return;
	for (size_t i = 0; i < LEXIS_LINES; i++) {
		mark_first(x, x->lexis->line[i]);
		x->comment_line[i] = str_from(x->lexis->line[i]);
	}
	mark_first(x, x->lexis->open);
	x->open = str_from(x->lexis->open);
	x->close = str_from(x->lexis->close);
	mark_bytes(x, x->lexis->quotes);
	mark_bytes(x, x->lexis->across);
	mark_bytes(x, x->lexis->flags & LEXIS_CPP ? "#<" : NULL);
	mark_bytes(x, x->lexis->flags & LEXIS_POD ? "=" : NULL);
	mark_bytes(x, x->lexis->flags & LEXIS_VERBATIM ? "@" : NULL);
	if (x->lexis->keywords)
		keywords_init(x);
}

void
lexer_again(struct lexer *x, struct str text)
{
	static const char quotes[] = "\"'`";

	x->text = text.data;
	x->len = text.len;
	x->at = 0;
	x->line = 1;
	x->fresh = true;
	x->directive = x->include = false;
	memset(x->unclosed, 0, sizeof x->unclosed);
	for (size_t i = 0; i < sizeof quotes - 1; i++)
		x->open_until[(unsigned char)quotes[i]] = 0;
}

static struct str
rest_of(const struct lexer *x)
{
	return (struct str){ x->text + x->at, x->len - x->at };
}

static char
peek(const struct lexer *x, size_t at)
{
	return at < x->len ? x->text[at] : '\0';
}

static void
count_lines(struct lexer *x, size_t from, size_t to)
{
	const char *at = x->text + from, *end = x->text + to;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		x->line++;
		at++;
	}
}

static bool
take(struct lexer *x, struct lex_token *token, enum lex_kind kind, size_t end)
{
	*token = (struct lex_token){ kind, x->at, end - x->at, x->line };
	if (kind == LEX_STRING || kind == LEX_COMMENT)
		count_lines(x, x->at, end);
	x->at = end;
	x->fresh = false;
	return true;
}

static size_t
line_end(const struct lexer *x, size_t from)
{
	const char *at = from < x->len ? memchr(x->text + from, '\n', x->len - from) : NULL;

	return at ? (size_t)(at - x->text) : x->len;
}

/* The place behind the next `mark` from `from` on, 0 if there is none. */
static size_t
behind(const struct lexer *x, size_t from, struct str mark)
{
	const char *at = from < x->len ? memmem(x->text + from, x->len - from, mark.data, mark.len) : NULL;

	return at ? (size_t)(at - x->text) + mark.len : 0;
}

static size_t
nested_end(const struct lexer *x, struct str open, struct str close)
{
	size_t at = x->at + open.len;

	for (unsigned depth = 1; at < x->len;) {
		struct str rest = { x->text + at, x->len - at };
		if (str_starts(rest, close)) {
			at += close.len;
			if (--depth == 0)
				return at;
		} else if (str_starts(rest, open)) {
			at += open.len;
			depth++;
		} else {
			at++;
		}
	}
	return 0;
}

/* The end of a C++ comment line, which a backslash carries on to the next. */
static size_t
spliced_end(const struct lexer *x)
{
	size_t end = line_end(x, x->at);

	while (x->lexis->flags & LEXIS_CPP && end < x->len && x->text[end - 1] == '\\')
		end = line_end(x, end + 1);
	return end;
}

static size_t
line_comment(const struct lexer *x)
{
	struct str rest = rest_of(x);

	for (size_t i = 0; i < LEXIS_LINES && x->comment_line[i].len; i++) {
		if (!str_starts(rest, x->comment_line[i]))
			continue;
		if (x->lexis->flags & LEXIS_SPACED && !x->fresh && !strchr(" \t;&|(", x->text[x->at - 1]))
			continue;
		return spliced_end(x);
	}
	return 0;
}

static size_t
pod_comment(const struct lexer *x)
{
	if (!(x->lexis->flags & LEXIS_POD) || x->text[x->at] != '=' ||
	    (x->at && x->text[x->at - 1] != '\n') || x->class[(unsigned char)peek(x, x->at + 1)] != B_WORD)
		return 0;
	size_t end = behind(x, x->at, STR("\n=cut"));
	return end ? line_end(x, end) : x->len;
}

static size_t
block_comment(struct lexer *x)
{
	if (!x->open.len || !str_starts(rest_of(x), x->open))
		return 0;
	uint8_t *unclosed = &x->unclosed[(unsigned char)x->open.data[0]];

	if (*unclosed)
		return 0;
	size_t end = x->lexis->flags & LEXIS_NEST ? nested_end(x, x->open, x->close)
						  : behind(x, x->at + x->open.len, x->close);
	*unclosed = end == 0;
	return end;
}

/* The end of a string whose quote is at `from` - 1: behind the quote, or 0 if none closes it. */
static size_t
quoted_end(const struct lexer *x, size_t from, char quote, bool across)
{
	bool escapes = !(x->lexis->flags & LEXIS_DOUBLED);

	for (size_t at = from; at < x->len; at++) {
		char c = x->text[at];
		if (c == quote)
			return at + 1;
		if (c == '\n' && !across)
			return 0;
		if (c == '\\' && escapes) {
			at++;
			if (peek(x, at) == '\r' && peek(x, at + 1) == '\n')
				at++;
		}
	}
	return 0;
}

/* A doubled quote carries on: 'it''s'. */
static size_t
doubled_end(const struct lexer *x, size_t from, char quote)
{
	size_t end = quoted_end(x, from, quote, true);

	while (end && peek(x, end) == quote)
		end = quoted_end(x, end + 1, quote, true);
	return end;
}

/* 'x' or '\x41': closed within a few bytes. */
static size_t
char_end(const struct lexer *x, size_t from)
{
	bool escape = peek(x, from) == '\\';
	size_t at = from + 1 + escape;

	while (at < from + (escape ? 12 : 5) && peek(x, at) != '\'' && peek(x, at) != '\n' && at < x->len)
		at++;
	return peek(x, at) == '\'' ? at + 1 : 0;
}

/* What does not end in its line from here does not from any later quote of the line. */
static size_t
line_string_end(struct lexer *x, size_t at, char quote)
{
	size_t *open_until = &x->open_until[(unsigned char)quote];

	if (at < *open_until)
		return 0;
	size_t end = quoted_end(x, at + 1, quote, false);
	if (end == 0)
		*open_until = line_end(x, at);
	return end;
}

static size_t
string_end(struct lexer *x, size_t at)
{
	char quote = peek(x, at);
	const char triple[3] = { quote, quote, quote };
	struct str rest = { x->text + at, x->len - at };
	uint8_t *unclosed = &x->unclosed[(unsigned char)quote];

	if (x->lexis->flags & LEXIS_TRIPLE && str_starts(rest, (struct str){ triple, 3 }) &&
	    !(*unclosed & 2)) {
		size_t end = behind(x, at + 3, (struct str){ triple, 3 });
		*unclosed |= end ? 0 : 2;
		if (end)
			return end;
	}
	if (quote == '\'' && x->lexis->flags & LEXIS_CHAR)
		return char_end(x, at + 1);
	if (x->lexis->across && strchr(x->lexis->across, quote)) {
		size_t end = *unclosed & 1 ? 0 : quoted_end(x, at + 1, quote, true);
		*unclosed |= end ? 0 : 1;
		return end;
	}
	return line_string_end(x, at, quote);
}

static bool
is_quote(const struct lexer *x, char c)
{
	return c &&
	    ((x->lexis->quotes && strchr(x->lexis->quotes, c)) ||
		(x->lexis->across && strchr(x->lexis->across, c)));
}

/* R"x(...)x" with the prefix that ends at `quote`; 0 if it is none. */
static size_t
raw_cpp_end(const struct lexer *x, size_t quote)
{
	char mark[20] = { ')' };
	size_t len = 1, at = quote + 1;

	for (; peek(x, at) != '(' && len < sizeof mark - 1; at++) {
		if (at >= x->len || strchr(" )\\\n\t", x->text[at]))
			return 0;
		mark[len++] = x->text[at];
	}
	mark[len++] = '"';
	return peek(x, at) == '(' ? behind(x, at, (struct str){ mark, len }) : 0;
}

/* r"...", r#"..."#, br##"..."##: `at` is behind the letters. */
static size_t
raw_rust_end(const struct lexer *x, size_t at)
{
	char mark[16] = { '"' };
	size_t len = 1;

	for (; peek(x, at) == '#' && len < sizeof mark; at++)
		mark[len++] = '#';
	return peek(x, at) == '"' ? behind(x, at + 1, (struct str){ mark, len }) : 0;
}

#define RAW_TRIES 16 /* raw strings without an end, after which no more are looked for */

static size_t
raw_end(struct lexer *x, size_t at, size_t (*find)(const struct lexer *, size_t))
{
	uint8_t *tries = &x->unclosed['R'];

	if (*tries >= RAW_TRIES)
		return 0;
	size_t end = find(x, at);
	*tries += end == 0;
	return end;
}

/* The end of a string that the word before `end` is a prefix of; 0 if it is a word. */
static size_t
prefixed_string(struct lexer *x, size_t end)
{
	size_t len = end - x->at;
	const char *word = x->text + x->at;
	char next = peek(x, end);

	if (len > 3 || !(next == '"' || next == '\'' || next == '#'))
		return 0;
	if (x->lexis->flags & LEXIS_RAW_RUST && word[len - 1] == 'r')
		return raw_end(x, end, raw_rust_end);
	if (next == '#')
		return 0;
	if (x->lexis->flags & LEXIS_RAW_CPP && word[len - 1] == 'R' && next == '"')
		return raw_end(x, end, raw_cpp_end);
	if (x->lexis->flags & (LEXIS_CPP | LEXIS_TRIPLE) && strspn(word, "rRbBuUfFL8") >= len &&
	    is_quote(x, next))
		return string_end(x, end);
	return 0;
}

static bool
next_word(struct lexer *x, struct lex_token *token)
{
	size_t end = x->at + 1, string;

	while (end < x->len && (x->class[(unsigned char)x->text[end]] | 1) == B_DIGIT)
		end++;
	if (x->lexis && (string = prefixed_string(x, end)) != 0)
		return take(x, token, LEX_STRING, string);
	const char *word = x->text + x->at;
	size_t len = end - x->at;
	if (x->directive) {
		x->directive = false;
		x->include = len >= 6 && (memcmp(word, "includ", 6) == 0 || memcmp(word, "import", 6) == 0);
		return take(x, token, LEX_DIRECTIVE, end);
	}
	bool keyword = x->lexis && x->lexis->keywords && is_keyword(x, word, len);
	return take(x, token, keyword ? LEX_KEYWORD : LEX_WORD, end);
}

static bool
next_number(struct lexer *x, struct lex_token *token)
{
	size_t end = x->at + 1;

	for (; end < x->len; end++) {
		char c = x->text[end];
		if (is_word((unsigned char)c) || (c >= '0' && c <= '9'))
			continue;
		if (x->lexis && c == '.' && peek(x, end + 1) >= '0' && peek(x, end + 1) <= '9')
			continue;
		if (x->lexis && x->lexis->flags & LEXIS_RAW_CPP && c == '\'' &&
		    is_word((unsigned char)peek(x, end - 1)) == 0 && peek(x, end + 1) >= '0' &&
		    peek(x, end + 1) <= '9')
			continue;
		break;
	}
	return take(x, token, LEX_NUMBER, end);
}

/* The preprocessor's # and the <...> of its includes. */
static size_t
directive_mark(struct lexer *x)
{
	char c = x->text[x->at];

	if (!(x->lexis->flags & LEXIS_CPP))
		return 0;
	if (c == '#' && x->fresh) {
		x->directive = true;
		return 0;
	}
	if (c != '<' || !x->include)
		return 0;
	size_t end = line_end(x, x->at);
	const char *close = memchr(x->text + x->at, '>', end - x->at);
	x->include = false;
	return close ? (size_t)(close - x->text) + 1 : 0;
}

static bool
next_mark(struct lexer *x, struct lex_token *token)
{
	size_t end;

	if ((end = line_comment(x)) || (end = pod_comment(x)) || (end = block_comment(x))) {
		bool fresh = x->fresh;
		take(x, token, LEX_COMMENT, end);
		x->fresh = fresh;
		return true;
	}
	char c = x->text[x->at];
	if (c == '@' && peek(x, x->at + 1) == '"' && x->lexis->flags & LEXIS_VERBATIM && !x->unclosed['@']) {
		end = doubled_end(x, x->at + 2, '"');
		x->unclosed['@'] = end == 0;
	}
	if (!end && is_quote(x, c))
		end = string_end(x, x->at);
	if (!end)
		end = directive_mark(x);
	return end && take(x, token, LEX_STRING, end);
}

/* What is between tokens, without a branch for each byte: which comes next cannot be guessed. */
static void
skip_between(struct lexer *x)
{
	bool fresh = x->fresh, same_line = true;
	size_t at = x->at;
	uint32_t line = x->line;

	for (uint8_t class; at < x->len && (class = x->class[(unsigned char)x->text[at]]) < B_MARK; at++) {
		bool newline = class == B_NEWLINE;
		line += newline;
		fresh = (fresh & (class != B_OTHER)) | newline;
		same_line &= !newline;
	}
	x->at = at;
	x->line = line;
	x->fresh = fresh;
	x->directive &= same_line;
	x->include &= same_line;
}

bool
lexer_next(struct lexer *x, struct lex_token *token)
{
	for (skip_between(x); x->at < x->len; skip_between(x)) {
		switch ((enum byte_class)x->class[(unsigned char)x->text[x->at]]) {
		case B_WORD:
			return next_word(x, token);
		case B_DIGIT:
			return next_number(x, token);
		default:
			if (next_mark(x, token))
				return true;
			x->at++;
			x->fresh = false;
			break;
		}
	}
	*token = (struct lex_token){ LEX_END, x->len, 0, x->line };
	return false;
}
