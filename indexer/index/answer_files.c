/* ls, find, skipped: what files a release has. */
#include "indexer/index/fuzzy.h"
#include "indexer/index/job.h"

#include <stdio.h>

#define FIND_LIMIT 200 /* rows without LIMIT */

static void
set_mode(struct row *row, uint32_t mode, char text[static 8])
{
	snprintf(text, 8, "%06o", mode & 0777777);
	row_set(row, F_MODE, str_from(text));
}

static void
set_suspicious(struct job *job, struct row *row, const struct tree *tree, size_t from, size_t to)
{
	uint64_t places = job->flags & ORDER_COUNTS ? tree_suspects_of(tree, from, to) : 0;

	if (places > 0)
		row_set_num(row, F_SUSPICIOUS, places);
}

static int
entry_row(struct job *job, struct str release, const struct tree *tree, const struct entry *entry)
{
	size_t number = (size_t)(entry - tree->entries);
	char hex[HEX_LEN(OID_LEN)], mode[8];
	struct row row = { 0 };
	struct blob blob;

	row_set(&row, F_WHAT, STR("entry"));
	row_set(&row, F_RELEASE, release);
	row_set(&row, F_PATH, entry->path);
	row_set(&row, F_KIND, str_from(entry_kind(entry)));
	set_mode(&row, entry->mode, mode);
	entry_hex(entry, hex);
	row_set(&row, F_BLOB, str_from(hex));
	row_set_num(&row, F_SIZE, entry->size);
	if (entry_regular(entry)) {
		int r = tree_blob(tree, entry, &blob);
		if (r == 0)
			r = row_set_status(job, &row, &blob);
		if (r < 0)
			return r;
		if (blob_stored(&blob))
			row_set_num(&row, F_LINES, blob.is.lines);
		set_suspicious(job, &row, tree, number, number + 1);
		if (blob.is.language)
			row_set(&row, F_LANGUAGE, str_from(seg_language_word(blob.is.language)));
	}
	return answer_row(job->answer, &row, NULL, number + 1);
}

/* A directory: the entries from..to are below it. */
static int
directory_row(
    struct job *job, struct str release, const struct tree *tree, struct str path, size_t from, size_t to)
{
	struct row row = { 0 };
	uint64_t bytes = 0, files = 0;
	char mode[8];

	for (size_t i = from; i < to; i++) {
		files += entry_regular(&tree->entries[i]);
		bytes += tree->entries[i].size;
	}
	row_set(&row, F_WHAT, STR("entry"));
	row_set(&row, F_RELEASE, release);
	row_set(&row, F_PATH, path);
	row_set(&row, F_KIND, STR("directory"));
	set_mode(&row, MODE_DIRECTORY, mode);
	row_set_num(&row, F_SIZE, bytes);
	row_set_num(&row, F_FILES, files);
	set_suspicious(job, &row, tree, from, to);
	return answer_row(job->answer, &row, NULL, 0);
}

/* The entries directly below `path`, of which from..to are all that lie below. */
static int
list_level(
    struct job *job, struct str release, const struct tree *tree, struct str path, size_t from, size_t to)
{
	size_t skip = path.len ? path.len + 1 : 0;
	int r = 0;

	while (r == 0 && from < to) {
		const struct entry *entry = &tree->entries[from];
		const char *slash = memchr(entry->path.data + skip, '/', entry->path.len - skip);
		if (!slash) {
			r = entry_row(job, release, tree, entry);
			from++;
			continue;
		}
		struct str below = { entry->path.data, (size_t)(slash - entry->path.data) };
		size_t first, last;
		tree_below(tree, below, &first, &last);
		r = directory_row(job, release, tree, below, first, last);
		from = last;
	}
	return r;
}

int
answer_ls(struct job *job)
{
	struct str path = row_get(job->args, F_PATH);
	const struct tree *tree;
	size_t release, from, to;

	while (path.len > 0 && path.data[path.len - 1] == '/')
		path.len--;
	int r = job_release(job, &release, &tree);
	if (r < 0)
		return r;
	struct str name = store_name(job->store, release);
	job->answer->path = path;
	const struct entry *entry = path.len ? tree_find(tree, path) : NULL;
	if (entry)
		return entry_row(job, name, tree, entry);
	tree_below(tree, path, &from, &to);
	if (path.len && from == to)
		return err_set(ERR_ABSENT, "no %.*s in %.*s", STR_ARG(path), STR_ARG(name));
	if (!(job->flags & ORDER_RECURSE))
		return list_level(job, name, tree, path, from, to);
	for (; r == 0 && from < to; from++) {
		r = entry_row(job, name, tree, &tree->entries[from]);
		if (r == 0)
			r = pulse_beat(job->pulse);
	}
	return r;
}

