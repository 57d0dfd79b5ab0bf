/* Inside the keeper's loop: what its two sides share. */
#ifndef CARREL_ANNOTATIONS_JOB_H
#define CARREL_ANNOTATIONS_JOB_H

#include "annotations/keeper.h"

/* NULL if no such order is under way. */
struct job *job_find(struct keeper *keeper, uint64_t order);
/*
 * What a job's function returned.  An error becomes its FAIL.  Where the next program still works on the order, the
 * place stays taken until that has ended it.
 */
int job_result(struct keeper *keeper, struct job *job, int result) MUST_USE;
/* FAIL with err_text() as its reason. */
int keeper_fail(struct keeper *keeper, uint64_t order, int code) MUST_USE;
/* A note in the record of the session, if one is open. */
int keeper_note_death(struct keeper *keeper, const struct death *death) MUST_USE;
/* Takes what the reader or the indexer says, as long as the client's queue is not full. */
int keeper_read_next(struct keeper *keeper) MUST_USE;

#endif
