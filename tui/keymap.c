#include "tui/keymap.h"

#include "tui/text.h"

#include <stdlib.h>

void
keymap_init(struct keymap *map)
{
	*map = (struct keymap){ .rows = mem_grow(NULL, binding_count, sizeof *map->rows),
		.count = binding_count };
	memcpy(map->rows, bindings, binding_count * sizeof *bindings);
}

void
keymap_release(struct keymap *map)
{
	free(map->rows);
	arena_release(&map->arena);
	*map = (struct keymap){ 0 };
}

enum keys_match
keymap_find(
    const struct keymap *map, enum view_kind view, const int *keys, size_t count, const struct binding **out)
{
	enum keys_match best = KEYS_NO;

	for (size_t i = 0; i < map->count; i++) {
		const char *rest = map->rows[i].keys;
		int sequence[KEYS_MAX];
		size_t n;
		if (!(map->rows[i].views >> view & 1))
			continue;
		while ((n = keys_next(&rest, sequence)) > 0) {
			if (n < count || memcmp(sequence, keys, count * sizeof *keys) != 0)
				continue;
			if (n == count) {
				*out = &map->rows[i];
				return KEYS_YES;
			}
			best = KEYS_MORE;
		}
	}
	return best;
}

const struct binding *
keymap_of(const struct keymap *map, enum view_kind view, enum action action)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->rows[i].action == action && map->rows[i].views >> view & 1)
			return &map->rows[i];
	return NULL;
}

/* ---- mapping ---- */

/* A view's name with hyphens for its blanks. */
static bool
is_view(enum view_kind view, struct str word)
{
	const char *name = view_name(view);

	for (size_t i = 0; i < word.len; i++)
		if (word.data[i] != (name[i] == ' ' ? '-' : name[i]))
			return false;
	return name[word.len] == 0;
}

static bool
begins(const int *longer, size_t n, const int *shorter, size_t m)
{
	return m <= n && memcmp(longer, shorter, m * sizeof *longer) == 0;
}

/* Whether a sequence is the beginning of one of a row's, or one of them its. */
static bool
clashes(const char *keys, const int *sequence, size_t n)
{
	int other[KEYS_MAX];
	size_t m;

	while ((m = keys_next(&keys, other)) > 0)
		if (begins(other, m, sequence, n) || begins(sequence, n, other, m))
			return true;
	return false;
}

static bool
types(enum view_kind view)
{
	return view == VIEW_PICK || view == VIEW_SEARCH || view == VIEW_COMPOSE || view == VIEW_PROMPT;
}

static int
check_key(const struct keymap *map, enum view_kind view, const struct binding *own, struct str text)
{
	int sequence[KEYS_MAX];
	size_t n = keys_parse(text, sequence);

	if (text.len == 0 || n == 0)
		return err_set(ERR_USAGE, _("There is no key '%.*s'."), STR_ARG(text));
	for (size_t i = 0; i < n; i++)
		if (sequence[i] <= 0)
			return err_set(ERR_USAGE, _("There is no key '%.*s'."), STR_ARG(text));
	if (types(view) && sequence[0] >= ' ' && sequence[0] < K_BACKSPACE)
		return err_set(
		    ERR_USAGE, _("'%.*s' is text in the view '%s'."), STR_ARG(text), _(view_name(view)));
	for (size_t i = 0; i < map->count; i++) {
		const struct binding *row = &map->rows[i];
		if (row != own && row->views >> view & 1 && clashes(row->keys, sequence, n))
			return err_set(ERR_USAGE,
			    _("'%.*s' would clash with '%s' in the view '%s', which has '%s'."),
			    STR_ARG(text), row->name, _(view_name(view)), row->keys);
	}
	return 0;
}

