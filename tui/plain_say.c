/* What can be said in the dialogue: comments, answers, changes of state, private notes. */

#include "tui/plain.h"

#include "base/utf8.h"

#include <stdio.h>
#include <time.h>

static void
take_thread(struct plain *p, const json_t *json)
{
	model_add_thread(&p->model, json);
}

void
plain_threads_ask(struct plain *p)
{
	json_t *ask = json_pack("{s:s}", "ask", "threads");

	model_clear_threads(&p->model);
	p->json = take_thread;
	plain_ask(p, MSG_ASK, ask);
	json_decref(ask);
}

static void
threads(struct plain *p, struct str rest)
{
	char text[900], lines[40];

	plain_choices_clear(p);
	plain_threads_ask(p);
	for (size_t i = 0; i < p->model.thread_count; i++) {
		const struct thread *t = &p->model.threads[i];
		bool closed = thread_closed(t);
		if ((str_is(rest, "open") && closed) || (str_is(rest, "closed") && !closed))
			continue;
		lines[0] = 0;
		if (t->first)
			snprintf(lines, sizeof lines, _(" line %llu"), (unsigned long long)t->first);
		snprintf(text, sizeof text, _("%.20s, %.30s, %.200s, %.400s%s, by %.60s"),
		    plain_show(p, t->kind), plain_show(p, t->state), plain_show(p, t->title),
		    plain_show(p, t->path), lines, plain_show(p, t->author));
		plain_choice_add(p, CHOICE_THREAD, str_from(text))->id = arena_str(&p->choice_arena, t->id);
	}
	plain_tell(p, _("Threads: %zu."), p->choice_count);
	plain_choices_tell(p);
}

static void
take_words(struct plain *p, const json_t *json)
{
	char ago[32];

	if (p->count++ == 0) /* the thread itself, which was told */
		return;
	plain_tell(p, _("%zu. %s, %s, %s, %s; signature %s, record %llu:"), (size_t)p->count - 1,
	    plain_show(p, json_str(json, "type")), plain_show(p, json_str(json, "author")),
	    plain_show(p, json_str(json, "role")), time_ago(json_str(json, "time"), (int64_t)time(NULL), ago),
	    plain_show(p, json_str(json, "signature")), (unsigned long long)json_num(json, "index"));
	if (json_str(json, "state").len)
		plain_tell(p, _("  state: %s"), plain_show(p, json_str(json, "state")));
	plain_block(p, "  ", json_str(json, "text"));
}

/* The thread of this id, or of one that begins so; NULL with words for the person. */
static const struct thread *
find_thread(struct plain *p, struct str id)
{
	const struct thread *found = NULL;

	plain_threads_ask(p);
	for (size_t i = 0; i < p->model.thread_count && id.len; i++)
		if (str_starts(p->model.threads[i].id, id))
			found = &p->model.threads[i];
	if (!found)
		plain_tell(p, _("No thread begins with %s; threads lists them."), plain_show(p, id));
	return found;
}

void
plain_thread(struct plain *p, struct str id)
{
	const struct thread *t = find_thread(p, id);
	json_t *ask;

	if (!t)
		return;
	id = plain_keep(p, t->id);
	plain_tell(p, _("Thread %s: %s, %s, %s; on %s line %llu of %s."), plain_show(p, t->id),
	    plain_show(p, t->kind), plain_show(p, t->state), plain_show(p, t->title), plain_show(p, t->path),
	    (unsigned long long)t->first, plain_show(p, t->release));
	ask = json_pack("{s:s,s:s%}", "ask", "show", "thread", id.data, id.len);
	p->json = take_words;
	plain_ask(p, MSG_ASK, ask);
	json_decref(ask);
	plain_tell(p, _("answer %s answers it, state %s STATE changes its state."), plain_show(p, id),
	    plain_show(p, id));
}

static void
thread(struct plain *p, struct str rest)
{
	plain_thread(p, rest);
}

/* ---- saying ---- */

/* ---- drafts: as the desk keeps them, so that either takes up what the other began ---- */

static void
save_draft(struct plain *p, const json_t *say, const struct buf *text)
{
	struct buf words = BUF((size_t)256 * 1024);
	json_t *draft = p->no_drafts ? NULL : json_deep_copy(say);
	json_t *order =
	    draft ? json_pack("{s:s,s:s,s:s}", "note", "save", "kind", "draft", "name", "") : NULL;

	int r = order ? json_set_str(draft, "text", buf_view(text)) : ERR_ABSENT;
	if (r == 0)
		r = json_write_canonical(&words, draft);
	if (r == 0)
		r = json_set_str(order, "text", buf_view(&words));
	if (r == 0 && p->note[0])
		r = json_set_str(order, "id", str_from(p->note));
	p->quiet = true;
	if (r == 0 && plain_ask(p, MSG_NOTE, order) && p->done)
		snprintf(p->note, sizeof p->note, "%.*s", STR_ARG(json_str(p->done, "id")));
	else
		p->no_drafts = true;
	p->quiet = false;
	json_decref(order);
	json_decref(draft);
	buf_wipe(&words);
}

