#include "indexer/intake/fsck.h"

#include "base/mem.h"
#include "indexer/intake/names.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define NO_WORDS STR("")
#define LARGE ((uint64_t)512 * 1024 * 1024)            /* above this git does not look into .gitmodules ... */
#define ATTRIBUTES_LARGE ((uint64_t)100 * 1024 * 1024) /* ... nor into .gitattributes */

void
fsck_release(struct fsck *fsck)
{
	buf_release(&fsck->lines);
	oid_map_release(&fsck->modules);
	oid_map_release(&fsck->attributes);
	free(fsck->modules_new.ids);
	free(fsck->attributes_new.ids);
	fsck->modules_new = fsck->attributes_new = (struct fsck_ids){ 0 };
}

int
fsck_say(const struct fsck_where *where, enum fsck_message message, struct str words)
{
	static const struct {
		const char *name, *severity, *words;
	} messages[] = {
#define X(id, name, severity, words) { name, severity, words },
		FSCK_MESSAGES(X)
#undef X
	};
	struct buf *out = &where->fsck->lines;
	char hex[OID_HEX];

	hex_from(where->id, OID_LEN, hex);
	if (messages[message].words)
		words = str_from(messages[message].words);
	words.len = strnlen(words.data, words.len);
	return buf_printf(out, "%s in %s %s: %s: %.*s\n", messages[message].severity,
	    object_type_name(where->type), hex, messages[message].name, STR_ARG(words));
}

/* ---- trees ---- */

struct tree_check {
	bool found[FSCK_COUNT]; /* by message */
	struct str before;      /* the entry before */
	bool before_folder, any;
	struct str *open; /* files whose name may still be taken by a folder */
	size_t count, cap;
};

static int
note_id(struct oid_map *map, struct fsck_ids *list, const uint8_t *id)
{
	int r = oid_map_add(map, id, 0);
	if (r <= 0)
		return r;
	if (list->count == list->cap) {
		list->cap = list->cap ? 2 * list->cap : 16;
		list->ids = mem_grow(list->ids, list->cap, sizeof *list->ids);
	}
	memcpy(list->ids[list->count++], id, OID_LEN);
	return 0;
}

/* Files that git reads: their blobs are looked at later; as links they are reported here. */
static int
check_git_files(struct fsck *fsck, struct tree_check *check, unsigned files, const struct tree_entry *entry)
{
	bool link = mode_canonical(entry->mode) == MODE_LINK;
	int r = 0;

	if (files & GIT_FILE_MODULES && !link)
		r = note_id(&fsck->modules, &fsck->modules_new, entry->id);
	if (r == 0 && files & GIT_FILE_ATTRIBUTES && !link)
		r = note_id(&fsck->attributes, &fsck->attributes_new, entry->id);
	if (link) {
		check->found[FSCK_GITMODULES_SYMLINK] |= (files & GIT_FILE_MODULES) != 0;
		check->found[FSCK_GITATTRIBUTES_SYMLINK] |= (files & GIT_FILE_ATTRIBUTES) != 0;
		check->found[FSCK_GITIGNORE_SYMLINK] |= (files & GIT_FILE_IGNORE) != 0;
		check->found[FSCK_MAILMAP_SYMLINK] |= (files & GIT_FILE_MAILMAP) != 0;
	}
	return r;
}

static int
check_names(struct fsck *fsck, struct tree_check *check, const struct tree_entry *entry)
{
	struct str name = entry->name;
	const char *backslash;

	check->found[FSCK_FULL_PATHNAME] |= memchr(name.data, '/', name.len) != NULL;
	check->found[FSCK_HAS_DOT] |= str_is(name, ".");
	check->found[FSCK_HAS_DOTDOT] |= str_is(name, "..");
	check->found[FSCK_HAS_DOTGIT] |= name_is_git(name);
	int r = check_git_files(fsck, check, name_git_files(name), entry);
	while (r == 0 && (backslash = memchr(name.data, '\\', name.len))) {
		size_t at = (size_t)(backslash + 1 - name.data);
		name = (struct str){ name.data + at, name.len - at };
		r = check_git_files(fsck, check, name_git_files(name) & GIT_FILE_MODULES, entry);
	}
	return r;
}

/*
 * Order and duplicates.  A folder counts with a slash behind its name, so between a file "a" and a folder "a" there
 * may be "a-b": files whose name begins all names since are remembered.
 */
