#include "indexer/intake/object.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

struct oid_slot {
	uint8_t id[OID_LEN];
	uint32_t number; /* value + 1; 0: free */
};

const char *
object_type_name(enum object_type type)
{
	static const char *const names[] = { "", "commit", "tree", "blob", "tag" };
	return names[type];
}

static size_t
slot_of(const struct oid_map *map, const uint8_t *id)
{
	uint64_t a, b;

	memcpy(&a, id, sizeof a);
	memcpy(&b, id + 8, sizeof b);
	unsigned __int128 product = (unsigned __int128)(a ^ map->seed[0]) * ((b ^ map->seed[1]) | 1);
	size_t at = (size_t)((uint64_t)product ^ (uint64_t)(product >> 64)) & (map->cap - 1);
	while (map->slots[at].number && memcmp(map->slots[at].id, id, OID_LEN) != 0)
		at = (at + 1) & (map->cap - 1);
	return at;
}

static int
grow(struct oid_map *map)
{
	struct oid_map bigger = { .cap = map->cap ? 2 * map->cap : 1024, .count = map->count };

	memcpy(bigger.seed, map->seed, sizeof bigger.seed);
	if (map->cap == 0 && getrandom(bigger.seed, sizeof bigger.seed, 0) != sizeof bigger.seed)
		return err_sys("no random bytes");
	bigger.slots = mem_try_alloc(bigger.cap, sizeof *bigger.slots);
	if (!bigger.slots)
		return err_set(ERR_MEMORY, "no memory for %zu objects", bigger.cap);
	for (size_t i = 0; i < map->cap; i++)
		if (map->slots[i].number)
			bigger.slots[slot_of(&bigger, map->slots[i].id)] = map->slots[i];
	free(map->slots);
	*map = bigger;
	return 0;
}

void
oid_map_release(struct oid_map *map)
{
	free(map->slots);
	*map = (struct oid_map){ 0 };
}

int
oid_map_add(struct oid_map *map, const uint8_t id[static OID_LEN], uint64_t value)
{
	if (2 * map->count >= map->cap) {
		int r = grow(map);
		if (r < 0)
			return r;
	}
	struct oid_slot *slot = &map->slots[slot_of(map, id)];
	if (slot->number)
		return 0;
	assert(value < UINT32_MAX);
	slot->number = (uint32_t)value + 1;
	memcpy(slot->id, id, OID_LEN);
	map->count++;
	return 1;
}

bool
oid_map_get(const struct oid_map *map, const uint8_t id[static OID_LEN], uint64_t *value)
{
	if (map->cap == 0)
		return false;
	const struct oid_slot *slot = &map->slots[slot_of(map, id)];
	if (slot->number && value)
		*value = slot->number - 1;
	return slot->number != 0;
}

int
tree_next(struct str *rest, struct tree_entry *entry)
{
	const char *at = rest->data, *end = rest->data + rest->len;

	if (rest->len == 0)
		return 0;
	entry->mode = 0;
	for (; at < end && *at != ' '; at++) {
		if (*at < '0' || *at > '7' || entry->mode > UINT32_MAX >> 3)
			return err_set(ERR_FORMAT, "tree: bad mode");
		entry->mode = entry->mode << 3 | (uint32_t)(*at - '0');
	}
	if (at == end || at == rest->data)
		return err_set(ERR_FORMAT, "tree: bad mode");
	const char *name = at + 1;
	const char *nul = memchr(name, 0, (size_t)(end - name));
	if (!nul || end - nul - 1 < OID_LEN)
		return err_set(ERR_FORMAT, "tree: cut short");
	if (nul == name)
		return err_set(ERR_FORMAT, "tree: an entry without a name");
	entry->name = (struct str){ name, (size_t)(nul - name) };
	memcpy(entry->id, nul + 1, OID_LEN);
	*rest = (struct str){ nul + 1 + OID_LEN, (size_t)(end - nul - 1 - OID_LEN) };
	return 1;
}

uint32_t
mode_canonical(uint32_t mode)
{
	if (S_ISREG(mode))
		return mode & 0100 ? MODE_EXEC : MODE_FILE;
	if (S_ISLNK(mode))
		return MODE_LINK;
	return S_ISDIR(mode) ? MODE_TREE : MODE_SUBMODULE;
}

/* A line "KEY HEX\n" off *rest. */
static bool
id_line(struct str *rest, struct str key, uint8_t id[static OID_LEN])
{
	size_t len = key.len + 2 * OID_LEN + 1;

	if (rest->len < len || !str_starts(*rest, key) || rest->data[len - 1] != '\n' ||
	    !hex_to((struct str){ rest->data + key.len, 2 * OID_LEN }, id, OID_LEN))
		return false;
	*rest = (struct str){ rest->data + len, rest->len - len };
	return true;
}

/* The seconds behind the last '>' of the committer's line. */
static int64_t
commit_time(struct str header)
{
	struct str line;

	while (str_next(&header, '\n', &line) && line.len > 0) {
		if (!str_starts(line, STR("committer ")))
			continue;
		const char *mail = memrchr(line.data, '>', line.len);
		if (!mail)
			return 0;
		int64_t time = 0;
		const char *end = line.data + line.len, *at = mail + 1;
		while (at < end && *at == ' ')
			at++;
		for (; at < end && *at >= '0' && *at <= '9' && time < INT64_MAX / 10 - 9; at++)
			time = time * 10 + (*at - '0');
		return time;
	}
	return 0;
}

int
commit_read(struct str bytes, struct commit_head *head)
{
	struct str rest = bytes;
	uint8_t parent[OID_LEN];

	if (!id_line(&rest, STR("tree "), head->tree))
		return err_set(ERR_FORMAT, "commit: names no tree");
	head->parents.data = rest.data;
	while (id_line(&rest, STR("parent "), parent))
		continue;
	head->parents.len = (size_t)(rest.data - head->parents.data);
	if (str_starts(rest, STR("parent ")))
		return err_set(ERR_FORMAT, "commit: bad parent");
	head->time = commit_time(rest);
	return 0;
}

bool
commit_parent(struct commit_head *head, uint8_t id[static OID_LEN])
{
	return id_line(&head->parents, STR("parent "), id);
}

int
tag_read(struct str bytes, uint8_t target[static OID_LEN], enum object_type *type)
{
	struct str line;

	if (!id_line(&bytes, STR("object "), target) || !str_next(&bytes, '\n', &line))
		return err_set(ERR_FORMAT, "tag: names no object");
	for (enum object_type t = OBJECT_COMMIT; t <= OBJECT_TAG; t++) {
		const char *name = object_type_name(t);
		if (!str_starts(line, STR("type ")) ||
		    !str_is((struct str){ line.data + 5, line.len - 5 }, name))
			continue;
		*type = t;
		/* without this line it is no tag to git */
		bool named = str_starts(bytes, STR("tag ")) && memchr(bytes.data, '\n', bytes.len);
		return named ? 0 : err_set(ERR_FORMAT, "tag: has no name");
	}
	return err_set(ERR_FORMAT, "tag: of an unknown type");
}
