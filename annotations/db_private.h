/* What db.c and db_open.c share: the two that know SQLite. */
#ifndef CARREL_ANNOTATIONS_DB_PRIVATE_H
#define CARREL_ANNOTATIONS_DB_PRIVATE_H

#include "annotations/db.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <time.h>

#define DB_STATEMENTS 128

struct query {
	struct db *db;
	sqlite3_stmt *statement;
	const char *sql;
	bool busy;
	bool kept;
};

struct db {
	sqlite3 *handle;
	enum db_mode mode;
	char *path;
	bool immutable;    /* opened as a file that nobody writes ... */
	struct stat still; /* ... and how it looked then */
	struct timespec busy_since;
	int turn;          /* whose turn it is to write: see take_turn() in db.c; -1: not to be had */
	struct query *statements[DB_STATEMENTS];
	size_t count;
};

/* SQLite's last error as ours. */
int db_failed(const struct db *db, const char *what) MUST_USE;
/* Opens db->path anew as db->mode has it, hardened and checked. */
int db_connect(struct db *db) MUST_USE;
void db_disconnect(struct db *db);

#endif
