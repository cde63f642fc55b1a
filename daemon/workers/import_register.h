#ifndef SOHOA_WORKERS_IMPORT_REGISTER_H
#define SOHOA_WORKERS_IMPORT_REGISTER_H

#include "daemon/workers/worker_main.h"

/* "register" {said?, kept?} [file]: the rows of a register kept beside old scans, as
 * daemon/catalog/register_table.h has them, with "sha256" and "file_size"; [lines]. Nothing in it
 * is an answer with "problem", too. FILE_OLD_OFFICE, REGISTER_BAD what can be no register. */
enum err_code import_register(struct worker_call *call, struct worker_answer *answer,
                              struct err *err);

#endif
