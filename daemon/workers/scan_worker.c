#include "daemon/base/hash.h"
#include "daemon/base/sys.h"
#include "daemon/image/tiff_writer.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/scan_folders.h"
#include "daemon/workers/worker_main.h"
#include "drivers/buttons.h"
#include "drivers/capture.h"
#include "drivers/hash_sink.h"
#include "drivers/holder.h"
#include "drivers/page_check.h"
#include "drivers/preview_sink.h"
#include "drivers/source_choice.h"

#include <fcntl.h>
#include <string.h>

/*
 * sohoa-scan-worker: one scanner, libsane and whatever code of the vendor it loads.
 *
 * - list: scanners there are
 * - open {device, panel}: its options, sources, buttons, identity, largest areas
 * - start {source, mode, …}: begins a batch, answers what the device really took
 * - next {} image, preview: one page, streamed into the file; the store flushes it (page_commit)
 *   while the next one comes
 * - buttons: what was pressed since the last round, what the sensors say
 * - reset {device}: makes a device answer again
 * - finish, close
 *
 * Every call of libsane is announced: event "call" {"name", "phase": "before"|"after"}, see
 * drivers/sane_device.h. SIGUSR1 cancels the batch: the page that runs ends with CANCELLED and the
 * device is let go; the next start opens it again by itself. Which backends exist is the caller's
 * choice through SANE_CONFIG_DIR and LD_LIBRARY_PATH.
 */

#define PREVIEW_MAX_PX 4000
#define WRITEBACK_BYTES (2u << 20)

struct scan {
    struct worker_call *call; /* the one that runs */
    struct device *device;
    struct js *named; /* {"device","vendor","model"} of the last open, also after it was let go */
    struct panel_rules panel; /* of that device */
    struct capture *capture;
    bool left_early; /* the last batch ended before its pile: the driver may hold pages of it */
    struct buttons_debounce buttons;
};

static struct scan *begin(void *self, struct worker_call *call)
{
    struct scan *scan = self;
    scan->call = call;
    return scan;
}

/* A daemon that is gone is noticed at the next answer. */
static void announce(void *payload, const char *name, bool is_over)
{
    const struct scan *scan = payload;
    struct err ignored = ERR_INIT;
    if (scan->call)
        worker_event(scan->call, "call",
                     js_pack("{s:s, s:s}", "name", name, "phase", is_over ? "after" : "before"),
                     &ignored);
}

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
    scan->left_early = false;
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

static enum err_code open_named(const struct js *named, struct device **out, struct err *err)
{
    const char *name = js_text_or(named, "device", "");
    enum err_code code = device_open_known(name, js_text_or(named, "vendor", ""),
                                           js_text_or(named, "model", ""), out, err);
    return holder_explain(name, code, err);
}

/* A device that is ours may still be somebody's, too: backends that open it for every page. */
static enum err_code explain(const struct scan *scan, enum err_code code, struct err *err)
{
    return scan->device ? holder_explain(device_name(scan->device), code, err) : code;
}

static enum err_code need_device(struct scan *scan, struct err *err)
{
    if (scan->device)
        return ERR_OK;
    if (!scan->named)
        return err_set(err, ERR_CONFLICT, "no device is open");
    return open_named(scan->named, &scan->device, err);
}

/* ---- list, open, close, buttons, reset --------------------------------------------------------
 */

static enum err_code run_list(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct scan *scan = begin(self, call);
    struct js *devices = NULL;
    if (scan->capture && !capture_is_over(scan->capture))
        return err_set(err, ERR_CONFLICT, "a batch is running");
    let_device_go(scan); /* the whole list of backends takes the place of this one */
    enum err_code code = device_list(&devices, err);
    return code ? code : give(answer, js_pack("{s:o}", "devices", devices), err);
}

static struct js *options_to_js(struct device *device, const struct panel_rules *rules)
{
    AUTO(js) struct js *list = js_array();
    size_t count;
    const struct option *options = device_options(device, &count);
    for (size_t i = 0; i < count; i++) {
        /* Buttons and sensors are not read here: that would clear them. */
        bool panel = panel_kind_here(device, rules, &options[i]) != PANEL_NOTHING;
        struct js *value = panel ? js_null() : device_value_to_js(device, &options[i]);
        if (!js_push(list, option_to_js(&options[i], value)))
            return NULL;
    }
    return TAKE(list);
}

