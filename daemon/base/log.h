#ifndef SOHOA_BASE_LOG_H
#define SOHOA_BASE_LOG_H

#include "daemon/base/err.h"

#include <stdbool.h>

/*
 * Logging happens at the edge only: pipeline step, HTTP handler, worker main, command line. Below
 * it, errors are returned. One line a failure. Sink: journald fields when $JOURNAL_STREAM is set
 * (without journald its calls succeed and drop the line), else structured lines on stderr:
 *   2026-11-21T02:15:30.123456Z sohoad warning msg="..." SOHOA_DOC=... SOHOA_CODE=...
 * Outside strings are made printable here. Recognised text, names and identifiers never get here;
 * identifiers that must be named go through LOG_MASKED.
 */

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

struct log_field {
    const char *key;   /* "SOHOA_DOC", upper case */
    const char *value; /* NULL: field left out */
    bool masked;       /* value goes through text_mask */
};

/* Name of this program in each line; debug lines only when $SOHOA_DEBUG is set. */
void log_open(const char *program);
/* A program that tells people itself (the command line): no lines unless
 * $SOHOA_DEBUG is set. */
void log_quiet(void);
void log_line(enum log_level level, const struct log_field *fields, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define LOG_FIELDS(...) ((const struct log_field[]){__VA_ARGS__, {0}})
#define LOG_FIELD(key, value)                                                                      \
    {                                                                                              \
        key, value, false                                                                          \
    }
#define LOG_MASKED(key, value)                                                                     \
    {                                                                                              \
        key, value, true                                                                           \
    }

/* The standard line for an error at the edge: code, help, detail, errno, reference. */
void log_err(const struct err *err, const struct log_field *fields, const char *what);

#endif
