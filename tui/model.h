/* What the desk knows of its room, in plain structures: who, which releases, threads, what changed.  Pure. */
#ifndef CARREL_TUI_MODEL_H
#define CARREL_TUI_MODEL_H

#include "base/json.h"
#include "base/mem.h"
#include "base/row.h"

struct rel {
	struct str name, kind, commit, imported; /* imported: as the record's time */
	uint64_t files, bytes;
};

struct thread {
	struct str id, kind, state, title, severity, author, opened, last;
	struct str release, path, blob, symbol; /* of the first anchor */
	uint64_t first, line; /* lines of it; 0: the whole file.  line: the last */
	uint64_t entries;
};

struct change {
	struct str change, old_path, new_path, label, why; /* why: what could not be compared */
	struct str old_blob, new_blob; /* ids in hex */
	uint64_t added, removed, similarity;
};

/* A block of lines that went from one file to another. */
struct moved {
	struct str old_path, new_path;
	uint64_t old_line, new_line, lines;
};

struct skipped {
	struct str path, what, why;
};

struct symbol {
	struct str name, kind, role, scope, release, path, text, tier;
	const struct span *spans;
	size_t span_count;
	uint64_t line, column, end_line, level;
	uint64_t order; /* that brought it, by its number in the session */
};

struct model {
	struct str product, host, person, role, key, room, seal; /* seal: "sealed...", what the status line says */
	struct str disk; /* encrypted, plain, unknown: what the room lies on */
	bool practice, sealed; /* sealed: every layer that is to be had holds, and the policy knows of the others */
	uint64_t size; /* records */
	struct str root, slip; /* of the ledger, as long as it is `size` records */
	struct rel *releases; /* oldest first */
	size_t release_count;
	size_t reading, base; /* which are read and compared with; SIZE_MAX: none */
	struct thread *threads;
	size_t thread_count;
	struct change *changes; /* base -> reading */
	size_t change_count;
	struct moved *moved;
	size_t moved_count;
	struct str moved_why; /* why they were not looked for; empty: they were */
	bool changes_known, threads_known;
	struct skipped *skipped; /* of the release that is read */
	size_t skipped_count;
	struct arena facts, release_arena, thread_arena, change_arena;
};

void model_release(struct model *model);
/* The answer to OPEN. */
void model_opened(struct model *model, const json_t *opened);
/* The answer to a question for the status: how far the ledger is by now. */
void model_status(struct model *model, const json_t *status);
void model_clear_releases(struct model *model);
void model_add_release(struct model *model, const json_t *json);
size_t model_find_release(const struct model *model, struct str name); /* SIZE_MAX: none */
struct str model_reading(const struct model *model); /* name; empty: none */
struct str model_base(const struct model *model);
struct str model_pair(struct model *model); /* "BASE READING", as orders of two releases name them */
void model_clear_threads(struct model *model);
void model_add_thread(struct model *model, const json_t *json);
/* The words of all states, in the order in which a thread goes through them. */
#define THREAD_STATES 9
extern const char *const thread_states[THREAD_STATES];
const struct thread *model_thread(const struct model *model, struct str id);
bool thread_closed(const struct thread *thread); /* resolved, withdrawn, risk accepted */
size_t model_open_findings(const struct model *model);
void model_clear_changes(struct model *model); /* and what was skipped */
void model_add_change(struct model *model, const struct row *row); /* or a block that moved */
void model_add_skipped(struct model *model, const struct row *row);
/* The change of a path of the release that is read, or of one that it has no more; NULL: none. */
const struct change *model_change_of(const struct model *model, struct str path);
const struct skipped *model_skipped_of(const struct model *model, struct str path);
char change_sign(const struct change *change); /* + - ~ */

/* Strings of the arena. */
struct str arena_str(struct arena *arena, struct str s);
struct symbol symbol_of(struct arena *arena, const struct row *row);
/* "3 days ago", or "on" a date, for an RFC 3339 time and a time in seconds; the time itself where it cannot be read. */
const char *time_ago(struct str time, int64_t now, char out[static 32]);

#endif
