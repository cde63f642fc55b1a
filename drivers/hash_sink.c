#include "drivers/hash_sink.h"

static enum err_code hash_sink_begin(void *self, const struct page_shape *shape, struct err *err)
{
    struct hash_sink *sink = self;
    sink->row_bytes = row_size_bytes(shape);
    sink->hash = hash_new();
    return sink->hash ? ERR_OK : err_set(err, ERR_NO_MEMORY, "pixel hash");
}

static enum err_code hash_sink_rows(void *self, const uint8_t *rows, int count, struct err *err)
{
    (void)err;
    struct hash_sink *sink = self;
    hash_update(sink->hash, rows, sink->row_bytes * (size_t)count);
    return ERR_OK;
}

static enum err_code hash_sink_end(void *self, int height_px, struct err *err)
{
    (void)height_px, (void)err;
    struct hash_sink *sink = self;
    hash_finish(sink->hash, sink->hex);
    return ERR_OK;
}

void hash_sink_init(struct hash_sink *sink)
{
    *sink = (struct hash_sink){
        .sink = {.self = sink,
                 .begin = hash_sink_begin,
                 .rows = hash_sink_rows,
                 .end = hash_sink_end},
    };
}

void hash_sink_done(struct hash_sink *sink)
{
    hash_free(sink->hash);
    sink->hash = NULL;
}
