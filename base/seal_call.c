#include "base/seal.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>

const char *
seal_call_name(struct str digits, char out[static SEAL_CALL_NAME])
{
	uint64_t number = 0;

	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9' || digits.len > SEAL_CALL_DIGITS)
			return "";
		number = number * 10 + (uint64_t)(digits.data[i] - '0');
	}
	if (digits.len == 0)
		return "";
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)number);
	if (name)
		snprintf(out, SEAL_CALL_NAME, "%s", name);
	else
		snprintf(out, SEAL_CALL_NAME, "%llu", (unsigned long long)number);
	free(name);
	return out;
}
