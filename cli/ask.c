#include "cli/ask.h"

#include "cli/dialogue.h"

#include "base/show.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#define PASSPHRASE_MAX 1024
#define SHOWN_MAX 256

/* ---- what comes while an order is under way ---- */

struct waiting {
	struct ask *ask;
	const struct answers *answers;
};

/* A new passphrase is typed twice. */
static int
read_again(struct ask *ask, struct str first)
{
	struct buf second = BUF(PASSPHRASE_MAX);

	int r = dialogue_passphrase(ask->terminal, "Once more: ", &second, ask->call->stop);
	if (r == 0 && !str_eq(first, buf_view(&second)))
		r = err_set(ERR_USAGE, "the two passphrases differ");
	buf_wipe(&second);
	return r;
}

static int
take_need(struct ask *ask, struct client *client, const struct message *message)
{
	struct buf secret = BUF(PASSPHRASE_MAX);
	char name[SHOWN_MAX], prompt[SHOWN_MAX + 64];
	json_t *need;

	int r = json_read(message->body, &need);
	if (r < 0)
		return r;
	progress_clear(&ask->progress);
	show_in(name, sizeof name, json_str(need, json_str(need, "name").len ? "name" : "key"));
	if (json_str(need, "why").len)
		fprintf(stderr, "carrel: %s\n", show_in(prompt, sizeof prompt, json_str(need, "why")));
	if (str_is(json_str(need, "need"), "touch")) {
		fprintf(stderr, "Touch the token that holds %s.\n", name);
	} else {
		snprintf(prompt, sizeof prompt, "Passphrase of %s%s: ", name,
		    str_is(json_str(need, "for"), "notebook") ? "'s notebook" : "");
		r = dialogue_passphrase(ask->terminal, prompt, &secret, ask->call->stop);
		if (r == 0 && json_bool(need, "new"))
			r = read_again(ask, buf_view(&secret));
		if (r == 0)
			r = client_pass(client, message->order, buf_view(&secret));
	}
	buf_wipe(&secret);
	json_decref(need);
	return r;
}

static int
take_draft(struct ask *ask, struct client *client, const struct message *message)
{
	progress_clear(&ask->progress);
	int r = 0;
	if (!ask->consents)
		r = dialogue_sign(ask->terminal, message->body, ask->call->stop);
	else if (call_has(ask->call, "show"))
		r = dialogue_show(message->body);
	return r < 0 ? r : client_sign(client, message->order, message->body);
}

static int
take_rows(const struct answers *answers, struct str body)
{
	struct dec dec = dec_of(body);
	struct row row;

	while (answers->row && dec_more(&dec) && row_decode(&dec, &row)) {
		int r = answers->row(answers->ctx, &row);
		if (r < 0)
			return r;
	}
	return answers->row ? dec_end(&dec, "answer") : 0;
}

static int
take_object(const struct answers *answers, struct str body)
{
	json_t *object;

	if (!answers->object)
		return 0;
	int r = json_read(body, &object);
	if (r == 0)
		r = answers->object(answers->ctx, object);
	json_decref(r == 0 ? object : NULL);
	return r;
}

static int
take_event(struct ask *ask, struct str body)
{
	char why[SHOWN_MAX];
	json_t *event;

	int r = json_read(body, &event);
	if (r < 0)
		return r;
	progress_clear(&ask->progress);
	fprintf(stderr, "carrel: %s\n", show_in(why, sizeof why, json_str(event, "why")));
	json_decref(event);
	return 0;
}

static int
take(void *ctx, struct client *client, const struct message *message)
{
	static const struct answers none;
	struct waiting *waiting = ctx;
	struct ask *ask = waiting->ask;
	const struct answers *answers = waiting->answers ? waiting->answers : &none;
	struct progress progress;

	switch (message->kind) {
	case MSG_PART:
		return take_rows(answers, message->body);
	case MSG_JSON:
		progress_clear(&ask->progress);
		return take_object(answers, message->body);
	case MSG_DATA:
		return answers->data ? answers->data(answers->ctx, message->body) : 0;
	case MSG_NEED:
		return take_need(ask, client, message);
	case MSG_DRAFT:
		return take_draft(ask, client, message);
	case MSG_PROGRESS:
		if (progress_decode(message->body, &progress) == 0)
			progress_show(&ask->progress, &progress);
		return 0;
	case MSG_EVENT:
		return take_event(ask, message->body);
	default:
		return 0;
	}
}