static void
check_order(struct tree_check *check, struct str name, bool folder)
{
	if (check->any) {
		struct str before = check->before;
		size_t len = before.len < name.len ? before.len : name.len;
		int order = memcmp(before.data, name.data, len);
		uint8_t c = before.len > len ? (uint8_t)before.data[len] : 0,
			d = name.len > len ? (uint8_t)name.data[len] : 0;
		if (order == 0 && c == 0 && d == 0)
			check->found[FSCK_DUPLICATE_ENTRIES] = true;
		else if (order == 0)
			order = (int)(c == 0 && check->before_folder ? '/' : c) -
			    (int)(d == 0 && folder ? '/' : d);
		if (order > 0)
			check->found[FSCK_TREE_NOT_SORTED] = true;
	}
	while (check->count > 0 && !str_starts(name, check->open[check->count - 1]))
		check->count--;
	if (folder) {
		for (size_t i = 0; i < check->count; i++)
			if (str_eq(check->open[i], name))
				check->found[FSCK_DUPLICATE_ENTRIES] = true;
	} else {
		if (check->count == check->cap) {
			check->cap = check->cap ? 2 * check->cap : 16;
			check->open = mem_grow(check->open, check->cap, sizeof *check->open);
		}
		check->open[check->count++] = name;
	}
	check->before = name;
	check->before_folder = folder;
	check->any = true;
}

static bool
known_mode(uint32_t mode)
{
	return mode == MODE_FILE || mode == MODE_EXEC || mode == MODE_LINK || mode == MODE_TREE ||
	    mode == MODE_SUBMODULE;
}

static int
check_tree(const struct fsck_where *where, struct str bytes)
{
	static const uint8_t null_id[OID_LEN];
	struct tree_check check = { 0 };
	struct tree_entry entry;
	int r;

	for (;;) {
		bool zero = bytes.len > 0 && bytes.data[0] == '0';
		r = tree_next(&bytes, &entry);
		if (r <= 0)
			break;
		check.found[FSCK_NULL_SHA1] |= memcmp(entry.id, null_id, OID_LEN) == 0;
		check.found[FSCK_ZERO_PADDED_FILEMODE] |= zero;
		check.found[FSCK_BAD_FILEMODE] |= !known_mode(entry.mode);
		r = check_names(where->fsck, &check, &entry);
		if (r < 0)
			break;
		check_order(&check, entry.name, mode_canonical(entry.mode) == MODE_TREE);
	}
	for (int message = 0; r == 0 && message < FSCK_COUNT; message++)
		if (check.found[message])
			r = fsck_say(where, (enum fsck_message)message, NO_WORDS);
	free(check.open);
	return r;
}

/* ---- commits and tags ---- */

/* The bytes yet to be read; what is behind the end reads as NUL. */
struct text {
	const char *at, *end;
};

static char
peek(const struct text *text, size_t ahead)
{
	return (size_t)(text->end - text->at) > ahead ? text->at[ahead] : 0;
}

static bool
skip(struct text *text, struct str word)
{
	struct str rest = { text->at, (size_t)(text->end - text->at) };

	if (!str_starts(rest, word))
		return false;
	text->at += word.len;
	return true;
}

/* Up to one of "<>\n" or NUL. */
static void
skip_name(struct text *text)
{
	while (peek(text, 0) && !strchr("<>\n", peek(text, 0)))
		text->at++;
}

/* A number as strtoumax() takes it, white space and sign and all.  False: there is none. */
static bool
skip_number(struct text *p, uint64_t *value)
{
	bool over = false;
	size_t digits = 0;

	while (isspace((unsigned char)peek(p, 0)))
		p->at++;
	bool minus = peek(p, 0) == '-';
	if (minus || peek(p, 0) == '+')
		p->at++;
	*value = 0;
	for (; isdigit((unsigned char)peek(p, 0)); p->at++, digits++) {
		uint64_t digit = (uint64_t)(peek(p, 0) - '0');
		over |= *value > (UINT64_MAX - digit) / 10;
		*value = *value * 10 + digit;
	}
	*value = over ? UINT64_MAX : minus ? -*value : *value;
	return digits > 0;
}

static int
check_date(struct text *p)
{
	uint64_t value;

	if (peek(p, 0) == '0' && peek(p, 1) != ' ')
		return FSCK_ZERO_PADDED_DATE;
	bool number = skip_number(p, &value);
	/* git keeps times in a signed number */
	if (number && value > INT64_MAX)
		return FSCK_BAD_DATE_OVERFLOW;
	if (!number || peek(p, 0) != ' ')
		return FSCK_BAD_DATE;
	p->at++;
	bool good = peek(p, 0) == '+' || peek(p, 0) == '-';
	for (size_t i = 1; i <= 4; i++)
		good &= isdigit((unsigned char)peek(p, i)) != 0;
	return good && peek(p, 5) == '\n' ? -1 : FSCK_BAD_TIMEZONE;
}

