#include "drivers/simulator/feeder.h"
#include "drivers/simulator/sheet.h"

#include <math.h>
#include <sane/sane.h>
#include <sane/saneopts.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * SANE backend "sohoasim": one scanner with glass and feeder whose paper are images in a folder.
 *
 *   idle ──start──▶ page ──rows──▶ end of page ──start──▶ next page, or the back of the sheet
 *    ▲               │                  │
 *    └────cancel─────┴──────────────────┘      a back that was not fetched is lost, as in a machine
 *
 * sane_cancel only sets a flag, because it may be called from a signal handler.
 */

#define DEVICE_NAME "counter"
#define DPI_MIN 50
#define DPI_MAX 600
#define MM_PER_INCH 25.4
#define A4_HEIGHT_MM 297.0
#define PACE_A4_SECONDS 4.0
#define PACE_STEP_NS 5000000L

#define EXPORT __attribute__((visibility("default")))

enum option_index {
    OPT_COUNT,
    OPT_GROUP_MODE,
    OPT_SOURCE,
    OPT_MODE,
    OPT_RESOLUTION,
    OPT_GROUP_GEOMETRY,
    OPT_TL_X,
    OPT_TL_Y,
    OPT_BR_X,
    OPT_BR_Y,
    OPT_GROUP_SENSORS,
    OPT_SCAN,
    OPT_PAGE_LOADED,
    OPT_GROUP_SIMULATION,
    OPT_PACE,
    OPTIONS
};

static const SANE_String_Const source_list[] = {"Flatbed", "ADF", "ADF Duplex", NULL};
static const SANE_String_Const mode_list[] = {SANE_VALUE_SCAN_MODE_COLOR, SANE_VALUE_SCAN_MODE_GRAY,
                                              SANE_VALUE_SCAN_MODE_LINEART, NULL};
enum source { SOURCE_FLATBED, SOURCE_ADF, SOURCE_DUPLEX };

struct scanner {
    struct sim_config config;
    int lock_fd;
    SANE_Option_Descriptor options[OPTIONS];
    SANE_Range width_range, height_range, dpi_range;

    int source, mode; /* index into the lists */
    SANE_Word resolution;
    SANE_Word corner[4]; /* OPT_TL_X … OPT_BR_Y */
    SANE_Bool pace;

    struct sheet sheet; /* whose rows are being delivered */
    bool back_is_next;
    struct view *view;
    struct view_window window;
    uint8_t *row;
    size_t row_bytes, row_used; /* row_used = row_bytes: fetch the next one */
    int rows_done;
    struct timespec began;
    volatile sig_atomic_t cancelled;
};

static SANE_Device device = {DEVICE_NAME, "Sohoa", "Simulator", "virtual device"};
static const SANE_Device *device_found[] = {&device, NULL};
static const SANE_Device *device_none[] = {NULL};

/* ---- options ----------------------------------------------------------------------------------
 */

static void describe(struct scanner *s, int index, const char *name, const char *title,
                     const char *desc, SANE_Value_Type type, SANE_Unit unit, SANE_Int cap)
{
    s->options[index] = (SANE_Option_Descriptor){
        .name = name,
        .title = title,
        .desc = desc,
        .type = type,
        .unit = unit,
        .size = type == SANE_TYPE_GROUP ? 0 : (SANE_Int)sizeof(SANE_Word),
        .cap = cap,
    };
}

static void limit_to_list(struct scanner *s, int index, const SANE_String_Const *list)
{
    SANE_Option_Descriptor *option = &s->options[index];
    option->constraint_type = SANE_CONSTRAINT_STRING_LIST;
    option->constraint.string_list = list;
    for (size_t i = 0; list[i]; i++)
        if ((SANE_Int)strlen(list[i]) + 1 > option->size)
            option->size = (SANE_Int)strlen(list[i]) + 1;
}

static void limit_to_range(struct scanner *s, int index, const SANE_Range *range)
{
    s->options[index].constraint_type = SANE_CONSTRAINT_RANGE;
    s->options[index].constraint.range = range;
}

