/*
 * An archive through libarchive, streamed: nothing is unpacked to disk, no name is acted
 * upon.  Only the formats tar and zip; compression is taken off before (unpack.h), by what
 * is built in (libarchive would start programs for some).
 */
#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/snapshot.h"
#include "indexer/intake/source.h"
#include "indexer/intake/unpack_ahead.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)256 * 1024)
/* Past this many bytes an archive may unpack to BOMB_RATIO times its size and no more. */
#define BOMB_FREE ((uint64_t)1024 * 1024 * 1024)
#define BOMB_RATIO 200

struct unpacking {
	const struct source_job *job;
	struct snapshot *snapshot;
	struct archive *archive;
	struct unpack_ahead *unpack; /* NULL: the archive is not compressed */
	int unpack_error;            /* what it ended with, its reason in err_text */
	uint64_t size;               /* of the archive */
	uint64_t files, bytes;
	struct buf path; /* of the entry, clean */
};

struct item {
	struct content *content;
	struct buf bytes;
};

static int
damaged(const struct unpacking *u)
{
	const char *why = archive_error_string(u->archive);

	if (u->unpack_error < 0)
		return u->unpack_error;
	if (why && strstr(why, "Unrecognized archive format"))
		return err_set(ERR_FORMAT,
		    "not a git repository, a directory, or an archive that is known (tar.*, zip)");
	return err_set(ERR_FORMAT, "damaged archive: %s", why ? why : "cannot be read");
}

static int
spent(struct unpacking *u, size_t bytes)
{
	u->bytes += bytes;
	if (u->bytes > SOURCE_BYTES)
		return err_set(
		    ERR_FORMAT, "unpacks to more than %llu bytes", (unsigned long long)SOURCE_BYTES);
	if (u->bytes > BOMB_FREE && u->bytes / BOMB_RATIO > u->size)
		return err_set(
		    ERR_FORMAT, "unpacks to more than %d times its size: refused as a bomb", BOMB_RATIO);
	return 0;
}

static int
tick(struct unpacking *u)
{
	/* where the archive is compressed, the bytes read are what progress can be measured by */
	off_t done = lseek(u->job->fd, 0, SEEK_CUR);
	return watch_tick(u->job->watch, done > 0 ? (uint64_t)done : 0, u->size, "bytes", "reading");
}

/* 1 and some bytes, 0 at the end, ERR_ABSENT if this entry alone cannot be read, or an error. */
static int
next_piece(struct unpacking *u, uint8_t *piece, size_t *len)
{
	int r = tick(u);
	if (r == 0)
		r = spent(u, 0);
	if (r < 0)
		return r;
	la_ssize_t n = archive_read_data(u->archive, piece, PIECE);
	if (n == ARCHIVE_RETRY) {
		*len = 0;
		return 1;
	}
	if (n == ARCHIVE_FAILED || n == ARCHIVE_WARN)
		return err_set(ERR_ABSENT, "cannot be unpacked");
	if (n < 0)
		return damaged(u);
	*len = (size_t)n;
	r = spent(u, *len);
	return r < 0 ? r : n > 0;
}

static int
read_whole(struct unpacking *u, struct buf *out)
{
	uint8_t *piece = mem_alloc(PIECE);
	size_t len = 0;
	int r;

	while ((r = next_piece(u, piece, &len)) > 0) {
		r = buf_add(out, piece, len);
		if (r < 0)
			break;
	}
	free(piece);
	return r;
}

static int
read_stream(struct unpacking *u, uint64_t size, struct content *content)
{
	uint8_t *piece = mem_alloc(PIECE);
	size_t len = 0;

	int r = pack_large_begin(u->job->pack, size);
	while (r == 0 && (r = next_piece(u, piece, &len)) > 0)
		r = pack_large_add(u->job->pack, piece, len);
	if (r == 0)
		r = pack_large_end(u->job->pack, content->id);
	content->size = size;
	free(piece);
	/* half a stream is in the pack already: it cannot be left out any more */
	return r == ERR_ABSENT ? damaged(u) : r;
}

static int
item_done(struct pack_item *item)
{
	struct item *handle = item->handle;

	memcpy(handle->content->id, item->id, OID_LEN);
	handle->content->size = item->bytes.len;
	return 0;
}

static void
item_drop(struct pack_item *item)
{
	struct item *handle = item->handle;

	buf_release(&handle->bytes);
	free(handle);
}

/* Takes the bytes over. */
static int
put(struct unpacking *u, struct buf *bytes, struct content *content)
{
	struct item *handle = mem_new(struct item);

	*handle = (struct item){ content, *bytes };
	*bytes = BUF(bytes->max);
	return pack_put(u->job->pack,
	    &(struct pack_item){ .type = OBJECT_BLOB,
		.size = handle->bytes.len,
		.bytes = buf_view(&handle->bytes),
		.handle = handle,
		.done = item_done,
		.drop = item_drop });
}

static int
odd(struct unpacking *u, enum odd what)
{
	return snapshot_odd(u->snapshot, buf_view(&u->path), what);
}

