#include "annotations/checkpoint.h"

#include "base/base32.h"
#include "base/json.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#define ORIGIN "carrel/"
#define DASH "\xE2\x80\x94 " /* U+2014 and a space begin a signature line */
#define ALGORITHM 0x01       /* Ed25519, of signed notes */
#define SIZE_MAX_TEXT ((uint64_t)1 << 53)
#define ROOT_TEXT 45 /* base64 of a hash with its NUL */
#define INCLUSION "c2sp.org/tlog-proof@v1\nindex "
#define CONSISTENCY "old "

static void
origin_of(const uint8_t room[static RECORD_ROOM_LEN], char out[static sizeof ORIGIN + 2 * RECORD_ROOM_LEN])
{
	memcpy(out, ORIGIN, sizeof ORIGIN);
	hex_from(room, RECORD_ROOM_LEN, out + sizeof ORIGIN - 1);
}

/* The three lines that are signed. */
static int
body_of(const uint8_t room[static RECORD_ROOM_LEN], const struct head *head, struct buf *out)
{
	char origin[sizeof ORIGIN + 2 * RECORD_ROOM_LEN];

	origin_of(room, origin);
	int r = buf_printf(out, "%s\n%" PRIu64 "\n", origin, head->size);
	if (r == 0)
		r = base64_write(out, (struct str){ (const char *)head->root, sizeof head->root });
	return r == 0 ? buf_byte(out, '\n') : r;
}

static void
key_hash(const uint8_t room[static RECORD_ROOM_LEN], const struct public_key *key, uint8_t out[static 4])
{
	char origin[sizeof ORIGIN + 2 * RECORD_ROOM_LEN];
	uint8_t digest[SHA256_LEN];
	struct sha256 hash;

	origin_of(room, origin);
	sha256_init(&hash);
	sha256_add(&hash, origin, strlen(origin));
	sha256_add(&hash, "\n", 1);
	sha256_add(&hash, (uint8_t[]){ ALGORITHM }, 1);
	sha256_add(&hash, key->key, sizeof key->key);
	sha256_end(&hash, digest);
	memcpy(out, digest, 4);
}

/* The whole note of what *checkpoint says. */
static int
note_of(const struct checkpoint *checkpoint, struct buf *out)
{
	char origin[sizeof ORIGIN + 2 * RECORD_ROOM_LEN];
	uint8_t blob[sizeof checkpoint->key_hash + sizeof checkpoint->signature];

	origin_of(checkpoint->room, origin);
	memcpy(blob, checkpoint->key_hash, sizeof checkpoint->key_hash);
	memcpy(blob + sizeof checkpoint->key_hash, checkpoint->signature, sizeof checkpoint->signature);
	int r = body_of(checkpoint->room, &checkpoint->head, out);
	if (r == 0)
		r = buf_printf(out, "\n" DASH "%s ", origin);
	if (r == 0)
		r = base64_write(out, (struct str){ (const char *)blob, sizeof blob });
	return r == 0 ? buf_byte(out, '\n') : r;
}

int
checkpoint_make(const struct secret *room_key, const uint8_t room[static RECORD_ROOM_LEN],
    const struct head *head, struct buf *out)
{
	struct checkpoint checkpoint = { .head = *head };
	struct buf body = BUF(CHECKPOINT_MAX);

	memcpy(checkpoint.room, room, sizeof checkpoint.room);
	key_hash(room, secret_public(room_key), checkpoint.key_hash);
	int r = body_of(room, head, &body);
	if (r == 0) {
		secret_sign(room_key, buf_view(&body), checkpoint.signature);
		r = note_of(&checkpoint, out);
	}
	buf_release(&body);
	return r;
}

/* Fills `out` with exactly `len` bytes. */
static bool
read_base64(struct str text, uint8_t *out, size_t len)
{
	struct buf bytes = BUF(CHECKPOINT_MAX);

	bool ok = text.len < CHECKPOINT_MAX && base64_read(&bytes, text) == 0 && bytes.len == len;
	if (ok)
		memcpy(out, bytes.data, len);
	buf_release(&bytes);
	return ok;
}

