/* Gives a target every file of the directories named: what was found once stays found. */
#include "tests/fuzz/fuzz.h"

#include "base/fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)1024 * 1024)

static unsigned
replay(int dir, const char *path)
{
	unsigned count = 0;
	DIR *list = fdopendir(dir);
	const struct dirent *entry;

	while (list && (entry = readdir(list))) {
		struct buf input = BUF(INPUT_MAX);
		if (entry->d_name[0] == '.')
			continue;
		if (fs_read(dirfd(list), entry->d_name, &input) < 0) {
			fprintf(stderr, "%s/%s: %s\n", path, entry->d_name, err_text());
			return 0;
		}
		LLVMFuzzerTestOneInput(input.data, input.len);
		buf_release(&input);
		count++;
	}
	if (list)
		closedir(list);
	return count;
}

int
main(int argc, char **argv)
{
	unsigned count = 0;

	for (int i = 1; i < argc; i++) {
		int dir = open(argv[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		unsigned here = dir < 0 ? 0 : replay(dir, argv[i]);
		if (here == 0) {
			fprintf(stderr, "%s: no corpus\n", argv[i]);
			return 1;
		}
		count += here;
	}
	printf("%u inputs\n", count);
	return count == 0;
}
