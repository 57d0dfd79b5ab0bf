#include "annotations/sign.h"

#include "annotations/wire_ssh.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/mem.h"

#include <sodium.h>

#define WORD_ED25519 "ssh-ed25519"
#define WORD_SK "sk-ssh-ed25519@openssh.com"
#define MAGIC "SSHSIG"
#define VERSION 1
#define HASH "sha512"
#define TOUCHED 0x01 /* "user present" of a FIDO signature's flags */
#define ARMOUR_BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define ARMOUR_END "-----END SSH SIGNATURE-----\n"
#define ARMOUR_LINE 70

struct secret {
	uint8_t key[crypto_sign_SECRETKEYBYTES]; /* seed, public half */
	struct public_key public;
};

static const char *
type_word(enum key_type type)
{
	return type == KEY_ED25519 ? WORD_ED25519 : WORD_SK;
}

/* The algorithm's word is foreign text: it is named only if it is plain. */
static int
type_find(struct str word, enum key_type *type)
{
	if (str_is(word, WORD_ED25519))
		*type = KEY_ED25519;
	else if (str_is(word, WORD_SK))
		*type = KEY_SK_ED25519;
	else if (str_starts(word, STR("ssh-")) || str_starts(word, STR("ecdsa-")) ||
	    str_starts(word, STR("sk-")) || str_starts(word, STR("rsa-")))
		return err_set(ERR_REFUSED, "unsupported key type %.*s: only ed25519 keys are taken",
		    (int)(word.len < 40 ? word.len : 40), word.data);
	else
		return err_set(ERR_FORMAT, "not a public key");
	return 0;
}

/* ---- public keys ---- */

bool
public_key_eq(const struct public_key *a, const struct public_key *b)
{
	return a->type == b->type && memcmp(a->key, b->key, sizeof a->key) == 0 &&
	    (a->type != KEY_SK_ED25519 || strcmp(a->application, b->application) == 0);
}

int
public_key_blob(const struct public_key *key, struct buf *out)
{
	int r = ssh_put_string(out, str_from(type_word(key->type)));

	if (r == 0)
		r = ssh_put_string(out, (struct str){ (const char *)key->key, sizeof key->key });
	if (r == 0 && key->type == KEY_SK_ED25519)
		r = ssh_put_string(out, str_from(key->application));
	return r;
}

int
public_key_from_blob(struct str blob, struct public_key *out)
{
	struct ssh_reader in = { .rest = blob };
	struct public_key key = { 0 };

	struct str word = ssh_string(&in);
	int r = in.bad ? err_set(ERR_FORMAT, "not a public key") : type_find(word, &key.type);
	if (r < 0)
		return r;
	struct str bytes = ssh_string(&in);
	if (bytes.len != sizeof key.key)
		return err_set(ERR_FORMAT, "a public key of %zu bytes", bytes.len);
	memcpy(key.key, bytes.data, sizeof key.key);
	if (key.type == KEY_SK_ED25519) {
		struct str application = ssh_string(&in);
		if (application.len == 0 || application.len >= sizeof key.application ||
		    memchr(application.data, 0, application.len))
			return err_set(ERR_FORMAT, "a public key with a bad application");
		memcpy(key.application, application.data, application.len);
	}
	if (!ssh_end(&in))
		return err_set(ERR_FORMAT, "a public key with trailing bytes");
	*out = key;
	return 0;
}

int
public_key_line(const struct public_key *key, struct str comment, struct buf *out)
{
	struct buf blob = BUF(SSHSIG_MAX);

	int r = public_key_blob(key, &blob);
	if (r == 0)
		r = buf_printf(out, "%s ", type_word(key->type));
	if (r == 0)
		r = base64_write(out, buf_view(&blob));
	if (r == 0 && comment.len)
		r = buf_printf(out, " %.*s", STR_ARG(comment));
	buf_release(&blob);
	return r;
}

