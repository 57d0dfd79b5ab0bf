#include "annotations/record_schema.h"

#include "base/canonical.h"
#include "base/utf8.h"

#include <assert.h>

/*
 * Payloads are held against their tables as text, without a tree: most records of a
 * ledger are read for nothing but that.  The text is canonical, which was looked at
 * before: keys in order, each once, no space, and of escapes only \" \\ \n \t.
 */

#define FIELDS_MAX 32 /* of one table: a bit of a mask each */

struct text {
	const char *at, *end;
};

static int check_value(const struct field *field, struct text *text);

static int
not_canonical(void)
{
	return err_set(ERR_FORMAT, "payload: not in canonical form");
}

static int
wrong(const struct field *field)
{
	return err_set(ERR_FORMAT, "payload: bad %s", field->key);
}

static bool
takes(struct text *text, char c)
{
	if (text->at == text->end || *text->at != c)
		return false;
	text->at++;
	return true;
}

/* *raw: what stands between the quotes, escapes and all. */
static bool
take_string(struct text *text, struct str *raw)
{
	if (!takes(text, '"'))
		return false;
	raw->data = text->at;
	text->at += canonical_plain(text->at, text->end);
	while (text->at < text->end && *text->at != '"')
		text->at += *text->at == '\\' && text->end - text->at > 1 ? 2 : 1;
	raw->len = (size_t)(text->at - raw->data);
	return takes(text, '"');
}

static bool
take_number(struct text *text, struct str *digits)
{
	digits->data = text->at;
	while (text->at < text->end && *text->at >= '0' && *text->at <= '9')
		text->at++;
	digits->len = (size_t)(text->at - digits->data);
	return digits->len > 0;
}

static bool
take_word(struct text *text, struct str word)
{
	if (!str_starts((struct str){ text->at, (size_t)(text->end - text->at) }, word))
		return false;
	text->at += word.len;
	return true;
}

/* ---- strings; what holds no escape but in bad ones is looked at as it stands ---- */

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

/* Of one of these types, if they are not NULL. */
static bool
is_key(struct str s, const char *types)
{
	struct str rest = s, type = { 0 };
	struct buf again = BUF(PUBLIC_LINE_MAX);
	struct public_key key;

	bool ok = public_key_from_line(s, &key, NULL) == 0 && public_key_line(&key, STR(""), &again) == 0 &&
	    str_eq(buf_view(&again), s) && str_next(&rest, ' ', &type);
	buf_release(&again);
	return ok && (!types || word_among(type, types));
}

static bool
is_line(struct str raw)
{
	size_t len = 0;

	for (size_t i = 0; i < raw.len; i++, len++) {
		if (raw.data[i] != '\\')
			continue;
		if (++i == raw.len || raw.data[i] == 'n' || raw.data[i] == 't')
			return false;
	}
	return len > 0 && len <= RECORD_LINE_MAX;
}

static bool
string_ok(const struct field *field, struct str raw)
{
	switch (field->kind) {
	case P_TEXT:
		return raw.len > 0;
	case P_LINE:
	case P_LINES:
		return is_line(raw);
	case P_WORD:
		return word_among(raw, field->words);
	case P_NAME:
	case P_NAMES:
		return is_name(raw);
	case P_HASH:
	case P_HASHES:
		return is_hex(raw, SHA256_LEN);
	case P_OID:
		return is_hex(raw, OID_LEN);
	case P_ROOM:
		return is_hex(raw, RECORD_ROOM_LEN);
	case P_PRINT:
		return fingerprint_ok(raw);
	case P_KEY:
	case P_KEYS:
		return is_key(raw, field->words);
	default:
		return true;
	}
}

static int
check_string(const struct field *field, struct text *text)
{
	struct str raw;

	return take_string(text, &raw) && string_ok(field, raw) ? 0 : wrong(field);
}

static int
unescape(struct str raw, struct buf *out)
{
	int r = buf_room(out, raw.len);

	for (size_t i = 0; i < raw.len && r == 0; i++) {
		char c = raw.data[i];
		if (c == '\\' && ++i < raw.len)
			c = raw.data[i] == 'n' ? '\n' : raw.data[i] == 't' ? '\t' : raw.data[i];
		r = buf_byte(out, (uint8_t)c);
	}
	return r;
}

/* ---- foreign bytes ---- */

