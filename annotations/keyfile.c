#include "annotations/keyfile.h"

#include "annotations/keyfile_private.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>

#define MAGIC "carrel-key v1"
#define OPENSSH "-----BEGIN OPENSSH PRIVATE KEY-----"
#define ROUNDS crypto_pwhash_OPSLIMIT_MODERATE
#define MEMORY crypto_pwhash_MEMLIMIT_MODERATE
#define ROUNDS_MAX 16
#define MEMORY_MIN ((uint64_t)8 << 20)
#define MEMORY_MAX ((uint64_t)1 << 30)
#define BOXED_LEN (SEED_LEN + crypto_secretbox_MACBYTES)
#define COMMENT_MAX 200

static_assert(
    SALT_LEN == crypto_pwhash_SALTBYTES && DERIVED_LEN == crypto_secretbox_KEYBYTES, "libsodium's sizes");
static_assert(SEED_LEN == crypto_box_SECRETKEYBYTES, "a box key's secret has a seed's size");

/* Everything in a file. */
struct parts {
	struct keyfile shown;
	uint64_t rounds, memory;
	uint8_t salt[SALT_LEN], nonce[crypto_secretbox_NONCEBYTES];
	uint8_t secret[BOXED_LEN]; /* the seed alone where it is not sealed */
};

/* ---- writing ---- */

static int
write_public(const struct parts *parts, struct buf *out)
{
	char hex[HEX_LEN(32)];

	if (parts->shown.kind == KEYFILE_SIGN)
		return public_key_line(&parts->shown.key, STR(""), out);
	hex_from(parts->shown.box, sizeof parts->shown.box, hex);
	return buf_text(out, hex);
}

static int
write_file(const struct parts *parts, struct buf *out)
{
	char salt[HEX_LEN(SALT_LEN)], nonce[HEX_LEN(crypto_secretbox_NONCEBYTES)], secret[HEX_LEN(BOXED_LEN)];
	const struct keyfile *shown = &parts->shown;

	hex_from(parts->salt, sizeof parts->salt, salt);
	hex_from(parts->nonce, sizeof parts->nonce, nonce);
	hex_from(parts->secret, shown->sealed ? BOXED_LEN : SEED_LEN, secret);
	int r = buf_printf(out, MAGIC "\nkind %s\npublic ", shown->kind == KEYFILE_SIGN ? "sign" : "box");
	if (r == 0)
		r = write_public(parts, out);
	if (r == 0)
		r = buf_printf(out, "\ncomment %.*s\n", STR_ARG(shown->comment));
	if (r == 0 && shown->sealed)
		r = buf_printf(out, "argon2id %" PRIu64 " %" PRIu64 " %s\nsecretbox %s %s\n", parts->rounds,
		    parts->memory, salt, nonce, secret);
	if (r == 0 && !shown->sealed)
		r = buf_printf(out, "bare %s\n", secret);
	sodium_memzero(secret, sizeof secret);
	return r;
}

/* ---- reading ---- */

static bool
line_value(struct str *rest, const char *key, struct str *value)
{
	struct str line, want = str_from(key);

	if (!str_next(rest, '\n', &line) || !str_starts(line, want) || line.len <= want.len ||
	    line.data[want.len] != ' ')
		return false;
	*value = (struct str){ line.data + want.len + 1, line.len - want.len - 1 };
	return true;
}

static bool
read_public(struct str value, struct keyfile *out)
{
	if (out->kind == KEYFILE_BOX)
		return hex_to(value, out->box, sizeof out->box);
	return public_key_from_line(value, &out->key, NULL) == 0 && out->key.type == KEY_ED25519;
}

