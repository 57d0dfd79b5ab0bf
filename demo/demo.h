/*
 * The practice product: three releases of acme-av, a scanner that never existed, with
 * planted defects, the people of a practice room, and their first words.
 */
#ifndef CARREL_DEMO_DEMO_H
#define CARREL_DEMO_DEMO_H

#include <stddef.h>
#include <stdint.h>

#define DEMO_PRODUCT "acme-av"
#define DEMO_HOST "henry" /* name of the host's person */

enum { DEMO_RELEASES = 3 };

struct demo_release {
	const char *name;    /* "1.0" */
	const char *file;    /* "acme-av-1.0.tar.gz" */
	const uint8_t *data; /* the archive */
	size_t len;
};

extern const struct demo_release demo_releases[DEMO_RELEASES]; /* oldest first */

/* The people beside the host; each gets a key without passphrase, NAME.key. */
struct demo_person {
	const char *name, *role;
};

/* What they say, in this order.  A step is an annotation (anchor set), or an answer, a state, or both. */
struct demo_step {
	const char *person;
	const char *anchor;   /* RELEASE:PATH[:A-B], opens a thread */
	const char *kind, *title, *severity, *cwe;
	int thread;           /* number of the annotation among the steps, from 0, that this answers */
	const char *state;    /* or NULL */
	const char *text;
};

extern const struct demo_person demo_people[];
extern const size_t demo_people_count;
extern const struct demo_step demo_steps[];
extern const size_t demo_steps_count;

#endif