/* Plain ASCII is its own shown form. */
static bool
is_plain(struct str raw)
{
	for (size_t i = 0; i < raw.len; i++)
		if (raw.data[i] < 0x20 || raw.data[i] > 0x7E || raw.data[i] == '\\')
			return false;
	return true;
}

/* The shown form must be what json_set_foreign makes of the bytes, and the truth is there only where they differ. */
static int
check_foreign(const struct field *field, struct str raw, const struct str *truth)
{
	if (!truth && is_plain(raw))
		return 0;
	struct buf bytes = BUF(RECORD_MAX), said = BUF(RECORD_MAX),
		   shown = BUF(4 * RECORD_MAX); /* a byte is shown as four at most */
	int r = unescape(raw, &said);
	if (r == 0)
		r = truth ? base64_read(&bytes, *truth) : buf_str(&bytes, buf_view(&said));
	if (r == 0)
		r = utf8_escape(&shown, buf_view(&bytes));
	if (r == 0) {
		bool plain = str_eq(buf_view(&shown), buf_view(&bytes));
		bool same = str_eq(buf_view(&shown), buf_view(&said));
		if (!same || plain != !truth)
			r = wrong(field);
	}
	buf_release(&bytes);
	buf_release(&said);
	buf_release(&shown);
	return r < 0 && r != ERR_MEMORY ? wrong(field) : r;
}

/* ---- objects ---- */

static const struct field attach_field = { "attach", P_OBJECTS, true, NULL, record_attach_fields };

/* What was seen of an object while it was gone through: a bit for each field of its table. */
struct seen {
	uint32_t members, truths;
	struct str raw[FIELDS_MAX], truth[FIELDS_MAX]; /* of foreign bytes, and of their truth */
};

static bool
is_truth_of(struct str key, const struct field *field)
{
	return field->kind == P_FOREIGN && str_starts(key, str_from(field->key)) &&
	    str_is((struct str){ key.data + strlen(field->key), key.len - strlen(field->key) }, "_b64");
}

static int
unknown_key(struct str key)
{
	return err_set(ERR_FORMAT, "payload: unknown key %.*s", (int)(key.len < 60 ? key.len : 60), key.data);
}

static int
check_member(const struct field *fields, struct str key, struct text *text, struct seen *seen)
{
	for (unsigned i = 0; fields[i].key; i++) {
		const struct field *field = &fields[i];
		assert(i < FIELDS_MAX);
		if (*key.data != *field->key)
			continue;
		if (str_is(key, field->key)) {
			seen->members |= UINT32_C(1) << i;
			if (field->kind != P_FOREIGN)
				return check_value(field, text);
			return take_string(text, &seen->raw[i]) ? 0 : wrong(field);
		}
		if (is_truth_of(key, field)) {
			seen->truths |= UINT32_C(1) << i;
			return take_string(text, &seen->truth[i]) ? 0 : wrong(field);
		}
	}
	return unknown_key(key);
}

