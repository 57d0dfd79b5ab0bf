/* What the commands of cli/table.c do; one function a command, in its cmd_*.c. */
#ifndef CARREL_CLI_COMMANDS_H
#define CARREL_CLI_COMMANDS_H

#include "base/err.h"

struct call;

/* cmd_room.c */
int run_init(struct call *call) MUST_USE;
int run_status(struct call *call) MUST_USE;
int run_policy(struct call *call) MUST_USE;
int run_policy_set(struct call *call) MUST_USE;
/* cmd_desk.c: also where no command is named */
int run_desk(struct call *call) MUST_USE;
/* cmd_selftest.c */
int run_selftest(struct call *call) MUST_USE;
/* cmd_demo.c */
int run_demo(struct call *call) MUST_USE;
/* cmd_people.c */
int run_key_new(struct call *call) MUST_USE;
int run_key_list(struct call *call) MUST_USE;
int run_roster_add(struct call *call) MUST_USE;
int run_roster_revoke(struct call *call) MUST_USE;
int run_confirm(struct call *call) MUST_USE;
int run_visit_open(struct call *call) MUST_USE;
int run_visit_close(struct call *call) MUST_USE;
int run_roster_list(struct call *call) MUST_USE;
int run_roster_export(struct call *call) MUST_USE;
/* cmd_source.c */
int run_import(struct call *call) MUST_USE;
int run_releases(struct call *call) MUST_USE;
int run_skipped(struct call *call) MUST_USE;
int run_suspicious(struct call *call) MUST_USE;
int run_census(struct call *call) MUST_USE;
int run_index(struct call *call) MUST_USE;
/* cmd_sources.c */
int run_verify_source(struct call *call) MUST_USE;
/* cmd_read.c */
int run_ls(struct call *call) MUST_USE;
int run_cat(struct call *call) MUST_USE;
int run_search(struct call *call) MUST_USE;
int run_def(struct call *call) MUST_USE;
int run_refs(struct call *call) MUST_USE;
int run_callers(struct call *call) MUST_USE;
int run_callees(struct call *call) MUST_USE;
int run_outline(struct call *call) MUST_USE;
/* cmd_diff.c */
int run_diff(struct call *call) MUST_USE;
/* cmd_words.c */
int run_annotate(struct call *call) MUST_USE;
int run_reply(struct call *call) MUST_USE;
int run_state(struct call *call) MUST_USE;
int run_threads(struct call *call) MUST_USE;
int run_show(struct call *call) MUST_USE;
/* cmd_evidence.c */
int run_log(struct call *call) MUST_USE;
int run_record(struct call *call) MUST_USE;
/* FILE as the directory it is in, opened as if it were a room, and its name there. */
struct room;
int open_parent(const char *path, struct room *parent, const char **name) MUST_USE;
/* cmd_bundle.c */
int run_bundle_make(struct call *call) MUST_USE;
int run_bundle_check(struct call *call) MUST_USE;
/* cmd_verify.c */
int run_verify(struct call *call) MUST_USE;
/* cmd_heads.c */
int run_checkpoint(struct call *call) MUST_USE;
int run_checkpoint_new_key(struct call *call) MUST_USE;
int run_prove(struct call *call) MUST_USE;
int run_cosign(struct call *call) MUST_USE;
/* cmd_ledger.c */
int run_ledger_export(struct call *call) MUST_USE;
/* cmd_report.c */
int run_report(struct call *call) MUST_USE;
/* cmd_help.c */
int run_help(struct call *call) MUST_USE;
/* --help of any command. */
int help_command(const struct call *call) MUST_USE;
/* What `carrel help` prints. */
int help_all(void) MUST_USE;

#endif
