#include "indexer/intake/mask.h"

#include "indexer/intake/mask_private.h"

#include <ctype.h>

bool
mask_is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

size_t
mask_skip_space(struct str s, size_t at)
{
	while (at < s.len && isspace((unsigned char)s.data[at]))
		at++;
	return at;
}

size_t
mask_skip_parens(struct str s, size_t at)
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
		at = mask_skip_space(text, at);
		if (count == WORDS || at == text.len || !mask_is_word(text.data[at]))
			break;
		struct word *word = &words[count++];
		word->start = at;
		while (at < text.len && mask_is_word(text.data[at]))
			at++;
		word->len = at - word->start;
		word->end = at;
		size_t paren = mask_skip_space(text, at);
		if (paren < text.len && text.data[paren] == '(') {
			size_t behind = mask_skip_parens(text, paren);
			if (behind == 0)
				return 0;
			word->end = at = behind;
		}
	}
	*end = at;
	return count;
}

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

/* The bytes as the parser will be shown them: what was blanked is gone. */
static const char *
shown(const struct masker *m)
{
	return m->masked->len ? (const char *)m->masked->data : m->text.data;
}

int
mask_blank(struct masker *m, size_t from, size_t to, char sign)
{
	int r = m->masked->len ? 0 : buf_add(m->masked, m->text.data, m->text.len);

	if (r < 0)
		return r;
	for (size_t i = from; i < to; i++)
		if (m->text.data[i] != '\n')
			m->masked->data[i] = (unsigned char)sign;
	return 0;
}

int
mask_word(struct masker *m, const struct word *word)
{
	if (shown(m)[word->start] == ' ') /* it was before */
		return 0;
	int r = mask_blank(m, word->start, word->end, ' ');
	if (r == 0)
		note(m, word);
	return r;
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
		r = mask_word(m, &words[i]);
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

/* Whether the line in which `at` lies, or with backslashes one above it, is a directive or a comment of one line. */
static bool
is_beside_code(const struct masker *m, size_t at)
{
	const char *text = shown(m);

	for (;;) {
		const char *line = memrchr(text, '\n', at);
		size_t start = mask_skip_space(m->text, line ? (size_t)(line - text) : 0);
		if (start + 1 < m->text.len &&
		    (text[start] == '#' || (text[start] == '/' && text[start + 1] == '/')))
			return true;
		if (!line || line - text < 2 || line[-1] != '\\')
			return false;
		at = (size_t)(line - text);
	}
}

/* Behind the > of template <...> */
static bool
ends_template(const struct masker *m, size_t from)
{
	static const struct str word = { "template", 8 };
	const char *text = shown(m);
	size_t low = from > REACH ? from - REACH : 0;
	unsigned depth = 0;

	for (; from > low; from--) {
		depth += text[from - 1] == '>';
		if (text[from - 1] == '<' && --depth == 0)
			break;
		if (strchr(";{}", text[from - 1]))
			return false;
	}
	if (from == low)
		return false;
	from = skip_back(text, from - 1);
	return from >= word.len && memcmp(text + from - word.len, word.data, word.len) == 0;
}

bool
mask_begins_declaration(const struct masker *m, size_t at)
{
	size_t from = skip_back(shown(m), at);

	return from == 0 || strchr(";}:{", shown(m)[from - 1]) ||
	    (m->cpp && shown(m)[from - 1] == '>' && ends_template(m, from));
}

bool
mask_stands_alone(const struct masker *m, size_t at)
{
	size_t from = skip_back(shown(m), at);

	return mask_begins_declaration(m, at) || (shown(m)[from - 1] != '\\' && is_beside_code(m, from - 1));
}

/* NAME alone in a line: BEGIN_DECLS, EXPORT before what is exported. */
static bool
is_alone(const struct masker *m, const struct word *word)
{
	struct str text = m->text;
	size_t to = mask_skip_space(text, word->end);
	bool first = word->start == 0 || text.data[word->start - 1] == '\n';

	if (to < text.len && !mask_is_word(text.data[to]) && !strchr(first ? "~#/" : "~/", text.data[to]))
		return false;
	return first ? mask_stands_alone(m, word->start) : mask_begins_declaration(m, word->start);
}

size_t
mask_capitals(struct str piece)
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
		at += mask_capitals((struct str){ text.data + at, text.len - at });
		at = at < text.len && text.data[at] == '(' ? mask_skip_parens(text, at) : 0;
		if (at == 0)
			return false;
		if (i == 0)
			word->end = at;
		at = mask_skip_space(text, at);
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
		return skip || mask_begins_declaration(m, word->start);
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
	word->start = mask_skip_space(m->text, (size_t)(paren - m->text.data) + 1);
	word->len = mask_capitals((struct str){ m->text.data + word->start, m->text.len - word->start });
	word->end = word->start + word->len;
	size_t star = mask_skip_space(m->text, word->end);
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
	size_t letters = mask_capitals(piece);
	*word = (struct word){ (size_t)(piece.data - m->text.data), letters, 0 };
	word->end = word->start + letters;
	if (letters == piece.len)
		return is_alone(m, word);
	if (piece.data[letters] == '(' && piece.data[piece.len - 1] == ')')
		return ends_class(m->text, word) && mask_begins_declaration(m, word->start);
	return piece.data[letters] == ':' && is_section(m, piece, word);
}

