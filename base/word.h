/* Names in a line of text, as words: not as parts of longer ones. */
#ifndef CARREL_BASE_WORD_H
#define CARREL_BASE_WORD_H

#include "base/str.h"

/* A letter or digit of ASCII, '_', or a byte from 128 on. */
static inline bool
word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	    (uint8_t)c >= 0x80;
}

/* Where `name` stands for the (before + 1)th time with no such byte on either side, from 0; SIZE_MAX if it does not. */
size_t word_find(struct str line, struct str name, unsigned before);

#endif