static struct js *device_to_js(struct device *device, const struct panel_rules *rules)
{
    const struct device_facts *facts = device_facts(device);
    AUTO(js) struct js *ok = js_object();
    bool whole = js_set(ok, "identity", js_text(facts->identity.text)) &&
                 js_set(ok, "sources", settings_sources(device)) &&
                 js_set(ok, "max_area_mm", settings_max_areas(device)) &&
                 js_set(ok, "buttons", buttons_names(device, rules)) &&
                 js_set(ok, "options", options_to_js(device, rules));
    return whole ? TAKE(ok) : NULL;
}

static enum err_code run_open(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct scan *scan = begin(self, call);
    const char *name;
    enum err_code code = js_get_text(call->args, "device", &name, err);
    if (!code)
        code = panel_rules_read(js_at(call->args, "panel"), &scan->panel, err);
    if (code)
        return code;
    let_device_go(scan);
    device_forget_cancel();
    if ((code = open_named(call->args, &scan->device, err)))
        return code;
    const struct device_facts *facts = device_facts(scan->device);
    js_free(scan->named);
    scan->named = js_pack("{s:s, s:s, s:s}", "device", facts->name, "vendor", facts->vendor,
                          "model", facts->model);
    scan->buttons = (struct buttons_debounce){0};
    return give(answer, scan->named ? device_to_js(scan->device, &scan->panel) : NULL, err);
}

static enum err_code run_close(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    (void)answer, (void)err;
    struct scan *scan = begin(self, call);
    let_device_go(scan);
    js_free(TAKE(scan->named));
    return ERR_OK;
}

static enum err_code run_buttons(void *self, struct worker_call *call, struct worker_answer *answer,
                                 struct err *err)
{
    struct scan *scan = begin(self, call);
    enum err_code code = need_device(scan, err);
    if (code)
        return code;
    return give(answer,
                buttons_poll(scan->device, &scan->panel, &scan->buttons, sys_monotonic_us()), err);
}

static enum err_code run_reset(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    struct scan *scan = begin(self, call);
    const char *name;
    bool by_usb;
    enum err_code code = js_get_text(call->args, "device", &name, err);
    if (code)
        return code;
    let_device_go(scan);
    device_forget_cancel();
    code = device_reset(name, &by_usb, err);
    return code ? code : give(answer, js_pack("{s:s}", "how", by_usb ? "usb" : "reopen"), err);
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
        .expect_sheets = (int)js_int_or(args, "expect_sheets", 0),
        .options = js_at(args, "options"),
    };
    const char *source = js_text_or(args, "source", NULL);
    const char *mode = js_text_or(args, "mode", NULL);
    const char *paper = js_text_or(args, "paper", NULL);
    if (source && !scan_source_from_name(source, &settings.source))
        return err_set(err, ERR_BAD_ARGUMENT, "source is none of flatbed, adf, duplex");
    if (mode && !scan_mode_from_name(mode, &settings.mode))
        return err_set(err, ERR_BAD_ARGUMENT, "mode is none of color, gray, lineart");
    if (paper && !paper_from_name(paper, &settings.paper))
        return err_set(err, ERR_BAD_ARGUMENT, "paper is none of a4, a3, a5, id1, auto");
    enum err_code code = read_area(args, &settings, err);
    if (!code)
        *out = settings;
    return code;
}

static struct js *settings_to_js(const struct scan *scan)
{
    const struct scan_settings *set = capture_settings(scan->capture);
    bool doubtful = device_quirks(scan->device)->no_docs_doubtful;
    return js_pack("{s:s, s:s, s:f, s:o, s:b, s:o, s:b}", "source", scan_source_name(set->source),
                   "mode", scan_mode_name(set->mode), "resolution_dpi", set->resolution_dpi,
                   "area_mm", rect_to_js(set->area), "duplex", set->source == SOURCE_DUPLEX,
                   "inexact", inexact_to_js(&set->inexact), "no_docs_doubtful", (int)doubtful);
}

