#include "indexer/intake/odb.h"

#include "base/fs.h"
#include "base/mem.h"
#include "indexer/intake/loose.h"
#include "indexer/intake/pack_entry.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define git_oid git2_oid /* base/digest.h has a function of this name */
#include <git2.h>
#include <git2/sys/odb_backend.h>

#define MAPPED_LIMIT ((size_t)512 * 1024 * 1024)

/* libgit2 holds a lock through each read, so that every thread needs a database of its own. */
struct odb {
	int objects; /* loose ones are read without libgit2 */
	pthread_mutex_t lock;
	unsigned free_count, count;
	git_odb **all, **free;
};

static int
failed(const char *what)
{
	const git_error *error = git_error_last();
	return err_set(
	    ERR_FORMAT, "%s: %s", what, error && error->message ? error->message : "cannot be read");
}

int
odb_library_init(void)
{
	static const git_config_level_t levels[] = { GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
		GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA };

	if (git_libgit2_init() < 0)
		return err_set(ERR_SYSTEM, "libgit2 does not start");
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "") < 0)
			return err_set(ERR_SYSTEM, "libgit2 does not let go of its configuration");
	/* ids are checked where the objects are hashed for our pack */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, MAPPED_LIMIT);
	return 0;
}

static int
open_one(const char *objects, git_odb **out)
{
	git_odb_backend *packed = NULL;
	git_odb *odb = NULL;

	if (git_odb_new(&odb) < 0)
		return failed("objects");
	if (git_odb_backend_pack(&packed, objects) < 0 || git_odb_add_backend(odb, packed, 1) < 0) {
		git_odb_free(odb);
		return failed("objects");
	}
	*out = odb;
	return 0;
}

int
odb_open(const char *objects, unsigned threads, struct odb **out)
{
	struct odb *odb = mem_new(struct odb);

	pthread_mutex_init(&odb->lock, NULL);
	odb->objects = -1;
	int r = fs_open_dir(AT_FDCWD, objects, &odb->objects);
	odb->all = mem_alloc(threads * sizeof *odb->all);
	odb->free = mem_alloc(threads * sizeof *odb->free);
	while (odb->count < threads && r == 0) {
		r = open_one(objects, &odb->all[odb->count]);
		if (r == 0) {
			odb->free[odb->free_count++] = odb->all[odb->count];
			odb->count++;
		}
	}
	if (r < 0) {
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
	for (unsigned i = 0; i < odb->count; i++)
		git_odb_free(odb->all[i]);
	if (odb->objects >= 0)
		close(odb->objects);
	pthread_mutex_destroy(&odb->lock);
	free(odb->all);
	free(odb->free);
	free(odb);
}

static git_odb *
take(struct odb *odb)
{
	pthread_mutex_lock(&odb->lock);
	/* no more threads than it was opened for, so one is free */
	git_odb *one = odb->free[--odb->free_count];
	pthread_mutex_unlock(&odb->lock);
	return one;
}

static void
give(struct odb *odb, git_odb *one)
{
	pthread_mutex_lock(&odb->lock);
	odb->free[odb->free_count++] = one;
	pthread_mutex_unlock(&odb->lock);
}

static int
object_failed(int code, const uint8_t *id)
{
	char hex[OID_HEX];

	hex_from(id, OID_LEN, hex);
	if (code == GIT_ENOTFOUND)
		return err_set(ERR_ABSENT, "object %s is missing", hex);
	return err_in(failed("cannot be read"), "object %s", hex);
}

static int
to_type(git_object_t from, const uint8_t *id, enum object_type *type)
{
	if (from < GIT_OBJECT_COMMIT || from > GIT_OBJECT_TAG)
		return object_failed(-1, id);
	/* libgit2 numbers them as packs do */
	*type = (enum object_type)from;
	return 0;
}

int
odb_header(struct odb *odb, const uint8_t id[static OID_LEN], enum object_type *type, uint64_t *size)
{
	git_object_t git_type = GIT_OBJECT_INVALID;
	struct buf bytes = BUF(SIZE_MAX / 2);
	git_oid oid;
	size_t len = 0;

	int r = loose_read(odb->objects, id, type, &bytes);
	*size = bytes.len;
	buf_release(&bytes);
	if (r != ERR_ABSENT)
		return r;
	git_oid_fromraw(&oid, id);
	git_odb *one = take(odb);
	int code = git_odb_read_header(&len, &git_type, one, &oid);
	r = code < 0 ? object_failed(code, id) : 0;
	give(odb, one);
	*size = len;
	return r == 0 ? to_type(git_type, id, type) : r;
}

/* Its size first: what it says is what the memory is for. */
static int
read_packed(struct odb *odb, const uint8_t *id, struct object **out)
{
	git_odb_object *packed = NULL;
	git_object_t git_type = GIT_OBJECT_INVALID;
	struct object *object;
	enum object_type type;
	git_oid oid;
	size_t len = 0;

	git_oid_fromraw(&oid, id);
	git_odb *one = take(odb);
	int code = git_odb_read_header(&len, &git_type, one, &oid);
	if (code == 0 && len <= OBJECT_BYTES)
		code = git_odb_read(&packed, one, &oid);
	int r = code < 0 ? object_failed(code, id) : 0;
	give(odb, one);
	if (r == 0 && !packed)
		r = err_set(
		    ERR_FORMAT, "an object of more than %llu bytes", (unsigned long long)OBJECT_BYTES);
	if (r == 0)
		r = to_type(git_odb_object_type(packed), id, &type);
	if (r == 0)
		r = object_new(git_odb_object_size(packed), &object);
	if (r == 0) {
		object->type = type;
		memcpy(object->data, git_odb_object_data(packed), object->len);
		*out = object;
	}
	git_odb_object_free(packed);
	return r;
}

int
odb_read(struct odb *odb, const uint8_t id[static OID_LEN], struct object **out)
{
	struct buf bytes = BUF(SIZE_MAX / 2);
	struct object *object;
	enum object_type type;

	int r = loose_read(odb->objects, id, &type, &bytes);
	if (r == ERR_ABSENT)
		return read_packed(odb, id, out);
	if (r == 0)
		r = object_new(bytes.len, &object);
	if (r == 0) {
		object->type = type;
		if (bytes.len > 0)
			memcpy(object->data, bytes.data, bytes.len);
		*out = object;
	}
	buf_release(&bytes);
	return r;
}

int
odb_prefix(struct odb *odb, struct str hex, uint8_t id[static OID_LEN])
{
	git_oid oid, full;

	if (hex.len < 4 || hex.len > 2 * OID_LEN || git_oid_fromstrn(&oid, hex.data, hex.len) < 0)
		return err_set(ERR_ABSENT, "%.*s: no such revision", STR_ARG(hex));
	size_t loose;
	int r = loose_prefix(odb->objects, hex, id, &loose);
	if (r < 0)
		return r;
	git_odb *one = take(odb);
	int code = git_odb_exists_prefix(&full, one, &oid, hex.len);
	give(odb, one);
	bool same = code == 0 && loose == 1 && memcmp(full.id, id, OID_LEN) == 0;
	if (code == GIT_EAMBIGUOUS || loose > 1 || (code == 0 && loose == 1 && !same))
		return err_set(ERR_USAGE, "%.*s: begins several objects' ids", STR_ARG(hex));
	if (code < 0 && loose == 0)
		return err_set(ERR_ABSENT, "%.*s: no such revision", STR_ARG(hex));
	if (code == 0)
		memcpy(id, full.id, OID_LEN);
	return 0;
}
