#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The one piece of state outside the mains: a thread's last reason. */
static _Thread_local char reason[ERR_TEXT_MAX];

int
err_set(enum err code, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	/* through a copy: an argument may be err_text() itself */
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	memcpy(reason, text, sizeof reason);
	return code;
}

int
err_sys(const char *fmt, ...)
{
	int saved = errno;
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	/* strerrordesc_np does not look for message catalogues, as strerror may */
	const char *why = strerrordesc_np(saved);
	return err_set(ERR_SYSTEM, "%s: %s", text, why ? why : "unknown error");
}

int
err_in(int code, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return err_set(code, "%s: %s", text, reason);
}

const char *
err_text(void)
{
	return reason;
}

int
err_exit(int code)
{
	switch (code) {
	case 0:
		return 0;
	case ERR_ABSENT:
		return 1;
	case ERR_USAGE:
		return 2;
	case ERR_REFUSED:
		return 3;
	case ERR_FORMAT:
		return 4;
	case ERR_CANCELLED:
		return 130;
	default:
		return 5;
	}
}
