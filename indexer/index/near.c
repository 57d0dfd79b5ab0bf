#include "indexer/index/near.h"

#include <stdlib.h>

#define DEPTH_MAX 6                     /* steps of inclusion */
#define FILES_MAX 1000                  /* files whose own inclusions are looked at */
#define READ_MAX ((uint64_t)256 * 1024) /* bytes of each: inclusions stand at the top */
#define SLOTS 4096                      /* of the names of one step; a power of two */

/* Files that the files of one step name: ends of paths, without their last dot and what follows. */
struct wanted {
	struct str *names;
	size_t count, capacity;
	uint32_t slots[SLOTS]; /* number of a name + 1, by the hash of its last component */
	uint32_t *next;        /* of the same slot */
	struct arena arena;
};

static struct str
last_component(struct str path)
{
	const char *slash = path.data ? memrchr(path.data, '/', path.len) : NULL;
	return slash ? (struct str){ slash + 1, (size_t)(path.data + path.len - slash) - 1 } : path;
}

static struct str
stem(struct str path)
{
	if (str_ends(path, STR(".in"))) /* name.h.in, which name.h is made of */
		path.len -= 3;
	struct str last = last_component(path);
	const char *dot = last.data ? memrchr(last.data, '.', last.len) : NULL;

	return dot && dot > last.data ? (struct str){ path.data, (size_t)(dot - path.data) } : path;
}

static size_t
slot_of(struct str path)
{
	struct str last = last_component(path);
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < last.len; i++)
		hash = (hash ^ (uint8_t)last.data[i]) * 16777619u;
	return (hash ^ hash >> 15) & (SLOTS - 1);
}

static void
want(struct wanted *w, struct str name)
{
	while (str_starts(name, STR("./")) || str_starts(name, STR("../"))) {
		size_t skip = name.data[1] == '/' ? 2 : 3;
		name = (struct str){ name.data + skip, name.len - skip };
	}
	if (name.len == 0 || name.len > SEG_PATH_MAX)
		return;
	if (w->count == w->capacity) {
		w->capacity = w->capacity ? 2 * w->capacity : 64;
		w->names = mem_grow(w->names, w->capacity, sizeof *w->names);
		w->next = mem_grow(w->next, w->capacity, sizeof *w->next);
	}
	size_t slot = slot_of(name);
	w->names[w->count] = (struct str){ arena_copy(&w->arena, name.data, name.len), name.len };
	w->next[w->count++] = w->slots[slot];
	w->slots[slot] = (uint32_t)w->count;
}

/* a.b.c and a::b::c as a/b/c */
static void
want_dotted(struct wanted *w, struct str name)
{
	char path[256];
	size_t len = 0;

	for (size_t i = 0; i < name.len && len < sizeof path; i++) {
		char c = name.data[i];
		if (c != '.' && c != ':')
			path[len++] = c;
		else if (len > 0 && path[len - 1] != '/')
			path[len++] = '/';
	}
	while (len > 0 && path[len - 1] == '/')
		len--;
	want(w, (struct str){ path, len });
}

static struct str
skip_space(struct str s)
{
	while (s.len > 0 && (*s.data == ' ' || *s.data == '\t'))
		s = (struct str){ s.data + 1, s.len - 1 };
	return s;
}

static bool
take_word(struct str *s, const char *word)
{
	size_t len = strlen(word);

	if (!str_starts(*s, str_from(word)) || (s->len > len && !strchr(" \t\"'<(", s->data[len])))
		return false;
	*s = skip_space((struct str){ s->data + len, s->len - len });
	return true;
}

/* What stands between quotes or angle brackets in the line. */
static bool
quoted(struct str line, struct str *out)
{
	for (size_t i = 0; i < line.len; i++) {
		char close = line.data[i] == '<' ? '>' : line.data[i];
		if (!strchr("\"'<", line.data[i]) || line.data[i] == 0)
			continue;
		const char *from = line.data + i + 1, *end = memchr(from, close, line.len - i - 1);
		*out = (struct str){ from, end ? (size_t)(end - from) : 0 };
		return end;
	}
	return false;
}

static void
want_line(struct wanted *w, struct str line)
{
	struct str name;

	line = skip_space(line);
	bool hash = line.len > 0 && *line.data == '#';
	if (hash)
		line = skip_space((struct str){ line.data + 1, line.len - 1 });
	bool known = hash
	    ? take_word(&line, "include") || take_word(&line, "import")
	    : take_word(&line, "import") || take_word(&line, "from") || take_word(&line, "use") ||
		take_word(&line, "require") || take_word(&line, "require_relative") ||
		take_word(&line, "export") || take_word(&line, "const") || take_word(&line, "mod");
	if (!known)
		return;
	if (quoted(line, &name)) {
		want(w,
		    hash                                                           ? stem(name)
			: str_ends(name, STR(".js")) || str_ends(name, STR(".ts")) ? stem(name)
										   : name);
	} else if (!hash) {
		size_t len = 0;
		while (len < line.len && !strchr(" \t;,({", line.data[len]))
			len++;
		want_dotted(w, (struct str){ line.data, len });
	}
}