static void describe_options(struct scanner *s)
{
    const SANE_Int setting = SANE_CAP_SOFT_SELECT | SANE_CAP_SOFT_DETECT;
    const SANE_Int sensor = SANE_CAP_HARD_SELECT | SANE_CAP_SOFT_DETECT;
    s->width_range = (SANE_Range){0, SANE_FIX(s->config.bed_width_mm), 0};
    s->height_range = (SANE_Range){0, SANE_FIX(s->config.bed_height_mm), 0};
    s->dpi_range = (SANE_Range){DPI_MIN, DPI_MAX, 1};

    describe(s, OPT_COUNT, SANE_NAME_NUM_OPTIONS, SANE_TITLE_NUM_OPTIONS, SANE_DESC_NUM_OPTIONS,
             SANE_TYPE_INT, SANE_UNIT_NONE, SANE_CAP_SOFT_DETECT);
    describe(s, OPT_GROUP_MODE, "", "Scan mode", "", SANE_TYPE_GROUP, SANE_UNIT_NONE, 0);
    describe(s, OPT_SOURCE, SANE_NAME_SCAN_SOURCE, SANE_TITLE_SCAN_SOURCE, SANE_DESC_SCAN_SOURCE,
             SANE_TYPE_STRING, SANE_UNIT_NONE, setting);
    describe(s, OPT_MODE, SANE_NAME_SCAN_MODE, SANE_TITLE_SCAN_MODE, SANE_DESC_SCAN_MODE,
             SANE_TYPE_STRING, SANE_UNIT_NONE, setting);
    describe(s, OPT_RESOLUTION, SANE_NAME_SCAN_RESOLUTION, SANE_TITLE_SCAN_RESOLUTION,
             SANE_DESC_SCAN_RESOLUTION, SANE_TYPE_INT, SANE_UNIT_DPI, setting);
    describe(s, OPT_GROUP_GEOMETRY, "", "Geometry", "", SANE_TYPE_GROUP, SANE_UNIT_NONE, 0);
    describe(s, OPT_TL_X, SANE_NAME_SCAN_TL_X, SANE_TITLE_SCAN_TL_X, SANE_DESC_SCAN_TL_X,
             SANE_TYPE_FIXED, SANE_UNIT_MM, setting);
    describe(s, OPT_TL_Y, SANE_NAME_SCAN_TL_Y, SANE_TITLE_SCAN_TL_Y, SANE_DESC_SCAN_TL_Y,
             SANE_TYPE_FIXED, SANE_UNIT_MM, setting);
    describe(s, OPT_BR_X, SANE_NAME_SCAN_BR_X, SANE_TITLE_SCAN_BR_X, SANE_DESC_SCAN_BR_X,
             SANE_TYPE_FIXED, SANE_UNIT_MM, setting);
    describe(s, OPT_BR_Y, SANE_NAME_SCAN_BR_Y, SANE_TITLE_SCAN_BR_Y, SANE_DESC_SCAN_BR_Y,
             SANE_TYPE_FIXED, SANE_UNIT_MM, setting);
    describe(s, OPT_GROUP_SENSORS, "", "Sensors", "", SANE_TYPE_GROUP, SANE_UNIT_NONE, 0);
    describe(s, OPT_SCAN, SANE_NAME_SCAN, SANE_TITLE_SCAN, SANE_DESC_SCAN, SANE_TYPE_BOOL,
             SANE_UNIT_NONE, sensor);
    describe(s, OPT_PAGE_LOADED, SANE_NAME_PAGE_LOADED, SANE_TITLE_PAGE_LOADED,
             SANE_DESC_PAGE_LOADED, SANE_TYPE_BOOL, SANE_UNIT_NONE, sensor);
    describe(s, OPT_GROUP_SIMULATION, "", "Simulation", "", SANE_TYPE_GROUP, SANE_UNIT_NONE, 0);
    describe(s, OPT_PACE, "pace", "Realistic pace", "Rows come as slowly as a desk scanner's.",
             SANE_TYPE_BOOL, SANE_UNIT_NONE, setting | SANE_CAP_ADVANCED);
    limit_to_list(s, OPT_SOURCE, source_list);
    limit_to_list(s, OPT_MODE, mode_list);
    limit_to_range(s, OPT_RESOLUTION, &s->dpi_range);
    limit_to_range(s, OPT_TL_X, &s->width_range);
    limit_to_range(s, OPT_BR_X, &s->width_range);
    limit_to_range(s, OPT_TL_Y, &s->height_range);
    limit_to_range(s, OPT_BR_Y, &s->height_range);
}

