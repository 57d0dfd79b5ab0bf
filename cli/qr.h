/* A slip as a QR code of 37 by 19 cells. */
#ifndef CARREL_CLI_QR_H
#define CARREL_CLI_QR_H

#include "base/err.h"

#include <stdbool.h>

/* On standard output; `colour`: dark on light whatever the terminal's colours are. */
int qr_print(const char *text, bool colour) MUST_USE;

#endif
