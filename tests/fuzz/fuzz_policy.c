#include "tests/fuzz/fuzz.h"

#include "annotations/policy.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy policy, again;
	struct buf text = BUF(POLICY_MAX);

	policy_default(true, &policy);
	policy_default(true, &again);
	if (policy_parse((struct str){ (const char *)data, size }, &policy) == 0) {
		/* what it says of itself means the same */
		assert(policy_text(&policy, &text) == 0);
		assert(policy_parse(buf_view(&text), &again) == 0);
		assert(memcmp(policy.allows, again.allows, sizeof policy.allows) == 0);
		assert(memcmp(policy.numbers, again.numbers, sizeof policy.numbers) == 0);
	}
	buf_release(&text);
	return 0;
}
