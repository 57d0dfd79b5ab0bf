#include "tui/plain.h"

#include "base/mem.h"
#include "base/show.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* ---- telling ---- */

static void
put(struct plain *p, struct str text)
{
	while (text.len && p->result == 0) {
		ssize_t n = write(p->out, text.data, text.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			p->result = err_sys("cannot write");
			return;
		}
		text = (struct str){ text.data + n, text.len - (size_t)n };
	}
}

/* Where ASCII alone may be written, all else as <U+...>. */
static void
put_text(struct plain *p, struct str text)
{
	size_t from = 0;

	for (size_t at = 0, len; p->ascii && at < text.len; at += len) {
		char marker[16];
		int32_t code = utf8_next(text, at, &len);
		if (code < 128)
			continue;
		put(p, (struct str){ text.data + from, at - from });
		snprintf(marker, sizeof marker, "<U+%04X>", (unsigned)code);
		put(p, str_from(marker));
		from = at + len;
	}
	put(p, (struct str){ text.data + from, text.len - from });
}

void
plain_tell(struct plain *p, const char *fmt, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, fmt);
	int len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len >= 0) {
		put_text(p, (struct str){ text, (size_t)len });
		put(p, STR("\n"));
	}
	free(text);
}

const char *
plain_show(struct plain *p, struct str foreign)
{
	struct buf shown = BUF(SHOW_CELL_MAX * (foreign.len + 1));
	const char *out = "";

	if (show(&shown, foreign, 0) == 0 && shown.len)
		out = arena_copy(&p->choice_arena, (char *)shown.data, shown.len);
	buf_release(&shown);
	return out;
}

void
plain_block(struct plain *p, const char *lead, struct str foreign)
{
	struct str line;

	while (str_next(&foreign, '\n', &line)) {
		struct buf shown = BUF(SHOW_CELL_MAX * (line.len + 1));
		if (show(&shown, line, SHOW_TAB) == 0)
			plain_tell(p, "%s%.*s", lead, STR_ARG(buf_view(&shown)));
		buf_release(&shown);
	}
}

/* ---- hearing ---- */

/* More of the input into p->input; at its end p->ended. */
static void
hear(struct plain *p)
{
	if (buf_room(&p->input, 4096) < 0) {
		plain_tell(p, _("That line is too long; it was dropped."));
		buf_clear(&p->input);
		return;
	}
	ssize_t n = read(p->in, p->input.data + p->input.len, 4096);
	if (n > 0)
		p->input.len += (size_t)n;
	else if (n == 0 || errno != EINTR)
		p->ended = true;
}

/* The first line that was heard, taken out of the input. */
static bool
take_line(struct plain *p, struct buf *out)
{
	struct str text = buf_view(&p->input);
	const char *end = text.len ? memchr(text.data, '\n', text.len) : NULL;

	if (!end && !(p->ended && text.len))
		return false;
	size_t len = end ? (size_t)(end - text.data) : text.len, gone = len + (end != NULL);
	size_t words = len && text.data[len - 1] == '\r' ? len - 1 : len;
	buf_clear(out);
	if (buf_add(out, text.data, words) < 0)
		buf_clear(out);
	memmove(p->input.data, p->input.data + gone, p->input.len - gone);
	memset(p->input.data + p->input.len - gone, 0, gone); /* it may have been a secret */
	p->input.len -= gone;
	return true;
}

/* Waits for the keeper, or the input where `input`; false: nothing came in time. */
static bool
wait_a_while(struct plain *p, bool input, int ms)
{
	struct pollfd polls[2] = { { .fd = orders_fd(p->orders), .events = orders_events(p->orders) },
		{ .fd = input && !p->ended ? p->in : -1, .events = POLLIN } };
	int n = poll(polls, 2, ms);

	if (n < 0 && errno != EINTR)
		p->result = err_sys("desk: poll");
	if (n > 0 && polls[0].revents) {
		int r = orders_pump(p->orders);
		if (r < 0 && p->result == 0)
			p->result = r;
	}
	if (n > 0 && polls[1].revents)
		hear(p);
	return n != 0;
}