static int
wait_for(struct ask *ask, uint64_t order, const struct answers *answers, json_t **done)
{
	struct waiting waiting = { ask, answers };

	int r = client_wait(ask->client, order, take, &waiting, done);
	progress_clear(&ask->progress);
	return r;
}

/* ---- opening ---- */

static int
close_seal(struct ask *ask, struct seal_verdict *verdict)
{
	struct seal_paths nothing = SEAL_PATHS_NONE;
	int keep[2] = { client_fd(ask->client), ask->terminal };

	int r = seal_prepare(SEAL_COMMAND, keep, ask->terminal > STDERR_FILENO ? 2 : 1);
	if (r == 0)
		r = death_prepare(keep[0], seal_profile_name(SEAL_COMMAND));
	return r < 0 ? r : seal_close(SEAL_COMMAND, &nothing, SEAL_ALL, verdict);
}

static int
say_open(struct ask *ask, const struct launch *launch, const struct seal_verdict *verdict, const json_t *more)
{
	struct waiting waiting = { ask, NULL };
	json_t *body;

	int r = launch_describe(launch, verdict, &body);
	if (r < 0)
		return r;
	/* json_object_update takes its members from a const object only by a cast: it does not change it */
	if (more && json_object_update(body, (json_t *)(uintptr_t)more) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	if (r == 0 && call_has(ask->call, "show") && json_object_set_new(body, "show", json_true()) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = client_open(ask->client, body, take, &waiting, &ask->session);
	progress_clear(&ask->progress);
	json_decref(body);
	return r;
}

static int
check_output(const struct ask *ask)
{
	if (!json_bool(ask->session, "reading_commands"))
		return err_set(ERR_REFUSED,
		    "%s: this room's policy has reading commands off: read at the desk",
		    ask->call->command->name);
	if (!ask->print.terminal && !json_bool(ask->session, "pipe_source"))
		return err_set(ERR_REFUSED,
		    "%s: standard output is no terminal, and this room's policy has 'pipe-source no'",
		    ask->call->command->name);
	return 0;
}

static int
start(struct ask *ask, struct launch *launch, const struct ask_how *how)
{
	struct seal_verdict verdict = { 0 };

	int r = launch_start(launch, &ask->client);
	if (r < 0)
		return r;
	client_stop_on(ask->client, ask->call->stop);
	r = close_seal(ask, &verdict);
	if (r == 0)
		r = say_open(ask, launch, &verdict, how->more);
	if (r == 0 && how->shows_source)
		r = check_output(ask);
	return r;
}

/* Who only reads the ledger needs no key, and is not stopped by an old $CARREL_KEY; verify's --key is no key file. */
static const char *
key_file(const struct call *call, const char *mode)
{
	const char *given = getenv("CARREL_KEY");

	for (const struct option *o = call->command->options; o->name; o++)
		if (strcmp(o->name, "key") == 0)
			return NULL;
	if (given && strcmp(mode, "read") == 0 && access(given, R_OK) < 0)
		given = NULL;
	return call_get(call, "key", given);
}

int
ask_open_in(struct ask *ask, const struct call *call, const struct room *room, const struct ask_how *how)
{
	uint64_t pass = UINT64_MAX;

	*ask =
	    (struct ask){ .call = call, .room = *room, .consents = how->consents || dialogue_terminal() < 0 };
	print_init(&ask->print, call_has(call, "json"));
	progress_init(&ask->progress);
	ask->terminal = dialogue_terminal();
	if (ask->terminal < 0)
		ask->terminal = dialogue_passphrase_terminal();
	struct launch launch = {
		.room = &ask->room,
		.chain = how->chain,
		.mode = how->mode,
		.source = how->source,
		.key = key_file(call, how->mode),
		.as = call_get(call, "as", NULL),
		.command = call->command->name,
		.pass = -1,
	};
	int r = call_number(call, "passphrase-fd", &pass);
	if (r == 0 && pass != UINT64_MAX) {
		launch.pass = pass > INT_MAX ? INT_MAX : (int)pass;
		if (fcntl(launch.pass, F_GETFD) < 0)
			r = err_set(ERR_USAGE, "--passphrase-fd: descriptor %d is not open", launch.pass);
	}
	if (r == 0)
		r = start(ask, &launch, how);
	return r < 0 ? ask_close(ask, r) : 0;
}

int
ask_open(struct ask *ask, const struct call *call, const struct ask_how *how)
{
	struct room room;

	*ask = (struct ask){ 0 };
	int r = room_open(call_get(call, "room", NULL), &room);
	return r < 0 ? r : ask_open_in(ask, call, &room, how);
}

int
ask_close(struct ask *ask, int result)
{
	char why[ERR_TEXT_MAX];

	progress_clear(&ask->progress);
	snprintf(why, sizeof why, "%s", err_text());
	/* an error of the order that ended is worth more than one of the end */
	int r = print_end();
	if (ask->client && ask->session) {
		int closed = client_close(ask->client);
		r = r < 0 ? r : closed;
	} else if (ask->client) {
		client_free(ask->client);
	}
	json_decref(ask->session);
	if (ask->terminal > STDERR_FILENO)
		close(ask->terminal);
	room_release(&ask->room);
	*ask = (struct ask){ 0 };
	return result < 0 ? err_set((enum err)result, "%s", why) : r;
}

/* ---- orders ---- */

int
ask_read(struct ask *ask, const struct order *order, const struct answers *answers, json_t **done)
{
	uint64_t number;

	int r = client_read_order(ask->client, order, &number);
	return r < 0 ? r : wait_for(ask, number, answers, done);
}

int
ask_ledger(struct ask *ask, const json_t *question, const struct answers *answers, json_t **done)
{
	uint64_t number;

	int r = client_send_json(ask->client, MSG_ASK, question, &number);
	return r < 0 ? r : wait_for(ask, number, answers, done);
}

int
ask_note(struct ask *ask, const json_t *words, const struct answers *answers, json_t **done)
{
	uint64_t number;

	int r = client_send_json(ask->client, MSG_NOTE, words, &number);
	return r < 0 ? r : wait_for(ask, number, answers, done);
}

int
ask_say(struct ask *ask, const json_t *words, const struct str *data, json_t **done)
{
	uint64_t number;

	int r = client_send_json(ask->client, MSG_SAY, words, &number);
	if (r == 0 && data)
		r = client_data(ask->client, number, *data);
	return r < 0 ? r : wait_for(ask, number, NULL, done);
}

int
ask_publish(struct call *call, const json_t *words, const char *name)
{
	struct ask ask;
	json_t *done = NULL;

	int r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session" });
	if (r < 0)
		return r;
	r = ask_say(&ask, words, NULL, &done);
	if (r == 0 && ask.print.json) {
		r = print_object(done, "index hash");
	} else if (r == 0) {
		print_text(&ask.print, STYLE_PATH, str_from(ask.room.path));
		print_format("/" ROOM_OUTBOX "/");
		print_text(&ask.print, STYLE_PATH, str_from(name));
		print_format("\nrecord  %llu\n", (unsigned long long)json_num(done, "index"));
	}
	json_decref(done);
	return ask_close(&ask, r);
}

int
ask_work(struct ask *ask, const struct work *work, const struct answers *answers)
{
	uint64_t number;

	int r = client_work(ask->client, work, &number);
	return r < 0 ? r : wait_for(ask, number, answers, NULL);
}

int
ask_print_data(void *ctx, struct str bytes)
{
	const struct ask *ask = ctx;

	if (ask->print.terminal)
		print_block(&ask->print, bytes, 0);
	else
		print_bytes(bytes);
	return 0;
}

int
ask_question(json_t **out, const char *fmt, ...)
{
	json_error_t error;
	va_list ap;

	va_start(ap, fmt);
	json_t *made = json_vpack_ex(&error, 0, fmt, ap);
	va_end(ap);
	if (!made)
		return err_set(ERR_USAGE, "words must be UTF-8 text");
	*out = made;
	return 0;
}