/*
 * #define NAME(x) with white space behind it: the grammar would take the next line for what it stands for.
 * A sign that means nothing there ends it.
 */
static int
end_define(struct masker *m, struct str piece, struct str line)
{
	size_t end = (size_t)(line.data + line.len - m->text.data);
	size_t word = mask_skip_space(m->text, (size_t)(piece.data - m->text.data) + 1);
	struct str rest = { m->text.data + word, end > word ? end - word : 0 };

	if (piece.data[piece.len - 1] != ')' || piece.data + piece.len == line.data + line.len ||
	    !str_starts(rest, STR("define")))
		return 0;
	return mask_blank(m, end - 1, end, ';');
}

/* enum name, and its type where that is C++: #ifdef __cplusplus, : type and #endif in a line each, before the {. */
static int
mask_enum_type(struct masker *m, struct str piece, struct str rest)
{
	struct str type, end;

	if (!str_starts(piece, STR("#ifdef __cplusplus")) || !str_next(&rest, '\n', &type) ||
	    !str_next(&rest, '\n', &end) || !str_starts(end, STR("#endif")))
		return 0;
	size_t at = mask_skip_space(m->text, (size_t)(type.data - m->text.data));
	if (at >= m->text.len || m->text.data[at] != ':')
		return 0;
	return mask_blank(
	    m, (size_t)(piece.data - m->text.data), (size_t)(end.data + end.len - m->text.data), ' ');
}

/* struct name FAR *: far pointers are no part of C, and no macro of this name is anything else. */
static int
mask_far(struct masker *m)
{
	const char *at = m->text.data, *end = m->text.data + m->text.len;
	int r = 0;

	while (r == 0 && (at = memmem(at, (size_t)(end - at), " FAR *", 6))) {
		size_t start = (size_t)(at - m->text.data) + 1;
		r = mask_word(m, &(struct word){ start, 3, start + 3 });
		at += 6;
	}
	return r;
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
			r = mask_word(m, &word);
		else if (piece.data[0] == '#')
			r = end_define(m, piece, line);
		if (r == 0 && piece.data[0] == '#')
			r = mask_enum_type(m, piece, rest);
		if (r == 0 && (piece.data == line.data || m->cpp))
			r = mask_declaration(m, (size_t)(piece.data - m->text.data));
		if (r == 0 && m->cpp)
			r = mask_arguments(m, (size_t)(piece.data - m->text.data));
	}
	return r;
}

struct str
mask_macros(enum seg_language language, struct str text, struct buf *masked, struct parsed *out)
{
	static const struct str keywords[] = { { "struct ", 7 }, { "class ", 6 }, { "union ", 6 } };
	struct masker m = { .text = text,
		.masked = masked,
		.out = out,
		.line_start = text.data,
		.line = 1,
		.cpp = language == LANG_CPP };

	lexer_init(&m.lexer, language, text);
	for (size_t k = 0; k < sizeof keywords / sizeof *keywords; k++) {
		const char *at = text.data, *end = text.data + text.len;
		while ((at = memmem(at, (size_t)(end - at), keywords[k].data, keywords[k].len))) {
			size_t behind = (size_t)(at - text.data) + keywords[k].len;
			if ((at == text.data || !mask_is_word(at[-1])) && look_behind(&m, behind) < 0)
				return text;
			at += keywords[k].len;
		}
	}
	if (mask_far(&m) < 0 || mask_lines(&m) < 0)
		return text;
	return masked->len ? buf_view(masked) : text;
}
