#include "base/anchor.h"

/* ":N" or ":N-M" off the end of *text. */
static bool
take_range(struct str *text, uint64_t *first, uint64_t *last)
{
	const char *colon = memrchr(text->data, ':', text->len);
	if (!colon)
		return false;
	struct str range = { colon + 1, (size_t)(text->data + text->len - colon) - 1 };
	struct str from, to;
	struct str rest = range;
	if (!str_next(&rest, '-', &from) || !str_u64(from, first) || *first == 0)
		return false;
	*last = *first;
	if (str_next(&rest, '-', &to) && (!str_u64(to, last) || *last < *first || rest.data))
		return false;
	text->len = (size_t)(colon - text->data);
	return true;
}

int
anchor_parse(struct str text, struct anchor *anchor)
{
	struct str rest = text;

	*anchor = (struct anchor){ 0 };
	if (!str_next(&rest, ':', &anchor->release) || !rest.data || anchor->release.len == 0)
		return err_set(ERR_USAGE, "%.*s: not of the form RELEASE:PATH[:LINE[-LINE]]", STR_ARG(text));
	if (!take_range(&rest, &anchor->first, &anchor->last))
		anchor->first = anchor->last = 0;
	if (rest.len == 0)
		return err_set(ERR_USAGE, "%.*s: no path", STR_ARG(text));
	anchor->path = rest;
	return 0;
}

/* Byte at which line `line` (from 1) begins, or text.len; *lines is not counted past what is needed. */
static size_t
line_start(struct str text, size_t from, uint64_t lines)
{
	while (lines > 0 && from < text.len) {
		const char *end = memchr(text.data + from, '\n', text.len - from);
		from = end ? (size_t)(end - text.data) + 1 : text.len;
		lines--;
	}
	return from;
}

static void
hash_to(char out[static HEX_LEN(SHA256_LEN)], struct str a, struct str b)
{
	uint8_t digest[SHA256_LEN];
	struct sha256 ctx;

	sha256_init(&ctx);
	sha256_add(&ctx, a.data, a.len);
	sha256_add(&ctx, b.data, b.len);
	sha256_end(&ctx, digest);
	hex_from(digest, sizeof digest, out);
}

int
anchor_hash(struct anchor *anchor, struct str text)
{
	if (anchor->first == 0) {
		hash_to(anchor->text, text, STR(""));
		hash_to(anchor->context, STR(""), STR(""));
		return 0;
	}
	uint64_t before = anchor->first > ANCHOR_CONTEXT ? anchor->first - ANCHOR_CONTEXT : 1;
	size_t top = line_start(text, 0, before - 1);
	size_t start = line_start(text, top, anchor->first - before);
	size_t last = line_start(text, start, anchor->last - anchor->first);
	if (last >= text.len)
		return err_set(ERR_ABSENT, "no line %llu", (unsigned long long)anchor->last);
	size_t end = line_start(text, last, 1);
	size_t bottom = line_start(text, end, ANCHOR_CONTEXT);
	hash_to(anchor->text, (struct str){ text.data + start, end - start }, STR(""));
	hash_to(anchor->context, (struct str){ text.data + top, start - top },
	    (struct str){ text.data + end, bottom - end });
	return 0;
}

void
anchor_to_row(const struct anchor *anchor, struct row *row)
{
	row_clear(row);
	row_set(row, F_WHAT, STR("anchor"));
	row_set(row, F_RELEASE, anchor->release);
	row_set(row, F_PATH, anchor->path);
	row_set(row, F_BLOB, anchor->blob);
	if (anchor->symbol.len)
		row_set(row, F_NAME, anchor->symbol);
	row_set_num(row, F_LINE, anchor->first);
	row_set_num(row, F_END_LINE, anchor->last);
	row_set(row, F_TEXT_HASH, str_from(anchor->text));
	row_set(row, F_CONTEXT_HASH, str_from(anchor->context));
}

static bool
take_hash(const struct row *row, enum field field, char out[static HEX_LEN(SHA256_LEN)])
{
	uint8_t digest[SHA256_LEN];
	struct str hex = row_get(row, field);

	if (!hex_to(hex, digest, sizeof digest))
		return false;
	memcpy(out, hex.data, hex.len);
	out[hex.len] = 0;
	return true;
}

int
anchor_from_row(const struct row *row, struct anchor *anchor)
{
	uint8_t oid[OID_LEN];

	*anchor = (struct anchor){
		.release = row_get(row, F_RELEASE),
		.path = row_get(row, F_PATH),
		.blob = row_get(row, F_BLOB),
		.symbol = row_get(row, F_NAME),
		.first = row_get_num(row, F_LINE),
		.last = row_get_num(row, F_END_LINE),
	};
	if (!hex_to(anchor->blob, oid, sizeof oid) || anchor->first > anchor->last || anchor->path.len == 0 ||
	    !take_hash(row, F_TEXT_HASH, anchor->text) || !take_hash(row, F_CONTEXT_HASH, anchor->context))
		return err_set(ERR_FORMAT, "anchor: malformed");
	return 0;
}
