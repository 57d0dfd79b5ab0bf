#include "tests/unit.h"

#include "tests/index_room.h"
#include "tests/random.h"
#include "tests/scratch.h"

#include <stdio.h>
#include <sys/stat.h>

#define FILES 60
#define ROUNDS 12

struct tree {
	struct test_file files[FILES * 2];
	char paths[FILES * 2][64];
	size_t count;
};

static struct buf texts[FILES * 2 * ROUNDS];
static size_t text_count;

static void
add_lines(struct buf *out, struct random *random, unsigned lines)
{
	for (unsigned i = 0; i < lines; i++)
		assert_int_equal(buf_printf(out, "%*sline %u of %u\n", (int)random_below(random, 12), "",
				     random_next(random) % 100000, random_below(random, 50)),
		    0);
}

static void
put(struct tree *tree, const char *path, struct str bytes, uint32_t mode)
{
	assert_true(tree->count < FILES * 2);
	struct test_file *file = &tree->files[tree->count];
	snprintf(tree->paths[tree->count], sizeof tree->paths[0], "%s", path);
	*file = (struct test_file){ tree->paths[tree->count++], bytes, mode };
}

/* Most lines of `old`, and some others. */
static struct str
changed(struct str old, struct random *random, unsigned rate)
{
	struct buf *out = &texts[text_count++];
	struct str line;

	*out = BUF((size_t)1 << 20);
	while (old.len > 0 && str_next(&old, '\n', &line)) {
		if (random_below(random, 100) < rate)
			add_lines(out, random, 1);
		else if (line.len > 0)
			assert_int_equal(buf_printf(out, "%.*s\n", STR_ARG(line)), 0);
	}
	return buf_view(out);
}

static void
make_old(struct tree *tree, struct random *random)
{
	char path[64];

	for (unsigned i = 0; i < FILES; i++) {
		struct buf *text = &texts[text_count++];
		*text = BUF((size_t)1 << 20);
		add_lines(text, random, 20 + random_below(random, 60));
		snprintf(path, sizeof path, "d%u/file%u.%s", i % 5, random_below(random, 2) ? i : i / 8,
		    i % 3 ? "c" : "h");
		snprintf(path + strlen(path), 8, "%u", i);
		put(tree, path, buf_view(text), 0100644);
	}
}

static void
make_new(struct tree *tree, const struct tree *old, struct random *random)
{
	char path[64];

	for (size_t i = 0; i < old->count; i++) {
		const struct test_file *file = &old->files[i];
		snprintf(path, sizeof path, "moved%u/%s%u", random_below(random, 3),
		    strrchr(file->path, '/') + 1, random_below(random, 2) ? (unsigned)i : 0);
		switch (random_below(random, 8)) {
		case 0:
			break;
		case 1:
			put(tree, file->path, changed(file->bytes, random, 20), 0100644);
			break;
		case 2:
			put(tree, path, file->bytes, 0100644);
			break;
		case 3:
		case 4:
			put(tree, path, changed(file->bytes, random, random_below(random, 90)), 0100644);
			break;
		case 5:
			put(tree, file->path, file->bytes, 0100755);
			break;
		default:
			put(tree, file->path, file->bytes, 0100644);
			break;
		}
	}
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct test_file *)a)->path, ((const struct test_file *)b)->path);
}

/* Paths rise and are there once, as a release has them. */
static void
tidy(struct tree *tree)
{
	size_t kept = 0;

	qsort(tree->files, tree->count, sizeof *tree->files, by_path);
	for (size_t i = 0; i < tree->count; i++)
		if (kept == 0 || strcmp(tree->files[kept - 1].path, tree->files[i].path) != 0)
			tree->files[kept++] = tree->files[i];
	tree->count = kept;
}

