#include "acme.h"

#include <stdlib.h>
#include <string.h>

/* The administrator's password comes from the environment of the service. */
static const char *
stored_password(const char *user)
{
	if (strcmp(user, "admin") != 0)
		return NULL;
	return getenv("ACME_ADMIN_PW");
}

int
auth_check(const char *user, const char *pw)
{
	const char *want = stored_password(user);

	if (want == NULL)
		return -1;
	return strcmp(want, pw) == 0 ? 0 : -1;
}

int
auth_is_admin(const char *user)
{
	return strcmp(user, "admin") == 0;
}
