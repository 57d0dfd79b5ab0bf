/*
 * The keeper's loop: one client on one side, the reader or the indexer on the other, the
 * ledger in its hands.  An order of the client is a job until it has ended; a job is
 * told what comes for it and never waits: whatever would block is a later message.
 *
 * Nobody blocks on a write.  What one side sends is not read while the other side's
 * queue is full (keeper_full); orders beyond MESSAGE_ORDERS wait in a backlog, and
 * CANCEL, PASS, SIGN and DATA pass them.
 */
#ifndef CARREL_ANNOTATIONS_KEEPER_H
#define CARREL_ANNOTATIONS_KEEPER_H

#include "annotations/session.h"
#include "base/wire.h"

/* Bytes that wait for a side before it counts as full: one unit more still fits WIRE_QUEUE. */
#define KEEPER_QUEUE ((size_t)1024 * 1024)
#define KEEPER_BACKLOG 64 /* orders, and what belongs to them, that wait for their turn */

struct keeper;
struct job;

/* Each returns 0, or an error, with which the job ends as FAIL. */
struct job_class {
	bool alone; /* of these only one is under way at a time: they wait for the person, or for the indexer */
	int (*begin)(struct keeper *keeper, struct job *job, struct str body);
	/* DATA, SIGN, PASS of the client; may be NULL */
	int (*take)(struct keeper *keeper, struct job *job, const struct message *message);
	/* What the next program says to the order; may be NULL */
	int (*answer)(struct keeper *keeper, struct job *job, const struct message *message);
	/* A piece of work, called while the client's queue is not full and `more` is set; may be NULL */
	int (*step)(struct keeper *keeper, struct job *job);
	void (*release)(struct job *job); /* frees job->state */
};

struct job {
	const struct job_class *class; /* NULL: a free place */
	uint64_t order;
	void *state;
	bool more;  /* step has work */
	bool down;  /* the next program has an order of this number, and will end it */
	bool ended; /* DONE or FAIL is sent */
	bool cancelled;
};

struct waiting {
	enum message_kind kind;
	uint64_t order;
	struct buf body;
};

struct keeper {
	struct wire client, next;
	bool has_next;
	bool is_ready; /* the indexer said READY */
	bool is_told;  /* the reader has the list of releases, as of the first `told` records */
	uint64_t told;
	bool over;               /* the session is closed; what is queued is still sent */
	struct session *session;
	struct job jobs[MESSAGE_ORDERS];
	struct waiting backlog[KEEPER_BACKLOG];
	size_t waiting;
	struct buf packet; /* for what is being sent */
};

/* Takes the descriptors; next -1: there is none. */
int keeper_init(struct keeper *keeper, int client, int next, struct session *session) MUST_USE;
void keeper_release(struct keeper *keeper);
/*
 * Hears how the programs behind the next socket are sealed, and puts it into the session: before anything else is said
 * to them.  Only where there is a next one.
 */
int keeper_await_seals(struct keeper *keeper) MUST_USE;
/* Until the client closes or is gone. */
int keeper_run(struct keeper *keeper) MUST_USE;
bool keeper_full(const struct wire *wire);
/* From within long work: reads the client's CANCELs, keeps its orders.  ERR_CANCELLED: the job is not wanted. */
int keeper_pump(struct keeper *keeper, struct job *job) MUST_USE;

/* ---- what jobs say ---- */

int keeper_send(struct keeper *keeper, enum message_kind kind, uint64_t order, struct str body) MUST_USE;
int keeper_send_json(struct keeper *keeper, enum message_kind kind, uint64_t order, const json_t *body) MUST_USE;
int keeper_send_next(struct keeper *keeper, enum message_kind kind, uint64_t order, struct str body) MUST_USE;
/* DONE; `answer` may be NULL and is not taken over. */
int job_done(struct keeper *keeper, struct job *job, const json_t *answer) MUST_USE;

/* All releases to the next program. */
int keeper_send_releases(struct keeper *keeper) MUST_USE;

extern const struct job_class job_read, job_ask, job_say, job_work, job_note, job_unlock;

#endif