static enum err_code run_start(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    struct scan *scan = begin(self, call);
    struct scan_settings wanted;
    end_batch(scan);
    device_forget_cancel();
    worker_cancel_reset();
    enum err_code code = read_settings(call->args, &wanted, err);
    if (!code)
        code = need_device(scan, err);
    if (!code && scan->left_early)
        code = device_reopen(scan->device, err);
    if (!code)
        scan->left_early = false;
    if (!code && !wanted.source && js_bool_or(call->args, "source_by_paper", false))
        wanted.source = source_by_paper(scan->device, &scan->panel);
    if (!code)
        code = capture_begin(scan->device, &wanted, &scan->capture, err);
    if (code)
        return explain(scan, code, err);
    return give(answer, settings_to_js(scan), err);
}

static enum err_code run_finish(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err)
{
    (void)answer, (void)err;
    end_batch(begin(self, call));
    return ERR_OK;
}

/* ---- next -------------------------------------------------------------------------------------
 */

/* The image file as a sink. */
struct tiff_sink {
    struct row_sink sink;
    int fd;
    struct tiff_writer *writer;
    size_t row_bytes, waiting_bytes; /* not handed to the disk yet */
};

static enum err_code tiff_sink_begin(void *self, const struct page_shape *shape, struct err *err)
{
    struct tiff_sink *sink = self;
    struct tiff_page page = {shape->width_px, shape->channels, shape->bits, shape->dpi};
    sink->row_bytes = row_size_bytes(shape);
    return tiff_writer_open(sink->fd, &page, &sink->writer, err);
}

