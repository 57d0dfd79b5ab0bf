#include "cli/hex.h"

static void
put_row(struct hex *hex, const struct print *print)
{
	char ascii[HEX_ROW + 1] = "";

	print_style(print, STYLE_NUMBER, "%08llx ", (unsigned long long)hex->offset);
	for (size_t i = 0; i < HEX_ROW; i++) {
		const char *gap = i == HEX_ROW / 2 ? " " : "";
		if (i < hex->len)
			print_format("%s %02x", gap, hex->row[i]);
		else
			print_format("%s   ", gap);
		if (i < hex->len)
			ascii[i] = hex->row[i] >= 0x20 && hex->row[i] < 0x7F ? (char)hex->row[i] : '.';
	}
	print_format("  |%s|\n", ascii);
	hex->offset += hex->len;
	hex->len = 0;
}

void
hex_print(struct hex *hex, const struct print *print, struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		hex->row[hex->len++] = (uint8_t)bytes.data[i];
		if (hex->len == HEX_ROW)
			put_row(hex, print);
	}
}

void
hex_print_end(struct hex *hex, const struct print *print)
{
	if (hex->len > 0)
		put_row(hex, print);
}
