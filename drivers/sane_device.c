#include "drivers/sane_device.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "drivers/sane_environment.h"
#include "drivers/usb_device.h"

#include <math.h>
#include <sane/sane.h>
#include <sane/saneopts.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Not in every sane.h; used by some backends. */
#define STATUS_WARMING_UP 12
#define STATUS_HW_LOCKED 13

#define TEXT_MAX_BYTES 1024
#define FIXED_MAX 32767 /* SANE_Fixed has 16 bits before the point */
#define TEXT_VALUE_MAX_BYTES 65536
#define READ_TOLD_EVERY_US 200000
#define NOTHING_YET_NS 5000000

struct device {
    SANE_Handle handle;
    struct device_facts facts;
    struct quirk_set quirks;
    struct option *options;
    size_t option_count;
    bool scanning;
    bool in_frame; /* its first read was told */
    bool bytes_came;
    int64_t read_told_us;
};

/* One scan at a time in this process: what the signal handler may cancel. */
static SANE_Handle volatile active_handle;
static volatile sig_atomic_t cancel_came;
static bool library_is_open;
static char library_backend[USB_TEXT_SIZE]; /* empty: all of them */

/* ---- watching ---------------------------------------------------------------------------------
 */

static device_watch_fn *watcher;
static void *watcher_payload;

void device_watch(device_watch_fn *watch, void *payload)
{
    watcher = watch;
    watcher_payload = payload;
}

static void tell(const char *call, bool is_over)
{
    if (watcher)
        watcher(watcher_payload, call, is_over);
}

#define WATCHED(call, expression)                                                                  \
    ({                                                                                             \
        tell(call, false);                                                                         \
        __typeof__(expression) value_ = (expression);                                              \
        tell(call, true);                                                                          \
        value_;                                                                                    \
    })

/* ---- status ---------------------------------------------------------------------------------- */

enum err_code device_status_error(int status, enum device_step step)
{
    switch (status) {
    case SANE_STATUS_GOOD:
        return ERR_OK;
    case SANE_STATUS_UNSUPPORTED:
        return ERR_SCANNER_UNSUPPORTED;
    case SANE_STATUS_CANCELLED:
        return ERR_CANCELLED;
    case SANE_STATUS_DEVICE_BUSY:
        return ERR_DEVICE_BUSY;
    case SANE_STATUS_INVAL:
        return step == DEVICE_OPEN   ? ERR_UNKNOWN_DEVICE
               : step == DEVICE_READ ? ERR_SCANNER_IO
                                     : ERR_OPTION_REFUSED;
    case SANE_STATUS_JAMMED:
        return ERR_FEEDER_JAM;
    case SANE_STATUS_NO_DOCS:
        return ERR_FEEDER_EMPTY;
    case SANE_STATUS_COVER_OPEN:
        return ERR_COVER_OPEN;
    case SANE_STATUS_NO_MEM:
        return ERR_NO_MEMORY;
    case SANE_STATUS_ACCESS_DENIED:
        return ERR_DEVICE_DENIED;
    case STATUS_WARMING_UP:
        return ERR_WARMING_UP;
    case STATUS_HW_LOCKED:
        return ERR_DEVICE_LOCKED;
    default: /* IO_ERROR, an EOF where none belongs, and what nobody has defined */
        return ERR_SCANNER_IO;
    }
}

static enum err_code status_error(SANE_Status status, enum device_step step, const char *call,
                                  struct err *err)
{
    enum err_code code = device_status_error((int)status, step);
    return code ? err_set(err, code, "%s: SANE status %d", call, (int)status) : ERR_OK;
}

/* ---- library and devices ----------------------------------------------------------------------
 */

static void close_library(void)
{
    if (!library_is_open)
        return;
    tell("close", false);
    sane_exit();
    tell("close", true);
    library_is_open = false;
}

static void leave(void)
{
    close_library();
    sane_environment_clean();
}

/* backend "": all of them. No device may be open when it changes. */
static enum err_code open_library(const char *backend, struct err *err)
{
    static bool leaves;
    if (library_is_open && strcmp(backend, library_backend) == 0)
        return ERR_OK;
    close_library();
    sane_environment_prepare(*backend ? backend : NULL);
    if (!leaves)
        atexit(leave);
    leaves = true;
    SANE_Int version;
    SANE_Status status = WATCHED("init", sane_init(&version, NULL));
    if (status != SANE_STATUS_GOOD)
        return status_error(status, DEVICE_LIST, "sane_init", err);
    library_is_open = true;
    snprintf(library_backend, sizeof library_backend, "%s", backend);
    return ERR_OK;
}

