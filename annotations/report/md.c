#include "annotations/report/render.h"

static void
member(struct render *r, const char *before, const json_t *object, const char *key, const char *behind)
{
	render_raw(r, before);
	render_md(r, json_str(object, key));
	render_raw(r, behind);
}

static void
item(struct render *r, const char *name, const json_t *object, const char *key)
{
	if (json_str(object, key).len == 0)
		return;
	render_raw(r, "- ");
	render_raw(r, name);
	member(r, ": ", object, key, "\n");
}

static void
number(struct render *r, const char *name, const json_t *object, const char *key)
{
	render_raw(r, "- ");
	render_raw(r, name);
	render_raw(r, ": ");
	render_number(r, json_num(object, key));
	render_raw(r, "\n");
}

static void
release(struct render *r, const json_t *model)
{
	const json_t *room = json_object_get(model, "room"), *release = json_object_get(model, "release");
	const json_t *ledger = json_object_get(model, "ledger");

	member(r, "# Report on ", room, "product", " ");
	member(r, "", release, "name", "\n\n## What was reviewed\n\n");
	item(r, "Product", room, "product");
	item(r, "Host of the room", room, "host");
	item(r, "Room", room, "id");
	render_raw(r, json_bool(room, "practice") ? "- Kind of room: practice\n" : "- Kind of room: real\n");
	item(r, "Release", release, "name");
	item(r, "Imported from", release, "source");
	item(r, "Kind of source", release, "kind");
	item(r, "Revision", release, "revision");
	item(r, "Top folder left off", release, "stripped");
	item(r, "Git commit", release, "commit");
	item(r, "Git tree", release, "tree");
	item(r, "SHA-256 of the archive", release, "sha256");
	item(r, "SHA-256 of the manifest", release, "manifest");
	number(r, "Files", release, "files");
	number(r, "Distinct files", release, "blobs");
	number(r, "Bytes", release, "bytes");
	item(r, "Imported", release, "imported");
	number(r, "Record of the import", release, "index");
	number(r, "Ledger up to record", ledger, "index");
	item(r, "Time of that record", ledger, "time");
	item(r, "Its hash", ledger, "hash");
	number(r, "Size of the ledger there", ledger, "size");
	item(r, "Root of the ledger there", ledger, "root");
}

static void
files(struct render *r, const char *caption, const json_t *list, uint64_t left_out)
{
	if (json_array_size(list) == 0)
		return;
	render_raw(r, "\n");
	render_raw(r, caption);
	render_raw(r, ":\n\n");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *file = json_array_get(list, i);
		member(r, "- ", file, "path", "");
		member(r, ": ", file, "what", "");
		member(r, json_str(file, "why").len > 0 ? ", " : "", file, "why", "\n");
	}
	if (left_out == 0)
		return;
	render_raw(r, "\nAnd ");
	render_number(r, left_out);
	render_raw(r, " more.\n");
}

static void
suspicious(struct render *r, const json_t *scope)
{
	const json_t *classes = json_object_get(scope, "classes");

	if (json_array_size(classes) == 0)
		return;
	render_raw(r, "\nPlaces that are not what they seem:");
	for (size_t i = 0; i < json_array_size(classes); i++) {
		const json_t *class = json_array_get(classes, i);
		member(r, i > 0 ? ", " : " ", class, "what", " ");
		render_number(r, json_num(class, "places"));
	}
	render_raw(r, ".\n");
	files(
	    r, "Those places", json_object_get(scope, "suspicious"), json_num(scope, "suspicious_left_out"));
}

static void
scope(struct render *r, const json_t *model)
{
	const json_t *scope = json_object_get(model, "scope"), *counts = json_object_get(scope, "counts");

	render_raw(r, "\n## What was not parsed, indexed or as it should be\n\n");
	if (json_array_size(counts) == 0)
		render_raw(r, "Every file was indexed and parsed where there is a parser for it.\n");
	for (size_t i = 0; i < json_array_size(counts); i++) {
		const json_t *count = json_array_get(counts, i);
		member(r, "- ", count, "what", ": ");
		render_number(r, json_num(count, "files"));
		render_raw(r, "\n");
	}
	files(r, "Those files", json_object_get(scope, "files"), json_num(scope, "files_left_out"));
	files(r, "Odd entries of the source", json_object_get(scope, "odd"), json_num(scope, "odd_left_out"));
	suspicious(r, scope);
}

static void
seal_item(struct render *r, struct str text)
{
	render_raw(r, "- ");
	render_md(r, text);
	render_raw(r, "\n");
}

static void
summary(struct render *r, const json_t *model)
{
	const json_t *summary = json_object_get(model, "summary"),
		     *states = json_object_get(summary, "states");
	const json_t *rows = json_object_get(summary, "rows");
	size_t columns = json_array_size(states);

	render_raw(r, "\n## Summary\n\n");
	if (json_array_size(rows) == 0) {
		render_raw(r, "There are no findings.\n");
		return;
	}
	render_raw(r, "| severity |");
	for (size_t i = 0; i < columns; i++) {
		render_raw(r, " ");
		render_md(r, str_from(json_string_value(json_array_get(states, i))));
		render_raw(r, " |");
	}
	render_raw(r, "\n| --- |");
	for (size_t i = 0; i < columns; i++)
		render_raw(r, " ---: |");
	render_raw(r, "\n");
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *line = json_array_get(rows, i), *counts = json_object_get(line, "counts");
		member(r, "| ", line, "severity", " |");
		for (size_t k = 0; k < json_array_size(counts); k++) {
			render_raw(r, " ");
			render_number(r, (uint64_t)json_integer_value(json_array_get(counts, k)));
			render_raw(r, " |");
		}
		render_raw(r, "\n");
	}
}

