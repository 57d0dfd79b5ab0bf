/* Names as they arrive in archives and trees: made clean, and tested for what git keeps for itself. */
#ifndef CARREL_INDEXER_INTAKE_NAMES_H
#define CARREL_INDEXER_INTAKE_NAMES_H

#include "base/buf.h"

#define PATH_BYTES 4096 /* of a path that is kept, at most */
#define PATH_DEPTH 256  /* components */

/* What was odd about an entry, as the "odd" attachment says it. */
#define ODDS(X) \
	X(ABSOLUTE, "absolute-name", "kept, without the slash in front")                              \
	X(PARENT, "parent-name", "left out: '..' in its name")                                        \
	X(GIT_NAME, "git-name", "left out: git takes this for a repository's own directory")          \
	X(TOO_LONG, "long-name", "left out: its name is too long")                                    \
	X(NOT_INDEXED, "long-name", "its name is too long: not in the index") \
	X(TOO_DEEP, "deep-name", "left out: too many folders deep")                                   \
	X(DUPLICATE, "duplicate", "a later entry of this name replaced an earlier one")               \
	X(SAME_NAME, "duplicate", "several entries have this name: one of them is kept in the index") \
	X(CLASH, "clash", "left out: a folder has the same name")                                     \
	X(LEFT_EMPTY, "empty-name", "left out: it has no name")                                       \
	X(HARD_LINK, "hard-link", "kept as a file of its own, with the same content")                 \
	X(HARD_LINK_LOST, "hard-link", "left out: what it links to is not there before it")           \
	X(LINK_OUT, "symbolic-link", "kept as a link, never followed: it points out of the release")  \
	X(DEVICE, "device", "left out")                                                               \
	X(FIFO, "fifo", "left out")                                                                   \
	X(SOCKET, "socket", "left out")                                                               \
	X(UNKNOWN, "unknown-type", "left out")                                                        \
	X(ENCRYPTED, "encrypted", "left out: its content is encrypted")                               \
	X(UNREADABLE, "unreadable", "left out: its content cannot be unpacked")                       \
	X(SPARSE, "sparse", "kept, holes filled with zeros")                                          \
	X(GIT_FOLDER, "git-folder", "left out: a repository's own directory")                         \
	X(ROOM, "room", "left out: this room itself")                                                 \
	X(SUBMODULE, "submodule", "its content is not part of this repository")                       \
	X(TAG, "tag", "not imported: it names no commit")

enum odd {
	ODD_NONE,
#define X(id, what, why) ODD_##id,
	ODDS(X)
#undef X
};

/* PATH NUL WHAT NUL WHY NUL. */
int odd_add(struct buf *odds, struct str path, enum odd odd) MUST_USE;

/*
 * The path with single slashes, without "." and without slashes in front and behind, in `out` (cleared first; it
 * needs a maximum of PATH_BYTES or more).  *odd says what is the matter; ODD_ABSOLUTE and ODD_NONE mean it is
 * to be kept.  An empty result with ODD_NONE is the top folder itself.
 */
int path_clean(struct str path, struct buf *out, enum odd *odd) MUST_USE;
/* Whether a link at `path` (clean) with this target leads out of the top folder, or is absolute. */
bool link_leads_out(struct str path, struct str target);

/* Whether some file system or other takes the name for ".git": case, trailing dots, NTFS and HFS+ forms. */
bool name_is_git(struct str name);

/* Files that git itself reads out of a tree, in any such disguise. */
enum git_file { GIT_FILE_MODULES = 1, GIT_FILE_ATTRIBUTES = 2, GIT_FILE_IGNORE = 4, GIT_FILE_MAILMAP = 8 };

/* The files it may be taken for: some short names stand for each of them. */
unsigned name_git_files(struct str name);

/* Whether refs/releases/NAME is a ref that git accepts. */
bool name_is_ref(struct str name);

#endif
