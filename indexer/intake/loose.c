#include "indexer/intake/loose.h"

#include "base/fs.h"
#include "indexer/intake/deflate.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_MAX ((size_t)2 * 1024 * 1024 * 1024)
#define DEFLATE_RATIO 1032 /* no stream of zlib's unpacks to more than this many times its size */

static void
path_of(const uint8_t *id, char out[static OID_HEX + 1])
{
	hex_from(id, 1, out);
	out[2] = '/';
	hex_from(id + 1, OID_LEN - 1, out + 3);
}

/* The size that the stream unpacks to stands inside it: more and more room until it fits. */
static int
unpack(struct str packed, struct buf *out)
{
	size_t most = packed.len < FILE_MAX / DEFLATE_RATIO ? packed.len * DEFLATE_RATIO + 64 : FILE_MAX;
	size_t room = 4 * packed.len + 1024;

	for (;;) {
		room = room < most ? room : most;
		int r = buf_room(out, room);
		if (r == 0)
			r = inflate_up_to(packed, out->data, room, &out->len);
		if (r != ERR_ABSENT)
			return r;
		if (room == most)
			return err_set(ERR_FORMAT, "damaged stream");
		room *= 4;
	}
}

/* "TYPE SIZE\0" in front, SIZE being what follows. */
static int
parse(struct str unpacked, enum object_type *type, struct str *bytes)
{
	struct str word;
	uint64_t size;

	const char *nul = memchr(unpacked.data, 0, unpacked.len);
	if (!nul)
		return err_set(ERR_FORMAT, "bad header");
	struct str head = { unpacked.data, (size_t)(nul - unpacked.data) };
	*bytes = (struct str){ nul + 1, unpacked.len - head.len - 1 };
	if (!str_next(&head, ' ', &word) || !str_u64(head, &size) || size != bytes->len)
		return err_set(ERR_FORMAT, "bad header");
	for (enum object_type t = OBJECT_COMMIT; t <= OBJECT_TAG; t++)
		if (str_is(word, object_type_name(t))) {
			*type = t;
			return 0;
		}
	return err_set(ERR_FORMAT, "of an unknown type");
}

int
loose_read(int objects, const uint8_t id[static OID_LEN], enum object_type *type, struct buf *out)
{
	struct buf packed = BUF(FILE_MAX), unpacked = BUF(FILE_MAX + 1);
	struct str bytes = STR("");
	char path[OID_HEX + 1];

	path_of(id, path);
	int r = fs_read(objects, path, &packed);
	if (r == 0)
		r = unpack(buf_view(&packed), &unpacked);
	buf_release(&packed);
	if (r == 0)
		r = parse(buf_view(&unpacked), type, &bytes);
	if (r == 0) { /* the header goes, the bytes move to the front: they may be many */
		memmove(unpacked.data, bytes.data, bytes.len);
		unpacked.len = bytes.len;
		*out = unpacked;
		unpacked = BUF(0);
	}
	buf_release(&unpacked);
	hex_from(id, OID_LEN, path);
	return r < 0 && r != ERR_ABSENT ? err_in(r, "object %s", path) : r;
}

int
loose_prefix(int objects, struct str hex, uint8_t id[static OID_LEN], size_t *count)
{
	char folder[3], full[OID_HEX];
	struct dirent *entry;
	int fd;

	*count = 0;
	snprintf(folder, sizeof folder, "%.2s", hex.data);
	int r = fs_open_dir(objects, folder, &fd);
	if (r < 0)
		return r == ERR_ABSENT ? 0 : r;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err_sys("objects/%s: cannot list", folder);
	}
	while (*count < 2 && (entry = readdir(dir))) {
		if (strlen(entry->d_name) != OID_HEX - 3)
			continue;
		snprintf(full, sizeof full, "%s%.*s", folder, OID_HEX - 3, entry->d_name);
		uint8_t found[OID_LEN];
		if (str_starts(str_from(full), hex) && hex_to(str_from(full), found, OID_LEN)) {
			memcpy(id, found, OID_LEN);
			++*count;
		}
	}
	closedir(dir);
	return 0;
}