/* That nothing is missing, and that foreign bytes are what they are shown as. */
static int
check_seen(const struct field *fields, const struct seen *seen)
{
	for (unsigned i = 0; fields[i].key; i++) {
		const struct field *field = &fields[i];
		bool has_truth = seen->truths >> i & 1;
		int r = 0;
		if (!(seen->members >> i & 1))
			r = field->optional && !has_truth ? 0
							  : err_set(ERR_FORMAT, "payload: no %s", field->key);
		else if (field->kind == P_FOREIGN)
			r = check_foreign(field, seen->raw[i], has_truth ? &seen->truth[i] : NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

/* *attached: the list of attachments as it stands in the text; NULL where there may be none. */
static int
check_object(const struct field *fields, struct text *text, struct str *attached)
{
	struct seen seen;
	struct str key;
	int r = 0;

	seen.members = seen.truths = 0;
	if (!takes(text, '{'))
		return err_set(ERR_FORMAT, "payload: not an object");
	for (bool first = true; r == 0 && !takes(text, '}'); first = false) {
		if ((!first && !takes(text, ',')) || !take_string(text, &key) || !takes(text, ':'))
			return not_canonical();
		const char *start = text->at;
		if (attached && str_is(key, attach_field.key)) {
			r = check_value(&attach_field, text);
			*attached = (struct str){ start, (size_t)(text->at - start) };
		} else
			r = check_member(fields, key, text, &seen);
	}
	return r < 0 ? r : check_seen(fields, &seen);
}

static int
check_list(const struct field *field, struct text *text)
{
	size_t count = 0;

	if (!takes(text, '['))
		return wrong(field);
	while (!takes(text, ']')) {
		if (++count > RECORD_LIST_MAX)
			return wrong(field);
		if (count > 1 && !takes(text, ','))
			return not_canonical();
		int r = field->kind == P_OBJECTS ? check_object(field->fields, text, NULL)
						 : check_string(field, text);
		if (r < 0)
			return err_in(r, "%s", field->key);
	}
	return count > 0 ? 0 : wrong(field);
}

static int
check_map(const struct field *field, struct text *text)
{
	static const struct field number = { "number", P_NUM };
	struct str key;

	if (!takes(text, '{'))
		return wrong(field);
	for (bool first = true; !takes(text, '}'); first = false) {
		if ((!first && !takes(text, ',')) || !take_string(text, &key) || !takes(text, ':'))
			return not_canonical();
		if (!is_name(key))
			return wrong(field);
		int r = field->kind == P_MAP ? check_object(field->fields, text, NULL)
					     : check_value(&number, text);
		if (r < 0)
			return err_in(r, "%s", field->key);
	}
	return 0;
}

static int
check_value(const struct field *field, struct text *text)
{
	struct str digits;

	switch (field->kind) {
	case P_NUM:
		return take_number(text, &digits) ? 0 : wrong(field);
	case P_BOOL:
		return take_word(text, STR("true")) || take_word(text, STR("false")) ? 0 : wrong(field);
	case P_HEAD:
	case P_OBJECT:
		return check_object(field->fields, text, NULL);
	case P_NAMES:
	case P_LINES:
	case P_HASHES:
	case P_KEYS:
	case P_OBJECTS:
		return check_list(field, text);
	case P_MAP:
	case P_NUMS:
		return check_map(field, text);
	default:
		return check_string(field, text);
	}
}

/* ---- attachments ---- */

/* The next item of a list that is as record_attach_fields has it: {"name":"a","sha256":"...","size":1}. */
static bool
next_attached(struct text *text, struct str *name, uint64_t *size)
{
	struct str hash, digits;

	return (takes(text, '[') || takes(text, ',')) && take_word(text, STR("{\"name\":")) &&
	    take_string(text, name) && take_word(text, STR(",\"sha256\":")) && take_string(text, &hash) &&
	    take_word(text, STR(",\"size\":")) && take_number(text, &digits) && takes(text, '}') &&
	    str_u64(digits, size);
}

static int
check_attachments(struct str list)
{
	struct text text = { list.data, list.data + list.len };
	struct str names[ATTACHMENTS + 1];
	size_t count = 0;
	uint64_t size;

	while (next_attached(&text, &names[count], &size)) {
		if (count == ATTACHMENTS)
			return err_set(ERR_FORMAT, "payload: more than %d attachments", ATTACHMENTS);
		if (size > ATTACHMENT_MAX)
			return err_set(ERR_FORMAT, "payload: attachment too large");
		for (size_t k = 0; k < count; k++)
			if (str_eq(names[k], names[count]))
				return err_set(ERR_FORMAT, "payload: two attachments of one name");
		count++;
	}
	return 0;
}

int
record_check_text(enum record_type type, struct str payload, bool *attaches)
{
	struct text text = { payload.data, payload.data + payload.len };
	struct str attached = { 0 };

	int r = check_object(record_schema(type), &text, &attached);
	if (r == 0 && text.at != text.end)
		r = not_canonical();
	if (r == 0)
		r = check_attachments(attached);
	if (attaches)
		*attaches = attached.len > 0;
	return r < 0 ? err_in(r, "record of type %s", record_type_word(type)) : 0;
}

int
record_check_payload(enum record_type type, const json_t *payload)
{
	struct buf text = BUF(RECORD_MAX);

	int r = json_write_canonical(&text, payload);
	if (r == ERR_MEMORY)
		r = err_set(ERR_USAGE, "a record may have %zu bytes at most", RECORD_MAX);
	if (r == 0)
		r = record_check_text(type, buf_view(&text), NULL);
	buf_release(&text);
	return r;
}

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
