#include "indexer/intake/import.h"

#include "indexer/intake/import_private.h"

#include "base/fs.h"
#include "base/mem.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

static int
progress(void *ctx, const struct progress *progress)
{
	struct import *import = ctx;
	return import->watch.report ? import->watch.report(import->watch.ctx, progress) : 0;
}

int
import_hold(struct run *run, struct str name, struct str segment)
{
	run->held = mem_grow(run->held, run->held_count + 1, sizeof *run->held);
	struct held *held = &run->held[run->held_count];
	*held = (struct held){ 0 };
	if (name.len > RELEASE_NAME_MAX || !hex_to(segment, held->segment, SHA256_LEN))
		return err_set(ERR_FORMAT, "no digest of a segment");
	memcpy(held->name, name.data, name.len);
	run->held_count++;
	return 0;
}

static int
read_blob(void *ctx, const uint8_t *id, uint8_t *out, uint64_t size)
{
	return store_blob(ctx, id, out, size);
}

int
import_open_index(struct run *run, bool known)
{
	const struct import *import = run->import;
	struct index_options options = { .dir = run->index_dir,
		.pool = import->pool,
		.task = import->task,
		.seal_layers = import->worker_layers,
		.read = read_blob,
		.source = run->store,
		.whole = !known,
		.progress = progress,
		.ctx = run->import };

	int r = index_open(&options, &run->index);
	for (size_t i = 0; known && i < import->release_count && r == 0; i++) {
		const struct release *release = &import->releases[i];
		r = import_hold(run, release->name, release->segment);
		if (r == 0)
			r = index_known(run->index, run->held[i].segment);
		if (r < 0)
			r = err_in(r,
			    "the index of release %.*s cannot be used (carrel index --rebuild makes it anew)",
			    STR_ARG(release->name));
	}
	return r == 0 && known ? index_sweep(run->index, false) : r;
}

static int
open_room(struct run *run)
{
	int r = gitdir_init(&run->git, run->import->room);
	if (r == 0)
		r = gitdir_repair(&run->git, run->import->releases, run->import->release_count);
	if (r == 0)
		r = fs_make_dir(run->import->room, "index", 0700);
	if (r == 0)
		r = fs_open_dir(run->import->room, "index", &run->index_dir);
	return r == 0 ? store_open(run->git.packs, false, &run->store) : r;
}

/* ---- first phase ---- */

/* A name that is taken stands for the same commit, or the import ends here. */
static int
match_known(struct run *run)
{
	char hex[OID_HEX];

	run->made = mem_alloc((run->plans.count ? run->plans.count : 1) * sizeof *run->made);
	for (size_t i = 0; i < run->plans.count; i++) {
		const struct plan *plan = &run->plans.list[i];
		hex_from(plan->commit, OID_LEN, hex);
		for (size_t j = 0; j < run->import->release_count; j++) {
			const struct release *release = &run->import->releases[j];
			if (!str_is(release->name, plan->name))
				continue;
			if (!str_is(release->commit, hex))
				return err_set(ERR_REFUSED,
				    "release %s is there with other content: it is commit %.*s, this is %s; "
				    "give this one another name with --release",
				    plan->name, STR_ARG(release->commit), hex);
			run->made[i].known = true;
		}
	}
	return 0;
}

static int
read_source(struct run *run)
{
	const struct import *import = run->import;
	struct source_job job = { .fd = import->source,
		.room = import->room,
		.source = run->work->source,
		.release = run->work->release,
		.revs = run->work->revs,
		.pool = import->pool,
		.watch = &run->import->watch,
		.plans = &run->plans };

	int r = pack_open(run->git.packs, run->store, import->pool, &run->pack);
	job.pack = run->pack;
	if (r == 0)
		r = source_import(&job);
	if (r == 0)
		r = match_known(run);
	if (r == 0)
		r = pack_finish(run->pack, run->store);
	malloc_trim(0);
	return r;
}

static int
blob_header(void *ctx, const uint8_t *id, enum object_type *type, uint64_t *size)
{
	return store_header(ctx, id, type, size);
}

static int
blob_read(void *ctx, const uint8_t *id, enum object_type *type, struct buf *out)
{
	return store_read(ctx, id, type, out);
}

/* Of a repository everything was checked as it was copied; here, what is said of trees that we made. */
static int
check_own(struct run *run, struct plan *plan, struct walk *walk)
{
	struct fsck fsck = { .lines = BUF(TEXT_MAX) };
	const struct fsck_reader reader = { blob_header, blob_read, run->store };
	bool git = strcmp(plan->kind, "git") == 0;

	int r = walk_tree(walk, run->store, plan->tree, git ? NULL : &fsck);
	if (r == 0)
		r = fsck_blobs(&fsck, &reader);
	if (r == 0)
		r = fsck_take(&fsck, &plan->fsck);
	fsck_release(&fsck);
	return r;
}

