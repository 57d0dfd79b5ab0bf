/*
 * What our processes say to one another.  One message is one packet of a
 * SOCK_SEQPACKET socket: number kind, number order, body to the end of the packet.
 *
 *	client <-> keeper <-> supervisor > reader      (or: keeper <-> indexer)
 *
 * The client numbers its orders from 1; everything that answers an order carries
 * its number and ends with one DONE or FAIL.  At most MESSAGE_ORDERS orders are in
 * flight: the keeper does not read further orders until one has ended, and CANCEL
 * and PASS are always read.  Nobody blocks on a write while there is something to read.
 */
#ifndef CARREL_BASE_MESSAGE_H
#define CARREL_BASE_MESSAGE_H

#include "base/digest.h"
#include "base/row.h"
#include "base/seal.h"

#define MESSAGE_MAX ((size_t)128 * 1024) /* bytes of a packet */
#define MESSAGE_BODY ((size_t)120 * 1024) /* bytes of rows or data that fit one with ease */
#define MESSAGE_ORDERS 8
#define UNIT_MAX ((size_t)2 * 1024 * 1024) /* bytes that the keeper holds back for one record */
#define PAGE_LINES 256
#define PAGE_BYTES ((size_t)64 * 1024)
#define HITS_FIRST 200 /* hits of a search in its first record ... */
#define HITS_UNIT 8192 /* ... and in each further one, at most */

enum message_kind {
	/* client to keeper */
	MSG_OPEN = 1, /* JSON: open a session, or read the ledger only */
	MSG_READ,     /* a reading order (struct order); also keeper to reader */
	MSG_ASK,      /* JSON: a question to the ledger */
	MSG_SAY,      /* JSON: words to be drafted, or a report to be published */
	MSG_DATA,     /* bytes that belong to an order, in pieces; also indexer to keeper */
	MSG_SIGN,     /* 32 bytes: SHA-256 of the draft that the person agreed to */
	MSG_PASS,     /* a passphrase, answering NEED */
	MSG_WORK,     /* a work order (struct work); also keeper to indexer */
	MSG_CANCEL,   /* the order of this number is not wanted any more; goes down the chain */
	MSG_CLOSE,    /* end the session */
	MSG_NOTE,     /* JSON: an order to the person's notebook, see NOTE_ORDERS */
	MSG_UNLOCK = 16, /* JSON {}: the desk was locked; the person's key is asked for again */
	/* keeper to client */
	MSG_PART = 32, /* rows; also reader to keeper */
	MSG_JSON,      /* one JSON object */
	MSG_DRAFT,     /* the exact bytes that would be signed */
	MSG_NEED,      /* JSON {need: "passphrase" | "touch", key, name, why?}: asked of the person */
	MSG_PROGRESS,  /* struct progress; also indexer to keeper */
	MSG_EVENT,     /* order 0; JSON {event, why}: the reader died, came back, ... */
	MSG_DONE,      /* JSON object, or nothing; from reader and indexer always nothing */
	MSG_FAIL,      /* number -enum err, string reason; also from reader and indexer */
	/* keeper to reader and indexer */
	MSG_RELEASES = 64, /* releases that the ledger has, oldest first, in as many packets as it takes; the
			    * order is enum list_part. To the indexer none before its READY */
	MSG_RECORDED,      /* to the indexer: the RESULT of this order is in the ledger, finish it */
	/* reader to keeper */
	MSG_FACTS = 96, /* struct facts: closes the unit made of the PARTs before it */
	MSG_DIED,       /* struct death. Of the reader, by its supervisor: all orders in flight are lost. The last word
			 * of any other program that made a call it may not; also client to keeper */
	MSG_SEALED,     /* also indexer to keeper, its very first word, order 0: struct sealed. The keeper hands out
			 * no order before it has judged that of the reader or indexer */
	/* indexer to keeper */
	MSG_RESULT = 112, /* struct import_result: a release is on disk and may be recorded */
	MSG_READY,        /* its first word, order 0: it holds the import lock, so that a list of releases read
			   * from here on stays true until it ends.  FAIL instead: another import is running */
};

