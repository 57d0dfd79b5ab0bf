/* page and anchor: the text of a file, page by page, and what ties words to it. */
#include "indexer/index/job.h"
#include "indexer/index/outline.h"

#include "base/anchor.h"

#define ROW_REST (2 * SEG_PATH_MAX)  /* bytes of a page row beside TEXT and SPANS, and more */
#define PIECE_MIN ((size_t)4 * 1024) /* bytes of a page whose spans fit for certain */

struct paging {
	struct job *job;
	struct str release;
	const struct entry *entry;
	struct blob blob;
	char hex[HEX_LEN(OID_LEN)];
	struct row status;
	struct buf text; /* of the page: the reader's own is used for spans */
	struct buf spans;
	size_t bytes;   /* of a page, at most: less where the spans of more do not fit */
	bool unchecked; /* the blob's id is looked at behind the page */
};

/* A page: lines first..last whole, or a piece of the one line first. */
struct page {
	uint64_t first, last;
	uint64_t offset; /* of the piece in its line */
	uint64_t cut;    /* bytes of the line behind it */
};

/* Whole lines from `first` on, as many as a page takes, up to `last`; or the first piece of a line that is too long. */
static int
fill_lines(struct paging *p, uint64_t first, uint64_t last, struct page *page)
{
	struct text_reader *reader = p->job->reader;
	uint64_t from, to, end;
	struct str text;

	if (last - first >= PAGE_LINES)
		last = first + PAGE_LINES - 1;
	int r = text_line_start(reader, &p->blob, first, &from);
	if (r == 0)
		r = text_line_start(reader, &p->blob, last + 1, &to);
	if (r < 0)
		return r;
	end = to - from > p->bytes ? from + p->bytes : to;
	r = text_read(reader, &p->blob, from, end - from, &text);
	if (r < 0)
		return r;
	*page = (struct page){ .first = first, .last = last };
	if (end < to) {
		const char *newline = memrchr(text.data, '\n', text.len);
		if (newline) {
			text.len = (size_t)(newline - text.data) + 1;
			page->last = first;
			for (const char *at = text.data; (at = memchr(at, '\n', (size_t)(newline - at)));
			     at++)
				page->last++;
		} else {
			page->last = first;
			text.len = cut_at(text, text.len - 3);
			r = text_line_start(reader, &p->blob, first + 1, &to);
			page->cut = to - from - text.len;
		}
	}
	buf_clear(&p->text);
	if (r == 0 && page->cut)
		r = text_read(reader, &p->blob, from, text.len, &text);
	return r == 0 ? buf_str(&p->text, text) : r;
}

/* A further piece of line `line`, from its byte `offset` on. */
static int
fill_piece(struct paging *p, uint64_t line, uint64_t offset, struct page *page)
{
	struct text_reader *reader = p->job->reader;
	uint64_t from, to;
	struct str text;

	int r = text_line_start(reader, &p->blob, line, &from);
	if (r == 0)
		r = text_line_start(reader, &p->blob, line + 1, &to);
	if (r < 0)
		return r;
	if (offset >= to - from)
		return err_set(ERR_ABSENT, "line %llu has no byte %llu", (unsigned long long)line,
		    (unsigned long long)offset);
	uint64_t rest = to - from - offset, len = rest < p->bytes ? rest : p->bytes;
	r = text_read(reader, &p->blob, from + offset, len, &text);
	if (r < 0)
		return r;
	if (len < rest)
		text.len = cut_at(text, text.len - 3);
	*page = (struct page){ .first = line, .last = line, .offset = offset, .cut = rest - text.len };
	buf_clear(&p->text);
	return buf_str(&p->text, text);
}

/* ERR_MEMORY if they do not fit beside the text. */
static int
add_spans(struct paging *p, const struct page *page, struct row *row)
{
	uint64_t from;

	buf_clear(&p->spans);
	p->spans.max = MESSAGE_BODY - ROW_REST - p->text.len;
	int r = text_line_start(p->job->reader, &p->blob, page->first, &from);
	if (r == 0)
		r = text_spans_cut(p->job->reader, &p->blob, from + page->offset, p->text.len, &p->spans);
	if (r == 0)
		row_set(row, F_SPANS, buf_view(&p->spans));
	return r;
}

static int
page_row(struct paging *p, const struct page *page)
{
	struct answer *answer = p->job->answer;
	struct row row = p->status;

	row_set(&row, F_WHAT, STR("page"));
	row_set(&row, F_RELEASE, p->release);
	row_set(&row, F_PATH, p->entry->path);
	row_set(&row, F_BLOB, str_from(p->hex));
	row_set_num(&row, F_SIZE, p->entry->size);
	row_set_num(&row, F_LINES, p->blob.is.lines);
	row_set_num(&row, F_LINE, page->first);
	row_set_num(&row, F_END_LINE, page->last);
	if (p->blob.is.language)
		row_set(&row, F_LANGUAGE, str_from(seg_language_word(p->blob.is.language)));
	if (blob_stored(&p->blob))
		row_set(&row, F_TEXT, buf_view(&p->text));
	if (page->offset)
		row_set_num(&row, F_OFFSET, page->offset);
	if (page->cut)
		row_set_num(&row, F_CUT, page->cut);
	if (p->job->flags & ORDER_SPANS && p->text.len > 0) {
		int r = add_spans(p, page, &row);
		if (r < 0)
			return r;
	}
	int r = answer_close(answer);
	if (r < 0)
		return r;
	answer->blob = str_from(p->hex);
	answer->first = page->first;
	answer->last = page->last;
	struct handed handed = { p->hex, page->first, page->last, p->text.len };
	return answer_row(answer, &row, p->text.len > 0 ? &handed : NULL, 1);
}

