/*
 * A git repository: the objects that the chosen revisions reach, all of them, as they
 * are.  Of the repository only objects and references are read.
 */
#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/fsck.h"
#include "indexer/intake/names.h"
#include "indexer/intake/odb.h"
#include "indexer/intake/reach.h"
#include "indexer/intake/refs.h"
#include "indexer/intake/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TAG_DEPTH 16 /* tags of tags */
#define FSCK_MAX ((size_t)64 * 1024 * 1024)

/* A revision that was asked for. */
struct wanted {
	struct str word; /* as asked, or the tag's name; borrowed */
	uint8_t id[OID_LEN], commit[OID_LEN], tree[OID_LEN];
	int64_t time;
};

struct copy {
	const struct source_job *job;
	struct odb *odb;
	int pack_dir;
	struct store *packs; /* the same packs, for what libgit2 does not say of them */
	struct reach *reach;
	struct refs refs;
	struct wanted *wanted;
	size_t count;
	struct fsck fsck;
	struct buf odds;
};

/* ---- opening ---- */

static int
check_layout(int git)
{
	struct buf text = BUF((size_t)64 * 1024 * 1024);
	int fd;

	if (fs_exists(git, "objects/info/alternates"))
		return err_set(ERR_REFUSED,
		    "the repository borrows objects from elsewhere (objects/info/alternates); "
		    "make it whole first: git repack -a -d && rm objects/info/alternates");
	int r = fs_read(git, "shallow", &text);
	bool shallow = r == 0 && text.len > 0;
	buf_release(&text);
	if (shallow)
		return err_set(ERR_REFUSED,
		    "the repository is a shallow clone, its history is cut off; "
		    "make it whole first: git fetch --unshallow");
	if (fs_exists(git, "commondir"))
		return err_set(ERR_USAGE, "a linked worktree; import the repository that it belongs to");
	r = fs_open_dir(git, "objects", &fd);
	if (r < 0)
		return err_in(ERR_FORMAT, "not a git repository");
	close(fd);
	return 0;
}

static int
open_packs(struct copy *copy, int git)
{
	int r = fs_open_dir(git, "objects/pack", &copy->pack_dir);
	if (r == ERR_ABSENT)
		return 0;
	return r == 0 ? store_open(copy->pack_dir, true, &copy->packs) : r;
}

/* libgit2 wants a path: from the working directory, which is the source, there is one that the seal allows. */
static int
open_repository(struct copy *copy)
{
	bool bare = !fs_exists(copy->job->fd, ".git");
	int git;

	int r = fs_open_dir(copy->job->fd, bare ? "." : ".git", &git);
	if (r == ERR_ABSENT)
		return err_set(ERR_USAGE,
		    ".git is not a folder (a linked worktree or a submodule?); import the repository "
		    "that it belongs to");
	if (r < 0)
		return r;
	r = check_layout(git);
	if (r == 0)
		r = refs_read(git, &copy->refs);
	if (r == 0)
		r = open_packs(copy, git);
	close(git);
	return r == 0 ? odb_open(bare ? "objects" : ".git/objects", pool_threads(copy->job->pool), &copy->odb)
		      : r;
}

/* ---- revisions ---- */

static struct wanted *
add_wanted(struct copy *copy, struct str word, const uint8_t id[static OID_LEN])
{
	copy->wanted = mem_grow(copy->wanted, copy->count + 1, sizeof *copy->wanted);
	struct wanted *wanted = &copy->wanted[copy->count++];
	*wanted = (struct wanted){ .word = word };
	memcpy(wanted->id, id, OID_LEN);
	return wanted;
}

/* One step of peel: 1 when `commit` is a commit, read; 0 when it was a tag and is what that names. */
static int
peel_once(struct copy *copy, struct wanted *wanted)
{
	struct commit_head head;
	enum object_type type;
	struct object *made;

	int r = odb_read(copy->odb, wanted->commit, &made);
	if (r < 0)
		return r == ERR_ABSENT ? err_in(ERR_FORMAT, "broken repository") : r;
	if (made->type == OBJECT_TAG) {
		r = tag_read(object_view(made), wanted->commit, &type);
	} else if (made->type == OBJECT_COMMIT) {
		r = commit_read(object_view(made), &head);
		memcpy(wanted->tree, head.tree, OID_LEN);
		wanted->time = head.time;
		r = r < 0 ? r : 1;
	} else {
		r = err_set(
		    ERR_ABSENT, "names a %s, not a commit", object_type_name((enum object_type)made->type));
	}
	object_drop(made);
	return r;
}

