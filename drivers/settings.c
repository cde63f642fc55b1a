#include "drivers/settings.h"

#include "daemon/base/mem.h"

#include <math.h>
#include <string.h>

/* Where backends keep the source. */
static const char *const source_options[] = {"source", "doc-source"};

/* Feeders whose second side is a switch of its own instead of a source. */
static const struct duplex_switch {
    const char *option;
    const char *on, *off; /* texts; NULL: a bool */
} duplex_switches[] = {
    {"adf-mode", "Duplex", "Simplex"}, /* epson2, magicolor, kodakaio */
    {"ScanMode", "Duplex", "Simplex"}, /* vendor backends, simple-scan's list */
    {"duplex", NULL, NULL},            /* kvs1025, kvs20xx, kvs40xx, utsushi */
    {"scan-both-sides", NULL, NULL},   /* vendor backends, simple-scan's list */
};

/* Switches that a feeder needs for more than one sheet. */
static const char *const pile_switches[] = {"batch-scan"};

/* ---- source -----------------------------------------------------------------------------------
 */

static const struct option *find_settable(const struct device *device, const char *name)
{
    const struct option *option = device_find_option(device, name);
    return option && option->active && option->settable ? option : NULL;
}

static const char *find_source_option(const struct device *device)
{
    for (size_t i = 0; i < sizeof source_options / sizeof *source_options; i++)
        if (find_settable(device, source_options[i]))
            return source_options[i];
    return NULL;
}

static const struct duplex_switch *find_duplex_switch(const struct device *device)
{
    for (size_t i = 0; i < sizeof duplex_switches / sizeof *duplex_switches; i++)
        if (find_settable(device, duplex_switches[i].option))
            return &duplex_switches[i];
    return NULL;
}

static const char *own_source_name(const struct device *device, enum scan_source source)
{
    const char *name = find_source_option(device);
    const struct option *option = name ? find_settable(device, name) : NULL;
    const char *candidate, *own = NULL;
    for (size_t n = 0; option && !own && (candidate = source_candidate(source, n)); n++)
        own = option_find_text(option, candidate);
    return own;
}

bool settings_has_source(const struct device *device, enum scan_source source)
{
    if (!find_source_option(device)) {
        bool feeder_only = find_duplex_switch(device) != NULL;
        return feeder_only ? source != SOURCE_FLATBED : source == SOURCE_FLATBED;
    }
    if (own_source_name(device, source))
        return true;
    return source == SOURCE_DUPLEX && find_duplex_switch(device) &&
           settings_has_source(device, SOURCE_ADF);
}

struct js *settings_sources(const struct device *device)
{
    AUTO(js) struct js *sources = js_array();
    for (enum scan_source s = SOURCE_FLATBED; s <= SOURCE_DUPLEX; s++)
        if (settings_has_source(device, s) && !js_push(sources, js_text(scan_source_name(s))))
            return NULL;
    return TAKE(sources);
}

static enum err_code set_source_name(struct setter *setter, enum scan_source source,
                                     struct err *err)
{
    const char *own = own_source_name(setter->device, source);
    if (!own && source == SOURCE_DUPLEX)
        own = own_source_name(setter->device, SOURCE_ADF);
    if (!own)
        return ERR_OK; /* settings_has_source said yes: there is one source and it has no option */
    return setter_text(setter, find_source_option(setter->device), own, err);
}

static enum err_code set_duplex_switch(struct setter *setter, bool on, struct err *err)
{
    const struct duplex_switch *entry = find_duplex_switch(setter->device);
    if (!entry)
        return ERR_OK;
    if (entry->on)
        return setter_text(setter, entry->option, on ? entry->on : entry->off, err);
    return setter_bool(setter, entry->option, on, err);
}

