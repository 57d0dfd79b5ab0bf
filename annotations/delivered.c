#include "annotations/delivered.h"

#include "annotations/record.h"
#include "base/fs.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define HELD_MAX ((size_t)8 * 1024 * 1024) /* bytes of one in memory */

int
delivered_init(struct delivered *d, struct str name)
{
	*d = (struct delivered){ .name = BUF(256), .bytes = BUF(2 * HELD_MAX), .file = -1 };
	return buf_str(&d->name, name);
}

void
delivered_release(struct delivered *d)
{
	if (d->map)
		munmap(d->map, d->written);
	if (d->file >= 0)
		close(d->file);
	buf_release(&d->name);
	buf_release(&d->bytes);
	*d = (struct delivered){ .file = -1 };
}

static int
make_file(struct delivered *d, int room)
{
	char name[64];
	int run;

	int r = fs_open_dir(room, "run", &run);
	if (r < 0)
		return r;
	snprintf(name, sizeof name, "attachment.%ld", (long)getpid());
	r = fs_open(run, name, O_RDWR | O_CREAT | O_TRUNC, &d->file);
	if (r == 0 && unlinkat(run, name, 0) < 0)
		r = err_sys("run/%s", name);
	close(run);
	return r;
}

static int
write_out(struct delivered *d)
{
	int r = fs_write_fd(d->file, d->bytes.data, d->bytes.len);

	d->written += d->bytes.len;
	buf_clear(&d->bytes);
	return r < 0 ? err_in(r, "an attachment") : 0;
}

int
delivered_add(struct delivered *d, int room, struct str piece)
{
	int r = 0;

	if (piece.len > ATTACHMENT_MAX - d->written - d->bytes.len)
		return err_set(
		    ERR_FORMAT, "an attachment of more than %llu bytes", (unsigned long long)ATTACHMENT_MAX);
	if (d->bytes.len + piece.len > HELD_MAX) {
		r = d->file < 0 ? make_file(d, room) : 0;
		if (r == 0)
			r = write_out(d);
	}
	return r == 0 ? buf_str(&d->bytes, piece) : r;
}

int
delivered_view(struct delivered *d, struct str *out)
{
	*out = buf_view(&d->bytes);
	if (d->file < 0)
		return 0;
	int r = write_out(d);
	if (r == 0 && !d->map) {
		void *map = mmap(NULL, d->written, PROT_READ, MAP_SHARED, d->file, 0);
		if (map == MAP_FAILED)
			return err_sys("an attachment");
		d->map = map;
	}
	*out = (struct str){ d->map, d->written };
	return r;
}