/* Follows tags to a commit.  ERR_ABSENT if there is none behind it. */
static int
peel(struct copy *copy, struct wanted *wanted)
{
	memcpy(wanted->commit, wanted->id, OID_LEN);
	for (int depth = 0; depth < TAG_DEPTH; depth++) {
		int r = peel_once(copy, wanted);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	return err_set(ERR_FORMAT, "tags of tags, more than %d deep", TAG_DEPTH);
}

static int
want_revision(struct copy *copy, struct str word)
{
	uint8_t id[OID_LEN];
	const struct ref *ref = refs_named(&copy->refs, word);

	if (!ref) {
		int r = odb_prefix(copy->odb, word, id);
		if (r < 0)
			return r == ERR_ABSENT ? err_set(ERR_USAGE, "%.*s: no such revision", STR_ARG(word))
					       : r;
	}
	int r = peel(copy, add_wanted(copy, word, ref ? ref->id : id));
	return r < 0 ? err_in(r == ERR_ABSENT ? ERR_USAGE : r, "%.*s", STR_ARG(word)) : 0;
}

/* Numbers in names count as numbers, so that 1.10 is behind 1.9. */
static int
by_version(struct str a, struct str b)
{
	char x[256], y[256];

	snprintf(x, sizeof x, "%.*s", STR_ARG(a));
	snprintf(y, sizeof y, "%.*s", STR_ARG(b));
	int order = strverscmp(x, y);
	return order ? order : str_cmp(a, b);
}

static int
by_age(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return by_version(x->word, y->word);
}

static int
want_tags(struct copy *copy)
{
	struct str prefix = STR("refs/tags/");

	for (size_t i = 0; i < copy->refs.count; i++) {
		struct ref *ref = &copy->refs.list[i];
		if (!str_starts(ref->name, prefix))
			continue;
		struct str word = { ref->name.data + prefix.len, ref->name.len - prefix.len };
		int r = peel(copy, add_wanted(copy, word, ref->id));
		if (r == ERR_ABSENT) {
			copy->count--;
			r = odd_add(&copy->odds, ref->name, ODD_TAG);
		}
		if (r < 0)
			return err_in(r, "%.*s", STR_ARG(ref->name));
	}
	if (copy->count)
		qsort(copy->wanted, copy->count, sizeof *copy->wanted, by_age);
	return 0;
}

static int
choose(struct copy *copy)
{
	struct str revs = copy->job->revs, word;
	int r = 0;

	if (revs.len > 0) {
		while (r == 0 && revs.len > 0 && str_next(&revs, '\n', &word))
			if (word.len > 0)
				r = want_revision(copy, word);
		return r;
	}
	/* a name for one release asks for one: the state that HEAD is at */
	if (copy->job->release.len == 0)
		r = want_tags(copy);
	if (r == 0 && copy->count == 0) {
		const struct ref *head = refs_find(&copy->refs, STR("HEAD"));
		if (!head)
			return err_set(ERR_FORMAT, "the repository has neither tags nor a commit at HEAD");
		r = peel(copy, add_wanted(copy, STR(""), head->id));
		r = r < 0 ? err_in(r, "HEAD") : 0;
	}
	return r;
}

/* ---- copying ---- */

static int
blob_header(void *ctx, const uint8_t *id, enum object_type *type, uint64_t *size)
{
	return odb_header(ctx, id, type, size);
}

static int
blob_read(void *ctx, const uint8_t *id, enum object_type *type, struct buf *out)
{
	struct object *made;

	int r = odb_read(ctx, id, &made);
	if (r < 0)
		return r;
	*type = (enum object_type)made->type;
	r = buf_str(out, object_view(made));
	object_drop(made);
	return r;
}

static int
copy_release(struct copy *copy, const struct wanted *wanted)
{
	struct plan *plan = plans_add(copy->job->plans, "git");
	const struct fsck_reader reader = { blob_header, blob_read, copy->odb };
	char hex[OID_HEX];

	memcpy(plan->commit, wanted->commit, OID_LEN);
	memcpy(plan->tree, wanted->tree, OID_LEN);
	memcpy(plan->ref, wanted->id, OID_LEN);
	hex_from(wanted->commit, OID_LEN, hex);
	struct str from = wanted->word.len ? wanted->word : (struct str){ hex, 12 };
	int r = plan_name(plan, copy->job->release, from);
	for (size_t i = 0; i + 1 < copy->job->plans->count && r == 0; i++)
		if (strcmp(copy->job->plans->list[i].name, plan->name) == 0)
			r = err_set(ERR_REFUSED,
			    "%.*s and %.*s would both be release %s: import one alone, with --rev and "
			    "--release",
			    STR_ARG(buf_view(&copy->job->plans->list[i].revision)), STR_ARG(from),
			    plan->name);
	if (r == 0)
		r = buf_str(&plan->revision, wanted->word);
	bool tag = memcmp(wanted->id, wanted->commit, OID_LEN) != 0;
	if (r == 0)
		r = reach_from(copy->reach, wanted->id, tag ? OBJECT_TAG : OBJECT_COMMIT, &copy->fsck);
	if (r == 0)
		r = fsck_blobs(&copy->fsck, &reader);
	return r == 0 ? fsck_take(&copy->fsck, &plan->fsck) : r;
}

int
source_git_import(const struct source_job *job)
{
	struct copy copy = {
		.job = job, .pack_dir = -1, .fsck = { .lines = BUF(FSCK_MAX) }, .odds = BUF(FSCK_MAX)
	};

	int r = open_repository(&copy);
	if (r == 0)
		copy.reach =
		    reach_new(&(struct reach_job){ copy.odb, copy.packs, job->pack, job->pool, job->watch });
	if (r == 0)
		r = choose(&copy);
	if (r == 0 && copy.count > 1 && job->release.len > 0)
		r = err_set(
		    ERR_USAGE, "--release names one release, and %zu revisions were asked for", copy.count);
	if (r == 0)
		r = watch_stage(job->watch, 0, "objects", "copying history");
	for (size_t i = 0; i < copy.count && r == 0; i++)
		r = copy_release(&copy, &copy.wanted[i]);
	if (r == 0)
		r = reach_move(copy.reach);
	if (r == 0)
		r = buf_str(&job->plans->list[0].odds, buf_view(&copy.odds));
	reach_free(copy.reach);
	odb_close(copy.odb);
	store_close(copy.packs);
	if (copy.pack_dir >= 0)
		close(copy.pack_dir);
	refs_release(&copy.refs);
	free(copy.wanted);
	fsck_release(&copy.fsck);
	buf_release(&copy.odds);
	return r;
}