/* What is wrong with the line at *text (behind its first word), or -1; *text is behind the line then. */
static int
check_person(struct text *text)
{
	struct text p = *text;
	const char *start = p.at;

	while (peek(text, 0) && peek(text, 0) != '\n')
		text->at++;
	if (peek(text, 0) == '\n')
		text->at++;
	if (peek(&p, 0) == '<')
		return FSCK_MISSING_NAME_BEFORE_EMAIL;
	skip_name(&p);
	if (peek(&p, 0) == '>')
		return FSCK_BAD_NAME;
	if (peek(&p, 0) != '<')
		return FSCK_MISSING_EMAIL;
	if (p.at > start && p.at[-1] != ' ')
		return FSCK_MISSING_SPACE_BEFORE_EMAIL;
	p.at++;
	skip_name(&p);
	if (peek(&p, 0) != '>')
		return FSCK_BAD_EMAIL;
	p.at++;
	if (peek(&p, 0) != ' ')
		return FSCK_MISSING_SPACE_BEFORE_DATE;
	p.at++;
	return check_date(&p);
}

/* 1 if the header ends somewhere; 0 if it does not, which has been said, or an error. */
static int
check_header_end(const struct fsck_where *where, struct str bytes)
{
	char words[64];

	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.data[i] == 0) {
			int len = snprintf(words, sizeof words, "unterminated header: NUL at offset %zu", i);
			return fsck_say(where, FSCK_NUL_IN_HEADER, (struct str){ words, (size_t)len });
		}
		if (bytes.data[i] == '\n' && i + 1 < bytes.len && bytes.data[i + 1] == '\n')
			return 1;
	}
	if (bytes.len > 0 && bytes.data[bytes.len - 1] == '\n')
		return 1;
	return fsck_say(where, FSCK_UNTERMINATED_HEADER, NO_WORDS);
}

static bool
skip_id(struct text *text)
{
	uint8_t id[OID_LEN];

	if (text->end - text->at < 2 * OID_LEN + 1 || text->at[2 * OID_LEN] != '\n' ||
	    !hex_to((struct str){ text->at, 2 * OID_LEN }, id, OID_LEN))
		return false;
	text->at += 2 * OID_LEN + 1;
	return true;
}

static int
check_commit(const struct fsck_where *where, struct str bytes)
{
	struct text text = { bytes.data, bytes.data + bytes.len };
	size_t authors = 0;
	int wrong = -1;

	int r = check_header_end(where, bytes);
	if (r <= 0)
		return r;
	if (!skip(&text, STR("tree ")) || !skip_id(&text))
		return fsck_say(where, FSCK_MISSING_TREE, NO_WORDS);
	while (skip(&text, STR("parent ")))
		if (!skip_id(&text))
			return fsck_say(where, FSCK_BAD_PARENT_SHA1, NO_WORDS);
	for (; wrong < 0 && skip(&text, STR("author ")); authors++)
		wrong = check_person(&text);
	if (wrong < 0 && authors != 1)
		wrong = authors == 0 ? FSCK_MISSING_AUTHOR : FSCK_MULTIPLE_AUTHORS;
	if (wrong < 0)
		wrong = skip(&text, STR("committer ")) ? check_person(&text) : FSCK_MISSING_COMMITTER;
	if (wrong < 0 && memchr(bytes.data, 0, bytes.len))
		wrong = FSCK_NUL_IN_COMMIT;
	return wrong < 0 ? 0 : fsck_say(where, (enum fsck_message)wrong, NO_WORDS);
}

static bool
good_tag_name(struct str name)
{
	struct str rest = name, part;
	char before = '/';

	if (name.len == 0 || str_is(name, "@") || name.data[name.len - 1] == '.')
		return false;
	for (size_t i = 0; i < name.len; before = name.data[i++]) {
		uint8_t c = (uint8_t)name.data[i];
		if (c <= ' ' || c == 127 || strchr("~^:?*[\\", c) || (c == '.' && before == '.') ||
		    (c == '{' && before == '@'))
			return false;
	}
	while (str_next(&rest, '/', &part))
		if (part.len == 0 || part.data[0] == '.' || str_ends(part, STR(".lock")))
			return false;
	return name.data[name.len - 1] != '/';
}

