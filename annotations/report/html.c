#include "annotations/report/render.h"

#include "base/digest.h"

static const char style[] =
    "body{font:16px/1.5 serif;max-width:52em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
    "h1,h2,h3,th{font-family:sans-serif}h2{border-bottom:2px solid #111;margin-top:2em}"
    "table{border-collapse:collapse;margin:1em 0}"
    "th,td{border:1px solid #888;padding:.2em .6em;text-align:left;vertical-align:top}"
    "td.number{text-align:right}code,pre,td.hash{font-family:monospace;font-size:.85em;overflow-wrap:"
    "anywhere}"
    "pre{white-space:pre-wrap;border-left:3px solid #888;padding-left:1em}"
    "article{border-top:1px solid #888;margin-top:1.5em}"
    "section.entry{border-left:3px solid #888;padding-left:1em;margin:1em "
    "0}p.by{font-family:sans-serif;font-size:.85em}"
    "@media print{body{max-width:none;margin:0;font-size:11pt}h2,h3{break-after:avoid}"
    "section.entry,tr{break-inside:avoid}}";

static void
text(struct render *r, const char *before, struct str foreign, const char *behind)
{
	render_raw(r, before);
	render_html(r, foreign);
	render_raw(r, behind);
}

static void
member(struct render *r, const char *before, const json_t *object, const char *key, const char *behind)
{
	text(r, before, json_str(object, key), behind);
}

/* A row "name: value" of a table; left out where there is no value. */
static void
row(struct render *r, const char *name, struct str value, bool hash)
{
	if (value.len == 0)
		return;
	render_raw(r, "<tr><th scope=\"row\">");
	render_raw(r, name);
	text(r, hash ? "</th><td class=\"hash\">" : "</th><td>", value, "</td></tr>\n");
}

static void
number_row(struct render *r, const char *name, uint64_t value)
{
	render_raw(r, "<tr><th scope=\"row\">");
	render_raw(r, name);
	render_raw(r, "</th><td>");
	render_number(r, value);
	render_raw(r, "</td></tr>\n");
}

