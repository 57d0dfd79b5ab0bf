#include "annotations/notebook.h"

#include "annotations/wire_ssh.h"
#include "base/digest.h"
#include "base/fs.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRIVATE "private"
#define KEY_NAME "key"
#define LOG_NAME "log"
#define HEAD_MAX ((size_t)4 * 1024)
#define FRAME_MAX (NOTE_ENTRY_MAX + HEAD_MAX + 64)

static_assert(sizeof((struct notebook *)0)->box == crypto_box_PUBLICKEYBYTES, "a box key is an X25519 one");

/* ---- opening ---- */

static int
open_directory(int room, struct str box, int *out)
{
	char name[sizeof PRIVATE + 1 + HEX_LEN(32)];

	snprintf(name, sizeof name, PRIVATE "/%.*s", STR_ARG(box));
	int r = fs_make_dir(room, PRIVATE, 0700);
	if (r == 0)
		r = fs_make_dir(room, name, 0700);
	if (r == 0)
		r = fs_open_dir(room, name, out);
	return r < 0 ? err_in(r, "notebook") : 0;
}

int
notebook_open(struct notebook *notebook, int room, struct str box)
{
	*notebook = NOTEBOOK_NONE;
	if (box.len == 0)
		return 0;
	if (!hex_to(box, notebook->box, sizeof notebook->box))
		return err_set(ERR_FORMAT, "roster: malformed box key");
	return open_directory(room, box, &notebook->dir);
}

void
notebook_close(struct notebook *notebook)
{
	sodium_free(notebook->secret);
	if (notebook->dir >= 0)
		close(notebook->dir);
	*notebook = NOTEBOOK_NONE;
}

int
notebook_keep_key(int room, struct str file)
{
	struct keyfile shown;
	char hex[HEX_LEN(sizeof shown.box)];
	int dir;

	int r = keyfile_read(file, &shown);
	if (r < 0)
		return r;
	hex_from(shown.box, sizeof shown.box, hex);
	r = open_directory(room, str_from(hex), &dir);
	if (r < 0)
		return r;
	if (!fs_exists(dir, KEY_NAME))
		r = fs_write(dir, KEY_NAME, file, 0600, FS_NEW);
	close(dir);
	return r;
}

static int
require(const struct notebook *notebook)
{
	if (notebook->dir >= 0)
		return 0;
	return err_set(ERR_REFUSED,
	    "you have no box key, and so no notebook: make one with 'carrel key new --box' and have the host "
	    "add "
	    "it with 'carrel roster add ... --box FILE.box'");
}

int
notebook_unlock(struct notebook *notebook, struct unsealer *unsealer, struct str passphrase)
{
	struct buf file = BUF(KEYFILE_MAX);
	struct keyfile shown;

	int r = require(notebook);
	if (r < 0 || notebook->secret)
		return r;
	r = fs_read(notebook->dir, KEY_NAME, &file);
	if (r == ERR_ABSENT)
		r = err_set(ERR_REFUSED, "the notebook's key file is not in the room");
	if (r == 0)
		r = keyfile_read(buf_view(&file), &shown);
	if (r == 0 && (shown.kind != KEYFILE_BOX || memcmp(shown.box, notebook->box, sizeof shown.box) != 0))
		r = err_set(ERR_FORMAT, "the notebook's key file is another one's");
	if (r == 0 && shown.sealed && passphrase.len == 0)
		r = 1;
	if (r == 0)
		r = keyfile_open_box(unsealer, buf_view(&file), passphrase, &notebook->secret);
	buf_release(&file);
	return r < 0 ? err_in(r, "notebook") : r;
}

/* ---- sealing: u32 length, head, body; in a sealed box ---- */

static int
seal(const struct notebook *notebook, const json_t *head, struct str body, struct buf *out)
{
	struct buf text = BUF(HEAD_MAX), plain = BUF(FRAME_MAX);

	int r = json_write_canonical(&text, head);
	if (r == 0)
		r = ssh_put_string(&plain, buf_view(&text));
	if (r == 0)
		r = buf_str(&plain, body);
	if (r == 0)
		r = buf_room(out, plain.len + crypto_box_SEALBYTES);
	if (r == 0 && crypto_box_seal(out->data + out->len, plain.data, plain.len, notebook->box) != 0)
		r = err_set(ERR_SYSTEM, "notebook: the box key takes nothing");
	if (r == 0)
		out->len += plain.len + crypto_box_SEALBYTES;
	buf_wipe(&text);
	buf_wipe(&plain);
	return r;
}

