/*
 * Errors.  A function that can fail returns 0 or a negative enum err; the code
 * and the reason are set in one expression:
 *
 *	return err_set(ERR_FORMAT, "segment: bad magic");
 *
 * The reason belongs to the calling thread and stands until its next err_set.
 */
#ifndef CARREL_BASE_ERR_H
#define CARREL_BASE_ERR_H

enum err {
	ERR_ABSENT = -1,    /* nothing found, differs, does not verify */
	ERR_USAGE = -2,     /* the caller's words are off */
	ERR_REFUSED = -3,   /* role, policy, quota, seal, or a conflict with what is there */
	ERR_FORMAT = -4,    /* damaged or hostile input */
	ERR_SYSTEM = -5,    /* disk, descriptor, process */
	ERR_MEMORY = -6,    /* no memory, or past a maximum that was set for an outsider */
	ERR_CANCELLED = -7, /* the person asked to stop */
};

#define ERR_TEXT_MAX 1024 /* bytes of a reason, its NUL included */

/* Sets code and reason, returns code.  Arguments may be foreign: a main shows the reason through show(). */
int err_set(enum err code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* As err_set(ERR_SYSTEM, ...), with ": " and the words for errno behind. */
int err_sys(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Puts "context: " before the reason that stands; returns code unchanged. */
int err_in(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The reason that stands; "" if none.  Borrowed until the thread's next err_*. */
const char *err_text(void);
/* The exit status for a result: 0 for 0, else 1..5 as in carrel(1); 130 for ERR_CANCELLED. */
int err_exit(int code);

#define MUST_USE __attribute__((warn_unused_result))

#endif
