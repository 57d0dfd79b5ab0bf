#include "indexer/index/tree.h"

#include "base/codec.h"

#include <stdlib.h>

static int
load_pairs(struct tree *tree, const struct tree_opener *opener)
{
	struct segment *s = tree->segment;
	size_t count = segment_section(s, SEG_PAIRS)->count;
	uint64_t first = 0;

	tree->pairs = arena_alloc(&tree->arena, count * sizeof *tree->pairs);
	for (; tree->pair_count < count; tree->pair_count++) {
		struct tree_pair *pair = &tree->pairs[tree->pair_count];
		char name[HEX_LEN(SHA256_LEN)];
		const struct seg_pair *is = segment_element(s, SEG_PAIRS, tree->pair_count);
		if (!is)
			return ERR_FORMAT;
		hex_from(is->text, sizeof is->text, name);
		int r = opener->open(opener->ctx, name, SEG_TEXT, &pair->text);
		if (r < 0)
			return r;
		hex_from(is->syntax, sizeof is->syntax, name);
		r = opener->open(opener->ctx, name, SEG_SYNTAX, &pair->syntax);
		if (r < 0)
			return r;
		pair->blobs = is->blobs;
		pair->first = is->first;
		const uint8_t *belongs = segment_element(pair->syntax, SEG_TEXT_NAME, 0);
		if (!belongs)
			return ERR_FORMAT;
		if (memcmp(belongs, is->text, SHA256_LEN) != 0 || is->first != first ||
		    segment_section(pair->text, SEG_BLOBS)->count != is->blobs)
			return segment_damaged(s, "pair");
		first += is->blobs;
		size_t bytes = ((size_t)is->blobs / 64 + 1) * sizeof(uint64_t);
		pair->texts = arena_alloc(&tree->arena, bytes);
		pair->scans = arena_alloc(&tree->arena, bytes);
		pair->wordless = arena_alloc(&tree->arena, bytes);
	}
	return segment_section(s, SEG_OWNER_ENDS)->count == first ? 0 : segment_damaged(s, "owners");
}

static bool
mode_ok(uint64_t mode)
{
	uint64_t type = mode & 0170000;
	return mode <= 0177777 && (type == 0100000 || type == MODE_LINK || type == MODE_SUBMODULE);
}

static bool
path_ok(struct str path)
{
	return path.len > 0 && path.len <= SEG_PATH_MAX && !memchr(path.data, 0, path.len) &&
	    path.data[0] != '/';
}

/* The values of a path: mode, size, pair, and blob or id. */
static int
load_entry(struct tree *tree, struct dec *dec, struct entry *entry)
{
	entry->mode = (uint32_t)dec_num_max(dec, UINT32_MAX);
	entry->size = dec_num(dec);
	uint64_t pair = dec_num_max(dec, tree->pair_count);
	if (pair == 0) {
		entry->pair = NO_PAIR;
		entry->id = dec_fixed(dec, OID_LEN);
	} else {
		entry->pair = (uint32_t)pair - 1;
		entry->number = (uint32_t)dec_num_max(dec, UINT32_MAX);
	}
	if (dec->bad || !mode_ok(entry->mode) || !path_ok(entry->path))
		return segment_damaged(tree->segment, "entry");
	if (entry->pair == NO_PAIR)
		return 0;
	struct tree_pair *in = &tree->pairs[entry->pair];
	const struct seg_blob *blob = segment_element(in->text, SEG_BLOBS, entry->number);
	if (!blob)
		return ERR_FORMAT;
	entry->id = blob->id;
	if (blob->size != entry->size)
		return segment_damaged(tree->segment, "size of an entry");
	if (blob->class >= SEG_CLASS_END || blob->language >= LANG_END)
		return segment_damaged(in->text, "class or language of a blob");
	entry->class = blob->class;
	entry->language = (uint8_t)blob->language;
	if (!entry_regular(entry))
		return 0;
	tree->files[blob->language][blob->class]++;
	if (blob->class == SEG_PLAIN_TEXT)
		bit_set(in->texts, entry->number);
	if (blob->class == SEG_PLAIN_TEXT && blob->flags & SEG_SCAN)
		bit_set(in->scans, entry->number);
	if (blob->class == SEG_PLAIN_TEXT && blob->flags & (SEG_SCAN | SEG_WORDLESS))
		bit_set(in->wordless, entry->number);
	return 0;
}

/* A group of front-coded paths. */
static int
load_group(struct tree *tree, const uint8_t *bytes, size_t len, size_t total)
{
	struct dec dec = { .at = bytes, .end = bytes + len };
	struct str before = STR("");

	for (size_t i = 0; i < SEG_GROUP && tree->count < total; i++) {
		struct entry *entry = &tree->entries[tree->count];
		uint64_t common = i == 0 ? 0 : dec_num_max(&dec, before.len);
		struct str rest = dec_str(&dec);
		if (dec.bad || common + rest.len > SEG_PATH_MAX)
			return segment_damaged(tree->segment, "path");
		char *path = arena_alloc(&tree->arena, common + rest.len + 1);
		memcpy(path, before.data, common);
		memcpy(path + common, rest.data, rest.len);
		entry->path = (struct str){ path, common + rest.len };
		int r = load_entry(tree, &dec, entry);
		if (r < 0)
			return r;
		if (tree->count > 0 && str_cmp(entry[-1].path, entry->path) >= 0)
			return segment_damaged(tree->segment, "order of paths");
		before = entry->path;
		tree->count++;
	}
	return dec_more(&dec) ? segment_damaged(tree->segment, "group of paths") : 0;
}

