/* Inside `log`: what its options do in place of listing. */
#ifndef CARREL_CLI_CMD_LOG_H
#define CARREL_CLI_CMD_LOG_H

#include "cli/command.h"

int log_searches(struct call *call) MUST_USE;
int log_drafts(struct call *call) MUST_USE;
int log_reveal(struct call *call) MUST_USE;
int log_reveals(struct call *call) MUST_USE;

#endif
