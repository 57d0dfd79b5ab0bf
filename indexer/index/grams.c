#include "indexer/index/grams.h"

#include "indexer/index/gram_sets.h"

#include <stdlib.h>

/*
 * A parser for the part of PCRE2's syntax whose meaning is certain.  At anything else it
 * gives up, and the whole pattern asks for nothing (`lost`).
 */
#define DEPTH_MAX 64
#define BRACKET_MAX 8 /* characters of a class that are told apart */

struct parser {
	struct arena *arena;
	const uint8_t *at, *end;
	unsigned depth;
	bool nocase, utf;
	bool fold;  /* letters stand for their small form: for the needle */
	bool lines; /* newlines may be matched, and are in no trigram */
	bool newline;
	bool lost;
};

static struct gram_part parse_either(struct parser *p);

static struct gram_part
lost(struct parser *p)
{
	p->lost = true;
	p->at = p->end;
	return part_anything(p->arena);
}

static bool
take(struct parser *p, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(p->end - p->at) < len || memcmp(p->at, text, len) != 0)
		return false;
	p->at += len;
	return true;
}

static bool
is_letter(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static struct gram_part
one_byte(struct parser *p, uint8_t c)
{
	char *low = arena_copy(p->arena, &c, 1), *high = arena_copy(p->arena, &c, 1);
	struct str forms[3] = { { low, 1 }, { high, 1 } };
	size_t count = 1;

	if (c == '\n')
		p->newline = true;
	if (c == '\n' && p->lines)
		return part_any(p->arena);
	if (is_letter(c) && (p->nocase || p->fold))
		*low = (char)(c | 32);
	if (is_letter(c) && p->nocase && !p->fold) {
		*high = (char)(c & ~32);
		count = 2;
		/* two letters of ASCII have a third form elsewhere: the Kelvin sign and the long s */
		if (p->utf && *low == 'k')
			forms[count++] = STR("\xe2\x84\xaa");
		if (p->utf && *low == 's')
			forms[count++] = STR("\xc5\xbf");
	}
	return part_strings(p->arena, forms, count);
}

/* A literal character: one byte, or with UTF all the bytes of its code point. */
static struct gram_part
literal(struct parser *p)
{
	uint8_t first = *p->at++;

	if (first < 0x80 || !p->utf)
		return one_byte(p, first);
	const uint8_t *from = p->at - 1;
	while (p->at < p->end && (*p->at & 0xc0) == 0x80)
		p->at++;
	if (p->nocase || p->fold)
		return part_any(p->arena); /* its other forms are Unicode's affair */
	struct str whole = { (const char *)from, (size_t)(p->at - from) };
	return part_strings(p->arena, &whole, 1);
}

/* "\Q" is taken: all literal up to "\E" or the end. */
static struct gram_part
quoted(struct parser *p)
{
	struct gram_part part = part_empty(p->arena);

	while (p->at < p->end && !take(p, "\\E"))
		part = part_concat(p->arena, part, literal(p));
	return part;
}

static struct gram_part
one_unknown(struct parser *p, bool newline)
{
	p->newline |= newline;
	return part_any(p->arena);
}

/* \xhh, \x{...}, \ddd: which character is of no interest. */
static struct gram_part
numbered(struct parser *p)
{
	if (p->at < p->end && *p->at == '{') {
		while (p->at < p->end && *p->at != '}')
			p->at++;
		if (p->at == p->end)
			return lost(p);
		p->at++;
	} else {
		for (unsigned i = 0; i < 2 && p->at < p->end && (is_digit(*p->at) || is_letter(*p->at));
		     i++) {
			if ((*p->at | 32) > 'f')
				break;
			p->at++;
		}
	}
	return one_unknown(p, true);
}

static struct gram_part
property(struct parser *p)
{
	if (!take(p, "{")) {
		if (p->at < p->end)
			p->at++;
		return one_unknown(p, true);
	}
	while (p->at < p->end && *p->at != '}')
		p->at++;
	if (p->at == p->end)
		return lost(p);
	p->at++;
	return one_unknown(p, true);
}

/* Behind a backslash. */
static struct gram_part
escape(struct parser *p)
{
	static const char own[] = "aefrt", values[] = "\a\033\f\r\t";

	if (p->at == p->end || *p->at >= 0x80)
		return lost(p);
	uint8_t c = *p->at;
	if (!is_letter(c) && !is_digit(c))
		return literal(p);
	p->at++;
	const char *known = strchr(own, c);
	if (known)
		return one_byte(p, (uint8_t)values[known - own]);
	switch (c) {
	case 'd':
	case 'w':
	case 'h':
	case 'S':
	case 'V':
		return one_unknown(p, false);
	case 'n':
	case 's':
	case 'v':
	case 'D':
	case 'W':
	case 'H':
		return one_unknown(p, true);
	case 'R':
	case 'X':
		return one_unknown(p, true);
	case 'x':
		return numbered(p);
	case 'p':
	case 'P':
		return property(p);
	case 'b':
	case 'B':
		return part_empty(p->arena);
	case 'A':
	case 'z':
	case 'Z':
	case 'G':
	case 'K':
		p->newline = true;
		return part_empty(p->arena);
	case 'Q':
		return quoted(p);
	case 'E':
		return part_empty(p->arena);
	default:
		break;
	}
	if (!is_digit(c) || c == '0')
		return lost(p);
	while (p->at < p->end && is_digit(*p->at))
		p->at++;
	p->newline = true; /* a back reference, or a character by its number */
	return part_anything(p->arena);
}

/* ---- classes ---- */

struct bracket {
	struct str members[BRACKET_MAX];
	size_t count;
	bool simple; /* the members are all there is */
	bool negated, newline;
};

static void
bracket_add(struct parser *p, struct bracket *b, uint8_t c)
{
	if (c == '\n')
		b->newline = true;
	if (b->count == BRACKET_MAX || c >= 0x80) {
		b->simple = false;
		return;
	}
	b->members[b->count++] = (struct str){ arena_copy(p->arena, &c, 1), 1 };
}

static void
bracket_range(struct parser *p, struct bracket *b, uint8_t from, uint8_t to)
{
	if (from <= '\n' && to >= '\n')
		b->newline = true;
	if (to >= from && to - from < BRACKET_MAX)
		for (unsigned c = from; c <= to; c++)
			bracket_add(p, b, (uint8_t)c);
	else
		b->simple = false;
}

/* Behind a backslash in a class; true if it is a plain character, in *c. */
static bool
bracket_escape(struct parser *p, struct bracket *b, uint8_t *c)
{
	if (p->at == p->end || *p->at >= 0x80) {
		lost(p);
		return false;
	}
	*c = *p->at++;
	if (!is_letter(*c) && !is_digit(*c))
		return true;
	b->simple = false;
	if (*c == 't' || *c == 'r') {
		b->simple = b->count < BRACKET_MAX;
		*c = *c == 't' ? '\t' : '\r';
		return true;
	}
	if (strchr("dwh", *c))
		return false;
	if (*c == 'x' || *c == 'p' || *c == 'P') {
		bool was = p->newline;
		(void)(*c == 'x' ? numbered(p) : property(p));
		p->newline = was;
	} else if (!strchr("nsvDWHSVRbfae", *c)) {
		lost(p);
	}
	if (!strchr("SV", *c))
		b->newline = true;
	return false;
}

/* "[:name:]" or its like at p->at; its end is behind it. */
static bool
bracket_posix(struct parser *p, struct bracket *b)
{
	static const char *safe[] = { "alnum", "alpha", "digit", "upper", "lower", "punct", "xdigit", "word",
		"blank", "graph" };

	if (p->end - p->at < 2 || p->at[0] != '[' || !strchr(":.=", p->at[1]))
		return false;
	const uint8_t *name = p->at + 2, *close = name;
	while (close < p->end && is_letter(*close))
		close++;
	if (p->end - close < 2 || close[0] != p->at[1] || close[1] != ']') {
		lost(p); /* negated, or no such class: too odd to read on */
		return true;
	}
	bool known = false;
	for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
		known |= str_is((struct str){ (const char *)name, (size_t)(close - name) }, safe[i]);
	b->newline |= !known;
	b->simple = false;
	p->at = close + 2;
	return true;
}

static bool
bracket_char(struct parser *p, struct bracket *b, uint8_t *c)
{
	*c = *p->at++;
	if (*c == '\\')
		return bracket_escape(p, b, c);
	if (*c < 0x80)
		return true;
	b->simple = false; /* a code point, or a byte of no interest */
	while (p->utf && p->at < p->end && (*p->at & 0xc0) == 0x80)
		p->at++;
	return false;
}

static void
bracket_item(struct parser *p, struct bracket *b)
{
	uint8_t from, to;

	if (bracket_posix(p, b))
		return;
	bool plain = bracket_char(p, b, &from);
	if (p->end - p->at < 2 || p->at[0] != '-' || p->at[1] == ']') {
		if (plain)
			bracket_add(p, b, from);
		return;
	}
	p->at++;
	bool plain_to = bracket_char(p, b, &to);
	if (plain && plain_to) {
		bracket_range(p, b, from, to);
		return;
	}
	b->simple = false;
	b->newline |=
	    !plain || from <= '\n'; /* from something unknown, maybe below a newline, to something unknown */
	if (plain_to && to == '\n')
		b->newline = true;
}

/* "[" is taken. */
static struct gram_part
bracket(struct parser *p)
{
	struct bracket b = { .simple = true };
	struct gram_part part;

	b.negated = take(p, "^");
	for (bool first = true; !p->lost; first = false) {
		if (p->at == p->end)
			return lost(p);
		if (*p->at == ']' && !first) {
			p->at++;
			break;
		}
		if (p->end - p->at >= 2 && p->at[0] == '\\' && (p->at[1] == 'Q' || p->at[1] == 'E'))
			return lost(p);
		bracket_item(p, &b);
	}
	if (p->lost)
		return part_any(p->arena);
	p->newline |= b.negated || b.newline;
	if (b.negated || !b.simple || b.count == 0)
		return part_any(p->arena);
	part = one_byte(p, (uint8_t)b.members[0].data[0]);
	for (size_t i = 1; i < b.count; i++)
		part = part_either(p->arena, part, one_byte(p, (uint8_t)b.members[i].data[0]));
	return part;
}

/* ---- groups, repetition, sequence ---- */

static struct gram_part
group_body(struct parser *p)
{
	bool nocase = p->nocase;

	if (++p->depth > DEPTH_MAX)
		return lost(p);
	struct gram_part part = parse_either(p);
	p->depth--;
	p->nocase = nocase;
	return take(p, ")") ? part : lost(p);
}

static struct gram_part
look_around(struct parser *p)
{
	p->newline = true;
	group_body(p);
	return part_empty(p->arena);
}

/* "(?i)", "(?-i)", "(?s:...)" and their like; "(?" is taken. */
static struct gram_part
options(struct parser *p)
{
	bool nocase = p->nocase, off = false;

	for (; p->at < p->end && *p->at != ')' && *p->at != ':'; p->at++) {
		if (*p->at == '-' && !off)
			off = true;
		else if (*p->at == 'i')
			nocase = !off;
		else if (*p->at == 's')
			p->newline = true;
		else if (*p->at != 'm')
			return lost(p);
	}
	if (p->at == p->end)
		return lost(p);
	if (*p->at++ == ')') {
		p->nocase = nocase; /* up to the end of the group that this stands in */
		return part_empty(p->arena);
	}
	bool before = p->nocase;
	p->nocase = nocase;
	struct gram_part part = group_body(p);
	p->nocase = before;
	return part;
}

static bool
group_name(struct parser *p, uint8_t close)
{
	while (p->at < p->end && *p->at != close)
		p->at++;
	return p->at < p->end && *p->at++ == close;
}

/* "(" is taken. */
static struct gram_part
group(struct parser *p)
{
	if (p->at < p->end && *p->at == '*')
		return lost(p);
	if (!take(p, "?"))
		return group_body(p);
	if (take(p, ":"))
		return group_body(p);
	if (take(p, "=") || take(p, "!") || take(p, "<=") || take(p, "<!"))
		return look_around(p);
	if (take(p, ">")) {
		p->newline = true;
		return group_body(p);
	}
	if (take(p, "P<") || take(p, "<"))
		return group_name(p, '>') ? group_body(p) : lost(p);
	if (take(p, "'"))
		return group_name(p, '\'') ? group_body(p) : lost(p);
	return options(p);
}

static struct gram_part
atom(struct parser *p)
{
	switch (*p->at) {
	case '(':
		p->at++;
		return group(p);
	case '[':
		p->at++;
		return bracket(p);
	case '.':
		p->at++;
		return one_unknown(p, false);
	case '\\':
		p->at++;
		return escape(p);
	case '^':
	case '$':
		p->at++;
		return part_empty(p->arena);
	case '*':
	case '+':
	case '?':
		return lost(p);
	default:
		return literal(p);
	}
}

/* "{n}", "{n,}", "{n,m}" at p->at: taken, and n in *least; what merely looks so is lost. */
static bool
counted(struct parser *p, bool *least)
{
	const uint8_t *at = p->at + 1;

	if (at == p->end || (!is_digit(*at) && *at != ',' && *at != ' '))
		return false;
	*least = false;
	for (; at < p->end && is_digit(*at); at++)
		*least |= *at != '0';
	if (at < p->end && *at == ',' && is_digit(p->at[1]))
		for (at++; at < p->end && is_digit(*at); at++)
			;
	if (at == p->end || *at != '}') {
		lost(p);
		return true;
	}
	p->at = at + 1;
	return true;
}

static struct gram_part
repeated(struct parser *p, struct gram_part part)
{
	while (p->at < p->end && !p->lost) {
		bool least = false;
		if (*p->at == '+' || *p->at == '*' || *p->at == '?') {
			uint8_t sign = *p->at++;
			if (sign == '?')
				part = part_either(p->arena, part, part_empty(p->arena));
			else
				part = sign == '+' ? part_repeat(p->arena, part) : part_anything(p->arena);
		} else if (*p->at == '{' && counted(p, &least)) {
			part = least ? part_repeat(p->arena, part) : part_anything(p->arena);
		} else {
			break;
		}
		if (take(p, "+"))
			p->newline = true; /* gives nothing back */
		else
			take(p, "?");
	}
	return part;
}

/* A quoted stretch is several atoms: what repeats is its last character, so that a repetition there is lost. */
static struct gram_part
sequence(struct parser *p)
{
	struct gram_part part = part_empty(p->arena);

	while (p->at < p->end && *p->at != '|' && *p->at != ')') {
		bool quote = p->end - p->at >= 2 && p->at[0] == '\\' && (p->at[1] == 'Q' || p->at[1] == 'E');
		struct gram_part next = atom(p);
		if (quote && p->at < p->end && strchr("*+?{", *p->at))
			return lost(p);
		part = part_concat(p->arena, part, repeated(p, next));
	}
	return part;
}

static struct gram_part
parse_either(struct parser *p)
{
	struct gram_part part = sequence(p);

	while (take(p, "|"))
		part = part_either(p->arena, part, sequence(p));
	return part;
}

static struct gram_part
parse(struct parser *p, bool is_literal)
{
	if (!is_literal) {
		struct gram_part part = parse_either(p);
		return p->at < p->end ? lost(p) : part;
	}
	struct gram_part part = part_empty(p->arena);
	while (p->at < p->end)
		part = part_concat(p->arena, part, literal(p));
	return part;
}

void
gram_analyse(struct arena *arena, struct str pattern, unsigned flags, struct gram_analysis *out)
{
	const uint8_t *at = (const uint8_t *)pattern.data;
	struct parser p = {
		.arena = arena,
		.at = at,
		.end = at + pattern.len,
		.nocase = flags & GRAM_NOCASE,
		.utf = flags & GRAM_UTF,
		.lines = flags & GRAM_LINES,
	};
	struct parser folding = p;

	struct gram_part part = part_finish(arena, parse(&p, flags & GRAM_LITERAL));
	if (p.lost) {
		*out = (struct gram_analysis){ .query = gram_any(arena), .newline = true, .needle = STR("") };
		return;
	}
	*out = (struct gram_analysis){ .query = part.match, .newline = p.newline, .needle = part.needle };
	if (flags & GRAM_NOCASE) {
		folding.nocase = false;
		folding.fold = true;
		out->needle = part_finish(arena, parse(&folding, flags & GRAM_LITERAL)).needle;
	}
	if (!out->needle.data)
		out->needle = STR("");
}
