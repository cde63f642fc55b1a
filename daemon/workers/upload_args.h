#ifndef SOHOA_WORKERS_UPLOAD_ARGS_H
#define SOHOA_WORKERS_UPLOAD_ARGS_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

/* Texts of a request that have a form; borrowed from it. BAD_ARGUMENT names the key. */
enum err_code upload_arg_id(const struct js *args, const char *key, const char **out,
                            struct err *err);
enum err_code upload_arg_hash(const struct js *args, const char *key, const char **out,
                              struct err *err);

#endif
