#include "annotations/report/report.h"

#include "annotations/report/render.h"

static const char *const words[REPORT_FORMATS] = {
	[REPORT_HTML] = "html",
	[REPORT_MD] = "md",
	[REPORT_JSON] = "json",
};

const char *
report_format_word(enum report_format format)
{
	return words[format];
}

bool
report_format_find(struct str word, enum report_format *format)
{
	for (unsigned i = 0; i < REPORT_FORMATS; i++)
		if (str_is(word, words[i])) {
			*format = i;
			return true;
		}
	return false;
}

int
report_render(enum report_format format, const json_t *model, struct buf *out)
{
	struct render render = { .out = out };

	if (!str_is(json_str(model, "format"), REPORT_FORMAT))
		return err_set(ERR_FORMAT, "report: not a model of %s", REPORT_FORMAT);
	if (format == REPORT_HTML)
		html_report(&render, model);
	else if (format == REPORT_MD)
		md_report(&render, model);
	else
		render.result = json_write_report(out, model);
	return render.result;
}
