#include "annotations/db.h"

#include "annotations/db_private.h"
#include "annotations/db_schema.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#define TICKET_MAX (UINT64_C(1) << 60)

int
db_failed(const struct db *db, const char *what)
{
	int code = sqlite3_errcode(db->handle);

	switch (code & 0xFF) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_MISMATCH:
		return err_set(ERR_FORMAT, "room.db is damaged: %s", sqlite3_errmsg(db->handle));
	case SQLITE_NOMEM:
		return err_set(ERR_MEMORY, "room.db: no memory");
	case SQLITE_FULL:
		return err_set(ERR_SYSTEM, "room.db: the disk is full");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(ERR_SYSTEM, "room.db: others kept the room busy for %d seconds; try again",
		    DB_BUSY_MS / 1000);
	case SQLITE_CONSTRAINT:
		return err_set(ERR_REFUSED, "room.db: %s", sqlite3_errmsg(db->handle));
	case SQLITE_READONLY:
		return err_set(ERR_REFUSED, "room.db may not be written");
	default:
		return err_set(ERR_SYSTEM, "room.db: %s: %s", what, sqlite3_errmsg(db->handle));
	}
}

/* ---- transactions ---- */

static void
interrupt(int number)
{
	(void)number;
}

/* One byte of run/turn; ERR_ABSENT if it is another's, or `wait`ing for it was interrupted. */
static int
lock_byte(const struct db *db, short type, uint64_t byte, bool wait)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1 };

	return fcntl(db->turn, wait ? F_SETLKW : F_SETLK, &lock) == 0 ? 0 : ERR_ABSENT;
}

static bool
is_late(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000 >= DB_TURN_MS;
}

static int
wait_for_byte(const struct db *db, uint64_t byte, const struct timespec *since)
{
	int r;

	do
		r = lock_byte(db, F_WRLCK, byte, true);
	while (r < 0 && errno == EINTR && !is_late(since));
	return r;
}

/* The next number of the file, whose own byte is locked before anybody can wait for it. */
static int
take_ticket(const struct db *db, const struct timespec *since, uint64_t *ticket)
{
	int r = wait_for_byte(db, 0, since);

	if (r < 0)
		return r;
	if (pread(db->turn, ticket, sizeof *ticket, 0) != sizeof *ticket || *ticket >= TICKET_MAX)
		*ticket = 0;
	++*ticket;
	r = pwrite(db->turn, ticket, sizeof *ticket, 0) == sizeof *ticket
	    ? lock_byte(db, F_WRLCK, *ticket + 1, false)
	    : ERR_ABSENT;
	(void)lock_byte(db, F_UNLCK, 0, false);
	return r;
}

/*
 * SQLite's own lock is polled for, and who polls most wins.  So whoever writes takes a number, keeps the byte of that
 * number in run/turn locked until it is done, and waits for the byte of the number before: the kernel wakes that
 * one alone, and a process that died is waited for by nobody.  It decides nothing: whoever has not had its turn
 * after DB_TURN_MS polls as before, up to DB_BUSY_MS.
 */
static void
take_turn(const struct db *db)
{
	static const struct itimerval often = { { .tv_usec = 100000 }, { .tv_usec = 100000 } }, never;
	struct sigaction before, action = { .sa_handler = interrupt };
	struct timespec since;
	uint64_t ticket;

	if (db->turn < 0)
		return;
	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &often, NULL);
	clock_gettime(CLOCK_MONOTONIC, &since);
	if (take_ticket(db, &since, &ticket) == 0 && wait_for_byte(db, ticket, &since) == 0)
		(void)lock_byte(db, F_UNLCK, ticket, false);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
}

static void
leave_turn(const struct db *db)
{
	struct flock all = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	if (db->turn >= 0)
		(void)fcntl(db->turn, F_SETLK, &all);
}

int
db_begin(struct db *db)
{
	if (db->mode == DB_READ)
		return err_set(ERR_REFUSED, "the room was opened for reading");
	take_turn(db);
	int r = db_run(db, "BEGIN IMMEDIATE", "");
	if (r < 0)
		leave_turn(db);
	return r;
}

int
db_begin_read(struct db *db)
{
	int r = 0;

	if (!db_undisturbed(db)) {
		db_disconnect(db);
		r = db_connect(db);
	}
	return r < 0 ? r : db_run(db, "BEGIN", "");
}

