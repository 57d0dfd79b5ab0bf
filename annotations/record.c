#include "annotations/record.h"

#include "base/canonical.h"
#include "base/fs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define MAGIC "carrel-record v1"
#define NUM_MAX ((uint64_t)1 << 53)
#define HEADER_MAX 512 /* bytes; one has 400 or so */

static const struct {
	const char *word;
	enum record_signer signer;
	bool quiet;
} types[RECORD_TYPE_COUNT] = {
#define X(id, word, signer, quiet) [RECORD_##id] = { word, SIGNED_BY_##signer, quiet },
	RECORD_TYPES(X)
#undef X
};

const char *
record_type_word(enum record_type type)
{
	return types[type].word;
}

bool
record_type_find(struct str word, enum record_type *type)
{
	for (unsigned i = 0; i < RECORD_TYPE_COUNT; i++) {
		if (!str_is(word, types[i].word))
			continue;
		*type = (enum record_type)i;
		return true;
	}
	return false;
}

enum record_signer
record_type_signer(enum record_type type)
{
	return types[type].signer;
}

bool
record_type_access(enum record_type type)
{
	return type >= RECORD_PAGE && type <= RECORD_DIFF;
}

bool
record_type_quiet(enum record_type type)
{
	return types[type].quiet;
}

/* ---- time, without the C library's: that one looks for time zone files ---- */

static unsigned
days_in(unsigned year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static void
time_words(uint64_t seconds, char out[static RECORD_TIME])
{
	uint64_t days = seconds / 86400, rest = seconds % 86400;
	unsigned year = 1970, month = 1;

	for (unsigned length; days >= (length = 337 + days_in(year, 2)) && year < 9999; year++)
		days -= length;
	for (unsigned length; month < 12 && days >= (length = days_in(year, month)); month++)
		days -= length;
	snprintf(out, RECORD_TIME, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000, month,
	    (unsigned)days % 31 + 1, (unsigned)(rest / 3600) % 24, (unsigned)(rest / 60 % 60),
	    (unsigned)(rest % 60));
}

static bool
time_ok(struct str s)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	unsigned n[6] = { 0 }, field = 0;

	if (s.len != sizeof shape - 1)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool digit = s.data[i] >= '0' && s.data[i] <= '9';
		if (shape[i] == 'd' ? !digit : s.data[i] != shape[i])
			return false;
		if (digit)
			n[field] = n[field] * 10 + (unsigned)(s.data[i] - '0');
		else
			field++;
	}
	return n[0] >= 1970 && n[1] >= 1 && n[1] <= 12 && n[2] >= 1 && n[2] <= days_in(n[0], n[1]) &&
	    n[3] < 24 && n[4] < 60 && n[5] < 60;
}

static bool
boot_ok(struct str s)
{
	if (s.len != RECORD_BOOT - 1)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

void
record_boot(char boot[static RECORD_BOOT])
{
	struct buf text = BUF(64);
	int fd;

	memcpy(boot, "00000000-0000-0000-0000-000000000000", RECORD_BOOT);
	if (fs_open(AT_FDCWD, "/proc/sys/kernel/random/boot_id", O_RDONLY, &fd) < 0)
		return;
	if (fs_read_fd(fd, &text) == 0 && text.len >= RECORD_BOOT - 1 &&
	    boot_ok((struct str){ (const char *)text.data, RECORD_BOOT - 1 }))
		memcpy(boot, text.data, RECORD_BOOT - 1);
	close(fd);
	buf_release(&text);
}

void
record_stamp(struct record *record, const char boot[static RECORD_BOOT])
{
	struct timespec wall, since;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_MONOTONIC, &since);
	time_words(wall.tv_sec > 0 ? (uint64_t)wall.tv_sec : 0, record->time);
	memcpy(record->boot, boot, RECORD_BOOT);
	record->boot_ns = (uint64_t)since.tv_sec * 1000000000 + (uint64_t)since.tv_nsec;
}

/* ---- the header ---- */

