/*
 * The person's ssh-agent on a connected socket (draft-miller-ssh-agent): its keys of
 * the kinds sign.h takes, and signatures by them.  An agent signs whatever it is
 * given; the bytes are bound to our namespaces and were shown before.
 *
 * Answers are bounded in size and time.  After ERR_SYSTEM the connection is spent.
 */
#ifndef CARREL_ANNOTATIONS_AGENT_H
#define CARREL_ANNOTATIONS_AGENT_H

#include "annotations/sign.h"

#define AGENT_KEYS 64          /* listed at most; others are passed over */
#define AGENT_LIST_MS 5000     /* until an answer to a list */
#define AGENT_SIGN_MS 90000    /* a person may have to type or touch */

struct agent_key {
	struct public_key key;
	char comment[128]; /* foreign bytes, cut */
};

/* *count keys into keys[AGENT_KEYS]; 0 keys is no error here (a locked agent says it has none). */
int agent_list(int fd, int timeout_ms, struct agent_key keys[static AGENT_KEYS], size_t *count) MUST_USE;
/* An SSHSIG blob over message by `key`.  ERR_REFUSED: the agent would not (locked, declined, key gone). */
int agent_sign(int fd, int timeout_ms, const struct public_key *key, const char *ns, struct str message,
    struct buf *out) MUST_USE;

#endif
