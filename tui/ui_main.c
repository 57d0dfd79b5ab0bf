/* The ui's process: a terminal that is the guard's pty on one side, the keeper on the other. */

#include "tui/desk.h"

#include "base/inherit.h"
#include "base/seal.h"
#include "room/launch.h"
#include "tui/app.h"
#include "tui/lock.h"
#include "tui/plain.h"
#include "tui/script.h"
#include "tui/text.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define EARLY_MAX 256

struct ui {
	struct app app;
	struct term *term; /* NULL: a script drives the desk */
	struct buf script;
	struct orders *orders;
	json_t *how;
	bool plain;  /* a dialogue of lines, no screen */
	int failure; /* of opening the session */
	uint64_t opening;
	struct key early[EARLY_MAX]; /* typed before the room was open, or before a form was */
	size_t early_count;
	bool shown_mouse; /* what the terminal was told */
	uint64_t unkept;  /* monotonic ms of the first key since the place was kept; 0: none */
	struct lock lock;
};

static void
event(void *ctx, const json_t *json)
{
	struct ui *ui = ctx;
	char shown[400];

	if (ui->plain)
		dprintf(FD_PTY, "%s\n", show_in(shown, sizeof shown, json_str(json, "why")));
	else
		app_event(&ui->app, json);
}

/* ---- opening the session ---- */

static void
take_passphrase(void *ctx, struct app *app, struct str text)
{
	struct ui *ui = ctx;

	if (text.len)
		orders_pass(app->orders, ui->opening, text);
	else
		app->leaving = true;
}

static void
take_open(void *ctx, const struct answer *answer)
{
	struct ui *ui = ctx;
	char label[64], shown[40];

	switch (answer->kind) {
	case ANSWER_NEED:
		if (str_is(json_str(answer->json, "need"), "touch")) {
			app_say(&ui->app, INK_WARN, _("Touch the token to open the session."));
			return;
		}
		snprintf(label, sizeof label, _("passphrase of %s:"),
		    show_in(shown, sizeof shown, json_str(answer->json, "name")));
		prompt_open(&ui->app, label, _("Enter alone leaves"), true, take_passphrase, ui);
		return;
	case ANSWER_DONE:
		ui->lock.seconds = (unsigned)json_num(answer->json, "lock_after");
		if (!ui->term && !json_bool(answer->json, "pipe_source"))
			ui->failure = err_set(ERR_REFUSED,
			    _("a script prints source: this room's policy has 'pipe-source no'"));
		else
			app_start(&ui->app, answer->json);
		return;
	case ANSWER_FAIL:
		ui->failure = err_set((enum err)answer->code, "%s", answer->why);
		return;
	default:
		return;
	}
}

static int
set_verdict(struct ui *ui, const char *key, const struct seal_verdict *verdict)
{
	json_t *seal;

	int r = launch_verdict(verdict, &seal);
	return r == 0 && json_object_set_new(ui->how, key, seal) < 0 ? err_set(ERR_MEMORY, _("no memory"))
								     : r;
}

/* The guard says how it is sealed before it passes a byte. */
static int
hear_guard(struct ui *ui)
{
	char text[64];
	struct sealed sealed;
	ssize_t n;

	while ((n = read(FD_VERDICT, text, sizeof text)) < 0 && errno == EINTR)
		;
	close(FD_VERDICT);
	if (n <= 0)
		return err_set(ERR_SYSTEM, _("the terminal's guard does not say how it is sealed"));
	int r = sealed_decode((struct str){ text, (size_t)n }, &sealed);
	return r == 0 ? set_verdict(ui, "guard", &sealed.verdict) : r;
}

static int
open_session(struct ui *ui, const struct seal_verdict *verdict)
{
	int r = set_verdict(ui, "seal", verdict);

	if (r == 0 && ui->term)
		r = hear_guard(ui);
	if (r < 0)
		return r;
	json_object_del(ui->how, "path");
	ui->opening = orders_json(ui->orders, MSG_OPEN, ui->how, take_open, ui);
	return 0;
}

/* ---- the loop ---- */

static void
resize(struct ui *ui)
{
	int rows, cols;

	term_size(ui->term, &rows, &cols);
	if (rows != ui->app.grid.rows || cols != ui->app.grid.cols)
		app_resize(&ui->app, rows, cols);
}

/*
 * Before the room is open a key means leaving, an answer to a prompt, or something that will have to wait; as what is
 * typed for a form does that is not open yet.
 */
