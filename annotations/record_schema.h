/*
 * What a payload of each type holds: one table, read by the check of payloads and
 * described in carrel-record(5).  Keys that it does not name are refused.
 */
#ifndef CARREL_ANNOTATIONS_RECORD_SCHEMA_H
#define CARREL_ANNOTATIONS_RECORD_SCHEMA_H

#include "annotations/record.h"

#define RECORD_LINE_MAX 1024 /* bytes of a line */
#define RECORD_LIST_MAX 4096 /* items of a list */

enum field_shape {
	P_TEXT,    /* not empty */
	P_ANYTEXT, /* may be empty */
	P_LINE,    /* not empty, no newline or tab, at most RECORD_LINE_MAX bytes */
	P_WORD,    /* one of `words` */
	P_NAME,    /* [A-Za-z0-9._+-]{1,64} */
	P_NUM,     /* 0 .. 2^53 */
	P_BOOL,
	P_HASH,    /* 64 hex digits */
	P_OID,     /* 40 hex digits */
	P_ROOM,    /* 32 hex digits */
	P_PRINT,   /* fingerprint */
	P_KEY,     /* OpenSSH public key line without comment */
	P_FOREIGN, /* KEY, and KEY_b64 where the bytes are no plain UTF-8 */
	P_HEAD,    /* {root, size} */
	P_OBJECT,  /* of `fields` */
	P_NAMES,   /* lists, not empty */
	P_LINES,
	P_HASHES,
	P_KEYS,
	P_OBJECTS,
	P_MAP,     /* word -> object of `fields` */
	P_NUMS,    /* word -> number */
};

struct field {
	const char *key;
	enum field_shape kind;
	bool optional;
	const char *words;          /* "a|b|c"; of a key, the types that it may have */
	const struct field *fields; /* up to a key that is NULL */
};

/* Fields of a type's payload, up to a key that is NULL.  Any payload may have "attach" beside them. */
const struct field *record_schema(enum record_type type);
extern const struct field record_attach_fields[];

#endif
