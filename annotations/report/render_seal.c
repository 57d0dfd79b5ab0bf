#include "annotations/report/render.h"

#include <stdio.h>

#define SENTENCE 200

static unsigned long long
number(const json_t *object, const char *key)
{
	return json_num(object, key);
}

static void
say_whole(struct render *r, const json_t *seal, render_put *put)
{
	const json_t *lacking = json_object_get(seal, "lacking");
	char text[SENTENCE];

	if (number(seal, "whole") == number(seal, "sessions"))
		snprintf(text, sizeof text,
		    "Every layer of the seal held in every process of all %llu sessions.",
		    number(seal, "sessions"));
	else
		snprintf(text, sizeof text,
		    "Every layer of the seal held in every process of %llu of %llu sessions.",
		    number(seal, "whole"), number(seal, "sessions"));
	put(r, str_from(text));
	for (size_t i = 0; i < json_array_size(lacking); i++) {
		const json_t *row = json_array_get(lacking, i);
		snprintf(text, sizeof text, "Sessions without %.100s: %llu.",
		    json_string_value(json_object_get(row, "lacks")), number(row, "sessions"));
		put(r, str_from(text));
	}
}

static void
say_disk(struct render *r, const json_t *seal, render_put *put)
{
	static const struct {
		const char *key, *words;
	} disks[] = { { "encrypted", "lay on an encrypted disk" },
		{ "plain", "lay on a disk that is not encrypted" },
		{ "unknown", "lay on what is not known to be encrypted" } };
	const json_t *disk = json_object_get(seal, "disk");
	char text[SENTENCE];

	for (size_t i = 0; i < sizeof disks / sizeof *disks; i++) {
		if (number(disk, disks[i].key) == 0)
			continue;
		snprintf(text, sizeof text, "The room %s: in %llu sessions.", disks[i].words,
		    number(disk, disks[i].key));
		put(r, str_from(text));
	}
}

static void
say_selftest(struct render *r, const json_t *seal, render_put *put)
{
	const json_t *test = json_object_get(seal, "selftest");
	const char *layers = json_string_value(json_object_get(test, "layers"));
	char text[SENTENCE];

	if (!test) {
		put(r, STR("No selftest is recorded."));
		return;
	}
	snprintf(text, sizeof text,
	    "The last selftest, record %llu, tried %llu ways out%s%.40s: %llu denied, %llu not possible "
	    "there, %llu worked.",
	    number(test, "index"), number(test, "attempts"), layers ? " under " : "", layers ? layers : "",
	    number(test, "denied"), number(test, "not_possible"), number(test, "worked"));
	put(r, str_from(text));
}

void
render_seal(struct render *r, const json_t *model, render_put *put)
{
	const json_t *seal = json_object_get(model, "seal");
	char text[SENTENCE];

	say_whole(r, seal, put);
	say_disk(r, seal, put);
	say_selftest(r, seal, put);
	if (number(seal, "deaths") == 0)
		return;
	snprintf(
	    text, sizeof text, "Processes that died, as the ledger notes: %llu.", number(seal, "deaths"));
	put(r, str_from(text));
}
