#include "annotations/settings.h"

#include "base/digest.h"
#include "base/fs.h"

#include <stdio.h>
#include <unistd.h>

#define PRIVATE "private"
#define NAME_MAX_LEN 16

static int
file_name(struct str name, char out[static NAME_MAX_LEN + 1])
{
	bool ok = name.len >= 1 && name.len <= NAME_MAX_LEN;

	for (size_t i = 0; i < name.len; i++)
		ok &= name.data[i] >= 'a' && name.data[i] <= 'z';
	if (!ok)
		return err_set(ERR_USAGE, "settings are not kept under that name");
	memcpy(out, name.data, name.len);
	out[name.len] = 0;
	return 0;
}

static int
open_directory(int room, const struct public_key *key, bool make, int *out)
{
	struct buf blob = BUF(1024);
	uint8_t hash[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)], name[sizeof PRIVATE + sizeof "/desk-" + sizeof hex];

	int r = public_key_blob(key, &blob);
	if (r == 0) {
		sha256(blob.data, blob.len, hash);
		hex_from(hash, sizeof hash, hex);
		snprintf(name, sizeof name, PRIVATE "/desk-%s", hex);
	}
	buf_release(&blob);
	if (r == 0 && make)
		r = fs_make_dir(room, PRIVATE, 0700);
	if (r == 0 && make)
		r = fs_make_dir(room, name, 0700);
	return r == 0 ? fs_open_dir(room, name, out) : r;
}

int
settings_save(int room, const struct public_key *key, struct str name, struct str text)
{
	char file[NAME_MAX_LEN + 1];
	int dir;

	if (text.len > SETTINGS_MAX)
		return err_set(ERR_USAGE, "settings have %zu bytes at most", SETTINGS_MAX);
	int r = file_name(name, file);
	if (r == 0)
		r = open_directory(room, key, true, &dir);
	if (r < 0)
		return err_in(r, "settings");
	r = fs_write(dir, file, text, 0600, FS_REPLACE);
	close(dir);
	return r < 0 ? err_in(r, "settings") : 0;
}

int
settings_load(int room, const struct public_key *key, struct str name, struct buf *out)
{
	char file[NAME_MAX_LEN + 1];
	int dir;

	int r = file_name(name, file);
	if (r == 0)
		r = open_directory(room, key, false, &dir);
	if (r < 0)
		return r;
	r = fs_read(dir, file, out);
	close(dir);
	return r;
}
