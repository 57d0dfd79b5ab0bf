#include "annotations/keeper.h"

#include "annotations/clock.h"
#include "annotations/issue.h"
#include "annotations/job.h"

#include <errno.h>
#include <poll.h>

/* ---- a keeper ---- */

int
keeper_init(struct keeper *keeper, int client, int next, struct session *session)
{
	*keeper = (struct keeper){
		.session = session, .packet = BUF(MESSAGE_MAX), .has_next = next >= 0, .next.fd = -1
	};
	int r = wire_init(&keeper->client, client);
	return r == 0 && next >= 0 ? wire_init(&keeper->next, next) : r;
}

static void
job_free(struct job *job)
{
	if (job->class && job->class->release)
		job->class->release(job);
	*job = (struct job){ 0 };
}

void
keeper_release(struct keeper *keeper)
{
	for (size_t i = 0; i < MESSAGE_ORDERS; i++)
		job_free(&keeper->jobs[i]);
	for (size_t i = 0; i < keeper->waiting; i++)
		buf_release(&keeper->backlog[i].body);
	wire_release(&keeper->client);
	if (keeper->has_next)
		wire_release(&keeper->next);
	buf_release(&keeper->packet);
}

bool
keeper_full(const struct wire *wire)
{
	return wire->out.len - wire->sent > KEEPER_QUEUE;
}

/* ---- sending ---- */

static int
send_on(struct keeper *keeper, struct wire *wire, enum message_kind kind, uint64_t order, struct str body)
{
	int r = message_begin(&keeper->packet, kind, order);
	if (r == 0)
		r = buf_str(&keeper->packet, body);
	return r == 0 ? wire_send(wire, &keeper->packet) : r;
}

int
keeper_send(struct keeper *keeper, enum message_kind kind, uint64_t order, struct str body)
{
	return send_on(keeper, &keeper->client, kind, order, body);
}

int
keeper_send_next(struct keeper *keeper, enum message_kind kind, uint64_t order, struct str body)
{
	if (!keeper->has_next)
		return err_set(ERR_REFUSED, "there is no reader here");
	if (keeper->next.closed)
		return err_set(ERR_SYSTEM, "the other program is gone");
	return send_on(keeper, &keeper->next, kind, order, body);
}

int
keeper_send_json(struct keeper *keeper, enum message_kind kind, uint64_t order, const json_t *body)
{
	struct buf text = BUF(MESSAGE_BODY);

	int r = body ? json_write_canonical(&text, body) : 0;
	if (r == 0)
		r = keeper_send(keeper, kind, order, buf_view(&text));
	buf_release(&text);
	return r;
}

int
job_done(struct keeper *keeper, struct job *job, const json_t *answer)
{
	job->ended = true;
	job->more = false;
	return keeper_send_json(keeper, MSG_DONE, job->order, answer);
}

int
keeper_fail(struct keeper *keeper, uint64_t order, int code)
{
	int r = message_fail(&keeper->packet, order, (enum err)code, err_text());
	return r == 0 ? wire_send(&keeper->client, &keeper->packet) : r;
}

int
job_result(struct keeper *keeper, struct job *job, int result)
{
	int r = 0;

	if (result < 0 && !job->ended) {
		job->ended = true;
		job->more = false;
		r = keeper_fail(keeper, job->order, result);
		if (r == 0 && job->down && !job->cancelled)
			r = keeper_send_next(keeper, MSG_CANCEL, job->order, STR(""));
		if (r < 0 && job->down)
			job->down = false;
	}
	if (job->ended && !job->down)
		job_free(job);
	return r;
}

/* ---- orders ---- */

struct job *
job_find(struct keeper *keeper, uint64_t order)
{
	for (size_t i = 0; i < MESSAGE_ORDERS; i++)
		if (keeper->jobs[i].class && keeper->jobs[i].order == order)
			return &keeper->jobs[i];
	return NULL;
}

