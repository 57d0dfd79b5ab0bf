#include "indexer/index/essence.h"

#define CHUNK 4096

/* Gathers bytes, so that the digest is not asked for each. */
struct stream {
	struct sha256 sum;
	uint8_t bytes[CHUNK];
	size_t len, total;
	char last;      /* byte that was put last */
	bool gap;       /* white space, or what is left out, since then */
	size_t newline; /* 1 + where the last newline in the gap ends; 0: none */
	size_t from;    /* where the gap begins */
};

/* What of layout counts. */
enum layout {
	LAYOUT_FREE,   /* none */
	LAYOUT_LINES,  /* that a line ends */
	LAYOUT_INDENT, /* that, and how the next begins; and that there is space, not how much */
};

struct finding {
	const struct stretch *stretch;
	enum layout layout;
	bool hash_line; /* a line of the preprocessor, in which space counts as under LAYOUT_INDENT */
	struct stream code, all, unnamed;
};

static void
put(struct stream *s, char c)
{
	if (s->len == CHUNK) {
		sha256_add(&s->sum, s->bytes, s->len);
		s->len = 0;
	}
	s->bytes[s->len++] = (uint8_t)c;
	s->total++;
	s->last = c;
}

static void
end(struct stream *s, uint8_t out[static SHA256_LEN])
{
	sha256_add(&s->sum, s->bytes, s->len);
	sha256_end(&s->sum, out);
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	    c == '$' || (uint8_t)c >= 0x80;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool
is_in(char c, const char *set)
{
	return c != 0 && strchr(set, c);
}

/* Languages of which nothing is known here are taken to mean their indentation. */
static enum layout
layout_of(unsigned language)
{
	switch (language) {
	case LANG_C:
	case LANG_CPP:
	case LANG_CSHARP:
	case LANG_JAVA:
	case LANG_JSON:
	case LANG_PHP:
	case LANG_RUST:
		return LAYOUT_FREE;
	case LANG_GO:
	case LANG_JAVASCRIPT:
	case LANG_TYPESCRIPT:
	case LANG_TSX:
		return LAYOUT_LINES;
	default:
		return LAYOUT_INDENT;
	}
}

/* What counts of the gap between the last byte that was put and the token at `at`. */
static void
put_gap(const struct finding *f, struct stream *s, size_t at)
{
	const char *text = f->stretch->text.data;
	size_t newline = s->newline;
	bool first = s->total == 0, strict = f->layout == LAYOUT_INDENT;
	char next = text[at];

	s->gap = false;
	s->newline = 0;
	if (first && !strict)
		return;
	if (!first && (is_in(s->last, "\"'`") || is_in(next, "\"'`"))) {
		/* it may be within a literal that no span covers */
		for (size_t i = s->from; i < at; i++)
			if (is_space(text[i]))
				put(s, text[i]);
	} else if (newline && (f->layout != LAYOUT_FREE || f->hash_line || next == '#')) {
		put(s, '\n');
		for (size_t i = newline - 1; strict && i < at; i++)
			if (is_space(text[i]))
				put(s, text[i]);
	} else if (strict || f->hash_line || (is_word(s->last) && is_word(next)) ||
	    (is_in(s->last, "+-*/%&|^<>=!~.:?#@\\") && is_in(next, "+-*/%&|^<>=!~.:?#@\\"))) {
		put(s, ' ');
	}
}

/* The bytes at..stop are in no token of the stream. */
static void
leave(const struct finding *f, struct stream *s, size_t at, size_t stop)
{
	const char *text = f->stretch->text.data;
	const char *newline = stop > at ? memrchr(text + at, '\n', stop - at) : NULL;

	if (!s->gap)
		s->from = at;
	s->gap = true;
	if (newline)
		s->newline = (size_t)(newline - text) + 2;
}

/* A token, or a part of one, begins at `at`. */
static void
begin_token(struct finding *f, size_t at)
{
	bool line_ends = f->code.newline > 0 && f->code.last != '\\';

	struct stream *const streams[] = { &f->code, &f->all, &f->unnamed };
	for (size_t i = 0; i < 3; i++)
		if (streams[i]->gap)
			put_gap(f, streams[i], at);
	if (line_ends)
		f->hash_line = false;
	f->hash_line |= f->stretch->text.data[at] == '#';
}

static void
put_token(struct finding *f, size_t at, size_t stop)
{
	const struct stretch *s = f->stretch;
	bool own = s->name.len > 0 && stop - at == s->name.len &&
	    memcmp(s->text.data + at, s->name.data, s->name.len) == 0;

	begin_token(f, at);
	for (size_t i = at; i < stop; i++) {
		put(&f->code, s->text.data[i]);
		put(&f->all, s->text.data[i]);
		if (!own)
			put(&f->unnamed, s->text.data[i]);
	}
	if (own)
		put(&f->unnamed, 'x');
}

/* A comment is a token where it counts; white space in it is one space. */
static void
put_comment(struct finding *f, size_t at, size_t stop)
{
	const char *text = f->stretch->text.data;

	if (f->all.gap)
		put_gap(f, &f->all, at);
	for (size_t i = at; i < stop; i++) {
		if (!is_space(text[i]))
			put(&f->all, text[i]);
		else if (f->all.last != ' ')
			put(&f->all, ' ');
	}
	leave(f, &f->code, at, stop);
	leave(f, &f->unnamed, at, stop);
}

static void
leave_all(struct finding *f, size_t at, size_t stop)
{
	leave(f, &f->code, at, stop);
	leave(f, &f->all, at, stop);
	leave(f, &f->unnamed, at, stop);
}

void
essence_find(struct essence *essence, const struct stretch *stretch, struct span_walk *spans)
{
	struct finding f = { .stretch = stretch, .layout = layout_of(stretch->language) };
	const char *text = stretch->text.data;

	sha256_init(&f.code.sum);
	sha256_init(&f.all.sum);
	sha256_init(&f.unnamed.sum);
	/* a line has just ended */
	leave_all(&f, stretch->from, stretch->from);
	f.code.newline = f.all.newline = f.unnamed.newline = stretch->from + 1;
	for (size_t at = stretch->from, stop; at < stretch->to; at = stop) {
		enum text_in in = span_walk_at(spans, at);
		uint64_t limit = span_walk_end(spans, at);
		bool space = is_space(text[at]), word = is_word(text[at]);
		limit = limit < stretch->to ? limit : stretch->to;
		for (stop = at + 1;
		     stop < limit && (space ? is_space(text[stop]) : word && is_word(text[stop]));)
			stop++;
		if (in == IN_COMMENT)
			put_comment(&f, at, stop = limit);
		else if (in == IN_STRING)
			put_token(&f, at, stop = limit);
		else if (space)
			leave_all(&f, at, stop);
		else
			put_token(&f, at, stop);
	}
	essence->code_bytes = f.code.total;
	end(&f.code, essence->code);
	end(&f.all, essence->all);
	end(&f.unnamed, essence->unnamed);
}

enum difference
essence_compare(const struct essence *a, const struct essence *b)
{
	if (memcmp(a->all, b->all, SHA256_LEN) == 0)
		return DIFFERENT_FORMATTING;
	return memcmp(a->code, b->code, SHA256_LEN) == 0 ? DIFFERENT_COMMENT : DIFFERENT;
}

const char *
difference_word(enum difference difference)
{
	static const char *const words[] = { "none", "formatting", "comment" };
	return words[difference];
}
