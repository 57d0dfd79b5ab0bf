#include "annotations/unclosed.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define RUN "run"
#define LOCK_NAME (HEX_LEN(16) + sizeof RUN)
#define WHY 192
#define NOTED_AT_ONCE 64 /* sessions; the next session notes what is left */

/* "run/" and half of the SHA-256 of the session key's fingerprint, which itself has slashes. */
static void
lock_name(struct str print, char out[static LOCK_NAME])
{
	uint8_t hash[SHA256_LEN];

	sha256(print.data, print.len, hash);
	memcpy(out, RUN "/", sizeof RUN);
	hex_from(hash, 16, out + sizeof RUN);
}

int
unclosed_lock(struct session *session)
{
	char name[LOCK_NAME];

	int r = fs_make_dir(session->room, RUN, 0700);
	if (r < 0)
		return r;
	lock_name(str_from(session->actor.session), name);
	session->lock = openat(session->room, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (session->lock < 0 || flock(session->lock, LOCK_EX | LOCK_NB) < 0)
		return err_sys("%s", name);
	return 0;
}

void
unclosed_unlock(struct session *session)
{
	char name[LOCK_NAME];

	if (session->lock < 0)
		return;
	lock_name(str_from(session->actor.session), name);
	unlinkat(session->room, name, 0);
	close(session->lock);
	session->lock = -1;
}

/* Whether the session's process lives; a dead one's file is taken away. */
static bool
lives(const struct session *session, struct str print)
{
	char name[LOCK_NAME];

	lock_name(print, name);
	int fd = openat(session->room, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno != ENOENT;
	bool held = flock(fd, LOCK_EX | LOCK_NB) < 0;
	if (!held)
		unlinkat(session->room, name, 0);
	close(fd);
	return held;
}

/* How it ended, as far as its last record and this machine's boot tell. */
static int
last_sign(struct session *session, const char *key, char why[static WHY])
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	uint64_t last;

	int r = db_number(ledger_db(session->ledger), "SELECT max(idx) FROM log WHERE session = ?1", &last,
	    "t", str_from(key));
	if (r == 0)
		r = ledger_get(session->ledger, last, &leaf, &entry);
	if (r == 0)
		snprintf(why, WHY, "its last record is %llu, at %s; %s", (unsigned long long)last,
		    entry.record.time,
		    strcmp(entry.record.boot, session->boot) == 0
			? "its keeper was killed, or what it stood on was, while the machine ran on"
			: "the machine was restarted, or the room moved, since");
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

static int
note(struct session *session, uint64_t index)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct appended appended;
	struct entry entry;
	char hash[HEX_LEN(SHA256_LEN)], why[2 * WHY], sign[WHY] = "";

	int r = ledger_get(session->ledger, index, &leaf, &entry);
	buf_release(&leaf);
	if (r < 0)
		return r;
	hex_from(entry.hash, SHA256_LEN, hash);
	r = last_sign(session, entry.record.session, sign);
	record_release(&entry.record);
	if (r < 0)
		return r;
	snprintf(why, sizeof why, "the session of record %llu was never closed: %s",
	    (unsigned long long)index, sign);
	json_t *payload = json_pack("{s:s,s:s,s:s}", "what", "unclosed", "why", why, "record", hash);
	r = payload ? session_append(session, RECORD_NOTE, payload, &appended)
		    : err_set(ERR_MEMORY, "no memory");
	json_decref(payload);
	return r;
}

int
unclosed_note(struct session *session)
{
	uint64_t dead[NOTED_AT_ONCE];
	size_t count = 0;
	struct query *q = NULL;
	int next;

	int r = db_query(ledger_db(session->ledger),
	    "SELECT key, idx FROM session WHERE closed IS NULL AND key != ?1 AND key NOT IN (SELECT session "
	    "FROM noted)",
	    &q, "t", str_from(session->actor.session));
	while (r == 0 && count < NOTED_AT_ONCE && (next = query_next(q)) != 0) {
		if (next < 0)
			r = next;
		else if (!lives(session, query_bytes(q, 0)))
			dead[count++] = query_num(q, 1);
	}
	query_end(q);
	for (size_t i = 0; i < count && r == 0; i++)
		r = note(session, dead[i]);
	return r;
}