/* Which packet of a list: one that is not LIST_NEXT begins it, one that is not LIST_MORE ends it. */
enum list_part {
	LIST_WHOLE = 0,
	LIST_MORE = 1,
	LIST_NEXT = 2,
};

struct message {
	enum message_kind kind;
	uint64_t order;
	struct str body; /* borrowed from the packet */
};

/* Puts kind and order at the front of an empty buf of max MESSAGE_MAX; the body follows. */
int message_begin(struct buf *packet, enum message_kind kind, uint64_t order) MUST_USE;
int message_decode(struct str packet, struct message *message) MUST_USE;

int message_fail(struct buf *packet, uint64_t order, enum err code, const char *why) MUST_USE;
/* A FAIL's body into err_set; returns its (checked) code. */
int message_failed(struct str body);

struct progress {
	uint64_t done, total; /* total 0: unknown */
	struct str unit;      /* "files", "bytes", "records" */
	struct str what;      /* "reading", "indexing", ... and what of; foreign bytes, show() them */
};

int progress_encode(struct buf *out, const struct progress *progress) MUST_USE;
int progress_decode(struct str body, struct progress *progress) MUST_USE;

/* How a process ended. */
struct death {
	struct str process; /* seal_profile_name() */
	uint64_t signal;    /* or 0 */
	struct str call;    /* seal_call_name()'s digits, or empty: the call that it may not make */
	struct str why;
};

int death_encode(struct buf *out, const struct death *death) MUST_USE;
int death_decode(struct str body, struct death *death) MUST_USE;
/* seal_last_words() of a whole MSG_DIED on a message socket. */
int death_prepare(int fd, const char *process) MUST_USE;

/* How a process closed its seal. */
struct sealed {
	struct str process; /* seal_profile_name() */
	struct seal_verdict verdict;
};

int sealed_encode(struct buf *out, const char *process, const struct seal_verdict *verdict) MUST_USE;
int sealed_decode(struct str body, struct sealed *sealed) MUST_USE;

/*
 * ---- orders to the notebook: {"note": word, ...} ----
 *
 * "save", "drop", "keep" and "kept" need no secret; the others may be answered by NEED first, with
 * "need": "passphrase" and "for": "notebook".  A client that will read has "notebook": true in its OPEN (the desk
 * need not say so).
 * kind: what the client calls it: "draft", "note", "options", ...; `text` has 64 KiB at most.
 */
#define NOTE_ORDERS(X) \
	X(SAVE, "save")         /* [id] kind [name] text -> DONE {id}: a new note, or that one anew */ \
	X(LOAD, "load")         /* id -> DONE {id, kind, name, time, text} */ \
	X(LIST, "list")         /* [kind] -> JSON {id, kind, name, time, bytes} ... */ \
	X(DROP, "drop")         /* id */ \
	X(KEEP, "keep")         /* name text: kept in the open, see annotations/settings.h */ \
	X(KEPT, "kept")         /* name -> DONE {text}; ERR_ABSENT: nothing was kept */ \
	X(UNLOCK, "unlock")     /* nothing but the passphrase */ \
	X(SEARCHES, "searches") /* -> JSON {record, hash, entries, order (as --json has a row)} ..., DONE {spoilt} */ \
	X(PROVE, "prove")       /* record entry -> DONE {record, hash, entry, size, leaf, root, proof} */

/* ---- reading orders: verb and a row of arguments ---- */

