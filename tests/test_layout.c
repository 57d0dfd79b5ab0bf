#include "tests/unit.h"

#include "base/fs.h"
#include "room/layout.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int
in_new_directory(void **state)
{
	char *path = strdup("/tmp/carrel-layout-XXXXXX");

	if (!mkdtemp(path) || chdir(path) < 0)
		return -1;
	unsetenv("CARREL_ROOM");
	*state = path;
	return 0;
}

static int
and_away(void **state)
{
	char command[100];

	snprintf(command, sizeof command, "rm -rf %s", (char *)*state);
	free(*state);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

/* A room.db that consists of nothing but SQLite's file head, of the given format. */
static void
put_db(int dir, uint8_t format)
{
	char head[100] = "SQLite format 3";
	int fd = openat(dir, ROOM_DB, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	head[63] = (char)format;
	assert_int_equal(write(fd, head, sizeof head), sizeof head);
	close(fd);
}

static void
a_made_room_is_found_from_below(void **state)
{
	struct room made, found;
	struct stat st;

	(void)state;
	assert_int_equal(room_make("r", &made), 0);
	assert_int_equal(fstat(made.dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(room_open("r", &found), ERR_USAGE); /* no room.db yet */
	put_db(made.dir, ROOM_FORMAT);
	assert_int_equal(chdir("r/index"), 0);
	assert_int_equal(room_open(NULL, &found), 0);
	assert_string_equal(found.path, made.path);
	room_release(&found);
	room_release(&made);
}

static void
the_environment_names_one(void **state)
{
	struct room made, found;

	(void)state;
	assert_int_equal(room_make("r", &made), 0);
	put_db(made.dir, ROOM_FORMAT);
	assert_int_equal(room_open(NULL, &found), ERR_USAGE);
	assert_non_null(strstr(err_text(), "carrel init"));
	setenv("CARREL_ROOM", "r", 1);
	assert_int_equal(room_open(NULL, &found), 0);
	room_release(&found);
	assert_int_equal(room_open("elsewhere", &found), ERR_USAGE); /* what is given comes first */
	room_release(&made);
}

static void
what_is_no_ledger_is_told(void **state)
{
	struct room made, found;

	(void)state;
	assert_int_equal(room_make("r", &made), 0);
	put_db(made.dir, ROOM_FORMAT + 1);
	assert_int_equal(room_open("r", &found), ERR_FORMAT);
	assert_non_null(strstr(err_text(), "newer"));
	assert_int_equal(fs_write(made.dir, ROOM_DB, STR("hello"), 0600, FS_REPLACE), 0);
	assert_int_equal(room_open("r", &found), ERR_FORMAT);
	assert_int_equal(unlinkat(made.dir, ROOM_DB, 0), 0);
	assert_int_equal(symlinkat("/etc/passwd", made.dir, ROOM_DB), 0);
	assert_int_equal(room_open("r", &found), ERR_FORMAT);
	room_release(&made);
}

static void
nothing_there_is_touched(void **state)
{
	struct room room;

	(void)state;
	assert_int_equal(mkdir("full", 0755), 0);
	assert_int_equal(mkdir("full/x", 0755), 0);
	assert_int_equal(room_make("full", &room), ERR_REFUSED);
	assert_int_equal(room_make("no/such", &room), ERR_SYSTEM);
	assert_int_equal(rmdir("full/x"), 0);
	assert_int_equal(room_make("full", &room), 0);
	room_unmake(&room);
	room_release(&room);
	assert_int_equal(rmdir("full"), 0); /* it was the person's, and is empty again */
	assert_int_equal(room_make("new", &room), 0);
	room_unmake(&room);
	room_release(&room);
	assert_int_equal(access("new", F_OK), -1);
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, in_new_directory, and_away)

static const struct CMUnitTest tests[] = {
	IN_DIRECTORY(a_made_room_is_found_from_below),
	IN_DIRECTORY(the_environment_names_one),
	IN_DIRECTORY(what_is_no_ledger_is_told),
	IN_DIRECTORY(nothing_there_is_touched),
};

UNIT(tests)
