/*
 * A git repository: the objects that the chosen revisions reach, all of them, as they
 * are.  Of the repository only objects and references are read.  Objects come in waves:
 * the pack's threads read, hash and deflate a wave, and what its commits, tags and trees
 * name is the next.
 */
#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/fsck.h"
#include "indexer/intake/names.h"
#include "indexer/intake/odb.h"
#include "indexer/intake/refs.h"
#include "indexer/intake/source.h"

#include <inttypes.h>
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
	struct refs refs;
	struct wanted *wanted;
	size_t count;
	struct oid_map seen;
	struct fsck fsck;
	struct buf odds;
	uint64_t objects, bytes;
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

/* libgit2 wants a path: from the working directory, which is the source, there is one that the seal allows. */
static int
open_odb(struct copy *copy)
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
	struct str bytes;
	void *handle;

	int r = odb_read(copy->odb, wanted->commit, &type, &bytes, &handle);
	if (r < 0)
		return r == ERR_ABSENT ? err_in(ERR_FORMAT, "broken repository") : r;
	if (type == OBJECT_TAG) {
		r = tag_read(bytes, wanted->commit, &type);
	} else if (type == OBJECT_COMMIT) {
		r = commit_read(bytes, &head);
		memcpy(wanted->tree, head.tree, OID_LEN);
		wanted->time = head.time;
		r = r < 0 ? r : 1;
	} else {
		r = err_set(ERR_ABSENT, "names a %s, not a commit", object_type_name(type));
	}
	odb_free(handle);
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
load(struct pack_item *item)
{
	struct copy *copy = item->ctx;
	enum object_type type;
	char hex[OID_HEX];

	int r = odb_read(copy->odb, item->id, &type, &item->bytes, &item->handle);
	if (r == 0 && type != item->type) {
		hex_from(item->id, OID_LEN, hex);
		r = err_set(ERR_FORMAT, "object %s is a %s where a %s is named", hex, object_type_name(type),
		    object_type_name(item->type));
	}
	item->size = item->bytes.len;
	return r == ERR_ABSENT ? err_in(ERR_FORMAT, "broken repository") : r;
}

static int
measure(struct pack_item *item)
{
	struct copy *copy = item->ctx;

	int r = odb_bound(copy->odb, item->id, &item->size);
	return r == ERR_ABSENT ? err_in(ERR_FORMAT, "broken repository") : r;
}

static void
drop(struct pack_item *item)
{
	if (item->handle)
		odb_free(item->handle);
}

static int object_done(struct pack_item *item);

static int
visit(struct copy *copy, const uint8_t id[static OID_LEN], enum object_type type)
{
	int r = oid_map_add(&copy->seen, id, 0);

	/* what is there was copied with all that it reaches */
	if (r <= 0 || pack_has(copy->job->pack, id))
		return r < 0 ? r : 0;
	struct pack_item item = { .type = type,
		.expected = true,
		.ctx = copy,
		.measure = measure,
		.load = load,
		.done = object_done,
		.drop = drop };
	memcpy(item.id, id, OID_LEN);
	return pack_put(copy->job->pack, &item);
}

static int
visit_tree(struct copy *copy, struct str bytes)
{
	struct tree_entry entry;
	int r;

	while ((r = tree_next(&bytes, &entry)) > 0) {
		uint32_t mode = mode_canonical(entry.mode);
		if (mode == MODE_SUBMODULE)
			continue;
		r = visit(copy, entry.id, mode == MODE_TREE ? OBJECT_TREE : OBJECT_BLOB);
		if (r < 0)
			break;
	}
	return r;
}

static int
visit_commit(struct copy *copy, struct str bytes)
{
	struct commit_head head;
	uint8_t parent[OID_LEN];

	int r = commit_read(bytes, &head);
	if (r == 0)
		r = visit(copy, head.tree, OBJECT_TREE);
	while (r == 0 && commit_parent(&head, parent))
		r = visit(copy, parent, OBJECT_COMMIT);
	return r;
}

static int
visit_tag(struct copy *copy, struct str bytes)
{
	uint8_t target[OID_LEN];
	enum object_type type;

	int r = tag_read(bytes, target, &type);
	return r == 0 ? visit(copy, target, type) : r;
}

static int
object_done(struct pack_item *item)
{
	struct copy *copy = item->ctx;
	char hex[OID_HEX];
	int r = 0;

	copy->objects++;
	copy->bytes += item->bytes.len;
	if (copy->bytes > SOURCE_BYTES)
		return err_set(ERR_FORMAT, "the repository holds more than %" PRIu64 " bytes", SOURCE_BYTES);
	if (item->type != OBJECT_BLOB)
		r = fsck_object(&copy->fsck, item->type, item->id, item->bytes);
	if (r == 0 && item->type == OBJECT_TREE)
		r = visit_tree(copy, item->bytes);
	else if (r == 0 && item->type == OBJECT_COMMIT)
		r = visit_commit(copy, item->bytes);
	else if (r == 0 && item->type == OBJECT_TAG)
		r = visit_tag(copy, item->bytes);
	if (r == ERR_FORMAT) {
		hex_from(item->id, OID_LEN, hex);
		r = err_in(r, "object %s", hex);
	}
	return r == 0 ? watch_tick(copy->job->watch, copy->objects, 0, "objects", "copying history") : r;
}

static int
blob_header(void *ctx, const uint8_t *id, enum object_type *type, uint64_t *size)
{
	return odb_header(ctx, id, type, size);
}

static int
blob_read(void *ctx, const uint8_t *id, enum object_type *type, struct buf *out)
{
	struct str bytes;
	void *handle;

	int r = odb_read(ctx, id, type, &bytes, &handle);
	if (r < 0)
		return r;
	r = buf_str(out, bytes);
	odb_free(handle);
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
	if (r == 0)
		r = visit(copy, wanted->id,
		    memcmp(wanted->id, wanted->commit, OID_LEN) == 0 ? OBJECT_COMMIT : OBJECT_TAG);
	if (r == 0)
		r = pack_flush(copy->job->pack);
	if (r == 0)
		r = fsck_blobs(&copy->fsck, &reader);
	return r == 0 ? fsck_take(&copy->fsck, &plan->fsck) : r;
}

int
source_git_import(const struct source_job *job)
{
	struct copy copy = { .job = job, .fsck = { .lines = BUF(FSCK_MAX) }, .odds = BUF(FSCK_MAX) };

	int r = open_odb(&copy);
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
		r = buf_str(&job->plans->list[0].odds, buf_view(&copy.odds));
	odb_close(copy.odb);
	refs_release(&copy.refs);
	free(copy.wanted);
	oid_map_release(&copy.seen);
	fsck_release(&copy.fsck);
	buf_release(&copy.odds);
	return r;
}
