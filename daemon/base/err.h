#ifndef SOHOA_BASE_ERR_H
#define SOHOA_BASE_ERR_H

/*
 * Errors. A call that can fail returns an err_code and fills a struct err that lives with the
 * caller; nothing is global. The code is set once, where it is known; callers above add context
 * and never replace it. The list of codes is err_codes.def.
 */

enum err_code {
    ERR_OK = 0,
#define ERR(name, help, http) ERR_##name,
#include "daemon/base/err_codes.def"
#undef ERR
    ERR_CODE_COUNT
};

/* Who or what can help; retry policy looks at nothing else. */
enum err_help { HELP_RETRY_NOW, HELP_RETRY_LATER, HELP_CLERK, HELP_IT, HELP_NOTHING };

struct err {
    enum err_code code;
    int sys_errno;    /* errno at the place of failure, 0 when it says nothing */
    char detail[400]; /* English, for IT: outermost context first, ": " between; no personal data */
};

#define ERR_INIT ((struct err){0})

/* Sets code and detail and returns code, so that it ends in `return err_set(...)`. err may be NULL.
 */
enum err_code err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Like err_set, with ": strerror(number)" appended; ENOSPC and EDQUOT become DISK_FULL, EROFS
 * becomes READ_ONLY, ENOMEM becomes NO_MEMORY, everything else takes `code`. */
enum err_code err_set_errno(struct err *err, enum err_code code, int number, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "context: " before the detail; keeps the code. Returns err->code (or `code` when err is
 * NULL). */
enum err_code err_context(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "FEEDER_JAM"; never NULL ("UNKNOWN" out of range). */
const char *err_name(enum err_code code);
/* The code of that name, or ERR_INTERNAL when there is none (names come from other processes). */
enum err_code err_from_name(const char *name);
enum err_help err_help_of(enum err_code code);
/* "RETRY_NOW" ... */
const char *err_help_name(enum err_help help);
int err_http_status(enum err_code code);

#endif
