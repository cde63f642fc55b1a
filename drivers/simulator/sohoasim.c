#include "drivers/simulator/feeder.h"
#include "drivers/simulator/options.h"
#include "drivers/simulator/panel.h"
#include "drivers/simulator/plug.h"
#include "drivers/simulator/sheet.h"

#include <sane/sane.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * SANE backend "sohoasim": scanners with glass and feeder whose paper are images in a folder.
 *
 *   idle ──start──▶ page ──rows──▶ end of page ──start──▶ next page, or the back of the sheet
 *    ▲               │                  │
 *    └────cancel─────┴──────────────────┘      a back that was not fetched is lost, as in a machine
 *
 * sane_cancel sets a flag and acts out the script's lines about itself, because it may be called
 * from a signal handler.
 */

#define EXPORT __attribute__((visibility("default")))
#define NAME_MAX_BYTES (SIM_NAME_MAX + 8)

struct scanner {
    struct sim_config config;
    struct acting acting;
    struct scan_options *options;
    int port;           /* of the name it was opened under */
    int lock_fd;        /* -1: pulled out */
    struct sheet sheet; /* whose rows are being delivered */
    bool back_is_next;
    struct page *page;
    volatile sig_atomic_t cancelled;
};

/* ---- the script and the cable -----------------------------------------------------------------
 */

static void name_of(const struct sim_config *config, char out[NAME_MAX_BYTES])
{
    int port = plug_port(config->state);
    if (port)
        snprintf(out, NAME_MAX_BYTES, "%s@%d", config->name, port);
    else
        snprintf(out, NAME_MAX_BYTES, "%s", config->name);
}

/* A device that was pulled out is lost for its handle, even when it comes back. */
static bool is_plugged_in(struct scanner *s)
{
    if (s->lock_fd >= 0 &&
        (plug_is_out(s->config.state) || plug_port(s->config.state) != s->port)) {
        close(s->lock_fd);
        s->lock_fd = -1;
    }
    return s->lock_fd >= 0;
}

/* What a call begins with. The script holds for a whole page. */
static int begin_call(struct scanner *s, enum sim_call call)
{
    if (!is_plugged_in(s))
        return SANE_STATUS_IO_ERROR;
    if (!s->page && !acting_refresh(&s->acting))
        return SANE_STATUS_INVAL;
    int status = acting_call(&s->acting, call);
    return is_plugged_in(s) ? status : SANE_STATUS_IO_ERROR;
}

/* sane_init and sane_get_devices belong to no device: each one's script is asked. */
static int act_for(const struct sim_config *config, enum sim_call call)
{
    struct acting acting = {.state = config->state};
    return acting_refresh(&acting) ? acting_call(&acting, call) : SANE_STATUS_GOOD;
}

/* ---- pages ------------------------------------------------------------------------------------
 */

static void drop_page(struct scanner *s)
{
    page_free(s->page);
    s->page = NULL;
}

static void drop_sheet(struct scanner *s)
{
    drop_page(s);
    sheet_done(&s->sheet);
    s->back_is_next = false;
}

static int begin_side(struct scanner *s, bool back)
{
    struct page_wish wish = options_wish(s->options);
    s->page =
        page_new(back ? s->sheet.back : s->sheet.front, &wish, &s->acting, s->sheet.number, back);
    return s->page ? SANE_STATUS_GOOD : SANE_STATUS_NO_MEM;
}

static int begin_back(struct scanner *s)
{
    int status = SANE_STATUS_GOOD;
    for (int taken = 0; taken < 2 && status == SANE_STATUS_GOOD; taken++)
        status = acting_start(&s->acting, s->sheet.number, true, taken);
    if (status != SANE_STATUS_GOOD)
        return status;
    s->back_is_next = false;
    return begin_side(s, true);
}

static int begin_sheet(struct scanner *s)
{
    drop_sheet(s);
    bool both = options_source(s->options) == SOURCE_DUPLEX;
    int status = options_source(s->options) == SOURCE_FLATBED
                     ? sheet_from_glass(&s->config, &s->acting, &s->sheet)
                     : sheet_from_feeder(&s->config, &s->acting, both, &s->sheet);
    if (status != SANE_STATUS_GOOD)
        return status;
    s->back_is_next = s->sheet.back != NULL;
    return begin_side(s, false);
}

/* ---- devices ----------------------------------------------------------------------------------
 */

/* What sane_get_devices gives lives until the next call. */
static struct {
    SANE_Device device;
    char name[NAME_MAX_BYTES];
} listed[SIM_DEVICES_MAX];
static const SANE_Device *device_list[SIM_DEVICES_MAX + 1];

