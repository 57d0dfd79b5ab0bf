/*
 * The two kinds of file that git reads out of a tree and fsck looks into.  Of .gitmodules
 * only "submodule.NAME.KEY" matters; the file's syntax is that of git-config(1).
 */
#include "indexer/intake/fsck.h"

#include <ctype.h>
#include <stdio.h>

#define ATTRIBUTES_LINE 2048

int
fsck_attributes(const struct fsck_where *where, struct str text)
{
	struct str line;

	while (text.len > 0 && str_next(&text, '\n', &line))
		if (strnlen(line.data, line.len) >= ATTRIBUTES_LINE)
			return fsck_say(where, FSCK_GITATTRIBUTES_LINE_LENGTH, STR(""));
	return 0;
}

struct config {
	struct str rest;
	struct buf section; /* lower case */
	struct buf name;    /* the quoted part, as it is */
	bool named;         /* there is one */
	struct buf key, value;
	bool has_value;
};

enum { END = -1 };

static int
next(struct config *c)
{
	/* git takes a byte of 255 for the end */
	if (c->rest.len == 0 || c->rest.data[0] == '\xff')
		return END;
	/* a carriage return before a newline counts as none */
	if (c->rest.len > 1 && c->rest.data[0] == '\r' && c->rest.data[1] == '\n') {
		c->rest.data++;
		c->rest.len--;
	}
	int byte = (uint8_t)*c->rest.data++;
	c->rest.len--;
	return byte;
}

static bool
is_key(int byte)
{
	return byte != END && (isalnum(byte) || byte == '-');
}

static bool
put(struct buf *out, int byte)
{
	return byte != 0 && buf_byte(out, (uint8_t)byte) == 0;
}

/* What follows `[`. */
static bool
read_section(struct config *c)
{
	int byte;

	buf_clear(&c->section);
	buf_clear(&c->name);
	c->named = false;
	while (is_key(byte = next(c)) || byte == '.')
		if (!put(&c->section, tolower(byte)))
			return false;
	if (byte == ']')
		return true;
	while (byte == ' ' || byte == '\t')
		byte = next(c);
	if (byte != '"')
		return false;
	c->named = true;
	while ((byte = next(c)) != '"') {
		if (byte == '\\')
			byte = next(c);
		if (byte == '\n' || byte == END || !put(&c->name, byte))
			return false;
	}
	return next(c) == ']';
}

static void
skip_line(struct config *c)
{
	int byte;
	do
		byte = next(c);
	while (byte != '\n' && byte != END);
}

static bool
read_escape(struct config *c)
{
	int byte = next(c);

	switch (byte) {
	case '\n':
		return true;
	case 't':
		return put(&c->value, '\t');
	case 'b':
		return put(&c->value, '\b');
	case 'n':
		return put(&c->value, '\n');
	case '\\':
	case '"':
		return put(&c->value, byte);
	default:
		return false;
	}
}

/* What follows `=`, up to the end of the line. */
static bool
read_value(struct config *c)
{
	bool quoted = false;
	size_t spaces = 0;
	int byte;

	buf_clear(&c->value);
	while ((byte = next(c)) != '\n' && byte != END) {
		if (!quoted && (byte == ';' || byte == '#')) {
			skip_line(c);
			return true;
		}
		if (isspace(byte) && !quoted) {
			spaces += c->value.len > 0;
			continue;
		}
		for (; spaces > 0; spaces--)
			if (!put(&c->value, ' '))
				return false;
		if (byte == '"')
			quoted = !quoted;
		else if (byte == '\\' ? !read_escape(c) : !put(&c->value, byte))
			return false;
	}
	return !quoted;
}

static bool
read_key(struct config *c, int byte)
{
	buf_clear(&c->key);
	for (; is_key(byte); byte = next(c))
		if (!put(&c->key, tolower(byte)))
			return false;
	while (byte == ' ' || byte == '\t')
		byte = next(c);
	c->has_value = byte == '=';
	buf_clear(&c->value);
	return c->has_value ? read_value(c) : byte == '\n' || byte == END;
}

/* 1 and a key; 0 at the end; -1 where the syntax is broken. */
static int
next_key(struct config *c)
{
	int byte;

	while ((byte = next(c)) != END) {
		if (isspace(byte))
			continue;
		if (byte == '#' || byte == ';') {
			skip_line(c);
		} else if (byte == '[') {
			if (!read_section(c))
				return -1;
		} else {
			return isalpha(byte) && read_key(c, byte) ? 1 : -1;
		}
	}
	return 0;
}

/* ".." as a part of the name, by either slash, would lead out of .git/modules. */
static bool
bad_name(struct str name)
{
	size_t start = 0;

	if (name.len == 0)
		return true;
	for (size_t i = 0; i <= name.len; i++) {
		if (i < name.len && name.data[i] != '/' && name.data[i] != '\\')
			continue;
		if (i - start == 2 && name.data[start] == '.' && name.data[start + 1] == '.')
			return true;
		start = i + 1;
	}
	return false;
}

static bool
is_option(struct str value)
{
	return value.len > 0 && value.data[0] == '-';
}