static void
echo(const struct plain *p, bool on)
{
	struct termios modes;

	if (!p->terminal || tcgetattr(p->in, &modes) < 0)
		return;
	if (on)
		modes.c_lflag |= ECHO;
	else
		modes.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(p->in, TCSANOW, &modes);
}

static void unlock(struct plain *plain);

/* Nothing of what was told stays on a terminal that can be wiped: screen and what was scrolled off it. */
static void
wipe(struct plain *p)
{
	if (p->clears)
		put(p, STR("\033[H\033[2J\033[3J"));
}

bool
plain_line(struct plain *p, const char *prompt, bool secret, struct buf *out)
{
	bool locked = false, heard = false;

	if (secret)
		echo(p, false); /* before it is asked for */
	put_text(p, str_from(prompt));
	while (p->result == 0 && !(heard = take_line(p, out)) && !p->ended)
		if (!wait_a_while(
			p, true, p->lock_after && !secret && !locked ? (int)p->lock_after * 1000 : -1)) {
			locked = true;
			wipe(p);
			put(p, STR("\n"));
			plain_tell(p, _("Locked: nothing was typed for a while.  Enter asks for your key."));
		}
	if (secret) {
		echo(p, true);
		put(p, STR("\n"));
	}
	if (!heard) /* the last line may have no newline */
		heard = p->result == 0 && take_line(p, out);
	if (locked && heard) {
		unlock(p);
		return plain_line(p, prompt, secret, out);
	}
	return heard;
}

/* ---- orders ---- */

static void
take(void *ctx, const struct answer *answer)
{
	struct plain *p = ctx;

	switch (answer->kind) {
	case ANSWER_ROW:
		if (p->row)
			p->row(p, answer->row);
		return;
	case ANSWER_JSON:
		if (p->json)
			p->json(p, answer->json);
		return;
	case ANSWER_AGAIN:
		p->count = 0;
		return;
	case ANSWER_DRAFT:
		buf_clear(&p->draft);
		p->draft_shown = buf_str(&p->draft, answer->data) == 0;
		return;
	case ANSWER_NEED:
		p->needs = str_is(json_str(answer->json, "need"), "passphrase");
		show_in(p->need, sizeof p->need, json_str(answer->json, "name"));
		if (!p->needs)
			plain_tell(p, _("Touch the token."));
		return;
	case ANSWER_DONE:
		json_decref(p->done);
		p->done = answer->json ? json_deep_copy(answer->json) : NULL;
		return;
	case ANSWER_FAIL:
		p->failed = true;
		if (!p->quiet)
			plain_tell(p, "%s", plain_show(p, str_from(answer->why)));
		return;
	default:
		return;
	}
}

static void
give_passphrase(struct plain *p, uint64_t id)
{
	struct buf secret = BUF(1024);
	char prompt[128];

	p->needs = false;
	snprintf(prompt, sizeof prompt, _("Passphrase of %s, Enter alone gives up: "), p->need);
	if (plain_line(p, prompt, true, &secret) && secret.len)
		orders_pass(p->orders, id, buf_view(&secret));
	else {
		orders_cancel(p->orders, id);
		p->failed = true;
		plain_tell(p, _("Given up."));
	}
	buf_wipe(&secret);
}

/* The exact bytes, and nothing signed but by the word. */
static void
agree(struct plain *p, uint64_t id)
{
	struct buf word = BUF(1024);

	p->draft_shown = false;
	plain_tell(p, _("These bytes would be signed:"));
	plain_block(p, "  ", buf_view(&p->draft));
	plain_tell(p, _("End of the bytes."));
	if (plain_line(p, _("Type sign to sign them; anything else cancels: "), false, &word) &&
	    str_is(buf_view(&word), "sign"))
		orders_sign(p->orders, id, buf_view(&p->draft));
	else {
		orders_cancel(p->orders, id);
		p->failed = true;
		plain_tell(p, _("Not signed."));
	}
	buf_release(&word);
}

