/*
 * Who acts, and what was served to them: from OPEN to CLOSE.  The person is known by a
 * key that the roster has, in the key file or in the agent; it signs one session record,
 * with which a fresh session key signs what is shown.
 */
#ifndef CARREL_ANNOTATIONS_SESSION_H
#define CARREL_ANNOTATIONS_SESSION_H

#include "annotations/agent.h"
#include "annotations/disk.h"
#include "annotations/keyfile.h"
#include "annotations/notebook.h"
#include "annotations/projection.h"
#include "annotations/seals.h"

#include <sys/types.h>

enum session_mode { MODE_INIT, MODE_SESSION, MODE_READ, MODE_KEY, MODE_FILE };

/* What a session was shown and said: the payload of its close record. */
struct served {
	uint64_t pages, searches, lists, diffs, lines, bytes, said;
};

struct passphrase {
	size_t len;
	char text[PASSPHRASE_MAX + 1];
};

struct session {
	enum session_mode mode;
	int room, agent;         /* descriptors, borrowed; -1: none */
	int outbox;              /* -1: there is none */
	int given;               /* a file to be looked at, borrowed; -1: none */
	struct buf file;         /* what is in it */
	struct buf key_file;     /* the person's, whole; empty: none */
	struct passphrase *pass; /* one that is known, in sodium_malloc memory; else NULL */
	unsigned tries;
	bool wants_notebook;     /* OPEN said that it will be read: its key is unsealed by the same helper */
	struct notebook notebook;
	struct unsealer unsealer;
	struct seals seals;       /* of this process, the next ones and the client */
	enum disk disk;           /* what the room lies on */

	unsigned processors;      /* how many threads verify starts */
	char boot[RECORD_BOOT];   /* for the genesis */
	json_t *open;             /* OPEN, as the client sent it */
	dev_t device;             /* of room.db, as it was opened */
	ino_t inode;
	struct ledger *ledger;
	struct buf product, host;
	bool practice;
	struct policy policy;

	struct person person;     /* print empty: none */
	struct public_key key;    /* the person's */
	struct secret *secret;    /* the person's, where it came from the key file */
	struct secret *own;       /* the session key */
	/*
	 * Shows what is about to be signed outside of any order, the session's record or the genesis, and gives 0
	 * when the person agrees; NULL: they did not ask for that.
	 */
	int (*agree)(void *ctx, struct str bytes);
	void *agree_ctx;
	struct unlocker *unlocker; /* what unlocks the desk; NULL: no passphrase was needed */
	unsigned unlock_tries;
	struct actor actor;
	bool is_open;             /* the session record is made, the close record not yet */
	uint64_t index;           /* of the session record */
	int lock;                 /* on a file in run/: says that this session lives */
	struct served served;
	int64_t clock_ms;         /* how far the room's clock is ahead of the monotonic one */
	struct secret *room_key;  /* read when a checkpoint is first signed */
	uint64_t checkpoint;      /* position of the newest checkpoint known here ... */
	int64_t checkpoint_ms;    /* ... and when it became known */
};

/* `session` with all descriptors -1.  To be called first. */
void session_init(struct session *session);
/*
 * Reads OPEN, the key file and the passphrase's descriptor (-1: none), and opens the ledger as its mode wants.  To be
 * called before the seal closes.
 */
int session_prepare(struct session *session, struct str open, int key, int pass) MUST_USE;
void session_release(struct session *session);

/*
 * Finds the person and makes the session record; init makes the room instead, key the files.  Returns 0, or 1 where a
 * passphrase is needed first: then session_need() says which, session_pass() takes it, and this is called again.
 */
int session_open(struct session *session) MUST_USE;
int session_need(const struct session *session, json_t **out) MUST_USE;
/* Replaces the passphrase that is known; ERR_USAGE: none, or too long.  An empty one: none is known any more. */
int session_know(struct session *session, struct str passphrase) MUST_USE;
/* ERR_REFUSED: wrong, ask again; any other error: no more. */
int session_pass(struct session *session, struct str passphrase) MUST_USE;
/* What DONE says to OPEN.  *out is the caller's. */
int session_describe(struct session *session, json_t **out) MUST_USE;
/* The close record. */
int session_close(struct session *session, const char *why) MUST_USE;

/* What a passphrase can be held against later, in place of *out; see unlock.c. */
int unlocker_new(struct str passphrase, struct unlocker **out) MUST_USE;
void unlocker_free(struct unlocker *unlocker);

/* An SSHSIG blob of the person over `message`. */
int session_sign(struct session *session, const char *ns, struct str message, struct buf *out) MUST_USE;
bool session_touches(const struct session *session); /* that signature waits for a touch */
/* 0, or 1 where a passphrase is needed first: then NEED, session_know() and this again.  Wrong ones are refused. */
int session_unlock_notebook(struct session *session) MUST_USE;
/* ERR_REFUSED unless this is a session. */
int session_require(const struct session *session) MUST_USE;
/* ERR_SYSTEM if the room was removed or replaced under this session: what is appended would be in no room. */
int session_check_room(const struct session *session) MUST_USE;
/* A record signed by the session's key. */
int session_append(struct session *session, enum record_type type, json_t *payload, struct appended *out) MUST_USE;

/* {fingerprint, comment, source, who, role} of every key at hand. */
int session_keys(struct session *session, int (*each)(void *ctx, json_t *key), void *ctx) MUST_USE;

#endif
