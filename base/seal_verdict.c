#include "base/seal.h"

bool
seal_whole(const struct seal_verdict *verdict)
{
	return verdict->applied == SEAL_ALL && verdict->refused == SEAL_ALL;
}

int
seal_judge(const struct seal_verdict *verdict, unsigned accepted, const char *process)
{
	for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1) {
		const char *name = seal_layer_name(layer);
		if (verdict->refused & layer)
			continue;
		if (!(verdict->missing & layer))
			return err_set(ERR_REFUSED, "seal: %s does not hold in the %s", name, process);
		if (!(accepted & layer))
			return err_set(ERR_REFUSED,
			    "seal: this machine has no %s for the %s (carrel-seal(7) says what it takes); "
			    "a host who does without puts 'without-%s yes' into the policy",
			    name, process, name);
	}
	return 0;
}

const char *
seal_layer_name(enum seal_layer layer)
{
	return layer == SEAL_NAMESPACE ? "namespace" : layer == SEAL_LANDLOCK ? "landlock" : "seccomp";
}
