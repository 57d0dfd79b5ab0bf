/*
 * The tables that projection.c derives from the records: name and text, for db_schema.c.
 * Every row carries the position of the record that made it, so that the same tables
 * answer for any earlier size of the ledger.
 *
 *	person   a key of a person, valid for records since <= N < until
 *	noted    sessions that a note record (idx) says were never closed
 *	policy   the text of every policy
 *	pending  a person, revoke or policy record that waits for a second person
 *	confirm  who confirmed which record
 *	visit    of the person `name`, from record opened to record closed
 *	releases in the order of idx, the import's record; segment may be newer
 *	roomkey  keys that sign checkpoints, each from idx on, the genesis' first
 *	checkpoint, cosign: those records; size is that of the head, name whose cosignature it is
 *	thread   name is base32 of the opening record's hash, author a fingerprint; state and last are those of now
 *	entry    the records of a thread, the first included; state is the one it sets, or empty
 *	place    where a thread lies
 */
#ifndef CARREL_ANNOTATIONS_PROJECTION_TABLES_H
#define CARREL_ANNOTATIONS_PROJECTION_TABLES_H

#define PROJECTION_TABLES(X) \
	X("person", \
	    "CREATE TABLE person (print TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER, name TEXT NOT NULL, " \
	    "role TEXT NOT NULL, line TEXT NOT NULL, box TEXT NOT NULL, PRIMARY KEY (print, since)) " \
	    "STRICT, WITHOUT ROWID") \
	X("noted", \
	    "CREATE TABLE noted (session TEXT PRIMARY KEY, idx INTEGER NOT NULL) STRICT, WITHOUT ROWID") \
	X("policy", "CREATE TABLE policy (idx INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT") \
	X("pending", \
	    "CREATE TABLE pending (hash BLOB PRIMARY KEY, idx INTEGER NOT NULL, type TEXT NOT NULL, " \
	    "payload TEXT NOT NULL) STRICT, WITHOUT ROWID") \
	X("confirm", \
	    "CREATE TABLE confirm (record BLOB NOT NULL, name TEXT NOT NULL, idx INTEGER NOT NULL, " \
	    "PRIMARY KEY (record, name)) STRICT, WITHOUT ROWID") \
	X("visit", \
	    "CREATE TABLE visit (opened INTEGER PRIMARY KEY, name TEXT NOT NULL, closed INTEGER) STRICT") \
	X("releases", \
	    "CREATE TABLE releases (name TEXT PRIMARY KEY, idx INTEGER NOT NULL, segment TEXT NOT NULL) " \
	    "STRICT, WITHOUT ROWID") \
	X("roomkey", "CREATE TABLE roomkey (idx INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT") \
	X("checkpoint", "CREATE TABLE checkpoint (idx INTEGER PRIMARY KEY, size INTEGER NOT NULL) STRICT") \
	X("cosign", \
	    "CREATE TABLE cosign (idx INTEGER PRIMARY KEY, size INTEGER NOT NULL, print TEXT NOT NULL) STRICT") \
	X("thread", \
	    "CREATE TABLE thread (name TEXT PRIMARY KEY, opened INTEGER NOT NULL, kind TEXT NOT NULL, " \
	    "state TEXT NOT NULL, author TEXT NOT NULL, last INTEGER NOT NULL) STRICT, WITHOUT ROWID") \
	X("entry", \
	    "CREATE TABLE entry (thread TEXT NOT NULL, idx INTEGER NOT NULL, type TEXT NOT NULL, " \
	    "state TEXT NOT NULL, PRIMARY KEY (thread, idx)) STRICT, WITHOUT ROWID") \
	X("place", \
	    "CREATE TABLE place (thread TEXT NOT NULL, number INTEGER NOT NULL, release TEXT NOT NULL, " \
	    "path BLOB NOT NULL, PRIMARY KEY (thread, number)) STRICT, WITHOUT ROWID")

#endif
