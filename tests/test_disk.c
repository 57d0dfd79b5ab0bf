#include "tests/unit.h"

#include "annotations/disk.h"
#include "tests/scratch.h"

#include <stdio.h>

/* What a device of a made-up /sys is: `steps` make it, 8:1 is asked for. */
static enum disk
of(const char *steps)
{
	struct scratch scratch;

	scratch_make(&scratch);
	assert_int_equal(
	    scratch_run(&scratch,
		"mkdir -p dev/block block/sda/sda1/slaves block/dm-0/dm block/dm-0/slaves "
		"block/dm-1/dm block/dm-1/slaves && touch block/sda/sda1/partition && "
		"ln -s ../../block/sda/sda1 dev/block/8:1 && ln -s ../../block/dm-1 dev/block/253:1 "
		"&& ln -s ../../block/dm-0 dev/block/253:0"),
	    0);
	assert_int_equal(scratch_run(&scratch, "%s", steps), 0);
	enum disk disk = disk_of_device(253, 1, scratch.path);
	scratch_remove(&scratch);
	return disk;
}

static void
devices_are_looked_through(void **state)
{
	(void)state;
	assert_int_equal(of("printf CRYPT-LUKS2-0a1b-name >block/dm-1/dm/uuid"), DISK_ENCRYPTED);
	/* a volume on a partition; on a partition and an encrypted one; on an encrypted one */
	assert_int_equal(
	    of("printf LVM-xyz >block/dm-1/dm/uuid; ln -s ../../sda/sda1 block/dm-1/slaves/sda1"),
	    DISK_PLAIN);
	assert_int_equal(of("printf LVM-xyz >block/dm-1/dm/uuid; printf CRYPT-x >block/dm-0/dm/uuid; ln -s "
			    "../../sda/sda1 block/dm-1/slaves/sda1; ln -s ../../dm-0 block/dm-1/slaves/dm-0"),
	    DISK_PLAIN);
	assert_int_equal(of("printf LVM-xyz >block/dm-1/dm/uuid; printf CRYPT-x >block/dm-0/dm/uuid; ln -s "
			    "../../dm-0 block/dm-1/slaves/dm-0"),
	    DISK_ENCRYPTED);
	/* devices that lie on one another without end; none at all */
	assert_int_equal(of("ln -s ../../dm-1 block/dm-1/slaves/dm-1"), DISK_UNKNOWN);
	assert_int_equal(of("rm dev/block/253:1"), DISK_UNKNOWN);
}

static void
this_directory_lies_on_something(void **state)
{
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	assert_in_range(disk_of(scratch.dir, "/sys"), DISK_UNKNOWN, DISK_ENCRYPTED);
	assert_int_equal(disk_of(-1, "/sys"), DISK_UNKNOWN);
	scratch_remove(&scratch);
	assert_string_equal(disk_word(DISK_ENCRYPTED), "encrypted");
	assert_string_equal(disk_word(DISK_PLAIN), "plain");
	assert_string_equal(disk_word(DISK_UNKNOWN), "unknown");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(devices_are_looked_through),
	cmocka_unit_test(this_directory_lies_on_something),
};

UNIT(tests)
