#include "indexer/intake/mask.h"

#include <ctype.h>

#define WORDS 8   /* between struct and { */
#define REACH 400 /* bytes from struct to { */

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
blank(struct buf *masked, struct str text, const struct word *word)
{
	for (size_t i = word->start; i < word->end; i++)
		if (text.data[i] != '\n')
			masked->data[i] = ' ';
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
	for (size_t i = 0; i + 1 < count; i++) {
		int r = masked->len ? 0 : buf_add(masked, text.data, text.len);
		if (r < 0)
			return r;
		blank(masked, text, &words[i]);
		note(text, &words[i], out);
	}
	return 0;
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
	return masked->len ? buf_view(masked) : text;
}
