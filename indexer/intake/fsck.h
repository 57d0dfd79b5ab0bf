/*
 * What `git fsck --strict` (git 2.39) says about objects that are kept as a vendor made them,
 * in its very words, one line each: "error in tree ID: zeroPaddedFilemode: contains ...".
 */
#ifndef CARREL_INDEXER_INTAKE_FSCK_H
#define CARREL_INDEXER_INTAKE_FSCK_H

#include "base/buf.h"
#include "indexer/intake/object.h"

/* Zero-initialise but for lines = BUF(...). */
struct fsck {
	struct buf lines;
	struct oid_map modules, attributes; /* blobs that trees name .gitmodules, .gitattributes */
	struct fsck_ids {
		uint8_t (*ids)[OID_LEN];
		size_t count, cap;
	} modules_new, attributes_new; /* not yet looked at */
};

void fsck_release(struct fsck *fsck);
/* A commit, tree or tag; blobs need not come. */
int fsck_object(struct fsck *fsck, enum object_type type, const uint8_t id[static OID_LEN], struct str bytes) MUST_USE;
/* Where blobs are read from; ERR_ABSENT from `header` passes for one that need not be there. */
struct fsck_reader {
	int (*header)(void *ctx, const uint8_t *id, enum object_type *type, uint64_t *size);
	int (*read)(void *ctx, const uint8_t *id, enum object_type *type, struct buf *out);
	void *ctx;
};

/* Reads and judges the blobs that trees since the last call named. */
int fsck_blobs(struct fsck *fsck, const struct fsck_reader *reader) MUST_USE;
/* The lines so far, sorted by bytes, each once, added to `out`; none are left. */
int fsck_take(struct fsck *fsck, struct buf *out) MUST_USE;

/* ---- for fsck_files.c ---- */

/* number, git's name for it, severity under --strict, words */
#define FSCK_MESSAGES(X) \
	X(NUL_IN_HEADER, "nulInHeader", "error", NULL) \
	X(UNTERMINATED_HEADER, "unterminatedHeader", "error", "unterminated header") \
	X(MISSING_TREE, "missingTree", "error", "invalid format - expected 'tree' line") \
	X(BAD_PARENT_SHA1, "badParentSha1", "error", "invalid 'parent' line format - bad sha1") \
	X(MISSING_AUTHOR, "missingAuthor", "error", "invalid format - expected 'author' line") \
	X(MULTIPLE_AUTHORS, "multipleAuthors", "error", "invalid format - multiple 'author' lines") \
	X(MISSING_COMMITTER, "missingCommitter", "error", "invalid format - expected 'committer' line") \
	X(NUL_IN_COMMIT, "nulInCommit", "error", "NUL byte in the commit object body") \
	X(MISSING_NAME_BEFORE_EMAIL, "missingNameBeforeEmail", "error", \
	    "invalid author/committer line - missing space before email") \
	X(BAD_NAME, "badName", "error", "invalid author/committer line - bad name") \
	X(MISSING_EMAIL, "missingEmail", "error", "invalid author/committer line - missing email") \
	X(MISSING_SPACE_BEFORE_EMAIL, "missingSpaceBeforeEmail", "error", \
	    "invalid author/committer line - missing space before email") \
	X(BAD_EMAIL, "badEmail", "error", "invalid author/committer line - bad email") \
	X(MISSING_SPACE_BEFORE_DATE, "missingSpaceBeforeDate", "error", \
	    "invalid author/committer line - missing space before date") \
	X(ZERO_PADDED_DATE, "zeroPaddedDate", "error", "invalid author/committer line - zero-padded date") \
	X(BAD_DATE_OVERFLOW, "badDateOverflow", "error", \
	    "invalid author/committer line - date causes integer overflow") \
	X(BAD_DATE, "badDate", "error", "invalid author/committer line - bad date") \
	X(BAD_TIMEZONE, "badTimezone", "error", "invalid author/committer line - bad time zone") \
	X(MISSING_TAG_ENTRY, "missingTagEntry", "error", "invalid format - expected 'tag' line") \
	X(MISSING_TAG, "missingTag", "error", "invalid format - unexpected end after 'type' line") \
	X(BAD_TAG_NAME, "badTagName", "warning", NULL) \
	X(MISSING_TAGGER_ENTRY, "missingTaggerEntry", "warning", "invalid format - expected 'tagger' line") \
	X(NULL_SHA1, "nullSha1", "error", "contains entries pointing to null sha1") \
	X(FULL_PATHNAME, "fullPathname", "error", "contains full pathnames") \
	X(HAS_DOT, "hasDot", "error", "contains '.'") \
	X(HAS_DOTDOT, "hasDotdot", "error", "contains '..'") \
	X(HAS_DOTGIT, "hasDotgit", "error", "contains '.git'") \
	X(ZERO_PADDED_FILEMODE, "zeroPaddedFilemode", "error", "contains zero-padded file modes") \
	X(BAD_FILEMODE, "badFilemode", "warning", "contains bad file modes") \
	X(DUPLICATE_ENTRIES, "duplicateEntries", "error", "contains duplicate file entries") \
	X(TREE_NOT_SORTED, "treeNotSorted", "error", "not properly sorted") \
	X(GITMODULES_SYMLINK, "gitmodulesSymlink", "error", ".gitmodules is a symbolic link") \
	X(GITATTRIBUTES_SYMLINK, "gitattributesSymlink", "warning", ".gitattributes is a symlink") \
	X(GITIGNORE_SYMLINK, "gitignoreSymlink", "warning", ".gitignore is a symlink") \
	X(MAILMAP_SYMLINK, "mailmapSymlink", "warning", ".mailmap is a symlink") \
	X(GITMODULES_BLOB, "gitmodulesBlob", "error", "non-blob found at .gitmodules") \
	X(GITMODULES_LARGE, "gitmodulesLarge", "error", ".gitmodules too large to parse") \
	X(GITMODULES_PARSE, "gitmodulesParse", "warning", "could not parse gitmodules blob") \
	X(GITMODULES_NAME, "gitmodulesName", "error", NULL) \
	X(GITMODULES_URL, "gitmodulesUrl", "error", NULL) \
	X(GITMODULES_PATH, "gitmodulesPath", "error", NULL) \
	X(GITMODULES_UPDATE, "gitmodulesUpdate", "error", NULL) \
	X(GITATTRIBUTES_BLOB, "gitattributesBlob", "error", "non-blob found at .gitattributes") \
	X(GITATTRIBUTES_LARGE, "gitattributesLarge", "error", ".gitattributes too large to parse") \
	X(GITATTRIBUTES_LINE_LENGTH, "gitattributesLineLength", "error", ".gitattributes has too long lines to parse")

enum fsck_message {
#define X(id, name, severity, words) FSCK_##id,
	FSCK_MESSAGES(X)
#undef X
	FSCK_COUNT
};

struct fsck_where {
	struct fsck *fsck;
	enum object_type type;
	const uint8_t *id;
};

/* One line.  `words` instead of the table's where it has none; what stands behind a NUL or a newline is cut off. */
int fsck_say(const struct fsck_where *where, enum fsck_message message, struct str words) MUST_USE;
int fsck_modules(const struct fsck_where *where, struct str config) MUST_USE;
int fsck_attributes(const struct fsck_where *where, struct str text) MUST_USE;

#endif
