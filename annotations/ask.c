#include "annotations/asking.h"

#include "base/mem.h"

#include <stdlib.h>

/* ---- a report's model: the reader is asked first what the index skipped ---- */

static int
take_skipped(void *ctx, struct str rows)
{
	struct asking *ask = ctx;
	struct dec dec = dec_of(rows);
	struct row row;
	int r = 0;

	while (r == 0 && dec_more(&dec) && row_decode(&dec, &row))
		r = skipped_add(&ask->skipped, &row);
	return r == 0 ? dec_end(&dec, "skipped files") : r;
}

static int
begin_report(struct keeper *keeper, struct job *job, struct asking *ask)
{
	struct order order = { .verb = VERB_SKIPPED };
	struct buf body = BUF(MESSAGE_BODY);

	int r = model_position(keeper->session->ledger, json_object_get(ask->words, "at"), &ask->at);
	if (r == 0)
		r = skipped_init(&ask->skipped);
	row_set(&order.args, F_RELEASE, json_str(ask->words, "release"));
	row_set_num(&order.args, F_FLAGS, ORDER_COUNTS);
	if (r == 0)
		r = order_encode(&body, &order);
	ask->reading.own = take_skipped;
	ask->reading.ctx = ask;
	ask->is_reading = true;
	if (r == 0)
		r = reading_begin(keeper, job, buf_view(&body), &ask->reading);
	buf_release(&body);
	return r;
}

static int
make_report(struct keeper *keeper, struct asking *ask)
{
	json_t *model;

	int r = model_build(
	    keeper->session->ledger, json_str(ask->words, "release"), ask->at, &ask->skipped, &model);
	if (r < 0)
		return r;
	ask->bytes.max = MODEL_MAX;
	r = json_write_canonical(&ask->bytes, model);
	json_decref(model);
	return r;
}

/* ---- questions ---- */

static const struct question questions[] = {
	{ .word = "releases", .begin = ask_releases },
	{ .word = "threads", .begin = ask_threads, .page = ask_threads_page },
	{ .word = "show", .begin = ask_show },
	{ .word = "log", .begin = ask_log, .page = ask_log_page },
	{ .word = "record", .begin = ask_record },
	{ .word = "reveals", .begin = ask_reveals, .page = ask_reveals_page },
	{ .word = "attachment", .begin = ask_attachment },
	{ .word = "checkpoint", .begin = ask_checkpoint },
	{ .word = "bundle", .roomless = true, .begin = ask_bundle },
	{ .word = "export", .begin = ask_export, .piece = ask_export_piece },
	{ .word = "prove", .begin = ask_prove },
	{ .word = "roster", .begin = ask_roster },
	{ .word = "roster-export", .begin = ask_roster_export },
	{ .word = "policy", .begin = ask_policy },
	{ .word = "status", .begin = ask_status },
	{ .word = "keys", .begin = ask_keys },
	{ .word = "verify", .run = ask_verify },
	{ .word = "report", .ask_reader = begin_report },
};

static int
find_question(struct asking *ask)
{
	struct str word = json_str(ask->words, "ask");

	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		if (str_is(word, questions[i].word)) {
			ask->question = &questions[i];
			return 0;
		}
	return err_set(ERR_USAGE, "ask: no question '%.*s'", STR_ARG(word));
}

int
asking_add(struct asking *ask, json_t *object)
{
	return json_array_append(ask->list, object) < 0 ? err_set(ERR_MEMORY, "no memory") : 0;
}

/* ---- the job ---- */

static int
begin(struct keeper *keeper, struct job *job, struct str body)
{
	struct asking *ask = mem_try_alloc(1, sizeof *ask);

	if (!ask)
		return err_set(ERR_MEMORY, "no memory");
	job->state = ask;
	ask->bytes = BUF(ANSWER_MAX);
	ask->list = json_array();
	int r = ask->list ? json_read(body, &ask->words) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = find_question(ask);
	if (r == 0 && !keeper->session->ledger && !ask->question->roomless)
		r = err_set(ERR_REFUSED, "there is no room to be asked about");
	if (r == 0 && ask->question->ask_reader)
		return ask->question->ask_reader(keeper, job, ask);
	if (r == 0 && ask->question->begin)
		r = ask->question->begin(keeper, ask);
	job->more = r == 0;
	return r;
}

static int
send_bytes(struct keeper *keeper, struct job *job, struct asking *ask)
{
	size_t left = ask->bytes.len - ask->sent, len = left < MESSAGE_BODY ? left : MESSAGE_BODY;
	struct str piece = { (const char *)ask->bytes.data + ask->sent, len };

	ask->sent += len;
	return keeper_send(keeper, MSG_DATA, job->order, piece);
}

static int
send_objects(struct keeper *keeper, struct job *job, struct asking *ask)
{
	int r = 0;

	while (r == 0 && ask->given < json_array_size(ask->list) && !keeper_full(&keeper->client))
		r = keeper_send_json(keeper, MSG_JSON, job->order, json_array_get(ask->list, ask->given++));
	return r;
}

static int
read_page(struct keeper *keeper, struct asking *ask)
{
	json_array_clear(ask->list);
	ask->given = 0;
	int r = ask->question->page(keeper, ask);
	ask->is_over = json_array_size(ask->list) == 0;
	return r;
}

static int
step(struct keeper *keeper, struct job *job)
{
	struct asking *ask = job->state;

	if (ask->question->run) {
		int r = ask->question->run(keeper, job, ask);
		return r == 0 ? job_done(keeper, job, NULL) : r;
	}
	if (ask->sent < ask->bytes.len)
		return send_bytes(keeper, job, ask);
	if (ask->given < json_array_size(ask->list))
		return send_objects(keeper, job, ask);
	if (ask->question->page && !ask->is_over)
		return read_page(keeper, ask);
	if (ask->question->piece && !ask->is_over) {
		buf_clear(&ask->bytes);
		ask->sent = 0;
		return ask->question->piece(keeper, job, ask);
	}
	return job_done(keeper, job, NULL);
}

static int
answer(struct keeper *keeper, struct job *job, const struct message *message)
{
	struct asking *ask = job->state;

	int r = reading_take(keeper, job, &ask->reading, message);
	if (r <= 0)
		return r;
	job->more = true;
	return make_report(keeper, ask);
}

static void
release(struct job *job)
{
	struct asking *ask = job->state;

	if (!ask)
		return;
	json_decref(ask->words);
	json_decref(ask->list);
	buf_release(&ask->bytes);
	skipped_release(&ask->skipped);
	export_free(ask->export);
	if (ask->is_reading)
		reading_release(&ask->reading);
	free(ask);
}

const struct job_class job_ask = { .begin = begin, .step = step, .answer = answer, .release = release };
