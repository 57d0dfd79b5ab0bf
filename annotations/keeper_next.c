#include "annotations/job.h"

#include <stdio.h>

/* Signals of ours that need a word; the number says the rest. */
static const char *
death_words(const struct death *death, const char *call, char out[static 128])
{
	if (*call)
		snprintf(out, 128, "it made the system call %s, which it may not, and was killed", call);
	else if (death->signal)
		snprintf(out, 128, "it was killed");
	else
		snprintf(out, 128, "it ended");
	return out;
}

int
keeper_note_death(struct keeper *keeper, const struct death *death)
{
	char name[SEAL_CALL_NAME], why[128], process[SEALS_NAME];
	const char *call = seal_call_name(death->call, name);
	struct appended appended;

	if (!keeper->session->is_open)
		return 0;
	snprintf(process, sizeof process, "%.*s",
	    death->process.len < SEALS_NAME ? (int)death->process.len : 0, death->process.data);
	json_t *note = json_pack("{s:s,s:s,s:s,s:I,s:s*}", "what", "died", "why",
	    death_words(death, call, why), "process", *process ? process : "unknown", "signal",
	    (json_int_t)death->signal, "syscall", *call ? call : NULL);
	int r = note ? session_append(keeper->session, RECORD_NOTE, note, &appended)
		     : err_set(ERR_MEMORY, "no memory");
	json_decref(note);
	return r;
}

/* The client hears, the record is made, and what was under way fails. */
static int
mourn_reader(struct keeper *keeper, const struct death *death)
{
	char text[192], name[SEAL_CALL_NAME];
	const char *call = seal_call_name(death->call, name);

	if (*call)
		snprintf(text, sizeof text,
		    "the reader died (signal %llu: it called %s, which it may not) and was restarted; ask "
		    "again",
		    (unsigned long long)death->signal, call);
	else if (death->signal)
		snprintf(text, sizeof text, "the reader died (signal %llu) and was restarted; ask again",
		    (unsigned long long)death->signal);
	else
		snprintf(text, sizeof text, "the reader died (%.*s) and was restarted; ask again",
		    death->why.len > 64 ? 64 : (int)death->why.len, death->why.data);
	json_t *event = json_pack("{s:s,s:s}", "event", "died", "why", text);
	int r = event ? keeper_note_death(keeper, death) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = keeper_send_json(keeper, MSG_EVENT, 0, event);
	json_decref(event);
	for (size_t i = 0; i < MESSAGE_ORDERS && r == 0; i++) {
		struct job *job = &keeper->jobs[i];
		if (!job->class || !job->down)
			continue;
		job->down = false;
		r = job_result(keeper, job,
		    job->cancelled ? err_set(ERR_CANCELLED, "cancelled") : err_set(ERR_SYSTEM, "%s", text));
	}
	return r == 0 ? keeper_send_releases(keeper) : r;
}

/* A reader comes again; of another program it was the last word. */
static int
take_died(struct keeper *keeper, struct str body)
{
	struct death death;

	int r = death_decode(body, &death);
	if (r < 0)
		return r;
	return str_is(death.process, seal_profile_name(SEAL_READER)) ? mourn_reader(keeper, &death)
								     : keeper_note_death(keeper, &death);
}

/* READY and FAIL of order 0 are the indexer's first words: its job is the only one that can hear them. */
static int
take_first_word(struct keeper *keeper, const struct message *message)
{
	if (message->kind == MSG_READY)
		keeper->is_ready = true;
	for (size_t i = 0; i < MESSAGE_ORDERS; i++) {
		struct job *job = &keeper->jobs[i];
		if (job->class == &job_work && !job->ended)
			return job_result(keeper, job, job->class->answer(keeper, job, message));
	}
	if (message->kind == MSG_READY)
		return 0;
	int code = message_failed(message->body);
	return keeper_fail(keeper, 0, code);
}

/* ---- seals ---- */

#define SEALS_MS 60000

static int
take_seal(struct keeper *keeper, struct str body, bool *last)
{
	struct session *session = keeper->session;
	struct sealed sealed;

	int r = sealed_decode(body, &sealed);
	if (r == 0)
		r = seals_add(&session->seals, sealed.process, &sealed.verdict);
	*last = r == 0 && !str_is(sealed.process, seal_profile_name(SEAL_SUPERVISOR));
	return r;
}

int
keeper_await_seals(struct keeper *keeper)
{
	struct message message;
	bool last = false;

	while (!last) {
		int r = wire_wait(&keeper->next, SEALS_MS);
		if (r == ERR_ABSENT)
			return err_set(ERR_SYSTEM, "the next program does not say how it is sealed");
		if (r == 0)
			r = wire_read(&keeper->next, &message);
		if (r == 0 && keeper->next.closed)
			return err_set(ERR_SYSTEM, "the next program is gone");
		if (r > 0 && message.kind == MSG_FAIL)
			r = message_failed(message.body);
		else if (r > 0 && message.kind == MSG_SEALED)
			r = take_seal(keeper, message.body, &last);
		else if (r > 0 && message.kind != MSG_DIED)
			r = err_set(
			    ERR_FORMAT, "a message of kind %d comes before a seal", (int)message.kind);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Of a reader that was started anew: what was good enough once must still hold. */
static int
take_new_seal(struct keeper *keeper, struct str body)
{
	struct session *session = keeper->session;
	bool last;

	int r = take_seal(keeper, body, &last);
	return r == 0 ? seals_judge(&session->seals, policy_accepted(&session->policy)) : r;
}

static int
take_answer(struct keeper *keeper, const struct message *message)
{
	struct job *job = job_find(keeper, message->order);
	bool ends = message->kind == MSG_DONE || message->kind == MSG_FAIL;

	if (message->kind == MSG_DIED)
		return take_died(keeper, message->body);
	if (message->kind == MSG_SEALED)
		return take_new_seal(keeper, message->body);
	if (message->order == 0)
		return take_first_word(keeper, message);
	if (!job || !job->down)
		return 0; /* the rest of an order that has failed here */
	if (ends)
		job->down = false;
	if (job->ended)
		return job_result(keeper, job, 0);
	return job_result(keeper, job, job->class->answer(keeper, job, message));
}

/* A peer that breaks the rules is as good as gone. */
static int
lose_next(struct keeper *keeper)
{
	int r = 0;

	keeper->next.closed = true;
	for (size_t i = 0; i < MESSAGE_ORDERS && r == 0; i++) {
		struct job *job = &keeper->jobs[i];
		if (!job->class || (!job->down && job->class != &job_work))
			continue;
		job->down = false;
		r = job_result(keeper, job, err_set(ERR_SYSTEM, "the other program is gone"));
	}
	return r;
}

int
keeper_read_next(struct keeper *keeper)
{
	struct message message;

	while (!keeper_full(&keeper->client)) {
		int r = wire_read(&keeper->next, &message);
		if (r > 0)
			r = take_answer(keeper, &message);
		else if (r == 0 && !keeper->next.closed)
			return 0;
		else
			return lose_next(keeper);
		if (r < 0)
			return r;
	}
	return 0;
}