/* Text of a backend, made safe for JSON, logs and screens. */
static char *clean_text(const char *text)
{
    char clean[TEXT_MAX_BYTES];
    text_printable(text ? text : "", clean, sizeof clean);
    return mem_strdup(clean);
}

static bool push_device(struct js *list, const SANE_Device *device)
{
    struct device_facts facts = {0};
    text_printable(device->name ? device->name : "", facts.name, sizeof facts.name);
    text_printable(device->vendor ? device->vendor : "", facts.vendor, sizeof facts.vendor);
    text_printable(device->model ? device->model : "", facts.model, sizeof facts.model);
    text_printable(device->type ? device->type : "", facts.type, sizeof facts.type);
    device_facts_look_up(&facts);
    return js_push(list, device_facts_to_js(&facts));
}

enum err_code device_list(struct js **out, struct err *err)
{
    enum err_code code = open_library("", err);
    if (code)
        return code;
    const SANE_Device **devices = NULL;
    SANE_Status status = WATCHED("list", sane_get_devices(&devices, SANE_FALSE));
    if (status != SANE_STATUS_GOOD)
        return status_error(status, DEVICE_LIST, "sane_get_devices", err);
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; devices && devices[i]; i++)
        if (!push_device(list, devices[i]))
            return err_set(err, ERR_NO_MEMORY, "list of devices");
    *out = TAKE(list);
    return ERR_OK;
}

/* ---- options as data --------------------------------------------------------------------------
 */

static double to_number(SANE_Value_Type type, SANE_Word word)
{
    return type == SANE_TYPE_FIXED ? SANE_UNFIX(word) : (double)word;
}

static bool copy_limit(const SANE_Option_Descriptor *d, struct option *o)
{
    if (d->constraint_type == SANE_CONSTRAINT_RANGE && d->constraint.range) {
        o->limit = LIMIT_RANGE;
        o->min = to_number(d->type, d->constraint.range->min);
        o->max = to_number(d->type, d->constraint.range->max);
        o->step = to_number(d->type, d->constraint.range->quant);
    } else if (d->constraint_type == SANE_CONSTRAINT_WORD_LIST && d->constraint.word_list) {
        SANE_Word count = d->constraint.word_list[0];
        if (count <= 0)
            return true;
        o->limit = LIMIT_NUMBERS;
        o->numbers = mem_array((size_t)count, sizeof *o->numbers);
        if (!o->numbers)
            return false;
        for (SANE_Word i = 0; i < count; i++)
            o->numbers[i] = to_number(d->type, d->constraint.word_list[1 + i]);
        o->limit_count = (size_t)count;
    } else if (d->constraint_type == SANE_CONSTRAINT_STRING_LIST && d->constraint.string_list) {
        size_t count = 0;
        while (d->constraint.string_list[count])
            count++;
        o->limit = LIMIT_TEXTS;
        o->texts = mem_array(count + 1, sizeof *o->texts);
        if (!o->texts)
            return false;
        for (; o->limit_count < count; o->limit_count++)
            if (!(o->texts[o->limit_count] = clean_text(d->constraint.string_list[o->limit_count])))
                return false;
    }
    return true;
}

