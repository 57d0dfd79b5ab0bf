/* Starting one program on the descriptors it is to have, and on no others. */
#ifndef CARREL_ROOM_SPAWN_H
#define CARREL_ROOM_SPAWN_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct spawn {
	const char *path;       /* what is run */
	const char *argv[4];    /* NULL-terminated */
	struct spawn_fd {
		int from, to;   /* from -1: the program does not get it */
	} fds[8];               /* up to the first with to == 0 and from == 0 */
	int in_out, err;        /* what becomes of 0 and 1, and of 2; -1: /dev/null */
	bool new_session;       /* out of the terminal's reach */
	bool own_terminal;      /* and in_out becomes its controlling terminal */
	bool dies_with_parent;
};

/* Full path of one of our programs: beside this one, or where they are installed.  *out is the caller's. */
int spawn_find(const char *program, char **out) MUST_USE;
/*
 * Runs it with the environment of seal_environment().  Where it cannot be run, the child says so in a FAIL of order 0
 * on FD_PEER, if it has that.
 */
int spawn(const struct spawn *what, pid_t *pid) MUST_USE;

#endif
