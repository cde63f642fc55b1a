#include "daemon/base/hash.h"
#include "daemon/image/tiff_writer.h"
#include "daemon/workers/worker_main.h"
#include "drivers/buttons.h"
#include "drivers/capture.h"
#include "drivers/hash_sink.h"

#include <string.h>

/*
 * sohoa-scan-worker: one scanner, libsane and whatever code of the vendor it loads.
 *
 *   list                         scanners there are
 *   open    {device}             its options, sources and buttons
 *   start   {source, mode, …}    begins a batch, answers what the device really took
 *   next    {} image file        one page, streamed into the file, flushed, then the answer
 *   finish, close, buttons
 *
 * SIGUSR1 cancels the batch: the page that runs ends with CANCELLED and the device is let go; the
 * next start opens it again by itself. Which backends exist is the caller's choice through
 * SANE_CONFIG_DIR and LD_LIBRARY_PATH.
 */

struct scan {
    struct device *device;
    char *device_name; /* of the last open, also after the device was let go */
    struct capture *capture;
};

static void end_batch(struct scan *scan)
{
    capture_free(scan->capture);
    scan->capture = NULL;
}

static void let_device_go(struct scan *scan)
{
    end_batch(scan);
    device_close(scan->device);
    scan->device = NULL;
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "answer of the scan worker");
}

static enum err_code give(struct worker_answer *answer, struct js *ok, struct err *err)
{
    answer->ok = ok;
    return ok ? ERR_OK : no_memory(err);
}

static enum err_code need_device(struct scan *scan, struct err *err)
{
    if (scan->device)
        return ERR_OK;
    if (!scan->device_name)
        return err_set(err, ERR_CONFLICT, "no device is open");
    return device_open(scan->device_name, &scan->device, err);
}

/* ---- list, open, close, buttons ---------------------------------------------------------------
 */

static enum err_code run_list(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    (void)self, (void)call;
    struct js *devices = NULL;
    enum err_code code = device_list(&devices, err);
    return code ? code : give(answer, js_pack("{s:o}", "devices", devices), err);
}

static struct js *options_to_js(struct device *device)
{
    AUTO(js) struct js *list = js_array();
    size_t count;
    const struct option *options = device_options(device, &count);
    for (size_t i = 0; i < count; i++) {
        /* Buttons are not read here: that would clear them. */
        bool button = button_is(device_backend(device), &options[i]);
        struct js *value = button ? js_null() : device_value_to_js(device, &options[i]);
        if (!js_push(list, option_to_js(&options[i], value)))
            return NULL;
    }
    return TAKE(list);
}

static enum err_code run_open(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct scan *scan = self;
    const char *name;
    enum err_code code = js_get_text(call->args, "device", &name, err);
    if (code)
        return code;
    let_device_go(scan);
    device_forget_cancel();
    code = device_open(name, &scan->device, err);
    if (code)
        return code;
    mem_free(scan->device_name);
    scan->device_name = mem_strdup(device_name(scan->device));
    AUTO(js) struct js *ok = js_object();
    bool whole = scan->device_name && js_set(ok, "options", options_to_js(scan->device)) &&
                 js_set(ok, "sources", settings_sources(scan->device)) &&
                 js_set(ok, "buttons", buttons_names(scan->device));
    return give(answer, whole ? TAKE(ok) : NULL, err);
}

static enum err_code run_close(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    (void)call, (void)answer, (void)err;
    struct scan *scan = self;
    let_device_go(scan);
    mem_free(scan->device_name);
    scan->device_name = NULL;
    return ERR_OK;
}

static enum err_code run_buttons(void *self, struct worker_call *call, struct worker_answer *answer,
                                 struct err *err)
{
    (void)call;
    struct scan *scan = self;
    enum err_code code = need_device(scan, err);
    return code ? code
                : give(answer, js_pack("{s:o}", "pressed", buttons_pressed(scan->device)), err);
}

/* ---- start, finish ----------------------------------------------------------------------------
 */

static enum err_code read_area(const struct js *args, struct scan_settings *out, struct err *err)
{
    if (!js_has(args, "area_mm"))
        return ERR_OK;
    out->has_area = true;
    return rect_from_js(args, "area_mm", &out->area, err);
}

static enum err_code read_settings(const struct js *args, struct scan_settings *out,
                                   struct err *err)
{
    struct scan_settings settings = {
        .resolution_dpi = js_real_or(args, "resolution_dpi", 300),
        .depth = (int)js_int_or(args, "depth", 0),
        .options = js_at(args, "options"),
    };
    const char *source = js_text_or(args, "source", NULL);
    const char *mode = js_text_or(args, "mode", NULL);
    if (source && !scan_source_from_name(source, &settings.source))
        return err_set(err, ERR_BAD_ARGUMENT, "source is none of flatbed, adf, duplex");
    if (mode && !scan_mode_from_name(mode, &settings.mode))
        return err_set(err, ERR_BAD_ARGUMENT, "mode is none of color, gray, lineart");
    enum err_code code = read_area(args, &settings, err);
    if (!code)
        *out = settings;
    return code;
}