static bool copy_option(int index, const SANE_Option_Descriptor *d, struct option *o)
{
    static const enum option_unit units[] = {UNIT_NONE, UNIT_PIXEL,   UNIT_BIT,        UNIT_MM,
                                             UNIT_DPI,  UNIT_PERCENT, UNIT_MICROSECOND};
    static const enum option_type types[] = {OPTION_BOOL, OPTION_INT,    OPTION_FIXED,
                                             OPTION_TEXT, OPTION_BUTTON, OPTION_GROUP};
    unsigned type = (unsigned)d->type, unit = (unsigned)d->unit;
    bool words =
        d->type == SANE_TYPE_BOOL || d->type == SANE_TYPE_INT || d->type == SANE_TYPE_FIXED;
    o->index = index;
    o->type = type < sizeof types / sizeof *types ? types[type] : OPTION_GROUP;
    o->unit = unit < sizeof units / sizeof *units ? units[unit] : UNIT_NONE;
    o->active = SANE_OPTION_IS_ACTIVE(d->cap);
    o->readable =
        o->type != OPTION_GROUP && o->type != OPTION_BUTTON && (d->cap & SANE_CAP_SOFT_DETECT);
    o->settable = o->type != OPTION_GROUP && SANE_OPTION_IS_SETTABLE(d->cap);
    o->hardware = d->cap & SANE_CAP_HARD_SELECT;
    o->automatic = d->cap & SANE_CAP_AUTOMATIC;
    o->advanced = d->cap & SANE_CAP_ADVANCED;
    o->value_count = words && d->size > 0 ? (int)(d->size / (SANE_Int)sizeof(SANE_Word)) : 1;
    o->name = clean_text(d->name);
    o->title = clean_text(d->title);
    o->desc = clean_text(d->desc);
    return o->name && o->title && o->desc && copy_limit(d, o);
}

static void free_options(struct option *options, size_t count)
{
    for (size_t i = 0; options && i < count; i++)
        option_done(&options[i]);
    mem_free(options);
}

static enum err_code load_options(struct device *device, struct err *err)
{
    SANE_Int count = 0;
    /* first: after RELOAD_OPTIONS the net backend refuses every value until a descriptor is asked */
    WATCHED("option", sane_get_option_descriptor(device->handle, 0));
    SANE_Status status = WATCHED(
        "option", sane_control_option(device->handle, 0, SANE_ACTION_GET_VALUE, &count, NULL));
    if (status != SANE_STATUS_GOOD)
        return status_error(status, DEVICE_OPTION, "number of options", err);
    if (count < 1 || count > 10000)
        return err_set(err, ERR_SCANNER_IO, "the device names %d options", (int)count);
    struct option *options = mem_array((size_t)count, sizeof *options);
    if (!options)
        return err_set(err, ERR_NO_MEMORY, "options");
    size_t kept = 0;
    bool whole = true;
    tell("option", false);
    for (SANE_Int i = 1; whole && i < count; i++) {
        const SANE_Option_Descriptor *descriptor = sane_get_option_descriptor(device->handle, i);
        whole = !descriptor || copy_option((int)i, descriptor, &options[kept++]);
    }
    tell("option", true);
    if (!whole) {
        free_options(options, kept);
        return err_set(err, ERR_NO_MEMORY, "options");
    }
    free_options(device->options, device->option_count);
    device->options = options;
    device->option_count = kept;
    return ERR_OK;
}

const struct option *device_options(const struct device *device, size_t *out_count)
{
    *out_count = device->option_count;
    return device->options;
}

const struct option *device_find_option(const struct device *device, const char *name)
{
    for (size_t i = 0; i < device->option_count; i++)
        if (device->options[i].type != OPTION_GROUP && !strcmp(device->options[i].name, name))
            return &device->options[i];
    return NULL;
}

/* ---- opening and closing ----------------------------------------------------------------------
 */

/* Who that is, and the library with its backend. */
static enum err_code find_facts(const char *name, const char *vendor, const char *model,
                                struct device_facts *out, struct err *err)
{
    AUTO(js) struct js *list = NULL;
    enum err_code code = ERR_OK;
    if (!*name) {
        if ((code = device_list(&list, err)))
            return code;
        name = js_text_or(list, "[0].name", "");
        vendor = js_text_or(list, "[0].vendor", "");
        model = js_text_or(list, "[0].model", "");
        if (!*name)
            return err_set(err, ERR_NO_SCANNER, "SANE lists no device");
    }
    if (strlen(name) >= sizeof out->name)
        return err_set(err, ERR_UNKNOWN_DEVICE, "a device name of %zu bytes", strlen(name));
    snprintf(out->name, sizeof out->name, "%s", name);
    snprintf(out->vendor, sizeof out->vendor, "%s", vendor);
    snprintf(out->model, sizeof out->model, "%s", model);
    device_facts_look_up(out);
    return open_library(out->identity.backend, err);
}