/* number, id, name, the type of access record it leaves, fields it takes */
#define VERBS(X) \
	X(1, LS, "ls", "list")            /* RELEASE PATH FLAGS -> entry rows, in path order (bytes) */ \
	X(2, PAGE, "page", "page")        /* RELEASE PATH LINE [END_LINE]: those lines, or one page -> page rows */ \
	/* [RELEASE] PATTERN FLAGS [GLOB LANGUAGE LIMIT CONTEXT AFTER] -> hit and context rows, a summary */ \
	X(3, SEARCH, "search", "search") \
	X(4, DEF, "def", "list")          /* [RELEASE] NAME FLAGS [PATH: nearest to it first] -> symbol rows */ \
	X(5, REFS, "refs", "list")        /* [RELEASE] NAME FLAGS -> symbol rows */ \
	X(6, OUTLINE, "outline", "list")  /* RELEASE PATH -> symbol rows in line order, with LEVEL */ \
	X(7, SKIPPED, "skipped", "list")  /* RELEASE -> skipped rows: PATH WHAT WHY */ \
	X(8, DIFF_FILES, "diff-files", "diff") /* OLD NEW (release names) [GLOB] -> change rows */ \
	X(9, DIFF_LINES, "diff-lines", "diff") /* OLD NEW OLD_PATH NEW_PATH CONTEXT FLAGS -> line rows */ \
	X(10, ANCHOR, "anchor", "list")   /* RELEASE PATH LINE END_LINE -> one anchor row */ \
	X(11, FIND, "find", "list")       /* RELEASE PATTERN LIMIT: file names, fuzzy -> entry rows, best first */ \
	X(12, SYMBOLS, "symbols", "list") /* RELEASE PATTERN LIMIT: symbol names, fuzzy -> symbol rows */ \
	X(13, SUSPICIOUS, "suspicious", "list") /* RELEASE [GLOB LIMIT] -> suspicious rows in path order, summary */ \
	X(14, CENSUS, "census", "list")   /* RELEASE -> census rows */ \
	X(15, CALLERS, "callers", "list") /* [RELEASE] NAME -> symbol rows: where it is called */ \
	X(16, CALLEES, "callees", "list") /* [RELEASE] NAME -> symbol rows: what its definitions call */ \
	X(17, SOURCES, "sources", "diff") /* RELEASE: "TAG ARCHIVE [ARCHIVE-BEFORE]" -> what differs, summary */ \
	X(18, DIFF_SYMBOLS, "diff-symbols", "diff") /* OLD NEW (release names) [GLOB] -> symbol-change rows */

enum verb {
#define X(number, id, name, record) VERB_##id = number,
	VERBS(X)
#undef X
	VERB_COUNT
};

enum order_flag {
	ORDER_LITERAL = 1 << 0,   /* -F: PATTERN is no regular expression */
	ORDER_NOCASE = 1 << 1,    /* -i */
	ORDER_WORD = 1 << 2,      /* -w */
	ORDER_FILES = 1 << 3,     /* -l: one row a file */
	ORDER_CODE = 1 << 4,      /* only in code / comments / strings; none set: anywhere */
	ORDER_COMMENTS = 1 << 5,
	ORDER_STRINGS = 1 << 6,
	ORDER_RECURSE = 1 << 7,   /* ls: the whole tree below */
	ORDER_PREFIX = 1 << 8,    /* def, refs: names that begin so */
	ORDER_SPANS = 1 << 9,     /* page, diff-lines: with SPANS */
	/* diff-files: with ADDED, REMOVED, LABEL; ls: with SUSPICIOUS; skipped: those rows too */
	ORDER_COUNTS = 1 << 10,
	ORDER_IN = 1 << 11,       /* search: with IN */
	ORDER_MULTILINE = 1 << 12, /* search: a match may go over several lines */
	ORDER_ALIKE = 1 << 13,    /* suspicious: words of ASCII that look alike too */
	ORDER_MOVED = 1 << 14,    /* diff-files with COUNTS: blocks of lines that went to another file too */
	ORDER_WHOLE = 1 << 15,    /* diff-lines: a line too long for one row in several: WHAT of those behind is more */
};

/* RELEASE may hold several names, a space between; absent: all releases, oldest first. */
struct order {
	enum verb verb;
	struct row args;
};

