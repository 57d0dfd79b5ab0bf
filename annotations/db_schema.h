/*
 * The text of the schema, in one place: what is laid out in a new room and compared,
 * to the byte, whenever a room is opened.  A change to any of it is a new DB_VERSION.
 * SQLite keeps the text of a statement as written from "CREATE TABLE " on.
 *
 * There are no indexes: what is looked up by another key is a table of its own, so
 * that verify rebuilds and compares it too.
 */
#ifndef CARREL_ANNOTATIONS_DB_SCHEMA_H
#define CARREL_ANNOTATIONS_DB_SCHEMA_H

#include <stddef.h>

enum db_standing {
	DB_TRUTH,     /* the records and what belongs to them */
	DB_PROJECTED, /* rebuilt from the records and compared by verify; INTEGER PRIMARY KEY or WITHOUT ROWID */
	DB_WALKED,    /* made of every record: verify compares row by row while it walks over them */
};

struct db_object {
	const char *name;
	const char *sql;
	enum db_standing standing;
};

extern const struct db_object db_schema[];
extern const size_t db_schema_count;

#endif