static const struct job_class *
class_of(enum message_kind kind)
{
	switch (kind) {
	case MSG_READ:
		return &job_read;
	case MSG_ASK:
		return &job_ask;
	case MSG_SAY:
		return &job_say;
	case MSG_WORK:
		return &job_work;
	case MSG_UNLOCK:
		return &job_unlock;
	case MSG_NOTE:
		return &job_note;
	default:
		return NULL;
	}
}

/* A free place for an order of this class, if one may begin now. */
static struct job *
place_for(struct keeper *keeper, const struct job_class *class)
{
	struct job *place = NULL;

	for (size_t i = 0; i < MESSAGE_ORDERS; i++) {
		struct job *job = &keeper->jobs[i];
		if (!job->class)
			place = job;
		else if (class->alone && job->class->alone)
			return NULL;
	}
	return place;
}

static int
begin(struct keeper *keeper, struct job *job, const struct job_class *class, uint64_t order, struct str body)
{
	*job = (struct job){ .class = class, .order = order };
	return job_result(keeper, job, class->begin(keeper, job, body));
}

static bool
is_waiting(const struct keeper *keeper, uint64_t order)
{
	for (size_t i = 0; i < keeper->waiting; i++)
		if (keeper->backlog[i].order == order)
			return true;
	return false;
}

static int
put_aside(struct keeper *keeper, const struct message *message)
{
	struct waiting *place = &keeper->backlog[keeper->waiting];

	*place = (struct waiting){ .kind = message->kind, .order = message->order, .body = BUF(MESSAGE_MAX) };
	int r = buf_str(&place->body, message->body);
	if (r == 0)
		keeper->waiting++;
	else
		buf_release(&place->body);
	return r;
}

static void
take_out(struct keeper *keeper, size_t i, struct waiting *out)
{
	*out = keeper->backlog[i];
	memmove(&keeper->backlog[i], &keeper->backlog[i + 1],
	    (keeper->waiting - i - 1) * sizeof *keeper->backlog);
	keeper->waiting--;
}

/* What belongs to an order: at once if the order is under way, behind it if it waits, dropped if it has ended. */
static int
give(struct keeper *keeper, const struct message *message)
{
	struct job *job = job_find(keeper, message->order);

	if (is_waiting(keeper, message->order))
		return put_aside(keeper, message);
	if (!job || job->ended || !job->class->take)
		return 0;
	return job_result(keeper, job, job->class->take(keeper, job, message));
}

static int
cancel(struct keeper *keeper, uint64_t order)
{
	struct job *job = job_find(keeper, order);
	struct waiting waiting;
	bool waited = false;

	for (size_t i = keeper->waiting; i-- > 0;)
		if (keeper->backlog[i].order == order) {
			take_out(keeper, i, &waiting);
			buf_release(&waiting.body);
			waited = true;
		}
	err_set(ERR_CANCELLED, "cancelled");
	if (waited && !job)
		return keeper_fail(keeper, order, ERR_CANCELLED);
	if (!job || job->ended || job->cancelled)
		return 0;
	if (!job->down)
		return job_result(keeper, job, ERR_CANCELLED);
	/* the next program ends it, with whatever it had in hand */
	job->cancelled = true;
	return keeper_send_next(keeper, MSG_CANCEL, order, STR(""));
}

static int
close_session(struct keeper *keeper, uint64_t order)
{
	for (size_t i = 0; i < MESSAGE_ORDERS; i++)
		if (keeper->jobs[i].class && !keeper->jobs[i].ended) {
			int r = cancel(keeper, keeper->jobs[i].order);
			if (r < 0)
				return r;
		}
	keeper->over = true;
	bool was_open = keeper->session->is_open;
	json_t *slip = NULL;
	int r = session_close(keeper->session, NULL);
	if (r == 0 && was_open)
		r = issue_slip(keeper->session, &slip);
	r = r < 0 ? keeper_fail(keeper, order, r) : keeper_send_json(keeper, MSG_DONE, order, slip);
	json_decref(slip);
	return r;
}

