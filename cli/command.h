/*
 * The commands.  One table (cli/table.c) feeds dispatch, --help, the completions and the
 * check of the manual; what a command does is in its cmd_*.c.
 */
#ifndef CARREL_CLI_COMMAND_H
#define CARREL_CLI_COMMAND_H

#include "base/buf.h"

enum command_group {
	GROUP_ROOM,
	GROUP_PEOPLE,
	GROUP_SOURCE,
	GROUP_READING,
	GROUP_COMPARE,
	GROUP_WORDS,
	GROUP_EVIDENCE,
	GROUP_OUT,
	GROUP_COUNT
};

struct option {
	const char *name;     /* long name, without dashes */
	char letter;          /* short name, or 0 */
	const char *argument; /* its name in the help; NULL: takes none */
	const char *values;   /* the words it takes, a space between; NULL: any */
	const char *help;
	bool repeat; /* may be given more than once */
};

#define COMMAND_OPTIONS 16 /* the most a command has, its ending entry included */
#define CALL_OPTIONS 64    /* the most given in one call */

struct call;

struct command {
	const char *name; /* one word or two: "search", "roster add" */
	enum command_group group;
	const char *arguments;         /* as in a synopsis: "REL:PATH[:A-B]" */
	size_t least, most;            /* how many there may be */
	const char *roles;             /* who may: "host", "everyone enrolled", ...; the keeper decides */
	const char *summary;           /* one line, no full stop */
	bool listing;                  /* takes --json */
	int (*run)(struct call *call); /* 0, an error, or an exit status */
	struct option options[COMMAND_OPTIONS];
};

/* A command line that has been read. */
struct call {
	const struct command *command;
	const char *program;      /* argv[0] */
	const volatile int *stop; /* not 0: the person asked to stop */
	const char **arguments;   /* `count` of them */
	size_t count;
	struct {
		const struct option *option;
		const char *value; /* NULL where the option takes none */
	} given[CALL_OPTIONS];
	size_t options;
};

extern const struct command commands[];      /* ends with a name of NULL */
extern const struct option common_options[]; /* taken by every command; ends likewise */

const char *command_group_name(enum command_group group);
/* By its one or two words; *used says how many were taken.  NULL if there is none. */
const struct command *command_find(const char *const *words, size_t count, size_t *used);
/* The command, or first word of one, that is most like what was typed; NULL if none is. */
const char *command_like(const char *word);

/* Whether an option was given; its (last) value, or `otherwise`.  It must be one of the command's or a common one. */
bool call_has(const struct call *call, const char *option);
const char *call_get(const struct call *call, const char *option, const char *otherwise);
/* The value as a number; ERR_USAGE if it is none.  *value is untouched where the option was not given. */
int call_number(const struct call *call, const char *option, uint64_t *value) MUST_USE;
/* ERR_USAGE if it was not given. */
int call_require(const struct call *call, const char *option, const char **value) MUST_USE;
/* All values of an option that may be repeated, `sep` between; *out borrows from `room`, absent: empty. */
int call_join(
    const struct call *call, const char *option, char sep, struct buf *room, struct str *out) MUST_USE;
/* A file that the person named, whole: ERR_USAGE if there is none, ERR_FORMAT past out->max. */
int call_file(const char *path, struct buf *out) MUST_USE;
struct str call_argument(const struct call *call, size_t i); /* empty if there is none */

/* Reads argv[1..]; what it fills is released by call_release.  ERR_USAGE with a hint where something is like it. */
int call_read(int argc, char **argv, struct call *call) MUST_USE;
void call_release(struct call *call);

#endif
