#include "tui/monkey.h"

#include <stdio.h>
#include <time.h>

#define MONKEY_ROWS 60
#define MONKEY_COLS 200

struct monkey {
	struct script *script;
	uint64_t state;
	uint64_t slowest_us, dearest_us; /* by the clock, and of processor time: the machine may be busy */
	char slowest[80], dearest[80];   /* which key, where */
};

static unsigned
below(struct monkey *m, unsigned limit)
{
	m->state = m->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(m->state >> 33) % limit;
}

static uint64_t
now_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void
judge(uint64_t took, struct key key, enum view_kind view, uint64_t *most, char which[static 80])
{
	if (took <= *most)
		return;
	*most = took;
	snprintf(which, 80, "key %d in %s", key.code, view_name(view));
}

static void
press(struct monkey *m, struct key key)
{
	struct app *app = m->script->app;
	enum view_kind view = app_top(app)->ops->kind;
	uint64_t before = now_us(CLOCK_MONOTONIC), before_cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);

	app_key(app, &key);
	for (int i = 0; i < 2 && app->dirty; i++)
		app_draw(app);
	judge(now_us(CLOCK_MONOTONIC) - before, key, view, &m->slowest_us, m->slowest);
	judge(now_us(CLOCK_PROCESS_CPUTIME_ID) - before_cpu, key, view, &m->dearest_us, m->dearest);
	app->leaving = false; /* it stays for all its keys */
}

/* One of the keys that the view on top knows. */
static void
press_known(struct monkey *m)
{
	enum view_kind view = app_top(m->script->app)->ops->kind;
	size_t start = below(m, (unsigned)binding_count);

	for (size_t i = 0; i < binding_count; i++) {
		const struct binding *b = &bindings[(start + i) % binding_count];
		const char *rest = b->keys;
		int keys[KEYS_MAX];
		if (!(b->views >> view & 1))
			continue;
		size_t count = keys_next(&rest, keys);
		if (below(m, 2)) {
			int other[KEYS_MAX];
			size_t n = keys_next(&rest, other);
			count = n ? n : count;
			memcpy(keys, n ? other : keys, sizeof keys);
		}
		for (size_t k = 0; k < count; k++)
			press(m, (struct key){ .code = keys[k] });
		return;
	}
}

/* Words that mean something where words are taken, so that forms are filled in and searches find. */
static bool
press_word(struct monkey *m)
{
	static const char *const found[] = { "e", "int", "return", "auth", "-i SCAN", "src/", "1.1" };
	enum view_kind view = app_top(m->script->app)->ops->kind;
	const char *word = view == VIEW_SIGN ? "sign" : found[below(m, sizeof found / sizeof *found)];

	if (view != VIEW_SEARCH && view != VIEW_PICK && view != VIEW_PROMPT && view != VIEW_SIGN)
		return false;
	for (; *word; word++)
		press(m, (struct key){ .code = *word });
	press(m, (struct key){ .code = K_ENTER });
	return true;
}

static void
press_text(struct monkey *m)
{
	static const int odd[] = { 0xe9, 0x6f22, 0x202e, 0x301, 0xfffd, 0x1f600, 0xe000, '\t', '"', '\\' };
	bool paste = below(m, 4) == 0;

	if (paste)
		press(m, (struct key){ .code = K_PASTE });
	for (unsigned n = 1 + below(m, 12); n--;)
		press(m,
		    (struct key){ .code = below(m, 8) ? ' ' + (int)below(m, 95)
						      : odd[below(m, sizeof odd / sizeof *odd)] });
	if (paste)
		press(m, (struct key){ .code = K_PASTE_END });
}

static void
press_mouse(struct monkey *m)
{
	static const enum term_mouse kinds[] = { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_DOUBLE, MOUSE_DRAG,
		MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

	press(m,
	    (struct key){ .code = K_MOUSE,
		.mouse = kinds[below(m, sizeof kinds / sizeof *kinds)],
		.row = (int)below(m, MONKEY_ROWS + 5),
		.col = (int)below(m, MONKEY_COLS + 5) });
}

static void
press_any(struct monkey *m)
{
	struct app *app = m->script->app;
	unsigned what = below(m, 100);

	if (below(m, 4) == 0 && press_word(m))
		return;
	if (what < 8) /* out of where it is, so that it comes to other places */
		for (int i = 0; i < 4; i++)
			press(m, (struct key){ .code = K_ESC });
	else if (what < 70)
		press_known(m);
	else if (what < 80)
		press_text(m);
	else if (what < 87)
		press(m, (struct key){ .code = (int)below(m, 128) });
	else if (what < 90)
		press(m, (struct key){ .code = KEY_ALT | (int)(' ' + below(m, 95)) });
	else if (what < 94)
		press(m, (struct key){ .code = K_UP + (int)below(m, K_NAMED - K_UP) });
	else if (what < 98)
		press_mouse(m);
	else
		app_resize(app, 1 + (int)below(m, MONKEY_ROWS), 1 + (int)below(m, MONKEY_COLS));
}

int
monkey_run(struct script *s, struct str words)
{
	struct monkey m = { .script = s };
	uint64_t count = 0, every = 0;
	int rows = s->app->grid.rows, cols = s->app->grid.cols;
	struct str seed = STR(""), keys = STR("");

	str_next(&words, ' ', &seed);
	str_next(&words, ' ', &keys);
	if (!str_u64(seed, &m.state) || !str_u64(keys, &count) || (words.len && !str_u64(words, &every)))
		return err_set(ERR_USAGE, "line %zu: monkey SEED COUNT [EVERY]", s->line);
	int r = 0;
	for (uint64_t n = 1; n <= count && r == 0; n++) {
		press_any(&m);
		r = script_settle(s);
		if (r == 0 && every && n % every == 0) {
			char title[40];
			snprintf(title, sizeof title, "key %llu", (unsigned long long)n);
			r = script_screen(s, str_from(title));
			r = r < 0 ? r : script_shown(s, str_from(title));
		}
	}
	app_resize(s->app, rows, cols);
	return r < 0
	    ? r
	    : script_say(s, "== monkey %llu keys, slowest %llu us: %s; of processor time %llu us: %s\n",
		  (unsigned long long)count, (unsigned long long)m.slowest_us, m.slowest,
		  (unsigned long long)m.dearest_us, m.dearest);
}
