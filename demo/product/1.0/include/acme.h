#ifndef ACME_H
#define ACME_H

#include <stddef.h>
#include <stdint.h>

#define ACME_RULES_MAX 4096 /* rules that are loaded at most */
#define ACME_NAME_MAX 64

enum acme_verdict {
	ACME_CLEAN,
	ACME_SUSPICIOUS,
	ACME_INFECTED,
	ACME_ERROR,
};

struct acme_rule {
	char name[ACME_NAME_MAX];
	const uint8_t *pattern;
	size_t len;
	unsigned severity;
};

typedef struct acme_engine acme_engine;

/* scan.c */
enum acme_verdict scan_buffer(const acme_engine *engine, const uint8_t *data, size_t len);
int scan_read_header(const uint8_t *data, size_t len, uint32_t *sections);

/* auth.c */
int auth_check(const char *user, const char *pw);
int auth_is_admin(const char *user);

/* tok.c */
int tok_next(const char **at, char *out, size_t size);

/* update.c */
int update_apply(const uint8_t *package, size_t len);

/* quarantine.c */
int quarantine_put(const char *path);
int quarantine_restore(const char *name);

/* locale.c */
const char *locale_text(const char *key);

#endif