static int list_devices(const struct sim_devices *devices, size_t *out_count)
{
    size_t count = 0;
    for (size_t i = 0; i < devices->count; i++) {
        const struct sim_config *config = &devices->list[i];
        if (plug_is_out(config->state))
            continue;
        int status = act_for(config, SIM_CALL_LIST);
        if (plug_is_out(config->state))
            continue;
        if (status != SANE_STATUS_GOOD)
            return status;
        name_of(config, listed[count].name);
        listed[count].device =
            (SANE_Device){listed[count].name, "Sohoa", "Simulator", "virtual device"};
        device_list[count] = &listed[count].device;
        count++;
    }
    *out_count = count;
    return SANE_STATUS_GOOD;
}

/* An empty name is the first one that is plugged in. */
static const struct sim_config *find_device(const struct sim_devices *devices, const char *wanted)
{
    char name[NAME_MAX_BYTES];
    for (size_t i = 0; i < devices->count; i++) {
        const struct sim_config *config = &devices->list[i];
        name_of(config, name);
        if (!plug_is_out(config->state) && (!*wanted || strcmp(name, wanted) == 0))
            return config;
    }
    return NULL;
}

static int open_scanner(struct scanner *s)
{
    const char *state = s->config.state;
    s->port = plug_port(state);
    s->acting = (struct acting){.state = state, .cancelled = &s->cancelled};
    if (!acting_refresh(&s->acting))
        return SANE_STATUS_INVAL;
    int status = acting_call(&s->acting, SIM_CALL_OPEN);
    if (plug_is_out(state))
        return SANE_STATUS_INVAL;
    if (status != SANE_STATUS_GOOD)
        return status;
    enum device_lock lock = device_lock(state, s->port, &s->lock_fd);
    return lock == DEVICE_LOCKED_BY_US      ? SANE_STATUS_GOOD
           : lock == DEVICE_LOCKED_BY_OTHER ? SANE_STATUS_DEVICE_BUSY
                                            : SANE_STATUS_ACCESS_DENIED;
}

/* ---- SANE -------------------------------------------------------------------------------------
 */

EXPORT SANE_Status sane_sohoasim_init(SANE_Int *version, SANE_Auth_Callback authorize);
EXPORT void sane_sohoasim_exit(void);
EXPORT SANE_Status sane_sohoasim_get_devices(const SANE_Device ***list, SANE_Bool local);
EXPORT SANE_Status sane_sohoasim_open(SANE_String_Const name, SANE_Handle *out);
EXPORT void sane_sohoasim_close(SANE_Handle handle);
EXPORT const SANE_Option_Descriptor *sane_sohoasim_get_option_descriptor(SANE_Handle handle,
                                                                         SANE_Int index);
EXPORT SANE_Status sane_sohoasim_control_option(SANE_Handle handle, SANE_Int index,
                                                SANE_Action action, void *value, SANE_Int *info);
EXPORT SANE_Status sane_sohoasim_get_parameters(SANE_Handle handle, SANE_Parameters *out);
EXPORT SANE_Status sane_sohoasim_start(SANE_Handle handle);
EXPORT SANE_Status sane_sohoasim_read(SANE_Handle handle, SANE_Byte *bytes, SANE_Int max,
                                      SANE_Int *out_size);
EXPORT void sane_sohoasim_cancel(SANE_Handle handle);
EXPORT SANE_Status sane_sohoasim_set_io_mode(SANE_Handle handle, SANE_Bool non_blocking);
EXPORT SANE_Status sane_sohoasim_get_select_fd(SANE_Handle handle, SANE_Int *fd);

SANE_Status sane_sohoasim_init(SANE_Int *version, SANE_Auth_Callback authorize)
{
    (void)authorize;
    if (version)
        *version = SANE_VERSION_CODE(SANE_CURRENT_MAJOR, SANE_CURRENT_MINOR, 1);
    struct sim_devices devices;
    int status = SANE_STATUS_GOOD;
    if (!sim_devices_load(&devices))
        return (SANE_Status)status;
    for (size_t i = 0; i < devices.count && status == SANE_STATUS_GOOD; i++)
        status = act_for(&devices.list[i], SIM_CALL_INIT);
    return (SANE_Status)status;
}

void sane_sohoasim_exit(void)
{
}

SANE_Status sane_sohoasim_get_devices(const SANE_Device ***list, SANE_Bool local)
{
    (void)local;
    struct sim_devices devices;
    size_t count = 0;
    int status = SANE_STATUS_GOOD;
    if (sim_devices_load(&devices))
        status = list_devices(&devices, &count);
    device_list[count] = NULL;
    *list = device_list;
    return (SANE_Status)status;
}

SANE_Status sane_sohoasim_open(SANE_String_Const name, SANE_Handle *out)
{
    struct sim_devices devices;
    const struct sim_config *config =
        sim_devices_load(&devices) ? find_device(&devices, name) : NULL;
    struct scanner *s = config ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return config ? SANE_STATUS_NO_MEM : SANE_STATUS_INVAL;
    s->config = *config;
    s->options = options_new(&s->config);
    int status = s->options ? open_scanner(s) : SANE_STATUS_NO_MEM;
    if (status != SANE_STATUS_GOOD) {
        options_free(s->options);
        free(s);
        return (SANE_Status)status;
    }
    *out = s;
    return SANE_STATUS_GOOD;
}