/* The style is named by its hash, so that nothing else may style, load or run. */
static void
head(struct render *r, const json_t *model)
{
	uint8_t hash[SHA256_LEN];

	sha256(style, sizeof style - 1, hash);
	render_raw(r,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
	if (r->result == 0)
		r->result = base64_write(r->out, (struct str){ (const char *)hash, sizeof hash });
	render_raw(r, "'\"/>\n<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>");
	member(r, "Report on ", json_object_get(model, "room"), "product", " ");
	member(r, "", json_object_get(model, "release"), "name", "</title>\n<style>");
	render_raw(r, style);
	render_raw(r, "</style>\n</head>\n<body>\n<header>\n");
	member(r, "<h1>Report on ", json_object_get(model, "room"), "product", " ");
	member(r, "", json_object_get(model, "release"), "name", "</h1>\n");
	member(r, "<p>As of record ", json_object_get(model, "ledger"), "time", ". ");
	render_raw(r,
	    "The sections: <a href=\"#release\">what was reviewed</a>, <a href=\"#scope\">what was not</a>, "
	    "<a href=\"#seal\">how the room was sealed</a>, "
	    "<a href=\"#summary\">summary</a>, <a href=\"#threads\">findings and other threads</a>, "
	    "<a href=\"#people\">people</a>, <a href=\"#check\">how to check "
	    "this</a>.</p>\n</header>\n<main>\n");
}

static void
release(struct render *r, const json_t *model)
{
	const json_t *room = json_object_get(model, "room"), *release = json_object_get(model, "release");
	const json_t *ledger = json_object_get(model, "ledger");

	render_raw(r, "<section id=\"release\">\n<h2>What was reviewed</h2>\n<table>\n");
	row(r, "Product", json_str(room, "product"), false);
	row(r, "Host of the room", json_str(room, "host"), false);
	row(r, "Room", json_str(room, "id"), true);
	row(r, "Kind of room", json_bool(room, "practice") ? STR("practice") : STR("real"), false);
	row(r, "Release", json_str(release, "name"), false);
	row(r, "Imported from", json_str(release, "source"), false);
	row(r, "Kind of source", json_str(release, "kind"), false);
	row(r, "Revision", json_str(release, "revision"), false);
	row(r, "Top folder left off", json_str(release, "stripped"), false);
	row(r, "Git commit", json_str(release, "commit"), true);
	row(r, "Git tree", json_str(release, "tree"), true);
	row(r, "SHA-256 of the archive", json_str(release, "sha256"), true);
	row(r, "SHA-256 of the manifest", json_str(release, "manifest"), true);
	number_row(r, "Files", json_num(release, "files"));
	number_row(r, "Distinct files", json_num(release, "blobs"));
	number_row(r, "Bytes", json_num(release, "bytes"));
	row(r, "Imported", json_str(release, "imported"), false);
	number_row(r, "Record of the import", json_num(release, "index"));
	number_row(r, "Ledger up to record", json_num(ledger, "index"));
	row(r, "Time of that record", json_str(ledger, "time"), false);
	row(r, "Its hash", json_str(ledger, "hash"), true);
	number_row(r, "Size of the ledger there", json_num(ledger, "size"));
	row(r, "Root of the ledger there", json_str(ledger, "root"), true);
	render_raw(r, "</table>\n</section>\n");
}

static void
file_table(struct render *r, const char *caption, const json_t *list, uint64_t left_out)
{
	if (json_array_size(list) == 0)
		return;
	render_raw(r, "<table>\n<caption>");
	render_raw(r, caption);
	render_raw(r,
	    "</caption>\n<thead><tr><th scope=\"col\">File</th><th scope=\"col\">What</th>"
	    "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *file = json_array_get(list, i);
		member(r, "<tr><td><code>", file, "path", "</code></td>");
		member(r, "<td>", file, "what", "</td>");
		member(r, "<td>", file, "why", "</td></tr>\n");
	}
	render_raw(r, "</tbody>\n</table>\n");
	if (left_out == 0)
		return;
	render_raw(r, "<p>And ");
	render_number(r, left_out);
	render_raw(r, " more.</p>\n");
}

static void
suspicious(struct render *r, const json_t *scope)
{
	const json_t *classes = json_object_get(scope, "classes");

	if (json_array_size(classes) == 0)
		return;
	render_raw(r, "<p>Places that are not what they seem:");
	for (size_t i = 0; i < json_array_size(classes); i++) {
		const json_t *class = json_array_get(classes, i);
		member(r, i > 0 ? ", " : " ", class, "what", " ");
		render_number(r, json_num(class, "places"));
	}
	render_raw(r, ".</p>\n");
	file_table(
	    r, "Those places", json_object_get(scope, "suspicious"), json_num(scope, "suspicious_left_out"));
}

static void
scope(struct render *r, const json_t *model)
{
	const json_t *scope = json_object_get(model, "scope"), *counts = json_object_get(scope, "counts");

	render_raw(r, "<section id=\"scope\">\n<h2>What was not parsed, indexed or as it should be</h2>\n");
	if (json_array_size(counts) == 0)
		render_raw(r, "<p>Every file was indexed and parsed where there is a parser for it.</p>\n");
	else
		render_raw(r,
		    "<table>\n<caption>Files by kind</caption>\n<thead><tr><th scope=\"col\">What</th>"
		    "<th scope=\"col\">Files</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < json_array_size(counts); i++) {
		const json_t *count = json_array_get(counts, i);
		member(r, "<tr><td>", count, "what", "</td><td class=\"number\">");
		render_number(r, json_num(count, "files"));
		render_raw(r, "</td></tr>\n");
	}
	if (json_array_size(counts) > 0)
		render_raw(r, "</tbody>\n</table>\n");
	file_table(r, "Those files", json_object_get(scope, "files"), json_num(scope, "files_left_out"));
	file_table(
	    r, "Odd entries of the source", json_object_get(scope, "odd"), json_num(scope, "odd_left_out"));
	suspicious(r, scope);
	render_raw(r, "</section>\n");
}

static void
summary(struct render *r, const json_t *model)
{
	const json_t *summary = json_object_get(model, "summary"),
		     *states = json_object_get(summary, "states");
	const json_t *rows = json_object_get(summary, "rows");

	render_raw(r, "<section id=\"summary\">\n<h2>Summary</h2>\n");
	if (json_array_size(rows) == 0) {
		render_raw(r, "<p>There are no findings.</p>\n</section>\n");
		return;
	}
	render_raw(r,
	    "<table>\n<caption>Findings by severity and state</caption>\n<thead><tr><th "
	    "scope=\"col\">Severity</th>");
	for (size_t i = 0; i < json_array_size(states); i++)
		text(
		    r, "<th scope=\"col\">", str_from(json_string_value(json_array_get(states, i))), "</th>");
	render_raw(r, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *line = json_array_get(rows, i), *counts = json_object_get(line, "counts");
		member(r, "<tr><th scope=\"row\">", line, "severity", "</th>");
		for (size_t k = 0; k < json_array_size(counts); k++) {
			render_raw(r, "<td class=\"number\">");
			render_number(r, (uint64_t)json_integer_value(json_array_get(counts, k)));
			render_raw(r, "</td>");
		}
		render_raw(r, "</tr>\n");
	}
	render_raw(r, "</tbody>\n</table>\n</section>\n");
}

static void
entry(struct render *r, const json_t *entry)
{
	render_raw(r, "<section class=\"entry\">\n<p class=\"by\">Record ");
	render_number(r, json_num(entry, "index"));
	member(r, ", ", entry, "type", "");
	if (json_str(entry, "state").len > 0)
		member(r, " to <strong>", entry, "state", "</strong>");
	member(r, ", by <strong>", entry, "author", "</strong>");
	member(r, " (", entry, "role", "), ");
	member(r, "<time>", entry, "time", "</time>. ");
	member(r, "Signature ", entry, "signature", ", ");
	member(r, "key <code>", entry, "key", "</code>, ");
	member(r, "hash <code>", entry, "hash", "</code>.</p>\n");
	render_body_html(r, json_str(entry, "text"));
	render_raw(r, "</section>\n");
}

static void
list_row(struct render *r, const char *name, const json_t *strings)
{
	if (json_array_size(strings) == 0)
		return;
	render_raw(r, "<tr><th scope=\"row\">");
	render_raw(r, name);
	render_raw(r, "</th><td>");
	render_list(r, strings, render_html);
	render_raw(r, "</td></tr>\n");
}

static void
place_rows(struct render *r, const json_t *anchor)
{
	render_raw(r, "<tr><th scope=\"row\">Where</th><td>");
	render_place(r, anchor, render_html);
	member(r, "</td></tr>\n<tr><th scope=\"row\">Git id of the file</th><td class=\"hash\">", anchor,
	    "blob", "</td></tr>\n");
	row(r, "SHA-256 of the lines", json_str(anchor, "text"), true);
}

/* One of a finding's longer texts, after what opened the thread. */
static void
part(struct render *r, const char *name, const json_t *thread, const char *key)
{
	if (json_str(thread, key).len == 0)
		return;
	render_raw(r, "<h4>");
	render_raw(r, name);
	render_raw(r, "</h4>\n");
	render_body_html(r, json_str(thread, key));
}

static void
thread(struct render *r, const json_t *thread)
{
	const json_t *entries = json_object_get(thread, "entries"),
		     *anchors = json_object_get(thread, "anchors");

	member(r, "<article id=\"thread-", thread, "thread", "\">\n<h3>");
	struct str title = json_str(thread, "title");
	render_html(r, title.len > 0 ? title : json_str(thread, "kind"));
	render_raw(r, "</h3>\n<table>\n");
	row(r, "Thread", json_str(thread, "thread"), true);
	row(r, "Kind", json_str(thread, "kind"), false);
	row(r, "State", json_str(thread, "state"), false);
	row(r, "Severity", json_str(thread, "severity"), false);
	row(r, "Difficulty", json_str(thread, "difficulty"), false);
	list_row(r, "CWE", json_object_get(thread, "cwe"));
	row(r, "CVSS", json_str(thread, "cvss"), false);
	list_row(r, "References", json_object_get(thread, "references"));
	for (size_t i = 0; i < json_array_size(anchors); i++)
		place_rows(r, json_array_get(anchors, i));
	render_raw(r, "</table>\n");
	part(r, "Impact", thread, "impact");
	part(r, "Evidence", thread, "evidence");
	part(r, "Recommendation", thread, "recommendation");
	part(r, "Recommendation, in full", thread, "recommendation_long");
	for (size_t i = 0; i < json_array_size(entries); i++)
		entry(r, json_array_get(entries, i));
	render_raw(r, "</article>\n");
}

static void
people(struct render *r, const json_t *model)
{
	const json_t *people = json_object_get(model, "people");

	render_raw(r,
	    "<section id=\"people\">\n<h2>People</h2>\n<table>\n<thead><tr><th scope=\"col\">Name</th>"
	    "<th scope=\"col\">Role</th><th scope=\"col\">Records</th><th "
	    "scope=\"col\">Key</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < json_array_size(people); i++) {
		const json_t *person = json_array_get(people, i);
		member(r, "<tr><td>", person, "name", "</td>");
		member(r, "<td>", person, "role", "</td><td>from ");
		render_number(r, json_num(person, "since"));
		if (json_object_get(person, "until")) {
			render_raw(r, " to before ");
			render_number(r, json_num(person, "until"));
		}
		member(r, "</td><td class=\"hash\">", person, "line", "</td></tr>\n");
	}
	render_raw(r, "</tbody>\n</table>\n</section>\n");
}

static void
check(struct render *r, const json_t *model)
{
	const json_t *steps = json_object_get(model, "check");

	render_raw(r, "<section id=\"check\">\n<h2>How to check this</h2>\n<ol>\n");
	for (size_t i = 0; i < json_array_size(steps); i++) {
		const json_t *step = json_array_get(steps, i);
		member(r, "<li><p>", step, "text", "</p>");
		if (json_str(step, "command").len > 0)
			member(r, "<pre><code>", step, "command", "</code></pre>");
		render_raw(r, "</li>\n");
	}
	render_raw(r, "</ol>\n</section>\n");
}

static void
seal_item(struct render *r, struct str text)
{
	render_raw(r, "<li>");
	render_html(r, text);
	render_raw(r, "</li>\n");
}

static void
seal(struct render *r, const json_t *model)
{
	render_raw(r, "<section id=\"seal\">\n<h2>How the room was sealed</h2>\n<ul>\n");
	render_seal(r, model, seal_item);
	render_raw(r, "</ul>\n</section>\n");
}

void
html_report(struct render *r, const json_t *model)
{
	const json_t *threads = json_object_get(model, "threads");

	head(r, model);
	release(r, model);
	scope(r, model);
	seal(r, model);
	summary(r, model);
	render_raw(r, "<section id=\"threads\">\n<h2>Findings and other threads</h2>\n");
	if (json_array_size(threads) == 0)
		render_raw(r, "<p>There are none.</p>\n");
	for (size_t i = 0; i < json_array_size(threads); i++)
		thread(r, json_array_get(threads, i));
	render_raw(r, "</section>\n");
	people(r, model);
	check(r, model);
	member(r, "</main>\n<footer>\n<p>Made by carrel ", model, "program",
	    ".</p>\n</footer>\n</body>\n</html>\n");
}
