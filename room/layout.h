/*
 * A room on disk: its names, how one is found, how an empty one is made.
 *
 * A room is a directory that holds a regular file room.db; everything in it is the
 * keeper's to judge.  Here only what can be said without opening the ledger is said:
 * that there is none, or that its file head names a format this program is too old for.
 */
#ifndef CARREL_ROOM_LAYOUT_H
#define CARREL_ROOM_LAYOUT_H

#include "base/err.h"

#include <stdbool.h>

#define ROOM_DB "room.db"
#define ROOM_KEY "room.key"
#define ROOM_SOURCE "source.git"
#define ROOM_INDEX "index"
#define ROOM_PRIVATE "private"
#define ROOM_OUTBOX "outbox"
#define ROOM_RUN "run"

#define ROOM_FORMAT 2 /* newest room.db "user_version" that this program knows */

struct room {
	int dir;     /* its directory, O_CLOEXEC; -1 of a real room, which nobody but its own user may open */
	char *path;  /* absolute; foreign bytes, show() them.  Of a real room its name */
	char *enter; /* the program that enters a real room; NULL: a practice room */
	bool made;   /* the directory itself is room_make's */
};

/*
 * Opens the room at `given`; where that is NULL the one that $CARREL_ROOM names; where that is unset the
 * nearest directory that is one, from the working directory upwards, or else the only real room of this machine.
 * A word without a slash is first looked for among the real rooms: see carrel-review(7).
 * ERR_USAGE: "... is not a room"; ERR_FORMAT: room.db is no ledger, or one of a newer program.
 */
int room_open(const char *given, struct room *room) MUST_USE;
/*
 * Makes the directory (0700; an empty one may be there) with empty index/, source.git/, private/, outbox/ and
 * run/, for `init`: the keeper makes room.db in it.  ERR_REFUSED if something is there already.  A real room's
 * directory is its recipe's to make: only the way in is looked for.
 */
int room_make(const char *path, struct room *room) MUST_USE;
/* Takes an unfinished room away again: only what room_make made, and only while there is no room.db. */
void room_unmake(const struct room *room);
void room_release(struct room *room);

#endif
