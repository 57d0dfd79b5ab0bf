#include "tests/unit.h"

#include "annotations/db.h"
#include "base/fs.h"
#include "tests/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct room {
	struct scratch scratch;
	struct db *db;
};

static void
make(struct room *room)
{
	scratch_make(&room->scratch);
	assert_int_equal(db_open(room->scratch.dir, "room.db", DB_CREATE, &room->db), 0);
	assert_int_equal(db_settle(room->db), 0);
	assert_int_equal(db_open(room->scratch.dir, "room.db", DB_WRITE, &room->db), 0);
}

static void
release(struct room *room)
{
	db_close(room->db);
	scratch_remove(&room->scratch);
}

static void
values_come_back(void **state)
{
	struct room room;
	struct query *query;
	uint64_t count;

	(void)state;
	make(&room);
	assert_int_equal(db_begin(room.db), 0);
	assert_int_equal(
	    db_run(room.db, "INSERT INTO session (key, idx, actor, closed) VALUES (?1, ?2, ?3, ?4)", "tnt0",
		STR("k\xc3\xa4y"), UINT64_C(1) << 53, STR("")),
	    0);
	assert_int_equal(
	    db_run(room.db, "INSERT INTO record (idx, leaf) VALUES (?1, ?2)", "nb", UINT64_C(0), STR("a\0b")),
	    0);
	assert_int_equal(db_commit(room.db), 0);
	assert_int_equal(db_query(room.db, "SELECT key, idx, actor, closed FROM session WHERE key = ?1",
			     &query, "t", STR("k\xc3\xa4y")),
	    0);
	assert_int_equal(query_next(query), 1);
	assert_true(str_is(query_bytes(query, 0), "k\xc3\xa4y"));
	assert_true(query_num(query, 1) == UINT64_C(1) << 53);
	assert_true(query_bytes(query, 2).len == 0 && !query_null(query, 2));
	assert_true(query_null(query, 3));
	assert_int_equal(query_next(query), 0);
	query_end(query);
	assert_int_equal(db_query(room.db, "SELECT leaf FROM record", &query, ""), 0);
	assert_int_equal(query_next(query), 1);
	assert_true(str_eq(query_bytes(query, 0), STR("a\0b")));
	query_end(query);
	query_end(NULL);
	assert_int_equal(
	    db_number(room.db, "SELECT count(*) FROM record WHERE idx > ?1", &count, "n", UINT64_C(5)), 0);
	assert_true(count == 0);
	/* STRICT tables take no other type */
	assert_int_equal(
	    db_run(room.db, "INSERT INTO record (idx, leaf) VALUES (1, 'text')", ""), ERR_REFUSED);
	assert_int_equal(
	    db_run(room.db, "INSERT INTO record (idx, leaf) VALUES (0, x'00')", ""), ERR_REFUSED);
	release(&room);
}

static void
what_is_rolled_back_was_never_there(void **state)
{
	struct room room;
	uint64_t count;

	(void)state;
	make(&room);
	assert_int_equal(db_begin(room.db), 0);
	assert_int_equal(db_run(room.db, "INSERT INTO record (idx, leaf) VALUES (0, x'00')", ""), 0);
	err_set(ERR_REFUSED, "a reason");
	db_rollback(room.db);
	assert_string_equal(err_text(), "a reason");
	db_rollback(room.db);
	assert_int_equal(db_number(room.db, "SELECT count(*) FROM record", &count, ""), 0);
	assert_true(count == 0);
	release(&room);
}

static void
nothing_dangerous_is_prepared(void **state)
{
	static const char *const bad[] = { "ATTACH DATABASE '/tmp/x.db' AS x", "DETACH DATABASE main",
		"VACUUM INTO '/tmp/x.db'", "VACUUM", "CREATE TABLE x (a)", "DROP TABLE record",
		"CREATE INDEX x ON node (hash)", "CREATE TEMP TABLE x (a)", "CREATE VIEW x AS SELECT 1",
		"ALTER TABLE record RENAME TO x",
		"CREATE TRIGGER x AFTER INSERT ON record BEGIN DELETE FROM record; END",
		"PRAGMA journal_mode = DELETE", "PRAGMA synchronous = OFF", "PRAGMA writable_schema = ON",
		"PRAGMA user_version = 9", "REINDEX", "ANALYZE", "SELECT load_extension('x')",
		"SELECT readfile('/etc/passwd')", "SELECT randomblob(9)", "UPDATE sqlite_schema SET sql = ''",
		"DELETE FROM sqlite_schema", "INSERT INTO sqlite_schema VALUES (1,1,1,1,1)",
		"SELECT sql FROM sqlite_schema", "SAVEPOINT x", "CREATE VIRTUAL TABLE x USING fts5 (a)",
		"SELECT \"text\"", "nonsense" };
	struct room room;

	(void)state;
	make(&room);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (db_run(room.db, bad[i], "") == 0)
			fail_msg("%s", bad[i]);
	}
	release(&room);
}

