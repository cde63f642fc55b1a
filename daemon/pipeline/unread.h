#ifndef SOHOA_PIPELINE_UNREAD_H
#define SOHOA_PIPELINE_UNREAD_H

#include "daemon/pipeline/job.h"

/*
 * A page whose words could not be read in time: it has turn, size, quality, codes and thumbnail, no
 * words, and the reason "not-recognized". Everything behind recognition takes it like a page
 * without writing; people are told.
 */

#define UNREAD_REASON "not-recognized"

/* From what *read* left in the job (page, [recognition image, thumbnail]) the whole stage's result.
 */
enum err_code unread_keep(struct job *job, struct err *err);
/* page: page_info as JSON. */
bool unread_is(const struct js *page);

#endif
