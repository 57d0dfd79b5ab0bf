#include "indexer/intake/mask_private.h"

#include <ctype.h>

/* The words and stars with which a declaration begins. */
struct beginning {
	struct word words[WORDS];
	size_t count;
	size_t type;   /* the first that is a type's keyword, else that may be a type; count: none */
	bool keyword;  /* it is a keyword, or what follows is one */
	bool starred;  /* the last of the words has a star behind it */
	size_t behind; /* the sign behind them all, or the text's end */
};

static struct str
text_of(const struct masker *m, const struct word *word)
{
	return (struct str){ m->text.data + word->start, word->len };
}

static bool
is_one_of(struct str word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

static bool
is_type(struct str word)
{
	static const char *const words[] = { "void", "int", "char", "unsigned", "signed", "long", "short",
		"float", "double", "bool", "struct", "union", "enum", "class", "auto" };

	return is_one_of(word, words, sizeof words / sizeof *words);
}

static bool
is_tag(struct str word)
{
	static const char *const words[] = { "struct", "union", "enum", "class" };

	return is_one_of(word, words, sizeof words / sizeof *words);
}

/* What begins a statement, or a declaration in which there are no such macros. */
static bool
is_statement(struct str word)
{
	static const char *const words[] = { "return", "else", "case", "goto", "do", "if", "while", "for",
		"switch", "new", "delete", "throw", "using", "namespace", "template", "friend", "default",
		"operator", "sizeof", "typename", "public", "private", "protected" };

	return is_one_of(word, words, sizeof words / sizeof *words);
}

static bool
is_capitals(struct str word)
{
	return word.len > 2 && isupper((unsigned char)word.data[0]) && mask_capitals(word) == word.len;
}

/* FOO_EXPORT and the like: in front of a constructor no type tells it from one. */
static bool
is_specifier(struct str word)
{
	static const char *const parts[] = { "CONSTEXPR", "CONSTEVAL", "INLINE", "EXPORT", "API", "NORETURN",
		"NODISCARD", "EXPLICIT", "ATTRIBUTE", "DEPRECATED" };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (memmem(word.data, word.len, parts[i], strlen(parts[i])))
			return is_capitals(word);
	return false;
}

/* One of the colons of a::b in C++ */
static bool
is_path(const struct masker *m, size_t at, size_t start)
{
	const char *text = m->text.data;

	if (!m->cpp || text[at] != ':' || at == start || at + 2 >= m->text.len)
		return false;
	return (text[at + 1] == ':' && mask_is_word(text[at + 2])) ||
	    (text[at - 1] == ':' && at - 1 > start && mask_is_word(text[at + 1]));
}

/* NAME, or with (...) if a word follows: then it is no function's name. */
static bool
take_word(const struct masker *m, size_t at, struct word *word)
{
	struct str text = m->text;

	word->start = at;
	while (at < text.len && (mask_is_word(text.data[at]) || is_path(m, at, word->start)))
		at++;
	word->len = at - word->start;
	word->end = at;
	if (at < text.len && text.data[at] == '(' && is_capitals(text_of(m, word))) {
		size_t behind = mask_skip_parens(text, at), next = behind ? mask_skip_space(text, behind) : 0;
		if (next && next < text.len && isalpha((unsigned char)text.data[next]))
			word->end = behind;
	}
	return word->len > 0;
}

/* Behind the arguments of a template that may begin at `at`. */
static size_t
skip_arguments(const struct masker *m, size_t at)
{
	unsigned depth = 0;

	if (!m->cpp || at >= m->text.len || m->text.data[at] != '<')
		return at;
	for (size_t i = at; i < m->text.len && i < at + REACH; i++) {
		char c = m->text.data[i];
		depth += c == '<';
		if (c == '>' && --depth == 0)
			return mask_skip_space(m->text, i + 1);
		if (!mask_is_word(c) && !strchr("<>:,*& ", c))
			break;
	}
	return at;
}

/* False where it is no declaration. */
static bool
begin(const struct masker *m, size_t at, struct beginning *b)
{
	b->count = 0;
	b->type = WORDS;
	b->keyword = b->starred = false;
	while (b->count < WORDS && at < m->text.len && mask_is_word(m->text.data[at])) {
		struct word *word = &b->words[b->count];
		if (!take_word(m, at, word))
			return false;
		if (b->count && m->cpp &&
		    str_is(text_of(m, word), "operator")) { /* of a conversion, with no type before it */
			size_t next = mask_skip_space(m->text, word->end);
			if (next >= m->text.len || !isalpha((unsigned char)m->text.data[next]))
				return false;
			b->keyword = true;
			b->type = b->count;
			break;
		}
		if (is_statement(text_of(m, word)))
			return false;
		if (!b->keyword && is_type(text_of(m, word))) {
			b->keyword = true;
			b->type = b->count;
		} else if (b->type == WORDS && !lexer_is_keyword(&m->lexer, text_of(m, word)) &&
		    !(m->cpp && is_specifier(text_of(m, word)))) {
			b->type = b->count;
		}
		b->count++;
		at = skip_arguments(m, mask_skip_space(m->text, word->end));
		b->starred = at < m->text.len && m->text.data[at] == '*';
		while (at < m->text.len && strchr("*&~", m->text.data[at]))
			at = mask_skip_space(m->text, at + 1);
	}
	b->behind = at;
	return b->count > 0 && at < m->text.len;
}

/* What follows is (*name), and without a star before it, which would make it a product of two */
static bool
is_pointer(const struct masker *m, const struct beginning *b)
{
	return !b->starred && b->behind + 1 < m->text.len && memcmp(m->text.data + b->behind, "(*", 2) == 0;
}

/* Words before the type's keyword that are none themselves; and capitals between a type and a function's name. */
static bool
is_macro(const struct masker *m, const struct beginning *b, size_t i)
{
	struct str word = text_of(m, &b->words[i]);
	bool called = m->text.data[b->behind] == '(' && i + 1 < b->count, pointer = is_pointer(m, b);

	if (word.data[0] == '_' || lexer_is_keyword(&m->lexer, word))
		return false;
	if (b->keyword && i < b->type)
		return is_capitals(word) ||
		    (b->words[i].end == b->words[i].start + b->words[i].len && i == 0 && !m->cpp);
	if (m->cpp && i < b->type && is_specifier(word) && (called || b->type + 1 < b->count))
		return true;
	if (pointer && i == 0 && b->count > 1)
		return is_capitals(word);
	return called && i > b->type && is_capitals(word) && !is_tag(text_of(m, &b->words[i - 1]));
}

/* (CALL *name)( */
static bool
has_convention(const struct masker *m, const struct beginning *b, struct word *word)
{
	struct str text = m->text;
	size_t at = mask_skip_space(text, b->behind + 1);

	if (text.data[b->behind] != '(' || !b->keyword || at >= text.len || !take_word(m, at, word) ||
	    !is_capitals(text_of(m, word)))
		return false;
	at = mask_skip_space(text, word->end);
	if (at >= text.len || text.data[at] != '*')
		return false;
	at = mask_skip_parens(text, b->behind);
	at = at ? mask_skip_space(text, at) : text.len;
	return at < text.len && text.data[at] == '(';
}

/* OF((parameters)): the word and a parenthesis; the other one is at *close. */
static bool
wraps(const struct masker *m, size_t paren, struct word *word, size_t *close)
{
	struct str text = m->text;
	size_t behind = 0;
	bool shouts = mask_capitals(text_of(m, word)) == word->len; /* unlike __attribute__ */

	if (shouts && paren + 1 < text.len && memcmp(text.data + paren, "((", 2) == 0)
		behind = mask_skip_parens(text, paren);
	if (behind < paren + 4 || text.data[behind - 2] != ')')
		return false;
	word->end = paren + 1;
	*close = behind - 1;
	return true;
}

/* type name ATTRIBUTE(...); in C++, where the parser would take the attribute for a function. */
static bool
has_member_attribute(const struct masker *m, const struct beginning *b, struct word *word)
{
	struct str text = m->text;

	if (!m->cpp || b->count < 3 || text.data[b->behind] != '(' || !is_capitals(text_of(m, word)))
		return false;
	struct str name = text_of(m, &b->words[b->count - 2]);
	if (is_capitals(name) || lexer_is_keyword(&m->lexer, name) || b->starred)
		return false;
	word->end = mask_skip_parens(text, b->behind);
	size_t at = word->end ? mask_skip_space(text, word->end) : text.len;
	return at < text.len && strchr(";=", text.data[at]);
}

/* name(...) ATTRIBUTE(...), before the body or the end; or (*name) OF((...)) */
static bool
has_attribute(const struct masker *m, const struct beginning *b, struct word *word, size_t *close)
{
	static const char *const between[] = { "const", "noexcept", "override", "final" };
	struct str text = m->text;
	size_t at = b->behind;

	while (at < text.len && text.data[at] == '(') {
		at = mask_skip_parens(text, at);
		at = at ? mask_skip_space(text, at) : text.len;
	}
	for (;;) {
		if (at >= text.len || !mask_is_word(text.data[at]) || !take_word(m, at, word))
			return false;
		if (!is_one_of(text_of(m, word), between, sizeof between / sizeof *between))
			break;
		at = mask_skip_space(text, word->end);
	}
	at = mask_skip_space(text, word->end);
	if (wraps(m, at, word, close))
		return true;
	if (at < text.len && text.data[at] == '(') {
		word->end = mask_skip_parens(text, at);
		at = word->end ? mask_skip_space(text, word->end) : text.len;
	}
	return is_capitals(text_of(m, word)) && at < text.len && strchr("{;", text.data[at]);
}

int
mask_declaration(struct masker *m, size_t at)
{
	struct beginning b;
	struct word found[WORDS + 2], *last = found;
	size_t close = 0;

	bool destroys = m->cpp && m->text.data[at] == '~';

	if (!isalpha((unsigned char)m->text.data[at + destroys]) || !begin(m, at + destroys, &b))
		return 0;
	for (size_t i = 0; i < b.count; i++)
		if (is_macro(m, &b, i))
			*last++ = b.words[i];
	last += has_convention(m, &b, last);
	if (m->text.data[b.behind] == '(' && (b.keyword || destroys || (b.count > 1 && b.type < b.count))) {
		*last = b.words[b.count - 1];
		bool wrapped = b.count > 1 && wraps(m, b.behind, last, &close);
		last += wrapped || has_member_attribute(m, &b, last) || has_attribute(m, &b, last, &close);
	}
	if (last == found || !mask_stands_alone(m, at))
		return 0;
	int r = 0;
	for (const struct word *word = found; r == 0 && word < last; word++)
		r = mask_word(m, word);
	return r == 0 && close ? mask_blank(m, close, close + 1, ' ') : r;
}

/* const char *, unsigned int: nothing but words and signs that only a type has. */
static bool
is_plain_type(struct str argument)
{
	bool found = false;

	for (size_t at = 0; at < argument.len;) {
		struct str word = { argument.data + at, 0 };
		while (at + word.len < argument.len && mask_is_word(word.data[word.len]))
			word.len++;
		found |= is_type(word);
		if (word.len ? !is_type(word) && !str_is(word, "const")
			     : !isspace((unsigned char)*word.data) && !strchr("*&", *word.data))
			return false;
		at += word.len ? word.len : 1;
	}
	return found;
}

/* Behind the argument at `at`: its comma or the parenthesis that ends them all, at `end`. */
static size_t
skip_argument(struct str text, size_t at, size_t end)
{
	unsigned depth = 0;

	for (; at < end; at++) {
		char c = text.data[at];
		if (c == '"' || c == '\'') {
			while (++at < end && text.data[at] != c)
				at += text.data[at] == '\\';
		} else if (depth == 0 && c == ',') {
			break;
		}
		depth += c == '(';
		depth -= c == ')' && depth;
	}
	return at;
}

int
mask_arguments(struct masker *m, size_t at)
{
	struct str text = m->text;
	size_t open = at + mask_capitals((struct str){ text.data + at, text.len - at });

	if (open < at + 3 || open >= text.len || text.data[open] != '(')
		return 0;
	size_t behind = mask_skip_parens(text, open);
	if (!behind || behind >= text.len || text.data[behind] != ';' || !mask_stands_alone(m, at))
		return 0;
	bool called = at == 0 || text.data[at - 1] == '\n'; /* or with what no parameter begins with */
	for (size_t from = open + 1; from < behind - 1; from = skip_argument(text, from, behind - 1) + 1) {
		char first = text.data[mask_skip_space(text, from)];
		called |= isdigit((unsigned char)first) || strchr("\"'-!", first);
	}
	int r = 0;
	for (size_t from = open + 1, to; called && r == 0 && from < behind - 1; from = to + 1) {
		to = skip_argument(text, from, behind - 1);
		size_t start = mask_skip_space(text, from);
		if (start < to && is_plain_type((struct str){ text.data + start, to - start }))
			r = mask_blank(m, start, to, '0');
	}
	return r;
}