/* The disk works while the lamp moves: whoever flushes the file finds little left to do. */
static void start_writing(struct tiff_sink *sink)
{
    sync_file_range(sink->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    sink->waiting_bytes = 0;
}

static enum err_code tiff_sink_rows(void *self, const uint8_t *rows, int count, struct err *err)
{
    struct tiff_sink *sink = self;
    enum err_code code = tiff_writer_rows(sink->writer, rows, count, err);
    sink->waiting_bytes += (size_t)count * sink->row_bytes;
    if (sink->waiting_bytes < WRITEBACK_BYTES)
        return code;
    start_writing(sink);
    return code;
}

static enum err_code tiff_sink_end(void *self, int height_px, struct err *err)
{
    (void)height_px;
    struct tiff_sink *sink = self;
    enum err_code code = tiff_writer_end(sink->writer, err);
    if (!code)
        start_writing(sink);
    return code;
}

static void tiff_sink_init(struct tiff_sink *sink, int fd)
{
    *sink = (struct tiff_sink){
        .sink = {sink, tiff_sink_begin, tiff_sink_rows, tiff_sink_end},
        .fd = fd,
    };
}

/* Everything one page goes into. */
struct page_sinks {
    struct worker_call *call;
    struct tiff_sink tiff;
    struct hash_sink pixels;
    struct page_check check;
    struct preview_sink preview;
    struct row_sink *list[4];
    size_t count;
};

/* preview_px 0: no preview. */
static void page_sinks_init(struct page_sinks *sinks, struct worker_call *call, int image_fd,
                            int preview_fd, int preview_px)
{
    tiff_sink_init(&sinks->tiff, image_fd);
    hash_sink_init(&sinks->pixels);
    page_check_init(&sinks->check);
    preview_sink_init(&sinks->preview, preview_fd, preview_px);
    sinks->call = call;
    sinks->count = 0;
    if (preview_px) /* first: it is what a person waits for */
        sinks->list[sinks->count++] = &sinks->preview.sink;
    sinks->list[sinks->count++] = &sinks->pixels.sink;
    sinks->list[sinks->count++] = &sinks->check.sink;
    sinks->list[sinks->count++] = &sinks->tiff.sink;
}

static void page_sinks_auto(struct page_sinks *sinks)
{
    tiff_writer_free(sinks->tiff.writer);
    hash_sink_done(&sinks->pixels);
    preview_sink_done(&sinks->preview);
}

static enum err_code send_progress(void *payload, int lines, int lines_expected, struct err *err)
{
    const struct page_sinks *sinks = payload;
    const struct preview_sink *preview = &sinks->preview;
    struct js *data = js_pack("{s:i, s:i}", "lines", lines, "lines_expected", lines_expected);
    if (preview->wished_width && preview->width)
        js_set(data, "preview",
               js_pack("{s:i, s:i, s:i, s:i}", "width", preview->width, "rows", preview->rows,
                       "channels", preview->channels, "rows_expected", preview->rows_expected));
    return worker_event(sinks->call, "progress", data, err);
}

static struct js *image_to_js(const struct captured_page *page, const char *sha256,
                              uint64_t size_bytes, const char *pixel_sha256)
{
    const struct page_shape *shape = &page->shape;
    return js_pack("{s:s, s:I, s:s, s:i, s:i, s:i, s:i, s:f, s:f, s:f}", "sha256", sha256,
                   "size_bytes", (long long)size_bytes, "pixel_sha256", pixel_sha256, "width_px",
                   shape->width_px, "height_px", shape->height_px, "channels", shape->channels,
                   "bits", shape->bits, "dpi", shape->dpi, "width_mm", page->width_mm, "height_mm",
                   page->height_mm);
}

static enum err_code scan_page(struct scan *scan, struct page_sinks *sinks,
                               struct worker_answer *answer, struct err *err)
{
    struct captured_page page;
    enum err_code code = capture_next_page(scan->capture, sinks->list, sinks->count, send_progress,
                                           sinks, &page, err);
    if (!code && sinks->preview.wished_width) /* its last rows */
        code = send_progress(sinks, page.shape.height_px, page.shape.height_px, err);
    if (code)
        return code;
    char sha256[HASH_HEX_SIZE];
    uint64_t size_bytes;
    if ((code = hash_fd(sinks->tiff.fd, sha256, &size_bytes, err)))
        return code;
    return give(answer,
                js_pack("{s:o, s:s, s:i, s:b, s:i, s:o}", "image",
                        image_to_js(&page, sha256, size_bytes, sinks->pixels.hex), "side",
                        page.back ? "back" : "front", "sheet", page.sheet, "more", (int)page.more,
                        "turn_deg", page.turn_deg, "checks",
                        page_check_to_js(&sinks->check, &page.doubts)),
                err);
}

static enum err_code run_next(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct scan *scan = begin(self, call);
    AUTO(fd) int image = -1;
    AUTO(fd) int preview = -1;
    int64_t preview_px = js_int_or(call->args, "preview_width_px", 0);
    enum err_code code = ipc_take_fd(call->message, 0, &image, err);
    if (!code && preview_px)
        code = ipc_take_fd(call->message, 1, &preview, err);
    if (code)
        return code;
    if (preview_px < 0 || preview_px > PREVIEW_MAX_PX)
        return err_set(err, ERR_BAD_ARGUMENT, "preview_width_px is not 1 to %d", PREVIEW_MAX_PX);
    if (!scan->capture)
        return err_set(err, ERR_CONFLICT, "no batch was started");
    AUTO(page_sinks) struct page_sinks sinks;
    page_sinks_init(&sinks, call, image, preview, (int)preview_px);
    code = scan_page(scan, &sinks, answer, err);
    scan->left_early = code ? code != ERR_FEEDER_EMPTY : js_bool_or(answer->ok, "more", false);
    if (code == ERR_CANCELLED)
        let_device_go(scan);
    return explain(scan, code, err);
}

int main(void)
{
    static const struct worker_op ops[] = {
        {"list", run_list},       {"open", run_open},     {"start", run_start},
        {"next", run_next},       {"finish", run_finish}, {"close", run_close},
        {"buttons", run_buttons}, {"reset", run_reset},   {NULL, NULL},
    };
    struct scan scan = {0};
    struct scan_folders folders;
    scan_folders_find(&folders);
    confine_worker("sohoa-scan-worker", (const char *const *)folders.path);
    scan_folders_done(&folders);
    worker_on_cancel(device_cancel_now);
    device_watch(announce, &scan);
    int status = worker_serve("sohoa-scan-worker", ops, &scan);
    device_watch(NULL, NULL);
    let_device_go(&scan);
    js_free(scan.named);
    return status;
}
