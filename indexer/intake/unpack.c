#include "indexer/intake/unpack.h"

#include "base/mem.h"
#include "indexer/intake/gunzip.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <unistd.h>

struct unpack {
	struct gunzip *gunzip;
	struct archive *filters; /* or these: format raw, one entry without a name */
	uint8_t piece[UNPACK_PIECE];
};

static int
damaged(const struct unpack *unpack)
{
	const char *why = archive_error_string(unpack->filters);
	return err_set(ERR_FORMAT, "damaged archive: %s", why ? why : "cannot be read");
}

/* *plain if the bytes are not compressed, or if there are none. */
static int
open_filters(struct unpack *unpack, int fd, bool *plain)
{
	struct archive_entry *entry;
	struct archive *a = unpack->filters = archive_read_new();

	if (!a)
		return err_set(ERR_MEMORY, "no memory");
	int worst = archive_read_support_format_raw(a);
	worst = worst < 0 ? worst : archive_read_support_filter_bzip2(a);
	worst = worst < 0 ? worst : archive_read_support_filter_xz(a);
	worst = worst < 0 ? worst : archive_read_support_filter_lzma(a);
	worst = worst < 0 ? worst : archive_read_support_filter_zstd(a);
	if (worst < 0)
		return err_set(ERR_SYSTEM, "this libarchive lacks a filter");
	if (archive_read_open_fd(a, fd, UNPACK_PIECE) != ARCHIVE_OK)
		return damaged(unpack);
	*plain = archive_filter_count(a) == 1;
	if (*plain)
		return 0;
	return archive_read_next_header(a, &entry) == ARCHIVE_OK ? 0 : damaged(unpack);
}

int
unpack_open(int fd, bool *plain, struct unpack **out)
{
	uint8_t start[2];
	int r;

	ssize_t n = pread(fd, start, sizeof(start), 0);
	if (n < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys("cannot read");
	struct unpack *unpack = mem_new(struct unpack);
	*plain = false;
	if (gunzip_is(start, (size_t)n))
		r = gunzip_new(fd, &unpack->gunzip);
	else
		r = open_filters(unpack, fd, plain);
	if (r == 0 && !*plain) {
		*out = unpack;
		return 0;
	}
	unpack_close(unpack);
	*out = NULL;
	return r;
}

int
unpack_next(struct unpack *unpack, const uint8_t **piece, size_t *len)
{
	*piece = unpack->piece;
	*len = 0;
	if (unpack->gunzip)
		return gunzip_read(unpack->gunzip, unpack->piece, UNPACK_PIECE, len);
	la_ssize_t n;
	do
		n = archive_read_data(unpack->filters, unpack->piece, UNPACK_PIECE);
	while (n == ARCHIVE_RETRY);
	if (n < 0)
		return damaged(unpack);
	*len = (size_t)n;
	return 0;
}

void
unpack_close(struct unpack *unpack)
{
	if (!unpack)
		return;
	gunzip_free(unpack->gunzip);
	if (unpack->filters)
		archive_read_free(unpack->filters);
	free(unpack);
}
