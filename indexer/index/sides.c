#include "indexer/index/sides.h"

#include "indexer/index/glob.h"

int
sides_trees(struct job *job, struct str names[2], const struct tree *trees[2])
{
	struct str said = row_get(job->args, F_RELEASE), rest = said, more;

	if (!str_next(&rest, ' ', &names[0]) || !str_next(&rest, ' ', &names[1]) ||
	    str_next(&rest, ' ', &more))
		return err_set(ERR_USAGE, "a comparison is of two releases");
	for (int i = 0; i < 2; i++) {
		size_t release;
		int r = store_find(job->store, names[i], &release);
		if (r == 0)
			r = store_tree(job->store, release, &trees[i]);
		if (r < 0)
			return r;
		names[i] = store_name(job->store, release);
	}
	job->answer->releases = said;
	return 0;
}

int
side_load(struct side *side, const struct entry *entry, bool *comparable)
{
	side->entry = entry;
	side->text = STR("");
	*comparable = true;
	if (!entry)
		return 0;
	*comparable = entry->pair != NO_PAIR;
	if (!*comparable)
		return 0;
	int r = tree_blob(side->tree, entry, &side->blob);
	if (r < 0)
		return r;
	blob_hex(&side->blob, side->hex);
	*comparable = side->blob.is.class == SEG_PLAIN_TEXT;
	return *comparable ? text_whole(&side->reader, &side->blob, &side->text) : 0;
}

void
sides_release(struct side sides[2])
{
	text_reader_release(&sides[0].reader);
	text_reader_release(&sides[1].reader);
}

bool
change_in_glob(struct str glob, const struct change *change)
{
	return glob.len == 0 || (change->old && glob_matches(glob, change->old->path)) ||
	    (change->new &&glob_matches(glob, change->new->path));
}
