/* Between keyfile.c and unsealer.c. */
#ifndef CARREL_ANNOTATIONS_KEYFILE_PRIVATE_H
#define CARREL_ANNOTATIONS_KEYFILE_PRIVATE_H

#include "annotations/keyfile.h"

#define DERIVED_LEN 32
#define SALT_LEN 16

struct derivation {
	uint64_t rounds, memory; /* Argon2id's passes and bytes */
	uint8_t salt[SALT_LEN];
	uint32_t len;
	char passphrase[PASSPHRASE_MAX];
};

/* Argon2id in the helper. */
int unsealer_derive(struct unsealer *unsealer, const struct derivation *request,
    uint8_t key[static DERIVED_LEN]) MUST_USE;

#endif
