/*
 * Signatures that `ssh-keygen -Y verify` checks: OpenSSH's SSHSIG (PROTOCOL.sshsig)
 * with hash sha512, by ssh-ed25519 keys and by sk-ssh-ed25519@openssh.com ones, whose
 * signatures count only with the touch flag.  Every other algorithm is refused.
 */
#ifndef CARREL_ANNOTATIONS_SIGN_H
#define CARREL_ANNOTATIONS_SIGN_H

#include "base/buf.h"

#define PUBLIC_KEY_LEN 32
#define SEED_LEN 32
#define SIGNATURE_LEN 64
#define FINGERPRINT_LEN 51 /* "SHA256:", 43 base64 characters without padding, NUL: as ssh-keygen -l prints it */
#define APPLICATION_MAX 128
#define SSHSIG_MAX ((size_t)4096)      /* bytes of a blob */
#define SSHSIG_ARMOUR_MAX ((size_t)8192)
#define PUBLIC_LINE_MAX ((size_t)1024) /* bytes of an OpenSSH public key line */

/* Namespaces: a signature made for one is no signature for another. */
#define NS_RECORD "record@carrel"
#define NS_CHECKPOINT "checkpoint@carrel"
#define NS_REPORT "report@carrel"
#define NS_BUNDLE "bundle@carrel"

enum key_type { KEY_ED25519, KEY_SK_ED25519 };

struct public_key {
	enum key_type type;
	uint8_t key[PUBLIC_KEY_LEN];
	char application[APPLICATION_MAX]; /* sk only, "ssh:" as a rule; no NUL inside */
};

bool public_key_eq(const struct public_key *a, const struct public_key *b);
/* The wire form (RFC 4253 6.6).  Reading: ERR_REFUSED for an algorithm we do not take, ERR_FORMAT for damage. */
int public_key_blob(const struct public_key *key, struct buf *out) MUST_USE;
int public_key_from_blob(struct str blob, struct public_key *out) MUST_USE;
/* One line "TYPE BASE64[ COMMENT]", read with or without its newline, written without; comment may be NULL. */
int public_key_line(const struct public_key *key, struct str comment, struct buf *out) MUST_USE;
int public_key_from_line(struct str line, struct public_key *out, struct str *comment) MUST_USE;
void public_key_fingerprint(const struct public_key *key, char out[static FINGERPRINT_LEN]);
bool fingerprint_ok(struct str text);

/* An Ed25519 secret in sodium_malloc memory: locked, guarded, wiped when freed. */
struct secret;

int secret_new(struct secret **out) MUST_USE; /* random */
int secret_from_seed(const uint8_t seed[static SEED_LEN], struct secret **out) MUST_USE;
void secret_seed(const struct secret *secret, uint8_t out[static SEED_LEN]); /* for sealing; wipe it */
void secret_free(struct secret *secret);
const struct public_key *secret_public(const struct secret *secret); /* borrowed */

/* A bare Ed25519 signature, as notes have it. */
void secret_sign(const struct secret *secret, struct str message, uint8_t out[static SIGNATURE_LEN]);
bool public_key_signed(const struct public_key *key, struct str message, const uint8_t signature[static SIGNATURE_LEN]);

/* What a key is asked to sign for a message: "SSHSIG" and the SHA-512 of the message, bound to the namespace. */
int sshsig_signed(const char *ns, struct str message, struct buf *out) MUST_USE;
/* A blob from a signature in wire form ("string type, string bytes ..."), as an agent gives it. */
int sshsig_wrap(const struct public_key *key, const char *ns, struct str signature, struct buf *out) MUST_USE;
/* Signs; a blob. */
int sshsig_make(const struct secret *secret, const char *ns, struct str message, struct buf *out) MUST_USE;
/*
 * 0: a good signature over message in this namespace, by *signer.  ERR_ABSENT: well made, but it does not
 * verify (or the touch flag is missing); ERR_FORMAT: not such a blob; ERR_REFUSED: an algorithm not taken.
 */
int sshsig_check(struct str blob, const char *ns, struct str message, struct public_key *signer) MUST_USE;

/* "-----BEGIN SSH SIGNATURE-----" ... with its last newline; strict in reading: only what is written. */
int sshsig_armour(struct str blob, struct buf *out) MUST_USE;
int sshsig_unarmour(struct str text, struct buf *out) MUST_USE;

#endif
