#include "indexer/index/job.h"

#include <stdio.h>

#define LEAD 128 /* bytes shown before a match far out in a long line */

int
job_releases(struct job *job, size_t **releases, size_t *count)
{
	size_t all = store_count(job->store);
	struct str names = row_get(job->args, F_RELEASE), name;

	*releases = arena_alloc(&job->arena, (all + 1) * sizeof **releases);
	*count = 0;
	bool *wanted = arena_alloc(&job->arena, all + 1);
	for (size_t i = 0; i < all; i++)
		wanted[i] = names.len == 0;
	while (names.len > 0 && str_next(&names, ' ', &name)) {
		size_t release;
		int r = store_find(job->store, name, &release);
		if (r < 0)
			return r;
		wanted[release] = true;
	}
	struct buf said = BUF(SIZE_MAX / 2);
	for (size_t i = 0; i < all; i++) {
		if (!wanted[i])
			continue;
		int r = said.len ? buf_byte(&said, ' ') : 0;
		if (r == 0)
			r = buf_str(&said, store_name(job->store, i));
		if (r < 0) {
			buf_release(&said);
			return r;
		}
		(*releases)[(*count)++] = i;
	}
	job->answer->releases = (struct str){ arena_copy(&job->arena, said.data, said.len), said.len };
	buf_release(&said);
	return 0;
}

int
job_release(struct job *job, size_t *release, const struct tree **tree)
{
	int r = store_find(job->store, row_get(job->args, F_RELEASE), release);

	if (r == 0)
		r = store_tree(job->store, *release, tree);
	if (r == 0)
		job->answer->releases = store_name(job->store, *release);
	return r;
}

int
job_file(const struct tree *tree, struct str path, const struct entry **entry)
{
	const struct entry *found = tree_find(tree, path);
	size_t from, to;

	if (found && found->pair != NO_PAIR) {
		*entry = found;
		return 0;
	}
	if (found)
		return err_set(ERR_ABSENT, "%.*s is a submodule", STR_ARG(path));
	tree_below(tree, path, &from, &to);
	return err_set(ERR_ABSENT, from < to ? "%.*s is a directory" : "no file %.*s", STR_ARG(path));
}

uint64_t
job_limit(const struct job *job)
{
	return row_has(job->args, F_LIMIT) ? row_get_num(job->args, F_LIMIT) : UINT64_MAX;
}

size_t
cut_at(struct str s, size_t len)
{
	if (len >= s.len)
		return s.len;
	size_t at = len;
	while (at > 0 && len - at < 3 && ((uint8_t)s.data[at] & 0xc0) == 0x80)
		at--;
	/* no start of a character within reach: these are no characters */
	return at > 0 && ((uint8_t)s.data[at] & 0xc0) != 0x80 ? at : len;
}

void
row_set_line(struct row *row, struct str line, uint64_t column)
{
	size_t from = 0;

	if (column > TEXT_ROW_MAX - LEAD && column <= line.len)
		from = cut_at(line, column - LEAD);
	struct str rest = { line.data + from, line.len - from };
	size_t len = rest.len > TEXT_ROW_MAX ? cut_at(rest, TEXT_ROW_MAX) : rest.len;
	row_set(row, F_TEXT, (struct str){ rest.data, len });
	if (from > 0)
		row_set_num(row, F_OFFSET, from);
	if (rest.len > len)
		row_set_num(row, F_CUT, rest.len - len);
}

/* Words of a blob's class, or of its state. */
int
row_set_status(struct job *job, struct row *row, const struct blob *blob)
{
	static_assert(SEG_BLOB_MAX == (uint64_t)128 << 20, "said below");
	static const char large[] = "larger than 128 MiB: kept, but not indexed",
			  binary[] = "binary: a NUL among its first 8000 bytes",
			  utf16[] = "UTF-16, by its byte order mark";
	struct seg_state state;

	if (blob->is.class != SEG_PLAIN_TEXT) {
		row_set(row, F_STATUS, str_from(seg_class_word(blob->is.class)));
		row_set(row, F_WHY,
		    str_from(blob->is.class == SEG_BINARY ? binary
			    : blob->is.class == SEG_UTF16 ? utf16
							  : large));
		return 0;
	}
	int r = blob_state(blob, &state);
	if (r < 0)
		return r;
	row_set(row, F_STATUS, str_from(seg_status_word(state.status)));
	if (state.why != SEG_WHY_NONE)
		row_set(row, F_WHY, str_from(seg_why_text(state.why)));
	else if (state.errors > 0) {
		char why[96];
		int len = snprintf(why, sizeof why, "%u regions in %u lines not understood", state.errors,
		    state.error_lines);
		row_set(row, F_WHY, (struct str){ arena_copy(&job->arena, why, (size_t)len), (size_t)len });
	}
	return 0;
}