int
public_key_from_line(struct str line, struct public_key *out, struct str *comment)
{
	struct buf blob = BUF(SSHSIG_MAX);
	struct public_key key;
	enum key_type type = KEY_ED25519;
	struct str word = { 0 }, base64 = { 0 };

	if (str_ends(line, STR("\n")))
		line.len--;
	if (line.len > PUBLIC_LINE_MAX || (line.len && memchr(line.data, '\n', line.len)))
		return err_set(ERR_FORMAT, "not one public key line");
	struct str rest = line;
	if (!str_next(&rest, ' ', &word) || !str_next(&rest, ' ', &base64))
		return err_set(ERR_FORMAT, "not an OpenSSH public key line");
	int r = type_find(word, &type);
	if (r == 0)
		r = base64_read(&blob, base64);
	if (r == 0)
		r = public_key_from_blob(buf_view(&blob), &key);
	if (r == 0 && key.type != type)
		r = err_set(ERR_FORMAT, "a public key line whose words contradict its key");
	buf_release(&blob);
	if (r < 0)
		return r;
	*out = key;
	if (comment)
		*comment = rest.data ? rest : STR("");
	return 0;
}

void
public_key_fingerprint(const struct public_key *key, char out[static FINGERPRINT_LEN])
{
	uint8_t digest[SHA256_LEN];
	uint8_t bytes[4 + sizeof WORD_SK + 4 + PUBLIC_KEY_LEN + 4 + APPLICATION_MAX];
	size_t len = 0;
	struct str parts[3] = { str_from(type_word(key->type)), { (const char *)key->key, sizeof key->key },
		str_from(key->application) };

	for (size_t i = 0; i < (key->type == KEY_SK_ED25519 ? 3 : 2); i++) {
		uint8_t head[4] = { 0, 0, (uint8_t)(parts[i].len >> 8), (uint8_t)parts[i].len };
		memcpy(bytes + len, head, 4);
		memcpy(bytes + len + 4, parts[i].data, parts[i].len);
		len += 4 + parts[i].len;
	}
	sha256(bytes, len, digest);
	memcpy(out, "SHA256:", 7);
	sodium_bin2base64(
	    out + 7, FINGERPRINT_LEN - 7, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

bool
fingerprint_ok(struct str text)
{
	static const char tail[] = "AEIMQUYcgkosw048"; /* 43 characters hold 258 bits: the last two are 0 */

	if (text.len != FINGERPRINT_LEN - 1 || !str_starts(text, STR("SHA256:")))
		return false;
	for (size_t i = 7; i < text.len; i++) {
		char c = text.data[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			c == '+' || c == '/'))
			return false;
	}
	return memchr(tail, text.data[text.len - 1], sizeof tail - 1) != NULL;
}

/* ---- secrets ---- */

int
secret_from_seed(const uint8_t seed[static SEED_LEN], struct secret **out)
{
	if (sodium_init() < 0)
		return err_set(ERR_SYSTEM, "libsodium does not start");
	struct secret *secret = sodium_malloc(sizeof *secret);
	if (!secret)
		return err_set(ERR_MEMORY, "no locked memory for a key");
	memset(secret, 0, sizeof *secret);
	crypto_sign_seed_keypair(secret->public.key, secret->key, seed);
	secret->public.type = KEY_ED25519;
	sodium_mprotect_readonly(secret);
	*out = secret;
	return 0;
}

int
secret_new(struct secret **out)
{
	uint8_t seed[SEED_LEN];

	if (sodium_init() < 0)
		return err_set(ERR_SYSTEM, "libsodium does not start");
	randombytes_buf(seed, sizeof seed);
	int r = secret_from_seed(seed, out);
	sodium_memzero(seed, sizeof seed);
	return r;
}

void
secret_seed(const struct secret *secret, uint8_t out[static SEED_LEN])
{
	memcpy(out, secret->key, SEED_LEN);
}

void
secret_free(struct secret *secret)
{
	sodium_free(secret);
}

const struct public_key *
secret_public(const struct secret *secret)
{
	return &secret->public;
}

void
secret_sign(const struct secret *secret, struct str message, uint8_t out[static SIGNATURE_LEN])
{
	crypto_sign_detached(out, NULL, (const uint8_t *)message.data, message.len, secret->key);
}

bool
public_key_signed(
    const struct public_key *key, struct str message, const uint8_t signature[static SIGNATURE_LEN])
{
	return key->type == KEY_ED25519 &&
	    crypto_sign_verify_detached(signature, (const uint8_t *)message.data, message.len, key->key) == 0;
}

/* ---- signatures ---- */

int
sshsig_signed(const char *ns, struct str message, struct buf *out)
{
	uint8_t digest[SHA512_LEN];

	sha512(message.data, message.len, digest);
	int r = buf_room(out, 256);
	if (r == 0)
		r = buf_text(out, MAGIC);
	if (r == 0)
		r = ssh_put_string(out, str_from(ns));
	if (r == 0)
		r = ssh_put_string(out, STR(""));
	if (r == 0)
		r = ssh_put_string(out, STR(HASH));
	if (r == 0)
		r = ssh_put_string(out, (struct str){ (const char *)digest, sizeof digest });
	return r;
}

int
sshsig_wrap(const struct public_key *key, const char *ns, struct str signature, struct buf *out)
{
	struct buf blob = BUF(SSHSIG_MAX);

	int r = public_key_blob(key, &blob);
	if (r == 0)
		r = buf_text(out, MAGIC);
	if (r == 0)
		r = ssh_put_u32(out, VERSION);
	if (r == 0)
		r = ssh_put_string(out, buf_view(&blob));
	if (r == 0)
		r = ssh_put_string(out, str_from(ns));
	if (r == 0)
		r = ssh_put_string(out, STR(""));
	if (r == 0)
		r = ssh_put_string(out, STR(HASH));
	if (r == 0)
		r = ssh_put_string(out, signature);
	buf_release(&blob);
	return r;
}

int
sshsig_make(const struct secret *secret, const char *ns, struct str message, struct buf *out)
{
	struct buf bytes = BUF(SSHSIG_MAX), signature = BUF(SSHSIG_MAX);
	uint8_t sig[SIGNATURE_LEN];

	int r = sshsig_signed(ns, message, &bytes);
	if (r == 0) {
		crypto_sign_detached(sig, NULL, bytes.data, bytes.len, secret->key);
		r = ssh_put_string(&signature, STR(WORD_ED25519));
	}
	if (r == 0)
		r = ssh_put_string(&signature, (struct str){ (const char *)sig, sizeof sig });
	if (r == 0)
		r = sshsig_wrap(&secret->public, ns, buf_view(&signature), out);
	buf_release(&bytes);
	buf_release(&signature);
	return r;
}

/* What a FIDO token signs: SHA256(application) | flags | counter | SHA256(bytes). */
static int
fido_signed(const struct public_key *key, uint8_t flags, uint32_t counter, struct str bytes, struct buf *out)
{
	uint8_t application[SHA256_LEN], digest[SHA256_LEN];

	sha256(key->application, strlen(key->application), application);
	sha256(bytes.data, bytes.len, digest);
	int r = buf_add(out, application, sizeof application);
	if (r == 0)
		r = buf_byte(out, flags);
	if (r == 0)
		r = ssh_put_u32(out, counter);
	if (r == 0)
		r = buf_add(out, digest, sizeof digest);
	return r;
}

/* The innermost signature, in wire form, over bytes. */
static int
check_signature(const struct public_key *key, struct str signature, struct str bytes)
{
	struct ssh_reader in = { .rest = signature };
	struct buf fido = BUF(256);
	int r = 0;

	struct str word = ssh_string(&in);
	struct str sig = ssh_string(&in);
	bool sk = key->type == KEY_SK_ED25519;
	uint8_t flags = sk ? ssh_byte(&in) : TOUCHED;
	uint32_t counter = sk ? ssh_u32(&in) : 0;
	if (!ssh_end(&in) || !str_is(word, type_word(key->type)) || sig.len != SIGNATURE_LEN)
		return err_set(ERR_FORMAT, "signature: malformed");
	if (sk)
		r = fido_signed(key, flags, counter, bytes, &fido);
	if (r == 0 && sk)
		bytes = buf_view(&fido);
	if (r == 0 &&
	    crypto_sign_verify_detached(
		(const uint8_t *)sig.data, (const uint8_t *)bytes.data, bytes.len, key->key))
		r = err_set(ERR_ABSENT, "the signature does not verify");
	if (r == 0 && !(flags & TOUCHED))
		r = err_set(ERR_ABSENT, "the token signed without being touched");
	buf_release(&fido);
	return r;
}

/* A blob taken apart, all but the innermost signature checked for form. */
static int
open_blob(struct str blob, const char *ns, struct public_key *key, struct str *signature)
{
	struct ssh_reader in = { .rest = blob };

	if (!str_starts(blob, STR(MAGIC)))
		return err_set(ERR_FORMAT, "not an SSH signature");
	in.rest.data += sizeof MAGIC - 1;
	in.rest.len -= sizeof MAGIC - 1;
	uint32_t version = ssh_u32(&in);
	struct str public = ssh_string(&in);
	struct str name = ssh_string(&in);
	struct str reserved = ssh_string(&in);
	struct str hash = ssh_string(&in);
	*signature = ssh_string(&in);
	if (!ssh_end(&in))
		return err_set(ERR_FORMAT, "signature: malformed");
	if (version != VERSION)
		return err_set(ERR_REFUSED, "signature: unsupported version %u", version);
	if (!str_is(hash, HASH) || reserved.len)
		return err_set(ERR_REFUSED, "signature: only hash sha512 and nothing reserved is taken");
	if (!str_is(name, ns))
		return err_set(ERR_ABSENT, "the signature was made for another purpose than %s", ns);
	return public_key_from_blob(public, key);
}

int
sshsig_check(struct str blob, const char *ns, struct str message, struct public_key *signer)
{
	struct buf bytes = BUF(SSHSIG_MAX);
	struct public_key key;
	struct str signature;

	int r = open_blob(blob, ns, &key, &signature);
	if (r == 0)
		r = sshsig_signed(ns, message, &bytes);
	if (r == 0)
		r = check_signature(&key, signature, buf_view(&bytes));
	buf_release(&bytes);
	if (r == 0)
		*signer = key;
	return r;
}

/* ---- armour ---- */

int
sshsig_armour(struct str blob, struct buf *out)
{
	struct buf base64 = BUF(SSHSIG_ARMOUR_MAX);

	int r = base64_write(&base64, blob);
	if (r == 0)
		r = buf_text(out, ARMOUR_BEGIN);
	for (size_t at = 0; r == 0 && at < base64.len; at += ARMOUR_LINE) {
		size_t len = base64.len - at < ARMOUR_LINE ? base64.len - at : ARMOUR_LINE;
		r = buf_add(out, base64.data + at, len);
		if (r == 0)
			r = buf_byte(out, '\n');
	}
	if (r == 0)
		r = buf_text(out, ARMOUR_END);
	buf_release(&base64);
	return r;
}

static int
join_lines(struct str text, struct buf *base64, struct buf *blob)
{
	struct str line;

	text.data += sizeof ARMOUR_BEGIN - 1;
	text.len -= sizeof ARMOUR_BEGIN - 1 + sizeof ARMOUR_END - 1;
	while (str_next(&text, '\n', &line)) {
		int r = buf_str(base64, line);
		if (r < 0)
			return r;
	}
	return base64_read(blob, buf_view(base64));
}

int
sshsig_unarmour(struct str text, struct buf *out)
{
	struct buf base64 = BUF(SSHSIG_ARMOUR_MAX), blob = BUF(SSHSIG_MAX), again = BUF(SSHSIG_ARMOUR_MAX);
	int r = 0;

	if (text.len > SSHSIG_ARMOUR_MAX || text.len < sizeof ARMOUR_BEGIN + sizeof ARMOUR_END ||
	    !str_starts(text, STR(ARMOUR_BEGIN)) || !str_ends(text, STR(ARMOUR_END)))
		r = err_set(ERR_FORMAT, "not an armoured SSH signature");
	if (r == 0)
		r = join_lines(text, &base64, &blob);
	if (r == 0)
		r = sshsig_armour(buf_view(&blob), &again);
	if (r == 0 && !str_eq(buf_view(&again), text))
		r = err_set(ERR_FORMAT, "signature: its armour is not as ssh-keygen writes it");
	if (r == 0)
		r = buf_str(out, buf_view(&blob));
	buf_release(&base64);
	buf_release(&blob);
	buf_release(&again);
	return r;
}