static int
check_tag(const struct fsck_where *where, struct str bytes)
{
	struct text text = { bytes.data, bytes.data + bytes.len };
	char words[256];

	int r = check_header_end(where, bytes);
	if (r <= 0)
		return r;
	/* tag_read has seen to the lines "object" and "type" */
	for (int line = 0; line < 2; line++) {
		const char *newline = memchr(text.at, '\n', (size_t)(text.end - text.at));
		text.at = newline ? newline + 1 : text.end;
	}
	if (!skip(&text, STR("tag ")))
		return fsck_say(where, FSCK_MISSING_TAG_ENTRY, NO_WORDS);
	const char *newline = memchr(text.at, '\n', (size_t)(text.end - text.at));
	if (!newline)
		return fsck_say(where, FSCK_MISSING_TAG, NO_WORDS);
	struct str name = { text.at, (size_t)(newline - text.at) };
	if (!good_tag_name(name)) {
		int len = snprintf(words, sizeof words, "invalid 'tag' name: %.*s",
		    name.len < 200 ? (int)name.len : 200, name.data);
		r = fsck_say(where, FSCK_BAD_TAG_NAME, (struct str){ words, (size_t)len });
		if (r < 0)
			return r;
	}
	text.at = newline + 1;
	if (!skip(&text, STR("tagger ")))
		return fsck_say(where, FSCK_MISSING_TAGGER_ENTRY, NO_WORDS);
	int wrong = check_person(&text);
	return wrong < 0 ? 0 : fsck_say(where, (enum fsck_message)wrong, NO_WORDS);
}

int
fsck_object(struct fsck *fsck, enum object_type type, const uint8_t id[static OID_LEN], struct str bytes)
{
	struct fsck_where where = { fsck, type, id };

	switch (type) {
	case OBJECT_TREE:
		return check_tree(&where, bytes);
	case OBJECT_COMMIT:
		return check_commit(&where, bytes);
	case OBJECT_TAG:
		return check_tag(&where, bytes);
	case OBJECT_BLOB:
		break;
	}
	return 0;
}

static int
check_blob(struct fsck *fsck, const struct fsck_reader *reader, const uint8_t *id, bool modules)
{
	struct fsck_where where = { fsck, OBJECT_BLOB, id };
	struct buf bytes = BUF(LARGE);
	uint64_t size;

	int r = reader->header(reader->ctx, id, &where.type, &size);
	if (r == ERR_ABSENT) /* what a submodule of this name points at */
		return 0;
	if (r < 0)
		return r;
	if (where.type != OBJECT_BLOB)
		return fsck_say(&where, modules ? FSCK_GITMODULES_BLOB : FSCK_GITATTRIBUTES_BLOB, NO_WORDS);
	if (size > (modules ? LARGE : ATTRIBUTES_LARGE))
		return fsck_say(&where, modules ? FSCK_GITMODULES_LARGE : FSCK_GITATTRIBUTES_LARGE, NO_WORDS);
	r = reader->read(reader->ctx, id, &where.type, &bytes);
	if (r == 0)
		r = modules ? fsck_modules(&where, buf_view(&bytes))
			    : fsck_attributes(&where, buf_view(&bytes));
	buf_release(&bytes);
	return r;
}

int
fsck_blobs(struct fsck *fsck, const struct fsck_reader *reader)
{
	int r = 0;

	for (size_t i = 0; i < fsck->modules_new.count && r == 0; i++)
		r = check_blob(fsck, reader, fsck->modules_new.ids[i], true);
	for (size_t i = 0; i < fsck->attributes_new.count && r == 0; i++)
		r = check_blob(fsck, reader, fsck->attributes_new.ids[i], false);
	fsck->modules_new.count = fsck->attributes_new.count = 0;
	return r;
}

static int
by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

int
fsck_take(struct fsck *fsck, struct buf *out)
{
	struct str rest = buf_view(&fsck->lines), line;
	size_t count = 0, cap = 0;
	struct str *lines = NULL;
	int r = 0;

	while (rest.len > 0 && str_next(&rest, '\n', &line)) {
		if (count == cap)
			lines = mem_grow(lines, cap = cap ? 2 * cap : 64, sizeof *lines);
		lines[count++] = line;
	}
	if (count)
		qsort(lines, count, sizeof *lines, by_bytes);
	for (size_t i = 0; i < count && r == 0; i++)
		if (i == 0 || !str_eq(lines[i], lines[i - 1]))
			r = buf_printf(out, "%.*s\n", STR_ARG(lines[i]));
	free(lines);
	buf_clear(&fsck->lines);
	return r;
}
