#include "base/json.h"

#include "base/canonical.h"
#include "base/row.h"
#include "base/unicode.h"

#include <sodium.h>
#include <stdlib.h>

#define INTEGER_MAX (INT64_C(1) << 53)

_Static_assert(CANONICAL_DEPTH == JSON_DEPTH, "one depth");

static int
no_memory(void)
{
	return err_set(ERR_MEMORY, "json: no memory");
}

static int
check_text(struct str s, bool key)
{
	size_t len;

	for (size_t at = 0; at < s.len; at += len) {
		int32_t code = utf8_next(s, at, &len);
		if (code < 0)
			return err_set(ERR_FORMAT, "json: not UTF-8");
		if (code == 0x7F || (code < 0x20 && code != '\n' && code != '\t'))
			return err_set(ERR_FORMAT, "json: control character U+%04X", (unsigned)code);
		if (key && (code < 0x20 || code > 0x7E))
			return err_set(ERR_FORMAT, "json: a key that is not ASCII");
	}
	return 0;
}

static int check(const json_t *value, int depth, bool subset);

static int
check_object(const json_t *value, int depth, bool subset)
{
	json_t *object = (json_t *)(uintptr_t)value; /* jansson's iteration takes no const */
	const char *key;
	json_t *member;
	int r = 0;

	json_object_foreach (object, key, member) {
		if (subset)
			r = check_text(str_from(key), true);
		if (r == 0)
			r = check(member, depth + 1, subset);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Depth always; with `subset` also what carrel-record(5) allows in a value. */
static int
check(const json_t *value, int depth, bool subset)
{
	if (depth > JSON_DEPTH)
		return err_set(ERR_FORMAT, "json: nested deeper than %d", JSON_DEPTH);
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return check_object(value, depth, subset);
	case JSON_ARRAY:
		for (size_t i = 0; i < json_array_size(value); i++) {
			int r = check(json_array_get(value, i), depth + 1, subset);
			if (r < 0)
				return r;
		}
		return 0;
	case JSON_STRING:
		if (!subset)
			return 0;
		return check_text((struct str){ json_string_value(value), json_string_length(value) }, false);
	case JSON_INTEGER:
		if (subset &&
		    (json_integer_value(value) > INTEGER_MAX || json_integer_value(value) < -INTEGER_MAX))
			return err_set(ERR_FORMAT, "json: integer beyond 2^53");
		return 0;
	case JSON_REAL:
		return subset ? err_set(ERR_FORMAT, "json: a number that is no integer") : 0;
	default:
		return 0;
	}
}

int
json_read(struct str text, json_t **out)
{
	json_error_t error;

	json_t *value = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!value)
		return err_set(ERR_FORMAT, "json: %s at byte %d", error.text, error.position);
	int r = check(value, 0, false);
	if (r < 0) {
		json_decref(value);
		return r;
	}
	*out = value;
	return 0;
}

static int
dump(struct buf *out, const json_t *value, size_t flags)
{
	flags |= JSON_COMPACT | JSON_ENCODE_ANY;
	size_t need = json_dumpb(value, NULL, 0, flags);
	if (need == 0)
		return err_set(ERR_FORMAT, "json: cannot be written");
	int r = buf_room(out, need);
	if (r < 0)
		return r;
	if (json_dumpb(value, (char *)out->data + out->len, need, flags) != need)
		return no_memory();
	out->len += need;
	out->data[out->len] = 0;
	return 0;
}

int
json_write_canonical(struct buf *out, const json_t *value)
{
	int r = check(value, 0, true);
	return r < 0 ? r : dump(out, value, JSON_SORT_KEYS);
}

/* What is not ASCII stands in strings alone, so that it may be escaped without looking what it is part of. */
int
json_write_report(struct buf *out, const json_t *value)
{
	struct buf text = BUF(out->max);
	size_t len;
	int r = json_write_canonical(&text, value);

	for (size_t at = 0; at < text.len && r == 0; at += len) {
		int32_t code = utf8_next(buf_view(&text), at, &len);
		if (code < 0x80 || unicode_class(code) == SHOW_PLAIN)
			r = buf_add(out, text.data + at, len);
		else if (code < 0x10000)
			r = buf_printf(out, "\\u%04x", (unsigned)code);
		else
			r = buf_printf(out, "\\u%04x\\u%04x", 0xD800 + (unsigned)(code - 0x10000) / 0x400,
			    0xDC00 + (unsigned)(code - 0x10000) % 0x400);
	}
	buf_release(&text);
	return r;
}

int
json_read_canonical(struct str text, json_t **out)
{
	if (!canonical_ok(text))
		return err_set(ERR_FORMAT, "json: not in canonical form");
	return json_read(text, out);
}

int
json_write_line(struct buf *out, const json_t *value)
{
	/* ASCII: what lies beyond is escaped, so that no line can act on a terminal; jansson takes DEL for harmless */
	struct buf line = BUF(out->max);
	int r = dump(&line, value, JSON_ENSURE_ASCII);
	struct str rest = buf_view(&line), piece;

	for (bool first = true; r == 0 && str_next(&rest, 0x7F, &piece); first = false) {
		if (!first)
			r = buf_text(out, "\\u007f");
		if (r == 0)
			r = buf_str(out, piece);
	}
	buf_release(&line);
	return r < 0 ? r : buf_byte(out, '\n');
}

