#ifndef SOHOA_CLI_SSE_H
#define SOHOA_CLI_SSE_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Server-sent events (HTML standard 9.2) from bytes as they come: calls `event` for each whole one.
 * Lines and events above the ceiling are BAD_MESSAGE. Ids and retry times are passed over. */

#define SSE_EVENT_MAX 65536u

struct sse_reader {
    void (*event)(void *context, const char *name, const char *data);
    void *context;
    char name[64];
    char line[SSE_EVENT_MAX];
    size_t line_size;
    char data[SSE_EVENT_MAX];
    size_t data_size;
    bool has_data;
    bool after_cr;
};

void sse_reader_init(struct sse_reader *reader,
                     void (*event)(void *context, const char *name, const char *data),
                     void *context);
enum err_code sse_reader_feed(struct sse_reader *reader, const char *bytes, size_t size,
                              struct err *err);

#endif