static int
load_entries(struct tree *tree)
{
	struct segment *s = tree->segment;
	size_t groups = segment_section(s, SEG_PATH_ENDS)->count,
	       total = segment_section(s, SEG_PATHS)->count;
	uint32_t from = 0;

	if (groups != (total + SEG_GROUP - 1) / SEG_GROUP)
		return segment_damaged(s, "groups of paths");
	tree->entries = mem_try_alloc(total, sizeof *tree->entries);
	if (!tree->entries)
		return err_set(ERR_MEMORY, "no memory for %zu paths", total);
	for (size_t i = 0; i < groups; i++) {
		const uint32_t *end = segment_element(s, SEG_PATH_ENDS, i);
		const uint8_t *bytes;
		if (!end)
			return ERR_FORMAT;
		if (*end < from)
			return segment_damaged(s, "end of a group of paths");
		int r = segment_bytes(s, SEG_PATHS, from, *end - from, &bytes);
		if (r == 0)
			r = load_group(tree, bytes, *end - from, total);
		if (r < 0)
			return r;
		from = *end;
	}
	return 0;
}

int
tree_load(struct segment *release, const struct tree_opener *opener, struct tree **out)
{
	struct tree *tree = mem_new(struct tree);

	tree->segment = release;
	int r = load_pairs(tree, opener);
	if (r == 0)
		r = load_entries(tree);
	if (r < 0) {
		tree_free(tree);
		return r;
	}
	*out = tree;
	return 0;
}

void
tree_free(struct tree *tree)
{
	if (!tree)
		return;
	segment_free(tree->segment);
	free(tree->entries);
	arena_release(&tree->arena);
	free(tree);
}

size_t
tree_lower(const struct tree *tree, struct str path)
{
	size_t low = 0, high = tree->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (str_cmp(tree->entries[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct entry *
tree_find(const struct tree *tree, struct str path)
{
	size_t at = tree_lower(tree, path);
	return at < tree->count && str_eq(tree->entries[at].path, path) ? &tree->entries[at] : NULL;
}

void
tree_below(const struct tree *tree, struct str path, size_t *from, size_t *to)
{
	char top[SEG_PATH_MAX + 1];

	*from = 0;
	*to = tree->count;
	if (path.len == 0)
		return;
	if (path.len > SEG_PATH_MAX) {
		*to = 0;
		return;
	}
	memcpy(top, path.data, path.len);
	top[path.len] = '/';
	*from = tree_lower(tree, (struct str){ top, path.len + 1 });
	top[path.len] = '/' + 1;
	*to = tree_lower(tree, (struct str){ top, path.len + 1 });
}

int
tree_blob(const struct tree *tree, const struct entry *entry, struct blob *out)
{
	const struct tree_pair *pair = &tree->pairs[entry->pair];
	return blob_get(pair->text, pair->syntax, entry->number, out);
}

int
tree_owners(const struct tree *tree, size_t pair, uint32_t number, const uint32_t **out, size_t *count)
{
	uint64_t at = (uint64_t)tree->pairs[pair].first + number;
	uint32_t from = 0;

	const uint32_t *ends = segment_elements(tree->segment, SEG_OWNER_ENDS, at ? at - 1 : 0, at ? 2 : 1);
	if (!ends)
		return ERR_FORMAT;
	if (at)
		from = *ends++;
	if (*ends < from)
		return segment_damaged(tree->segment, "owners of a blob");
	*count = *ends - from;
	*out = segment_elements(tree->segment, SEG_OWNERS, from, *count);
	if (!*out)
		return ERR_FORMAT;
	for (size_t i = 0; i < *count; i++)
		if ((*out)[i] >= tree->count)
			return segment_damaged(tree->segment, "owner of a blob");
	return 0;
}

bool
tree_suspects(const struct tree *tree, const struct entry *entry, uint32_t places[static SUSPECT_END])
{
	bool odd_path = suspect_possible(entry->path);

	if (!entry_regular(entry))
		return false;
	struct segment *text = tree->pairs[entry->pair].text;
	uint32_t at = text->suspects[entry->number];
	const struct seg_suspects *suspects = at ? segment_element(text, SEG_SUSPECTS, at - 1) : NULL;
	if (!suspects && !odd_path)
		return false;
	memset(places, 0, SUSPECT_END * sizeof *places);
	if (odd_path)
		suspect_count(entry->path, true, places);
	for (unsigned i = 0; suspects && i < SEG_SUSPECT_CLASSES; i++)
		places[i + 1] += suspects->places[i];
	return true;
}

uint64_t
tree_suspects_of(const struct tree *tree, size_t from, size_t to)
{
	uint32_t places[SUSPECT_END];
	uint64_t sum = 0;

	for (; from < to; from++)
		if (tree_suspects(tree, &tree->entries[from], places))
			for (unsigned class = 0; class < SUSPECT_END; class ++)
				sum += places[class];
	return sum;
}

bool
entry_regular(const struct entry *entry)
{
	return (entry->mode & 0170000) == 0100000 && entry->pair != NO_PAIR;
}

void
entry_hex(const struct entry *entry, char out[static HEX_LEN(OID_LEN)])
{
	hex_from(entry->id, OID_LEN, out);
}

const char *
entry_kind(const struct entry *entry)
{
	uint32_t type = entry->mode & 0170000;
	return type == MODE_LINK ? "link" : type == MODE_SUBMODULE ? "submodule" : "file";
}