static void
take_key(struct ui *ui, const struct key *key)
{
	struct app *app = &ui->app;
	bool now = (app->ready && !app->held) || app->asking_to_leave ||
	    app_top(app)->ops->place == PLACE_LINE || (!app->ready && key->code == 'Q') ||
	    key->code == KEY_CTRL('C');

	if (app->held && key->code == KEY_CTRL('C'))
		ui->early_count = 0;

	if (key->code == K_RESIZE)
		resize(ui);
	else if (now)
		app_key(app, key);
	else if (ui->early_count < EARLY_MAX)
		ui->early[ui->early_count++] = *key;
}

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
take_keys(struct ui *ui)
{
	struct key early[EARLY_MAX], key;

	if (!app_go_on(&ui->app))
		ui->early_count = 0;
	if (ui->app.ready && !ui->app.held && ui->early_count > 0) {
		size_t count = ui->early_count;
		memcpy(early, ui->early, count * sizeof *early);
		ui->early_count = 0; /* those that have to wait again come back to it */
		for (size_t i = 0; i < count && !ui->app.leaving; i++)
			take_key(ui, &early[i]);
	}
	while (!ui->app.leaving && term_key(ui->term, &key)) {
		ui->lock.last = now_ms();
		ui->unkept = ui->unkept ? ui->unkept : ui->lock.last;
		if (ui->lock.closed && key.code != K_RESIZE) {
			lock_key(&ui->lock, ui->orders, key.code);
			ui->app.dirty = true;
		} else
			take_key(ui, &key);
	}
}

static void
paint(struct ui *ui)
{
	if (ui->shown_mouse != ui->app.mouse)
		term_mouse(ui->term, ui->app.mouse);
	ui->shown_mouse = ui->app.mouse;
	if (ui->app.redraw)
		term_redraw(ui->term);
	ui->app.redraw = false;
	if (ui->lock.closed) {
		lock_draw(&ui->lock, &ui->app.grid, ui->app.model.person);
		ui->app.dirty = false;
	} else
		app_draw(&ui->app);
	/* drawing may order what is missing; what is drawn stays true until it is there */
	term_paint(ui->term, &ui->app.grid);
}

#define KEEP_REST_MS 1000  /* without a key, after which the place is kept, ... */
#define KEEP_LATE_MS 15000 /* and after which it is whatever is typed */

/* Ms until the place is to be kept, for poll(); -1: it is. */
static int
keep_wait(const struct ui *ui, uint64_t now)
{
	uint64_t rest = ui->lock.last + KEEP_REST_MS, late = ui->unkept + KEEP_LATE_MS;
	uint64_t until = rest < late ? rest : late;

	return !ui->unkept || !ui->app.ready ? -1 : now >= until ? 0 : (int)(until - now);
}

/* A desk that is killed has then lost seconds of its person's way, no more. */
static void
keep_tick(struct ui *ui)
{
	if (keep_wait(ui, now_ms()) != 0)
		return;
	app_keep_left(&ui->app);
	ui->unkept = 0;
}

/* What comes first, of two waits as poll() has them. */
static int
sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int
turn(struct ui *ui, const sigset_t *waiting)
{
	struct pollfd polls[2] = { { .fd = FD_PTY, .events = POLLIN },
		{ .fd = orders_fd(ui->orders), .events = orders_events(ui->orders) } };
	int idle = sooner(lock_wait(&ui->lock, now_ms()), keep_wait(ui, now_ms()));
	struct timespec until = { idle / 1000, idle % 1000 * 1000000L };
	int n = ppoll(polls, 2, idle < 0 ? NULL : &until, waiting);

	if (n == 0 && lock_tick(&ui->lock, now_ms()))
		ui->app.dirty = true;
	if (n < 0 && errno != EINTR)
		return err_sys("desk: poll");
	if (n > 0 && polls[0].revents & (POLLHUP | POLLERR) && !(polls[0].revents & POLLIN))
		ui->app.leaving = true;
	int r = 0;
	if (n > 0 && polls[1].revents) {
		r = orders_pump(ui->orders);
		ui->app.dirty = true;
	}
	keep_tick(ui);
	take_keys(ui); /* also after a signal: a resize comes as a key */
	return r < 0 ? r : ui->failure;
}

static int
loop(struct ui *ui, const sigset_t *waiting)
{
	int r = 0;

	while (r == 0 && !ui->app.leaving) {
		for (int i = 0; i < 2 && ui->app.dirty; i++)
			paint(ui);
		r = turn(ui, waiting);
	}
	return r;
}

/* ---- without a terminal ---- */

