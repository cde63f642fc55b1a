#include "drivers/sane_inside.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "drivers/sane_environment.h"
#include "drivers/usb_device.h"

#include <sane/sane.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not in every sane.h; used by some backends. */
#define STATUS_WARMING_UP 12
#define STATUS_HW_LOCKED 13

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

void device_tell(const char *call, bool is_over)
{
    if (watcher)
        watcher(watcher_payload, call, is_over);
}

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

enum err_code device_check(int status, enum device_step step, const char *call, struct err *err)
{
    enum err_code code = device_status_error(status, step);
    return code ? err_set(err, code, "%s: SANE status %d", call, status) : ERR_OK;
}

/* ---- library and devices ----------------------------------------------------------------------
 */

static void close_library(void)
{
    if (!library_is_open)
        return;
    device_tell("close", false);
    sane_exit();
    device_tell("close", true);
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
        return device_check((int)status, DEVICE_LIST, "sane_init", err);
    library_is_open = true;
    snprintf(library_backend, sizeof library_backend, "%s", backend);
    return ERR_OK;
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
        return device_check((int)status, DEVICE_LIST, "sane_get_devices", err);
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; devices && devices[i]; i++)
        if (!push_device(list, devices[i]))
            return err_set(err, ERR_NO_MEMORY, "list of devices");
    *out = TAKE(list);
    return ERR_OK;
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
        return device_load_options(device, err);
    device->handle = NULL;
    if (status == SANE_STATUS_DEVICE_BUSY && device->quirks.busy_means_off)
        return err_set(err, ERR_NO_SCANNER, "sane_open: the device is switched off");
    return device_check((int)status, DEVICE_OPEN, "sane_open", err);
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
    device_tell("close", false);
    sane_close(device->handle);
    device_tell("close", true);
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
    device_free_options(device);
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
