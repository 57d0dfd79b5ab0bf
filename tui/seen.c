#include "tui/seen.h"

#include "base/mem.h"

#include <stdlib.h>

static uint64_t
hash_of(struct str release, struct str path)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < release.len; i++)
		hash = (hash ^ (unsigned char)release.data[i]) * 1099511628211u;
	hash *= 1099511628211u;
	for (size_t i = 0; i < path.len; i++)
		hash = (hash ^ (unsigned char)path.data[i]) * 1099511628211u;
	return hash ? hash : 1;
}

/* Where the hash is, or would be. */
static uint64_t *
slot(const struct seen *seen, uint64_t hash)
{
	size_t at = hash & (seen->capacity - 1);

	while (seen->slots[at] && seen->slots[at] != hash)
		at = (at + 1) & (seen->capacity - 1);
	return &seen->slots[at];
}

static void
grow(struct seen *seen)
{
	struct seen old = *seen;

	seen->capacity = old.capacity ? 2 * old.capacity : 256;
	seen->slots = mem_alloc(seen->capacity * sizeof *seen->slots);
	memset(seen->slots, 0, seen->capacity * sizeof *seen->slots);
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i])
			*slot(seen, old.slots[i]) = old.slots[i];
	free(old.slots);
}

void
seen_add(struct seen *seen, struct str release, struct str path)
{
	uint64_t hash = hash_of(release, path);

	if (path.len == 0)
		return;
	if (2 * seen->count >= seen->capacity)
		grow(seen);
	uint64_t *to = slot(seen, hash);
	seen->count += *to == 0;
	*to = hash;
}

bool
seen_has(const struct seen *seen, struct str release, struct str path)
{
	return seen->capacity && *slot(seen, hash_of(release, path));
}

bool
seen_change(const struct seen *seen, const struct model *model, size_t change)
{
	const struct change *c = &model->changes[change];

	return c->new_path.len ? seen_has(seen, model_reading(model), c->new_path)
			       : seen_has(seen, model_base(model), c->old_path);
}

size_t
seen_missing(const struct seen *seen, const struct model *model)
{
	size_t missing = 0;

	for (size_t i = 0; i < model->change_count; i++)
		missing += !seen_change(seen, model, i);
	return missing;
}

static void
take(void *ctx, const struct answer *answer)
{
	struct seen *seen = ctx;
	const json_t *payload = answer->kind == ANSWER_JSON ? json_object_get(answer->json, "payload") : NULL;
	struct buf path = BUF(MESSAGE_MAX);

	if (payload && json_get_foreign(payload, "path", &path) == 0) {
		const json_t *names = json_object_get(payload, "releases");
		size_t count = json_array_size(names); /* of a comparison the file is the newer one's */
		if (count)
			seen_add(seen, str_from(json_string_value(json_array_get(names, count - 1))),
			    buf_view(&path));
	}
	*seen->dirty |= answer->kind == ANSWER_DONE;
	buf_release(&path);
}

static uint64_t
ask(struct seen *seen, struct orders *orders, const char *type)
{
	json_t *json = json_pack("{s:s,s:s,s:b}", "ask", "log", "type", type, "mine", 1);
	uint64_t order = orders_json(orders, MSG_ASK, json, take, seen);

	json_decref(json);
	return order;
}

void
seen_ask(struct seen *seen, struct orders *orders, bool *dirty)
{
	if (seen->order)
		return;
	seen->dirty = dirty;
	ask(seen, orders, "page");
	seen->order = ask(seen, orders, "diff");
}

void
seen_release(struct seen *seen)
{
	free(seen->slots);
	*seen = (struct seen){ 0 };
}
