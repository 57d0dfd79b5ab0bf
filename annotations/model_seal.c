/* How the sessions were sealed in which everything was read and said: "seal" of the model. */
#include "annotations/model_parts.h"

#include "annotations/disk.h"
#include "annotations/seals.h"

#include <stdio.h>

#define LACKS ((size_t)64) /* ways in which sessions were not whole; the rest is counted as one */

struct sum {
	uint64_t sessions, whole, disks[DISK_KINDS], deaths;
	json_t *lacking;  /* {words: sessions} */
	json_t *selftest; /* the last one's payload, with its position; NULL: none */
};

static int
no_memory(void)
{
	return err_set(ERR_MEMORY, "report: no memory");
}

/* What a session's processes lacked, and whether the policy knew: "landlock (accepted)", "seccomp". */
static void
words_of(const json_t *payload, char out[static SEALS_WORDS])
{
	const json_t *accepted = json_object_get(payload, "accepted");
	json_t *seals = json_object_get(payload, "seal"), *seal;
	unsigned open = json_object_size(seals) ? 0 : SEAL_ALL;
	const char *process;
	size_t at = 0;

	json_object_foreach (seals, process, seal)
		open |= SEAL_ALL & ~(unsigned)json_num(seal, "refused");
	out[0] = 0;
	for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1) {
		bool known = false;
		for (size_t i = 0; i < json_array_size(accepted); i++)
			known |= str_is(
			    str_from(json_string_value(json_array_get(accepted, i))), seal_layer_name(layer));
		if (open & layer)
			at += (size_t)snprintf(out + at, SEALS_WORDS - at, "%s%s%s", at ? ", " : "",
			    seal_layer_name(layer), known ? " (accepted)" : "");
	}
}

static int
add_session(struct sum *sum, const json_t *payload)
{
	char words[SEALS_WORDS];
	struct str disk = json_str(payload, "disk");

	words_of(payload, words);
	sum->sessions++;
	for (unsigned i = 0; i < DISK_KINDS; i++)
		sum->disks[i] += str_is(disk, disk_word(i)) || (i == DISK_UNKNOWN && disk.len == 0);
	if (!words[0]) {
		sum->whole++;
		return 0;
	}
	bool full = json_object_size(sum->lacking) >= LACKS && !json_object_get(sum->lacking, words);
	const char *key = full ? "other" : words;
	return json_set_num(sum->lacking, key, json_num(sum->lacking, key) + 1);
}

static int
add_selftest(struct sum *sum, const json_t *payload, uint64_t index)
{
	static const char *const keys[] = { "attempts", "denied", "not_possible", "worked", "layers" };
	json_t *test = json_object();

	int r = test ? json_set_num(test, "index", index) : no_memory();
	for (size_t i = 0; i < sizeof keys / sizeof *keys && r == 0; i++) {
		json_t *value = json_object_get(payload, keys[i]);
		if (value && json_object_set(test, keys[i], value) < 0)
			r = no_memory();
	}
	json_decref(sum->selftest);
	sum->selftest = test;
	return r;
}

static int
add_record(struct sum *sum, struct ledger *ledger, uint64_t index)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry;

	int r = ledger_get(ledger, index, &leaf, &entry);
	if (r == 0) {
		const json_t *payload = entry.record.payload;
		if (entry.record.type == RECORD_SESSION)
			r = add_session(sum, payload);
		else if (entry.record.type == RECORD_SELFTEST)
			r = add_selftest(sum, payload, index);
		else
			sum->deaths += str_is(json_str(payload, "what"), "died");
		record_release(&entry.record);
	}
	buf_release(&leaf);
	return r;
}

static int
sum_up(struct sum *sum, struct ledger *ledger, uint64_t at)
{
	struct query *q = NULL;
	int next;

	int r = db_query(ledger_db(ledger),
	    "SELECT idx FROM log WHERE type IN ('session', 'selftest', 'note') AND idx <= ?1 ORDER BY idx",
	    &q, "n", at);
	while (r == 0 && (next = query_next(q)) != 0)
		r = next < 0 ? next : add_record(sum, ledger, query_num(q, 0));
	query_end(q);
	return r;
}

/* [{lacks, sessions}], by the words. */
static int
list_lacking(const struct sum *sum, json_t *out)
{
	const char *words;
	json_t *count;
	int r = 0;

	json_object_foreach (sum->lacking, words, count) {
		size_t at = 0;
		while (at < json_array_size(out) &&
		    str_cmp(json_str(json_array_get(out, at), "lacks"), str_from(words)) < 0)
			at++;
		json_t *row = json_pack("{s:s,s:O}", "lacks", words, "sessions", count);
		if (!row || json_array_insert_new(out, at, row) < 0)
			return no_memory();
	}
	return r;
}

int
model_seal(struct ledger *ledger, uint64_t at, json_t *model)
{
	struct sum sum = { .lacking = json_object() };
	json_t *seal = NULL;

	int r = sum.lacking ? sum_up(&sum, ledger, at) : no_memory();
	if (r == 0) {
		seal = json_pack("{s:I,s:I,s:I,s:[],s:{s:I,s:I,s:I}}", "sessions", (json_int_t)sum.sessions,
		    "whole", (json_int_t)sum.whole, "deaths", (json_int_t)sum.deaths, "lacking", "disk",
		    disk_word(DISK_UNKNOWN), (json_int_t)sum.disks[DISK_UNKNOWN], disk_word(DISK_PLAIN),
		    (json_int_t)sum.disks[DISK_PLAIN], disk_word(DISK_ENCRYPTED),
		    (json_int_t)sum.disks[DISK_ENCRYPTED]);
		r = seal ? list_lacking(&sum, json_object_get(seal, "lacking")) : no_memory();
	}
	if (r == 0 && sum.selftest && json_object_set(seal, "selftest", sum.selftest) < 0)
		r = no_memory();
	if (r == 0 && json_object_set(model, "seal", seal) < 0)
		r = no_memory();
	json_decref(seal);
	json_decref(sum.lacking);
	json_decref(sum.selftest);
	return r;
}