/* Enter on a terminal stops what runs; a line typed ahead waits for its turn. */
static void
stop_on_enter(struct plain *p, uint64_t id)
{
	if (!p->terminal || p->input.len == 0 || p->input.data[0] != '\n')
		return;
	memmove(p->input.data, p->input.data + 1, --p->input.len);
	orders_cancel(p->orders, id);
	p->failed = true;
	plain_tell(p, _("Stopped."));
}

static bool
finish(struct plain *p, uint64_t id)
{
	while (p->result == 0 && orders_runs(p->orders, id)) {
		if (p->needs)
			give_passphrase(p, id);
		else if (p->draft_shown)
			agree(p, id);
		else {
			wait_a_while(p, p->terminal, -1);
			stop_on_enter(p, id);
		}
	}
	p->row = NULL;
	p->json = NULL;
	return p->result == 0 && !p->failed;
}

bool
plain_order(struct plain *p, const struct order *order)
{
	p->failed = false;
	p->count = 0;
	return finish(p, orders_read(p->orders, order, take, p));
}

bool
plain_ask(struct plain *p, enum message_kind kind, const json_t *body)
{
	p->failed = false;
	p->count = 0;
	return body && finish(p, orders_json(p->orders, kind, body, take, p));
}

static void
unlock(struct plain *p)
{
	json_t *body = json_object();

	while (p->result == 0 && !p->ended && !plain_ask(p, MSG_UNLOCK, body))
		plain_tell(p, _("Still locked."));
	json_decref(body);
}

/* ---- words ---- */

static const struct plain_word *
find_word(struct str word)
{
	const struct plain_word *const tables[] = { plain_reading, plain_saying }, *found = NULL;
	size_t matches = 0;

	for (size_t t = 0; t < 2; t++)
		for (const struct plain_word *w = tables[t]; w->word; w++) {
			if (str_is(word, w->word))
				return w;
			if (str_starts(str_from(w->word), word)) {
				found = w;
				matches++;
			}
		}
	return matches == 1 ? found : NULL;
}

static void
help(struct plain *p)
{
	const struct plain_word *const tables[] = { plain_reading, plain_saying };

	for (size_t t = 0; t < 2; t++)
		for (const struct plain_word *w = tables[t]; w->word; w++)
			plain_tell(
			    p, "%s%s%s: %s", w->word, w->arguments[0] ? " " : "", w->arguments, _(w->help));
	plain_tell(p, _("A number chooses from the last list; Enter alone goes on in it, or in the file."));
	plain_tell(
	    p, _("While something runs, Enter stops it.  A word may be cut short where it is the only one."));
	plain_tell(p, _("help: this list.  quit: leave the desk."));
}

static void
go_on(struct plain *p)
{
	if (p->choice_told < p->choice_count)
		plain_choices_tell(p);
	else if (p->spot.path.len && p->told < p->lines)
		plain_go(p, (struct spot){ p->spot.release, p->spot.path, p->told + 1 });
	else
		plain_tell(p, _("That was the end.  help lists the words."));
}

static void
obey(struct plain *p, struct str line)
{
	struct str word = STR("");
	uint64_t number;
	uint64_t last;

	while (line.len && line.data[0] == ' ')
		line = (struct str){ line.data + 1, line.len - 1 };
	if (!str_next(&line, ' ', &word) || word.len == 0) {
		go_on(p);
		return;
	}
	while (line.len && line.data[0] == ' ')
		line = (struct str){ line.data + 1, line.len - 1 };
	const struct plain_word *known = find_word(word);
	if (plain_range(word, &number, &last) && number == last && line.len == 0)
		plain_choose(p, number);
	else if (str_is(word, "help") || str_is(word, "?"))
		help(p);
	else if (str_is(word, "quit") || str_is(word, "q"))
		p->leaving = true;
	else if (known)
		known->run(p, line);
	else
		plain_tell(p, _("There is no word \"%s\", or more than one that begins so; help lists them."),
		    plain_show(p, word));
}