static enum err_code set_pile_switches(struct setter *setter, bool on, struct err *err)
{
    for (size_t i = 0; i < sizeof pile_switches / sizeof *pile_switches; i++) {
        const struct option *option = setter_find(setter, pile_switches[i]);
        if (!option || option->type != OPTION_BOOL)
            continue;
        enum err_code code = setter_bool(setter, pile_switches[i], on, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static enum scan_source read_source(struct device *device)
{
    const char *option = find_source_option(device);
    AUTO(mem) char *name = NULL;
    if (!option || device_get_text(device, option, &name, NULL))
        return find_duplex_switch(device) ? SOURCE_ADF : SOURCE_FLATBED;
    return source_from_candidate(name);
}

static enum err_code apply_source(struct setter *setter, enum scan_source wanted,
                                  enum scan_source *out, struct err *err)
{
    struct device *device = setter->device;
    if (wanted == SOURCE_UNSET) {
        *out = read_source(device);
        return ERR_OK;
    }
    if (!settings_has_source(device, wanted))
        return err_set(err, ERR_OPTION_REFUSED, "the device has no source '%s'",
                       scan_source_name(wanted));
    bool named_duplex = own_source_name(device, SOURCE_DUPLEX) != NULL;
    enum err_code code = set_source_name(setter, wanted, err);
    if (!code && !named_duplex && wanted != SOURCE_FLATBED)
        code = set_duplex_switch(setter, wanted == SOURCE_DUPLEX, err);
    if (!code)
        code = set_pile_switches(setter, wanted != SOURCE_FLATBED, err);
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

static enum err_code apply_mode(struct setter *setter, enum scan_mode wanted, int *depth,
                                struct err *err)
{
    const struct option *option = setter_find(setter, "mode");
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
    return setter_text(setter, "mode", own, err);
}

static enum err_code apply_depth(struct setter *setter, int asked, int fallback, struct err *err)
{
    if (!setter_find(setter, "depth"))
        return ERR_OK; /* the frames tell, and every depth is understood */
    double taken;
    enum err_code code = setter_number(setter, "depth", asked ? asked : fallback, &taken, err);
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

static enum err_code apply_option(struct setter *setter, const char *name, const struct js *value,
                                  struct err *err)
{
    bool flag;
    double number;
    const char *text;
    if (!js_get_bool(value, "", &flag, NULL))
        return setter_bool(setter, name, flag, err);
    if (!js_get_real(value, "", &number, NULL))
        return setter_number(setter, name, number, NULL, err);
    enum err_code code = js_get_text(value, "", &text, err);
    return code ? code : setter_text(setter, name, text, err);
}

static enum err_code apply_options(struct setter *setter, const struct js *options, struct err *err)
{
    if (!js_is_object(options))
        return ERR_OK;
    for (void *it = js_iter(options); it; it = js_iter_next(options, it)) {
        enum err_code code = apply_option(setter, js_iter_key(it), js_iter_value(it), err);
        if (code)
            return code;
    }
    return ERR_OK;
}

/* ---- resolution -------------------------------------------------------------------------------
 */

static enum err_code apply_resolution(struct setter *setter, double wanted, double *out,
                                      struct err *err)
{
    if (setter_find(setter, "resolution"))
        return setter_number(setter, "resolution", wanted, out, err);
    if (!setter_find(setter, "x-resolution")) {
        *out = wanted;
        return ERR_OK;
    }
    double across, down;
    enum err_code code = setter_number(setter, "x-resolution", wanted, &across, err);
    if (code)
        return code;
    down = across;
    if (setter_find(setter, "y-resolution"))
        code = setter_number(setter, "y-resolution", across, &down, err);
    if (code)
        return code;
    if (fabs(across - down) > 0.5)
        return err_set(err, ERR_OPTION_REFUSED, "%.0f dpi across but %.0f down", across, down);
    *out = across;
    return ERR_OK;
}

static double standing_resolution(struct device *device)
{
    double dpi;
    if (!device_get_number(device, "resolution", &dpi, NULL) ||
        !device_get_number(device, "x-resolution", &dpi, NULL))
        return dpi;
    return 0;
}

/* ---- largest areas ----------------------------------------------------------------------------
 */

static struct js *size_to_js(struct size_mm size)
{
    return js_pack("[f, f]", round(size.w * 10) / 10, round(size.h * 10) / 10);
}

/* *stands: the source the device is set to, kept up to date. */
static bool add_max_area(struct setter *setter, enum scan_source source, enum scan_source *stands,
                         struct js *areas)
{
    if (!settings_has_source(setter->device, source))
        return true;
    if (*stands != source && apply_source(setter, source, stands, NULL))
        return true; /* a source that cannot be had now has no size now */
    struct size_mm most = page_area_max(setter->device, standing_resolution(setter->device));
    return most.w <= 0 || most.h <= 0 || js_set(areas, scan_source_name(source), size_to_js(most));
}

struct js *settings_max_areas(struct device *device)
{
    AUTO(js) struct js *areas = js_object();
    struct setter setter = {.device = device};
    enum scan_source stood = read_source(device), stands = stood;
    const char *option = find_source_option(device);
    AUTO(mem) char *name = NULL;
    if (option)
        device_get_text(device, option, &name, NULL);
    for (enum scan_source s = SOURCE_FLATBED; s <= SOURCE_DUPLEX; s++)
        if (!add_max_area(&setter, s, &stands, areas))
            return NULL;
    if (stood == SOURCE_UNSET && name && stands != stood)
        setter_text(&setter, option, name, NULL);
    else if (stood != stands)
        apply_source(&setter, stood, &stands, NULL);
    return TAKE(areas);
}

/* ---- all of it --------------------------------------------------------------------------------
 */

static enum err_code check_wish(const struct scan_settings *wanted, struct err *err)
{
    const struct rect_mm *area = &wanted->area;
    if (!(wanted->resolution_dpi > 0))
        return err_set(err, ERR_BAD_ARGUMENT, "resolution of %.0f dpi", wanted->resolution_dpi);
    if (wanted->has_area && !(area->x >= 0 && area->y >= 0 && area->w > 0 && area->h > 0))
        return err_set(err, ERR_BAD_ARGUMENT, "an area without size");
    return ERR_OK;
}

enum err_code settings_apply(struct device *device, const struct scan_settings *wanted,
                             struct scan_settings *out, struct err *err)
{
    struct setter setter = {.device = device};
    struct scan_settings set = *wanted;
    enum scan_mode mode = wanted->mode == MODE_UNSET ? MODE_COLOR : wanted->mode;
    int depth = mode == MODE_LINEART ? 1 : 8;

    enum err_code code = check_wish(wanted, err);
    if (!code)
        code = apply_source(&setter, wanted->source, &set.source, err);
    if (!code)
        code = apply_mode(&setter, mode, &depth, err);
    if (!code)
        code = apply_depth(&setter, wanted->depth, depth, err);
    if (!code)
        code = apply_options(&setter, wanted->options, err);
    if (!code)
        code = apply_resolution(&setter, wanted->resolution_dpi, &set.resolution_dpi, err);
    if (code)
        return code;
    struct area_wish wish = {
        .paper = wanted->paper,
        .has_area = wanted->has_area,
        .area = wanted->area,
        .source = set.source,
        .order = device_quirks(device)->size_order,
    };
    if ((code = page_area_apply(&setter, &wish, set.resolution_dpi, &set.area, err)))
        return code;
    set.mode = read_mode(device, mode);
    set.has_area = true;
    set.options = NULL;
    set.inexact = setter.inexact;
    *out = set;
    return ERR_OK;
}