struct str
json_str(const json_t *object, const char *key)
{
	const json_t *member = json_object_get(object, key);
	if (!json_is_string(member))
		return (struct str){ "", 0 };
	return (struct str){ json_string_value(member), json_string_length(member) };
}

uint64_t
json_num(const json_t *object, const char *key)
{
	const json_t *member = json_object_get(object, key);
	if (!json_is_integer(member) || json_integer_value(member) < 0)
		return 0;
	return (uint64_t)json_integer_value(member);
}

bool
json_bool(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

int
json_set_str(json_t *object, const char *key, struct str value)
{
	if (!utf8_ok(value))
		return err_set(ERR_FORMAT, "json: %s: not UTF-8", key);
	return json_object_set_new(object, key, json_stringn(value.data, value.len)) < 0 ? no_memory() : 0;
}

int
json_set_num(json_t *object, const char *key, uint64_t value)
{
	if (value > INTEGER_MAX)
		return err_set(ERR_FORMAT, "json: %s: integer beyond 2^53", key);
	return json_object_set_new(object, key, json_integer((json_int_t)value)) < 0 ? no_memory() : 0;
}

static int
set_base64(json_t *object, const char *key, struct str bytes)
{
	struct buf name = BUF(256), text = BUF(bytes.len * 2 + 8);

	int r = buf_printf(&name, "%s_b64", key);
	if (r == 0)
		r = base64_write(&text, bytes);
	if (r == 0)
		r = json_set_str(object, (const char *)name.data, buf_view(&text));
	buf_release(&name);
	buf_release(&text);
	return r;
}

int
json_set_foreign(json_t *object, const char *key, struct str bytes)
{
	/* every byte may become four: "<FF>" */
	struct buf shown = BUF(bytes.len * 4);

	int r = utf8_escape(&shown, bytes);
	if (r == 0)
		r = json_set_str(object, key, buf_view(&shown));
	if (r == 0 && !str_eq(buf_view(&shown), bytes))
		r = set_base64(object, key, bytes);
	buf_release(&shown);
	return r;
}

int
json_get_foreign(const json_t *object, const char *key, struct buf *out)
{
	struct buf name = BUF(256);

	int r = buf_printf(&name, "%s_b64", key);
	if (r < 0)
		return r;
	const json_t *truth = json_object_get(object, (const char *)name.data);
	buf_release(&name);
	if (truth && !json_is_string(truth))
		return err_set(ERR_FORMAT, "json: %s_b64: not a string", key);
	if (truth)
		return base64_read(out, (struct str){ json_string_value(truth), json_string_length(truth) });
	return buf_str(out, json_str(object, key));
}

/* JSON's own escapes hold any text: only bytes that are none need more. */
static int
set_bytes(json_t *object, const char *key, struct str bytes)
{
	return utf8_ok(bytes) ? json_set_str(object, key, bytes) : json_set_foreign(object, key, bytes);
}

int
json_from_row(const struct row *row, json_t **out)
{
	json_t *object = json_object();
	int r = object ? 0 : no_memory();

	for (unsigned f = 1; f < F_COUNT && r == 0; f++) {
		if (!row_has(row, f) || f == F_SPANS)
			continue;
		if (field_kind(f) == FIELD_NUM)
			r = json_set_num(object, field_key(f), row->num[f]);
		else
			r = set_bytes(object, field_key(f), row->bytes[f]);
	}
	if (r < 0) {
		json_decref(object);
		return r;
	}
	*out = object;
	return 0;
}

int
base64_write(struct buf *out, struct str bytes)
{
	size_t need = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
	int r = buf_room(out, need);
	if (r < 0)
		return r;
	sodium_bin2base64((char *)out->data + out->len, need, (const uint8_t *)bytes.data, bytes.len,
	    sodium_base64_VARIANT_ORIGINAL);
	out->len += need - 1;
	return 0;
}

int
base64_read(struct buf *out, struct str text)
{
	size_t before = out->len, len;

	int r = buf_room(out, text.len);
	if (r < 0)
		return r;
	if (sodium_base642bin(out->data + before, text.len, text.data, text.len, NULL, &len, NULL,
		sodium_base64_VARIANT_ORIGINAL) != 0) {
		out->data[before] = 0;
		return err_set(ERR_FORMAT, "base64: malformed");
	}
	/* libsodium reads bytes beyond ASCII as digits: only what we would write is accepted */
	struct buf again = BUF(text.len + 1);
	r = base64_write(&again, (struct str){ (const char *)out->data + before, len });
	if (r < 0 || !str_eq(buf_view(&again), text))
		r = err_set(ERR_FORMAT, "base64: malformed");
	buf_release(&again);
	if (r == 0)
		out->len += len;
	out->data[out->len] = 0;
	return r;
}
