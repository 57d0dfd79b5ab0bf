#include "tui/model.h"

#include "base/seal.h"
#include "base/show.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define NONE SIZE_MAX
#define SEAL_LAYERS 3 /* in SEAL_ALL */

struct str
arena_str(struct arena *arena, struct str s)
{
	return s.len ? (struct str){ arena_copy(arena, s.data, s.len), s.len } : STR("");
}

static struct str
member(struct arena *arena, const json_t *json, const char *key)
{
	return arena_str(arena, json_str(json, key));
}

static struct str
foreign(struct arena *arena, const json_t *json, const char *key)
{
	struct buf bytes = BUF((size_t)1 << 20);
	struct str out = STR("");

	if (json_get_foreign(json, key, &bytes) == 0)
		out = arena_str(arena, buf_view(&bytes));
	buf_release(&bytes);
	return out;
}

void
model_clear_releases(struct model *model)
{
	free(model->releases);
	model->releases = NULL;
	model->release_count = 0;
	model->reading = model->base = NONE;
	arena_release(&model->release_arena);
}

void
model_clear_threads(struct model *model)
{
	free(model->threads);
	model->threads = NULL;
	model->thread_count = 0;
	model->threads_known = false;
	arena_release(&model->thread_arena);
}

void
model_clear_changes(struct model *model)
{
	free(model->changes);
	free(model->moved);
	free(model->skipped);
	model->changes = NULL;
	model->moved = NULL;
	model->skipped = NULL;
	model->change_count = model->moved_count = model->skipped_count = 0;
	model->moved_why = STR("");
	model->changes_known = false;
	arena_release(&model->change_arena);
}

void
model_release(struct model *model)
{
	model_clear_releases(model);
	model_clear_threads(model);
	model_clear_changes(model);
	arena_release(&model->facts);
}

/* One more of `size` bytes at the end of a list that doubles. */
static void *
grow(void *list, size_t count, size_t size)
{
	return count & (count - 1) ? list : mem_grow(list, count ? 2 * count : 1, size);
}

static unsigned
layer_bits(const json_t *value)
{
	unsigned bits = 0;

	if (json_is_integer(value))
		return (unsigned)json_integer_value(value) & SEAL_ALL;
	for (size_t i = 0; i < json_array_size(value); i++)
		for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1)
			if (str_is(str_from(json_string_value(json_array_get(value, i))),
				seal_layer_name(layer)))
				bits |= layer;
	return bits;
}

/* Every program that reports its seal says which layers refused their probe; `accepted` are those that may lack. */
static bool
seals_closed(json_t *seals, unsigned accepted)
{
	const char *program;
	json_t *verdict;
	bool closed = json_object_get(seals, "keeper") != NULL;

	json_object_foreach (seals, program, verdict)
		closed &= (layer_bits(json_object_get(verdict, "refused")) | accepted) == SEAL_ALL;
	return closed;
}

static struct str
seal_words(struct model *model, unsigned accepted)
{
	char words[80];
	int at = snprintf(words, sizeof words, _("sealed without"));

	if (!accepted)
		return STR("sealed: no way out");
	for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1)
		if (accepted & layer)
			at += snprintf(words + at, sizeof words - (size_t)at, " %s", seal_layer_name(layer));
	return (struct str){ arena_copy(&model->facts, words, (size_t)at), (size_t)at };
}

void
model_opened(struct model *model, const json_t *opened)
{
	struct arena *arena = &model->facts;

	model->room = member(arena, opened, "room");
	model->product = member(arena, opened, "product");
	model->host = member(arena, opened, "host");
	model->person = member(arena, opened, "person");
	model->role = member(arena, opened, "role");
	model->key = member(arena, opened, "key");
	model->root = member(arena, opened, "root");
	model->slip = member(arena, opened, "slip");
	model->practice = json_bool(opened, "practice");
	model->size = json_num(opened, "size");
	unsigned accepted = layer_bits(json_object_get(opened, "accepted"));
	model->sealed = seals_closed(json_object_get(opened, "seal"), accepted);
	model->seal = seal_words(model, accepted);
	model->disk = member(arena, opened, "disk");
	model->reading = model->base = NONE;
}