/* What is odd about the paths of a repository; archives and directories have said theirs. */
static int
note_odds(struct run *run, struct plan *plan, const struct walk *walk)
{
	struct buf target = BUF(PATH_BYTES);
	enum object_type type;
	int r = 0;

	for (size_t i = 0; i < walk->count && r == 0 && strcmp(plan->kind, "git") == 0; i++) {
		const struct walk_file *file = &walk->files[i];
		if (file->mode == MODE_SUBMODULE) {
			r = odd_add(&plan->odds, file->path, ODD_SUBMODULE);
		} else if (file->mode == MODE_LINK && file->size <= PATH_BYTES) {
			buf_clear(&target);
			r = store_read(run->store, file->id, &type, &target);
			if (r == 0 && link_leads_out(file->path, buf_view(&target)))
				r = odd_add(&plan->odds, file->path, ODD_LINK_OUT);
		}
	}
	buf_release(&target);
	return r;
}

static int
index_plan(struct run *run, struct plan *plan, struct made *made)
{
	struct feed feed = { run->store, run->index, &run->import->watch };
	struct walk walk = { 0 };

	int r = check_own(run, plan, &walk);
	if (r == 0 && walk.count == 0)
		r = err_set(ERR_FORMAT, "holds no file");
	if (r == 0)
		r = walk_sort(&walk, &plan->odds);
	if (r == 0)
		r = note_odds(run, plan, &walk);
	if (r == 0)
		r = feed_new(&feed, &walk, &plan->blobs);
	if (r == 0)
		r = feed_release(&feed, &walk, STR(""), buf_view(&plan->odds), &made->index);
	walk_release(&walk);
	return r < 0 && r != ERR_CANCELLED ? err_in(r, "release %s", plan->name) : r;
}

static int
publish(struct run *run)
{
	int r = gitdir_journal(&run->git, pack_name(run->pack), &run->plans);
	if (r == 0)
		r = pack_publish(run->pack);
	run->published = r == 0;
	return r;
}

/* ---- second phase ---- */

static uint64_t
count_odds(struct str odds)
{
	uint64_t nuls = 0;

	for (size_t i = 0; i < odds.len; i++)
		nuls += odds.data[i] == 0;
	return nuls / 3;
}

int
import_list_segments(const struct index_result *index, struct buf *out)
{
	static const char *const kinds[] = { "", "text", "syntax", "release" };
	char hex[HEX_LEN(SHA256_LEN)];
	int r = 0;

	for (size_t i = 0; i < index->count && r == 0; i++) {
		hex_from(index->files[i].digest, SHA256_LEN, hex);
		r = enc_str(out, str_from(kinds[index->files[i].kind]));
		if (r == 0)
			r = enc_str(out, str_from(hex));
		if (r == 0)
			r = enc_num(out, index->files[i].bytes);
	}
	return r;
}

/* The texts that a result borrows. */
struct result_texts {
	char commit[OID_HEX], tree[OID_HEX], manifest[HEX_LEN(SHA256_LEN)], segment[HEX_LEN(SHA256_LEN)];
	struct buf segments;
};

int
import_attach(const struct run *run, const char *name, struct str bytes)
{
	const struct keeper *keeper = &run->import->keeper;
	return bytes.len ? keeper->attach(keeper->ctx, name, bytes) : 0;
}

/* In pieces, as what follows: of a large release the text is long.  `send`: not only to hash it. */
static int
attach_manifest(const struct run *run, const struct walk *walk, bool send, uint8_t sum[static SHA256_LEN])
{
	struct buf lines = BUF((size_t)1 << 20);
	struct sha256 ctx;
	size_t at = 0;
	int r = 0;

	sha256_init(&ctx);
	while (at < walk->count && r == 0) {
		r = walk_manifest(walk, &at, &lines);
		sha256_add(&ctx, lines.data, lines.len);
		if (r == 0 && send)
			r = import_attach(run, "manifest", buf_view(&lines));
		buf_clear(&lines);
	}
	sha256_end(&ctx, sum);
	buf_release(&lines);
	return r;
}

static int
attach_sums(const struct run *run, const struct plan *plan)
{
	struct buf lines = BUF((size_t)1 << 20);
	int r = 0;

	for (size_t at = 0; at < plan->blobs.len && r == 0; at += OID_LEN) {
		r = feed_sum(run->store, plan->blobs.data + at, &lines);
		if (r == 0 && (lines.len > lines.max / 2 || at + OID_LEN == plan->blobs.len)) {
			r = import_attach(run, "sha256", buf_view(&lines));
			buf_clear(&lines);
		}
	}
	buf_release(&lines);
	return r;
}

