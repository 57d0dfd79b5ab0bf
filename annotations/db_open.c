#include "annotations/db_private.h"

#include "annotations/db_schema.h"
#include "base/digest.h"
#include "base/mem.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#define VALUE_MAX (4 * 1024 * 1024) /* bytes of the largest value we store, with room to spare */

/* 0.2 to 1 ms at random: SQLite's own handler backs off to 100 ms and starves. */
static int
wait_busy(void *ctx, int times)
{
	struct db *db = ctx;
	struct timespec now;
	uint16_t dice = 0;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (times == 0)
		db->busy_since = now;
	if ((now.tv_sec - db->busy_since.tv_sec) * 1000 + (now.tv_nsec - db->busy_since.tv_nsec) / 1000000 >
	    DB_BUSY_MS)
		return 0;
	if (getrandom(&dice, sizeof dice, GRND_NONBLOCK) < 0)
		dice = (uint16_t)now.tv_nsec;
	nanosleep(&(struct timespec){ .tv_nsec = 200000 + dice % 800000 }, NULL);
	return 1;
}

static bool
function_allowed(const char *name)
{
	static const char *const allowed[] = { "count", "max", "min", "sum", "total", "coalesce", "ifnull",
		"length", "substr", "instr", "like", "glob", "abs" };

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
		if (strcmp(name, allowed[i]) == 0)
			return true;
	}
	return false;
}

/* What a prepared statement may do; asked while it is compiled. */
static int
authorize(
    void *ctx, int action, const char *first, const char *second, const char *database, const char *trigger)
{
	const struct db *db = ctx;
	bool internal = first && strncmp(first, "sqlite_", 7) == 0;

	(void)database;
	if (trigger)
		return SQLITE_DENY;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_TRANSACTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		return internal ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		return internal || db->mode == DB_READ ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_FUNCTION:
		return function_allowed(second) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_PRAGMA:
		return strcmp(first, "quick_check") == 0 || strcmp(first, "cache_size") == 0 ? SQLITE_OK
											     : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int
execute(struct db *db, const char *sql)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_failed(db, sql);
	return 0;
}

static int
harden(struct db *db)
{
	static const int switches[][2] = { { SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 }, { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 }, { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 }, { SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 }, { SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 } };
	static const int limits[][2] = { { SQLITE_LIMIT_ATTACHED, 0 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 0 },
		{ SQLITE_LIMIT_LENGTH, VALUE_MAX }, { SQLITE_LIMIT_SQL_LENGTH, 16384 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 }, { SQLITE_LIMIT_VARIABLE_NUMBER, 64 } };

	for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
		int set = -1;
		if (sqlite3_db_config(db->handle, switches[i][0], switches[i][1], &set) != SQLITE_OK ||
		    set != switches[i][1])
			return err_set(ERR_SYSTEM, "SQLite cannot be hardened (%d)", switches[i][0]);
	}
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		sqlite3_limit(db->handle, limits[i][0], limits[i][1]);
	sqlite3_busy_handler(db->handle, wait_busy, db);
	return execute(db,
	    "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA "
	    "secure_delete = ON; "
	    "PRAGMA synchronous = FULL");
}

int
db_keep_pages(struct db *db, unsigned mib)
{
	char sql[64];

	snprintf(sql, sizeof sql, "PRAGMA cache_size = -%u", mib * 1024);
	return execute(db, sql);
}

static int
lay_out(struct db *db)
{
	char number[128];
	int r = 0;

	snprintf(number, sizeof number, "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    DB_APPLICATION, DB_VERSION);
	r = execute(db, number);
	for (size_t i = 0; i < db_schema_count && r == 0; i++)
		r = execute(db, db_schema[i].sql);
	return r;
}

static int
pragma_number(struct db *db, const char *sql, int64_t *out)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL) != SQLITE_OK)
		return db_failed(db, sql);
	int step = sqlite3_step(statement);
	*out = step == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	int r = step == SQLITE_ROW ? 0 : db_failed(db, sql);
	sqlite3_finalize(statement);
	return r;
}

