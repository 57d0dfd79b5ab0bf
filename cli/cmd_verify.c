#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/heads.h"

#define KEY_LINE_MAX ((size_t)16 * 1024)

static int
print_check(void *ctx, const json_t *check)
{
	const struct ask *ask = ctx;
	const struct print *print = &ask->print;
	const json_t *summary = json_object_get(check, "summary");
	bool ok = json_bool(summary ? summary : check, "ok");

	if (print->json)
		return print_object(check, "check ok detail");
	if (summary) {
		print_style(print, ok ? STYLE_GOOD : STYLE_BAD, "%s", ok ? "verifies" : "DOES NOT VERIFY");
		print_format(": %llu records\n", (unsigned long long)json_num(summary, "records"));
		return 0;
	}
	print_style(print, ok ? STYLE_GOOD : STYLE_BAD, "%s", ok ? "ok  " : "BAD ");
	print_format("  ");
	print_text(print, STYLE_BOLD, json_str(check, "check"));
	if (json_str(check, "detail").len) {
		print_format("  ");
		print_text(print, STYLE_NONE, json_str(check, "detail"));
	}
	print_format("\n");
	return 0;
}

int
verify_set_host_key(const struct call *call, json_t *question)
{
	const char *path = call_get(call, "host-key", NULL);
	struct buf line = BUF(KEY_LINE_MAX);

	if (!path)
		return 0;
	int r = call_file(path, &line);
	while (line.len && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r'))
		line.len--;
	if (r == 0)
		r = json_set_str(question, "key", buf_view(&line));
	buf_release(&line);
	return r;
}

/* One of the given slips or checkpoint files. */
static int
add_given(json_t *list, const struct option *option, const char *value)
{
	struct buf text = BUF(KEY_LINE_MAX);

	int r = strcmp(option->name, "checkpoint") == 0 ? call_file(value, &text) : buf_text(&text, value);
	if (r == 0 && json_array_append_new(list, json_stringn((const char *)text.data, text.len)) < 0)
		r = err_set(ERR_USAGE, "verify: %s is not text", value);
	buf_release(&text);
	return r;
}

int
verify_set_given(const struct call *call, json_t *question, const char *option, const char *key)
{
	json_t *list = json_array();
	int r = 0;

	for (size_t i = 0; list && r == 0 && i < call->options; i++)
		if (strcmp(call->given[i].option->name, option) == 0)
			r = add_given(list, call->given[i].option, call->given[i].value);
	if (json_object_set_new(question, key, list) < 0 && r == 0)
		r = err_set(ERR_MEMORY, "no memory");
	return r;
}

int
run_verify(struct call *call)
{
	struct ask ask;
	json_t *question;

	int r = ask_question(&question, "{s:s}", "ask", "verify");
	if (r < 0)
		return r;
	r = verify_set_host_key(call, question);
	if (r == 0)
		r = verify_set_given(call, question, "slip", "slips");
	if (r == 0)
		r = verify_set_given(call, question, "checkpoint", "checkpoints");
	if (r == 0)
		r = json_set_str(question, "file", str_from(call_get(call, "file", "")));
	if (r == 0)
		r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r == 0) {
		struct answers answers = { .object = print_check, .ctx = &ask };
		r = ask_close(&ask, ask_ledger(&ask, question, &answers, NULL));
	}
	json_decref(question);
	return r;
}
