/*
 * What the reader has of a room: the list of releases, and each release's tree and
 * segments, opened when they are first asked for and kept.
 */
#ifndef CARREL_INDEXER_INDEX_STORE_H
#define CARREL_INDEXER_INDEX_STORE_H

#include "base/message.h"
#include "indexer/index/tree.h"

struct store;

struct store *store_new(int dir); /* a descriptor of ROOM/index; borrowed */
void store_free(struct store *store);
/* A list of struct release, oldest first, in place of the one before. */
int store_releases(struct store *store, struct str list) MUST_USE;

/* Releases by number, oldest first. */
size_t store_count(const struct store *store);
struct str store_name(const struct store *store, size_t release);
/* ERR_ABSENT "no release NAME". */
int store_find(const struct store *store, struct str name, size_t *release) MUST_USE;
/* Borrowed; ERR_FORMAT if the release is damaged. */
int store_tree(struct store *store, size_t release, const struct tree **out) MUST_USE;

#endif