/* One row of sqlite_schema: ours to the byte, or the index that SQLite itself makes for a primary key. */
static bool
object_known(sqlite3_stmt *row)
{
	const char *name = (const char *)sqlite3_column_text(row, 0),
		   *sql = (const char *)sqlite3_column_text(row, 1);

	if (!name)
		return false;
	if (!sql)
		return strncmp(name, "sqlite_autoindex_", 17) == 0;
	for (size_t i = 0; i < db_schema_count; i++) {
		if (strcmp(name, db_schema[i].name) == 0)
			return strcmp(sql, db_schema[i].sql) == 0;
	}
	return false;
}

static int
check_schema(struct db *db)
{
	sqlite3_stmt *row;
	size_t ours = 0;
	int step, r = 0;

	if (sqlite3_prepare_v2(db->handle, "SELECT name, sql FROM sqlite_schema", -1, &row, NULL) !=
	    SQLITE_OK)
		return db_failed(db, "schema");
	while (r == 0 && (step = sqlite3_step(row)) == SQLITE_ROW) {
		if (!object_known(row))
			r = err_set(ERR_FORMAT, "room.db: its schema is not that of a room");
		ours += sqlite3_column_type(row, 1) != SQLITE_NULL;
	}
	if (r == 0 && step != SQLITE_DONE)
		r = db_failed(db, "schema");
	if (r == 0 && ours != db_schema_count)
		r = err_set(ERR_FORMAT, "room.db: its schema is not that of a room");
	sqlite3_finalize(row);
	return r;
}

