/*
 * The one file that knows SQLite.  ROOM/room.db with every guard of SECURITY.md
 * section 2: defensive, no trusted schema, triggers, views, extensions or attach, an
 * authorizer, the schema's text compared with the compiled-in one at open, WAL with
 * synchronous FULL, our own busy handler.
 *
 *	r = db_run(db, "INSERT INTO x VALUES (?1, ?2)", "nb", index, hash);
 *
 *	struct query *q;
 *	r = db_query(db, "SELECT a, b FROM x WHERE c = ?1", &q, "t", name);
 *	while (r == 0 && (r = query_next(q)) > 0) ... query_num(q, 0) ... query_bytes(q, 1)
 *	query_end(q);      (NULL is allowed, so that a failed db_query needs no care)
 *
 * SQL is always a literal: statements are kept prepared, found again by their text.
 * Argument letters: n uint64_t (within 2^63), b struct str as BLOB, t struct str as
 * TEXT, 0 nothing bound (NULL, takes no argument).
 */
#ifndef CARREL_ANNOTATIONS_DB_H
#define CARREL_ANNOTATIONS_DB_H

#include "base/buf.h"

#define DB_APPLICATION 0x6361726c /* "carl" */
#define DB_VERSION 2
#define DB_TURN "run/turn" /* in the room: numbers for those who write, one after the other */
#define DB_TURN_MS 3000  /* that one stands in the queue */
#define DB_PAGES_MIB 8
#define DB_BUSY_MS 30000 /* until a busy room is given up */

enum db_mode {
	DB_WRITE,
	DB_READ,    /* writes nothing; on a live room and on a read-only copy alike */
	DB_CREATE,  /* a new file, schema laid out, not yet WAL: see db_settle */
	DB_SCRATCH, /* in memory, schema laid out: what verify rebuilds projections in; dir and name are ignored */
};

struct db;
struct query;

/* ERR_ABSENT: no such file.  ERR_FORMAT: not ours, of a newer version, or damaged. */
int db_open(int dir, const char *name, enum db_mode mode, struct db **out) MUST_USE;
void db_close(struct db *db);
/* The end of DB_CREATE: journal mode WAL, everything on disk, db closed (also on failure). */
int db_settle(struct db *db) MUST_USE;

/* BEGIN IMMEDIATE (write) or BEGIN (read: one snapshot until db_end). */
int db_begin(struct db *db) MUST_USE;
int db_begin_read(struct db *db) MUST_USE;
int db_commit(struct db *db) MUST_USE; /* durable when it returns; rolled back when it fails */
void db_rollback(struct db *db);       /* also ends a read; nothing if no transaction is open */

int db_run(struct db *db, const char *sql, const char *kinds, ...) MUST_USE;
int db_query(struct db *db, const char *sql, struct query **out, const char *kinds, ...) MUST_USE;
int query_next(struct query *query) MUST_USE; /* 1 a row, 0 none left */
uint64_t query_num(struct query *query, int column);
struct str query_bytes(struct query *query, int column); /* TEXT or BLOB; borrowed until the next query_* on it */
bool query_null(struct query *query, int column);
void query_end(struct query *query);
/* One number, 0 if no row: SELECT count(*) ... */
int db_number(struct db *db, const char *sql, uint64_t *out, const char *kinds, ...) MUST_USE;

/* False if a reader without a journal (DB_READ) finds that someone wrote since: what it read may be torn, ask again. */
bool db_undisturbed(struct db *db);
/* SHA-256 of the file; ERR_ABSENT where somebody has it open, for then it is not all in one file. */
int db_digest(struct db *db, uint8_t out[static 32]) MUST_USE;
/* How many MiB of pages are kept in memory, at most; DB_PAGES_MIB at first. */
int db_keep_pages(struct db *db, unsigned mib) MUST_USE;
/* PRAGMA quick_check; ERR_FORMAT with the first complaint, ERR_SYSTEM where that is that the disk cannot be read. */
int db_check(struct db *db) MUST_USE;
/* ERR_ABSENT, naming table and row, unless both hold the same rows in the tables that db_schema calls DB_PROJECTED. */
int db_compare(struct db *a, struct db *b) MUST_USE;

#endif