/* What was signed or kept is no draft any more; what was not stays one. */
static void
end_draft(struct plain *p, bool said)
{
	json_t *order = said && p->note[0] ? json_pack("{s:s,s:s}", "note", "drop", "id", p->note) : NULL;
	json_t *done = p->done;

	if (order) {
		p->done = NULL;
		plain_ask(p, MSG_NOTE, order);
		json_decref(p->done);
		p->done = done;
	} else if (p->note[0])
		plain_tell(p, _("Your words lie in your notebook as a draft."));
	p->note[0] = 0;
	json_decref(order);
}

/* Lines up to one that is a dot alone; false if there were none, or the input ended before the dot. */
static bool
ask_words(struct plain *p, const json_t *say, struct buf *text, bool may_be_empty)
{
	struct buf line = BUF(PLAIN_LINE_MAX);
	bool ended = false;

	plain_tell(p, _("Your words, as many lines as you like; a line with a dot alone ends them."));
	while (!ended && plain_line(p, "", false, &line)) {
		struct str words = buf_view(&line);
		ended = str_is(words, ".");
		if (ended)
			break;
		if (!utf8_ok(words)) {
			plain_tell(p, _("That line is no UTF-8; it was not taken."));
			continue;
		}
		if ((text->len && buf_byte(text, '\n') < 0) || buf_str(text, words) < 0)
			plain_tell(p, _("A record holds no more; that line was not taken."));
		else
			save_draft(p, say, text);
	}
	buf_release(&line);
	if (ended && (text->len || may_be_empty))
		return true;
	plain_tell(p, _("Nothing was said."));
	end_draft(p, false);
	return false;
}

/* One of a list of words, by its number or as it is; Enter alone takes the first. */
static const char *
ask_choice(struct plain *p, const char *what, const char *const *words)
{
	struct buf line = BUF(PLAIN_LINE_MAX);
	uint64_t number, last;
	const char *out = NULL;

	plain_tell(p, "%s:", what);
	for (size_t i = 0; words[i]; i++)
		plain_tell(p, "%zu. %s", i + 1, words[i]);
	while (!out && plain_line(p, _("Its number, Enter is 1: "), false, &line)) {
		bool given = plain_range(buf_view(&line), &number, &last);
		for (size_t i = 0; words[i]; i++)
			if (given ? number == i + 1 : line.len ? str_is(buf_view(&line), words[i]) : i == 0)
				out = words[i];
	}
	buf_release(&line);
	return out;
}

static void
send(struct plain *p, enum message_kind kind, json_t *say, struct buf *text)
{
	int r = say ? 0 : err_set(ERR_MEMORY, _("no memory"));

	if (r == 0 && text->len)
		r = json_set_str(say, "text", buf_view(text));
	if (r < 0)
		plain_tell(p, "%s", err_text());
	else if (!plain_ask(p, kind, say))
		end_draft(p, false);
	else {
		end_draft(p, true);
		if (kind == MSG_SAY)
			plain_tell(p, _("Signed and recorded: record %llu."),
			    (unsigned long long)(p->done ? json_num(p->done, "index") : 0));
		else
			plain_tell(p, _("Kept in your notebook; nobody else can read it."));
	}
	json_decref(say);
	buf_wipe(text);
}

/* "[old] LINES", or nothing: the line where one is.  *release: of the old side's, the release compared with. */
static bool
read_place(
    struct plain *p, struct str rest, struct str *release, struct str *path, uint64_t *first, uint64_t *last)
{
	const struct change *change;
	bool old = str_starts(rest, STR("old "));

	*release = p->spot.release;
	*path = p->spot.path;
	*first = *last = p->spot.line;
	if (p->spot.path.len == 0) {
		plain_tell(p, _("No file is open."));
		return false;
	}
	if (old) {
		rest = (struct str){ rest.data + 4, rest.len - 4 };
		change = model_change_of(&p->model, p->spot.path);
		*release = model_base(&p->model);
		*path = change && change->old_path.len ? change->old_path : p->spot.path;
	}
	if (rest.len && !plain_range(rest, first, last)) {
		plain_tell(p, _("The lines: 12, or 12-14, or old 12 for the release compared with."));
		return false;
	}
	return true;
}

static json_t *
placed(struct plain *p, const char *key, const char *word, struct str rest)
{
	struct str release, path;
	uint64_t first, last;
	json_t *say;

	if (!read_place(p, rest, &release, &path, &first, &last) || !(say = json_pack("{s:s}", key, word)))
		return NULL;
	int r = json_set_str(say, "release", release);
	if (r == 0)
		r = json_set_foreign(say, "path", path);
	if (r == 0)
		r = json_set_num(say, "first", first);
	if (r == 0)
		r = json_set_num(say, "last", last);
	plain_tell(p, _("On %s of %s, lines %llu to %llu."), plain_show(p, path), plain_show(p, release),
	    (unsigned long long)first, (unsigned long long)last);
	if (r == 0)
		return say;
	json_decref(say);
	return NULL;
}