static int
check_header(const struct record *record)
{
	if (record->type >= RECORD_TYPE_COUNT)
		return err_set(ERR_FORMAT, "record: no such type");
	if (!time_ok(str_from(record->time)))
		return err_set(ERR_FORMAT, "record: bad time");
	if (!boot_ok(str_from(record->boot)) || record->boot_ns > NUM_MAX)
		return err_set(ERR_FORMAT, "record: bad boot");
	if (!fingerprint_ok(str_from(record->actor)))
		return err_set(ERR_FORMAT, "record: bad actor");
	if (record->session[0] && !fingerprint_ok(str_from(record->session)))
		return err_set(ERR_FORMAT, "record: bad session");
	if (!record->session[0] && types[record->type].signer == SIGNED_BY_SESSION)
		return err_set(ERR_FORMAT, "record: %s outside a session", types[record->type].word);
	if (!record->session[0] && record->type == RECORD_SESSION)
		return err_set(ERR_FORMAT, "record: a session without its key");
	if (record->tree_size > NUM_MAX || (record->tree_size == 0) != (record->type == RECORD_ROOM))
		return err_set(ERR_FORMAT, "record: bad tree");
	return 0;
}

static char *
put(char *at, struct str text)
{
	memcpy(at, text.data, text.len);
	return at + text.len;
}

static char *
put_hex(char *at, const uint8_t *bytes, size_t len)
{
	hex_from(bytes, len, at);
	return at + 2 * len;
}

/* Its length.  Without printf and memory: verify writes the header of every record anew. */
static size_t
write_header(const struct record *record, char out[static HEADER_MAX])
{
	char *at = out;

	at = put(at, STR(MAGIC "\nroom "));
	at = put_hex(at, record->room, sizeof record->room);
	at = put(at, STR("\ntype "));
	at = put(at, str_from(types[record->type].word));
	at = put(at, STR("\ntime "));
	at = put(at, str_from(record->time));
	at = put(at, STR("\nboot "));
	at = put(at, str_from(record->boot));
	at = put(at, STR(" "));
	at += str_from_u64(record->boot_ns, at);
	at = put(at, STR("\nactor "));
	at = put(at, str_from(record->actor));
	at = put(at, STR("\nsession "));
	at = put(at, str_from(record->session[0] ? record->session : "-"));
	at = put(at, STR("\naudience all\ntree "));
	at += str_from_u64(record->tree_size, at);
	at = put(at, STR(" "));
	at = put_hex(at, record->tree_root, sizeof record->tree_root);
	at = put(at, STR("\n\n"));
	return (size_t)(at - out);
}

int
record_build(const struct record *record, struct buf *out)
{
	struct buf bytes = BUF(RECORD_MAX);
	char header[HEADER_MAX];
	size_t len = 0;

	int r = check_header(record);
	if (r == 0) {
		len = write_header(record, header);
		r = buf_add(&bytes, header, len);
	}
	if (r == 0)
		r = json_write_canonical(&bytes, record->payload);
	if (r == ERR_MEMORY)
		r = err_set(ERR_USAGE, "a record may have %zu bytes at most", RECORD_MAX);
	struct str text = { (const char *)bytes.data + len, bytes.len - len };
	if (r == 0)
		r = record_check_text(record->type, text, NULL);
	if (r == 0)
		r = buf_str(out, buf_view(&bytes));
	buf_release(&bytes);
	return r;
}

/* The value of the next line, which must begin with `key` and a space. */
static struct str
header_value(struct str *rest, const char *key)
{
	struct str line, want = str_from(key);

	if (!str_next(rest, '\n', &line) || !str_starts(line, want) || line.len <= want.len ||
	    line.data[want.len] != ' ')
		return STR("");
	return (struct str){ line.data + want.len + 1, line.len - want.len - 1 };
}

static void
copy(char *out, size_t size, struct str value)
{
	if (value.len >= size || (value.len && memchr(value.data, 0, value.len)))
		value = STR("");
	memcpy(out, value.data, value.len);
	out[value.len] = 0;
}