/* *head is the caller's, and `plain` holds the body from *at on. */
static int
unseal(const struct notebook *notebook, struct str sealed, json_t **head, struct buf *plain, size_t *at)
{
	if (!notebook->secret)
		return err_set(ERR_REFUSED, "the notebook is locked");
	if (sealed.len < crypto_box_SEALBYTES)
		return err_set(ERR_FORMAT, "notebook: spoilt");
	int r = buf_room(plain, sealed.len - crypto_box_SEALBYTES);
	if (r < 0)
		return r;
	if (crypto_box_seal_open(
		plain->data, (const uint8_t *)sealed.data, sealed.len, notebook->box, notebook->secret) != 0)
		return err_set(ERR_FORMAT, "notebook: spoilt, or sealed to another key");
	plain->len = sealed.len - crypto_box_SEALBYTES;
	struct ssh_reader in = { .rest = buf_view(plain) };
	struct str text = ssh_string(&in);
	r = in.bad ? err_set(ERR_FORMAT, "notebook: spoilt") : json_read_canonical(text, head);
	*at = plain->len - in.rest.len;
	return r;
}

/* ---- the log: u32 length, sealed box, u32 length; ... ---- */

/* Where the last whole entry ends: a crash may have left a part of one behind it. */
static int
find_end(int fd, off_t *out)
{
	struct stat st;
	uint8_t word[4];
	off_t at = 0;

	if (fstat(fd, &st) < 0)
		return err_sys("notebook");
	while (st.st_size - at >= 8) {
		uint32_t len, again;
		if (pread(fd, word, 4, at) != 4)
			break;
		len = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
		if (len > FRAME_MAX || st.st_size - at - 8 < (off_t)len ||
		    pread(fd, word, 4, at + 4 + len) != 4)
			break;
		again = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
		if (again != len)
			break;
		at += 8 + len;
	}
	*out = at;
	return 0;
}

/* The common case without the walk: the last four bytes tell where the last entry began. */
static int
find_end_fast(int fd, off_t *out)
{
	struct stat st;
	uint8_t head[4], tail[4];

	if (fstat(fd, &st) < 0)
		return err_sys("notebook");
	*out = st.st_size;
	if (st.st_size == 0)
		return 0;
	if (st.st_size >= 8 && pread(fd, tail, 4, st.st_size - 4) == 4) {
		off_t len = (off_t)tail[0] << 24 | (off_t)tail[1] << 16 | (off_t)tail[2] << 8 | tail[3];
		if (len <= (off_t)FRAME_MAX && len <= st.st_size - 8 &&
		    pread(fd, head, 4, st.st_size - 8 - len) == 4 && memcmp(head, tail, 4) == 0)
			return 0;
	}
	return find_end(fd, out);
}

static int
write_frame(int fd, struct str frame)
{
	off_t end;

	int r = find_end_fast(fd, &end);
	if (r == 0 && (ftruncate(fd, end) < 0 || lseek(fd, end, SEEK_SET) < 0))
		r = err_sys("notebook");
	if (r == 0)
		r = fs_write_fd(fd, frame.data, frame.len);
	if (r == 0 && fdatasync(fd) < 0)
		r = err_sys("notebook");
	if (r < 0 && ftruncate(fd, end) < 0)
		return r; /* what is left is no whole entry: the next one takes its place */
	return r;
}

int
notebook_add(struct notebook *notebook, const json_t *head, struct str body)
{
	struct buf sealed = BUF(FRAME_MAX), frame = BUF(FRAME_MAX + 8);
	int fd = -1;

	int r = require(notebook);
	if (r == 0)
		r = seal(notebook, head, body, &sealed);
	if (r == 0)
		r = ssh_put_string(&frame, buf_view(&sealed));
	if (r == 0)
		r = ssh_put_u32(&frame, (uint32_t)sealed.len);
	if (r == 0)
		r = fs_open(notebook->dir, LOG_NAME, O_RDWR | O_CREAT, &fd);
	if (r == 0 && flock(fd, LOCK_EX) < 0)
		r = err_sys("notebook");
	if (r == 0)
		r = write_frame(fd, buf_view(&frame));
	if (fd >= 0)
		close(fd);
	buf_release(&sealed);
	buf_release(&frame);
	return r < 0 ? err_in(r, "notebook") : 0;
}

static int
read_exactly(int fd, struct buf *out, size_t len, off_t at)
{
	buf_clear(out);
	int r = buf_room(out, len);
	if (r < 0)
		return r;
	ssize_t n = pread(fd, out->data, len, at);
	if (n < 0)
		return err_sys("notebook");
	out->len = (size_t)n;
	return 0;
}