static int
check_version(struct db *db)
{
	int64_t application, version;

	int r = pragma_number(db, "PRAGMA application_id", &application);
	if (r == 0)
		r = pragma_number(db, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (application != DB_APPLICATION)
		return err_set(ERR_FORMAT, "room.db is no room's database");
	if (version > DB_VERSION)
		return err_set(ERR_FORMAT,
		    "the room is of a newer version (%" PRId64 "; this carrel knows %d): use that version",
		    version, DB_VERSION);
	if (version != DB_VERSION)
		return err_set(ERR_FORMAT,
		    "the room is of version %" PRId64 ", which this carrel does not read", version);
	return check_schema(db);
}

/* dir's path: SQLite opens by name alone, and names its journals after it. */
static int
full_path(int dir, const char *name, struct buf *out)
{
	char link[64], path[PATH_MAX];
	struct stat a, b;

	snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
	ssize_t len = readlink(link, path, sizeof path - 1);
	if (len < 0)
		return err_sys("%s", link);
	path[len] = 0;
	if (fstat(dir, &a) < 0 || stat(path, &b) < 0 || a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return err_set(ERR_SYSTEM, "the room's directory has moved away");
	return buf_printf(out, "%s/%s", path, name);
}

/* "file:" URI, every byte that is not plain as %XX. */
static int
immutable_uri(const char *path, struct buf *out)
{
	int r = buf_text(out, "file:");

	for (const char *at = path; *at && r == 0; at++) {
		bool plain = (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') ||
		    (*at >= '0' && *at <= '9') || *at == '/';
		r = plain ? buf_byte(out, (uint8_t)*at) : buf_printf(out, "%%%02X", (unsigned char)*at);
	}
	return r < 0 ? r : buf_text(out, "?immutable=1");
}

/*
 * A reader leaves no trace: where no journal lies beside the file nobody has it open, and it is read as a file
 * that nobody writes.  Should someone come meanwhile, db_begin_read sees it and opens anew.
 */
static bool
nobody_writes(struct db *db)
{
	struct stat journal;
	char *name = NULL;

	if (db->mode != DB_READ || asprintf(&name, "%s-wal", db->path) < 0)
		return false;
	bool quiet = stat(name, &journal) < 0 || journal.st_size == 0;
	free(name);
	return quiet;
}

int
db_connect(struct db *db)
{
	struct buf uri = BUF(4 * PATH_MAX);
	int flags =
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;

	db->immutable = nobody_writes(db);
	flags |= db->mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (db->mode == DB_SCRATCH)
		flags |= SQLITE_OPEN_MEMORY;
	const char *name = db->mode == DB_SCRATCH ? ":memory:" : db->path;
	int r = 0;
	if (db->immutable) {
		flags |= SQLITE_OPEN_URI;
		r = stat(db->path, &db->still) < 0 ? err_sys("room.db") : immutable_uri(db->path, &uri);
		name = (const char *)uri.data;
	}
	if (r == 0 && sqlite3_open_v2(name, &db->handle, flags, NULL) != SQLITE_OK)
		r = db->handle ? db_failed(db, "cannot be opened")
			       : err_set(ERR_MEMORY, "room.db: no memory");
	buf_release(&uri);
	if (r == 0)
		r = harden(db);
	if (r == 0)
		r = db_keep_pages(db, DB_PAGES_MIB);
	if (r == 0)
		r = db->mode == DB_CREATE || db->mode == DB_SCRATCH ? lay_out(db) : check_version(db);
	if (r == 0 && db->mode == DB_WRITE)
		r = execute(db, "PRAGMA journal_mode = WAL");
	if (r == 0 && sqlite3_set_authorizer(db->handle, authorize, db) != SQLITE_OK)
		r = db_failed(db, "authorizer");
	return r;
}

void
db_disconnect(struct db *db)
{
	for (size_t i = 0; i < db->count; i++) {
		sqlite3_finalize(db->statements[i]->statement);
		free(db->statements[i]);
	}
	db->count = 0;
	sqlite3_close_v2(db->handle);
	db->handle = NULL;
}

static int
find_file(int dir, const char *name, enum db_mode mode)
{
	struct stat st;

	if (mode == DB_SCRATCH)
		return 0;
	if (mode == DB_CREATE) {
		int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return err_sys("%s", name);
		close(fd);
		return 0;
	}
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_set(ERR_ABSENT, "there is no %s: not a room", name);
	if (!S_ISREG(st.st_mode))
		return err_set(ERR_FORMAT, "%s is not a regular file", name);
	return 0;
}

int
db_open(int dir, const char *name, enum db_mode mode, struct db **out)
{
	struct buf path = BUF(PATH_MAX);
	struct db *db = mem_try_alloc(1, sizeof *db);

	if (!db)
		return err_set(ERR_MEMORY, "room.db: no memory");
	db->mode = mode;
	db->turn = -1;
	int r = find_file(dir, name, mode);
	if (r == 0 && mode != DB_SCRATCH)
		r = full_path(dir, name, &path);
	if (r == 0 && mode == DB_WRITE)
		db->turn = openat(dir, DB_TURN, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (r == 0) {
		db->path = buf_take(&path);
		r = db->path ? db_connect(db) : err_set(ERR_MEMORY, "room.db: no memory");
	}
	buf_release(&path);
	if (r < 0) {
		db_close(db);
		return r;
	}
	*out = db;
	return 0;
}

void
db_close(struct db *db)
{
	if (!db)
		return;
	db_disconnect(db);
	if (db->turn >= 0)
		close(db->turn);
	free(db->path);
	free(db);
}

int
db_settle(struct db *db)
{
	sqlite3_set_authorizer(db->handle, NULL, NULL);
	int r = execute(db, "PRAGMA journal_mode = WAL");
	db_close(db);
	return r;
}

bool
db_undisturbed(struct db *db)
{
	struct stat now;

	if (!db->immutable)
		return true;
	return nobody_writes(db) && stat(db->path, &now) == 0 && now.st_ino == db->still.st_ino &&
	    now.st_size == db->still.st_size && now.st_mtim.tv_sec == db->still.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == db->still.st_mtim.tv_nsec;
}

/* No lock of ours can be dropped by closing the descriptor: a file that nobody writes is read without any. */
int
db_digest(struct db *db, uint8_t out[static SHA256_LEN])
{
	static const size_t piece = 65536;
	uint8_t *bytes = NULL;
	struct sha256 hash;
	ssize_t got = 0;

	if (!db->immutable || !db_undisturbed(db))
		return err_set(ERR_ABSENT, "room.db is open elsewhere");
	int fd = open(db->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_sys("room.db");
	sha256_init(&hash);
	bytes = mem_try_alloc(1, piece);
	while (bytes && (got = read(fd, bytes, piece)) > 0)
		sha256_add(&hash, bytes, (size_t)got);
	int r = !bytes ? err_set(ERR_MEMORY, "room.db: no memory") : got < 0 ? err_sys("room.db") : 0;
	sha256_end(&hash, out);
	free(bytes);
	close(fd);
	return r;
}