/* Takes in what it can; what is off shows when the header is written anew and compared. */
static bool
read_header(struct str *rest, struct record *out)
{
	struct str line, piece = { 0 }, value;

	if (!str_next(rest, '\n', &line) || !str_is(line, MAGIC))
		return false;
	if (!hex_to(header_value(rest, "room"), out->room, sizeof out->room))
		return false;
	if (!record_type_find(header_value(rest, "type"), &out->type))
		return false;
	copy(out->time, sizeof out->time, header_value(rest, "time"));
	value = header_value(rest, "boot");
	if (!str_next(&value, ' ', &piece) || !str_u64(value, &out->boot_ns))
		return false;
	copy(out->boot, sizeof out->boot, piece);
	copy(out->actor, sizeof out->actor, header_value(rest, "actor"));
	value = header_value(rest, "session");
	copy(out->session, sizeof out->session, str_is(value, "-") ? STR("") : value);
	if (!str_is(header_value(rest, "audience"), "all"))
		return false;
	value = header_value(rest, "tree");
	if (!str_next(&value, ' ', &piece) || !str_u64(piece, &out->tree_size) ||
	    !hex_to(value, out->tree_root, sizeof out->tree_root))
		return false;
	return str_next(rest, '\n', &line) && line.len == 0 && rest->data;
}

int
record_scan(struct str bytes, struct record *out)
{
	struct record record = { 0 };
	char header[HEADER_MAX];
	struct str rest = bytes;

	if (bytes.len > RECORD_MAX)
		return err_set(ERR_FORMAT, "record: more than %zu bytes", RECORD_MAX);
	if (str_starts(bytes, STR("carrel-record v")) && !str_starts(bytes, STR(MAGIC "\n")))
		return err_set(ERR_REFUSED, "record: of a newer version of carrel");
	if (!read_header(&rest, &record))
		return err_set(ERR_FORMAT, "record: malformed header");
	int r = check_header(&record);
	if (r == 0 && !str_starts(bytes, (struct str){ header, write_header(&record, header) }))
		r = err_set(ERR_FORMAT, "record: malformed header");
	if (r == 0 && !canonical_ok(rest))
		r = err_set(ERR_FORMAT, "json: not in canonical form");
	if (r == 0)
		r = record_check_text(record.type, rest, &record.attaches);
	if (r < 0)
		return r;
	record.text = rest;
	*out = record;
	return 0;
}

int
record_load(struct record *record)
{
	return json_read(record->text, &record->payload);
}

int
record_parse(struct str bytes, struct record *out)
{
	struct record record;

	int r = record_scan(bytes, &record);
	if (r == 0)
		r = record_load(&record);
	if (r == 0)
		*out = record;
	return r;
}

void
record_release(struct record *record)
{
	json_decref(record->payload);
	record->payload = NULL;
}

void
record_hash(struct str bytes, uint8_t out[static SHA256_LEN])
{
	sha256(bytes.data, bytes.len, out);
}

/* ---- leaves ---- */

static int
put_part(struct buf *out, struct str part)
{
	uint8_t length[4] = { (uint8_t)(part.len >> 24), (uint8_t)(part.len >> 16), (uint8_t)(part.len >> 8),
		(uint8_t)part.len };

	int r = buf_add(out, length, sizeof length);
	return r < 0 ? r : buf_str(out, part);
}

int
leaf_build(struct str record, struct str signature, struct buf *out)
{
	if (record.len > RECORD_MAX || signature.len > SSHSIG_MAX)
		return err_set(ERR_FORMAT, "leaf: too large");
	int r = put_part(out, record);
	return r < 0 ? r : put_part(out, signature);
}

static bool
take_part(struct str *rest, size_t max, struct str *part)
{
	const uint8_t *at = (const uint8_t *)rest->data;

	if (rest->len < 4)
		return false;
	size_t len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
	if (len > max || len > rest->len - 4)
		return false;
	*part = (struct str){ rest->data + 4, len };
	*rest = (struct str){ rest->data + 4 + len, rest->len - 4 - len };
	return true;
}

int
leaf_parse(struct str leaf, struct str *record, struct str *signature)
{
	if (!take_part(&leaf, RECORD_MAX, record) || !take_part(&leaf, SSHSIG_MAX, signature) || leaf.len)
		return err_set(ERR_FORMAT, "leaf: malformed");
	return 0;
}