static bool
read_secret(struct str rest, struct parts *out)
{
	struct str value, rounds, memory, salt, nonce;
	struct str bare = rest;

	if (line_value(&bare, "bare", &value))
		return bare.len == 0 && bare.data && hex_to(value, out->secret, SEED_LEN);
	out->shown.sealed = true;
	if (!line_value(&rest, "argon2id", &value) || !str_next(&value, ' ', &rounds) ||
	    !str_next(&value, ' ', &memory) || !str_next(&value, ' ', &salt) ||
	    !line_value(&rest, "secretbox", &value) || !str_next(&value, ' ', &nonce))
		return false;
	return str_u64(rounds, &out->rounds) && str_u64(memory, &out->memory) &&
	    hex_to(salt, out->salt, sizeof out->salt) && hex_to(nonce, out->nonce, sizeof out->nonce) &&
	    value.data && hex_to(value, out->secret, sizeof out->secret) && rest.data && rest.len == 0 &&
	    out->rounds >= 1 && out->rounds <= ROUNDS_MAX && out->memory >= MEMORY_MIN &&
	    out->memory <= MEMORY_MAX;
}

static bool
read_parts(struct str file, struct parts *out)
{
	struct str rest = file, line, value;

	if (!str_next(&rest, '\n', &line) || !str_is(line, MAGIC) || !line_value(&rest, "kind", &value))
		return false;
	if (!str_is(value, "sign") && !str_is(value, "box"))
		return false;
	out->shown.kind = str_is(value, "sign") ? KEYFILE_SIGN : KEYFILE_BOX;
	if (!line_value(&rest, "public", &value) || !read_public(value, &out->shown))
		return false;
	if (!line_value(&rest, "comment", &out->shown.comment))
		return false;
	return read_secret(rest, out);
}

/* Parses, and takes only what would be written so. */
static int
parse(struct str file, struct parts *out)
{
	struct buf again = BUF(KEYFILE_MAX);

	*out = (struct parts){ 0 };
	if (str_starts(file, STR(OPENSSH)))
		return err_set(ERR_REFUSED,
		    "this is an OpenSSH private key: put it in ssh-agent (ssh-add FILE) and leave --key out");
	if (str_starts(file, STR("ssh-")) || str_starts(file, STR("sk-ssh-")))
		return err_set(ERR_REFUSED, "this is a public key; the key file is the one without .pub");
	if (str_starts(file, STR("carrel-key v")) && !str_starts(file, STR(MAGIC "\n")))
		return err_set(ERR_REFUSED, "the key file is of a newer version of carrel");
	bool ok = file.len <= KEYFILE_MAX && read_parts(file, out) && write_file(out, &again) == 0 &&
	    str_eq(buf_view(&again), file);
	buf_wipe(&again);
	if (!ok) {
		sodium_memzero(out, sizeof *out);
		return err_set(ERR_FORMAT, "not a key file");
	}
	return 0;
}

int
keyfile_read(struct str file, struct keyfile *out)
{
	struct parts parts;

	int r = parse(file, &parts);
	if (r == 0)
		*out = parts.shown;
	sodium_memzero(&parts, sizeof parts);
	return r;
}

/* ---- sealing and unsealing ---- */

static int
derive(struct unsealer *unsealer, const struct parts *parts, struct str passphrase,
    uint8_t key[static DERIVED_LEN])
{
	struct derivation *request = sodium_malloc(sizeof *request);

	if (!request)
		return err_set(ERR_MEMORY, "no locked memory for a passphrase");
	memset(request, 0, sizeof *request);
	request->rounds = parts->rounds;
	request->memory = parts->memory;
	memcpy(request->salt, parts->salt, sizeof request->salt);
	int r = passphrase.len <= PASSPHRASE_MAX
	    ? 0
	    : err_set(ERR_USAGE, "a passphrase may have %d bytes at most", PASSPHRASE_MAX);
	if (r == 0) {
		request->len = (uint32_t)passphrase.len;
		memcpy(request->passphrase, passphrase.data, passphrase.len);
		r = unsealer_derive(unsealer, request, key);
	}
	sodium_free(request);
	return r;
}

