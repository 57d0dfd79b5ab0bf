/* Heads that leave the room: checkpoints, slips, proofs, cosignatures. */
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/heads.h"
#include "cli/qr.h"

#define NOTE_MAX ((size_t)4096)
#define ARMOUR_MAX ((size_t)16384)
#define GROUP 4         /* digits of a slip between spaces ... */
#define GROUPS_A_LINE 7 /* ... and groups on a line */

/* ---- checkpoint ---- */

struct showing {
	struct ask *ask;
	bool slip, qr;
};

/* The root in groups that an eye can follow. */
static void
print_slip(struct str slip)
{
	struct str size;

	if (!str_next(&slip, '.', &size) || !slip.data)
		return;
	print_format("slip  %.*s.", STR_ARG(size));
	for (size_t i = 0; i < slip.len; i++) {
		if (i % (GROUP * GROUPS_A_LINE) == 0)
			print_format("\n      ");
		else if (i % GROUP == 0)
			print_format(" ");
		print_bytes((struct str){ slip.data + i, 1 });
	}
	print_format("\n");
}

static int
show_checkpoint(void *ctx, const json_t *checkpoint)
{
	struct showing *showing = ctx;
	const struct print *print = &showing->ask->print;
	struct str slip = json_str(checkpoint, "slip");
	int r = 0;

	if (print->json)
		return print_object(checkpoint, "room size root slip note");
	if (!showing->slip && !showing->qr) {
		print_bytes(json_str(checkpoint, "note"));
		return 0;
	}
	if (showing->qr)
		r = qr_print(slip.data, print->colour);
	print_format("room  ");
	print_text(print, STYLE_NONE, json_str(checkpoint, "room"));
	print_format("  ");
	print_text(print, STYLE_NONE, json_str(checkpoint, "product"));
	print_format("\n");
	print_slip(slip);
	return r;
}

int
heads_show(struct ask *ask, uint64_t size, bool slip, bool qr)
{
	struct showing showing = { .ask = ask, .slip = slip, .qr = qr };
	struct answers answers = { .object = show_checkpoint, .ctx = &showing };
	json_t *question;

	int r = ask_question(&question, "{s:s, s:I}", "ask", "checkpoint", "size", (json_int_t)size);
	if (r < 0)
		return r;
	r = ask_ledger(ask, question, &answers, NULL);
	json_decref(question);
	return r;
}

int
run_checkpoint(struct call *call)
{
	uint64_t size = 0;
	struct ask ask;

	int r = call_number(call, "size", &size);
	if (r == 0)
		r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r < 0)
		return r;
	return ask_close(&ask, heads_show(&ask, size, call_has(call, "slip"), call_has(call, "qr")));
}

static void
say_recorded(const struct print *print, json_t *done)
{
	if (print->json)
		print_format("{\"index\":%llu}\n", (unsigned long long)json_num(done, "index"));
	else
		print_format("record %llu\n", (unsigned long long)json_num(done, "index"));
}

int
run_checkpoint_new_key(struct call *call)
{
	struct ask ask;
	json_t *words, *done = NULL;

	int r = ask_question(&words, "{s:s, s:s}", "say", "roomkey", "why", call_get(call, "why", ""));
	if (r < 0)
		return r;
	r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session" });
	if (r == 0) {
		r = ask_say(&ask, words, NULL, &done);
		if (r == 0)
			say_recorded(&ask.print, done);
		r = ask_close(&ask, r);
	}
	json_decref(words);
	json_decref(done);
	return r;
}

/* ---- prove ---- */

static int
print_proof(void *ctx, struct str bytes)
{
	(void)ctx;
	print_bytes(bytes);
	return 0;
}

int
heads_prove(struct ask *ask, const char *from)
{
	struct answers answers = { .data = print_proof };
	json_t *question;

	int r = ask_question(&question, "{s:s, s:s}", "ask", "prove", "from", from);
	if (r < 0)
		return r;
	r = ask_ledger(ask, question, &answers, NULL);
	json_decref(question);
	return r;
}

static int
proof_question(const struct call *call, json_t **out)
{
	const char *from = call_get(call, "from", "");
	uint64_t index = 0, size = 0;

	if ((call->count == 1) == (*from != 0))
		return err_set(ERR_USAGE, "prove: either a record's number or --from, please");
	if (call->count == 1 && !str_u64(call_argument(call, 0), &index))
		return err_set(ERR_USAGE, "prove: %s is no record's number", call->arguments[0]);
	if (index > (uint64_t)1 << 53)
		return err_set(ERR_USAGE, "prove: %s is no record's number", call->arguments[0]);
	int r = call_number(call, "size", &size);
	return r < 0 ? r
		     : ask_question(out, "{s:s, s:I, s:I, s:s}", "ask", "prove", "index", (json_int_t)index,
			   "size", (json_int_t)size, "from", from);
}

int
run_prove(struct call *call)
{
	struct ask ask;
	json_t *question;

	int r = proof_question(call, &question);
	if (r < 0)
		return r;
	r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "read" });
	if (r == 0) {
		struct answers answers = { .data = print_proof };
		r = ask_close(&ask, ask_ledger(&ask, question, &answers, NULL));
	}
	json_decref(question);
	return r;
}

/* ---- cosign ---- */

static int
cosign_words(const struct call *call, json_t **out)
{
	struct buf note = BUF(NOTE_MAX), armour = BUF(ARMOUR_MAX);
	const char *signature = call_get(call, "signature", NULL);
	json_t *words = NULL;

	int r = call_file(call->arguments[0], &note);
	if (r == 0 && signature)
		r = call_file(signature, &armour);
	if (r == 0)
		r = ask_question(&words, "{s:s}", "say", "cosign");
	if (r == 0)
		r = json_set_str(words, "checkpoint", buf_view(&note));
	if (r == 0 && signature)
		r = json_set_str(words, "signature", buf_view(&armour));
	buf_release(&note);
	buf_release(&armour);
	if (r < 0) {
		json_decref(words);
		return r;
	}
	*out = words;
	return 0;
}

/* What was signed here goes out on standard output. */
static int
print_cosignature(struct ask *ask, uint64_t index)
{
	struct answers answers = { .data = print_proof };
	json_t *question;

	int r = ask_question(&question, "{s:s, s:I, s:s}", "ask", "attachment", "index", (json_int_t)index,
	    "name", "signature");
	if (r < 0)
		return r;
	r = ask_ledger(ask, question, &answers, NULL);
	json_decref(question);
	return r;
}

int
run_cosign(struct call *call)
{
	struct ask ask;
	json_t *words, *done = NULL;

	int r = cosign_words(call, &words);
	if (r < 0)
		return r;
	r = ask_open(&ask, call, &(struct ask_how){ .chain = CHAIN_LEDGER, .mode = "session" });
	if (r == 0) {
		r = ask_say(&ask, words, NULL, &done);
		if (r == 0 && call_has(call, "signature"))
			say_recorded(&ask.print, done);
		else if (r == 0)
			r = print_cosignature(&ask, json_num(done, "index"));
		r = ask_close(&ask, r);
	}
	json_decref(words);
	json_decref(done);
	return r;
}