const char *verb_name(enum verb verb);
const char *verb_record(enum verb verb); /* "page", "search", "list", "diff" */
int order_encode(struct buf *out, const struct order *order) MUST_USE;
int order_decode(struct str body, struct order *order) MUST_USE; /* borrows from body */

/* ---- facts: what the keeper writes down of a unit before it lets it through ---- */

struct facts {
	struct str releases; /* names, a space between */
	struct str path;     /* page, outline, ls: of what; else empty */
	struct str blob;     /* page: git id in hex; else empty */
	uint64_t first, last; /* page: lines, from 1; 0 0 else */
	uint64_t rows, files, lines, bytes; /* rows handed over, distinct files, source lines, source bytes in them */
	uint8_t root[SHA256_LEN];     /* merkle root over the leaves "BLOBHEX:LINE" in row order; empty tree if none */
	bool last_unit;                     /* nothing of this order follows but DONE */
};

int facts_encode(struct buf *out, const struct facts *facts) MUST_USE;
int facts_decode(struct str body, struct facts *facts) MUST_USE;

/* ---- releases, as the ledger has them: keeper to reader and indexer ---- */

#define RELEASE_NAME_MAX 64 /* [A-Za-z0-9._+-]{1,64} */

struct release {
	struct str name, kind; /* kind: git, archive, directory */
	struct str commit, tree; /* hex */
	struct str manifest;     /* SHA-256 of the manifest attachment, hex */
	struct str segment;      /* digest of the release segment, hex; it names all others */
	struct str sha256;       /* of the archive, hex, or empty */
};

bool release_name_ok(struct str name);
/* A list is one behind the other, oldest first. */
int release_encode(struct buf *out, const struct release *release) MUST_USE;
bool release_decode(struct dec *dec, struct release *release);

/*
 * ---- work orders and their results: keeper and indexer ----
 *
 * indexer READY; keeper RELEASES..., for a rebuild DATA (order 0: string "verdicts/NAME" or "odd/NAME", then bytes of
 * that attachment, in pieces) for each release that has one, WORK; indexer PROGRESS..., and a release DATA..., RESULT;
 * keeper RECORDED (not where result.known); ... indexer DONE or FAIL, and exit.  A large release has two results: the
 * second, `finished`, when its syntax is there too; its one attachment is "verdicts".
 */

enum work_kind { WORK_IMPORT = 1, WORK_REBUILD, WORK_FINISH };

struct work {
	enum work_kind kind;
	struct str source;  /* as the person wrote it, for the record; the descriptor is what counts */
	struct str release; /* name to give, or empty */
	struct str revs;    /* git: revisions, newline between; empty: HEAD or, with tags, every tag */
};

int work_encode(struct buf *out, const struct work *work) MUST_USE;
int work_decode(struct str body, struct work *work) MUST_USE;

/*
 * One release that is complete on disk.  Its attachments came before, as DATA: string
 * name, then bytes; the pieces of one name in order.  Names: "manifest" (what `git
 * ls-tree -r -z --full-tree --long COMMIT` prints), and where they are not empty "odd"
 * (PATH NUL WHAT NUL WHY NUL ...), "sha256" (lines BLOB SP SHA256 for
 * the blobs that no release before had), "verdicts" (lines BLOB SP WHY: where a clock or a
 * kill decided), "fsck" (lines as `git fsck --strict` prints them).
 */
struct import_result {
	struct release release;
	struct str source, revision; /* revision: tag or commit as asked, or empty */
	struct str stripped;         /* an archive's single top folder, or empty */
	uint64_t files, blobs, bytes; /* blobs: distinct */
	uint64_t odd;                /* entries of "odd" */
	/* new ones, repeated: string kind ("text", "syntax", "release"), string digest in hex, number bytes */
	struct str segments;
	bool known;          /* this release is there already with the same content: nothing to record */
	bool finished;       /* recorded before; release.segment is the segment from here on */
};

int import_result_encode(struct buf *out, const struct import_result *result) MUST_USE;
int import_result_decode(struct str body, struct import_result *result) MUST_USE;

#endif
