#include "cli/ask.h"
#include "cli/commands.h"

#include "annotations/report/report.h"
#include "base/digest.h"

struct publication {
	struct ask ask;
	enum report_format format;
	struct str release;
	const char *name;
	uint64_t at; /* UINT64_MAX: the keeper's choice */
	struct buf model, file;
};

static int
take_model(void *ctx, struct str bytes)
{
	struct publication *p = ctx;

	return buf_str(&p->model, bytes);
}

static int
ask_model(struct publication *p)
{
	struct answers answers = { .data = take_model, .ctx = p };
	json_t *question;

	int r = ask_question(
	    &question, "{s:s, s:s%}", "ask", "report", "release", p->release.data, p->release.len);
	if (r < 0)
		return r;
	if (p->at != UINT64_MAX)
		r = json_set_num(question, "at", p->at);
	if (r == 0)
		r = ask_ledger(&p->ask, question, &answers, NULL);
	json_decref(question);
	return r;
}

static int
render(struct publication *p)
{
	json_t *model;

	int r = json_read(buf_view(&p->model), &model);
	if (r < 0)
		return err_in(r, "report");
	r = report_render(p->format, model, &p->file);
	/* others may write meanwhile: what is published is what was rendered */
	p->at = json_num(json_object_get(model, "ledger"), "index");
	json_decref(model);
	return r;
}

static int
publish(struct publication *p, json_t **done)
{
	struct str file = buf_view(&p->file);
	json_t *words;

	int r = ask_question(&words, "{s:s, s:s%, s:s, s:s}", "say", "publish", "release", p->release.data,
	    p->release.len, "format", report_format_word(p->format), "name", p->name);
	if (r < 0)
		return r;
	if (p->at != UINT64_MAX)
		r = json_set_num(words, "at", p->at);
	if (r == 0)
		r = ask_say(&p->ask, words, &file, done);
	json_decref(words);
	return r;
}

static void
say_published(const struct publication *p, const json_t *done)
{
	const struct print *print = &p->ask.print;
	uint8_t digest[SHA256_LEN];
	char hex[HEX_LEN(SHA256_LEN)];

	sha256(p->file.data, p->file.len, digest);
	hex_from(digest, sizeof digest, hex);
	print_text(print, STYLE_PATH, str_from(p->ask.room.path));
	print_format("/" ROOM_OUTBOX "/");
	print_text(print, STYLE_PATH, str_from(p->name));
	print_format(
	    "\nsha256  %s\nrecord  %llu\n\nTo check it anywhere, with NAME.sig and allowed_signers beside "
	    "it:\n"
	    "  carrel roster export --at %llu > allowed_signers     (here; or any other way that you trust)\n"
	    "  ssh-keygen -Y verify -f allowed_signers -I ",
	    hex, (unsigned long long)json_num(done, "index"), (unsigned long long)json_num(done, "index"));
	print_text(print, STYLE_NONE, json_str(p->ask.session, "person"));
	print_format(" -n report@carrel -s ");
	print_text(print, STYLE_NONE, str_from(p->name));
	print_format(".sig < ");
	print_text(print, STYLE_NONE, str_from(p->name));
	print_format("\n");
}

/* --format, else by the ending of the file's name. */
static int
read_format(const struct call *call, const char *name, enum report_format *format)
{
	const char *given = call_get(call, "format", NULL), *dot = strrchr(name, '.');

	if (given ? report_format_find(str_from(given), format)
		  : dot && report_format_find(str_from(dot + 1), format))
		return 0;
	return err_set(
	    ERR_USAGE, "report: --format is missing, and %s does not end in .html, .md or .json", name);
}

int
run_report(struct call *call)
{
	struct publication p = {
		.release = call_argument(call, 0),
		.at = UINT64_MAX,
		.model = BUF(REPORT_MAX),
		.file = BUF(REPORT_MAX),
	};
	json_t *done = NULL;

	int r = call_require(call, "output", &p.name);
	if (r == 0)
		r = read_format(call, p.name, &p.format);
	if (r == 0)
		r = call_number(call, "at", &p.at);
	if (r == 0)
		r = ask_open(&p.ask, call, &(struct ask_how){ .chain = CHAIN_READER, .mode = "session" });
	if (r < 0)
		return r;
	r = ask_model(&p);
	if (r == 0)
		r = render(&p);
	if (r == 0)
		r = publish(&p, &done);
	if (r == 0)
		say_published(&p, done);
	json_decref(done);
	buf_release(&p.model);
	buf_release(&p.file);
	return ask_close(&p.ask, r);
}