bool
plain_range(struct str text, uint64_t *first, uint64_t *last)
{
	uint64_t *at = first;

	*first = *last = 0;
	if (text.len == 0 || text.len > 18)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '-' && at == first && i) {
			at = last;
			continue;
		}
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		*at = *at * 10 + (uint64_t)(text.data[i] - '0');
	}
	if (at == first)
		*last = *first;
	return *first > 0 && *last >= *first;
}

/* ---- the dialogue ---- */

static void
take_release(struct plain *p, const json_t *json)
{
	model_add_release(&p->model, json);
}

static void
greet(struct plain *p)
{
	struct model *m = &p->model;
	json_t *ask = json_pack("{s:s}", "ask", "releases");
	size_t count;

	p->json = take_release;
	plain_ask(p, MSG_ASK, ask);
	json_decref(ask);
	count = m->release_count;
	m->reading = count ? count - 1 : SIZE_MAX;
	m->base = count > 1 ? count - 2 : SIZE_MAX;
	plain_tell(p, _("The desk of %s (%s), product %s."), plain_show(p, m->person), plain_show(p, m->role),
	    plain_show(p, m->product));
	plain_tell(p, "%s",
	    !m->sealed                                  ? _("NOT SEALED")
		: str_is(m->seal, "sealed: no way out") ? _("sealed: no way out")
							: plain_show(p, m->seal));
	if (m->practice)
		plain_tell(p, _("This is a practice room."));
	if (count)
		plain_tell(p,
		    m->base == SIZE_MAX ? _("You read release %s.")
					: _("You read release %s, compared with %s."),
		    plain_show(p, model_reading(m)), plain_show(p, model_base(m)));
	plain_threads_ask(p);
	plain_tell(p, _("%zu threads, %zu findings open.  help lists the words, quit leaves."),
	    m->thread_count, model_open_findings(m));
}

static int
open_room(struct plain *p, const json_t *how, bool piped)
{
	if (!plain_ask(p, MSG_OPEN, how) || !p->done)
		return p->result < 0 ? p->result : err_set(ERR_REFUSED, _("the session was not opened"));
	if (piped && !json_bool(p->done, "pipe_source"))
		return err_set(ERR_REFUSED,
		    _("what is told is source, and no terminal takes it: this room's policy has 'pipe-source "
		      "no'"));
	p->lock_after = (unsigned)json_num(p->done, "lock_after");
	model_opened(&p->model, p->done);
	greet(p);
	return p->result;
}

int
plain_run(struct orders *orders, const json_t *how, int in, int out, bool piped, bool ascii)
{
	struct plain p = { .orders = orders,
		.in = in,
		.out = out,
		.terminal = isatty(in) == 1,
		.ascii = ascii,
		.clears = !piped && getenv("TERM") && strcmp(getenv("TERM"), "dumb") != 0,
		.input = BUF(PLAIN_LINE_MAX),
		.draft = BUF((size_t)128 * 1024),
		.spot = { STR(""), STR(""), 0 } };
	struct buf line = BUF(PLAIN_LINE_MAX);

	p.model.reading = p.model.base = SIZE_MAX;
	p.result = open_room(&p, how, piped);
	while (p.result == 0 && !p.leaving && plain_line(&p, "> ", false, &line))
		obey(&p, buf_view(&line));
	wipe(&p);
	if (p.result == 0)
		plain_tell(&p, _("You have left the desk."));
	json_decref(p.done);
	model_release(&p.model);
	arena_release(&p.choice_arena);
	arena_release(&p.place_arena);
	free(p.choices);
	buf_release(&line);
	buf_wipe(&p.input);
	buf_release(&p.draft);
	return p.result;
}