static enum err_code open_handle(struct device *device, struct err *err)
{
    SANE_Status status = WATCHED("open", sane_open(device->facts.name, &device->handle));
    if (status == SANE_STATUS_GOOD)
        return load_options(device, err);
    device->handle = NULL;
    if (status == SANE_STATUS_DEVICE_BUSY && device->quirks.busy_means_off)
        return err_set(err, ERR_NO_SCANNER, "sane_open: the device is switched off");
    return status_error(status, DEVICE_OPEN, "sane_open", err);
}

enum err_code device_open(const char *name, struct device **out, struct err *err)
{
    return device_open_known(name, "", "", out, err);
}

enum err_code device_open_known(const char *name, const char *vendor, const char *model,
                                struct device **out, struct err *err)
{
    AUTO(device) struct device *device = mem_alloc(sizeof *device);
    if (!device)
        return err_set(err, ERR_NO_MEMORY, "device");
    enum err_code code = find_facts(name, vendor, model, &device->facts, err);
    if (code)
        return code;
    quirks_of(&device->facts, &device->quirks);
    if ((code = open_handle(device, err)))
        return code;
    *out = TAKE(device);
    return ERR_OK;
}

static void close_handle(struct device *device)
{
    device_cancel(device);
    if (!device->handle)
        return;
    tell("close", false);
    sane_close(device->handle);
    tell("close", true);
    device->handle = NULL;
}

enum err_code device_reopen(struct device *device, struct err *err)
{
    close_handle(device);
    return open_handle(device, err);
}

void device_close(struct device *device)
{
    if (!device)
        return;
    close_handle(device);
    free_options(device->options, device->option_count);
    mem_free(device);
}

enum err_code device_reset(const char *name, bool *out_by_usb, struct err *err)
{
    struct device_facts facts = {0};
    AUTO(device) struct device *device = NULL;
    snprintf(facts.name, sizeof facts.name, "%s", name);
    device_facts_look_up(&facts);
    if (facts.on_usb && !WATCHED("control", usb_device_reset(&facts.usb, NULL))) {
        *out_by_usb = true;
        return ERR_OK;
    }
    enum err_code code = device_open(name, &device, err);
    if (code)
        return code;
    device->scanning = true; /* whatever it does, it shall stop */
    *out_by_usb = false;
    return ERR_OK;
}

const char *device_name(const struct device *device)
{
    return device->facts.name;
}

const char *device_backend(const struct device *device)
{
    return device->facts.identity.backend;
}

const struct device_facts *device_facts(const struct device *device)
{
    return &device->facts;
}

const struct quirk_set *device_quirks(const struct device *device)
{
    return &device->quirks;
}

/* ---- values -----------------------------------------------------------------------------------
 */

static enum err_code find_active(const struct device *device, const char *name,
                                 const struct option **out, struct err *err)
{
    const struct option *option = device_find_option(device, name);
    if (!option || !option->active)
        return err_set(err, ERR_OPTION_REFUSED, "option '%s' is not %s", name,
                       option ? "active" : "there");
    *out = option;
    return ERR_OK;
}

static enum err_code set_value(struct device *device, const struct option *option, void *value,
                               struct err *err)
{
    if (!option->settable)
        return err_set(err, ERR_OPTION_REFUSED, "option '%s' cannot be set", option->name);
    SANE_Int info = 0;
    SANE_Status status =
        WATCHED("option", sane_control_option(device->handle, option->index, SANE_ACTION_SET_VALUE,
                                              value, &info));
    if (status != SANE_STATUS_GOOD) {
        status_error(status, DEVICE_OPTION, "setting", err);
        return err_context(err, device_status_error((int)status, DEVICE_OPTION), "option '%s'",
                           option->name);
    }
    return info & SANE_INFO_RELOAD_OPTIONS ? load_options(device, err) : ERR_OK;
}

static enum err_code read_word(struct device *device, const struct option *option, SANE_Word *out,
                               struct err *err)
{
    SANE_Word word = 0;
    SANE_Status status = WATCHED("option", sane_control_option(device->handle, option->index,
                                                               SANE_ACTION_GET_VALUE, &word, NULL));
    if (status != SANE_STATUS_GOOD)
        return status_error(status, DEVICE_OPTION, "reading an option", err);
    *out = word;
    return ERR_OK;
}

