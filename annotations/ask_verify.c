#include "annotations/asking.h"

#include "annotations/verify.h"

#define GIVEN_MAX 64 /* slips and checkpoints in one call */

struct verifying {
	struct keeper *keeper;
	struct job *job;
};

static int
tell_progress(void *ctx, uint64_t done, uint64_t total)
{
	struct verifying *v = ctx;
	struct progress progress = { done, total, STR("records"), STR("verifying") };
	struct buf body = BUF(MESSAGE_BODY);

	int r = keeper_pump(v->keeper, v->job);
	if (r == 0 && !keeper_full(&v->keeper->client)) {
		r = progress_encode(&body, &progress);
		if (r == 0)
			r = keeper_send(v->keeper, MSG_PROGRESS, v->job->order, buf_view(&body));
	}
	buf_release(&body);
	return r;
}

static int
tell_check(void *ctx, enum verify_check check, bool ok, const char *detail)
{
	struct verifying *v = ctx;
	json_t *object = json_pack("{s:s,s:b}", "check", verify_check_name(check), "ok", ok);

	int r = object ? json_set_foreign(object, "detail", str_from(detail ? detail : ""))
		       : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = keeper_send_json(v->keeper, MSG_JSON, v->job->order, object);
	json_decref(object);
	return r;
}

static int
tell_summary(struct verifying *v, const struct verify_summary *summary)
{
	bool ok = summary->failures == 0;
	char root[HEX_LEN(SHA256_LEN)];

	hex_from(summary->head.root, sizeof summary->head.root, root);
	json_t *object = json_pack("{s:b,s:{s:I,s:I,s:b,s:s}}", "ok", ok, "summary", "records",
	    (json_int_t)summary->records, "checkpoints", (json_int_t)summary->checkpoints, "ok", ok, "root",
	    root);
	int r = object ? keeper_send_json(v->keeper, MSG_JSON, v->job->order, object)
		       : err_set(ERR_MEMORY, "no memory");
	json_decref(object);
	if (r < 0 || ok)
		return r;
	if (summary->damaged)
		return err_set(ERR_FORMAT, "the ledger is damaged: %llu checks do not hold",
		    (unsigned long long)summary->failures);
	return err_set(ERR_ABSENT, "the ledger does not verify: %llu checks do not hold",
	    (unsigned long long)summary->failures);
}

/* "slips" and "checkpoints" of the question. */
static int
read_given(const json_t *words, struct verify_given given[static GIVEN_MAX], size_t *count)
{
	static const char *const keys[] = { "slips", "checkpoints" };
	int r = 0;

	*count = 0;
	for (size_t k = 0; k < 2; k++) {
		const json_t *list = json_object_get(words, keys[k]);
		for (size_t i = 0; i < json_array_size(list) && r == 0; i++) {
			const json_t *item = json_array_get(list, i);
			struct str text = { json_string_value(item), json_string_length(item) };
			if (*count == GIVEN_MAX)
				return err_set(
				    ERR_USAGE, "verify: more than %d slips and checkpoints", GIVEN_MAX);
			struct verify_given *next = &given[(*count)++];
			*next = (struct verify_given){ .is_note = k == 1 };
			r = next->is_note ? checkpoint_read(text, &next->checkpoint)
					  : slip_read(text, &next->checkpoint.head);
		}
	}
	return r;
}

int
ask_verify(struct keeper *keeper, struct job *job, struct asking *ask)
{
	struct verifying v = { keeper, job };
	struct str line = json_str(ask->words, "key");
	struct verify_summary summary = { 0 };
	struct public_key host;
	struct pool *pool = NULL;
	struct verify_given given[GIVEN_MAX];
	struct str file = json_str(ask->words, "file");
	uint8_t digest[SHA256_LEN];
	size_t given_count;

	int r = read_given(ask->words, given, &given_count);
	if (r == 0 && file.len > 0 && !hex_to(file, digest, sizeof digest))
		r = err_set(ERR_USAGE, "verify: the file's SHA-256 is 64 digits in hexadecimal");
	if (r == 0 && line.len > 0) {
		r = public_key_from_line(line, &host, NULL);
		if (r < 0)
			return err_set(ERR_USAGE, "the host's key: %s", err_text());
	}
	if (r < 0)
		return r;
	r = pool_new(keeper->session->processors, &pool);
	if (r < 0)
		return r;
	struct verify_options options = {
		.hooks = &projection_hooks,
		.host = line.len > 0 ? &host : NULL,
		.given = given,
		.given_count = given_count,
		.file = file.len > 0 ? digest : NULL,
		.pool = pool,
		.progress = tell_progress,
		.result = tell_check,
		.ctx = &v,
	};
	r = verify_run(keeper->session->ledger, &options, &summary);
	pool_free(pool);
	return r == 0 ? tell_summary(&v, &summary) : r;
}