int
answer_find(struct job *job)
{
	const struct tree *tree;
	struct fuzzy fuzzy;
	size_t release;
	int score;

	int r = job_release(job, &release, &tree);
	if (r < 0)
		return r;
	size_t limit = row_has(job->args, F_LIMIT) ? row_get_num(job->args, F_LIMIT) : FIND_LIMIT;
	if (limit > tree->count)
		limit = tree->count;
	struct fuzzy_best best = { .limit = limit,
		.hits = arena_alloc(&job->arena, (2 * limit + 1) * sizeof *best.hits) };
	fuzzy_init(&fuzzy, row_get(job->args, F_PATTERN));
	for (size_t i = 0; r == 0 && i < tree->count; i++) {
		if (fuzzy_score(&fuzzy, tree->entries[i].path, &score))
			fuzzy_add(&best, score, i);
		if (i % 1024 == 0)
			r = pulse_beat(job->pulse);
	}
	fuzzy_sort(&best);
	for (size_t i = 0; r == 0 && i < best.count; i++)
		r = entry_row(job, store_name(job->store, release), tree, &tree->entries[best.hits[i].index]);
	return r;
}

/* ---- skipped ---- */

static int
skipped_row(struct job *job, struct str release, struct str path, struct str what, struct str why)
{
	struct row row = { 0 };

	row_set(&row, F_RELEASE, release);
	row_set(&row, F_PATH, path);
	row_set(&row, F_WHAT, what);
	row_set(&row, F_WHY, why);
	return answer_row(job->answer, &row, NULL, 0);
}

static int
skipped_entry(struct job *job, struct str release, const struct tree *tree, const struct entry *entry)
{
	struct row status = { 0 };
	struct seg_state state;
	struct blob blob;

	if (entry->pair == NO_PAIR)
		return skipped_row(job, release, entry->path, STR("submodule"),
		    STR("its source is not part of the release"));
	int r = tree_blob(tree, entry, &blob);
	if (r == 0)
		r = blob_state(&blob, &state);
	if (r < 0 || (blob.is.class == SEG_PLAIN_TEXT && state.status != SEG_NOT_PARSED))
		return r;
	r = row_set_status(job, &status, &blob);
	return r < 0
	    ? r
	    : skipped_row(job, release, entry->path, row_get(&status, F_STATUS), row_get(&status, F_WHY));
}

/* PATH NUL WHAT NUL WHY NUL ... */
static int
odd_entries(struct job *job, struct str release, const struct tree *tree)
{
	const struct seg_section *section = segment_section(tree->segment, SEG_ODD);
	const uint8_t *bytes;

	int r = segment_bytes(tree->segment, SEG_ODD, 0, section->length, &bytes);
	if (r < 0)
		return r;
	struct str rest = { (const char *)bytes, section->length }, path, what, why;
	for (uint64_t i = 0; i < section->count; i++) {
		if (!str_next(&rest, 0, &path) || !str_next(&rest, 0, &what) || !str_next(&rest, 0, &why) ||
		    !rest.data)
			return segment_damaged(tree->segment, "odd entries");
		r = skipped_row(job, release, path, what, why);
		if (r < 0)
			return r;
	}
	return rest.len == 0 ? 0 : segment_damaged(tree->segment, "odd entries");
}

int
answer_skipped(struct job *job)
{
	const struct tree *tree;
	size_t release;

	int r = job_release(job, &release, &tree);
	if (r < 0)
		return r;
	struct str name = store_name(job->store, release);
	for (size_t i = 0; r == 0 && i < tree->count; i++) {
		r = skipped_entry(job, name, tree, &tree->entries[i]);
		if (r == 0)
			r = pulse_beat(job->pulse);
	}
	if (r == 0)
		r = odd_entries(job, name, tree);
	return r == 0 && job->flags & ORDER_COUNTS ? answer_suspicious(job) : r;
}