static enum err_code run_start(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    struct scan *scan = self;
    struct scan_settings wanted;
    end_batch(scan);
    device_forget_cancel();
    worker_cancel_reset();
    enum err_code code = read_settings(call->args, &wanted, err);
    if (!code)
        code = need_device(scan, err);
    if (!code)
        code = capture_begin(scan->device, &wanted, &scan->capture, err);
    if (code)
        return code;
    const struct scan_settings *set = capture_settings(scan->capture);
    return give(answer,
                js_pack("{s:s, s:s, s:f, s:o, s:b}", "source", scan_source_name(set->source),
                        "mode", scan_mode_name(set->mode), "resolution_dpi", set->resolution_dpi,
                        "area_mm", rect_to_js(set->area), "duplex", set->source == SOURCE_DUPLEX),
                err);
}

static enum err_code run_finish(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err)
{
    (void)call, (void)answer, (void)err;
    end_batch(self);
    return ERR_OK;
}

/* ---- next -------------------------------------------------------------------------------------
 */

/* The image file as a sink. */
struct tiff_sink {
    struct row_sink sink;
    int fd;
    struct tiff_writer *writer;
};

static enum err_code tiff_sink_begin(void *self, const struct page_shape *shape, struct err *err)
{
    struct tiff_sink *sink = self;
    struct tiff_page page = {shape->width_px, shape->channels, shape->bits, shape->dpi};
    return tiff_writer_open(sink->fd, &page, &sink->writer, err);
}

static enum err_code tiff_sink_rows(void *self, const uint8_t *rows, int count, struct err *err)
{
    return tiff_writer_rows(((struct tiff_sink *)self)->writer, rows, count, err);
}

static enum err_code tiff_sink_end(void *self, int height_px, struct err *err)
{
    (void)height_px;
    return tiff_writer_finish(((struct tiff_sink *)self)->writer, err);
}

static void tiff_sink_init(struct tiff_sink *sink, int fd)
{
    *sink = (struct tiff_sink){
        .sink = {sink, tiff_sink_begin, tiff_sink_rows, tiff_sink_end},
        .fd = fd,
    };
}

static void tiff_sink_auto(struct tiff_sink *sink)
{
    tiff_writer_free(sink->writer);
}

static enum err_code send_progress(void *payload, int lines, int lines_expected, struct err *err)
{
    return worker_event(payload, "progress",
                        js_pack("{s:i, s:i}", "lines", lines, "lines_expected", lines_expected),
                        err);
}

static struct js *page_to_js(const struct captured_page *page, const char *sha256,
                             uint64_t size_bytes, const char *pixel_sha256)
{
    const struct page_shape *shape = &page->shape;
    struct js *image = js_pack(
        "{s:s, s:I, s:s, s:i, s:i, s:i, s:i, s:f, s:f, s:f}", "sha256", sha256, "size_bytes",
        (long long)size_bytes, "pixel_sha256", pixel_sha256, "width_px", shape->width_px,
        "height_px", shape->height_px, "channels", shape->channels, "bits", shape->bits, "dpi",
        shape->dpi, "width_mm", page->width_mm, "height_mm", page->height_mm);
    return js_pack("{s:o, s:s, s:i, s:b}", "image", image, "side", page->back ? "back" : "front",
                   "sheet", page->sheet, "more", (int)page->more);
}

static enum err_code scan_page(struct scan *scan, struct worker_call *call, int fd,
                               struct worker_answer *answer, struct err *err)
{
    AUTO(tiff_sink) struct tiff_sink tiff;
    AUTO(hash_sink) struct hash_sink pixels;
    tiff_sink_init(&tiff, fd);
    hash_sink_init(&pixels);
    struct row_sink *const sinks[] = {&pixels.sink, &tiff.sink};
    struct captured_page page;
    enum err_code code =
        capture_next_page(scan->capture, sinks, 2, send_progress, call, &page, err);
    if (code)
        return code;
    char sha256[HASH_HEX_SIZE];
    uint64_t size_bytes;
    code = hash_fd(fd, sha256, &size_bytes, err);
    return code ? code : give(answer, page_to_js(&page, sha256, size_bytes, pixels.hex), err);
}

static enum err_code run_next(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct scan *scan = self;
    AUTO(fd) int fd = -1;
    enum err_code code = ipc_take_fd(call->message, 0, &fd, err);
    if (code)
        return code;
    if (!scan->capture)
        return err_set(err, ERR_CONFLICT, "no batch was started");
    code = scan_page(scan, call, fd, answer, err);
    if (code == ERR_CANCELLED)
        let_device_go(scan);
    return code;
}

int main(void)
{
    static const struct worker_op ops[] = {
        {"list", run_list},     {"open", run_open},   {"start", run_start},     {"next", run_next},
        {"finish", run_finish}, {"close", run_close}, {"buttons", run_buttons}, {NULL, NULL},
    };
    struct scan scan = {0};
    worker_on_cancel(device_cancel_now);
    int status = worker_serve("sohoa-scan-worker", ops, &scan);
    let_device_go(&scan);
    mem_free(scan.device_name);
    return status;
}
