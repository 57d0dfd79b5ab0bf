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

struct masker {
	struct str text;
	struct buf *masked;
	struct parsed *out;
	const char *line_start; /* of the line that was counted last */
	uint32_t line;
};

static void
note(struct masker *m, const struct word *word)
{
	const char *at = m->text.data + word->start, *newline;

	if (at < m->line_start) {
		m->line_start = m->text.data;
		m->line = 1;
	}
	while ((newline = memchr(m->line_start, '\n', (size_t)(at - m->line_start)))) {
		m->line_start = newline + 1;
		m->line++;
	}
	parsed_use(m->out,
	    &(struct parsed_use){ .line = m->line,
		.column = (uint32_t)(at - m->line_start) + 1,
		.role = ROLE_MACRO,
		.name = { at, word->len } });
}

/* Blanks a word and what belongs to it. */
static int
mask(struct masker *m, const struct word *word)
{
	int r = m->masked->len ? 0 : buf_add(m->masked, m->text.data, m->text.len);

	if (r < 0)
		return r;
	for (size_t i = word->start; i < word->end; i++)
		if (m->text.data[i] != '\n')
			m->masked->data[i] = ' ';
	note(m, word);
	return 0;
}

/* The bytes as the parser will be shown them: what was blanked is gone. */
static const char *
shown(const struct masker *m)
{
	return m->masked->len ? (const char *)m->masked->data : m->text.data;
}

/* What stands behind a struct or class at `at`. */
static int
look_behind(struct masker *m, size_t at)
{
	struct word words[WORDS];
	struct str text = m->text;
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
		r = mask(m, &words[i]);
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

/* Between two declarations, or at the beginning of a body. */
static bool
begins_declaration(const struct masker *m, size_t at)
{
	size_t from = skip_back(shown(m), at);

	return from == 0 || strchr(";}:{", shown(m)[from - 1]);
}

/* NAME alone in a line, between two declarations: BEGIN_DECLS, EXPORT before what is exported. */
static bool
stands_alone(const struct masker *m, const struct word *word)
{
	struct str text = m->text;
	size_t from = skip_back(shown(m), word->start), to = skip_space(text, word->end);
	bool first = word->start == 0 || text.data[word->start - 1] == '\n';

	if (to < text.len && !is_word(text.data[to]) && !strchr(first ? "~#/" : "~/", text.data[to]))
		return false;
	if (begins_declaration(m, word->start))
		return true;
	const char *line = memrchr(shown(m), '\n', from);
	size_t start = skip_space(text, line ? (size_t)(line - shown(m)) : 0);
	return first && shown(m)[start] == '#' && shown(m)[from - 1] != '\\';
}

/* The letters of FOO_2 at the start of a line. */
static size_t
capitals(struct str piece)
{
	size_t len = 0;

	while (len < piece.len &&
	    (isupper((unsigned char)piece.data[len]) || isdigit((unsigned char)piece.data[len]) ||
		piece.data[len] == '_'))
		len++;
	return len;
}

/* Q_DISABLE_COPY(Name) without a ; as the last in a class: it, or more of them, and };. */
static bool
ends_class(struct str text, struct word *word)
{
	size_t at = word->start;

	for (unsigned i = 0; i < WORDS && at < text.len && isupper((unsigned char)text.data[at]); i++) {
		at += capitals((struct str){ text.data + at, text.len - at });
		at = at < text.len && text.data[at] == '(' ? skip_parens(text, at) : 0;
		if (at == 0)
			return false;
		if (i == 0)
			word->end = at;
		at = skip_space(text, at);
	}
	return at + 1 < text.len && text.data[at] == '}' && text.data[at + 1] == ';';
}

/* Qt's "signals:" and the second word of "public slots:". */
static bool
is_section(const struct masker *m, struct str piece, struct word *word)
{
	static const struct str access[] = { { "public ", 7 }, { "private ", 8 }, { "protected ", 10 } };
	static const struct str words[] = { { "slots", 5 }, { "Q_SLOTS", 7 }, { "signals", 7 },
		{ "Q_SIGNALS", 9 } };
	size_t skip = 0;

	for (size_t i = 0; i < 3; i++)
		if (str_starts(piece, access[i]))
			skip = access[i].len;
	struct str rest = { piece.data + skip, piece.len - skip };
	for (size_t i = skip ? 0 : 2; i < (skip ? 2 : 4); i++) {
		if (!str_starts(rest, words[i]) || rest.len == words[i].len || rest.data[words[i].len] != ':')
			continue;
		word->start = (size_t)(rest.data - m->text.data);
		word->len = words[i].len;
		word->end = word->start + word->len + !skip;
		return skip || begins_declaration(m, word->start);
	}
	return false;
}

/* typedef type (CONVENTION *name)( */
static bool
has_convention(const struct masker *m, struct str piece, struct word *word)
{
	const char *paren = memchr(piece.data, '(', piece.len);

	if (!str_starts(piece, STR("typedef ")) || !paren)
		return false;
	word->start = skip_space(m->text, (size_t)(paren - m->text.data) + 1);
	word->len = capitals((struct str){ m->text.data + word->start, m->text.len - word->start });
	word->end = word->start + word->len;
	size_t star = skip_space(m->text, word->end);
	return word->len > 1 && star < m->text.len && m->text.data[star] == '*';
}

/* Whether a line, without the white space around it, holds what is to be blanked. */
static bool
wants_mask(const struct masker *m, struct str piece, struct word *word)
{
	switch (piece.data[0]) {
	case 'p':
	case 's':
		return is_section(m, piece, word);
	case 't':
		return has_convention(m, piece, word);
	default:
		break;
	}
	if (!(isupper((unsigned char)piece.data[0]) || piece.data[0] == '_'))
		return false;
	size_t letters = capitals(piece);
	*word = (struct word){ (size_t)(piece.data - m->text.data), letters, 0 };
	word->end = word->start + letters;
	if (letters == piece.len)
		return stands_alone(m, word);
	if (piece.data[letters] == '(' && piece.data[piece.len - 1] == ')')
		return ends_class(m->text, word) && begins_declaration(m, word->start);
	return piece.data[letters] == ':' && is_section(m, piece, word);
}

static int
mask_lines(struct masker *m)
{
	struct str rest = m->text, line;
	int r = 0;

	while (r == 0 && str_next(&rest, '\n', &line)) {
		struct str piece = line;
		struct word word;
		while (piece.len && isspace((unsigned char)piece.data[0])) {
			piece.data++;
			piece.len--;
		}
		if (piece.len < 3)
			continue;
		while (isspace((unsigned char)piece.data[piece.len - 1]))
			piece.len--;
		if (wants_mask(m, piece, &word))
			r = mask(m, &word);
	}
	return r;
}

struct str
mask_macros(struct str text, struct buf *masked, struct parsed *out)
{
	static const struct str keywords[] = { { "struct ", 7 }, { "class ", 6 }, { "union ", 6 } };
	struct masker m = { .text = text, .masked = masked, .out = out, .line_start = text.data, .line = 1 };

	for (size_t k = 0; k < sizeof keywords / sizeof *keywords; k++) {
		const char *at = text.data, *end = text.data + text.len;
		while ((at = memmem(at, (size_t)(end - at), keywords[k].data, keywords[k].len))) {
			size_t behind = (size_t)(at - text.data) + keywords[k].len;
			if ((at == text.data || !is_word(at[-1])) && look_behind(&m, behind) < 0)
				return text;
			at += keywords[k].len;
		}
	}
	if (mask_lines(&m) < 0)
		return text;
	return masked->len ? buf_view(masked) : text;
}
