#include "annotations/policy.h"

#include "base/seal.h"
#include "base/utf8.h"

static const struct {
	const char *key;
	bool practice, real;
} keys[POLICY_COUNT] = {
#define X(id, key, practice, real) [POLICY_##id] = { key, practice, real },
	POLICY_KEYS(X)
#undef X
};

static const struct {
	const char *key;
	unsigned value, most;
} numbers[POLICY_NUMBER_COUNT] = {
#define X(id, key, value, most) [POLICY_##id] = { key, value, most },
	POLICY_NUMBERS(X)
#undef X
};

void
policy_default(bool practice, struct policy *out)
{
	for (unsigned i = 0; i < POLICY_COUNT; i++)
		out->allows[i] = practice ? keys[i].practice : keys[i].real;
	for (unsigned i = 0; i < POLICY_NUMBER_COUNT; i++)
		out->numbers[i] = numbers[i].value;
}

unsigned
policy_accepted(const struct policy *policy)
{
	return (policy->allows[POLICY_WITHOUT_NAMESPACE] ? SEAL_NAMESPACE : 0) |
	    (policy->allows[POLICY_WITHOUT_LANDLOCK] ? SEAL_LANDLOCK : 0) |
	    (policy->allows[POLICY_WITHOUT_SECCOMP] ? SEAL_SECCOMP : 0);
}

/* 1 if the line is one of the numbers. */
static int
parse_number(struct str key, struct str value, struct policy *out, unsigned *seen)
{
	uint64_t number;

	for (unsigned i = 0; i < POLICY_NUMBER_COUNT; i++) {
		if (!str_is(key, numbers[i].key))
			continue;
		if (*seen & 1u << (POLICY_COUNT + i))
			return err_set(ERR_USAGE, "'%s' is there twice", numbers[i].key);
		if (!str_u64(value, &number) || number > numbers[i].most)
			return err_set(
			    ERR_USAGE, "'%s' takes a number from 0 to %u", numbers[i].key, numbers[i].most);
		*seen |= 1u << (POLICY_COUNT + i);
		out->numbers[i] = (unsigned)number;
		return 1;
	}
	return 0;
}

static int
parse_line(struct str line, struct policy *out, unsigned *seen)
{
	struct str key, value = line;

	if (line.len == 0 || line.data[0] == '#')
		return 0;
	bool pair = str_next(&value, ' ', &key);
	int r = pair ? parse_number(key, value, out, seen) : 0;
	if (r != 0)
		return r < 0 ? r : 0;
	if (!pair || (!str_is(value, "yes") && !str_is(value, "no")))
		return err_set(ERR_USAGE, "'%.*s' is not KEY yes or KEY no", STR_ARG(line));
	for (unsigned i = 0; i < POLICY_COUNT; i++) {
		if (!str_is(key, keys[i].key))
			continue;
		if (*seen & 1u << i)
			return err_set(ERR_USAGE, "'%s' is there twice", keys[i].key);
		*seen |= 1u << i;
		out->allows[i] = str_is(value, "yes");
		return 0;
	}
	return err_set(ERR_USAGE, "there is no key '%.*s'", STR_ARG(key));
}

int
policy_parse(struct str text, struct policy *out)
{
	struct policy policy = *out;
	struct str line;
	unsigned seen = 0;

	if (text.len > POLICY_MAX)
		return err_set(ERR_USAGE, "policy: longer than %zu bytes", POLICY_MAX);
	if (!utf8_ok(text))
		return err_set(ERR_USAGE, "policy: not UTF-8");
	for (size_t number = 1; str_next(&text, '\n', &line); number++) {
		int r = parse_line(line, &policy, &seen);
		if (r < 0)
			return err_in(r, "policy: line %zu", number);
	}
	*out = policy;
	return 0;
}

int
policy_text(const struct policy *policy, struct buf *out)
{
	for (unsigned i = 0; i < POLICY_COUNT; i++) {
		int r = buf_printf(out, "%s %s\n", keys[i].key, policy->allows[i] ? "yes" : "no");
		if (r < 0)
			return r;
	}
	for (unsigned i = 0; i < POLICY_NUMBER_COUNT; i++) {
		int r = buf_printf(out, "%s %u\n", numbers[i].key, policy->numbers[i]);
		if (r < 0)
			return r;
	}
	return 0;
}
