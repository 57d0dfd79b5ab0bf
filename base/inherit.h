/* The descriptors on which our programs are started.  One that is not there is closed. */
#ifndef CARREL_BASE_INHERIT_H
#define CARREL_BASE_INHERIT_H

enum inherited {
	FD_PEER = 3,   /* keeper: the client; supervisor, indexer: the keeper; ui: the keeper */
	FD_ROOM = 4,   /* keeper, indexer: the room's directory; supervisor: ROOM/index */
	FD_NEXT = 5,   /* keeper: the supervisor or the indexer, if there is one */
	FD_SOURCE = 5, /* indexer: what is imported: a directory or a regular file, read-only */
	FD_AGENT = 6,  /* keeper: a connection to the person's ssh-agent */
	FD_KEY = 7,    /* keeper: the person's key file, read-only */
	FD_PASS = 8,   /* keeper: a passphrase, up to the end of file */
	FD_FILE = 9,   /* keeper without a next program: a file to be looked at, read-only */
	FD_ENTER_SOURCE = 9, /* carrel-enter: what is imported; it makes FD_SOURCE of it, or leaves it as FD_FILE */
	FD_TTY = 6,    /* guard: the terminal; guard and ui: FD_PTY the outer, the inner side of the pty */
	FD_PTY = 7,
	FD_VERDICT = 8, /* guard and ui: a pipe by which the guard says how it is sealed */
	FD_SCRIPT = 6, /* ui without a terminal: the script, read-only; FD_PTY is then where screens are written */
};

#endif
