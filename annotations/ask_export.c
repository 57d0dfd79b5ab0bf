/* The ledger as a flat file: to standard output, piece by piece, or into outbox/ behind a record. */
#include "annotations/asking.h"
#include "annotations/issue.h"
#include "annotations/saying.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static enum export_side
side_of(const json_t *words)
{
	return json_bool(words, "public") ? EXPORT_PUBLIC : EXPORT_ALL;
}

static int
tell_progress(struct keeper *keeper, struct job *job, const struct export *export)
{
	struct buf body = BUF(MESSAGE_BODY);
	struct progress progress;
	int r = 0;

	export_progress(export, &progress);
	if (!keeper_full(&keeper->client)) {
		r = progress_encode(&body, &progress);
		if (r == 0)
			r = keeper_send(keeper, MSG_PROGRESS, job->order, buf_view(&body));
	}
	buf_release(&body);
	return r;
}

/* ---- to standard output ---- */

int
ask_export(struct keeper *keeper, struct asking *ask)
{
	return export_new(keeper->session, side_of(ask->words), &ask->export);
}

int
ask_export_piece(struct keeper *keeper, struct job *job, struct asking *ask)
{
	int r = export_next(ask->export, &ask->bytes);
	ask->is_over = ask->bytes.len == 0;
	return r == 0 ? tell_progress(keeper, job, ask->export) : r;
}

/* ---- into outbox/ ---- */

#define NEW_ENDING ".new"

static int
new_name(const struct saying *say, struct buf *out)
{
	int r = buf_text(out, ".");

	if (r == 0)
		r = buf_str(out, json_str(say->words, "name"));
	return r == 0 ? buf_text(out, NEW_ENDING) : r;
}

/* Writes the whole file, and sets "size" and "sha256" of the payload. */
static int
write_file(struct keeper *keeper, struct saying *say, int fd)
{
	struct buf piece = BUF(EXPORT_PIECE);
	struct export *export = NULL;
	char hex[HEX_LEN(SHA256_LEN)];
	uint8_t digest[SHA256_LEN];
	struct sha256 hash;
	uint64_t size = 0;

	sha256_init(&hash);
	int r = export_new(keeper->session, side_of(say->words), &export);
	while (r == 0) {
		buf_clear(&piece);
		r = export_next(export, &piece);
		if (r < 0 || piece.len == 0)
			break;
		sha256_add(&hash, piece.data, piece.len);
		size += piece.len;
		r = fs_write_fd(fd, piece.data, piece.len);
		if (r == 0)
			r = keeper_pump(keeper, say->job);
		if (r == 0)
			r = tell_progress(keeper, say->job, export);
	}
	export_free(export);
	buf_release(&piece);
	sha256_end(&hash, digest);
	hex_from(digest, sizeof digest, hex);
	if (r == 0 && fsync(fd) < 0)
		r = err_sys("outbox");
	if (r == 0)
		r = json_set_num(say->payload, "size", size);
	return r == 0 ? json_set_str(say->payload, "sha256", str_from(hex)) : r;
}

static int
check_absent(const struct keeper *keeper, struct str name)
{
	struct buf path = BUF(256);

	int r = buf_str(&path, name);
	if (r == 0 && fs_exists(keeper->session->outbox, (const char *)path.data))
		r = err_set(ERR_REFUSED, "export: outbox/%s is there already", (const char *)path.data);
	buf_release(&path);
	return r;
}

int
export_place(struct keeper *keeper, struct saying *say, struct buf *path)
{
	int r = publish_check(keeper, say);

	if (r == 0)
		r = check_absent(keeper, json_str(say->words, "name"));
	return r == 0 ? new_name(say, path) : r;
}

int
export_make(struct keeper *keeper, struct saying *say)
{
	struct str name = json_str(say->words, "name");
	struct buf path = BUF(256);

	int r = export_place(keeper, say, &path);
	if (r == 0)
		r = json_set_str(say->payload, "what", STR("ledger"));
	if (r == 0)
		r = json_set_str(say->payload, "name", name);
	if (r == 0) {
		int fd = openat(keeper->session->outbox, (const char *)path.data,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
		r = fd < 0 ? err_sys("outbox/%s", (const char *)path.data) : write_file(keeper, say, fd);
		if (fd >= 0)
			close(fd);
	}
	if (r < 0 && path.len > 0)
		unlinkat(keeper->session->outbox, (const char *)path.data, 0);
	buf_release(&path);
	return r;
}

int
export_finish(struct keeper *keeper, struct saying *say)
{
	struct buf path = BUF(256), name = BUF(256);
	int outbox = keeper->session->outbox;

	int r = new_name(say, &path);
	if (r == 0)
		r = buf_str(&name, json_str(say->words, "name"));
	if (r == 0 &&
	    renameat2(outbox, (const char *)path.data, outbox, (const char *)name.data, RENAME_NOREPLACE) < 0)
		r = errno == EEXIST
		    ? err_set(ERR_REFUSED, "export: outbox/%s is there already", (const char *)name.data)
		    : err_sys("outbox/%s", (const char *)name.data);
	if (r < 0)
		unlinkat(outbox, (const char *)path.data, 0);
	if (r == 0)
		r = fs_sync_dir(outbox);
	if (r == 0)
		r = issue_checkpoint(keeper->session, "export");
	buf_release(&path);
	buf_release(&name);
	return r;
}