static int
unseal(struct unsealer *unsealer, const struct parts *parts, struct str passphrase,
    uint8_t seed[static SEED_LEN])
{
	uint8_t *key = sodium_malloc(DERIVED_LEN);

	if (!key)
		return err_set(ERR_MEMORY, "no locked memory for a key");
	int r = passphrase.len ? derive(unsealer, parts, passphrase, key)
			       : err_set(ERR_REFUSED, "the key file has a passphrase");
	if (r == 0 && crypto_secretbox_open_easy(seed, parts->secret, BOXED_LEN, parts->nonce, key) != 0)
		r = err_set(ERR_REFUSED, "wrong passphrase");
	sodium_free(key);
	return r;
}

/* The secret's bytes, in sodium_malloc memory; sodium_free them. */
static int
open_seed(struct unsealer *unsealer, const struct parts *parts, struct str passphrase, uint8_t **out)
{
	uint8_t *seed = sodium_malloc(SEED_LEN);
	int r = 0;

	if (!seed)
		return err_set(ERR_MEMORY, "no locked memory for a key");
	if (parts->shown.sealed)
		r = unseal(unsealer, parts, passphrase, seed);
	else
		memcpy(seed, parts->secret, SEED_LEN);
	if (r < 0)
		sodium_free(seed);
	else
		*out = seed;
	return r;
}

static int
other_half(void)
{
	return err_set(ERR_FORMAT, "the key file's public half is not that of its secret");
}

static int
open_sign(struct unsealer *unsealer, const struct parts *parts, struct str passphrase, struct secret **out)
{
	struct secret *secret = NULL;
	uint8_t *seed;

	if (parts->shown.kind != KEYFILE_SIGN)
		return err_set(ERR_REFUSED, "this is a box key, not one that signs");
	int r = open_seed(unsealer, parts, passphrase, &seed);
	if (r < 0)
		return r;
	r = secret_from_seed(seed, &secret);
	sodium_free(seed);
	if (r == 0 && !public_key_eq(secret_public(secret), &parts->shown.key)) {
		secret_free(secret);
		r = other_half();
	}
	if (r == 0)
		*out = secret;
	return r;
}

static int
open_box(struct unsealer *unsealer, const struct parts *parts, struct str passphrase, uint8_t **out)
{
	uint8_t public[crypto_box_PUBLICKEYBYTES];
	uint8_t *secret;

	if (parts->shown.kind != KEYFILE_BOX)
		return err_set(ERR_REFUSED, "this key signs, and is no box key");
	int r = open_seed(unsealer, parts, passphrase, &secret);
	if (r < 0)
		return r;
	if (crypto_scalarmult_base(public, secret) != 0 ||
	    memcmp(public, parts->shown.box, sizeof public) != 0) {
		sodium_free(secret);
		return other_half();
	}
	*out = secret;
	return 0;
}

int
keyfile_open(struct unsealer *unsealer, struct str file, struct str passphrase, struct secret **out)
{
	struct parts parts;

	if (sodium_init() < 0)
		return err_set(ERR_SYSTEM, "libsodium does not start");
	int r = parse(file, &parts);
	if (r == 0)
		r = open_sign(unsealer, &parts, passphrase, out);
	sodium_memzero(&parts, sizeof parts);
	return r;
}

int
keyfile_open_box(struct unsealer *unsealer, struct str file, struct str passphrase, uint8_t **out)
{
	struct parts parts;

	if (sodium_init() < 0)
		return err_set(ERR_SYSTEM, "libsodium does not start");
	int r = parse(file, &parts);
	if (r == 0)
		r = open_box(unsealer, &parts, passphrase, out);
	sodium_memzero(&parts, sizeof parts);
	return r;
}

int
keyfile_open_bare(struct str file, struct secret **out)
{
	struct unsealer none = UNSEALER_NONE;

	return keyfile_open(&none, file, STR(""), out);
}

