#include "annotations/record_schema.h"

#include "base/utf8.h"

#include <stdio.h>

static int check_value(const struct field *field, const json_t *value);

static bool
word_among(struct str value, const char *words)
{
	struct str rest = str_from(words), word;

	while (str_next(&rest, '|', &word)) {
		if (str_eq(word, value))
			return true;
	}
	return false;
}

static bool
is_name(struct str s)
{
	if (s.len == 0 || s.len > 64)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!letter && c != '.' && c != '_' && c != '+' && c != '-')
			return false;
	}
	return true;
}

static bool
is_hex(struct str s, size_t bytes)
{
	uint8_t out[SHA256_LEN];

	return hex_to(s, out, bytes);
}

static bool
is_key(struct str s)
{
	struct buf again = BUF(PUBLIC_LINE_MAX);
	struct public_key key;

	bool ok = public_key_from_line(s, &key, NULL) == 0 && public_key_line(&key, STR(""), &again) == 0 &&
	    str_eq(buf_view(&again), s);
	buf_release(&again);
	return ok;
}

static bool
is_line(struct str s)
{
	return s.len > 0 && s.len <= RECORD_LINE_MAX && !memchr(s.data, '\n', s.len) &&
	    !memchr(s.data, '\t', s.len);
}

static bool
string_ok(const struct field *field, struct str s)
{
	switch (field->kind) {
	case P_TEXT:
		return s.len > 0;
	case P_LINE:
	case P_LINES:
		return is_line(s);
	case P_WORD:
		return word_among(s, field->words);
	case P_NAME:
	case P_NAMES:
		return is_name(s);
	case P_HASH:
	case P_HASHES:
		return is_hex(s, SHA256_LEN);
	case P_OID:
		return is_hex(s, OID_LEN);
	case P_ROOM:
		return is_hex(s, RECORD_ROOM_LEN);
	case P_PRINT:
		return fingerprint_ok(s);
	case P_KEY:
	case P_KEYS:
		return is_key(s);
	default:
		return true;
	}
}

static int
wrong(const struct field *field)
{
	return err_set(ERR_FORMAT, "payload: bad %s", field->key);
}

static int
check_string(const struct field *field, const json_t *value)
{
	if (!json_is_string(value))
		return wrong(field);
	return string_ok(field, (struct str){ json_string_value(value), json_string_length(value) })
	    ? 0
	    : wrong(field);
}

static bool
has_truth(const json_t *object, const struct field *field)
{
	char truth[64];

	snprintf(truth, sizeof truth, "%s_b64", field->key);
	return field->kind == P_FOREIGN && json_object_get(object, truth);
}

/* The shown form must be what json_set_foreign makes of the bytes, and the truth is there only where they differ. */
static int
check_foreign(const struct field *field, const json_t *object, const json_t *value)
{
	struct buf bytes = BUF(RECORD_MAX), shown = BUF(4 * RECORD_MAX); /* a byte is shown as four at most */

	int r = check_string(field, value);
	if (r == 0)
		r = json_get_foreign(object, field->key, &bytes);
	if (r == 0)
		r = utf8_escape(&shown, buf_view(&bytes));
	if (r == 0) {
		bool plain = str_eq(buf_view(&shown), buf_view(&bytes));
		bool same = str_eq(buf_view(&shown), json_str(object, field->key));
		if (!same || plain != !has_truth(object, field))
			r = wrong(field);
	}
	buf_release(&bytes);
	buf_release(&shown);
	return r < 0 && r != ERR_MEMORY ? wrong(field) : r;
}

static bool
is_truth_of(const char *key, const struct field *field)
{
	size_t len = strlen(field->key);

	return field->kind == P_FOREIGN && strncmp(key, field->key, len) == 0 &&
	    strcmp(key + len, "_b64") == 0;
}

static bool
known(const char *key, const struct field *fields)
{
	for (const struct field *f = fields; f->key; f++) {
		if (strcmp(key, f->key) == 0 || is_truth_of(key, f))
			return true;
	}
	return false;
}

static int
check_object(const struct field *fields, const json_t *object, bool top)
{
	json_t *iterated = (json_t *)(uintptr_t)object; /* jansson's iteration takes no const */
	static const struct field attach = { "attach", P_OBJECTS, true, NULL, record_attach_fields };
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return err_set(ERR_FORMAT, "payload: not an object");
	json_object_foreach (iterated, key, value) {
		if (!known(key, fields) && !(top && strcmp(key, "attach") == 0))
			return err_set(ERR_FORMAT, "payload: unknown key %.60s", key);
	}
	for (const struct field *f = fields; f->key; f++) {
		const json_t *member = json_object_get(object, f->key);
		int r = 0;
		if (member)
			r = f->kind == P_FOREIGN ? check_foreign(f, object, member) : check_value(f, member);
		else if (!f->optional || has_truth(object, f))
			r = err_set(ERR_FORMAT, "payload: no %s", f->key);
		if (r < 0)
			return r;
	}
	const json_t *attached = top ? json_object_get(object, attach.key) : NULL;
	return attached ? check_value(&attach, attached) : 0;
}

