#ifndef SOHOA_HTTP_ARGS_H
#define SOHOA_HTTP_ARGS_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stddef.h>
#include <stdint.h>

/* What a request body may hold, as a table beside its handler. Unknown keys are ignored; missing or
 * mistyped ones are BAD_JSON, values out of range BAD_ARGUMENT, both naming the key and never the
 * value. */

enum arg_kind {
    ARG_TEXT, /* min..max bytes */
    ARG_WORD, /* one of `words`, separated by spaces */
    ARG_ID,   /* UUID */
    ARG_INT,  /* min..max */
    ARG_BOOL,
    ARG_AREA,  /* [x, y, w, h] in mm on the glass */
    ARG_FIELDS /* object of at most max entries: name → text or null */
};

enum arg_flag { ARG_REQUIRED = 1, ARG_NULLABLE = 2 };

struct arg_rule {
    const char *name;
    enum arg_kind kind;
    unsigned flags;
    int64_t min, max;
    const char *words;
};

/* Copies what the rules name from body (NULL counts as {}) into args. The table ends with a NULL
 * name. */
enum err_code args_take(const struct js *body, const struct arg_rule *rules, struct js *args,
                        struct err *err);

/* A number in a query ("25"); BAD_ARGUMENT naming it when it is none or out of range. */
enum err_code args_number(const char *name, const char *text, int64_t min, int64_t max,
                          int64_t *out, struct err *err);
bool args_is_word(const char *words, const char *text);

#endif
