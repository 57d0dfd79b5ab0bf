/* A bundle that the client was given: what it holds, if nothing about it is off. */
#include "annotations/asking.h"

#include "annotations/bundle.h"

#define SLIPS_MAX 64

struct looking {
	struct asking *ask;
	json_t *objects; /* of the records */
};

static int
add_record(void *ctx, const struct entry *entry, struct str name, struct str role)
{
	struct looking *looking = ctx;
	char hash[HEX_LEN(SHA256_LEN)];

	hex_from(entry->hash, SHA256_LEN, hash);
	json_t *object = json_pack("{s:I,s:s,s:s,s:s,s:s%,s:s%}", "index", (json_int_t)entry->index, "hash",
	    hash, "type", record_type_word(entry->record.type), "time", entry->record.time, "actor",
	    name.data, name.len, "role", role.data, role.len);
	int r = object ? json_object_set(object, "payload", entry->record.payload) : -1;
	if (r < 0 || json_array_append(looking->objects, object) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	json_decref(object);
	return r;
}

static int
read_slips(const json_t *list, struct head out[static SLIPS_MAX], size_t *count)
{
	int r = 0;

	for (*count = 0; r == 0 && *count < json_array_size(list); (*count)++) {
		const json_t *item = json_array_get(list, *count);
		if (*count == SLIPS_MAX)
			return err_set(ERR_USAGE, "bundle check: more than %d slips", SLIPS_MAX);
		r = slip_read(
		    (struct str){ json_string_value(item), json_string_length(item) }, &out[*count]);
	}
	return r;
}

static int
add_summary(struct asking *ask, const struct bundle_summary *summary)
{
	const struct bundle_statement *s = &summary->statement;
	struct str signer = buf_view(&summary->signer);
	char room[HEX_LEN(RECORD_ROOM_LEN)], slip[SLIP_MAX];

	hex_from(s->checkpoint.room, RECORD_ROOM_LEN, room);
	slip_write(&s->checkpoint.head, slip);
	json_t *object = json_pack("{s:{s:s,s:I,s:I,s:I,s:I,s:s,s:s%,s:b}}", "summary", "room", room, "first",
	    (json_int_t)s->first, "last", (json_int_t)s->last, "records", (json_int_t)s->entries,
	    "attachments", (json_int_t)summary->attachments, "slip", slip, "signer", signer.data, signer.len,
	    "compared", summary->compared);
	int r = object ? asking_add(ask, object) : err_set(ERR_MEMORY, "no memory");
	json_decref(object);
	return r;
}

int
ask_bundle(struct keeper *keeper, struct asking *ask)
{
	struct session *session = keeper->session;
	struct looking looking = { ask, ask->list };
	struct str line = json_str(ask->words, "key");
	struct bundle_summary summary;
	struct head slips[SLIPS_MAX];
	struct public_key host;
	struct bundle_options options = {
		.ledger = session->ledger, .slips = slips, .record = add_record, .ctx = &looking
	};

	int r = read_slips(json_object_get(ask->words, "slips"), slips, &options.slip_count);
	if (r == 0 && line.len > 0) {
		options.host = &host;
		if (public_key_from_line(line, &host, NULL) < 0)
			r = err_set(ERR_USAGE, "the host's key: %s", err_text());
	}
	if (r == 0)
		r = bundle_check(buf_view(&session->file), &options, &summary);
	if (r < 0)
		return r;
	r = add_summary(ask, &summary);
	bundle_summary_release(&summary);
	return r;
}
