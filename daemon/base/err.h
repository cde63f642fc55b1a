#ifndef SOHOA_BASE_ERR_H
#define SOHOA_BASE_ERR_H

#include <stdint.h>

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

#define ERR_SAID_SIZE 400

struct err {
    enum err_code code;
    int sys_errno;    /* errno at the place of failure, 0 when it says nothing */
    char detail[400]; /* English, for IT: outermost context first, ": " between; no personal data */
    /* Another system's own words for a person, "" when there are none. Never logged: they may name
     * people. */
    char said[ERR_SAID_SIZE];
    int64_t retry_after_us; /* how long another system asks us to wait, 0 when it does not say */
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

/* What another system said, in one line without control characters, cut at ERR_SAID_SIZE - 1 bytes
 * between letters. The next err_set forgets it. */
void err_set_said(struct err *err, const char *text);

/* "FEEDER_JAM"; never NULL ("UNKNOWN" out of range). */
const char *err_name(enum err_code code);
/* The code of that name, or ERR_INTERNAL when there is none (names come from other processes). */
enum err_code err_from_name(const char *name);
enum err_help err_help_of(enum err_code code);
/* "RETRY_NOW" ... */
const char *err_help_name(enum err_help help);
int err_http_status(enum err_code code);

#endif
