/* An order that is being answered, and what the answers to all verbs have in common. */
#ifndef CARREL_INDEXER_INDEX_JOB_H
#define CARREL_INDEXER_INDEX_JOB_H

#include "base/pool.h"
#include "indexer/index/answer.h"
#include "indexer/index/pulse.h"
#include "indexer/index/store.h"

struct job {
	struct store *store;
	struct pool *pool;
	struct text_reader *reader;
	const struct row *args;
	unsigned flags; /* enum order_flag */
	struct pulse *pulse;
	struct answer *answer;
	struct arena arena; /* for the order's time */
};

/* One function a verb; each sends its rows and leaves the end to the caller. */
int answer_ls(struct job *job) MUST_USE;
int answer_find(struct job *job) MUST_USE;
int answer_skipped(struct job *job) MUST_USE;
int answer_page(struct job *job) MUST_USE;
int answer_anchor(struct job *job) MUST_USE;
int answer_search(struct job *job) MUST_USE;
int answer_def(struct job *job) MUST_USE;
int answer_refs(struct job *job) MUST_USE;
int answer_callers(struct job *job) MUST_USE;
int answer_callees(struct job *job) MUST_USE;
int answer_outline(struct job *job) MUST_USE;
int answer_symbols(struct job *job) MUST_USE;
int answer_suspicious(struct job *job) MUST_USE;
int answer_census(struct job *job) MUST_USE;
int answer_sources(struct job *job) MUST_USE;
int answer_diff_files(struct job *job) MUST_USE;
int answer_diff_symbols(struct job *job) MUST_USE;
int answer_diff_lines(struct job *job) MUST_USE;

/* The releases of the order: those RELEASE names, or all, oldest first; in the arena. */
int job_releases(struct job *job, size_t **releases, size_t *count) MUST_USE;
/* The one release that RELEASE names. */
int job_release(struct job *job, size_t *release, const struct tree **tree) MUST_USE;
/* The one file that PATH names in a tree: a link or a submodule is none, nor is a directory. */
int job_file(const struct tree *tree, struct str path, const struct entry **entry) MUST_USE;
uint64_t job_limit(const struct job *job); /* rows; UINT64_MAX without LIMIT */

/* A line into TEXT, OFFSET and CUT: at most TEXT_ROW_MAX bytes, the byte `column` (from 0) among them. */
void row_set_line(struct row *row, struct str line, uint64_t column);
/* The largest n <= len at which s can be cut without cutting a UTF-8 character. */
size_t cut_at(struct str s, size_t len);
/* STATUS and WHY of a blob; the words live in the arena. */
int row_set_status(struct job *job, struct row *row, const struct blob *blob) MUST_USE;

#endif