static void
entry(struct render *r, const json_t *entry)
{
	render_raw(r, "\nRecord ");
	render_number(r, json_num(entry, "index"));
	member(r, ", ", entry, "type", "");
	if (json_str(entry, "state").len > 0)
		member(r, " to **", entry, "state", "**");
	member(r, ", by **", entry, "author", "**");
	member(r, " (", entry, "role", "), ");
	member(r, "", entry, "time", ". ");
	member(r, "Signature ", entry, "signature", ", ");
	member(r, "key ", entry, "key", ", ");
	member(r, "hash ", entry, "hash", ".\n");
	if (json_str(entry, "text").len > 0)
		render_raw(r, "\n");
	render_body_md(r, json_str(entry, "text"));
}

static void
list(struct render *r, const char *name, const json_t *strings)
{
	if (json_array_size(strings) == 0)
		return;
	render_raw(r, "- ");
	render_raw(r, name);
	render_raw(r, ": ");
	render_list(r, strings, render_md);
	render_raw(r, "\n");
}

/* One of a finding's longer texts, after what opened the thread. */
static void
part(struct render *r, const char *name, const json_t *thread, const char *key)
{
	if (json_str(thread, key).len == 0)
		return;
	render_raw(r, "\n#### ");
	render_raw(r, name);
	render_raw(r, "\n\n");
	render_body_md(r, json_str(thread, key));
}

static void
thread(struct render *r, const json_t *thread)
{
	const json_t *entries = json_object_get(thread, "entries"),
		     *anchors = json_object_get(thread, "anchors");
	struct str title = json_str(thread, "title");

	render_raw(r, "\n### ");
	render_md(r, title.len > 0 ? title : json_str(thread, "kind"));
	render_raw(r, "\n\n");
	item(r, "Thread", thread, "thread");
	item(r, "Kind", thread, "kind");
	item(r, "State", thread, "state");
	item(r, "Severity", thread, "severity");
	item(r, "Difficulty", thread, "difficulty");
	list(r, "CWE", json_object_get(thread, "cwe"));
	item(r, "CVSS", thread, "cvss");
	list(r, "References", json_object_get(thread, "references"));
	for (size_t i = 0; i < json_array_size(anchors); i++) {
		render_raw(r, "- Where: ");
		render_place(r, json_array_get(anchors, i), render_md);
		render_raw(r, "\n");
		item(r, "Git id of the file", json_array_get(anchors, i), "blob");
		item(r, "SHA-256 of the lines", json_array_get(anchors, i), "text");
	}
	part(r, "Impact", thread, "impact");
	part(r, "Evidence", thread, "evidence");
	part(r, "Recommendation", thread, "recommendation");
	part(r, "Recommendation, in full", thread, "recommendation_long");
	for (size_t i = 0; i < json_array_size(entries); i++)
		entry(r, json_array_get(entries, i));
}

static void
people(struct render *r, const json_t *model)
{
	const json_t *people = json_object_get(model, "people");

	render_raw(r, "\n## People\n\n");
	for (size_t i = 0; i < json_array_size(people); i++) {
		const json_t *person = json_array_get(people, i);
		member(r, "- ", person, "name", "");
		member(r, ", ", person, "role", ", from record ");
		render_number(r, json_num(person, "since"));
		if (json_object_get(person, "until")) {
			render_raw(r, " to before ");
			render_number(r, json_num(person, "until"));
		}
		member(r, ": ", person, "line", "\n");
	}
}

/* Commands stand indented: what is code by its place needs no escape and can be copied. */
static void
check(struct render *r, const json_t *model)
{
	const json_t *steps = json_object_get(model, "check");

	render_raw(r, "\n## How to check this\n");
	for (size_t i = 0; i < json_array_size(steps); i++) {
		const json_t *step = json_array_get(steps, i);
		struct str line, rest = json_str(step, "command");
		member(r, "\n", step, "text", "\n");
		if (rest.len > 0)
			render_raw(r, "\n");
		while (rest.len > 0 && str_next(&rest, '\n', &line)) {
			render_raw(r, "    ");
			render_line(r, line);
			render_raw(r, "\n");
		}
	}
}

void
md_report(struct render *r, const json_t *model)
{
	const json_t *threads = json_object_get(model, "threads");

	release(r, model);
	scope(r, model);
	render_raw(r, "\n## How the room was sealed\n\n");
	render_seal(r, model, seal_item);
	summary(r, model);
	render_raw(r, "\n## Findings and other threads\n");
	if (json_array_size(threads) == 0)
		render_raw(r, "\nThere are none.\n");
	for (size_t i = 0; i < json_array_size(threads); i++)
		thread(r, json_array_get(threads, i));
	people(r, model);
	check(r, model);
	member(r, "\nMade by carrel ", model, "program", ".\n");
}