int
db_commit(struct db *db)
{
	int r = db_run(db, "COMMIT", "");

	leave_turn(db);
	if (r < 0)
		db_rollback(db);
	return r;
}

void
db_rollback(struct db *db)
{
	char why[ERR_TEXT_MAX];

	if (!db->handle || sqlite3_get_autocommit(db->handle))
		return;
	leave_turn(db);
	snprintf(why, sizeof why, "%s", err_text()); /* the reason for the rollback is what counts */
	if (db_run(db, "ROLLBACK", "") < 0 || why[0])
		err_set(ERR_SYSTEM, "%s", why);
}

/* ---- statements ---- */

static struct query *
find_statement(struct db *db, const char *sql)
{
	for (size_t i = 0; i < db->count; i++) {
		if (!db->statements[i]->busy &&
		    (db->statements[i]->sql == sql || strcmp(db->statements[i]->sql, sql) == 0))
			return db->statements[i];
	}
	return NULL;
}

static int
prepare(struct db *db, const char *sql, struct query **out)
{
	struct query *query = mem_try_alloc(1, sizeof *query);

	if (!query)
		return err_set(ERR_MEMORY, "room.db: no memory");
	*query = (struct query){ .db = db, .sql = sql, .kept = db->count < DB_STATEMENTS };
	unsigned flags = query->kept ? SQLITE_PREPARE_PERSISTENT : 0;
	if (sqlite3_prepare_v3(db->handle, sql, -1, flags, &query->statement, NULL) != SQLITE_OK) {
		free(query);
		return db_failed(db, sql);
	}
	if (query->kept)
		db->statements[db->count++] = query;
	*out = query;
	return 0;
}

static int
bind(struct query *query, const char *kinds, va_list *ap)
{
	int code = SQLITE_OK, at = 1;

	for (const char *kind = kinds; *kind && code == SQLITE_OK; kind++, at++) {
		struct str s;
		switch (*kind) {
		case 'n':
			code = sqlite3_bind_int64(query->statement, at, (sqlite3_int64)va_arg(*ap, uint64_t));
			break;
		case 'b':
			s = va_arg(*ap, struct str);
			code = sqlite3_bind_blob64(
			    query->statement, at, s.data ? s.data : "", s.len, SQLITE_TRANSIENT);
			break;
		case 't':
			s = va_arg(*ap, struct str);
			code = sqlite3_bind_text64(
			    query->statement, at, s.data ? s.data : "", s.len, SQLITE_TRANSIENT, SQLITE_UTF8);
			break;
		default: /* '0': left NULL */
			break;
		}
	}
	return code == SQLITE_OK ? 0 : db_failed(query->db, query->sql);
}

static int
start(struct db *db, const char *sql, struct query **out, const char *kinds, va_list *ap)
{
	struct query *query = find_statement(db, sql);

	int r = query ? 0 : prepare(db, sql, &query);
	if (r == 0) {
		query->busy = true;
		r = bind(query, kinds, ap);
	}
	if (r < 0) {
		query_end(query);
		query = NULL;
	}
	*out = query;
	return r;
}

int
db_query(struct db *db, const char *sql, struct query **out, const char *kinds, ...)
{
	va_list ap;

	va_start(ap, kinds);
	int r = start(db, sql, out, kinds, &ap);
	va_end(ap);
	return r;
}

int
db_run(struct db *db, const char *sql, const char *kinds, ...)
{
	struct query *query;
	va_list ap;

	va_start(ap, kinds);
	int r = start(db, sql, &query, kinds, &ap);
	va_end(ap);
	while (r == 0 && (r = query_next(query)) > 0)
		r = 0;
	query_end(query);
	return r;
}

int
db_number(struct db *db, const char *sql, uint64_t *out, const char *kinds, ...)
{
	struct query *query;
	va_list ap;

	va_start(ap, kinds);
	int r = start(db, sql, &query, kinds, &ap);
	va_end(ap);
	if (r == 0)
		r = query_next(query);
	if (r >= 0)
		*out = r > 0 ? query_num(query, 0) : 0;
	query_end(query);
	return r < 0 ? r : 0;
}

int
query_next(struct query *query)
{
	switch (sqlite3_step(query->statement)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return db_failed(query->db, query->sql);
	}
}