void
model_add_release(struct model *model, const json_t *json)
{
	struct arena *arena = &model->release_arena;

	model->releases = grow(model->releases, model->release_count, sizeof *model->releases);
	model->releases[model->release_count++] = (struct rel){
		.name = member(arena, json, "release"),
		.kind = member(arena, json, "kind"),
		.commit = member(arena, json, "commit"),
		.imported = member(arena, json, "imported"),
		.files = json_num(json, "files"),
		.bytes = json_num(json, "bytes"),
	};
}

void
model_status(struct model *model, const json_t *status)
{
	model->root = member(&model->facts, status, "root");
	model->slip = member(&model->facts, status, "slip");
	model->size = json_num(status, "size");
}

size_t
model_find_release(const struct model *model, struct str name)
{
	for (size_t i = 0; i < model->release_count; i++)
		if (str_eq(model->releases[i].name, name))
			return i;
	return NONE;
}

struct str
model_reading(const struct model *model)
{
	return model->reading < model->release_count ? model->releases[model->reading].name : STR("");
}

struct str
model_base(const struct model *model)
{
	return model->base < model->release_count ? model->releases[model->base].name : STR("");
}

struct str
model_pair(struct model *model)
{
	struct str base = model_base(model), reading = model_reading(model);
	char *pair = arena_alloc(&model->release_arena, base.len + reading.len + 2);

	memcpy(pair, base.data, base.len);
	pair[base.len] = ' ';
	memcpy(pair + base.len + 1, reading.data, reading.len);
	return (struct str){ pair, base.len + 1 + reading.len };
}

/* ---- threads ---- */

const char *const thread_states[THREAD_STATES] = { "open", "answered", "fix promised", "verify requested",
	"disputed", "re-opened", "resolved", "risk accepted", "withdrawn" };

void
model_add_thread(struct model *model, const json_t *json)
{
	struct arena *arena = &model->thread_arena;
	const json_t *anchor = json_array_get(json_object_get(json, "anchors"), 0);
	const json_t *lines = json_object_get(anchor, "lines");

	model->threads = grow(model->threads, model->thread_count, sizeof *model->threads);
	model->threads[model->thread_count++] = (struct thread){
		.id = member(arena, json, "thread"),
		.kind = member(arena, json, "kind"),
		.state = member(arena, json, "state"),
		.title = member(arena, json, "title"),
		.severity = member(arena, json, "severity"),
		.author = member(arena, json, "author"),
		.opened = member(arena, json, "opened"),
		.last = member(arena, json, "last"),
		.entries = json_num(json, "entries"),
		.release = member(arena, anchor, "release"),
		.path = foreign(arena, anchor, "path"),
		.blob = member(arena, anchor, "blob"),
		.symbol = foreign(arena, anchor, "symbol"),
		.first = (uint64_t)json_integer_value(json_array_get(lines, 0)),
		.line = (uint64_t)json_integer_value(json_array_get(lines, 1)),
	};
}

const struct thread *
model_thread(const struct model *model, struct str id)
{
	for (size_t i = 0; i < model->thread_count; i++)
		if (str_starts(model->threads[i].id, id) || str_starts(id, model->threads[i].id))
			return &model->threads[i];
	return NULL;
}

bool
thread_closed(const struct thread *thread)
{
	return str_is(thread->state, "resolved") || str_is(thread->state, "withdrawn") ||
	    str_is(thread->state, "risk accepted");
}

size_t
model_open_findings(const struct model *model)
{
	size_t count = 0;

	for (size_t i = 0; i < model->thread_count; i++)
		count += str_is(model->threads[i].kind, "finding") && !thread_closed(&model->threads[i]);
	return count;
}

/* ---- changes ---- */

static void
add_moved(struct model *model, const struct row *row)
{
	struct arena *arena = &model->change_arena;

	if (row_has(row, F_WHY)) {
		model->moved_why = arena_str(arena, row_get(row, F_WHY));
		return;
	}
	model->moved = grow(model->moved, model->moved_count, sizeof *model->moved);
	model->moved[model->moved_count++] = (struct moved){
		.old_path = arena_str(arena, row_get(row, F_OLD_PATH)),
		.new_path = arena_str(arena, row_get(row, F_NEW_PATH)),
		.old_line = row_get_num(row, F_OLD_LINE),
		.new_line = row_get_num(row, F_NEW_LINE),
		.lines = row_get_num(row, F_LINES),
	};
}

