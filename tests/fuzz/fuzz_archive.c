#include "tests/fuzz/fuzz.h"

#include "base/fs.h"
#include "tests/fuzz/intake.h"

#include <locale.h>
#include <sys/mman.h>
#include <unistd.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	int fd = memfd_create("archive", MFD_CLOEXEC);
	assert(fd >= 0 && fs_write_fd(fd, data, size) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	intake_run(fd);
	close(fd);
	return 0;
}