static void
a_reader_cannot_write(void **state)
{
	struct room room;
	struct db *reader;

	(void)state;
	make(&room);
	assert_int_equal(db_open(room.scratch.dir, "room.db", DB_READ, &reader), 0);
	assert_int_equal(db_begin(reader), ERR_REFUSED);
	assert_true(db_run(reader, "INSERT INTO record (idx, leaf) VALUES (0, x'00')", "") < 0);
	assert_true(db_run(reader, "DELETE FROM record", "") < 0);
	db_close(reader);
	release(&room);
}

static void
what_is_no_room_is_refused(void **state)
{
	struct scratch scratch;
	struct db *db = NULL;

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(db_open(scratch.dir, "room.db", DB_WRITE, &db), ERR_ABSENT);
	assert_int_equal(
	    scratch_run(&scratch,
		"mkdir dir && ln -s /etc/hostname link && : >empty && echo text >text && "
		"head -c 8192 /dev/urandom >noise && python3 -c 'import sqlite3\n"
		"c = sqlite3.connect(\"other\")\nc.execute(\"create table t (a)\")\nc.commit()'"),
	    0);
	assert_int_equal(db_open(scratch.dir, "dir", DB_WRITE, &db), ERR_FORMAT);
	assert_int_equal(db_open(scratch.dir, "link", DB_WRITE, &db), ERR_FORMAT);
	assert_int_equal(db_open(scratch.dir, "empty", DB_WRITE, &db), ERR_FORMAT);
	assert_int_equal(db_open(scratch.dir, "text", DB_WRITE, &db), ERR_FORMAT);
	assert_int_equal(db_open(scratch.dir, "noise", DB_READ, &db), ERR_FORMAT);
	assert_int_equal(db_open(scratch.dir, "other", DB_READ, &db), ERR_FORMAT);
	/* what was looked at is as it was */
	assert_int_equal(scratch_run(&scratch, "test ! -s empty && test \"$(cat text)\" = text"), 0);
	assert_int_equal(db_open(scratch.dir, "empty", DB_CREATE, &db), ERR_SYSTEM);
	assert_null(db);
	scratch_remove(&scratch);
}

static void
a_busy_room_is_waited_for(void **state)
{
	struct room room;
	int gate[2];

	(void)state;
	make(&room);
	assert_int_equal(pipe(gate), 0);
	pid_t child = fork();
	if (child == 0) {
		struct db *other;
		if (db_open(room.scratch.dir, "room.db", DB_WRITE, &other) < 0 || db_begin(other) < 0 ||
		    db_run(other, "INSERT INTO record (idx, leaf) VALUES (0, x'00')", "") < 0 ||
		    write(gate[1], "x", 1) != 1)
			_exit(1);
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
		_exit(db_commit(other) < 0);
	}
	char byte;
	assert_int_equal(read(gate[0], &byte, 1), 1);
	assert_int_equal(db_begin(room.db), 0); /* the other one has the lock until it commits */
	uint64_t count;
	assert_int_equal(db_number(room.db, "SELECT count(*) FROM record", &count, ""), 0);
	assert_true(count == 1);
	db_rollback(room.db);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(gate[0]);
	close(gate[1]);
	release(&room);
}