void
model_add_change(struct model *model, const struct row *row)
{
	struct arena *arena = &model->change_arena;

	if (str_is(row_get(row, F_WHAT), "moved")) {
		add_moved(model, row);
		return;
	}
	model->changes = grow(model->changes, model->change_count, sizeof *model->changes);
	model->changes[model->change_count++] = (struct change){
		.change = arena_str(arena, row_get(row, F_CHANGE)),
		.old_path = arena_str(arena, row_get(row, F_OLD_PATH)),
		.new_path = arena_str(arena, row_get(row, F_NEW_PATH)),
		.old_blob = arena_str(arena, row_get(row, F_OLD_BLOB)),
		.new_blob = arena_str(arena, row_get(row, F_NEW_BLOB)),
		.label = arena_str(arena, row_get(row, F_LABEL)),
		.why = arena_str(arena, row_get(row, F_WHY)),
		.added = row_get_num(row, F_ADDED),
		.removed = row_get_num(row, F_REMOVED),
		.similarity = row_get_num(row, F_SCORE),
	};
}

void
model_add_skipped(struct model *model, const struct row *row)
{
	struct arena *arena = &model->change_arena;

	model->skipped = grow(model->skipped, model->skipped_count, sizeof *model->skipped);
	model->skipped[model->skipped_count++] = (struct skipped){
		.path = arena_str(arena, row_get(row, F_PATH)),
		.what = arena_str(arena, row_get(row, F_WHAT)),
		.why = arena_str(arena, row_get(row, F_WHY)),
	};
}

const struct change *
model_change_of(const struct model *model, struct str path)
{
	for (size_t i = 0; i < model->change_count; i++) {
		const struct change *change = &model->changes[i];
		if (str_eq(change->new_path.len ? change->new_path : change->old_path, path))
			return change;
	}
	return NULL;
}

const struct skipped *
model_skipped_of(const struct model *model, struct str path)
{
	for (size_t i = 0; i < model->skipped_count; i++)
		if (str_eq(model->skipped[i].path, path))
			return &model->skipped[i];
	return NULL;
}

char
change_sign(const struct change *change)
{
	return str_is(change->change, "added") ? '+' : str_is(change->change, "removed") ? '-' : '~';
}

struct symbol
symbol_of(struct arena *arena, const struct row *row)
{
	return (struct symbol){
		.name = arena_str(arena, row_get(row, F_NAME)),
		.kind = arena_str(arena, row_get(row, F_KIND)),
		.role = arena_str(arena, row_get(row, F_ROLE)),
		.scope = arena_str(arena, row_get(row, F_SCOPE)),
		.release = arena_str(arena, row_get(row, F_RELEASE)),
		.path = arena_str(arena, row_get(row, F_PATH)),
		.text = arena_str(arena, row_get(row, F_TEXT)),
		.tier = arena_str(arena, row_get(row, F_TIER)),
		.line = row_get_num(row, F_LINE),
		.column = row_get_num(row, F_COLUMN),
		.end_line = row_get_num(row, F_END_LINE),
		.level = row_get_num(row, F_LEVEL),
	};
}

/* Seconds since 1970 of an RFC 3339 time in UTC, by hand: timegm() opens the time zone's file. */
static bool
seconds_of(const char *text, int64_t *out)
{
	int year, month, day, hour, minute, second;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second) != 6)
		return false;
	int64_t y = year - (month <= 2), era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
	*out = ((days * 24 + hour) * 60 + minute) * 60 + second;
	return true;
}

const char *
time_ago(struct str time, int64_t now, char out[static 32])
{
	char text[32];
	int64_t then;

	snprintf(text, sizeof text, "%.*s", time.len < 31 ? (int)time.len : 31, time.data);
	if (!seconds_of(text, &then))
		return show_in(out, 32, time);
	int64_t ago = now - then, minutes = ago / 60, hours = minutes / 60, days = hours / 24;
	if (days > 60)
		snprintf(out, 32, _("on %.10s"), text);
	else if (days == 1)
		snprintf(out, 32, "%s", _("yesterday"));
	else if (days > 1)
		snprintf(out, 32, ngettext("%d day ago", "%d days ago", (unsigned)days), (int)days);
	else if (hours > 0)
		snprintf(out, 32, ngettext("%d hour ago", "%d hours ago", (unsigned)hours), (int)hours);
	else if (minutes > 0)
		snprintf(
		    out, 32, ngettext("%d minute ago", "%d minutes ago", (unsigned)minutes), (int)minutes);
	else
		snprintf(out, 32, "%s", ago < -60 ? text : _("just now"));
	return out;
}