static bool
is_relative(struct str url)
{
	return str_starts(url, STR("./")) || str_starts(url, STR("../")) || str_starts(url, STR(".\\")) ||
	    str_starts(url, STR("..\\"));
}

/* As it is, or as %0a. */
static bool
has_newline_decoded(struct str url)
{
	for (size_t i = 0; i < url.len; i++) {
		if (url.data[i] == '\n')
			return true;
		if (url.data[i] == '%' && i + 2 < url.len && url.data[i + 1] == '0' &&
		    (url.data[i + 2] | 32) == 'a')
			return true;
	}
	return false;
}

/* Takes "../" and "./" off a relative URL; how many folders up. */
static size_t
count_up(struct str *url)
{
	size_t up = 0;

	for (;;) {
		if (str_starts(*url, STR("../")) || str_starts(*url, STR("..\\"))) {
			up++;
			*url = (struct str){ url->data + 3, url->len - 3 };
		} else if (str_starts(*url, STR("./")) || str_starts(*url, STR(".\\"))) {
			*url = (struct str){ url->data + 2, url->len - 2 };
		} else {
			return up;
		}
	}
}

/* The URL that a remote helper of curl's would be given, or nothing. */
static bool
curl_url(struct str url, struct str *out)
{
	static const char *const helpers[] = { "http::", "https::", "ftp::", "ftps::" };
	static const char *const schemes[] = { "http://", "https://", "ftp://", "ftps://" };

	for (size_t i = 0; i < 4; i++) {
		struct str helper = str_from(helpers[i]);
		if (str_starts(url, helper)) {
			*out = (struct str){ url.data + helper.len, url.len - helper.len };
			return true;
		}
	}
	for (size_t i = 0; i < 4; i++)
		if (str_starts(url, str_from(schemes[i]))) {
			*out = url;
			return true;
		}
	return false;
}

static bool
bad_url(struct str url)
{
	struct str curl;

	if (is_option(url))
		return true;
	if (is_relative(url)) {
		if (has_newline_decoded(url))
			return true;
		/* enough "../" leave the host behind, and what follows would be one */
		size_t up = count_up(&url);
		return up > 0 && url.len > 0 && (url.data[0] == ':' || url.data[0] == '/');
	}
	if (!curl_url(url, &curl))
		return false;
	const char *colon = memmem(curl.data, curl.len, "://", 3);
	if (!colon)
		return true;
	size_t at = (size_t)(colon + 3 - curl.data);
	return at >= curl.len || curl.data[at] == '/' || has_newline_decoded(curl);
}

static int
say_value(const struct fsck_where *where, enum fsck_message message, const char *words, struct str value)
{
	struct buf text = BUF(1 << 20);

	int r = buf_printf(&text, "%s: ", words);
	if (r == 0)
		r = buf_str(&text, value);
	if (r == 0)
		r = fsck_say(where, message, buf_view(&text));
	buf_release(&text);
	return r;
}

/* The name in "submodule.NAME.KEY", however the section was written. */
static bool
submodule_name(const struct config *c, struct buf *out)
{
	struct str section = buf_view(&c->section), first = STR("submodule");

	buf_clear(out);
	if (!str_starts(section, first))
		return false;
	struct str rest = { section.data + first.len, section.len - first.len };
	if (rest.len > 0 && rest.data[0] != '.')
		return false;
	if (rest.len > 0 && buf_add(out, rest.data + 1, rest.len - 1) < 0)
		return false;
	if (rest.len > 0 && c->named && buf_byte(out, '.') < 0)
		return false;
	return (rest.len > 0 || c->named) && buf_str(out, buf_view(&c->name)) == 0;
}

static int
judge(const struct fsck_where *where, const struct config *c, struct str name)
{
	struct str key = buf_view(&c->key), value = buf_view(&c->value);
	int r = 0;

	if (bad_name(name))
		r = say_value(where, FSCK_GITMODULES_NAME, "disallowed submodule name", name);
	if (r < 0 || !c->has_value)
		return r;
	if (str_is(key, "url") && bad_url(value))
		return say_value(where, FSCK_GITMODULES_URL, "disallowed submodule url", value);
	if (str_is(key, "path") && is_option(value))
		return say_value(where, FSCK_GITMODULES_PATH, "disallowed submodule path", value);
	if (str_is(key, "update") && value.len > 0 && value.data[0] == '!')
		return say_value(where, FSCK_GITMODULES_UPDATE, "disallowed submodule update setting", value);
	return 0;
}

int
fsck_modules(const struct fsck_where *where, struct str config)
{
	struct config c = { .rest = config,
		.section = BUF(4096),
		.name = BUF(65536),
		.key = BUF(4096),
		.value = BUF(1 << 20) };
	struct buf name = BUF(131072);
	int got, r = 0;

	while (r == 0 && (got = next_key(&c)) != 0) {
		if (got < 0) {
			r = fsck_say(where, FSCK_GITMODULES_PARSE, STR(""));
			break;
		}
		if (submodule_name(&c, &name))
			r = judge(where, &c, buf_view(&name));
	}
	buf_release(&name);
	buf_release(&c.section);
	buf_release(&c.name);
	buf_release(&c.key);
	buf_release(&c.value);
	return r;
}