uint64_t
query_num(struct query *query, int column)
{
	return (uint64_t)sqlite3_column_int64(query->statement, column);
}

struct str
query_bytes(struct query *query, int column)
{
	const void *data = sqlite3_column_blob(query->statement, column);
	int len = sqlite3_column_bytes(query->statement, column);

	return data && len > 0 ? (struct str){ data, (size_t)len } : STR("");
}

bool
query_null(struct query *query, int column)
{
	return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

void
query_end(struct query *query)
{
	if (!query)
		return;
	if (!query->kept) {
		sqlite3_finalize(query->statement);
		free(query);
		return;
	}
	sqlite3_reset(query->statement);
	sqlite3_clear_bindings(query->statement);
	query->busy = false;
}

/* ---- checks ---- */

/* What quick_check found: damage, or that a page could not be had, which says nothing of the file. */
static int
not_ok(struct str found)
{
	char text[200];

	snprintf(text, sizeof text, "%.*s", STR_ARG(found));
	const char *code = strstr(text, "error code=");
	long number = code ? strtol(code + strlen("error code="), NULL, 10) & 0xFF : SQLITE_CORRUPT;
	if (number == SQLITE_NOMEM)
		return err_set(ERR_MEMORY, "room.db: no memory");
	if (number == SQLITE_IOERR)
		return err_set(ERR_SYSTEM, "room.db cannot be read: %s", text);
	return err_set(ERR_FORMAT, "room.db is damaged: %s", text);
}

int
db_check(struct db *db)
{
	struct query *query;

	int r = db_query(db, "PRAGMA quick_check(1)", &query, "");
	if (r == 0)
		r = query_next(query);
	if (r > 0) {
		struct str word = query_bytes(query, 0);
		r = str_is(word, "ok") ? 0 : not_ok(word);
	}
	query_end(query);
	return r;
}

static bool
same_row(sqlite3_stmt *a, sqlite3_stmt *b)
{
	int columns = sqlite3_column_count(a);

	for (int i = 0; i < columns; i++) {
		int type = sqlite3_column_type(a, i);
		if (type != sqlite3_column_type(b, i))
			return false;
		if (type == SQLITE_INTEGER) {
			if (sqlite3_column_int64(a, i) != sqlite3_column_int64(b, i))
				return false;
			continue;
		}
		int len = sqlite3_column_bytes(a, i);
		if (len != sqlite3_column_bytes(b, i) ||
		    (len && memcmp(sqlite3_column_blob(a, i), sqlite3_column_blob(b, i), (size_t)len) != 0))
			return false;
	}
	return true;
}

static int
compare_rows(
    const struct db *a, sqlite3_stmt *rows_a, const struct db *b, sqlite3_stmt *rows_b, const char *table)
{
	for (uint64_t row = 0;; row++) {
		int step_a = sqlite3_step(rows_a), step_b = sqlite3_step(rows_b);
		if (step_a != SQLITE_ROW && step_a != SQLITE_DONE)
			return db_failed(a, table);
		if (step_b != SQLITE_ROW && step_b != SQLITE_DONE)
			return db_failed(b, table);
		if (step_a != step_b || (step_a == SQLITE_ROW && !same_row(rows_a, rows_b)))
			return err_set(ERR_ABSENT, "table %s, row %" PRIu64 ": not what the records say",
			    table, row + 1);
		if (step_a == SQLITE_DONE)
			return 0;
	}
}

int
db_compare(struct db *a, struct db *b)
{
	int r = 0;

	for (size_t i = 0; i < db_schema_count && r == 0; i++) {
		sqlite3_stmt *rows_a = NULL, *rows_b = NULL;
		char sql[256];
		if (db_schema[i].standing != DB_PROJECTED)
			continue;
		snprintf(sql, sizeof sql, "SELECT * FROM %s NOT INDEXED", db_schema[i].name);
		if (sqlite3_prepare_v2(a->handle, sql, -1, &rows_a, NULL) != SQLITE_OK)
			r = db_failed(a, sql);
		if (r == 0 && sqlite3_prepare_v2(b->handle, sql, -1, &rows_b, NULL) != SQLITE_OK)
			r = db_failed(b, sql);
		if (r == 0)
			r = compare_rows(a, rows_a, b, rows_b, db_schema[i].name);
		sqlite3_finalize(rows_a);
		sqlite3_finalize(rows_b);
	}
	return r;
}
