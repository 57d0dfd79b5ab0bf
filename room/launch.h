/*
 * Starting the chain.  The launcher runs as the person: it opens the room's directory,
 * the connection to the ssh-agent, the key file and the source, makes the sockets, and
 * starts each program on the descriptors of base/inherit.h with the fixed environment
 * of seal_environment(), holding nothing else.
 *
 * What a command does, in this order:
 *
 *	launch_clean(argv)                  the very first call in main
 *	launch_start(&launch, &client)      the chain runs, waiting for OPEN
 *	seal_prepare, seal_close(SEAL_COMMAND, ...)
 *	launch_describe(...), client_open(...), orders, client_close
 */
#ifndef CARREL_ROOM_LAUNCH_H
#define CARREL_ROOM_LAUNCH_H

#include "base/digest.h"
#include "base/seal.h"
#include "room/client.h"
#include "room/layout.h"

enum chain {
	CHAIN_LEDGER,  /* the keeper alone */
	CHAIN_READER,  /* keeper, supervisor > reader */
	CHAIN_INDEXER, /* keeper, indexer */
};

struct launch_script { /* what drives a desk that has no terminal: see tui/script.h */
	int fd; /* the script, read-only */
	int rows, cols;
	bool ascii;
	bool plain;    /* no script, but a dialogue of lines: see tui/plain.h; rows and cols mean nothing */
	bool terminal; /* plain: what is told goes to one */
};

struct launch {
	const struct room *room; /* opened or made by the caller, who keeps it */
	enum chain chain;
	const char *key;         /* key file, or NULL */
	int pass;                /* descriptor of a passphrase, or -1 */
	const char *source;      /* CHAIN_INDEXER: what to import, or NULL (rebuild); CHAIN_LEDGER: FD_FILE, or NULL */
	const char *mode;        /* "session", "read", "init", "file": for launch_describe */
	const char *as;          /* a name of the roster, or NULL */
	const struct launch_script *script; /* launch_desk: without a terminal; NULL: with */
	const char *command;     /* what the person typed: "search", ... */
	char program[HEX_LEN(SHA256_LEN)]; /* SHA-256 of this program; launch_start fills it in */
};

/*
 * Runs this very program again with the fixed environment (and SSH_AUTH_SOCK, CARREL_ROOM, CARREL_KEY) unless it
 * has that already.  Returns 0 in the program that may go on.
 */
int launch_clean(char *const argv[]) MUST_USE;
/* Starts the chain.  *out is the caller's.  ERR_USAGE: no such key file or source. */
int launch_start(struct launch *launch, struct client **out) MUST_USE;
/*
 * The body of OPEN: {"mode","as"?,"program","command","seal"?}.  The caller may add members (init: "product", "host",
 * "practice").  `verdict`: this process's own seal; NULL where it has none.  *out is the caller's.
 */
int launch_describe(const struct launch *launch, const struct seal_verdict *verdict, json_t **out) MUST_USE;
/* {"applied":[...],"refused":[...],"landlock":N} as every program reports its seal. */
int launch_verdict(const struct seal_verdict *verdict, json_t **out) MUST_USE;

/* ---- the desk: terminal <-> guard <-> pty <-> ui <-> keeper ---- */

/*
 * This program is started twice more, with these words as argv[0]:
 *
 *	guard  FD_TTY the terminal, FD_PTY the outer side of the pty; nothing else
 *	ui     FD_PTY, 0 and 1 the inner side, its controlling terminal; FD_PEER the keeper's socket;
 *	       argv[1] the JSON of launch_describe without "seal", with "path" (of the room) added
 *
 * Descriptor 2 of both is a pipe: the first 4 KiB that they write there are shown, made safe, when the desk is down.
 * By FD_VERDICT the guard says to the ui how it is sealed, and the ui to the keeper, as "guard" in OPEN.
 * The guard sets the terminal raw and puts it back; SIGWINCH reaches it, and it hands the size on with TIOCSWINSZ.
 * Either ends when its descriptors end.
 */
#define LAUNCH_GUARD "carrel:guard"
#define LAUNCH_UI "carrel:ui"

/*
 * With a script there is no guard: the ui has FD_SCRIPT, and FD_PTY is a pipe whose bytes go to standard output; the
 * JSON has "script": {"rows","cols","ascii"}.
 *
 * Starts the chain, guard and ui, seals this process, and waits for all of them.  Puts the terminal back if the guard
 * did not.  0, or how the first of them failed: the ui's exit status as an error with its words as the reason.
 */
int launch_desk(struct launch *launch) MUST_USE;

#endif
