#include "daemon/cli/http_reader.h"
#include "daemon/cli/sse.h"

#include <stdint.h>
#include <stdlib.h>

/* What a stranger on the socket could answer: the response reader with the event reader behind it.
 * The first byte says in what pieces the rest comes. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void ignore(void *context, const char *name, const char *data)
{
    (void)context;
    (void)name;
    (void)data;
}

static enum err_code feed_events(void *context, const char *bytes, size_t size, struct err *err)
{
    return sse_reader_feed(context, bytes, size, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct sse_reader *events = malloc(sizeof *events);
    if (!events || size == 0) {
        free(events);
        return 0;
    }
    size_t piece = (size_t)bytes[0] + 1;
    struct http_reader reader;
    struct err err = ERR_INIT;
    sse_reader_init(events, ignore, NULL);
    http_reader_init(&reader, &(struct http_sink){feed_events, events, 1u << 16});
    enum err_code code = ERR_OK;
    for (size_t at = 1; !code && at < size; at += piece) {
        size_t count = size - at < piece ? size - at : piece;
        code = http_reader_feed(&reader, (const char *)bytes + at, count, &err);
    }
    if (!code)
        http_reader_end(&reader, &err);
    free(events);
    return 0;
}
