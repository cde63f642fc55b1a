#include "drivers/capture.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#define READ_BYTES (256u << 10)
#define PROGRESS_EVERY_US 200000
#define MM_PER_INCH 25.4

struct capture {
    struct device *device;
    struct scan_settings wanted, set;
    struct js *options; /* behind wanted.options */
    bool over;
    int pages;
    uint8_t *bytes;
};

enum err_code capture_begin(struct device *device, const struct scan_settings *wanted,
                            struct capture **out, struct err *err)
{
    AUTO(capture) struct capture *capture = mem_alloc(sizeof *capture);
    if (!capture)
        return err_set(err, ERR_NO_MEMORY, "capture");
    capture->device = device;
    capture->wanted = *wanted;
    capture->wanted.options = capture->options = js_ref(wanted->options);
    capture->bytes = mem_alloc(READ_BYTES);
    if (!capture->bytes)
        return err_set(err, ERR_NO_MEMORY, "capture");
    enum err_code code = settings_apply(device, &capture->wanted, &capture->set, err);
    if (code)
        return code;
    *out = TAKE(capture);
    return ERR_OK;
}

const struct scan_settings *capture_settings(const struct capture *capture)
{
    return &capture->set;
}

bool capture_is_over(const struct capture *capture)
{
    return capture->over;
}

static void end_batch(struct capture *capture)
{
    if (!capture->over)
        device_cancel(capture->device);
    capture->over = true;
}

void capture_free(struct capture *capture)
{
    if (!capture)
        return;
    end_batch(capture);
    js_free(capture->options);
    mem_free(capture->bytes);
    mem_free(capture);
}

struct reporter {
    capture_progress_fn *progress;
    void *payload;
    int64_t next_us;
};

static enum err_code report(struct reporter *reporter, const struct assembly *assembly,
                            struct err *err)
{
    int64_t now = sys_monotonic_us();
    if (!reporter->progress || now < reporter->next_us)
        return ERR_OK;
    reporter->next_us = now + PROGRESS_EVERY_US;
    int lines, expected;
    assembly_progress(assembly, &lines, &expected);
    return reporter->progress(reporter->payload, lines, expected, err);
}

/* A feeder that runs empty or stops in the middle of a side has not delivered a page. */
static enum err_code read_error(enum err_code code, bool any_bytes, struct err *err)
{
    if (code == ERR_FEEDER_EMPTY && any_bytes)
        return err_set(err, ERR_PAGE_TRUNCATED, "NO_DOCS in the middle of a page");
    return code;
}

static enum err_code read_frame(struct capture *capture, struct assembly *assembly,
                                struct reporter *reporter, struct err *err)
{
    struct frame_params params;
    enum err_code code = device_frame(capture->device, &params, err);
    if (!code)
        code = assembly_begin_frame(assembly, &params, err);
    bool any_bytes = false;
    while (!code) {
        size_t size;
        bool end;
        code = device_read(capture->device, capture->bytes, READ_BYTES, &size, &end, err);
        if (code)
            return read_error(code, any_bytes, err);
        if (end)
            return assembly_end_frame(assembly, err);
        any_bytes |= size > 0;
        code = assembly_bytes(assembly, capture->bytes, size, err);
        if (!code)
            code = report(reporter, assembly, err);
    }
    return code;
}

static enum err_code read_page(struct capture *capture, struct assembly *assembly,
                               struct reporter *reporter, struct page_shape *out, struct err *err)
{
    while (!assembly_is_complete(assembly)) {
        enum err_code code = device_start(capture->device, err);
        if (!code)
            code = read_frame(capture, assembly, reporter, err);
        if (code)
            return code;
    }
    return assembly_finish(assembly, out, err);
}

static void describe_page(struct capture *capture, const struct page_shape *shape,
                          struct captured_page *out)
{
    bool duplex = capture->set.source == SOURCE_DUPLEX;
    bool back = duplex && capture->pages % 2 == 1;
    struct size_mm size = {shape->width_px * MM_PER_INCH / shape->dpi,
                           shape->height_px * MM_PER_INCH / shape->dpi};
    *out = (struct captured_page){
        .shape = *shape,
        .width_mm = size.w,
        .height_mm = size.h,
        .back = back,
        .turn_deg = back ? device_quirks(capture->device)->turn_backs_deg : 0,
        .sheet = (duplex ? capture->pages / 2 : capture->pages) + 1,
        .more = capture->set.source != SOURCE_FLATBED,
        .doubts = page_check_size(&capture->wanted, &capture->set, size),
    };
    out->doubts.mode_differs = capture->wanted.mode == MODE_COLOR && shape->channels == 1;
}

/* What the next sane_start of this machine needs (quirks.h), done before it: after the last page of
 * a batch nothing but the end of the batch is due. */
static enum err_code prepare_next(struct capture *capture, struct err *err)
{
    enum between_pages rule = device_quirks(capture->device)->between_pages;
    if (capture->pages == 0 || rule == BETWEEN_NOTHING)
        return ERR_OK;
    device_cancel(capture->device);
    if (rule == BETWEEN_CANCEL)
        return ERR_OK;
    enum err_code code = device_reopen(capture->device, err);
    return code ? code : settings_apply(capture->device, &capture->wanted, &capture->set, err);
}

static enum err_code empty_error(const struct capture *capture, enum err_code code, struct err *err)
{
    if (code != ERR_FEEDER_EMPTY || capture->pages == 0)
        return code;
    int sides = capture->set.source == SOURCE_DUPLEX ? 2 : 1;
    bool doubtful = device_quirks(capture->device)->no_docs_doubtful;
    return err_context(err, code, "%d sheets came, %d expected%s", capture->pages / sides,
                       capture->wanted.expect_sheets,
                       doubtful ? "; this scanner says so too early at times" : "");
}

enum err_code capture_next_page(struct capture *capture, struct row_sink *const *sinks,
                                size_t sink_count, capture_progress_fn *progress, void *payload,
                                struct captured_page *out, struct err *err)
{
    if (capture->over)
        return err_set(err, ERR_CONFLICT, "the batch is over");
    AUTO(assembly) struct assembly *assembly = NULL;
    struct reporter reporter = {.progress = progress, .payload = payload};
    struct page_shape shape;
    enum err_code code = prepare_next(capture, err);
    if (!code)
        code = assembly_new(sinks, sink_count, capture->set.resolution_dpi, &assembly, err);
    if (!code)
        code = read_page(capture, assembly, &reporter, &shape, err);
    if (code) {
        end_batch(capture);
        code = empty_error(capture, code, err);
        return err_context(err, code, "page %d of the batch", capture->pages + 1);
    }
    describe_page(capture, &shape, out);
    capture->pages++;
    return ERR_OK;
}
