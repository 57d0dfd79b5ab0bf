/* verify-source: a release held against the archive that claims to be it, and the archive before. */
#include "cli/ask.h"
#include "cli/commands.h"

#include "base/digest.h"
#include "base/fs.h"

#include <fcntl.h>
#include <unistd.h>

#define PIECE ((size_t)64 * 1024)

struct holding {
	struct ask ask;
	struct str release;
	const char *file; /* --archive */
	char sha256[HEX_LEN(SHA256_LEN)];
	char archive[RELEASE_NAME_MAX + 1], previous[RELEASE_NAME_MAX + 1];
	char before[RELEASE_NAME_MAX + 1]; /* the last archive in the list so far that is neither */
	struct table table;
	uint64_t rows, files, bytes, same;
};

/* Of the file as it lies there; the room has what was imported. */
static int
digest_file(const char *path, char hex[static HEX_LEN(SHA256_LEN)])
{
	uint8_t bytes[PIECE], sum[SHA256_LEN];
	struct sha256 ctx;
	ssize_t n;
	int fd;

	int r = fs_open(AT_FDCWD, path, O_RDONLY, &fd);
	if (r < 0)
		return err_in(r, "%s", path);
	sha256_init(&ctx);
	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		sha256_add(&ctx, bytes, (size_t)n);
	r = n < 0 ? err_sys("%s", path) : 0;
	close(fd);
	sha256_end(&ctx, sum);
	hex_from(sum, sizeof sum, hex);
	return r;
}

static void
set_name(char to[static RELEASE_NAME_MAX + 1], struct str name)
{
	snprintf(to, RELEASE_NAME_MAX + 1, "%.*s", STR_ARG(name));
}

/* Looks for the archive by its digest, and for the one that was imported before it. */
static int
take_release(void *ctx, const json_t *release)
{
	struct holding *h = ctx;
	struct str name = json_str(release, "release");
	bool archive = str_is(json_str(release, "kind"), "archive"), wanted = str_is(name, h->archive);

	if (h->file && archive && str_is(json_str(release, "sha256"), h->sha256)) {
		set_name(h->archive, name);
		wanted = true;
	}
	if (wanted && !h->previous[0])
		memcpy(h->previous, h->before, sizeof h->previous);
	if (archive && !wanted && !str_eq(name, h->release))
		set_name(h->before, name);
	return 0;
}

static int
find_archive(struct holding *h)
{
	struct answers answers = { .object = take_release, .ctx = h };
	json_t *question;

	int r = ask_question(&question, "{s:s}", "ask", "releases");
	if (r == 0)
		r = ask_ledger(&h->ask, question, &answers, NULL);
	if (r == 0 && !h->archive[0])
		r = err_set(ERR_ABSENT, "%s is not in the room: 'carrel import' takes it in first", h->file);
	json_decref(question);
	return r;
}

static int
print_held(void *ctx, const struct row *row)
{
	struct holding *h = ctx;
	struct table *table = &h->table;

	if (str_is(row_get(row, F_WHAT), "summary")) {
		h->files = row_get_num(row, F_FILES);
		h->bytes = row_get_num(row, F_SIZE);
		h->same = row_get_num(row, F_SEARCHED);
		return h->ask.print.json ? print_row_summary(row) : 0;
	}
	h->rows++;
	if (h->ask.print.json)
		return print_row(row, "what path bytes status change old_mode new_mode why");
	table_text(table, STYLE_BOLD, row_get(row, F_WHAT));
	table_text(table, STYLE_NONE, row_get(row, F_CHANGE));
	table_number(table, row_get_num(row, F_SIZE));
	table_text(table, STYLE_NONE, row_get(row, F_STATUS));
	table_text(table, STYLE_PATH, row_get(row, F_PATH));
	table_text(
	    table, STYLE_BAD, row_has(row, F_NEW_MODE) ? row_get(row, F_NEW_MODE) : row_get(row, F_WHY));
	return 0;
}

static int
hold(struct holding *h)
{
	static const char *const heads[] = { "what", "since", ">bytes", "status", "path", "why", NULL };
	char names[3 * (RELEASE_NAME_MAX + 1)];
	struct order order = { .verb = VERB_SOURCES };
	struct answers answers = { .row = print_held, .ctx = h };

	snprintf(names, sizeof names, "%.*s %s%s%s", STR_ARG(h->release), h->archive,
	    h->previous[0] ? " " : "", h->previous);
	row_set(&order.args, F_RELEASE, str_from(names));
	table_init(&h->table, heads);
	int r = ask_read(&h->ask, &order, &answers, NULL);
	table_print(&h->ask.print, &h->table);
	return r;
}

/* What was found as a record of the person's. */
static int
record(struct holding *h)
{
	char text[512];
	json_t *words, *done = NULL;

	snprintf(text, sizeof text,
	    "Held against the archive %s%s%s: %llu files the same; %llu differ or are in the archive alone, "
	    "%llu bytes.",
	    h->archive, h->previous[0] ? ", beside " : "", h->previous, (unsigned long long)h->same,
	    (unsigned long long)h->files, (unsigned long long)h->bytes);
	int r = ask_question(&words, "{s:s, s:s%, s:s, s:s, s:s}", "say", "check", "release", h->release.data,
	    h->release.len, "against", "archive", "result", h->rows ? "differs" : "same", "text", text);
	if (r < 0)
		return r;
	if (h->file)
		r = json_set_foreign(words, "source", str_from(h->file));
	if (r == 0 && h->file)
		r = json_set_str(words, "sha256", str_from(h->sha256));
	if (r == 0)
		r = ask_say(&h->ask, words, NULL, &done);
	if (r == 0 && !h->ask.print.json)
		print_format("record %llu\n", (unsigned long long)json_num(done, "index"));
	json_decref(words);
	json_decref(done);
	return r;
}

static void
say_sum(const struct holding *h)
{
	print_format("%llu files are the same", (unsigned long long)h->same);
	if (h->rows > 0)
		print_format("; %llu files with %llu bytes of %s are not what %.*s has",
		    (unsigned long long)h->files, (unsigned long long)h->bytes, h->archive,
		    STR_ARG(h->release));
	print_format(h->previous[0] ? "; 'since' is since %s\n" : "%s\n", h->previous);
}

int
run_verify_source(struct call *call)
{
	struct holding h = { .release = call_argument(call, 0), .file = call_get(call, "archive", NULL) };
	const char *with = call_get(call, "with", ""), *previous = call_get(call, "previous", "");
	int r = 0;

	if (!h.file == !*with)
		return err_set(
		    ERR_USAGE, "verify-source: the archive is named by --archive FILE or by --with REL");
	if (strlen(with) > RELEASE_NAME_MAX || strlen(previous) > RELEASE_NAME_MAX)
		return err_set(ERR_USAGE, "verify-source: no release has so long a name");
	set_name(h.archive, str_from(with));
	set_name(h.previous, str_from(previous));
	if (h.file)
		r = digest_file(h.file, h.sha256);
	if (r == 0)
		r = ask_open(&h.ask, call,
		    &(struct ask_how){ .chain = CHAIN_READER, .mode = "session", .shows_source = true });
	if (r < 0)
		return r;
	r = find_archive(&h);
	if (r == 0)
		r = hold(&h);
	if (r == 0 && !h.ask.print.json)
		say_sum(&h);
	if (r == 0 && call_has(call, "record"))
		r = record(&h);
	r = ask_close(&h.ask, r);
	return r == 0 && h.rows > 0 ? 1 : r;
}