int
checkpoint_read(struct str note, struct checkpoint *out)
{
	struct checkpoint checkpoint = { 0 };
	struct str rest = note, lines[5] = { 0 }, word = { 0 }, last;
	uint8_t blob[sizeof checkpoint.key_hash + sizeof checkpoint.signature];
	struct buf again = BUF(CHECKPOINT_MAX);
	bool ok = note.len <= CHECKPOINT_MAX;

	for (size_t i = 0; i < 5 && ok; i++)
		ok = str_next(&rest, '\n', &lines[i]);
	ok = ok && str_starts(lines[0], STR(ORIGIN)) &&
	    hex_to((struct str){ lines[0].data + sizeof ORIGIN - 1, lines[0].len - (sizeof ORIGIN - 1) },
		checkpoint.room, sizeof checkpoint.room);
	ok = ok && str_u64(lines[1], &checkpoint.head.size) && checkpoint.head.size <= SIZE_MAX_TEXT &&
	    read_base64(lines[2], checkpoint.head.root, sizeof checkpoint.head.root);
	last = lines[4];
	ok = ok && str_next(&last, ' ', &word) && str_next(&last, ' ', &word) && last.data &&
	    read_base64(last, blob, sizeof blob);
	if (ok) {
		memcpy(checkpoint.key_hash, blob, sizeof checkpoint.key_hash);
		memcpy(checkpoint.signature, blob + sizeof checkpoint.key_hash, sizeof checkpoint.signature);
		/* whatever else could be written differently: one checkpoint has one text */
		ok = note_of(&checkpoint, &again) == 0 && str_eq(buf_view(&again), note);
	}
	buf_release(&again);
	if (!ok)
		return err_set(ERR_FORMAT, "not a checkpoint of a carrel room");
	*out = checkpoint;
	return 0;
}

int
checkpoint_check(const struct checkpoint *checkpoint, const struct public_key *room_key)
{
	struct buf body = BUF(CHECKPOINT_MAX);
	uint8_t hash[4];

	key_hash(checkpoint->room, room_key, hash);
	int r = body_of(checkpoint->room, &checkpoint->head, &body);
	if (r == 0 &&
	    (memcmp(hash, checkpoint->key_hash, sizeof hash) != 0 ||
		!public_key_signed(room_key, buf_view(&body), checkpoint->signature)))
		r = err_set(ERR_ABSENT, "the checkpoint is not signed by the room's key");
	buf_release(&body);
	return r;
}

/* ---- slips ---- */

void
slip_write(const struct head *head, char out[static SLIP_MAX])
{
	int len = snprintf(out, SLIP_MAX, "%" PRIu64 ".", head->size);

	base32_from(head->root, sizeof head->root, out + len);
	for (char *c = out + len; *c; c++)
		*c = (char)toupper((unsigned char)*c);
}

int
slip_read(struct str text, struct head *out)
{
	char plain[SLIP_MAX];
	size_t len = 0;
	bool upper = false, lower = false;
	struct head head;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (c == ' ' || c == '\n')
			continue;
		if (len == sizeof plain)
			break;
		upper |= c >= 'A' && c <= 'Z';
		lower |= c >= 'a' && c <= 'z';
		plain[len++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	struct str rest = { plain, len }, size;
	if (len == sizeof plain || (upper && lower) || !str_next(&rest, '.', &size) ||
	    !str_u64(size, &head.size) || head.size > SIZE_MAX_TEXT || !rest.data ||
	    !base32_to(rest, head.root, sizeof head.root))
		return err_set(
		    ERR_USAGE, "not a slip: a number, a full stop and 52 letters and digits 2 to 7");
	*out = head;
	return 0;
}

/* ---- proofs as text ---- */

static int
put_hashes(const struct proof *proof, struct str note, struct buf *out)
{
	int r = 0;

	for (size_t i = 0; i < proof->count && r == 0; i++) {
		r = base64_write(out, (struct str){ (const char *)proof->hash[i], SHA256_LEN });
		if (r == 0)
			r = buf_byte(out, '\n');
	}
	if (r == 0)
		r = buf_byte(out, '\n');
	return r == 0 ? buf_str(out, note) : r;
}

int
proof_inclusion_text(const struct proof *proof, uint64_t index, struct str note, struct buf *out)
{
	int r = buf_printf(out, INCLUSION "%" PRIu64 "\n", index);

	return r == 0 ? put_hashes(proof, note, out) : r;
}

int
proof_consistency_text(const struct proof *proof, uint64_t from, struct str note, struct buf *out)
{
	int r = buf_printf(out, CONSISTENCY "%" PRIu64 "\n", from);

	return r == 0 ? put_hashes(proof, note, out) : r;
}

int
proof_text_read(struct str text, bool *inclusion, uint64_t *number, struct proof *proof, struct str *note)
{
	struct proof found = { 0 };
	struct str rest = text, line = { 0 };
	bool in = str_starts(text, STR(INCLUSION)), ok = in || str_starts(text, STR(CONSISTENCY));

	if (ok) {
		size_t skip = in ? sizeof INCLUSION - 1 : sizeof CONSISTENCY - 1;
		rest = (struct str){ text.data + skip, text.len - skip };
		ok = str_next(&rest, '\n', &line) && str_u64(line, number);
	}
	while (ok && (ok = str_next(&rest, '\n', &line)) && line.len > 0) {
		ok = line.len == ROOT_TEXT - 1 && found.count < PROOF_MAX &&
		    read_base64(line, found.hash[found.count++], SHA256_LEN);
	}
	if (!ok || !rest.data)
		return err_set(ERR_FORMAT, "not a proof");
	*inclusion = in;
	*proof = found;
	*note = rest;
	return 0;
}
