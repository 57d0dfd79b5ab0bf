#include "tests/unit.h"

#include "room/machine.h"
#include "tests/scratch.h"

#include <stdio.h>

struct seen {
	char rows[3][200];
	size_t count;
};

static int
note(void *ctx, const struct machine_row *row)
{
	struct seen *seen = ctx;

	assert_true(seen->count < 3);
	snprintf(seen->rows[seen->count++], 200, "%s: %s%s", row->what, row->found, *row->advice ? " !" : "");
	return 0;
}

/* A machine made by shell commands, and what is seen of it. */
static void
sees(const char *steps, const char *swap, const char *cores, const char *disks)
{
	struct scratch scratch;
	struct seen seen = { .count = 0 };

	scratch_make(&scratch);
	assert_int_equal(scratch_run(&scratch, "mkdir -p proc/sys/kernel sys/block && %s", steps), 0);
	assert_int_equal(machine_look(scratch.path, note, &seen), 0);
	assert_int_equal(seen.count, 3);
	assert_string_equal(seen.rows[0], swap);
	assert_string_equal(seen.rows[1], cores);
	assert_string_equal(seen.rows[2], disks);
	scratch_remove(&scratch);
}

#define HEAD "printf 'Filename Type\\n' >proc/swaps; "
#define DISK "mkdir -p sys/block/sdb && echo 1 >sys/block/sdb/removable && "

static void
what_the_host_sees_to_is_seen(void **state)
{
	(void)state;
	sees(HEAD ": >proc/sys/kernel/core_pattern", "swap: none", "core dumps: none",
	    "removable disks: none");
	sees("rmdir sys/block", "swap: cannot be read !", "core dumps: cannot be read",
	    "removable disks: cannot be read");
	sees(HEAD "echo '/dev/sda2 partition 1 2 3' >>proc/swaps; echo '|/usr/bin/apport' "
		  ">proc/sys/kernel/core_pattern; " DISK "echo 9 >sys/block/sdb/size",
	    "swap: /dev/sda2 !", "core dumps: |/usr/bin/apport !", "removable disks: sdb !");
	sees(HEAD
	    "echo '/dev/zram0 partition 1 2 3' >>proc/swaps; echo '/dev/dm-3 partition 1 2 3' >>proc/swaps; "
	    "mkdir -p sys/block/dm-3/dm && printf CRYPT-PLAIN-x >sys/block/dm-3/dm/uuid; echo core "
	    ">proc/sys/kernel/core_pattern; " DISK "echo 0 >sys/block/sdb/size",
	    "swap: /dev/zram0, /dev/dm-3", "core dumps: core !", "removable disks: none");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(what_the_host_sees_to_is_seen),
};

UNIT(tests)