static SANE_Status get_option(struct scanner *s, int index, void *value)
{
    SANE_Word *word = value;
    switch (index) {
    case OPT_COUNT:
        *word = OPTIONS;
        break;
    case OPT_SOURCE:
        strcpy(value, source_list[s->source]);
        break;
    case OPT_MODE:
        strcpy(value, mode_list[s->mode]);
        break;
    case OPT_RESOLUTION:
        *word = s->resolution;
        break;
    case OPT_TL_X:
    case OPT_TL_Y:
    case OPT_BR_X:
    case OPT_BR_Y:
        *word = s->corner[index - OPT_TL_X];
        break;
    case OPT_SCAN:
        *word = button_take(s->config.state) ? SANE_TRUE : SANE_FALSE;
        break;
    case OPT_PAGE_LOADED:
        *word = feeder_has_sheet(&s->config) ? SANE_TRUE : SANE_FALSE;
        break;
    case OPT_PACE:
        *word = s->pace;
        break;
    default:
        return SANE_STATUS_INVAL;
    }
    return SANE_STATUS_GOOD;
}

static bool set_from_list(const SANE_String_Const *list, const char *value, int *out)
{
    for (int i = 0; list[i]; i++)
        if (strcmp(list[i], value) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static SANE_Word set_in_range(const SANE_Range *range, SANE_Word wanted, SANE_Int *info)
{
    SANE_Word taken = wanted < range->min ? range->min : wanted > range->max ? range->max : wanted;
    *info |= SANE_INFO_RELOAD_PARAMS | (taken != wanted ? SANE_INFO_INEXACT : 0);
    return taken;
}

static SANE_Status set_option(struct scanner *s, int index, void *value, SANE_Int *info)
{
    const SANE_Option_Descriptor *option = &s->options[index];
    if (!SANE_OPTION_IS_SETTABLE(option->cap))
        return SANE_STATUS_INVAL;
    switch (index) {
    case OPT_SOURCE:
        *info |= SANE_INFO_RELOAD_OPTIONS | SANE_INFO_RELOAD_PARAMS;
        return set_from_list(source_list, value, &s->source) ? SANE_STATUS_GOOD : SANE_STATUS_INVAL;
    case OPT_MODE:
        *info |= SANE_INFO_RELOAD_PARAMS;
        return set_from_list(mode_list, value, &s->mode) ? SANE_STATUS_GOOD : SANE_STATUS_INVAL;
    case OPT_RESOLUTION:
        s->resolution = set_in_range(&s->dpi_range, *(SANE_Word *)value, info);
        return SANE_STATUS_GOOD;
    case OPT_PACE:
        s->pace = *(SANE_Word *)value ? SANE_TRUE : SANE_FALSE;
        return SANE_STATUS_GOOD;
    default:
        s->corner[index - OPT_TL_X] =
            set_in_range(option->constraint.range, *(SANE_Word *)value, info);
        return SANE_STATUS_GOOD;
    }
}

/* ---- page -------------------------------------------------------------------------------------
 */

static struct view_window window_now(const struct scanner *s)
{
    static const enum view_mode modes[] = {VIEW_COLOR, VIEW_GRAY, VIEW_LINEART};
    double left = SANE_UNFIX(s->corner[0]), top = SANE_UNFIX(s->corner[1]);
    double right = SANE_UNFIX(s->corner[2]), bottom = SANE_UNFIX(s->corner[3]);
    return (struct view_window){
        .left_mm = left,
        .top_mm = top,
        .width_px = (int)lround((right - left) * s->resolution / MM_PER_INCH),
        .height_px = (int)lround((bottom - top) * s->resolution / MM_PER_INCH),
        .dpi = s->resolution,
        .mode = modes[s->mode],
        .lid = s->config.lid,
    };
}

static void drop_view(struct scanner *s)
{
    view_free(s->view);
    free(s->row);
    s->view = NULL;
    s->row = NULL;
}

static void drop_page(struct scanner *s)
{
    drop_view(s);
    sheet_done(&s->sheet);
    s->back_is_next = false;
}

static SANE_Status next_sheet(struct scanner *s)
{
    drop_page(s);
    enum sheet_result result =
        s->source == SOURCE_FLATBED
            ? sheet_from_glass(&s->config, &s->sheet)
            : sheet_from_feeder(&s->config, s->source == SOURCE_DUPLEX, &s->sheet);
    if (result == SHEET_NONE)
        return SANE_STATUS_NO_DOCS;
    return result == SHEET_READY ? SANE_STATUS_GOOD : SANE_STATUS_IO_ERROR;
}

static SANE_Status begin_side(struct scanner *s, const struct paper *paper)
{
    drop_view(s);
    s->window = window_now(s);
    s->row_bytes = view_row_bytes(&s->window);
    s->row_used = s->row_bytes;
    s->rows_done = 0;
    s->view = view_new(paper, &s->window);
    s->row = malloc(s->row_bytes);
    clock_gettime(CLOCK_MONOTONIC, &s->began);
    return s->view && s->row ? SANE_STATUS_GOOD : SANE_STATUS_NO_MEM;
}

/* Rows a real scanner would have delivered by now. */
static int rows_by_now(const struct scanner *s)
{
    if (!s->pace)
        return s->window.height_px;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds =
        (double)(now.tv_sec - s->began.tv_sec) + (double)(now.tv_nsec - s->began.tv_nsec) / 1e9;
    double rows = seconds / PACE_A4_SECONDS * A4_HEIGHT_MM / MM_PER_INCH * s->window.dpi;
    return rows < s->window.height_px ? (int)rows : s->window.height_px;
}

static SANE_Status act_out_fault(struct scanner *s)
{
    switch (s->sheet.fault.kind) {
    case SIM_FAULT_JAM:
        return SANE_STATUS_JAMMED;
    case SIM_FAULT_COVER:
        return SANE_STATUS_COVER_OPEN;
    case SIM_FAULT_IO:
        return SANE_STATUS_IO_ERROR;
    case SIM_FAULT_SHORT:
        return SANE_STATUS_EOF;
    case SIM_FAULT_CRASH:
        abort();
    case SIM_FAULT_STALL:
        while (!s->cancelled)
            nanosleep(&(struct timespec){.tv_nsec = PACE_STEP_NS}, NULL);
        return SANE_STATUS_CANCELLED;
    case SIM_FAULT_HANG:
        for (;;)
            pause();
    default:
        return SANE_STATUS_GOOD;
    }
}

/* Makes s->row hold unread bytes. EOF at the end of the page. */
static SANE_Status next_row(struct scanner *s)
{
    if (s->rows_done == s->window.height_px)
        return SANE_STATUS_EOF;
    int fault_row = (int)((int64_t)s->window.height_px * s->sheet.fault.percent / 100);
    if (fault_row == s->window.height_px)
        fault_row--;
    if (s->rows_done == fault_row) {
        SANE_Status status = act_out_fault(s);
        if (status != SANE_STATUS_GOOD)
            return status;
    }
    while (rows_by_now(s) <= s->rows_done) {
        if (s->cancelled)
            return SANE_STATUS_CANCELLED;
        nanosleep(&(struct timespec){.tv_nsec = PACE_STEP_NS}, NULL);
    }
    view_row(s->view, s->rows_done++, s->row);
    s->row_used = 0;
    return SANE_STATUS_GOOD;
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
    return SANE_STATUS_GOOD;
}

void sane_sohoasim_exit(void)
{
}

SANE_Status sane_sohoasim_get_devices(const SANE_Device ***list, SANE_Bool local)
{
    (void)local;
    struct sim_config config;
    *list = sim_config_load(&config) ? device_found : device_none;
    return SANE_STATUS_GOOD;
}

SANE_Status sane_sohoasim_open(SANE_String_Const name, SANE_Handle *out)
{
    struct scanner *s = calloc(1, sizeof *s);
    if (!s)
        return SANE_STATUS_NO_MEM;
    SANE_Status status = SANE_STATUS_INVAL;
    if ((!*name || strcmp(name, DEVICE_NAME) == 0) && sim_config_load(&s->config)) {
        enum device_lock lock = device_lock(s->config.state, &s->lock_fd);
        status = lock == DEVICE_LOCKED_BY_US      ? SANE_STATUS_GOOD
                 : lock == DEVICE_LOCKED_BY_OTHER ? SANE_STATUS_DEVICE_BUSY
                                                  : SANE_STATUS_ACCESS_DENIED;
    }
    if (status != SANE_STATUS_GOOD) {
        free(s);
        return status;
    }
    describe_options(s);
    s->resolution = 300;
    s->pace = s->config.pace ? SANE_TRUE : SANE_FALSE;
    s->corner[2] = s->width_range.max;
    s->corner[3] = s->height_range.max;
    *out = s;
    return SANE_STATUS_GOOD;
}

void sane_sohoasim_close(SANE_Handle handle)
{
    struct scanner *s = handle;
    drop_page(s);
    close(s->lock_fd);
    free(s);
}

const SANE_Option_Descriptor *sane_sohoasim_get_option_descriptor(SANE_Handle handle,
                                                                  SANE_Int index)
{
    struct scanner *s = handle;
    return index >= 0 && index < OPTIONS ? &s->options[index] : NULL;
}

SANE_Status sane_sohoasim_control_option(SANE_Handle handle, SANE_Int index, SANE_Action action,
                                         void *value, SANE_Int *info)
{
    struct scanner *s = handle;
    SANE_Int unused = 0, *bits = info ? info : &unused;
    *bits = 0;
    if (index < 0 || index >= OPTIONS || !value || s->options[index].type == SANE_TYPE_GROUP)
        return SANE_STATUS_INVAL;
    if (action == SANE_ACTION_GET_VALUE)
        return get_option(s, index, value);
    if (action != SANE_ACTION_SET_VALUE)
        return SANE_STATUS_UNSUPPORTED;
    if (s->view && !s->cancelled)
        return SANE_STATUS_DEVICE_BUSY;
    return set_option(s, index, value, bits);
}

SANE_Status sane_sohoasim_get_parameters(SANE_Handle handle, SANE_Parameters *out)
{
    struct scanner *s = handle;
    struct view_window window = s->view ? s->window : window_now(s);
    *out = (SANE_Parameters){
        .format = window.mode == VIEW_COLOR ? SANE_FRAME_RGB : SANE_FRAME_GRAY,
        .last_frame = SANE_TRUE,
        .bytes_per_line = (SANE_Int)view_row_bytes(&window),
        .pixels_per_line = window.width_px,
        .lines = window.height_px,
        .depth = window.mode == VIEW_LINEART ? 1 : 8,
    };
    return SANE_STATUS_GOOD;
}

SANE_Status sane_sohoasim_start(SANE_Handle handle)
{
    struct scanner *s = handle;
    if (s->view && !s->cancelled)
        return SANE_STATUS_DEVICE_BUSY;
    if (s->cancelled)
        drop_page(s);
    s->cancelled = 0;
    struct view_window window = window_now(s);
    if (window.width_px < 1 || window.height_px < 1)
        return SANE_STATUS_INVAL;
    if (s->back_is_next && s->source == SOURCE_DUPLEX) {
        s->back_is_next = false;
        s->sheet.fault = (struct sim_fault){0};
        return begin_side(s, s->sheet.back);
    }
    SANE_Status status = next_sheet(s);
    if (status != SANE_STATUS_GOOD)
        return status;
    s->back_is_next = s->sheet.back != NULL;
    return begin_side(s, s->sheet.front);
}

SANE_Status sane_sohoasim_read(SANE_Handle handle, SANE_Byte *bytes, SANE_Int max,
                               SANE_Int *out_size)
{
    struct scanner *s = handle;
    *out_size = 0;
    if (s->cancelled)
        return SANE_STATUS_CANCELLED;
    if (!s->view)
        return SANE_STATUS_INVAL;
    while (*out_size < max) {
        if (s->row_used == s->row_bytes) {
            if (*out_size && rows_by_now(s) <= s->rows_done && s->rows_done < s->window.height_px)
                break; /* give what there is rather than wait */
            SANE_Status status = next_row(s);
            if (status != SANE_STATUS_GOOD && *out_size)
                break; /* told by the next read */
            if (status != SANE_STATUS_GOOD) {
                drop_view(s);
                return status;
            }
        }
        size_t part = s->row_bytes - s->row_used;
        if (part > (size_t)(max - *out_size))
            part = (size_t)(max - *out_size);
        memcpy(bytes + *out_size, s->row + s->row_used, part);
        s->row_used += part;
        *out_size += (SANE_Int)part;
    }
    return SANE_STATUS_GOOD;
}

void sane_sohoasim_cancel(SANE_Handle handle)
{
    ((struct scanner *)handle)->cancelled = 1;
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
