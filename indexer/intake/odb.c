#include "indexer/intake/odb.h"

#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/loose.h"

#include <stdlib.h>
#include <unistd.h>

#define PREFIX_MIN 4 /* digits */

struct odb {
	int objects, pack_dir;
	struct store *packs; /* NULL: it has none */
};

int
odb_open(int objects, struct odb **out)
{
	struct odb *odb = mem_new(struct odb);

	odb->objects = objects;
	odb->pack_dir = -1;
	int r = fs_open_dir(objects, "pack", &odb->pack_dir);
	if (r == 0)
		r = store_open(odb->pack_dir, true, &odb->packs);
	if (r < 0 && r != ERR_ABSENT) {
		odb_close(odb);
		return r;
	}
	*out = odb;
	return 0;
}

void
odb_close(struct odb *odb)
{
	if (!odb)
		return;
	store_close(odb->packs);
	if (odb->pack_dir >= 0)
		close(odb->pack_dir);
	free(odb);
}

const struct store *
odb_packs(const struct odb *odb)
{
	return odb->packs;
}

static int
missing(const uint8_t *id)
{
	char hex[OID_HEX];

	hex_from(id, OID_LEN, hex);
	return err_set(ERR_ABSENT, "object %s is missing", hex);
}

static int
read_packed(const struct odb *odb, const struct store_place *place, const uint8_t *id, struct object **out)
{
	char hex[OID_HEX];

	int r = store_make(odb->packs, place, out, NULL);
	hex_from(id, OID_LEN, hex);
	return r < 0 ? err_in(r, "object %s", hex) : 0;
}

int
odb_read(const struct odb *odb, const uint8_t id[static OID_LEN], struct object **out)
{
	struct buf bytes = BUF(SIZE_MAX / 2);
	struct store_place place;
	struct object *made = NULL;
	enum object_type type;

	if (odb->packs && store_find(odb->packs, id, &place))
		return read_packed(odb, &place, id, out);
	int r = loose_read(odb->objects, id, &type, &bytes);
	if (r == 0)
		r = object_new(bytes.len, &made);
	if (r == 0) {
		made->type = type;
		if (bytes.len > 0)
			memcpy(made->data, bytes.data, bytes.len);
		*out = made;
	}
	buf_release(&bytes);
	return r == ERR_ABSENT ? missing(id) : r;
}

int
odb_header(const struct odb *odb, const uint8_t id[static OID_LEN], enum object_type *type, uint64_t *size)
{
	struct buf bytes = BUF(SIZE_MAX / 2);

	if (odb->packs && store_has(odb->packs, id))
		return store_header(odb->packs, id, type, size);
	int r = loose_read(odb->objects, id, type, &bytes);
	*size = bytes.len;
	buf_release(&bytes);
	return r == ERR_ABSENT ? missing(id) : r;
}

int
odb_prefix(const struct odb *odb, struct str hex, uint8_t id[static OID_LEN])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t packed[OID_LEN];
	size_t loose, in_packs = 0, i = 0;

	while (i < hex.len && memchr(digits, hex.data[i], 16))
		i++;
	if (i < hex.len || hex.len < PREFIX_MIN || hex.len > 2 * OID_LEN)
		return err_set(ERR_ABSENT, "%.*s: no such revision", STR_ARG(hex));
	int r = loose_prefix(odb->objects, hex, id, &loose);
	if (r < 0)
		return r;
	if (odb->packs)
		store_prefix(odb->packs, hex, packed, &in_packs);
	bool same = in_packs == 1 && loose == 1 && memcmp(packed, id, OID_LEN) == 0;
	if (in_packs + loose > 1 && !same)
		return err_set(ERR_USAGE, "%.*s: begins several objects' ids", STR_ARG(hex));
	if (in_packs + loose == 0)
		return err_set(ERR_ABSENT, "%.*s: no such revision", STR_ARG(hex));
	if (in_packs == 1)
		memcpy(id, packed, OID_LEN);
	return 0;
}