static int
add_file(struct unpacking *u, struct archive_entry *entry)
{
	struct content *content = snapshot_content(u->snapshot);
	struct buf bytes = BUF(PACK_LARGE);
	int64_t size = archive_entry_size(entry);
	int r;

	if (archive_entry_is_data_encrypted(entry) || archive_entry_is_metadata_encrypted(entry))
		return odd(u, ODD_ENCRYPTED);
	/* some zips say their sizes only behind the data */
	bool large = archive_entry_size_is_set(entry) && size > (int64_t)PACK_LARGE;
	r = large ? read_stream(u, (uint64_t)size, content) : read_whole(u, &bytes);
	if (r == ERR_ABSENT) {
		buf_release(&bytes);
		return odd(u, ODD_UNREADABLE);
	}
	if (r == 0 && !large)
		r = put(u, &bytes, content);
	if (r == 0)
		r = snapshot_add(u->snapshot, buf_view(&u->path),
		    archive_entry_perm(entry) & 0100 ? MODE_EXEC : MODE_FILE, content);
	if (r == 0 && archive_entry_sparse_count(entry) > 0)
		r = odd(u, ODD_SPARSE);
	buf_release(&bytes);
	return r;
}

static int
add_link(struct unpacking *u, struct archive_entry *entry)
{
	struct content *content = snapshot_content(u->snapshot);
	struct buf bytes = BUF(PATH_BYTES);
	const char *target = archive_entry_symlink(entry);
	struct str to = str_from(target);

	if (to.len == 0)
		return odd(u, ODD_UNREADABLE);
	if (to.len > PATH_BYTES)
		return odd(u, ODD_TOO_LONG);
	int r = buf_str(&bytes, to);
	if (r == 0)
		r = put(u, &bytes, content);
	if (r == 0)
		r = snapshot_add(u->snapshot, buf_view(&u->path), MODE_LINK, content);
	if (r == 0 && link_leads_out(buf_view(&u->path), to))
		r = odd(u, ODD_LINK_OUT);
	return r;
}

static int
add_hard_link(struct unpacking *u, const char *target)
{
	struct buf to = BUF(2 * PATH_BYTES);
	struct content *content;
	enum odd kind;
	uint32_t mode;

	int r = path_clean(str_from(target), &to, &kind);
	if (r == 0 && kind <= ODD_ABSOLUTE && snapshot_find(u->snapshot, buf_view(&to), &mode, &content)) {
		r = snapshot_add(u->snapshot, buf_view(&u->path), mode, content);
		if (r == 0)
			r = odd(u, ODD_HARD_LINK);
	} else if (r == 0) {
		r = odd(u, ODD_HARD_LINK_LOST);
	}
	buf_release(&to);
	return r;
}

static int
add_kept(struct unpacking *u, struct archive_entry *entry)
{
	const char *hard_link = archive_entry_hardlink(entry);

	/* some writers put the content behind the last of the links: then it is a file */
	if (hard_link && !(archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0))
		return add_hard_link(u, hard_link);
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
	case 0: /* no type said: zips made on systems without them */
		return add_file(u, entry);
	case AE_IFLNK:
		return add_link(u, entry);
	case AE_IFIFO:
		return odd(u, ODD_FIFO);
	case AE_IFSOCK:
		return odd(u, ODD_SOCKET);
	case AE_IFBLK:
	case AE_IFCHR:
		return odd(u, ODD_DEVICE);
	default:
		return odd(u, ODD_UNKNOWN);
	}
}

static int
add_entry(struct unpacking *u, struct archive_entry *entry)
{
	struct str name = str_from(archive_entry_pathname(entry));
	bool folder = archive_entry_filetype(entry) == AE_IFDIR;
	enum odd kind;

	if (++u->files > SNAPSHOT_ENTRIES)
		return err_set(ERR_FORMAT, "more than %d entries", SNAPSHOT_ENTRIES);
	int r = path_clean(name, &u->path, &kind);
	if (r < 0 || (folder && (kind <= ODD_ABSOLUTE || kind == ODD_TOO_DEEP)))
		return r;
	if (kind > ODD_ABSOLUTE)
		return snapshot_odd(u->snapshot,
		    name.len > 2 * PATH_BYTES ? (struct str){ name.data, PATH_BYTES } : name, kind);
	if (u->path.len == 0)
		return snapshot_odd(u->snapshot, name, ODD_LEFT_EMPTY);
	if (kind == ODD_ABSOLUTE) {
		r = snapshot_odd(u->snapshot, name, ODD_ABSOLUTE);
		if (r < 0)
			return r;
	}
	return add_kept(u, entry);
}

static int
read_entries(struct unpacking *u)
{
	struct archive_entry *entry;
	int r = 0;

	while (r == 0) {
		int got = archive_read_next_header(u->archive, &entry);
		if (got == ARCHIVE_EOF)
			return 0;
		if (got == ARCHIVE_RETRY)
			continue;
		if (got < ARCHIVE_WARN)
			return damaged(u);
		r = add_entry(u, entry);
		if (r < 0 && r != ERR_CANCELLED && u->path.len)
			r = err_in(r, "%s", (const char *)u->path.data);
		if (r == 0)
			r = tick(u);
	}
	return r;
}