/* What files of one language include may count as one of another. */
static unsigned
family(unsigned language)
{
	switch (language) {
	case LANG_CPP:
	case LANG_OBJC:
	case LANG_ASSEMBLY:
	case LANG_LEX:
	case LANG_YACC:
		return LANG_C;
	case LANG_TSX:
	case LANG_TYPESCRIPT:
		return LANG_JAVASCRIPT;
	default:
		return language;
	}
}

static int
want_of(struct wanted *w, const struct tree *tree, const struct entry *entry, struct text_reader *reader)
{
	struct blob blob;
	struct str text, line;

	if (!entry_regular(entry) || entry->class != SEG_PLAIN_TEXT)
		return 0;
	int r = tree_blob(tree, entry, &blob);
	if (r == 0)
		r = text_read(reader, &blob, 0, blob.is.size < READ_MAX ? blob.is.size : READ_MAX, &text);
	while (r == 0 && str_next(&text, '\n', &line))
		want_line(w, line);
	return r;
}

static bool
is_wanted(const struct wanted *w, struct str path)
{
	struct str bare = stem(path);

	for (uint32_t i = w->slots[slot_of(bare)]; i != 0; i = w->next[i - 1]) {
		struct str name = w->names[i - 1];
		if (str_ends(bare, name) &&
		    (bare.len == name.len || bare.data[bare.len - name.len - 1] == '/'))
			return true;
	}
	return false;
}

static void
wanted_release(struct wanted *w)
{
	free(w->names);
	free(w->next);
	arena_release(&w->arena);
	free(w);
}

/* One step further: files at `depth` are looked at, and what they name is marked. */
static int
step(struct near *near, unsigned depth, size_t *looked, struct text_reader *reader, struct pulse *pulse)
{
	const struct tree *tree = near->tree;
	struct wanted *w = mem_new(struct wanted);
	int r = 0;

	for (size_t i = 0; i < tree->count && r == 0 && *looked < FILES_MAX; i++) {
		const struct entry *entry = &tree->entries[i];
		if (depth == 0 ? entry != near->from : near->depth[i] != depth)
			continue;
		++*looked;
		r = want_of(w, tree, entry, reader);
		if (r == 0)
			r = pulse_beat(pulse);
	}
	for (size_t i = 0; i < tree->count && r == 0 && w->count > 0; i++)
		if (near->depth[i] == 0 &&
		    family(tree->entries[i].language) == family(near->from->language) &&
		    is_wanted(w, tree->entries[i].path))
			near->depth[i] = (uint8_t)(depth + 1);
	wanted_release(w);
	return r;
}

int
near_init(struct near *near, const struct tree *tree, const struct entry *from, struct text_reader *reader,
    struct pulse *pulse)
{
	size_t looked = 0;
	int r = 0;

	*near = (struct near){ tree, from, mem_alloc(tree->count + 1) };
	for (unsigned depth = 0; depth < DEPTH_MAX && r == 0 && looked < FILES_MAX; depth++)
		r = step(near, depth, &looked, reader, pulse);
	if (r < 0)
		near_release(near);
	return r;
}

void
near_release(struct near *near)
{
	free(near->depth);
	near->depth = NULL;
}

/* Directories that two paths have in common; SIZE_MAX if all of both. */
static size_t
shared(struct str a, struct str b)
{
	size_t count = 0, i = 0;

	for (; i < a.len && i < b.len && a.data[i] == b.data[i]; i++)
		count += a.data[i] == '/';
	bool more = memchr(a.data + i, '/', a.len - i) || memchr(b.data + i, '/', b.len - i);
	return more ? count : SIZE_MAX;
}

unsigned
near_rank(const void *ctx, uint32_t number)
{
	const struct near *near = ctx;
	const struct entry *entry = &near->tree->entries[number];

	if (entry == near->from)
		return 0;
	if (near->depth[number] > 0)
		return near->depth[number];
	size_t common = shared(near->from->path, entry->path);
	if (common == SIZE_MAX)
		return DEPTH_MAX + 1;
	unsigned far_off = common < 8 ? 8 - (unsigned)common : 0;
	return DEPTH_MAX + 2 + far_off + (family(entry->language) == family(near->from->language) ? 0 : 16);
}
