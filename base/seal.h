/*
 * The seal: no way out of a process.  Empty user, network and IPC namespaces,
 * Landlock, a seccomp allow-list that kills, no_new_privs, dumpable 0, limits, no
 * stray descriptor.  Tables say what each program may do; see carrel-seal(7).
 *
 * seal_close() applies layers, then tries one probe of each, and fails where a probe was
 * not refused.  A layer that this machine does not have is missing in the verdict;
 * seal_judge() says whether that will do: only where the room's policy names it.  Who does
 * not know the policy hands its verdict to the keeper, before it is given any source.
 *
 * A process that starts threads closes in two steps, for namespaces and Landlock bind
 * the calling thread and its later children alone: seal_close(.., SEAL_NAMESPACE |
 * SEAL_LANDLOCK, ..), its threads, seal_close(.., SEAL_SECCOMP, ..).  A forked reader or
 * worker is in its parent's namespaces: it carries the parent's verdict on and closes
 * the other two.
 */
#ifndef CARREL_BASE_SEAL_H
#define CARREL_BASE_SEAL_H

#include "base/buf.h"

enum seal_profile {
	SEAL_KEEPER,     /* room directory read-write, sockets it holds; may fork */
	SEAL_SUPERVISOR, /* what its reader may do, and fork and kill */
	SEAL_READER,     /* index directory read-only; threads exist already */
	SEAL_UI,         /* the inner side of a pty and a socket; no files */
	SEAL_GUARD,      /* the terminal and the outer side of the pty */
	SEAL_COMMAND,    /* a command in place of the ui: standard output, one socket */
	SEAL_INDEXER,    /* the source it was given read-only, source.git/ and index/ read-write, may fork workers */
	SEAL_WORKER,     /* a parser child: two pipes or sockets and shared memory it holds; no files */
	SEAL_PROFILES
};

enum seal_layer { SEAL_NAMESPACE = 1, SEAL_LANDLOCK = 2, SEAL_SECCOMP = 4, SEAL_ALL = 7 };

/* What Landlock leaves open: beneath these descriptors, nothing else.  Unused: -1. */
struct seal_paths {
	int read_only[4];
	int read_write[4];
};

#define SEAL_PATHS_NONE ((struct seal_paths){ { -1, -1, -1, -1 }, { -1, -1, -1, -1 } })

struct seal_verdict {
	unsigned applied; /* enum seal_layer bits */
	unsigned refused; /* layers whose probe was refused: what counts */
	unsigned missing; /* layers that are not to be had here */
	int landlock_abi; /* 0: none */
};


/*
 * Before anything else in main: no_new_privs, not dumpable, limits, descriptors other than 0-2 and `keep` (at most 16;
 * those that are not open do no harm) closed, SIGPIPE ignored, umask 077.
 */
int seal_prepare(enum seal_profile profile, const int *keep, size_t count) MUST_USE;
/*
 * Applies and probes the given layers and adds them to `verdict`, which is zeroed before the first call.  ERR_REFUSED,
 * with the layer named, if one was applied and does not hold.  To be called once everything is open that is needed.
 */
int seal_close(enum seal_profile profile, const struct seal_paths *paths, unsigned layers,
    struct seal_verdict *verdict) MUST_USE;
bool seal_whole(const struct seal_verdict *verdict); /* every layer applied and its probe refused */
/*
 * 0 if every layer's probe was refused, those aside that are missing and in `accepted`; else ERR_REFUSED, naming the
 * process, the layer, and what can be done.
 */
int seal_judge(const struct seal_verdict *verdict, unsigned accepted, const char *process) MUST_USE;
/*
 * What this process writes on `fd` before it dies of a call that it may not make: `before`, the call's number in
 * SEAL_CALL_DIGITS decimal digits, `behind`.  At most 500 bytes; to be called before the seal closes.  -1: nothing.
 */
#define SEAL_CALL_DIGITS 4
void seal_last_words(int fd, struct str before, struct str behind);
/* The call of such a number: "socket"; "" if they are no digits. */
#define SEAL_CALL_NAME 48
const char *seal_call_name(struct str digits, char out[static SEAL_CALL_NAME]);
/* True in builds with the address sanitizer, whose run time needs a wider seal: no build for use. */
bool seal_widened(void);
const char *seal_profile_name(enum seal_profile profile);
const char *seal_layer_name(enum seal_layer layer); /* "namespace", "landlock", "seccomp" */
/*
 * The environment that all our programs run in, NULL-terminated: TERM, LANG, LC_ALL, LC_CTYPE, LC_MESSAGES and
 * NO_COLOR, where their values are plain words.  One allocation, the caller's to free.
 */
char **seal_environment(void);

#endif