static la_ssize_t
give_unpacked(struct archive *archive, void *ctx, const void **piece)
{
	struct unpacking *u = ctx;
	const uint8_t *bytes;
	size_t len;

	u->unpack_error = unpack_ahead_next(u->unpack, &bytes, &len);
	if (u->unpack_error < 0) {
		archive_set_error(archive, EIO, "%s", err_text());
		return ARCHIVE_FATAL;
	}
	*piece = bytes;
	return (la_ssize_t)len;
}

static int
open_archive(struct unpacking *u)
{
	struct archive *a = u->archive = archive_read_new();
	struct unpack *unpack;
	bool plain;

	if (!a)
		return err_set(ERR_MEMORY, "no memory");
	if (archive_read_support_format_tar(a) < 0 || archive_read_support_format_zip(a) < 0)
		return err_set(ERR_SYSTEM, "this libarchive lacks a format");
	int r = unpack_open(u->job->fd, &plain, &unpack);
	if (r == 0 && !plain)
		r = unpack_ahead_start(unpack, &u->unpack);
	if (r < 0)
		return r;
	if (plain && lseek(u->job->fd, 0, SEEK_SET) < 0)
		return err_sys("cannot read");
	int opened = plain ? archive_read_open_fd(a, u->job->fd, PIECE)
			   : archive_read_open(a, u, NULL, give_unpacked, NULL);
	return opened == ARCHIVE_OK ? 0 : damaged(u);
}

/* The archive has ended, its file not yet: what is checked at the end of the compressed bytes is checked here. */
static int
read_to_end(struct unpacking *u)
{
	const uint8_t *piece;
	size_t len = 1;
	int r = 0;

	while (r == 0 && u->unpack && len > 0) {
		r = unpack_ahead_next(u->unpack, &piece, &len);
		if (r == 0)
			r = spent(u, len);
		if (r == 0)
			r = tick(u);
	}
	return r;
}

/* The file as it was handed over; what came out of it is checked against this again at the end. */
static int
digest(const struct source_job *job, char out[static HEX_LEN(SHA256_LEN)])
{
	uint8_t *piece = mem_alloc(PIECE), sum[SHA256_LEN];
	struct sha256 ctx;
	off_t at = 0;
	ssize_t n;
	int r = 0;

	sha256_init(&ctx);
	while (r == 0 && (n = pread(job->fd, piece, PIECE, at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			r = err_sys("cannot read");
			break;
		}
		sha256_add(&ctx, piece, (size_t)n);
		at += n;
		r = watch_tick(job->watch, (uint64_t)at, 0, "bytes", "hashing");
	}
	sha256_end(&ctx, sum);
	hex_from(sum, SHA256_LEN, out);
	free(piece);
	return r;
}

static bool
changed(const struct stat *before, const struct stat *after)
{
	return before->st_size != after->st_size || before->st_mtim.tv_sec != after->st_mtim.tv_sec ||
	    before->st_mtim.tv_nsec != after->st_mtim.tv_nsec;
}

static int
finish(struct unpacking *u, struct plan *plan)
{
	struct snapshot_result result;

	int r = pack_flush(u->job->pack);
	if (r < 0)
		return r;
	r = snapshot_finish(u->snapshot, u->job->pack, true, &result);
	memcpy(plan->commit, result.commit, OID_LEN);
	memcpy(plan->ref, result.commit, OID_LEN);
	memcpy(plan->tree, result.tree, OID_LEN);
	plan->odds = result.odds;
	return r == 0 ? buf_str(&plan->stripped, result.stripped) : r;
}

int
source_archive_import(const struct source_job *job)
{
	struct unpacking u = { .job = job, .path = BUF(2 * PATH_BYTES) };
	struct plan *plan = plans_add(job->plans, "archive");
	struct stat before, after;

	int r = plan_name(plan, job->release, source_stem(job->source));
	if (r == 0 && fstat(job->fd, &before) < 0)
		r = err_sys("cannot read");
	if (r < 0)
		return r;
	u.size = (uint64_t)before.st_size;
	u.snapshot = snapshot_new();
	r = digest(job, plan->sha256);
	if (r == 0)
		r = open_archive(&u);
	if (r == 0)
		r = watch_stage(job->watch, u.size, "bytes", "reading");
	if (r == 0)
		r = read_entries(&u);
	/* where the compressed bytes are damaged, that is what to say, not what the archive looks like then */
	if (r == 0 || r == ERR_FORMAT) {
		int end = read_to_end(&u);
		r = end < 0 ? end : r;
	}
	if (r == 0)
		r = finish(&u, plan);
	if (r == 0 && (fstat(job->fd, &after) < 0 || changed(&before, &after)))
		r = err_set(ERR_FORMAT, "the archive changed while it was read");
	if (u.archive)
		archive_read_free(u.archive);
	unpack_ahead_stop(u.unpack);
	snapshot_free(u.snapshot);
	buf_release(&u.path);
	return r;
}