int
import_hand_over(struct run *run, const struct plan *plan, const struct made *made)
{
	struct result_texts texts = { .segments = BUF(1 << 16) };
	struct walk walk = { 0 };
	struct counts counts = { 0 };
	uint8_t sum[SHA256_LEN];

	malloc_trim(0); /* what was needed to make the index */
	int r = walk_tree(&walk, run->store, plan->tree, NULL);
	if (r == 0)
		r = attach_manifest(run, &walk, !made->known, sum);
	if (r == 0)
		r = feed_count(&walk, &counts);
	if (r == 0)
		r = import_list_segments(&made->index, &texts.segments);
	if (r == 0 && !made->known)
		r = attach_sums(run, plan);
	if (r == 0 && !made->known)
		r = import_attach(run, "odd", buf_view(&plan->odds));
	if (r == 0 && !made->known)
		r = import_attach(run, "verdicts", buf_view(&made->index.verdicts));
	if (r == 0 && !made->known)
		r = import_attach(run, "fsck", buf_view(&plan->fsck));
	hex_from(sum, SHA256_LEN, texts.manifest);
	hex_from(plan->commit, OID_LEN, texts.commit);
	hex_from(plan->tree, OID_LEN, texts.tree);
	hex_from(made->index.segment, SHA256_LEN, texts.segment);
	struct import_result result = {
		.release = { str_from(plan->name), str_from(plan->kind), str_from(texts.commit),
		    str_from(texts.tree), str_from(texts.manifest), str_from(texts.segment),
		    str_from(plan->sha256) },
		.source = run->work->source,
		.revision = buf_view(&plan->revision),
		.stripped = buf_view(&plan->stripped),
		.files = counts.files,
		.blobs = counts.blobs,
		.bytes = counts.bytes,
		.odd = count_odds(buf_view(&plan->odds)),
		.segments = buf_view(&texts.segments),
		.known = made->known,
	};
	for (size_t i = 0; made->known && i < run->import->release_count; i++)
		if (str_is(run->import->releases[i].name, plan->name))
			result.release = run->import->releases[i];
	/* rebuilt: the keeper compares */
	if (made->known && made->index.count > 0)
		result.release.segment = str_from(texts.segment);
	if (made->finished) {
		result.known = false;
		result.finished = true;
		if (r == 0)
			r = import_attach(run, "verdicts", buf_view(&made->index.verdicts));
	}
	if (r == 0)
		r = run->import->keeper.record(run->import->keeper.ctx, &result);
	walk_release(&walk);
	buf_release(&texts.segments);
	return r;
}

static int
hand_over_all(struct run *run)
{
	int r = 0;

	for (size_t i = 0; i < run->plans.count && r == 0; i++) {
		r = import_hand_over(run, &run->plans.list[i], &run->made[i]);
		if (r < 0)
			break;
		run->recorded = i + 1;
		if (run->made[i].known)
			continue;
		r = gitdir_point(&run->git, &run->plans.list[i]);
		if (r == 0) {
			char hex[HEX_LEN(SHA256_LEN)];
			hex_from(run->made[i].index.segment, SHA256_LEN, hex);
			r = import_hold(run, str_from(run->plans.list[i].name), str_from(hex));
		}
	}
	return r == 0 ? gitdir_journal_end(&run->git) : r;
}

/* ---- the whole ---- */

/* Segments and pack of releases that are not in the ledger. */
static void
take_back(struct run *run)
{
	char hex[HEX_LEN(SHA256_LEN)];
	bool any = false;

	for (size_t i = 0; i < run->plans.count && run->made; i++) {
		const struct index_result *index = &run->made[i].index;
		any |= i < run->recorded && !run->made[i].known;
		for (size_t j = 0; i >= run->recorded && j < index->count; j++) {
			hex_from(index->files[j].digest, SHA256_LEN, hex);
			unlinkat(run->index_dir, hex, 0);
		}
	}
	if (run->published && !any) {
		gitdir_remove_pack(&run->git, pack_name(run->pack));
		/* what cannot be taken back now is at the next start: the journal stays then */
		if (gitdir_journal_end(&run->git) < 0)
			return;
	}
}

static int
import_source(struct run *run)
{
	bool fresh = false;

	int r = import_open_index(run, true);
	if (r == 0)
		r = read_source(run);
	for (size_t i = 0; i < run->plans.count && r == 0; i++) {
		if (run->made[i].known)
			continue;
		fresh = true;
		r = index_plan(run, &run->plans.list[i], &run->made[i]);
	}
	if (r == 0 && fresh)
		r = publish(run);
	if (r == 0)
		r = hand_over_all(run);
	return r == 0 ? import_finish(run) : r;
}

int
import_run(struct import *import, const struct work *work)
{
	struct run run = { .import = import, .work = work, .git = { -1, -1, -1 }, .index_dir = -1 };

	int r = open_room(&run);
	if (r == 0)
		r = work->kind == WORK_REBUILD  ? import_rebuild(&run)
		    : work->kind == WORK_FINISH ? import_finish_only(&run)
						: import_source(&run);
	if (r < 0 && work->kind == WORK_IMPORT)
		take_back(&run);
	for (size_t i = 0; i < run.plans.count && run.made; i++)
		index_result_release(&run.made[i].index);
	free(run.made);
	free(run.held);
	index_close(run.index);
	pack_close(run.pack);
	store_close(run.store);
	plans_release(&run.plans);
	gitdir_release(&run.git);
	if (run.index_dir >= 0)
		close(run.index_dir);
	return r;
}
