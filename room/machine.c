#include "room/machine.h"

#include "base/fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_BYTES ((size_t)64 * 1024)

/* A small file of /proc or /sys; false if it cannot be read. */
static bool
read_text(const char *root, const char *path, struct buf *out)
{
	char whole[512];

	*out = BUF(FILE_BYTES);
	snprintf(whole, sizeof whole, "%s%s", root, path);
	int fd = open(whole, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && fs_read_fd(fd, out) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

static void
trim(struct str *text)
{
	while (text->len > 0 && (text->data[text->len - 1] == '\n' || text->data[text->len - 1] == ' '))
		text->len--;
}

static int
add_name(struct buf *list, struct str name)
{
	return buf_printf(list, "%s%.*s", list->len ? ", " : "", STR_ARG(name));
}

/* Whether a device of that name, or the one it is a link to, is memory (zram) or dm-crypt. */
static bool
is_safe_swap(const char *root, struct str device)
{
	char path[512];
	struct buf uuid;
	const char *slash = memrchr(device.data, '/', device.len);
	struct str name =
	    slash ? (struct str){ slash + 1, device.len - (size_t)(slash + 1 - device.data) } : device;

	if (str_starts(name, STR("zram")))
		return true;
	snprintf(path, sizeof path, "/sys/block/%.*s/dm/uuid", STR_ARG(name));
	bool crypt = read_text(root, path, &uuid) && str_starts(buf_view(&uuid), STR("CRYPT-"));
	buf_release(&uuid);
	return crypt;
}

static int
look_at_swap(const char *root, machine_take *take, void *ctx)
{
	struct buf text, list = BUF(FILE_BYTES);
	struct str rest, line, device;
	bool safe = true;
	int r = 0;

	bool read = read_text(root, "/proc/swaps", &text);
	rest = buf_view(&text);
	str_next(&rest, '\n', &line); /* the heading */
	while (r == 0 && str_next(&rest, '\n', &line) && line.len > 0 && str_next(&line, ' ', &device)) {
		safe = safe && is_safe_swap(root, device);
		r = add_name(&list, device);
	}
	if (r == 0)
		r = take(ctx,
		    &(struct machine_row){ "swap",
			!read          ? "cannot be read"
			    : list.len ? (char *)list.data
				       : "none",
			!read      ? "see to it that there is none, or that it is encrypted"
			    : safe ? ""
				   : "pages of source may be written there: turn it off, or encrypt it" });
	buf_release(&text);
	buf_release(&list);
	return r;
}

/* Our processes are not dumpable and have a limit of 0; other programs have what the machine gives. */
static int
look_at_cores(const char *root, machine_take *take, void *ctx)
{
	struct buf text, found = BUF(FILE_BYTES);
	bool read = read_text(root, "/proc/sys/kernel/core_pattern", &text);
	struct str pattern = buf_view(&text);

	trim(&pattern);
	int r = buf_printf(&found, "%.*s", STR_ARG(pattern));
	if (r == 0)
		r = take(ctx,
		    &(struct machine_row){ "core dumps",
			!read           ? "cannot be read"
			    : found.len ? (char *)found.data
					: "none",
			pattern.len ? "our programs leave none; a terminal emulator may, with what it "
				      "showed: give that "
				      "a limit of 0"
				    : "" });
	buf_release(&text);
	buf_release(&found);
	return r;
}

/* Something is in it: a drive that is empty has no size. */
static bool
is_removable(const char *root, const char *name)
{
	char path[512];
	struct buf text;

	snprintf(path, sizeof path, "/sys/block/%s/removable", name);
	bool removable = read_text(root, path, &text) && str_starts(buf_view(&text), STR("1"));
	buf_release(&text);
	if (!removable)
		return false;
	snprintf(path, sizeof path, "/sys/block/%s/size", name);
	bool full = read_text(root, path, &text) && !str_is(buf_view(&text), "0\n");
	buf_release(&text);
	return full;
}

static int
look_at_disks(const char *root, machine_take *take, void *ctx)
{
	struct buf list = BUF(FILE_BYTES);
	const struct dirent *entry;
	char path[512];
	int r = 0;

	snprintf(path, sizeof path, "%s/sys/block", root);
	DIR *dir = opendir(path);
	while (dir && r == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && is_removable(root, entry->d_name))
			r = add_name(&list, str_from(entry->d_name));
	if (r == 0)
		r = take(ctx,
		    &(struct machine_row){ "removable disks",
			!dir           ? "cannot be read"
			    : list.len ? (char *)list.data
				       : "none",
			list.len ? "take it out, or have it mounted by nobody at the seat" : "" });
	if (dir)
		closedir(dir);
	buf_release(&list);
	return r;
}

int
machine_look(const char *root, machine_take *take, void *ctx)
{
	int r = look_at_swap(root, take, ctx);

	if (r == 0)
		r = look_at_cores(root, take, ctx);
	return r == 0 ? look_at_disks(root, take, ctx) : r;
}