static int
check_list(const struct field *field, const json_t *value)
{
	size_t count = json_array_size(value);

	if (!json_is_array(value) || count == 0 || count > RECORD_LIST_MAX)
		return wrong(field);
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(value, i);
		int r = field->kind == P_OBJECTS ? check_object(field->fields, item, false)
						 : check_string(field, item);
		if (r < 0)
			return err_in(r, "%s", field->key);
	}
	return 0;
}

static int
check_map(const struct field *field, const json_t *value)
{
	static const struct field number = { "number", P_NUM };
	json_t *iterated = (json_t *)(uintptr_t)value;
	const char *key;
	json_t *member;

	if (!json_is_object(value))
		return wrong(field);
	json_object_foreach (iterated, key, member) {
		if (!is_name(str_from(key)))
			return wrong(field);
		int r = field->kind == P_MAP ? check_object(field->fields, member, false)
					     : check_value(&number, member);
		if (r < 0)
			return err_in(r, "%s", field->key);
	}
	return 0;
}

static int
check_value(const struct field *field, const json_t *value)
{
	switch (field->kind) {
	case P_NUM:
		return json_is_integer(value) && json_integer_value(value) >= 0 ? 0 : wrong(field);
	case P_BOOL:
		return json_is_boolean(value) ? 0 : wrong(field);
	case P_HEAD:
	case P_OBJECT:
		return check_object(field->fields, value, false);
	case P_NAMES:
	case P_LINES:
	case P_HASHES:
	case P_KEYS:
	case P_OBJECTS:
		return check_list(field, value);
	case P_MAP:
	case P_NUMS:
		return check_map(field, value);
	default:
		return check_string(field, value);
	}
}

static int
check_attachments(const json_t *payload)
{
	struct attached one, other;
	size_t count = record_attached_count(payload);

	if (count > ATTACHMENTS)
		return err_set(ERR_FORMAT, "payload: more than %d attachments", ATTACHMENTS);
	for (size_t i = 0; i < count; i++) {
		record_attached(payload, i, &one);
		if (one.size > ATTACHMENT_MAX)
			return err_set(ERR_FORMAT, "payload: attachment too large");
		for (size_t k = 0; k < i; k++) {
			record_attached(payload, k, &other);
			if (str_eq(one.name, other.name))
				return err_set(ERR_FORMAT, "payload: two attachments of one name");
		}
	}
	return 0;
}

int
record_check_payload(enum record_type type, const json_t *payload)
{
	int r = check_object(record_schema(type), payload, true);

	if (r == 0)
		r = check_attachments(payload);
	return r < 0 ? err_in(r, "record of type %s", record_type_word(type)) : 0;
}

/* ---- attachments ---- */

size_t
record_attached_count(const json_t *payload)
{
	return json_array_size(json_object_get(payload, "attach"));
}

void
record_attached(const json_t *payload, size_t i, struct attached *out)
{
	const json_t *item = json_array_get(json_object_get(payload, "attach"), i);

	*out = (struct attached){ .name = json_str(item, "name"), .size = json_num(item, "size") };
	if (!hex_to(json_str(item, "sha256"), out->sha256, SHA256_LEN))
		memset(out->sha256, 0, SHA256_LEN);
}

static int
attach_one(json_t *list, const struct attachment *attachment)
{
	uint8_t digest[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];
	json_t *item = json_object();

	sha256(attachment->bytes.data, attachment->bytes.len, digest);
	hex_from(digest, sizeof digest, hex);
	int r = item ? 0 : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = json_set_str(item, "name", attachment->name);
	if (r == 0)
		r = json_set_num(item, "size", attachment->bytes.len);
	if (r == 0)
		r = json_set_str(item, "sha256", str_from(hex));
	if (r == 0 && json_array_append(list, item) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	json_decref(item);
	return r;
}

int
record_attach(json_t *payload, const struct attachment *attachments, size_t count)
{
	json_t *list = json_array();

	int r = list ? 0 : err_set(ERR_MEMORY, "no memory");
	for (size_t i = 0; i < count && r == 0; i++)
		r = attach_one(list, &attachments[i]);
	if (r == 0 && count && json_object_set(payload, "attach", list) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	json_decref(list);
	return r;
}
