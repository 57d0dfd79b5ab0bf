/* Syntax segments while they are written: carrel-segment(5), "SYNTAX SEGMENTS". */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_SYNTAX_H
#define CARREL_INDEXER_INTAKE_SEGMENT_SYNTAX_H

#include "indexer/intake/segment_map.h"
#include "indexer/intake/segment_file.h"

struct syntax_writer;

int syntax_writer_new(int dir, const uint8_t text[static SHA256_LEN], struct syntax_writer **out) MUST_USE;
/*
 * The next blob, in order: what parsed_encode wrote of it, which is believed in nothing but
 * what would make a well-formed segment: ERR_FORMAT otherwise.
 */
int syntax_writer_add(struct syntax_writer *writer, const struct seg_blob *blob, struct str parsed) MUST_USE;
/* The blobs of a finished syntax segment, all of them, behind those that are there. */
int syntax_writer_take(struct syntax_writer *writer, struct seg_map *syntax) MUST_USE;
/* As seg_file_end.  Frees `writer` whatever happens, as does syntax_writer_free. */
int syntax_writer_end(
    struct syntax_writer *writer, uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh) MUST_USE;
void syntax_writer_free(struct syntax_writer *writer); /* NULL is fine */

/*
 * The stand-in of a text segment's syntax segment until that is there: what is to be parsed, or to have spans, is
 * not parsed, for the reason "pending".
 */
int syntax_stand_in(int dir, const uint8_t text[static SHA256_LEN], const struct seg_blob *blobs, uint32_t count,
    uint8_t digest[static SHA256_LEN], uint64_t *bytes, bool *fresh) MUST_USE;

#endif