/* Puts the seed into parts, sealed where there is a passphrase, and writes the file. */
static int
seal_parts(struct unsealer *unsealer, struct parts *parts, const uint8_t seed[static SEED_LEN],
    struct str passphrase, struct buf *out)
{
	parts->shown.sealed = passphrase.len > 0;
	if (!parts->shown.sealed) {
		memcpy(parts->secret, seed, SEED_LEN);
		return write_file(parts, out);
	}
	uint8_t *key = sodium_malloc(DERIVED_LEN);
	if (!key)
		return err_set(ERR_MEMORY, "no locked memory for a key");
	parts->rounds = ROUNDS;
	parts->memory = MEMORY;
	randombytes_buf(parts->salt, sizeof parts->salt);
	randombytes_buf(parts->nonce, sizeof parts->nonce);
	int r = derive(unsealer, parts, passphrase, key);
	if (r == 0) {
		crypto_secretbox_easy(parts->secret, seed, SEED_LEN, parts->nonce, key);
		r = write_file(parts, out);
	}
	sodium_free(key);
	return r;
}

static int
check_comment(struct str comment)
{
	if (comment.len > COMMENT_MAX || !utf8_ok(comment))
		return err_set(ERR_USAGE, "a key's comment is UTF-8 of %d bytes at most", COMMENT_MAX);
	for (size_t i = 0; i < comment.len; i++) {
		if ((unsigned char)comment.data[i] < 0x20 || comment.data[i] == 0x7F)
			return err_set(ERR_USAGE, "a control character in a key's comment");
	}
	return 0;
}

static int
seal_secret(struct unsealer *unsealer, const struct secret *secret, struct str comment, struct str passphrase,
    struct buf *out)
{
	struct parts parts = {
		.shown = { .kind = KEYFILE_SIGN, .key = *secret_public(secret), .comment = comment }
	};
	uint8_t *seed = sodium_malloc(SEED_LEN);

	if (!seed)
		return err_set(ERR_MEMORY, "no locked memory for a key");
	secret_seed(secret, seed);
	int r = check_comment(comment);
	if (r == 0)
		r = seal_parts(unsealer, &parts, seed, passphrase, out);
	sodium_free(seed);
	sodium_memzero(&parts, sizeof parts);
	return r;
}

static int
make_box(struct unsealer *unsealer, struct str comment, struct str passphrase, struct buf *out)
{
	struct parts parts = { .shown = { .kind = KEYFILE_BOX, .comment = comment } };
	uint8_t *seed = sodium_malloc(SEED_LEN);

	if (!seed)
		return err_set(ERR_MEMORY, "no locked memory for a key");
	crypto_box_keypair(parts.shown.box, seed);
	int r = seal_parts(unsealer, &parts, seed, passphrase, out);
	sodium_free(seed);
	sodium_memzero(&parts, sizeof parts);
	return r;
}

int
keyfile_bare(const struct secret *secret, struct str comment, struct buf *out)
{
	struct unsealer none = UNSEALER_NONE;

	return seal_secret(&none, secret, comment, STR(""), out);
}

int
keyfile_generate(
    struct unsealer *unsealer, struct str comment, struct str passphrase, bool box, struct keyfile_set *out)
{
	struct keyfile_set set = { BUF(KEYFILE_MAX), BUF(PUBLIC_LINE_MAX), BUF(KEYFILE_MAX), "" };
	struct secret *secret = NULL;

	int r = secret_new(&secret);
	if (r == 0)
		r = seal_secret(unsealer, secret, comment, passphrase, &set.file);
	if (r == 0)
		r = public_key_line(secret_public(secret), comment, &set.pub);
	if (r == 0)
		r = buf_byte(&set.pub, '\n');
	if (r == 0 && box)
		r = make_box(unsealer, comment, passphrase, &set.box);
	if (r == 0)
		public_key_fingerprint(secret_public(secret), set.fingerprint);
	secret_free(secret);
	if (r < 0) {
		keyfile_set_release(&set);
		return r;
	}
	*out = set;
	return 0;
}

void
keyfile_set_release(struct keyfile_set *set)
{
	buf_wipe(&set->file);
	buf_release(&set->pub);
	buf_wipe(&set->box);
}