static int
read_script(struct ui *ui)
{
	int r = 0;

	while (r == 0) {
		r = buf_room(&ui->script, 4096);
		ssize_t n = r < 0 ? 0 : read(FD_SCRIPT, ui->script.data + ui->script.len, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = err_sys("the script");
		if (n <= 0)
			break;
		ui->script.len += (size_t)n;
	}
	return r == ERR_MEMORY ? err_set(ERR_USAGE, _("the script has more than %zu bytes"), SCRIPT_MAX) : r;
}

static int
run_script(struct ui *ui)
{
	struct script script = {
		.app = &ui->app, .orders = ui->orders, .failure = &ui->failure, .out = FD_PTY
	};

	return script_run(&script, buf_view(&ui->script));
}

/* ---- starting ---- */

static int
open_screen(struct ui *ui)
{
	const json_t *script = json_object_get(ui->how, "script");
	ui->plain = json_bool(script, "plain");
	if (ui->plain)
		text_charset();
	int r = ui->plain ? 0
	    : script      ? read_script(ui)
			  : term_open(FD_PTY, !getenv("NO_COLOR") || !getenv("NO_COLOR")[0], &ui->term);

	if (r == 0 &&
	    !(ui->plain      ? text_ascii()
		    : script ? json_bool(script, "ascii")
			     : term_ascii(ui->term)))
		text_open();
	return r;
}

static void
begin(struct ui *ui)
{
	const json_t *script = json_object_get(ui->how, "script");
	bool ascii = ui->term ? term_ascii(ui->term) : json_bool(script, "ascii");
	int rows = (int)json_num(script, "rows"), cols = (int)json_num(script, "cols");

	if (ui->term)
		term_size(ui->term, &rows, &cols);
	lock_init(&ui->lock);
	ui->lock.last = now_ms();
	app_init(&ui->app, ui->orders, rows, cols, ascii, ui->term && term_colour(ui->term));
	json_object_del(ui->how, "script");
}

static int
start(struct ui *ui, const char *how, sigset_t *waiting, struct seal_verdict *verdict)
{
	struct seal_paths paths = SEAL_PATHS_NONE;
	struct client *client;
	sigset_t block;

	int r = seal_prepare(SEAL_UI, (const int[]){ FD_PEER, FD_PTY, FD_SCRIPT, FD_VERDICT }, 4);
	if (r == 0)
		r = json_read(str_from(how), &ui->how);
	if (r == 0)
		r = open_screen(ui);
	if (r < 0)
		return r;
	sigemptyset(&block);
	sigaddset(&block, SIGWINCH);
	sigprocmask(SIG_BLOCK, &block, waiting);
	sigdelset(waiting, SIGWINCH);
	r = death_prepare(FD_PEER, seal_profile_name(SEAL_UI));
	if (r == 0)
		r = seal_close(SEAL_UI, &paths, SEAL_ALL, verdict);
	if (r == 0)
		r = client_new(FD_PEER, &client);
	if (r < 0)
		return r;
	ui->orders = orders_new(client, event, ui);
	return 0;
}

#define LEAVE_MS 2000 /* for what is kept to be there */

/* Where the person leaves is kept; that it is not, should the keeper be slow, is no reason to stay. */
static int
leave(struct ui *ui)
{
	uint64_t deadline = now_ms() + LEAVE_MS;
	int r = 0;

	orders_cancel_of(ui->orders, &ui->app);
	buf_clear(&ui->app.kept); /* that may have been one of these */
	app_keep_left(&ui->app);
	while (r == 0 && orders_awaited(ui->orders) && now_ms() < deadline) {
		struct pollfd poll_fd = { .fd = orders_fd(ui->orders), .events = orders_events(ui->orders) };
		if (poll(&poll_fd, 1, (int)(deadline - now_ms())) < 0 && errno != EINTR)
			return err_sys("desk: poll");
		r = orders_pump(ui->orders);
	}
	return r;
}

/* On a screen, or driven by a script; what went wrong is in `why`. */
static int
run_screen(
    struct ui *ui, const struct seal_verdict *verdict, const sigset_t *waiting, char why[static ERR_TEXT_MAX])
{
	begin(ui);
	int r = open_session(ui, verdict);
	if (r == 0)
		r = ui->term ? loop(ui, waiting) : run_script(ui);
	if (r == 0)
		r = leave(ui);
	snprintf(why, ERR_TEXT_MAX, "%s", r < 0 ? err_text() : "");
	app_release(&ui->app);
	lock_release(&ui->lock);
	return r;
}

static int
run_plain(struct ui *ui, const struct seal_verdict *verdict, char why[static ERR_TEXT_MAX])
{
	const json_t *script = json_object_get(ui->how, "script");
	bool piped = !json_bool(script, "terminal"), ascii = json_bool(script, "ascii");
	int r = set_verdict(ui, "seal", verdict);

	json_object_del(ui->how, "path");
	json_object_del(ui->how, "script");
	if (r == 0)
		r = plain_run(ui->orders, ui->how, FD_SCRIPT, FD_PTY, piped, ascii || text_ascii());
	snprintf(why, ERR_TEXT_MAX, "%s", r < 0 ? err_text() : "");
	return r;
}

int
desk_ui(const char *how)
{
	static struct ui ui;
	struct seal_verdict verdict = { 0 };
	sigset_t waiting;
	char why[ERR_TEXT_MAX];

	ui.script = BUF(SCRIPT_MAX);
	int r = start(&ui, how, &waiting, &verdict);
	if (r == 0) {
		r = ui.plain ? run_plain(&ui, &verdict, why) : run_screen(&ui, &verdict, &waiting, why);
		int closed = orders_free(ui.orders);
		if (r == 0 && (r = closed) < 0)
			snprintf(why, sizeof why, "%s", err_text());
	} else
		snprintf(why, sizeof why, "%s", err_text());
	if (ui.term)
		term_close(ui.term);
	json_decref(ui.how);
	buf_release(&ui.script);
	if (r < 0)
		dprintf(2, "carrel: %s\n", why);
	return err_exit(r);
}
