#include "cli/progress.h"

#include "base/show.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_MS 100
#define SPARSE_MS 10000
#define WORDS_MAX 512
#define RATE_AFTER_MS 500 /* too little to judge from before that */

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void
progress_init(struct progress_line *line)
{
	struct winsize size;

	*line = (struct progress_line){ .terminal = isatty(STDERR_FILENO) == 1 };
	if (line->terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0)
		line->width = size.ws_col;
}

static int
add_amount(struct buf *out, uint64_t value, bool bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double amount = (double)value;
	size_t unit = 0;

	if (!bytes)
		return buf_printf(out, "%llu", (unsigned long long)value);
	for (; amount >= 1024 && unit < 4; unit++)
		amount /= 1024;
	return buf_printf(out, unit ? "%.1f %s" : "%.0f %s", amount, units[unit]);
}

static int
add_rate(struct buf *out, const struct progress *now, bool bytes, uint64_t elapsed_ms)
{
	if (elapsed_ms < RATE_AFTER_MS || now->done == 0)
		return 0;
	int r = buf_text(out, ", ");
	if (r == 0)
		r = add_amount(out, now->done * 1000 / elapsed_ms, bytes);
	if (r == 0)
		r = buf_text(out, "/s");
	if (r < 0 || now->total <= now->done)
		return r;
	uint64_t left =
	    (uint64_t)((double)(now->total - now->done) * (double)elapsed_ms / (double)now->done / 1000);
	return buf_printf(
	    out, ", %llu:%02llu left", (unsigned long long)(left / 60), (unsigned long long)(left % 60));
}

int
progress_words(struct buf *out, const struct progress *now, uint64_t elapsed_ms)
{
	bool bytes = str_is(now->unit, "bytes");
	int r = show(out, now->what, 0);

	if (r == 0)
		r = buf_byte(out, ' ');
	if (r == 0)
		r = add_amount(out, now->done, bytes);
	if (r == 0 && now->total) {
		r = buf_text(out, " of ");
		if (r == 0)
			r = add_amount(out, now->total, bytes);
	}
	if (r == 0 && !bytes)
		r = buf_printf(out, " %.*s", STR_ARG(now->unit));
	return r < 0 ? r : add_rate(out, now, bytes, elapsed_ms);
}

static void
draw(struct progress_line *line, struct str words)
{
	size_t at = 0, used = 0, len;

	if (!line->terminal) {
		fprintf(stderr, "%.*s\n", STR_ARG(words));
		return;
	}
	while (at < words.len) {
		int32_t code = utf8_next(words, at, &len);
		used += code < 0 ? 1 : (size_t)show_width(code);
		if (line->width && used >= line->width)
			break;
		at += len;
	}
	fprintf(stderr, "\r%.*s\033[K", (int)at, words.data);
	fflush(stderr);
	line->drawn = true;
}

void
progress_show(struct progress_line *line, const struct progress *now)
{
	uint64_t ms = now_ms();
	char what[sizeof line->what];
	struct buf words = BUF(WORDS_MAX);

	show_in(what, sizeof what, now->what);
	if (line->started == 0 || strcmp(what, line->what) != 0) {
		memcpy(line->what, what, sizeof what);
		line->started = ms;
		if (line->last == 0)
			line->last = line->terminal ? 0 : ms;
	}
	if (ms - line->last < (line->terminal ? REDRAW_MS : SPARSE_MS))
		return;
	line->last = ms;
	if (progress_words(&words, now, ms - line->started) == 0)
		draw(line, buf_view(&words));
	buf_release(&words);
}

void
progress_clear(struct progress_line *line)
{
	if (line->drawn)
		fputs("\r\033[K", stderr);
	line->drawn = false;
}
