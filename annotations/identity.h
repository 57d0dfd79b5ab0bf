/* Inside a session: which key acts, how it is unsealed, how a new one is made. */
#ifndef CARREL_ANNOTATIONS_IDENTITY_H
#define CARREL_ANNOTATIONS_IDENTITY_H

#include "annotations/session.h"

/* The roster's person whose key is at hand: session->person and key. */
int identity_find(struct session *session) MUST_USE;
/* Any key at hand, for a room that has no roster yet: session->key. */
int identity_find_any(struct session *session) MUST_USE;
/* session->secret, where the key is in a file: 0, or 1 if a passphrase is needed. */
int identity_unseal(struct session *session) MUST_USE;
/* Writes the key files that OPEN asks for into session->room; 1 as above. */
int identity_new_key(struct session *session) MUST_USE;
/* What the helper of keyfile.h runs before it serves. */
int identity_seal_helper(void) MUST_USE;

#endif