static void
commit(const struct scratch *scratch, const struct tree *tree, const char *tag)
{
	char path[256];

	assert_int_equal(
	    scratch_run(scratch, "find . -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +"), 0);
	assert_int_equal(scratch_run(scratch, "mkdir -p d0 d1 d2 d3 d4 moved0 moved1 moved2"), 0);
	for (size_t i = 0; i < tree->count; i++) {
		snprintf(path, sizeof path, "%s/%s", scratch->path, tree->files[i].path);
		FILE *file = fopen(path, "wb");
		assert_non_null(file);
		assert_int_equal(fwrite(tree->files[i].bytes.data, 1, tree->files[i].bytes.len, file),
		    tree->files[i].bytes.len);
		fclose(file);
		assert_int_equal(chmod(path, tree->files[i].mode & 0777), 0);
	}
	assert_int_equal(
	    scratch_run(scratch, "git add -A && git commit -q -m %s && git tag %s", tag, tag), 0);
}

/* Lines "STATUS OLD NEW" of an answer, in the words of `git diff --name-status`. */
static void
our_lines(const struct reply *reply, struct buf *out)
{
	for (size_t i = 0; i < reply->count; i++) {
		const struct row *row = &reply->rows[i];
		struct str change = row_get(row, F_CHANGE), old = row_get(row, F_OLD_PATH),
			   new = row_get(row, F_NEW_PATH);
		char sign = str_is(change, "added") ? 'A'
		    : str_is(change, "removed")     ? 'D'
		    : str_is(change, "renamed")     ? 'R'
						    : 'M';
		if (sign == 'R')
			assert_int_equal(buf_printf(out, "R\t%.*s\t%.*s\n", STR_ARG(old), STR_ARG(new)), 0);
		else
			assert_int_equal(
			    buf_printf(out, "%c\t%.*s\n", sign, STR_ARG(new.len ? new : old)), 0);
	}
}

/* How many lines of `a` are not in `b`. */
static size_t
missing(struct str a, struct str b)
{
	struct str line;
	size_t count = 0;

	while (a.len > 0 && str_next(&a, '\n', &line))
		count += line.len > 0 && !memmem(b.data, b.len, line.data, line.len);
	return count;
}

static void
git_sees_the_same_changes(void **state)
{
	static struct tree trees[2];
	struct random random = random_of(20260401);
	struct index_room room;
	struct scratch scratch;
	struct asker asker;
	struct reply reply;
	size_t all = 0, other = 0;
	char names[2][16], both[40];

	(void)state;
	index_room_open(&room);
	scratch_make(&scratch);
	assert_int_equal(scratch_run(&scratch, "git init -q ."), 0);
	for (unsigned round = 0; round < ROUNDS; round++) {
		memset(trees, 0, sizeof trees);
		make_old(&trees[0], &random);
		make_new(&trees[1], &trees[0], &random);
		for (int i = 0; i < 2; i++) {
			snprintf(names[i], sizeof names[i], "%c%u", "ab"[i], round);
			tidy(&trees[i]);
			commit(&scratch, &trees[i], names[i]);
			index_room_add(&room, names[i], trees[i].files, trees[i].count);
		}
	}
	asker_open(&asker, &room);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct buf ours = BUF((size_t)1 << 20);
		struct row args = { 0 };
		size_t len;
		snprintf(both, sizeof both, "a%u b%u", round, round);
		row_set(&args, F_RELEASE, str_from(both));
		asker_ask(&asker, VERB_DIFF_FILES, &args, &reply);
		assert_int_equal(reply.code, 0);
		our_lines(&reply, &ours);
		char *git = scratch_output(
		    &scratch, &len, "git diff --name-status -M %s | sed 's/^R[0-9]*/R/'", both);
		all += reply.count;
		other += missing(buf_view(&ours), str_from(git));
		free(git);
		buf_release(&ours);
		reply_release(&reply);
	}
	/* what may differ: pairs whose likeness is within a per cent of the least, where rounding decides */
	printf("%zu changes, %zu seen otherwise by git\n", all, other);
	assert_true(all > 300 && other * 50 <= all);
	assert_int_equal(asker_close(&asker), 0);
	scratch_remove(&scratch);
	index_room_close(&room);
	for (size_t i = 0; i < text_count; i++)
		buf_release(&texts[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(git_sees_the_same_changes),
};

UNIT(tests)
