#include "cli/qr.h"

#include "cli/print.h"

#include <qrencode.h>
#include <string.h>

#define VERSION 3 /* 29 modules a side: 61 characters at level M, 77 at level L */
#define AT_LEVEL_M 61
#define QUIET 4 /* light modules around it */

static bool
is_dark(const QRcode *code, int row, int column)
{
	if (row < 0 || column < 0 || row >= code->width || column >= code->width)
		return false;
	return code->data[row * code->width + column] & 1;
}

/* Two modules a cell, one above the other; light ones are drawn. */
static const char *
cell(bool upper_dark, bool lower_dark)
{
	if (upper_dark)
		return lower_dark ? " " : "\xE2\x96\x84";    /* U+2584 lower half */
	return lower_dark ? "\xE2\x96\x80" : "\xE2\x96\x88"; /* U+2580 upper half, U+2588 full */
}

int
qr_print(const char *text, bool colour)
{
	QRecLevel level = strlen(text) <= AT_LEVEL_M ? QR_ECLEVEL_M : QR_ECLEVEL_L;
	QRcode *code = QRcode_encodeString(text, VERSION, level, QR_MODE_8, 1);

	if (!code)
		return err_set(ERR_SYSTEM, "the QR code cannot be made");
	for (int row = -QUIET; row < code->width + QUIET; row += 2) {
		if (colour)
			print_format("\033[97;40m");
		for (int column = -QUIET; column < code->width + QUIET; column++)
			print_format("%s", cell(is_dark(code, row, column), is_dark(code, row + 1, column)));
		print_format("%s\n", colour ? "\033[0m" : "");
	}
	QRcode_free(code);
	return 0;
}
