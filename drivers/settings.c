#include "drivers/settings.h"

#include "daemon/base/mem.h"

#include <math.h>
#include <string.h>

#define A4_WIDTH_MM 210.0
#define A4_HEIGHT_MM 297.0
#define MM_PER_INCH 25.4

/* Feeders whose second side is a switch of its own instead of a source. */
static const struct duplex_switch {
    const char *option;
    const char *on, *off; /* texts; NULL: a bool */
} duplex_switches[] = {
    {"adf-mode", "Duplex", "Simplex"}, /* epson2 */
    {"duplex", NULL, NULL},            /* kvs1025, kvs20xx, kvs40xx */
    {"scan-both-sides", NULL, NULL},   /* vendor backends, simple-scan's list */
};

static const struct option *find_settable(const struct device *device, const char *name)
{
    const struct option *option = device_find_option(device, name);
    return option && option->active && option->settable ? option : NULL;
}

static const struct duplex_switch *find_duplex_switch(const struct device *device)
{
    for (size_t i = 0; i < sizeof duplex_switches / sizeof *duplex_switches; i++)
        if (find_settable(device, duplex_switches[i].option))
            return &duplex_switches[i];
    return NULL;
}

/* ---- source -----------------------------------------------------------------------------------
 */

static const char *own_source_name(const struct device *device, enum scan_source source)
{
    const struct option *option = find_settable(device, "source");
    const char *candidate, *own = NULL;
    for (size_t n = 0; option && !own && (candidate = source_candidate(source, n)); n++)
        own = option_find_text(option, candidate);
    return own;
}

static bool has_source(const struct device *device, enum scan_source source)
{
    if (!find_settable(device, "source")) {
        bool feeder_only = find_duplex_switch(device) != NULL;
        return feeder_only ? source != SOURCE_FLATBED : source == SOURCE_FLATBED;
    }
    if (own_source_name(device, source))
        return true;
    return source == SOURCE_DUPLEX && find_duplex_switch(device) && has_source(device, SOURCE_ADF);
}

struct js *settings_sources(const struct device *device)
{
    AUTO(js) struct js *sources = js_array();
    for (enum scan_source s = SOURCE_FLATBED; s <= SOURCE_DUPLEX; s++)
        if (has_source(device, s) && !js_push(sources, js_text(scan_source_name(s))))
            return NULL;
    return TAKE(sources);
}

static enum err_code set_source_name(struct device *device, enum scan_source source,
                                     struct err *err)
{
    const char *own = own_source_name(device, source);
    if (!own && source == SOURCE_DUPLEX)
        own = own_source_name(device, SOURCE_ADF);
    if (!own)
        return ERR_OK; /* has_source said yes: there is one source and it has no option */
    AUTO(mem) char *copy = mem_strdup(own);
    if (!copy)
        return err_set(err, ERR_NO_MEMORY, "source");
    return device_set_text(device, "source", copy, err);
}

static enum err_code set_duplex_switch(struct device *device, bool on, struct err *err)
{
    const struct duplex_switch *entry = find_duplex_switch(device);
    if (!entry)
        return ERR_OK;
    if (entry->on)
        return device_set_text(device, entry->option, on ? entry->on : entry->off, err);
    return device_set_bool(device, entry->option, on, err);
}

static enum scan_source read_source(struct device *device)
{
    AUTO(mem) char *name = NULL;
    if (device_get_text(device, "source", &name, NULL))
        return find_duplex_switch(device) ? SOURCE_ADF : SOURCE_FLATBED;
    return source_from_candidate(name);
}

static enum err_code apply_source(struct device *device, enum scan_source wanted,
                                  enum scan_source *out, struct err *err)
{
    if (wanted == SOURCE_UNSET) {
        *out = read_source(device);
        return ERR_OK;
    }
    if (!has_source(device, wanted))
        return err_set(err, ERR_OPTION_REFUSED, "the device has no source '%s'",
                       scan_source_name(wanted));
    bool named_duplex = own_source_name(device, SOURCE_DUPLEX) != NULL;
    enum err_code code = set_source_name(device, wanted, err);
    if (!code && !named_duplex && wanted != SOURCE_FLATBED)
        code = set_duplex_switch(device, wanted == SOURCE_DUPLEX, err);
    if (!code)
        *out = wanted;
    return code;
}

