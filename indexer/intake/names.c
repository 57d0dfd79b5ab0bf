#include "indexer/intake/names.h"

#include "base/utf8.h"

int
odd_add(struct buf *odds, struct str path, enum odd odd)
{
	static const struct {
		const char *what, *why;
	} says[] = {
#define X(id, what, why) [ODD_##id] = { what, why },
		ODDS(X)
#undef X
	};
	int r = buf_str(odds, path);

	if (r == 0)
		r = buf_byte(odds, 0);
	if (r == 0)
		r = buf_add(odds, says[odd].what, strlen(says[odd].what) + 1);
	return r == 0 ? buf_add(odds, says[odd].why, strlen(says[odd].why) + 1) : r;
}

static bool
is_dots(struct str name)
{
	return str_is(name, ".") || str_is(name, "..");
}

int
path_clean(struct str path, struct buf *out, enum odd *odd)
{
	struct str piece;
	size_t depth = 0;
	int r = 0;

	buf_clear(out);
	*odd = path.len == 0 ? ODD_LEFT_EMPTY : path.data[0] == '/' ? ODD_ABSOLUTE : ODD_NONE;
	if (path.len > 2 * PATH_BYTES)
		*odd = ODD_TOO_LONG;
	if (*odd > ODD_ABSOLUTE)
		return 0;
	while (r == 0 && str_next(&path, '/', &piece)) {
		if (piece.len == 0 || str_is(piece, "."))
			continue;
		if (is_dots(piece))
			*odd = ODD_PARENT;
		else if (name_is_git(piece) && *odd != ODD_PARENT)
			*odd = ODD_GIT_NAME;
		if (out->len)
			r = buf_byte(out, '/');
		if (r == 0)
			r = buf_str(out, piece);
		depth++;
	}
	if (*odd <= ODD_ABSOLUTE && out->len > PATH_BYTES)
		*odd = ODD_TOO_LONG;
	else if (*odd <= ODD_ABSOLUTE && depth > PATH_DEPTH)
		*odd = ODD_TOO_DEEP;
	return r;
}

bool
link_leads_out(struct str path, struct str target)
{
	struct str piece;
	size_t depth = 0;

	if (target.len > 0 && target.data[0] == '/')
		return true;
	for (size_t i = 0; i < path.len; i++)
		depth += path.data[i] == '/';
	while (str_next(&target, '/', &piece)) {
		if (str_is(piece, "..")) {
			if (depth-- == 0)
				return true;
		} else if (piece.len > 0 && !str_is(piece, ".")) {
			depth++;
		}
	}
	return false;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* `word` (lower case) at the front of `s`, letters of either case. */
static bool
starts_with_word(struct str s, struct str word)
{
	if (s.len < word.len)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if (lower(s.data[i]) != word.data[i])
			return false;
	return true;
}

/* NTFS drops dots and spaces behind a name, and a colon begins the name of a stream in the file. */
static bool
ends_for_ntfs(struct str rest, const char *ends)
{
	for (size_t i = 0; i < rest.len; i++) {
		if (strchr(ends, rest.data[i]) && rest.data[i] != 0)
			return true;
		if (rest.data[i] != '.' && rest.data[i] != ' ')
			return false;
	}
	return true;
}

static struct str
behind(struct str s, size_t len)
{
	return (struct str){ s.data + len, s.len - len };
}

static bool
ntfs_git(struct str name)
{
	if (starts_with_word(name, STR(".git")))
		return ends_for_ntfs(behind(name, 4), "\\/:");
	return starts_with_word(name, STR("git~1")) && ends_for_ntfs(behind(name, 5), "\\/:");
}

/* HFS+ does not see these code points in a name. */
static bool
hfs_ignores(int32_t code)
{
	return (code >= 0x200c && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
	    (code >= 0x206a && code <= 0x206f) || code == 0xfeff;
}

static bool
hfs_is(struct str name, struct str word)
{
	size_t matched = 0, len;

	for (size_t at = 0; at < name.len; at += len) {
		int32_t code = utf8_next(name, at, &len);
		if (hfs_ignores(code))
			continue;
		if (code < 0 || code > 127 || matched == word.len || lower((char)code) != word.data[matched])
			return false;
		matched++;
	}
	return matched == word.len;
}

bool
name_is_git(struct str name)
{
	struct str piece;

	if (hfs_is(name, STR(".git")))
		return true;
	while (str_next(&name, '\\', &piece))
		if (ntfs_git(piece))
			return true;
	return false;
}

/* NTFS makes short names: six letters and a number, or when those are taken, two letters and a hash. */
static bool
ntfs_short(struct str name, struct str prefix, bool hashed)
{
	size_t at = 0;

	while (at < name.len && at < 6 && at < prefix.len && lower(name.data[at]) == prefix.data[at])
		at++;
	if (at + 1 >= name.len || name.data[at] != '~')
		return false;
	if (!hashed && (at != 6 || name.data[7] < '1' || name.data[7] > '4'))
		return false;
	at++;
	if (name.data[at] < '1' || name.data[at] > '9')
		return false;
	while (at < 8 && at < name.len && name.data[at] >= '0' && name.data[at] <= '9')
		at++;
	return at == 8 && ends_for_ntfs(behind(name, at), ":");
}

static bool
is_git_file(struct str name, struct str word, struct str hash)
{
	if (hfs_is(name, word))
		return true;
	if (starts_with_word(name, word) && ends_for_ntfs(behind(name, word.len), ":"))
		return true;
	return ntfs_short(name, behind(word, 1), false) || ntfs_short(name, hash, true);
}

unsigned
name_git_files(struct str name)
{
	unsigned files = 0;

	if (is_git_file(name, STR(".gitmodules"), STR("gi7eba")))
		files |= GIT_FILE_MODULES;
	if (is_git_file(name, STR(".gitattributes"), STR("gi7d29")))
		files |= GIT_FILE_ATTRIBUTES;
	if (is_git_file(name, STR(".gitignore"), STR("gi250a")))
		files |= GIT_FILE_IGNORE;
	if (is_git_file(name, STR(".mailmap"), STR("maba30")))
		files |= GIT_FILE_MAILMAP;
	return files;
}

bool
name_is_ref(struct str name)
{
	for (size_t i = 1; i < name.len; i++)
		if (name.data[i] == '.' && name.data[i - 1] == '.')
			return false;
	return name.len > 0 && name.data[0] != '.' && name.data[name.len - 1] != '.' &&
	    !str_ends(name, STR(".lock"));
}
