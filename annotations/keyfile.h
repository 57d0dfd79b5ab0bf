/*
 * Key files, made by `carrel key new FILE`: an Ed25519 seed sealed with a passphrase
 * (Argon2id, secretbox), or bare, which only practice rooms accept.  FILE.pub is an
 * OpenSSH public key line, FILE.box a sealed X25519 key.  carrel-record(5) has the format.
 *
 * Deriving a key from a passphrase takes 256 MiB and half a second; it happens in a
 * helper process that is forked before the seal closes, holds no descriptor but its
 * socket, and goes when its parent closes that.
 */
#ifndef CARREL_ANNOTATIONS_KEYFILE_H
#define CARREL_ANNOTATIONS_KEYFILE_H

#include "annotations/sign.h"

#include <sys/types.h>

#define KEYFILE_MAX ((size_t)4096) /* bytes of a key file */
#define PASSPHRASE_MAX 1024        /* bytes */
#define PASSPHRASE_TRIES 5

enum keyfile_kind { KEYFILE_SIGN, KEYFILE_BOX };

struct keyfile {
	enum keyfile_kind kind;
	bool sealed;           /* false: no passphrase */
	struct public_key key; /* of a signing key */
	uint8_t box[32];       /* X25519 public half of a box key */
	struct str comment;    /* borrowed from the file */
};

/* What a file says of itself, nothing unsealed.  An OpenSSH private key: ERR_REFUSED, "put it in ssh-agent". */
int keyfile_read(struct str file, struct keyfile *out) MUST_USE;

/* The helper.  `close_seal` (may be NULL) runs in the child before it serves; a failure there ends it. */
struct unsealer {
	pid_t pid;
	int fd;
};

#define UNSEALER_NONE ((struct unsealer){ -1, -1 })

int unsealer_start(struct unsealer *out, int (*close_seal)(void)) MUST_USE;
void unsealer_stop(struct unsealer *unsealer); /* waits for its end; does nothing if there is none */

/* ERR_REFUSED: wrong passphrase, or none where one is needed; the helper answers PASSPHRASE_TRIES times. */
int keyfile_open(struct unsealer *unsealer, struct str file, struct str passphrase, struct secret **out) MUST_USE;

/* The same of a box key: 32 bytes in sodium_malloc memory, to be freed with sodium_free. */
int keyfile_open_box(struct unsealer *unsealer, struct str file, struct str passphrase, uint8_t **out) MUST_USE;

/* What `key new` writes; empty passphrase: not sealed.  `box` stays empty unless asked for. */
struct keyfile_set {
	struct buf file; /* FILE, mode 0600 */
	struct buf pub;  /* FILE.pub, with its newline */
	struct buf box;  /* FILE.box, mode 0600 */
	char fingerprint[FINGERPRINT_LEN];
};

/*
 * For `carrel key new`, which links no key code of its own: the keeper in mode "keygen" makes these bytes, the
 * command writes them.  The helper may be unsealer_start's or, without a passphrase, UNSEALER_NONE.
 */
int keyfile_generate(struct unsealer *unsealer, struct str comment, struct str passphrase, bool box,
    struct keyfile_set *out) MUST_USE;
void keyfile_set_release(struct keyfile_set *set);
/* A secret as a bare key file and back, in this process: ROOM/room.key. */
int keyfile_bare(const struct secret *secret, struct str comment, struct buf *out) MUST_USE;
int keyfile_open_bare(struct str file, struct secret **out) MUST_USE;

#endif
