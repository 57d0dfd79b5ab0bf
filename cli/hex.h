/* Bytes as a table: offset, sixteen of them in hexadecimal, and those that are ASCII. */
#ifndef CARREL_CLI_HEX_H
#define CARREL_CLI_HEX_H

#include "cli/print.h"

#define HEX_ROW 16

/* Zero-initialise; bytes of a row that is not full yet wait for the next call. */
struct hex {
	uint64_t offset; /* of the row */
	uint8_t row[HEX_ROW];
	size_t len;
};

void hex_print(struct hex *hex, const struct print *print, struct str bytes);
void hex_print_end(struct hex *hex, const struct print *print);

#endif
