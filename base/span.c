#include "base/span.h"

#include <assert.h>

int
span_encode(struct buf *out, struct span_writer *writer, struct span span)
{
	assert(span.start >= writer->end && span.class < SPAN_CLASSES);
	if (span.len == 0 || span.class == SPAN_PLAIN)
		return 0;
	int r = enc_num(out, span.start - writer->end);
	if (r == 0)
		r = enc_num(out, span.len);
	if (r == 0)
		r = enc_num(out, span.class);
	if (r == 0)
		writer->end = span.start + span.len;
	return r;
}

bool
span_decode(struct dec *dec, uint64_t *end, struct span *span)
{
	if (!dec_more(dec))
		return false;
	uint64_t gap = dec_num(dec);
	span->len = dec_num(dec);
	span->class = (enum span_class)dec_num_max(dec, SPAN_CLASSES - 1);
	if (__builtin_add_overflow(*end, gap, &span->start) ||
	    __builtin_add_overflow(span->start, span->len, end) || span->len == 0 ||
	    span->class == SPAN_PLAIN)
		dec->bad = true;
	return !dec->bad;
}
