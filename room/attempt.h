/* Inside room/: the attempts of the selftest, and the ground they are made on. */
#ifndef CARREL_ROOM_ATTEMPT_H
#define CARREL_ROOM_ATTEMPT_H

#include "base/err.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/un.h>

#define NOT_HERE (-1) /* what an attempt needs is not on this machine */

/* Made by the selftest, unsealed, before any attempt; the same for all of them. */
struct ground {
	char top[48];        /* a directory of its own: outside, inside and readable lie in it */
	char outside[64];    /* no profile may reach it; holds "file" and "empty" (a directory) */
	char inside[64];     /* what a profile may write, if it may write at all; holds "file" */
	char readable[64];   /* what a profile may read, if it may read at all; holds "file" */
	struct sockaddr_in tcp4, udp4;
	struct sockaddr_in6 tcp6, udp6; /* port 0: no IPv6 here */
	struct sockaddr_un stream, datagram, abstract;
	socklen_t abstract_len;
	int sockets[7];      /* they listen there */
	int leaked;          /* a descriptor that nobody may inherit */
	pid_t self, victim;  /* the selftest; a child of it that only waits */
	pid_t prey;          /* one more such, where an attempt makes it before the seal closes */
	int shared_memory, queue, semaphore; /* System V; -1: none */
	char posix_queue[32];
};

struct attempt {
	const char *name;
	/* In a child, sealed or not: 0 worked, an errno, NOT_HERE. */
	int (*go)(const struct ground *ground);
	/* In the same child before the seal closes, if not NULL; descriptors above 2 that it opens do not survive. */
	int (*before)(struct ground *ground);
};

extern const struct attempt attempts_network[], attempts_files[], attempts_system[]; /* up to a NULL name */

/* 0 or errno, of a call that gives -1. */
#define TRIED(call) ((call) < 0 ? errno : 0)

int ground_make(struct ground *ground) MUST_USE;
void ground_clear(struct ground *ground);
/* "DIRECTORY/NAME" into `out`, which is returned. */
#define GROUND_PATH 128
const char *ground_path(char out[static GROUND_PATH], const char *directory, const char *name);

#endif