static int
check_keys(const struct keymap *map, enum view_kind view, const struct binding *own, struct str keys)
{
	struct str rest = keys, text;
	int r = 0;

	if (view == VIEW_SIGN)
		return err_set(ERR_USAGE, _("The keys of signing stay as they are."));
	if (keys.len == 0)
		return err_set(ERR_USAGE, _("A mapping is VIEW ACTION KEYS, as in: code definition gD"));
	while (r == 0 && str_next(&rest, ' ', &text)) {
		r = check_key(map, view, own, text);
		int sequence[KEYS_MAX];
		size_t n = r == 0 ? keys_parse(text, sequence) : 0;
		if (r == 0 && rest.len && clashes(rest.data, sequence, n))
			r = err_set(
			    ERR_USAGE, _("'%.*s' would clash with another of these keys."), STR_ARG(text));
	}
	return r;
}

/* The row at `at` gets other keys in one view; where it is a row of several, it is parted. */
static void
put(struct keymap *map, size_t at, enum view_kind view, const char *keys)
{
	struct binding row = map->rows[at];

	if (row.views != 1u << view) {
		map->rows = mem_grow(map->rows, map->count + 1, sizeof *map->rows);
		memmove(&map->rows[at + 1], &map->rows[at], (map->count - at) * sizeof *map->rows);
		map->count++;
		map->rows[at + 1].views &= ~(1u << view);
		row.views = 1u << view;
	}
	row.keys = keys;
	map->rows[at] = row;
}

static struct str
trim(struct str s)
{
	while (s.len && s.data[0] == ' ')
		s.data++, s.len--;
	while (s.len && s.data[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* In one view; *found: it has the action. */
static int
map_in(struct keymap *map, enum view_kind view, struct str action, struct str keys, bool *found)
{
	for (size_t i = 0; i < map->count; i++) {
		if (!(map->rows[i].views >> view & 1) || !str_is(action, map->rows[i].name))
			continue;
		*found = true;
		const char *copy = arena_copy(&map->arena, keys.data, keys.len);
		int r = check_keys(map, view, &map->rows[i], str_from(copy));
		if (r == 0)
			put(map, i, view, copy);
		return r;
	}
	return 0;
}

int
keymap_line(struct keymap *map, struct str line)
{
	struct keymap trial = { .rows = mem_grow(NULL, map->count, sizeof *map->rows), .count = map->count };
	struct str rest = trim(line), view, action = STR("");
	bool known = false, found = false;
	int r = 0;

	memcpy(trial.rows, map->rows, map->count * sizeof *map->rows);
	trial.arena = map->arena;
	if (!str_next(&rest, ' ', &view))
		view = STR("");
	rest = trim(rest);
	str_next(&rest, ' ', &action);
	rest = trim(rest);
	for (enum view_kind kind = 0; kind < VIEW_KINDS && r == 0; kind++)
		if (is_view(kind, view) || str_is(view, "all")) {
			known = true;
			r = map_in(&trial, kind, action, rest, &found);
		}
	if (r == 0 && !known)
		r = err_set(ERR_USAGE, _("There is no view '%.*s'."), STR_ARG(view));
	else if (r == 0 && !found)
		r = err_set(ERR_USAGE, _("There is no action '%.*s' in the view '%.*s'."), STR_ARG(action),
		    STR_ARG(view));
	map->arena = trial.arena;
	if (r == 0) {
		free(map->rows);
		map->rows = trial.rows;
		map->count = trial.count;
	} else
		free(trial.rows);
	return r;
}

size_t
keymap_read(struct keymap *map, struct str text)
{
	char why[ERR_TEXT_MAX] = "";
	size_t bad = 0;
	struct str line;

	keymap_release(map);
	keymap_init(map);
	while (str_next(&text, '\n', &line))
		if (trim(line).len && keymap_line(map, line) < 0 && bad++ == 0)
			memcpy(why, err_text(), strlen(err_text()) + 1);
	if (bad)
		bad = err_set(ERR_USAGE, "%s", why) < 0 ? bad : 0;
	return bad;
}