/* ---- mode and depth ---------------------------------------------------------------------------
 */

static const char *own_mode_name(const struct option *option, enum scan_mode mode)
{
    const char *candidate, *own = NULL;
    for (size_t n = 0; !own && (candidate = mode_candidate(mode, n)); n++)
        own = option_find_text(option, candidate);
    return own;
}

static enum err_code apply_mode(struct device *device, enum scan_mode wanted, int *depth,
                                struct err *err)
{
    const struct option *option = find_settable(device, "mode");
    if (!option)
        return ERR_OK; /* the frames tell */
    const char *own = own_mode_name(option, wanted);
    if (!own && wanted == MODE_LINEART) { /* grey of depth 1 is the same thing (test backend) */
        own = own_mode_name(option, MODE_GRAY);
        *depth = 1;
    }
    if (!own)
        return err_set(err, ERR_OPTION_REFUSED, "the device has no mode '%s'",
                       scan_mode_name(wanted));
    AUTO(mem) char *copy = mem_strdup(own);
    if (!copy)
        return err_set(err, ERR_NO_MEMORY, "mode");
    return device_set_text(device, "mode", copy, err);
}

static enum err_code apply_depth(struct device *device, int asked, int fallback, struct err *err)
{
    const struct option *option = find_settable(device, "depth");
    if (!option)
        return ERR_OK; /* the frames tell, and every depth is understood */
    int wanted = asked ? asked : fallback;
    double taken;
    enum err_code code = device_set_number(device, "depth", wanted, &taken, err);
    if (!code && asked && (int)taken != asked)
        return err_set(err, ERR_OPTION_REFUSED, "the device has no depth %d here", asked);
    return code;
}

static enum scan_mode read_mode(struct device *device, enum scan_mode fallback)
{
    struct frame_params frame;
    if (device_frame(device, &frame, NULL))
        return fallback;
    if (frame.format != FRAME_GRAY)
        return MODE_COLOR;
    return frame.depth == 1 ? MODE_LINEART : MODE_GRAY;
}

/* ---- vendor options ---------------------------------------------------------------------------
 */

static enum err_code apply_option(struct device *device, const char *name, const struct js *value,
                                  struct err *err)
{
    bool flag;
    double number;
    const char *text;
    if (!js_get_bool(value, "", &flag, NULL))
        return device_set_bool(device, name, flag, err);
    if (!js_get_real(value, "", &number, NULL))
        return device_set_number(device, name, number, NULL, err);
    enum err_code code = js_get_text(value, "", &text, err);
    return code ? code : device_set_text(device, name, text, err);
}

static enum err_code apply_options(struct device *device, const struct js *options, struct err *err)
{
    if (!js_is_object(options))
        return ERR_OK;
    for (void *it = js_iter(options); it; it = js_iter_next(options, it)) {
        enum err_code code = apply_option(device, js_iter_key(it), js_iter_value(it), err);
        if (code)
            return code;
    }
    return ERR_OK;
}

/* ---- resolution, page size, area --------------------------------------------------------------
 */

static enum err_code apply_resolution(struct device *device, double wanted, double *out,
                                      struct err *err)
{
    if (find_settable(device, "resolution"))
        return device_set_number(device, "resolution", wanted, out, err);
    if (!find_settable(device, "x-resolution")) {
        *out = wanted;
        return ERR_OK;
    }
    double across, down;
    enum err_code code = device_set_number(device, "x-resolution", wanted, &across, err);
    if (code)
        return code;
    down = across;
    if (find_settable(device, "y-resolution"))
        code = device_set_number(device, "y-resolution", across, &down, err);
    if (code)
        return code;
    if (fabs(across - down) > 0.5)
        return err_set(err, ERR_OPTION_REFUSED, "%.0f dpi across but %.0f down", across, down);
    *out = across;
    return ERR_OK;
}

/* The option's length in mm to its unit and back. */
static double unit_scale(const struct option *option, double dpi)
{
    return option->unit == UNIT_PIXEL ? dpi / MM_PER_INCH : 1;
}