static int
walk(struct notebook *notebook, int fd, int (*each)(void *ctx, const json_t *head, struct str body),
    void *ctx, size_t *spoilt)
{
	struct buf frame = BUF(FRAME_MAX), plain = BUF(FRAME_MAX);
	off_t end, at = 0;

	int r = find_end(fd, &end);
	while (r == 0 && at < end) {
		json_t *head = NULL;
		size_t body = 0;
		r = read_exactly(fd, &frame, 4, at);
		struct ssh_reader in = { .rest = buf_view(&frame) };
		uint32_t len = ssh_u32(&in);
		if (r == 0)
			r = read_exactly(fd, &frame, len, at + 4);
		at += 8 + (off_t)len;
		if (r < 0)
			break;
		buf_clear(&plain);
		int opened = unseal(notebook, buf_view(&frame), &head, &plain, &body);
		if (opened == ERR_FORMAT)
			++*spoilt;
		else
			r = opened < 0
			    ? opened
			    : each(ctx, head,
				  (struct str){ (const char *)plain.data + body, plain.len - body });
		json_decref(opened == 0 ? head : NULL);
	}
	buf_release(&frame);
	buf_wipe(&plain);
	return r;
}

int
notebook_each(struct notebook *notebook, int (*each)(void *ctx, const json_t *head, struct str body),
    void *ctx, size_t *spoilt)
{
	int fd;

	*spoilt = 0;
	int r = require(notebook);
	if (r == 0)
		r = fs_open(notebook->dir, LOG_NAME, O_RDONLY, &fd);
	if (r < 0)
		return r == ERR_ABSENT ? 0 : r;
	r = flock(fd, LOCK_SH) < 0 ? err_sys("notebook") : walk(notebook, fd, each, ctx, spoilt);
	close(fd);
	return r;
}

/* ---- notes ---- */

static bool
is_id(const char *id)
{
	uint8_t bytes[(NOTE_ID - 1) / 2];

	return hex_to(str_from(id), bytes, sizeof bytes);
}

int
notebook_save(struct notebook *notebook, char id[static NOTE_ID], const json_t *head, struct str body)
{
	struct buf sealed = BUF(FRAME_MAX);
	uint8_t random[(NOTE_ID - 1) / 2];

	int r = require(notebook);
	if (r == 0 && body.len > NOTE_MAX)
		r = err_set(ERR_USAGE, "a note has %zu bytes at most", NOTE_MAX);
	if (r == 0 && id[0] && !is_id(id))
		r = err_set(ERR_USAGE, "that is no note's id");
	if (r == 0)
		r = seal(notebook, head, body, &sealed);
	if (r == 0 && !id[0]) {
		randombytes_buf(random, sizeof random);
		hex_from(random, sizeof random, id);
	}
	if (r == 0)
		r = fs_write(notebook->dir, id, buf_view(&sealed), 0600, FS_REPLACE);
	buf_release(&sealed);
	return r;
}

int
notebook_load(struct notebook *notebook, const char *id, json_t **head, struct buf *body)
{
	struct buf sealed = BUF(FRAME_MAX), plain = BUF(FRAME_MAX);
	json_t *found = NULL;
	size_t at = 0;

	int r = require(notebook);
	if (r == 0 && !is_id(id))
		r = err_set(ERR_USAGE, "that is no note's id");
	if (r == 0)
		r = fs_read(notebook->dir, id, &sealed);
	if (r == 0)
		r = unseal(notebook, buf_view(&sealed), &found, &plain, &at);
	if (r == 0) {
		r = buf_add(body, plain.data + at, plain.len - at);
		if (r < 0)
			json_decref(found);
		else
			*head = found;
	}
	buf_release(&sealed);
	buf_wipe(&plain);
	return r;
}

int
notebook_drop(struct notebook *notebook, const char *id)
{
	int r = require(notebook);

	if (r == 0 && !is_id(id))
		r = err_set(ERR_USAGE, "that is no note's id");
	if (r == 0 && unlinkat(notebook->dir, id, 0) < 0)
		r = errno == ENOENT ? err_set(ERR_ABSENT, "there is no such note") : err_sys("notebook");
	return r == 0 ? fs_sync_dir(notebook->dir) : r;
}

int
notebook_ids(struct notebook *notebook, int (*each)(void *ctx, const char *id), void *ctx)
{
	const struct dirent *entry;

	int r = require(notebook);
	if (r < 0)
		return r;
	int copy = openat(notebook->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	if (!list) {
		r = err_sys("notebook");
		if (copy >= 0)
			close(copy);
		return r;
	}
	while (r == 0 && (entry = readdir(list)))
		if (is_id(entry->d_name))
			r = each(ctx, entry->d_name);
	closedir(list);
	return r;
}
