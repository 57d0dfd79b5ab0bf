#include "indexer/intake/mask.h"

#include <ctype.h>

#define WORDS 8      /* between struct and { */
#define REACH 400    /* bytes from struct to { */
#define COMMENT 4096 /* bytes of a comment that is looked past */

struct word {
	size_t start, len; /* the word */
	size_t end;        /* behind it, and behind the (...) that follows */
};

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t
skip_space(struct str s, size_t at)
{
	while (at < s.len && isspace((unsigned char)s.data[at]))
		at++;
	return at;
}

/* Behind the ) that closes the ( at `at`; 0 if there is none nearby. */
static size_t
skip_parens(struct str s, size_t at)
{
	unsigned depth = 0;

	for (size_t end = at + REACH; at < s.len && at < end; at++) {
		depth += s.data[at] == '(';
		if (s.data[at] == ')' && --depth == 0)
			return at + 1;
	}
	return 0;
}

/* FOO, __foo or anything with arguments. */
static bool
looks_like_macro(struct str text, const struct word *word)
{
	const char *name = text.data + word->start;

	if (word->end > word->start + word->len || (word->len > 2 && name[0] == '_' && name[1] == '_'))
		return true;
	for (size_t i = 0; i < word->len; i++)
		if (islower((unsigned char)name[i]))
			return false;
	return word->len > 1 && isupper((unsigned char)name[0]);
}

/* The words from `at` on, up to a sign, which is at *end. */
static size_t
read_words(struct str text, size_t at, struct word words[static WORDS], size_t *end)
{
	size_t count = 0;

	for (;;) {
		at = skip_space(text, at);
		if (count == WORDS || at == text.len || !is_word(text.data[at]))
			break;
		struct word *word = &words[count++];
		word->start = at;
		while (at < text.len && is_word(text.data[at]))
			at++;
		word->len = at - word->start;
		word->end = at;
		size_t paren = skip_space(text, at);
		if (paren < text.len && text.data[paren] == '(') {
			size_t behind = skip_parens(text, paren);
			if (behind == 0)
				return 0;
			word->end = at = behind;
		}
	}
	*end = at;
	return count;
}

static void
note(struct str text, const struct word *word, struct parsed *out)
{
	uint32_t line = 1;
	const char *from = text.data, *at = text.data + word->start, *newline;

	while ((newline = memchr(from, '\n', (size_t)(at - from)))) {
		from = newline + 1;
		line++;
	}
	parsed_use(out,
	    &(struct parsed_use){ .line = line,
		.column = (uint32_t)(at - from) + 1,
		.role = ROLE_MACRO,
		.name = { at, word->len } });
}

/* Blanks a word and its (...). */
static int
mask(struct str text, const struct word *word, struct buf *masked, struct parsed *out)
{
	int r = masked->len ? 0 : buf_add(masked, text.data, text.len);

	if (r < 0)
		return r;
	for (size_t i = word->start; i < word->end; i++)
		if (text.data[i] != '\n')
			masked->data[i] = ' ';
	note(text, word, out);
	return 0;
}

/* What stands behind a struct or class at `at`. */
static int
look_behind(struct str text, size_t at, struct buf *masked, struct parsed *out)
{
	struct word words[WORDS];
	size_t end, count = read_words(text, at, words, &end);

	if (count < 2 || end >= text.len ||
	    !(text.data[end] == '{' ||
		(text.data[end] == ':' && end + 1 < text.len && text.data[end + 1] != ':')))
		return 0;
	count -= words[count - 1].len == 5 && memcmp(text.data + words[count - 1].start, "final", 5) == 0;
	for (size_t i = 0; i + 1 < count; i++)
		if (!looks_like_macro(text, &words[i]))
			return 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i + 1 < count; i++)
		r = mask(text, &words[i], masked, out);
	return r;
}

/* Back over white space and comments in the bytes that the parser is shown. */
static size_t
skip_back(const char *shown, size_t from)
{
	for (;;) {
		while (from && isspace((unsigned char)shown[from - 1]))
			from--;
		if (from < 4 || memcmp(shown + from - 2, "*/", 2) != 0)
			return from;
		size_t low = from > COMMENT ? from - COMMENT : 0, at = from - 2;
		while (at > low && memcmp(shown + at, "/*", 2) != 0)
			at--;
		if (at == low)
			return from;
		from = at;
	}
}

/* NAME alone in a line, between two declarations: BEGIN_DECLS, EXPORT before what is exported. */
static bool
stands_alone(struct str text, const struct word *word, const struct buf *masked)
{
	const char *shown =
	    masked->len ? (const char *)masked->data : text.data; /* those before are gone already */
	size_t from = skip_back(shown, word->start), to = skip_space(text, word->end);
	bool first = word->start == 0 || text.data[word->start - 1] == '\n';

	if (to < text.len && !is_word(text.data[to]) && !strchr(first ? "~#/" : "~/", text.data[to]))
		return false;
	if (from == 0 || strchr(";}:", shown[from - 1]))
		return true;
	const char *line = memrchr(shown, '\n', from);
	size_t start = skip_space(text, line ? (size_t)(line - shown) : 0);
	return first && shown[start] == '#' && shown[from - 1] != '\\';
}

static int
mask_lines(struct str text, struct buf *masked, struct parsed *out)
{
	struct str rest = text, line;
	int r = 0;

	while (r == 0 && str_next(&rest, '\n', &line)) {
		struct str piece = line;
		while (piece.len && isspace((unsigned char)piece.data[0])) {
			piece.data++;
			piece.len--;
		}
		if (piece.len < 3 || !(isupper((unsigned char)piece.data[0]) || piece.data[0] == '_'))
			continue;
		while (isspace((unsigned char)piece.data[piece.len - 1]))
			piece.len--;
		struct word word = { (size_t)(piece.data - text.data), piece.len, 0 };
		size_t letters = 0;
		while (letters < piece.len &&
		    (isupper((unsigned char)piece.data[letters]) ||
			isdigit((unsigned char)piece.data[letters]) || piece.data[letters] == '_'))
			letters++;
		word.end = word.start + word.len;
		if (letters == piece.len && stands_alone(text, &word, masked))
			r = mask(text, &word, masked, out);
	}
	return r;
}

struct str
mask_macros(struct str text, struct buf *masked, struct parsed *out)
{
	static const struct str keywords[] = { { "struct ", 7 }, { "class ", 6 }, { "union ", 6 } };

	for (size_t k = 0; k < sizeof keywords / sizeof *keywords; k++) {
		const char *at = text.data, *end = text.data + text.len;
		while ((at = memmem(at, (size_t)(end - at), keywords[k].data, keywords[k].len))) {
			size_t behind = (size_t)(at - text.data) + keywords[k].len;
			if ((at == text.data || !is_word(at[-1])) &&
			    look_behind(text, behind, masked, out) < 0)
				return text;
			at += keywords[k].len;
		}
	}
	if (mask_lines(text, masked, out) < 0)
		return text;
	return masked->len ? buf_view(masked) : text;
}
