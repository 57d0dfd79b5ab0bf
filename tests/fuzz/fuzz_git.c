/*
 * A repository in one input: pieces "kind, u16 length, bytes".  c t b g: an object (commit,
 * tree, blob, tag); p, i: a pack and its index, as they are; r: packed-refs; h: HEAD; f: a
 * loose reference refs/tags/x.  In objects and references 19 '@' and a digit stand for the
 * id of that object of the input, 39 '#' and a digit for the same in hexadecimal, so
 * that a change of one object does not cut it off from the others.
 */
#include "tests/fuzz/fuzz.h"

#include "base/digest.h"
#include "base/fs.h"
#include "indexer/intake/odb.h"
#include "tests/fuzz/intake.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OBJECTS 10
#define PIECE_MAX 65536

struct repository {
	int dir;
	uint8_t ids[OBJECTS][OID_LEN];
	size_t count;
	char loose[OBJECTS][64];
};

static void
write_file(const struct repository *r, const char *name, const void *data, size_t len)
{
	int fd = openat(r->dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert(fd >= 0 && fs_write_fd(fd, data, len) == 0);
	close(fd);
}

static void
put_ids(const struct repository *r, uint8_t *data, size_t len)
{
	static const char raw[] = "@@@@@@@@@@@@@@@@@@@", hex[] = "#######################################";
	char id[HEX_LEN(OID_LEN)];

	for (size_t at = 0; at + OID_LEN <= len; at++) {
		size_t n = (size_t)data[at + OID_LEN - 1] - '0';
		if (n < r->count && memcmp(data + at, raw, OID_LEN - 1) == 0)
			memcpy(data + at, r->ids[n], OID_LEN);
		if (at + 2 * OID_LEN > len || memcmp(data + at, hex, 2 * OID_LEN - 1) != 0)
			continue;
		n = (size_t)data[at + 2 * OID_LEN - 1] - '0';
		if (n < r->count) {
			hex_from(r->ids[n], OID_LEN, id);
			memcpy(data + at, id, 2 * OID_LEN);
		}
	}
}

static void
write_object(struct repository *r, const char *type, const uint8_t *data, size_t len)
{
	static uint8_t whole[PIECE_MAX + 64], packed[PIECE_MAX + 4096];
	char hex[HEX_LEN(OID_LEN)];

	if (r->count == OBJECTS)
		return;
	int head = snprintf((char *)whole, 64, "%s %zu", type, len) + 1;
	memcpy(whole + head, data, len);
	git_oid(type, data, len, r->ids[r->count]);
	hex_from(r->ids[r->count], OID_LEN, hex);
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(1);
	assert(c);
	size_t n = libdeflate_zlib_compress(c, whole, (size_t)head + len, packed, sizeof packed);
	libdeflate_free_compressor(c);
	assert(n > 0);
	char *path = r->loose[r->count++];
	snprintf(path, 64, "objects/%.2s", hex);
	(void)!mkdirat(r->dir, path, 0700);
	snprintf(path, 64, "objects/%.2s/%s", hex, hex + 2);
	write_file(r, path, packed, n);
}

static void
take_piece(struct repository *r, uint8_t kind, const uint8_t *data, size_t len)
{
	static uint8_t copy[PIECE_MAX];
	static const char pack[] = "objects/pack/pack-0000000000000000000000000000000000000000";
	char name[96];

	memcpy(copy, data, len);
	if (kind == 'p' || kind == 'i') {
		snprintf(name, sizeof name, "%s.%s", pack, kind == 'p' ? "pack" : "idx");
		write_file(r, name, copy, len);
		return;
	}
	put_ids(r, copy, len);
	if (kind == 'r')
		write_file(r, "packed-refs", copy, len);
	else if (kind == 'h')
		write_file(r, "HEAD", copy, len);
	else if (kind == 'f')
		write_file(r, "refs/tags/x", copy, len);
	else
		write_object(r,
		    kind == 'c'       ? "commit"
			: kind == 't' ? "tree"
			: kind == 'g' ? "tag"
				      : "blob",
		    copy, len);
}

static void
make_empty(struct repository *r)
{
	static const char *const directories[] = { "git", "git/objects", "git/objects/pack", "git/refs",
		"git/refs/tags" };
	char path[160];

	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
		snprintf(path, sizeof path, "%s/%s", intake_scratch(), directories[i]);
		(void)!mkdir(path, 0700);
	}
	snprintf(path, sizeof path, "%s/git", intake_scratch());
	r->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert(r->dir >= 0);
	write_file(r, "HEAD", "ref: refs/heads/main\n", 21);
}

static void
clear(struct repository *r)
{
	static const char *const files[] = { "packed-refs", "refs/tags/x",
		"objects/pack/pack-0000000000000000000000000000000000000000.pack",
		"objects/pack/pack-0000000000000000000000000000000000000000.idx" };

	for (size_t i = 0; i < r->count; i++) {
		unlinkat(r->dir, r->loose[i], 0);
		r->loose[i][sizeof "objects/00" - 1] = 0;
		unlinkat(r->dir, r->loose[i], AT_REMOVEDIR);
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlinkat(r->dir, files[i], 0);
	close(r->dir);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct repository r = { 0 };

	if (!ready)
		assert(odb_library_init() == 0);
	ready = true;
	make_empty(&r);
	while (size >= 3) {
		size_t len = (size_t)data[1] | (size_t)data[2] << 8;
		len = len < size - 3 ? len : size - 3;
		take_piece(&r, data[0], data + 3, len);
		data += 3 + len;
		size -= 3 + len;
	}
	assert(fchdir(r.dir) == 0);
	intake_run(r.dir);
	clear(&r);
	return 0;
}
