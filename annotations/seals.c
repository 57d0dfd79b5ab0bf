#include "annotations/seals.h"

#include <stdio.h>

int
seals_add(struct seals *seals, struct str process, const struct seal_verdict *verdict)
{
	size_t i = 0;

	while (i < seals->count && !str_is(process, seals->list[i].process))
		i++;
	if (i == SEALS_MAX || process.len == 0 || process.len >= SEALS_NAME)
		return err_set(ERR_FORMAT, "seal: no such process");
	memcpy(seals->list[i].process, process.data, process.len);
	seals->list[i].verdict = *verdict;
	seals->count += i == seals->count;
	return 0;
}

static unsigned
layer_bits(const json_t *names)
{
	unsigned bits = 0;

	for (size_t i = 0; i < json_array_size(names); i++)
		for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1)
			if (str_is(str_from(json_string_value(json_array_get(names, i))),
				seal_layer_name(layer)))
				bits |= layer;
	return bits;
}

static int
add_said(struct seals *seals, const char *process, const json_t *said)
{
	if (!json_is_object(said))
		return 0;
	uint64_t abi = json_num(said, "landlock");
	struct seal_verdict verdict = {
		.applied = layer_bits(json_object_get(said, "applied")),
		.refused = layer_bits(json_object_get(said, "refused")),
		.landlock_abi = abi < 1000 ? (int)abi : 0,
	};
	verdict.missing = SEAL_ALL & ~verdict.applied;
	return seals_add(seals, str_from(process), &verdict);
}

int
seals_add_client(struct seals *seals, const json_t *open)
{
	int r = add_said(seals, "client", json_object_get(open, "seal"));
	return r == 0 ? add_said(seals, "guard", json_object_get(open, "guard")) : r;
}

int
seals_judge(const struct seals *seals, unsigned accepted)
{
	int r = 0;

	for (size_t i = 0; i < seals->count && r == 0; i++)
		r = seal_judge(&seals->list[i].verdict, accepted, seals->list[i].process);
	return r;
}

int
seals_json(const struct seals *seals, json_t **out)
{
	json_t *object = json_object();
	bool made = object != NULL;

	for (size_t i = 0; i < seals->count && made; i++) {
		const struct seal_verdict *v = &seals->list[i].verdict;
		made = json_object_set_new(object, seals->list[i].process,
			   json_pack("{s:i,s:i,s:i}", "applied", (int)v->applied, "refused", (int)v->refused,
			       "landlock", v->landlock_abi)) == 0;
	}
	if (!made) {
		json_decref(object);
		return err_set(ERR_MEMORY, "no memory");
	}
	*out = object;
	return 0;
}

const char *
seals_words(const struct seals *seals, char out[static SEALS_WORDS])
{
	unsigned missing = 0, open = seals->count ? 0 : SEAL_ALL;

	for (size_t i = 0; i < seals->count; i++) {
		const struct seal_verdict *v = &seals->list[i].verdict;
		missing |= v->missing;
		open |= SEAL_ALL & ~v->refused & ~v->missing;
	}
	unsigned named = open ? open : missing;
	size_t at = (size_t)snprintf(out, SEALS_WORDS, "%s",
	    open          ? "NOT CLOSED:"
		: missing ? "without"
			  : "whole");
	for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1)
		if (named & layer)
			at += (size_t)snprintf(out + at, SEALS_WORDS - at, " %s", seal_layer_name(layer));
	return out;
}

int
seals_accepted(const struct seals *seals, unsigned accepted, json_t **out)
{
	unsigned missing = 0;
	json_t *list = NULL;

	for (size_t i = 0; i < seals->count; i++)
		missing |= seals->list[i].verdict.missing;
	for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1) {
		if (!(missing & accepted & layer))
			continue;
		if (!list)
			list = json_array();
		if (!list || json_array_append_new(list, json_string(seal_layer_name(layer))) < 0) {
			json_decref(list);
			return err_set(ERR_MEMORY, "no memory");
		}
	}
	*out = list;
	return 0;
}