/* Whoever holds the queue and never writes, as one that is stopped there, keeps nobody from writing. */
static void
who_never_leaves_the_queue_does_not_end_it(void **state)
{
	struct room room;
	int gate[2];

	(void)state;
	make(&room);
	assert_int_equal(mkdirat(room.scratch.dir, "run", 0700) == 0 || errno == EEXIST, 1);
	db_close(room.db);
	assert_int_equal(db_open(room.scratch.dir, "room.db", DB_WRITE, &room.db), 0);
	assert_int_equal(pipe(gate), 0);
	pid_t child = fork();
	if (child == 0) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
		int queue = openat(room.scratch.dir, DB_TURN, O_RDWR);
		if (queue < 0 || fcntl(queue, F_SETLK, &lock) < 0 || write(gate[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	char byte;
	close(gate[1]);
	assert_int_equal(read(gate[0], &byte, 1), 1);
	assert_int_equal(db_begin(room.db), 0);
	assert_int_equal(kill(child, 0), 0); /* still there */
	assert_int_equal(db_commit(room.db), 0);
	kill(child, SIGKILL);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	close(gate[0]);
	release(&room);
}

/* The number taken last; 0 if none was. */
static uint64_t
last_ticket(const struct room *room)
{
	uint64_t ticket = 0;
	int fd = openat(room->scratch.dir, DB_TURN, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && pread(fd, &ticket, sizeof ticket, 0) != sizeof ticket)
		ticket = 0;
	close(fd); /* this process holds no lock on it */
	return ticket;
}

/* A process of its own that writes `name` into the pipe when it is its turn. */
static pid_t
queue_up(const struct room *room, char name, int out)
{
	uint64_t before = last_ticket(room);
	pid_t pid = fork();

	if (pid == 0) {
		struct db *db;
		bool ok = db_open(room->scratch.dir, "room.db", DB_WRITE, &db) == 0 && db_begin(db) == 0 &&
		    write(out, &name, 1) == 1 && db_commit(db) == 0;
		_exit(ok ? 0 : 1);
	}
	assert_true(pid > 0);
	while (last_ticket(room) == before)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	return pid;
}

static void
turns_are_taken_in_the_order_of_asking(void **state)
{
	struct room room;
	int first[2], out[2], status;
	char order[8], go;

	(void)state;
	make(&room);
	db_close(room.db);
	room.db = NULL;
	assert_int_equal(mkdirat(room.scratch.dir, "run", 0700), 0);
	assert_true(pipe(first) == 0 && pipe(out) == 0);
	pid_t holder = fork();
	if (holder == 0) { /* until it is told to go on */
		bool ok = db_open(room.scratch.dir, "room.db", DB_WRITE, &room.db) == 0 &&
		    db_begin(room.db) == 0 && read(first[0], &go, 1) == 1 && db_commit(room.db) == 0;
		_exit(ok ? 0 : 1);
	}
	while (last_ticket(&room) == 0)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	for (char name = 'a'; name < 'f'; name++) {
		pid_t pid = queue_up(&room, name, out[1]);
		if (name == 'e') /* nobody waits behind it, nor for it */
			assert_true(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
	}
	assert_int_equal(write(first[1], "", 1), 1);
	for (unsigned i = 0; i < 5; i++)
		assert_true(wait(&status) > 0 && status == 0);
	assert_int_equal(read(out[0], order, sizeof order), 4);
	assert_memory_equal(order, "abcd", 4);
	queue_up(&room, 'g', out[1]);
	assert_true(wait(&status) > 0 && status == 0);
	for (unsigned i = 0; i < 2; i++) {
		close(first[i]);
		close(out[i]);
	}
	release(&room);
}

static void
projections_are_compared_row_by_row(void **state)
{
	struct db *a, *b;

	(void)state;
	assert_int_equal(db_open(-1, NULL, DB_SCRATCH, &a), 0);
	assert_int_equal(db_open(-1, NULL, DB_SCRATCH, &b), 0);
	static const char insert[] =
	    "INSERT INTO session (key, idx, actor, closed) VALUES (?1, ?2, 'a', NULL)";
	for (uint64_t i = 0; i < 20; i++) {
		char key[8];
		snprintf(key, sizeof key, "%u", (unsigned)i);
		assert_int_equal(db_run(a, insert, "tn", str_from(key), i), 0);
		snprintf(key, sizeof key, "%u", (unsigned)(19 - i));
		assert_int_equal(db_run(b, insert, "tn", str_from(key), 19 - i), 0);
	}
	assert_int_equal(db_compare(a, b), 0);
	/* what is no projection is not compared */
	assert_int_equal(db_run(b, "INSERT INTO record (idx, leaf) VALUES (0, x'00')", ""), 0);
	assert_int_equal(db_compare(a, b), 0);
	static const char *const changes[] = { "UPDATE session SET closed = 0 WHERE key = '7'",
		"UPDATE session SET closed = NULL", "UPDATE session SET actor = 'b' WHERE key = '19'",
		"UPDATE session SET actor = 'a'", "DELETE FROM session WHERE key = '9'",
		"INSERT INTO session (key, idx, actor) VALUES ('9', 9, 'a')" };
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(db_run(b, changes[i], ""), 0);
		assert_int_equal(db_compare(a, b), i % 2 ? 0 : ERR_ABSENT);
		assert_int_equal(db_compare(b, a), i % 2 ? 0 : ERR_ABSENT);
	}
	db_close(a);
	db_close(b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(values_come_back),
	cmocka_unit_test(what_is_rolled_back_was_never_there),
	cmocka_unit_test(nothing_dangerous_is_prepared),
	cmocka_unit_test(a_reader_cannot_write),
	cmocka_unit_test(what_is_no_room_is_refused),
	cmocka_unit_test(a_busy_room_is_waited_for),
	cmocka_unit_test(who_never_leaves_the_queue_does_not_end_it),
	cmocka_unit_test(turns_are_taken_in_the_order_of_asking),
	cmocka_unit_test(projections_are_compared_row_by_row),
};

UNIT(tests)