static int
take_death(struct keeper *keeper, struct str body)
{
	struct death death;

	int r = death_decode(body, &death);
	return r == 0 ? keeper_note_death(keeper, &death) : r;
}

static int
take_message(struct keeper *keeper, const struct message *message)
{
	const struct job_class *class = class_of(message->kind);

	switch (message->kind) {
	case MSG_CANCEL:
		return cancel(keeper, message->order);
	case MSG_CLOSE:
		return close_session(keeper, message->order);
	case MSG_DATA:
	case MSG_SIGN:
	case MSG_PASS:
		return give(keeper, message);
	case MSG_DIED: /* the client's last word */
		return take_death(keeper, message->body);
	default:
		break;
	}
	if (!class || message->order == 0)
		return err_set(ERR_FORMAT, "a message of kind %d is not for the keeper", (int)message->kind);
	if (job_find(keeper, message->order) || is_waiting(keeper, message->order))
		return err_set(
		    ERR_FORMAT, "there is an order %llu already", (unsigned long long)message->order);
	return put_aside(keeper, message);
}

/* Begins what may begin: orders that must wait for their like are overtaken by others. */
static int
begin_waiting(struct keeper *keeper)
{
	int r = 0;

	for (size_t i = 0; i < keeper->waiting && r == 0 && !keeper_full(&keeper->client);) {
		const struct job_class *class = class_of(keeper->backlog[i].kind);
		struct job *place = class ? place_for(keeper, class) : NULL;
		bool follows = !class && job_find(keeper, keeper->backlog[i].order);
		if (!place && !follows) {
			i++;
			continue;
		}
		struct waiting waiting;
		take_out(keeper, i, &waiting);
		struct message message = { waiting.kind, waiting.order, buf_view(&waiting.body) };
		struct job *job = job_find(keeper, waiting.order);
		if (class)
			r = begin(keeper, place, class, waiting.order, message.body);
		else if (job && !job->ended && job->class->take)
			r = job_result(keeper, job, job->class->take(keeper, job, &message));
		buf_release(&waiting.body);
	}
	return r;
}

/* DATA and the like whose order failed when it began have nobody to go to. */
static void
drop_orphans(struct keeper *keeper)
{
	for (size_t i = keeper->waiting; i-- > 0;) {
		bool has_order = job_find(keeper, keeper->backlog[i].order) != NULL;
		for (size_t k = 0; k < i && !has_order; k++)
			has_order = keeper->backlog[k].order == keeper->backlog[i].order;
		if (class_of(keeper->backlog[i].kind) || has_order)
			continue;
		struct waiting waiting;
		take_out(keeper, i, &waiting);
		buf_release(&waiting.body);
	}
}

/* ---- the loop ---- */