void sane_sohoasim_close(SANE_Handle handle)
{
    struct scanner *s = handle;
    acting_call(&s->acting, SIM_CALL_CLOSE);
    drop_sheet(s);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    options_free(s->options);
    free(s);
}

const SANE_Option_Descriptor *sane_sohoasim_get_option_descriptor(SANE_Handle handle,
                                                                  SANE_Int index)
{
    return options_descriptor(((struct scanner *)handle)->options, index);
}

SANE_Status sane_sohoasim_control_option(SANE_Handle handle, SANE_Int index, SANE_Action action,
                                         void *value, SANE_Int *info)
{
    struct scanner *s = handle;
    SANE_Int unused = 0, *bits = info ? info : &unused;
    *bits = 0;
    if (!options_descriptor(s->options, index) || !value)
        return SANE_STATUS_INVAL;
    int status = begin_call(s, SIM_CALL_OPTION);
    if (status != SANE_STATUS_GOOD)
        return (SANE_Status)status;
    if (action == SANE_ACTION_GET_VALUE)
        return (SANE_Status)options_get(s->options, index, value);
    if (action != SANE_ACTION_SET_VALUE)
        return SANE_STATUS_UNSUPPORTED;
    if (page_is_in_frame(s->page) && !s->cancelled)
        return SANE_STATUS_DEVICE_BUSY;
    return (SANE_Status)options_set(s->options, index, value, bits);
}

SANE_Status sane_sohoasim_get_parameters(SANE_Handle handle, SANE_Parameters *out)
{
    struct scanner *s = handle;
    if (!is_plugged_in(s))
        return SANE_STATUS_IO_ERROR;
    struct page_wish wish = options_wish(s->options);
    struct page_frame frame =
        page_is_in_frame(s->page) ? page_frame(s->page) : page_frame_of(&wish);
    *out = (SANE_Parameters){
        .format = (SANE_Frame)frame.format,
        .last_frame = frame.last ? SANE_TRUE : SANE_FALSE,
        .bytes_per_line = frame.bytes_per_line,
        .pixels_per_line = frame.pixels_per_line,
        .lines = frame.lines,
        .depth = frame.depth,
    };
    return SANE_STATUS_GOOD;
}

SANE_Status sane_sohoasim_start(SANE_Handle handle)
{
    struct scanner *s = handle;
    if (page_is_in_frame(s->page) && !s->cancelled)
        return SANE_STATUS_DEVICE_BUSY;
    if (s->cancelled)
        drop_sheet(s);
    s->cancelled = 0;
    struct page_wish wish = options_wish(s->options);
    if (wish.window.width_px < 1 || wish.window.height_px < 1)
        return SANE_STATUS_INVAL;
    if (s->page) {
        page_begin_next_frame(s->page);
        return SANE_STATUS_GOOD;
    }
    int status = begin_call(s, SIM_CALL_START);
    if (status != SANE_STATUS_GOOD)
        return (SANE_Status)status;
    if (panel_cover_is_open(s->config.state))
        return SANE_STATUS_COVER_OPEN;
    bool back = s->back_is_next && options_source(s->options) == SOURCE_DUPLEX;
    status = back ? begin_back(s) : begin_sheet(s);
    return is_plugged_in(s) ? (SANE_Status)status : SANE_STATUS_IO_ERROR;
}

SANE_Status sane_sohoasim_read(SANE_Handle handle, SANE_Byte *bytes, SANE_Int max,
                               SANE_Int *out_size)
{
    struct scanner *s = handle;
    size_t size = 0;
    *out_size = 0;
    if (s->cancelled)
        return SANE_STATUS_CANCELLED;
    if (!is_plugged_in(s))
        return SANE_STATUS_IO_ERROR;
    if (!page_is_in_frame(s->page))
        return SANE_STATUS_INVAL;
    int status = panel_cover_is_open(s->config.state)
                     ? SANE_STATUS_COVER_OPEN
                     : page_read(s->page, bytes, (size_t)max, &size);
    bool more = status == SANE_STATUS_EOF && page_has_next_frame(s->page);
    if (!is_plugged_in(s) || (status != SANE_STATUS_GOOD && !more))
        drop_page(s);
    *out_size = (SANE_Int)size;
    return (SANE_Status)status;
}

void sane_sohoasim_cancel(SANE_Handle handle)
{
    struct scanner *s = handle;
    s->cancelled = 1;
    acting_call(&s->acting, SIM_CALL_CANCEL);
}

SANE_Status sane_sohoasim_set_io_mode(SANE_Handle handle, SANE_Bool non_blocking)
{
    (void)handle;
    return non_blocking ? SANE_STATUS_UNSUPPORTED : SANE_STATUS_GOOD;
}

SANE_Status sane_sohoasim_get_select_fd(SANE_Handle handle, SANE_Int *fd)
{
    (void)handle, (void)fd;
    return SANE_STATUS_UNSUPPORTED;
}
