#include "indexer/intake/import_private.h"

#include "base/mem.h"

#include <stdlib.h>

/* ---- third phase ---- */

static int
record_finished(struct run *run, const struct held *held, const struct index_result *index)
{
	const struct keeper *keeper = &run->import->keeper;
	struct buf segments = BUF(1 << 16);
	char hex[HEX_LEN(SHA256_LEN)];

	hex_from(index->segment, SHA256_LEN, hex);
	struct import_result result = { .finished = true };
	result.release.name = str_from(held->name);
	result.release.segment = str_from(hex);
	int r = import_list_segments(index, &segments);
	result.segments = buf_view(&segments);
	if (r == 0)
		r = import_attach(run, "verdicts", buf_view(&index->verdicts));
	if (r == 0)
		r = keeper->record(keeper->ctx, &result);
	buf_release(&segments);
	return r;
}

/*
 * Syntax comes in the order of imports, and so does its record: a release is renewed when it is complete, and the
 * oldest that is not, at every step.
 */
static int
renew_releases(struct run *run)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->held_count; i++) {
		struct held *held = &run->held[i];
		struct index_result index;
		if (held->finished)
			continue;
		r = index_release_renew(run->index, held->segment, &index);
		if (r < 0)
			break;
		if (index.count > 0) {
			r = record_finished(run, held, &index);
			memcpy(held->segment, index.segment, SHA256_LEN);
		}
		held->finished = index.finished;
		index_result_release(&index);
		if (!held->finished)
			break;
	}
	run->import->keeper.settled(run->import->keeper.ctx);
	return r;
}

/* What was merged is named until the last release is written again, and stays till then. */
static int
merge_segments(struct run *run)
{
	int r = index_merge(run->index);
	for (size_t i = 0; i < run->held_count && index_merged(run->index); i++)
		run->held[i].finished = false;
	if (r == 0)
		r = renew_releases(run);
	if (r < 0)
		return err_in(r,
		    "releases are here and complete, but segments are not merged ('carrel index' goes on)");
	return index_sweep(run->index, true); /* of stand-ins too, which no release names any more */
}

int
import_finish(struct run *run)
{
	run->import->keeper.settled(run->import->keeper.ctx);
	int r = renew_releases(run);
	while (r == 0 && index_unfinished(run->index) > 0) {
		r = index_finish(run->index);
		if (r == 0)
			r = renew_releases(run);
	}
	if (r < 0)
		return err_in(r, "releases are here, but symbols are not complete ('carrel index' goes on)");
	return merge_segments(run);
}

int
import_finish_only(struct run *run)
{
	int r = import_open_index(run, true);
	return r == 0 ? import_finish(run) : r;
}

/* ---- a rebuild ---- */

static const struct given *
find_given(const struct run *run, struct str release)
{
	for (size_t i = 0; i < run->import->given_count; i++)
		if (str_eq(run->import->given[i].release, release))
			return &run->import->given[i];
	return NULL;
}

/* A release that the ledger has, as a plan of one that was imported and is known. */
static int
rebuild_plan(struct run *run, const struct release *release, struct plan *plan)
{
	static const char *const kinds[] = { "git", "archive", "directory" };

	if (!hex_to(release->commit, plan->commit, OID_LEN) || !hex_to(release->tree, plan->tree, OID_LEN))
		return err_set(ERR_FORMAT, "release %.*s has no commit", STR_ARG(release->name));
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_is(release->kind, kinds[i]))
			plan->kind = kinds[i];
	const struct given *given = find_given(run, release->name);
	int r = given ? buf_str(&plan->odds, buf_view(&given->odds)) : 0;
	return r == 0 ? plan_name(plan, release->name, STR("")) : r;
}

/* Its segments as its import wrote them, before any merge. */
static int
rebuild_release(struct run *run, const struct release *release, struct made *made)
{
	struct feed feed = { run->store, run->index, &run->import->watch };
	struct plan *plan = plans_add(&run->plans, "");
	struct buf no_odds = BUF(TEXT_MAX);
	const struct given *given = find_given(run, release->name);
	struct str verdicts = given ? buf_view(&given->verdicts) : STR("");
	struct walk walk = { 0 };

	made->known = true;
	int r = rebuild_plan(run, release, plan);
	if (r == 0)
		r = walk_tree(&walk, run->store, plan->tree, NULL);
	if (r == 0) /* what is odd about names was noted when it was imported */
		r = walk_sort(&walk, &no_odds);
	if (r == 0)
		r = feed_release(&feed, &walk, verdicts, buf_view(&plan->odds), &made->index);
	walk_release(&walk);
	buf_release(&no_odds);
	return r;
}

/* Held against what the ledger names: what it is now, or what an import that was stopped left it as. */
static int
compare_release(struct run *run, const struct release *release, const struct plan *plan, struct made *made)
{
	uint8_t recorded[SHA256_LEN], written[SHA256_LEN];
	struct index_result now;

	if (!hex_to(release->segment, recorded, SHA256_LEN))
		return err_set(ERR_FORMAT, "no digest of a segment");
	memcpy(written, made->index.segment, SHA256_LEN);
	int r = index_release_renew(run->index, written, &now);
	if (r < 0)
		return r;
	if (now.count > 0) {
		now.verdicts = made->index.verdicts;
		made->index.verdicts = (struct buf){ 0 };
		index_result_release(&made->index);
		made->index = now;
	}
	if (memcmp(recorded, made->index.segment, SHA256_LEN) != 0)
		r = index_release_was(run->index, written, recorded, &made->finished);
	return r == 0 ? import_hand_over(run, plan, made) : r;
}

int
import_rebuild(struct run *run)
{
	size_t count = run->import->release_count, done = 0;

	run->made = mem_alloc((count + 1) * sizeof *run->made);
	int r = import_open_index(run, false);
	for (size_t i = 0; i < count && r == 0; i++, done += r == 0)
		r = rebuild_release(run, &run->import->releases[i], &run->made[i]);
	if (r == 0)
		r = index_merge(run->index);
	for (done = r == 0 ? 0 : done; done < count && r == 0; done += r == 0)
		r = compare_release(
		    run, &run->import->releases[done], &run->plans.list[done], &run->made[done]);
	if (r == 0)
		return index_sweep(run->index, true);
	return done < count && r != ERR_CANCELLED
	    ? err_in(r, "release %.*s", STR_ARG(run->import->releases[done].name))
	    : r;
}
