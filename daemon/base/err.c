#include "daemon/base/err.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct err_row {
    const char *name;
    enum err_help help;
    int http;
};

static const struct err_row rows[ERR_CODE_COUNT] = {
    [ERR_OK] = {"OK", HELP_NOTHING, 200},
#define ERR(name, help, http) [ERR_##name] = {#name, HELP_##help, http},
#include "daemon/base/err_codes.def"
#undef ERR
};

__attribute__((format(printf, 4, 0))) static void
set_detail(struct err *err, enum err_code code, int number, const char *fmt, va_list args)
{
    if (!err)
        return;
    err->code = code;
    err->sys_errno = number;
    err->said[0] = '\0';
    err->retry_after_us = 0;
    vsnprintf(err->detail, sizeof err->detail, fmt, args);
}

enum err_code err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    set_detail(err, code, 0, fmt, args);
    va_end(args);
    return code;
}

static enum err_code code_of_errno(int number, enum err_code otherwise)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return ERR_DISK_FULL;
    case EROFS:
        return ERR_READ_ONLY;
    case ENOMEM:
        return ERR_NO_MEMORY;
    default:
        return otherwise;
    }
}

enum err_code err_set_errno(struct err *err, enum err_code code, int number, const char *fmt, ...)
{
    code = code_of_errno(number, code);
    if (!err)
        return code;
    va_list args;
    va_start(args, fmt);
    set_detail(err, code, number, fmt, args);
    va_end(args);
    size_t used = strlen(err->detail);
    snprintf(err->detail + used, sizeof err->detail - used, ": %s", strerror(number));
    return code;
}

enum err_code err_context(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (!err)
        return code;
    char inner[sizeof err->detail];
    memcpy(inner, err->detail, sizeof inner);
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->detail, sizeof err->detail, fmt, args);
    va_end(args);
    size_t used = strlen(err->detail);
    snprintf(err->detail + used, sizeof err->detail - used, ": %s", inner);
    return err->code;
}

void err_set_said(struct err *err, const char *text)
{
    AUTO(mem) char *line = text_squeeze(text);
    if (err)
        text_printable(line ? line : text, err->said, sizeof err->said);
}

static const struct err_row *row_of(enum err_code code)
{
    return (unsigned)code < ERR_CODE_COUNT ? &rows[code] : NULL;
}

const char *err_name(enum err_code code)
{
    const struct err_row *row = row_of(code);
    return row ? row->name : "UNKNOWN";
}

enum err_code err_from_name(const char *name)
{
    for (int i = 1; name && i < ERR_CODE_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return (enum err_code)i;
    return ERR_INTERNAL;
}

enum err_help err_help_of(enum err_code code)
{
    const struct err_row *row = row_of(code);
    return row ? row->help : HELP_IT;
}

const char *err_help_name(enum err_help help)
{
    static const char *const names[] = {"RETRY_NOW", "RETRY_LATER", "CLERK", "IT", "NOTHING"};
    return (unsigned)help < sizeof names / sizeof *names ? names[help] : "IT";
}

int err_http_status(enum err_code code)
{
    const struct err_row *row = row_of(code);
    return row ? row->http : 500;
}
