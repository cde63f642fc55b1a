#ifndef SOHOA_TESTS_FAKE_LOG_H
#define SOHOA_TESTS_FAKE_LOG_H

#include "daemon/base/js.h"
#include "daemon/base/mem.h"

#include <stdio.h>
#include <stdlib.h>

/* What fake workers were asked, in order, a line each: "store page_begin {…}". */
static inline void fake_log_add(const char *worker, const char *op, const struct js *args)
{
    FILE *log = fopen(getenv("FAKE_LOG"), "a");
    AUTO(mem) char *text = js_dump(args);
    if (!log || !text)
        abort();
    fprintf(log, "%s %s %s\n", worker, op, text);
    fclose(log);
}

#endif
