/*
 * Landlock by its three system calls: Debian 12's headers know the first two versions
 * of its interface, kernels up to the seventh.  All rights that the kernel knows are
 * handled, that is refused, and given back beneath the caller's descriptors only.
 */
#include "base/seal_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FS_TRUNCATE (1ULL << 14)  /* since 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* since 5 */
#define NET_ALL 3ULL              /* bind and connect TCP; since 4 */
#define SCOPE_ALL 3ULL            /* abstract UNIX sockets, signals; since 6 */

struct ruleset {
	uint64_t fs, net, scoped;
};

#define ON_FILE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE)
#define READ_ONLY (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define READ_WRITE \
	(READ_ONLY | ON_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER)

static struct ruleset
handled(int abi, size_t *size)
{
	struct ruleset rules = { .fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };

	if (abi >= 2)
		rules.fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		rules.fs |= FS_TRUNCATE;
	if (abi >= 4)
		rules.net = NET_ALL;
	if (abi >= 5)
		rules.fs |= FS_IOCTL_DEV;
	if (abi >= 6)
		rules.scoped = SCOPE_ALL;
	*size = abi >= 6 ? sizeof rules
	    : abi >= 4   ? offsetof(struct ruleset, scoped)
			 : offsetof(struct ruleset, net);
	return rules;
}

static int
allow(int ruleset, int fd, uint64_t access)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys("descriptor %d", fd);
	struct landlock_path_beneath_attr rule = {
		.allowed_access = S_ISDIR(st.st_mode) ? access : access & ON_FILE,
		.parent_fd = fd,
	};
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return err_sys("landlock_add_rule");
	return 0;
}

/* What a sanitizer's run time reads when it reports: its own maps, and the files with the symbols. */
static int
allow_sanitizer(int ruleset)
{
	static const char *const read[] = { "/proc", "/usr/lib", "/lib", "/lib64" };
	int r = 0;

	for (size_t i = 0; i < sizeof read / sizeof *read && r == 0; i++) {
		int fd = open(read[i], O_PATH | O_CLOEXEC);
		if (fd < 0)
			continue;
		r = allow(ruleset, fd, READ_ONLY);
		close(fd);
	}
	return r;
}

static int
allow_paths(int ruleset, const struct seal_paths *paths, uint64_t known)
{
	int r = 0;

	for (size_t i = 0; i < sizeof paths->read_only / sizeof *paths->read_only && r == 0; i++)
		if (paths->read_only[i] >= 0)
			r = allow(ruleset, paths->read_only[i], READ_ONLY & known);
	for (size_t i = 0; i < sizeof paths->read_write / sizeof *paths->read_write && r == 0; i++)
		if (paths->read_write[i] >= 0)
			r = allow(ruleset, paths->read_write[i], READ_WRITE & known);
	return r;
}

int
landlock_apply(const struct seal_paths *paths, int *abi)
{
	size_t size;

	*abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (*abi < 1) {
		*abi = 0;
		return err_set(ERR_ABSENT, "this kernel has no Landlock (boot it with lsm=landlock,...)");
	}
	struct ruleset rules = handled(*abi, &size);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0)
		return err_sys("landlock_create_ruleset");
	int r = allow_paths(fd, paths, rules.fs);
	if (r == 0 && SEAL_FOR_SANITIZER)
		r = allow_sanitizer(fd);
	if (r == 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		r = err_sys("landlock_restrict_self");
	close(fd);
	return r;
}

int
landlock_probe(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	if (fd < 0 && errno == EACCES)
		return 0;
	return err_set(ERR_REFUSED, "the probe could open the root directory");
}