static bool
ask_title(struct plain *p, json_t *say)
{
	struct buf line = BUF(400);
	bool given = plain_line(p, _("Title, one line that says what is wrong: "), false, &line) && line.len;

	if (!given)
		plain_tell(p, _("A finding needs a title."));
	given = given && json_set_str(say, "title", buf_view(&line)) == 0;
	buf_release(&line);
	return given;
}

static void
annotate(struct plain *p, struct str rest, const char *kind)
{
	static const char *const severities[] = { "undetermined", "informational", "low", "medium", "high",
		"critical", NULL };
	static const char *const difficulties[] = { "undetermined", "low", "medium", "high", NULL };
	struct buf text = BUF((size_t)48 * 1024);
	json_t *say = placed(p, "say", "annotate", rest);
	const char *severity = NULL, *difficulty = NULL;
	bool finding = strcmp(kind, "finding") == 0;
	bool go = say && json_set_str(say, "kind", str_from(kind)) == 0;

	if (go && finding)
		go = ask_title(p, say) && (severity = ask_choice(p, _("Severity"), severities)) &&
		    (difficulty = ask_choice(p, _("Difficulty"), difficulties)) &&
		    json_set_str(say, "severity", str_from(severity)) == 0 &&
		    json_set_str(say, "difficulty", str_from(difficulty)) == 0;
	if (go && ask_words(p, say, &text, false)) {
		send(p, MSG_SAY, say, &text);
		plain_threads_ask(p);
	} else
		json_decref(say);
	buf_wipe(&text);
}

static void
comment(struct plain *p, struct str rest)
{
	annotate(p, rest, "note");
}

static void
question(struct plain *p, struct str rest)
{
	annotate(p, rest, "question");
}

static void
finding(struct plain *p, struct str rest)
{
	annotate(p, rest, "finding");
}

static void
private_note(struct plain *p, struct str rest)
{
	struct str release, path;
	uint64_t first, last;
	struct buf text = BUF((size_t)48 * 1024);
	char name[700];

	if (!read_place(p, rest, &release, &path, &first, &last))
		return;
	snprintf(name, sizeof name, first == last ? "%s:%.400s:%llu" : "%s:%.400s:%llu-%llu",
	    plain_show(p, release), plain_show(p, path), (unsigned long long)first, (unsigned long long)last);
	json_t *say = placed(p, "say", "private", rest);
	if (say && ask_words(p, say, &text, false))
		send(p, MSG_NOTE, json_pack("{s:s,s:s,s:s}", "note", "save", "kind", "note", "name", name),
		    &text);
	json_decref(say);
	buf_wipe(&text);
}

/* Words in a thread; takes what is to be said. */
static void
speak(struct plain *p, json_t *say, bool may_be_empty)
{
	struct buf text = BUF((size_t)48 * 1024);

	if (say && ask_words(p, say, &text, may_be_empty))
		send(p, MSG_SAY, say, &text);
	else
		json_decref(say);
	buf_wipe(&text);
}

static void
answer(struct plain *p, struct str rest)
{
	const struct thread *t = find_thread(p, rest);

	if (t)
		speak(p, json_pack("{s:s,s:s%}", "say", "reply", "thread", t->id.data, t->id.len), false);
}

static void
state(struct plain *p, struct str rest)
{
	struct str id = STR("");

	str_next(&rest, ' ', &id);
	const struct thread *t = rest.len ? find_thread(p, id) : NULL;
	if (rest.len == 0)
		plain_tell(p,
		    _("state THREAD STATE: resolved, risk accepted, withdrawn, re-opened, answered, fix "
		      "promised, verify requested, disputed."));
	else if (t)
		speak(p,
		    json_pack("{s:s,s:s%,s:s%}", "say", "state", "thread", t->id.data, t->id.len, "state",
			rest.data, rest.len),
		    true);
}

const struct plain_word plain_saying[] = {
	{ "threads", "[open|closed]", N_("all threads"), threads },
	{ "thread", "ID", N_("the words of a thread"), thread },
	{ "comment", "[old] [LINES]", N_("comment on lines of the file"), comment },
	{ "question", "[old] [LINES]", N_("a question on them"), question },
	{ "finding", "[old] [LINES]", N_("a finding on them"), finding },
	{ "private", "[old] [LINES]", N_("a private note, kept in your notebook alone"), private_note },
	{ "answer", "THREAD", N_("answer in the thread"), answer },
	{ "state", "THREAD STATE", N_("change the thread's state"), state },
	{ NULL, NULL, NULL, NULL },
};
