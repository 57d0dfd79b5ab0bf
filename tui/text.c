#include "tui/text.h"

#include "base/str.h"

#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The name of the locale that the environment chooses for a category. */
static const char *
chosen(const char *category)
{
	const char *const names[] = { "LC_ALL", category, "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);
		if (value && value[0])
			return value;
	}
	return "C";
}

void
text_charset(void)
{
	const char *name = chosen("LC_CTYPE");
	const char *charset = strchr(name, '.');

	if (!setlocale(LC_CTYPE, "") && charset &&
	    (strncasecmp(charset, ".utf-8", 6) == 0 || strncasecmp(charset, ".utf8", 5) == 0))
		setlocale(LC_CTYPE, "C.UTF-8");
}

bool
text_ascii(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

/* Beside the program, as in the build directory; where it was installed. */
static void
find_catalogues(void)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof self - sizeof "/po");

	if (len > 0) {
		self[len] = 0;
		strcpy(strrchr(self, '/'), "/po");
		if (access(self, R_OK) == 0) {
			bindtextdomain("carrel", self);
			return;
		}
	}
	bindtextdomain("carrel", CARREL_LOCALEDIR);
}

void
text_open(void)
{
	const char *name = chosen("LC_MESSAGES");

	if (strcmp(name, "C") == 0 || strncmp(name, "C.", 2) == 0 || strcmp(name, "POSIX") == 0)
		return;
	/* LANGUAGE counts in every locale but C: so a language needs its catalogue alone, not the system's locale */
	if (!setlocale(LC_MESSAGES, "C.UTF-8") || setenv("LANGUAGE", name, 1) < 0)
		return;
	find_catalogues();
	bind_textdomain_codeset("carrel", "UTF-8");
	textdomain("carrel");
	/* both catalogues are looked for at their first use, and once */
	(void)gettext("help");
	(void)strerror(EIO);
}
