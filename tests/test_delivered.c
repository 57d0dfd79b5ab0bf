#include "tests/unit.h"

#include "annotations/delivered.h"
#include "annotations/record.h"
#include "base/fs.h"
#include "tests/scratch.h"

#include <dirent.h>

#define MIB ((size_t)1024 * 1024)

static size_t
files_in_run(const struct scratch *scratch)
{
	char path[4096];
	size_t count = 0;

	snprintf(path, sizeof path, "%s/run", scratch->path);
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *d; (d = readdir(dir));)
		count += d->d_name[0] != '.';
	closedir(dir);
	return count;
}

static void
check(size_t total, size_t piece, bool in_file)
{
	struct scratch scratch;
	struct delivered d;
	struct str all;
	char *bytes = malloc(total + 1);

	assert_non_null(bytes);
	for (size_t i = 0; i < total; i++)
		bytes[i] = (char)(i * 31 + i / 977);
	scratch_make(&scratch);
	assert_int_equal(fs_make_dir(scratch.dir, "run", 0700), 0);
	assert_int_equal(delivered_init(&d, STR("manifest")), 0);
	for (size_t at = 0; at < total; at += piece)
		assert_int_equal(delivered_add(&d, scratch.dir,
				     (struct str){ bytes + at, total - at < piece ? total - at : piece }),
		    0);
	assert_int_equal(d.file >= 0, in_file);
	for (int twice = 0; twice < 2; twice++) {
		assert_int_equal(delivered_view(&d, &all), 0);
		assert_true(str_eq(all, (struct str){ bytes, total }));
	}
	assert_int_equal(files_in_run(&scratch), 0); /* it has no name */
	delivered_release(&d);
	scratch_remove(&scratch);
	free(bytes);
}

static void
comes_out_as_it_went_in(void **state)
{
	(void)state;
	check(0, 1, false);
	check(5, 2, false);
	check(8 * MIB, MIB / 8, false);
	check(8 * MIB + 1, MIB / 8, true);
	check(29 * MIB + 7, MIB / 8 - 3, true);
}

static void
no_more_than_an_attachment_may_have(void **state)
{
	struct scratch scratch;
	struct delivered d;

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(delivered_init(&d, STR("odd")), 0);
	assert_int_equal(delivered_add(&d, scratch.dir, STR("x")), 0);
	d.written = ATTACHMENT_MAX - 1;
	assert_int_equal(delivered_add(&d, scratch.dir, STR("x")), ERR_FORMAT);
	d.written = 0;
	delivered_release(&d);
	scratch_remove(&scratch);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(comes_out_as_it_went_in),
	cmocka_unit_test(no_more_than_an_attachment_may_have),
};

UNIT(tests)