static enum err_code set_length(struct device *device, const char *name, double mm, double dpi,
                                struct err *err)
{
    const struct option *option = find_settable(device, name);
    if (!option)
        return ERR_OK;
    return device_set_number(device, name, mm * unit_scale(option, dpi), NULL, err);
}

static bool read_length(struct device *device, const char *name, double dpi, double *out_mm)
{
    const struct option *option = device_find_option(device, name);
    double value;
    if (!option || device_get_number(device, name, &value, NULL))
        return false;
    *out_mm = value / unit_scale(option, dpi);
    return true;
}

static double longest_mm(const struct device *device, const char *name, double dpi, double limit)
{
    const struct option *option = find_settable(device, name);
    if (!option || option->limit != LIMIT_RANGE)
        return limit;
    return fmin(limit, option->max / unit_scale(option, dpi));
}

static bool read_area(struct device *device, double dpi, struct rect_mm *out)
{
    double left, top, right, bottom;
    if (!read_length(device, "tl-x", dpi, &left) || !read_length(device, "tl-y", dpi, &top) ||
        !read_length(device, "br-x", dpi, &right) || !read_length(device, "br-y", dpi, &bottom))
        return false;
    *out = (struct rect_mm){left, top, right - left, bottom - top};
    return true;
}

static enum err_code set_corners(struct device *device, struct rect_mm area, double dpi,
                                 struct err *err)
{
    const struct {
        const char *name;
        double mm;
    } corners[] = {
        {"tl-x", area.x}, {"tl-y", area.y}, {"br-x", area.x + area.w}, {"br-y", area.y + area.h}};
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++) {
        enum err_code code = set_length(device, corners[i].name, corners[i].mm, dpi, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static enum err_code apply_area(struct device *device, const struct scan_settings *wanted,
                                double dpi, struct rect_mm *out, struct err *err)
{
    struct rect_mm area = wanted->area;
    if (!wanted->has_area)
        area = (struct rect_mm){0, 0, A4_WIDTH_MM, A4_HEIGHT_MM};
    enum err_code code = set_length(device, "page-width", area.x + area.w, dpi, err);
    if (!code)
        code = set_length(device, "page-height", area.y + area.h, dpi, err);
    if (code)
        return code;
    if (!wanted->has_area) {
        area.w = longest_mm(device, "br-x", dpi, area.w);
        area.h = longest_mm(device, "br-y", dpi, area.h);
    }
    *out = area;
    if ((code = set_corners(device, area, dpi, err)) || !read_area(device, dpi, out))
        return code;
    /* A backend that keeps top left before bottom right may have clipped the first corner. */
    if (fabs(out->x - area.x) > 1 || fabs(out->y - area.y) > 1) {
        code = set_corners(device, area, dpi, err);
        read_area(device, dpi, out);
    }
    return code;
}

enum err_code settings_apply(struct device *device, const struct scan_settings *wanted,
                             struct scan_settings *out, struct err *err)
{
    struct scan_settings set = *wanted;
    if (!(wanted->resolution_dpi > 0))
        return err_set(err, ERR_BAD_ARGUMENT, "resolution of %.0f dpi", wanted->resolution_dpi);
    if (wanted->has_area &&
        !(wanted->area.x >= 0 && wanted->area.y >= 0 && wanted->area.w > 0 && wanted->area.h > 0))
        return err_set(err, ERR_BAD_ARGUMENT, "an area without size");
    enum scan_mode mode = wanted->mode == MODE_UNSET ? MODE_COLOR : wanted->mode;
    int depth = mode == MODE_LINEART ? 1 : 8;

    enum err_code code = apply_source(device, wanted->source, &set.source, err);
    if (!code)
        code = apply_mode(device, mode, &depth, err);
    if (!code)
        code = apply_depth(device, wanted->depth, depth, err);
    if (!code)
        code = apply_options(device, wanted->options, err);
    if (!code)
        code = apply_resolution(device, wanted->resolution_dpi, &set.resolution_dpi, err);
    if (!code)
        code = apply_area(device, wanted, set.resolution_dpi, &set.area, err);
    if (code)
        return code;
    set.mode = read_mode(device, mode);
    set.has_area = true;
    set.options = NULL;
    *out = set;
    return ERR_OK;
}
