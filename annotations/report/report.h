/*
 * Reports: a model, which the keeper makes (carrel-report(5)), rendered as bytes.  Pure:
 * the same model gives the same bytes.  Everything in a model may be foreign; nothing
 * of it acts in what is rendered.
 */
#ifndef CARREL_ANNOTATIONS_REPORT_REPORT_H
#define CARREL_ANNOTATIONS_REPORT_REPORT_H

#include "base/json.h"

#define REPORT_MAX ((size_t)64 * 1024 * 1024) /* bytes of a model, and of what is rendered */
#define REPORT_FORMAT "carrel-report 1"       /* "format" of the models that are rendered here */

enum report_format { REPORT_HTML, REPORT_MD, REPORT_JSON, REPORT_FORMATS };

const char *report_format_word(enum report_format format); /* also the usual ending of a file's name */
bool report_format_find(struct str word, enum report_format *format);
/* Adds to out, whose maximum is the caller's.  ERR_FORMAT: no model of REPORT_FORMAT. */
int report_render(enum report_format format, const json_t *model, struct buf *out) MUST_USE;

#endif