enum err_code device_get_number(struct device *device, const char *name, double *out,
                                struct err *err)
{
    const struct option *option = NULL;
    enum err_code code = find_active(device, name, &option, err);
    if (code)
        return code;
    if (!option->readable || !(option->type == OPTION_BOOL || option_is_number(option)))
        return err_set(err, ERR_OPTION_REFUSED, "option '%s' has no number to read", name);
    SANE_Word word = 0;
    if ((code = read_word(device, option, &word, err)))
        return code;
    *out = option->type == OPTION_FIXED ? SANE_UNFIX(word) : (double)word;
    return ERR_OK;
}

enum err_code device_set_number(struct device *device, const char *name, double wanted,
                                double *out_set, struct err *err)
{
    const struct option *option = NULL;
    enum err_code code = find_active(device, name, &option, err);
    if (code)
        return code;
    if (!option_is_number(option))
        return err_set(err, ERR_OPTION_REFUSED, "option '%s' takes no number", name);
    double nearest = option_nearest_number(option, wanted);
    if (!(fabs(nearest) <= (option->type == OPTION_FIXED ? FIXED_MAX : INT32_MAX)))
        return err_set(err, ERR_OPTION_REFUSED, "option '%s': the number is too large", name);
    SANE_Word word = option->type == OPTION_FIXED ? (SANE_Word)lround(nearest * 65536.0)
                                                  : (SANE_Word)lround(nearest);
    if ((code = set_value(device, option, &word, err)) || !out_set)
        return code;
    return device_get_number(device, name, out_set, err);
}

enum err_code device_set_bool(struct device *device, const char *name, bool wanted, struct err *err)
{
    const struct option *option = NULL;
    enum err_code code = find_active(device, name, &option, err);
    if (code)
        return code;
    if (option->type != OPTION_BOOL || option->value_count != 1)
        return err_set(err, ERR_OPTION_REFUSED, "option '%s' is no switch", name);
    SANE_Word word = wanted ? SANE_TRUE : SANE_FALSE;
    return set_value(device, option, &word, err);
}

/* The buffer must hold what the descriptor says now, whatever it said when it was copied. */
static enum err_code text_buffer(struct device *device, const struct option *option, char **out,
                                 size_t *out_size, struct err *err)
{
    const SANE_Option_Descriptor *d = sane_get_option_descriptor(device->handle, option->index);
    if (option->type != OPTION_TEXT || !d || d->size < 1 || d->size > TEXT_VALUE_MAX_BYTES)
        return err_set(err, ERR_OPTION_REFUSED, "option '%s' holds no text", option->name);
    char *text = mem_alloc((size_t)d->size + 1);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "option '%s'", option->name);
    *out = text;
    *out_size = (size_t)d->size;
    return ERR_OK;
}

enum err_code device_get_text(struct device *device, const char *name, char **out, struct err *err)
{
    const struct option *option = NULL;
    AUTO(mem) char *text = NULL;
    size_t size = 0;
    enum err_code code = find_active(device, name, &option, err);
    if (code || (code = text_buffer(device, option, &text, &size, err)))
        return code;
    if (!option->readable)
        return err_set(err, ERR_OPTION_REFUSED, "option '%s' cannot be read", name);
    SANE_Status status = WATCHED("option", sane_control_option(device->handle, option->index,
                                                               SANE_ACTION_GET_VALUE, text, NULL));
    if (status != SANE_STATUS_GOOD)
        return status_error(status, DEVICE_OPTION, "reading an option", err);
    char *clean = clean_text(text);
    if (!clean)
        return err_set(err, ERR_NO_MEMORY, "option '%s'", name);
    *out = clean;
    return ERR_OK;
}

enum err_code device_set_text(struct device *device, const char *name, const char *wanted,
                              struct err *err)
{
    const struct option *option = NULL;
    AUTO(mem) char *text = NULL;
    size_t size = 0;
    enum err_code code = find_active(device, name, &option, err);
    if (code || (code = text_buffer(device, option, &text, &size, err)))
        return code;
    const char *own = option_find_text(option, wanted);
    if (!own || strlen(own) >= size)
        return err_set(err, ERR_OPTION_REFUSED, "option '%s' does not take that value", name);
    strcpy(text, own);
    return set_value(device, option, text, err);
}

