/*
 * What a desk keeps for its person in the open: options, keys, where they left.  Files of
 * ROOM/private/desk-KEY/, KEY the SHA-256 of the person's public key; carrel-notebook(5)
 * has them.  They are read before a passphrase is, and hold nothing that the ledger's
 * access records do not say as well.
 */
#ifndef CARREL_ANNOTATIONS_SETTINGS_H
#define CARREL_ANNOTATIONS_SETTINGS_H

#include "annotations/sign.h"

#define SETTINGS_MAX ((size_t)64 * 1024) /* bytes of one */

/* `name`: [a-z]{1,16}.  Replaced as a whole, durable when it returns. */
int settings_save(int room, const struct public_key *key, struct str name, struct str text) MUST_USE;
/* Added to `out`, whose max is SETTINGS_MAX.  ERR_ABSENT: nothing was saved. */
int settings_load(int room, const struct public_key *key, struct str name, struct buf *out) MUST_USE;

#endif