static int
read_client(struct keeper *keeper)
{
	struct message message;

	while (keeper->waiting < KEEPER_BACKLOG && !keeper->over) {
		int r = wire_read(&keeper->client, &message);
		if (r <= 0)
			return r;
		r = take_message(keeper, &message);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool
hears_client(const struct keeper *keeper)
{
	return keeper->waiting < KEEPER_BACKLOG && !(keeper->has_next && keeper_full(&keeper->next));
}

static bool
hears_next(const struct keeper *keeper)
{
	return keeper->has_next && !keeper->next.closed && !keeper_full(&keeper->client);
}

static short
events_of(const struct wire *wire, bool heard)
{
	return (short)((heard ? POLLIN : 0) | (wire_waiting(wire) ? POLLOUT : 0));
}

/* One poll, and all that it brings. */
static int
turn(struct keeper *keeper, int wait)
{
	bool next = keeper->has_next && !keeper->next.closed;
	struct pollfd fds[2] = {
		{ .fd = keeper->client.fd, .events = events_of(&keeper->client, hears_client(keeper)) },
		{ .fd = keeper->next.fd, .events = events_of(&keeper->next, hears_next(keeper)) },
	};

	/* poll tells of an end unasked: of the next program's it is soon enough when its words are wanted */
	if (!next || fds[1].events == 0)
		fds[1].fd = -1;

	if (poll(fds, 2, wait) < 0)
		return errno == EINTR ? 0 : err_sys("poll");
	int r = wire_flush(&keeper->client);
	if (r == 0 && next)
		r = wire_flush(&keeper->next);
	if (fds[0].revents & (POLLHUP | POLLERR) && !hears_client(keeper))
		keeper->client.closed = true;
	if (r == 0 && fds[0].revents & (POLLIN | POLLHUP | POLLERR))
		r = read_client(keeper);
	if (r == 0 && fds[1].revents & (POLLIN | POLLHUP | POLLERR))
		r = keeper_read_next(keeper);
	return r;
}

static int
step_jobs(struct keeper *keeper, bool *busy)
{
	int r = 0;

	*busy = false;
	for (size_t i = 0; i < MESSAGE_ORDERS && r == 0; i++) {
		struct job *job = &keeper->jobs[i];
		if (!job->class || !job->more || keeper_full(&keeper->client))
			continue;
		r = job_result(keeper, job, job->class->step(keeper, job));
		*busy |= job->more;
	}
	return r;
}

int
keeper_pump(struct keeper *keeper, struct job *job)
{
	struct message message;

	int r = wire_flush(&keeper->client);
	while (r == 0 && keeper->waiting < KEEPER_BACKLOG && (r = wire_read(&keeper->client, &message)) > 0) {
		if (message.kind == MSG_CANCEL && message.order == job->order)
			return err_set(ERR_CANCELLED, "cancelled");
		/* CLOSE has no class: it is taken up when the work is done */
		r = put_aside(keeper, &message);
	}
	if (r == 0 && keeper->client.closed)
		return err_set(ERR_CANCELLED, "the client is gone");
	return r;
}

/* What was put aside by keeper_pump and is no order. */
static int
take_put_aside(struct keeper *keeper)
{
	int r = 0;

	for (size_t i = 0; i < keeper->waiting && r == 0;) {
		enum message_kind kind = keeper->backlog[i].kind;
		if (kind != MSG_CANCEL && kind != MSG_CLOSE) {
			i++;
			continue;
		}
		struct waiting waiting;
		take_out(keeper, i, &waiting);
		r = kind == MSG_CANCEL ? cancel(keeper, waiting.order) : close_session(keeper, waiting.order);
		buf_release(&waiting.body);
		i = 0;
	}
	return r;
}

/* The client broke off: what it was shown is still put down. */
static int
end(struct keeper *keeper, int result)
{
	char why[ERR_TEXT_MAX];

	snprintf(why, sizeof why, "%s", err_text());
	if (result < 0)
		(void)!keeper_fail(keeper, 0, result);
	for (size_t i = 0; i < MESSAGE_ORDERS; i++)
		if (keeper->jobs[i].class && keeper->jobs[i].down && !keeper->jobs[i].cancelled)
			(void)!keeper_send_next(keeper, MSG_CANCEL, keeper->jobs[i].order, STR(""));
	int closed = session_close(keeper->session, result < 0 ? "the keeper failed" : "the client is gone");
	return result < 0 ? err_set((enum err)result, "%s", why) : closed;
}

int
keeper_run(struct keeper *keeper)
{
	bool busy = false;
	int wait = -1, r = 0;

	while (r == 0 && !keeper->over && !keeper->client.closed) {
		r = turn(keeper, busy ? 0 : wait);
		if (r == 0)
			r = take_put_aside(keeper);
		if (r == 0 && !keeper->over)
			r = begin_waiting(keeper);
		if (r == 0)
			drop_orphans(keeper);
		if (r == 0)
			r = step_jobs(keeper, &busy);
		if (r == 0)
			r = clock_watch(keeper->session);
		if (r == 0)
			r = issue_due(keeper->session, &wait);
	}
	if (r < 0 || keeper->client.closed)
		return end(keeper, r);
	return wire_drain(&keeper->client);
}
