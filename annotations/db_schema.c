#include "annotations/db_schema.h"

#include "annotations/projection_tables.h"

const struct db_object db_schema[] = {
	/* the ledger: carrel-ledger(5) */
	{ "record", "CREATE TABLE record (idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL) STRICT", DB_TRUTH },
	{ "node", "CREATE TABLE node (id INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT", DB_TRUTH },
	{ "attachment",
	    "CREATE TABLE attachment (sha256 BLOB NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, "
	    "PRIMARY KEY (sha256, part)) STRICT",
	    DB_TRUTH },
	/* every record; void is why it does not count, or empty */
	{ "log",
	    "CREATE TABLE log (idx INTEGER PRIMARY KEY, type TEXT NOT NULL, actor TEXT NOT NULL, "
	    "session TEXT NOT NULL, void TEXT NOT NULL) STRICT",
	    DB_WALKED },
	/* where the record of a hash stands */
	{ "position",
	    "CREATE TABLE position (hash BLOB PRIMARY KEY, idx INTEGER NOT NULL) STRICT, WITHOUT ROWID",
	    DB_WALKED },
	/* session keys by fingerprint; closed: position of the close record */
	{ "session",
	    "CREATE TABLE session (key TEXT PRIMARY KEY, idx INTEGER NOT NULL, actor TEXT NOT NULL, closed "
	    "INTEGER) "
	    "STRICT, WITHOUT ROWID",
	    DB_PROJECTED },
/* threads, people, releases, ... */
#define X(name, sql) { name, sql, DB_PROJECTED },
	PROJECTION_TABLES(X)
#undef X
};

const size_t db_schema_count = sizeof db_schema / sizeof *db_schema;