/* Pages from line `first` to `last`, the first one from byte `offset` of its line. */
static int
pages(struct paging *p, uint64_t first, uint64_t last, uint64_t offset, bool one)
{
	struct page page = { .cut = offset };
	int r = 0;

	while (r == 0 && first <= last) {
		r = offset ? fill_piece(p, first, offset, &page) : fill_lines(p, first, last, &page);
		if (r == 0)
			r = page_row(p, &page);
		if (r == ERR_MEMORY && p->bytes > PIECE_MIN) {
			p->bytes /= 2;
			r = 0;
			continue;
		}
		p->bytes = PAGE_BYTES;
		if (r == 0)
			r = pulse_beat(p->job->pulse);
		if (one)
			break;
		offset = page.cut ? page.offset + p->text.len : 0;
		first = page.cut ? page.first : page.last + 1;
	}
	return r;
}

static int
paging_begin(struct paging *p, struct job *job, bool one_page)
{
	const struct tree *tree;
	size_t release;

	*p = (struct paging){ .job = job, .text = BUF(PAGE_BYTES), .bytes = PAGE_BYTES };
	int r = job_release(job, &release, &tree);
	if (r == 0)
		r = job_file(tree, row_get(job->args, F_PATH), &p->entry);
	if (r == 0)
		r = tree_blob(tree, p->entry, &p->blob);
	if (r == 0)
		r = row_set_status(job, &p->status, &p->blob);
	p->unchecked = r == 0 && one_page && text_check_waits(&p->blob);
	if (r == 0 && !p->unchecked)
		r = text_check(job->reader, &p->blob);
	if (r < 0)
		return r;
	p->release = store_name(job->store, release);
	blob_hex(&p->blob, p->hex);
	job->answer->path = p->entry->path;
	return 0;
}

int
answer_page(struct job *job)
{
	uint64_t first = row_has(job->args, F_LINE) ? row_get_num(job->args, F_LINE) : 1;
	bool one = !row_has(job->args, F_END_LINE);
	struct paging p;

	int r = paging_begin(&p, job, one);
	uint64_t lines = p.blob.is.lines, last = one ? UINT64_MAX : row_get_num(job->args, F_END_LINE);
	if (r == 0 && (lines == 0 || !blob_stored(&p.blob)) && first == 1)
		r = page_row(&p, &(struct page){ 0 });
	else if (r == 0 && (first == 0 || first > lines || last < first))
		r = err_set(ERR_ABSENT, "no line %llu: the file has %llu", (unsigned long long)first,
		    (unsigned long long)lines);
	else if (r == 0)
		r = pages(&p, first, last < lines ? last : lines, row_get_num(job->args, F_OFFSET), one);
	if (r == 0 && p.unchecked)
		r = answer_last(job->answer);
	if (r == 0 && p.unchecked)
		r = text_check(job->reader, &p.blob);
	buf_release(&p.text);
	buf_release(&p.spans);
	return r;
}

int
answer_anchor(struct job *job)
{
	struct anchor anchor = {
		.first = row_get_num(job->args, F_LINE),
		.last = row_has(job->args, F_END_LINE) ? row_get_num(job->args, F_END_LINE)
						       : row_get_num(job->args, F_LINE),
	};
	struct outline outline = { 0 };
	struct paging p;
	struct row row;
	struct str text = STR("");

	int r = paging_begin(&p, job, false);
	if (r == 0 && (anchor.first > anchor.last || (anchor.first == 0 && anchor.last > 0)))
		r = err_set(ERR_USAGE, "lines %llu-%llu", (unsigned long long)anchor.first,
		    (unsigned long long)anchor.last);
	if (r == 0 && !blob_stored(&p.blob))
		r = err_set(ERR_ABSENT, "%.*s: its text is not in the index", STR_ARG(p.entry->path));
	if (r == 0)
		r = text_whole(job->reader, &p.blob, &text);
	if (r == 0)
		r = anchor_hash(&anchor, text);
	if (r == 0)
		r = outline_load(&outline, &p.blob, OUTLINE_ALL);
	if (r == 0) {
		size_t passed = 0,
		       symbol = anchor.first ? outline_around(&outline, anchor.first, anchor.last, &passed)
					     : SIZE_MAX;
		anchor.release = p.release;
		anchor.path = p.entry->path;
		anchor.blob = str_from(p.hex);
		anchor.symbol =
		    symbol == SIZE_MAX ? STR("") : outline_full_name(&outline, symbol, &job->arena);
		anchor_to_row(&anchor, &row);
		r = answer_row(job->answer, &row, NULL, 1);
	}
	outline_release(&outline);
	return r;
}
