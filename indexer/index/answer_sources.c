/* sources: a release held against an archive of it, and against the archive before that one. */
#include "indexer/index/job.h"

#include <stdio.h>

#define LOOK ((uint64_t)64 * 1024) /* bytes of a file by which that is told */
#define LOOK_LEAST 1024
#define EVEN \
	180 /* one of so many pairs of bytes is the same: of 256 in random data, 64 in base64, 15 to 30 in programs */

struct held {
	struct job *job;
	struct str names[3]; /* tag, archive, the archive before; the last may be empty */
	const struct tree *trees[3];
	uint64_t files, bytes; /* that differ, or are in the archive alone */
	uint64_t same;         /* files */
};

static bool
same_content(const struct entry *a, const struct entry *b)
{
	char x[HEX_LEN(OID_LEN)], y[HEX_LEN(OID_LEN)];

	entry_hex(a, x);
	entry_hex(b, y);
	return strcmp(x, y) == 0;
}

/* Whether two bytes taken at random are as seldom the same as in packed or encrypted data. */
static bool
is_even(struct str bytes)
{
	uint64_t counts[256] = { 0 }, squares = 0;

	for (size_t i = 0; i < bytes.len; i++)
		counts[(uint8_t)bytes.data[i]]++;
	for (int i = 0; i < 256; i++)
		squares += counts[i] * counts[i];
	return bytes.len >= LOOK_LEAST && (uint64_t)bytes.len * bytes.len >= squares * EVEN;
}

/* STATUS of what a person cannot read, and WHY. */
static int
set_kind(struct held *h, struct row *row, const struct tree *tree, const struct entry *entry)
{
	struct blob blob;
	struct str head;

	if (!entry_regular(entry))
		return 0;
	int r = tree_blob(tree, entry, &blob);
	if (r == 0)
		r = row_set_status(h->job, row, &blob);
	if (r < 0 || !blob_stored(&blob))
		return r;
	r = text_read(h->job->reader, &blob, 0, entry->size < LOOK ? entry->size : LOOK, &head);
	if (r < 0)
		return r;
	if (is_even(head))
		row_set(row, F_WHY, STR("high entropy: packed or encrypted"));
	return 0;
}

/* How it stands to the archive before: new, changed, same. */
static void
set_since(const struct held *h, struct row *row, const struct entry *entry)
{
	if (!h->trees[2])
		return;
	const struct entry *before = tree_find(h->trees[2], entry->path);
	row_set(row, F_CHANGE,
	    !before                           ? STR("new")
		: same_content(before, entry) ? STR("same")
					      : STR("changed"));
}

static int
held_row(struct held *h, const char *what, const struct entry *tag, const struct entry *archive)
{
	const struct entry *entry = archive ? archive : tag;
	char modes[2][8];
	struct row row = { 0 };
	int r = 0;

	row_set(&row, F_WHAT, str_from(what));
	row_set(&row, F_PATH, entry->path);
	row_set_num(&row, F_SIZE, entry->size);
	if (tag && archive && tag->mode != archive->mode) {
		snprintf(modes[0], sizeof modes[0], "%06o", tag->mode & 0777777);
		snprintf(modes[1], sizeof modes[1], "%06o", archive->mode & 0777777);
		row_set(&row, F_OLD_MODE, str_from(modes[0]));
		row_set(&row, F_NEW_MODE, str_from(modes[1]));
	}
	if (archive) {
		set_since(h, &row, archive);
		r = set_kind(h, &row, h->trees[1], archive);
	}
	if (archive && strcmp(what, "mode") != 0) {
		h->files++;
		h->bytes += archive->size;
	}
	return r < 0 ? r : answer_row(h->job->answer, &row, NULL, 0);
}

/* The two trees side by side, in path order. */
static int
hold(struct held *h)
{
	const struct tree *tag = h->trees[0], *archive = h->trees[1];
	size_t i = 0, k = 0;
	int r = 0;

	while (r == 0 && (i < tag->count || k < archive->count)) {
		const struct entry *a = i < tag->count ? &tag->entries[i] : NULL;
		const struct entry *b = k < archive->count ? &archive->entries[k] : NULL;
		int order = !a ? 1 : !b ? -1 : str_cmp(a->path, b->path);
		i += order <= 0;
		k += order >= 0;
		if (order < 0)
			r = held_row(h, "only-in-tag", a, NULL);
		else if (order > 0)
			r = held_row(h, "only-in-archive", NULL, b);
		else if (!same_content(a, b))
			r = held_row(h, "differs", a, b);
		else if (a->mode != b->mode)
			r = held_row(h, "mode", a, b);
		else
			h->same++;
		if (r == 0)
			r = pulse_beat(h->job->pulse);
	}
	return r;
}

static int
summary(struct held *h)
{
	struct row row = { 0 };

	row_set(&row, F_WHAT, STR("summary"));
	row_set_num(&row, F_FILES, h->files);
	row_set_num(&row, F_SIZE, h->bytes);
	row_set_num(&row, F_SEARCHED, h->same);
	return answer_row(h->job->answer, &row, NULL, 0);
}

int
answer_sources(struct job *job)
{
	struct held h = { .job = job };
	struct str rest = row_get(job->args, F_RELEASE);
	size_t count = 0;

	for (; count < 3 && str_next(&rest, ' ', &h.names[count]); count++) {
		size_t release;
		int r = store_find(job->store, h.names[count], &release);
		if (r == 0)
			r = store_tree(job->store, release, &h.trees[count]);
		if (r < 0)
			return r;
	}
	if (count < 2 || rest.data)
		return err_set(ERR_USAGE, "a release is held against one archive, and the one before it");
	job->answer->releases = row_get(job->args, F_RELEASE);
	int r = hold(&h);
	return r == 0 ? summary(&h) : r;
}
