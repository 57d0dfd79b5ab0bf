#include "indexer/intake/refs.h"

#include "base/fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PACKED_MAX ((size_t)256 * 1024 * 1024)
#define LOOSE_MAX 4096 /* bytes of a loose reference */
#define NAME_BYTES 1024
#define COUNT_MAX 2000000
#define DEPTH 32
#define SYMBOLIC_DEPTH 5

void
refs_release(struct refs *refs)
{
	free(refs->list);
	arena_release(&refs->arena);
	*refs = (struct refs){ 0 };
}

static int
add(struct refs *refs, struct str name, const uint8_t id[static OID_LEN], bool loose)
{
	if (refs->count == COUNT_MAX)
		return err_set(ERR_FORMAT, "more than %d references", COUNT_MAX);
	if (refs->count == refs->cap) {
		refs->cap = refs->cap ? 2 * refs->cap : 256;
		refs->list = mem_grow(refs->list, refs->cap, sizeof *refs->list);
	}
	struct ref *ref = &refs->list[refs->count++];
	ref->name = (struct str){ arena_copy(&refs->arena, name.data, name.len), name.len };
	memcpy(ref->id, id, OID_LEN);
	ref->loose = loose;
	return 0;
}

static int
read_id(struct str hex, uint8_t id[static OID_LEN])
{
	uint8_t long_id[SHA256_LEN];

	if (hex_to(hex, id, OID_LEN))
		return 0;
	if (hex_to(hex, long_id, SHA256_LEN))
		return err_set(ERR_FORMAT, "a repository of SHA-256 objects, which is not supported");
	return err_set(ERR_FORMAT, "not a reference");
}

/* "HEX NAME" lines; those that begin with '#' or '^' say more about them. */
static int
read_packed(int git, struct refs *refs)
{
	struct buf text = BUF(PACKED_MAX);
	struct str line;
	uint8_t id[OID_LEN];

	int r = fs_read(git, "packed-refs", &text);
	if (r == ERR_ABSENT) {
		buf_release(&text);
		return 0;
	}
	struct str rest = buf_view(&text);
	while (r == 0 && rest.len > 0 && str_next(&rest, '\n', &line)) {
		if (line.len == 0 || line.data[0] == '#' || line.data[0] == '^')
			continue;
		const char *space = memchr(line.data, ' ', line.len);
		if (!space)
			r = err_set(ERR_FORMAT, "not a reference");
		else
			r = read_id((struct str){ line.data, (size_t)(space - line.data) }, id);
		if (r == 0)
			r = add(refs, (struct str){ space + 1, (size_t)(line.data + line.len - space - 1) },
			    id, false);
	}
	buf_release(&text);
	return r < 0 ? err_in(r, "packed-refs") : 0;
}

struct reader {
	int git;
	struct refs packed, *out;
};

/* 1 and an id, or 0 if the file is not there, names another that is not there, or holds nothing of use. */
static int
read_loose(const struct reader *reader, const char *name, int depth, uint8_t id[static OID_LEN])
{
	struct buf text = BUF(LOOSE_MAX);
	char other[NAME_BYTES];

	int r = fs_read(reader->git, name, &text);
	struct str line = buf_view(&text);
	while (line.len > 0 && strchr(" \r\n", line.data[line.len - 1]))
		line.len--;
	if (r == 0 && str_starts(line, STR("ref: refs/")) && line.len < sizeof other &&
	    depth < SYMBOLIC_DEPTH) {
		snprintf(other, sizeof other, "%.*s", (int)line.len - 5, line.data + 5);
		r = strstr(other, "..") ? 0 : read_loose(reader, other, depth + 1, id);
		const struct ref *packed = r == 0 ? refs_find(&reader->packed, str_from(other)) : NULL;
		if (packed) {
			memcpy(id, packed->id, OID_LEN);
			r = 1;
		}
	} else if (r == 0 && line.len > 0) {
		r = read_id(line, id);
		r = r == 0 ? 1 : r;
	}
	buf_release(&text);
	/* git, too, goes on past a reference that is broken, but for the wrong kind of repository */
	return r == ERR_ABSENT || (r == ERR_FORMAT && !strstr(err_text(), "SHA-256")) ? 0 : r;
}

static int read_folder(struct reader *reader, const char *path, int depth);

static int
read_name(struct reader *reader, int dir, const char *path, const char *name, int depth)
{
	char full[NAME_BYTES];
	uint8_t id[OID_LEN];
	struct stat st;

	if (name[0] == '.' || snprintf(full, sizeof full, "%s/%s", path, name) >= (int)sizeof full)
		return 0;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return read_folder(reader, full, depth + 1);
	int r = S_ISREG(st.st_mode) ? read_loose(reader, full, 0, id) : 0;
	return r > 0 ? add(reader->out, str_from(full), id, true) : r;
}

static int
read_folder(struct reader *reader, const char *path, int depth)
{
	struct dirent *entry;
	int fd;

	if (depth > DEPTH)
		return err_set(ERR_FORMAT, "references are more than %d folders deep", DEPTH);
	int r = fs_open_dir(reader->git, path, &fd);
	if (r < 0)
		return r == ERR_ABSENT ? 0 : r;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err_sys("%s: cannot list", path);
	}
	while (r == 0 && (entry = readdir(dir)))
		r = read_name(reader, fd, path, entry->d_name, depth);
	closedir(dir);
	return r;
}

/* By name; a loose one before the packed one of the same name. */
static int
by_name(const void *a, const void *b)
{
	const struct ref *x = a, *y = b;
	int order = str_cmp(x->name, y->name);
	return order ? order : (int)y->loose - (int)x->loose;
}

static void
sort(struct refs *refs)
{
	size_t kept = 0;

	if (refs->count)
		qsort(refs->list, refs->count, sizeof *refs->list, by_name);
	for (size_t i = 0; i < refs->count; i++)
		if (kept == 0 || !str_eq(refs->list[kept - 1].name, refs->list[i].name))
			refs->list[kept++] = refs->list[i];
	refs->count = kept;
}

int
refs_read(int git, struct refs *refs)
{
	struct reader reader = { .git = git, .out = refs };
	uint8_t id[OID_LEN];

	int r = read_packed(git, &reader.packed);
	sort(&reader.packed);
	for (size_t i = 0; i < reader.packed.count && r == 0; i++)
		r = add(refs, reader.packed.list[i].name, reader.packed.list[i].id, false);
	if (r == 0)
		r = read_folder(&reader, "refs", 0);
	if (r == 0)
		r = read_loose(&reader, "HEAD", 0, id);
	if (r > 0)
		r = add(refs, STR("HEAD"), id, true);
	sort(refs);
	refs_release(&reader.packed);
	return r;
}

const struct ref *
refs_find(const struct refs *refs, struct str name)
{
	size_t low = 0, high = refs->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(refs->list[middle].name, name);
		if (order == 0)
			return &refs->list[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct ref *
refs_named(const struct refs *refs, struct str word)
{
	static const char *const places[] = { "", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/" };
	char name[NAME_BYTES];

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		int len = snprintf(name, sizeof name, "%s%.*s", places[i], STR_ARG(word));
		const struct ref *ref = len < (int)sizeof name ? refs_find(refs, str_from(name)) : NULL;
		if (ref)
			return ref;
	}
	return NULL;
}