struct js *device_value_to_js(struct device *device, const struct option *option)
{
    if (!option->active || !option->readable || option->value_count != 1)
        return js_null();
    if (option->type == OPTION_TEXT) {
        AUTO(mem) char *text = NULL;
        return device_get_text(device, option->name, &text, NULL) ? js_null() : js_text(text);
    }
    SANE_Word word = 0;
    if (read_word(device, option, &word, NULL))
        return js_null();
    if (option->type == OPTION_BOOL)
        return js_bool(word != SANE_FALSE);
    return option->type == OPTION_FIXED ? js_real(SANE_UNFIX(word)) : js_int(word);
}

/* ---- scanning ---------------------------------------------------------------------------------
 */

void device_cancel_now(void)
{
    cancel_came = 1;
    if (active_handle)
        sane_cancel(active_handle);
}

bool device_was_cancelled(void)
{
    return cancel_came;
}

void device_forget_cancel(void)
{
    cancel_came = 0;
}

static enum err_code cancelled(struct err *err)
{
    return err_set(err, ERR_CANCELLED, "the scan was cancelled");
}

enum err_code device_start(struct device *device, struct err *err)
{
    device->scanning = true;
    active_handle = device->handle;
    if (cancel_came)
        return cancelled(err);
    device->in_frame = false;
    SANE_Status status = WATCHED("start", sane_start(device->handle));
    if (cancel_came)
        return cancelled(err);
    return status_error(status, DEVICE_START, "sane_start", err);
}

enum err_code device_frame(struct device *device, struct frame_params *out, struct err *err)
{
    SANE_Parameters p;
    SANE_Status status = WATCHED("control", sane_get_parameters(device->handle, &p));
    if (status != SANE_STATUS_GOOD)
        return status_error(status, DEVICE_START, "sane_get_parameters", err);
    if ((int)p.format < SANE_FRAME_GRAY || (int)p.format > SANE_FRAME_BLUE)
        return err_set(err, ERR_SCANNER_UNSUPPORTED, "frame format %d", (int)p.format);
    static const enum frame_format formats[] = {FRAME_GRAY, FRAME_RGB, FRAME_RED, FRAME_GREEN,
                                                FRAME_BLUE};
    *out = (struct frame_params){
        .format = formats[p.format],
        .last = p.last_frame,
        .bytes_per_line = p.bytes_per_line,
        .pixels_per_line = p.pixels_per_line,
        .lines = p.lines,
        .depth = p.depth,
    };
    return ERR_OK;
}

static void tell_read(struct device *device)
{
    int64_t now_us = sys_monotonic_us();
    bool due = device->bytes_came && now_us - device->read_told_us >= READ_TOLD_EVERY_US;
    if (device->in_frame && !due)
        return;
    device->in_frame = true;
    device->bytes_came = false;
    device->read_told_us = now_us;
    tell("read", false);
}

static enum err_code read_bytes(struct device *device, uint8_t *bytes, size_t size,
                                size_t *out_size, bool *out_end, struct err *err)
{
    SANE_Int got = 0;
    tell_read(device);
    SANE_Status status = sane_read(device->handle, bytes, (SANE_Int)size, &got);
    if (cancel_came)
        return cancelled(err);
    *out_end = status == SANE_STATUS_EOF;
    *out_size = 0;
    if (*out_end)
        return ERR_OK;
    if (status != SANE_STATUS_GOOD)
        return status_error(status, DEVICE_READ, "sane_read", err);
    if (got < 0 || (size_t)got > size)
        return err_set(err, ERR_SCANNER_IO, "sane_read gave %d bytes into %zu", (int)got, size);
    *out_size = (size_t)got;
    return ERR_OK;
}

enum err_code device_read(struct device *device, uint8_t *bytes, size_t size, size_t *out_size,
                          bool *out_end, struct err *err)
{
    size_t got = 0;
    bool end = false;
    enum err_code code = read_bytes(device, bytes, size, &got, &end, err);
    if (code || end) {
        device->in_frame = false;
        tell("read", true);
    } else if (got == 0) {
        nanosleep(&(struct timespec){.tv_nsec = NOTHING_YET_NS}, NULL);
    }
    device->bytes_came |= got > 0;
    if (code)
        return code;
    *out_size = got;
    *out_end = end;
    return ERR_OK;
}

void device_cancel(struct device *device)
{
    if (!device->scanning || !device->handle)
        return;
    active_handle = NULL;
    tell("cancel", false);
    sane_cancel(device->handle);
    tell("cancel", true);
    device->scanning = false;
}
