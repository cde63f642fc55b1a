#include "drivers/simulator/options.h"

#include "drivers/simulator/panel.h"
#include "drivers/simulator/sheet.h"

#include <math.h>
#include <sane/sane.h>
#include <sane/saneopts.h>
#include <stdlib.h>
#include <string.h>

#define DPI_MIN 50
#define DPI_MAX 600
#define MM_PER_INCH 25.4

static const SANE_String_Const source_list[] = {"Flatbed", "ADF", "ADF Duplex", NULL};
static const SANE_String_Const mode_list[] = {SANE_VALUE_SCAN_MODE_COLOR, SANE_VALUE_SCAN_MODE_GRAY,
                                              SANE_VALUE_SCAN_MODE_LINEART, NULL};
static const enum view_mode view_modes[] = {VIEW_COLOR, VIEW_GRAY, VIEW_LINEART}; /* as mode_list */
static const SANE_Word depth_list[] = {2, 8, 16};

enum option_index {
    OPT_COUNT,
    OPT_GROUP_MODE,
    OPT_SOURCE,
    OPT_MODE,
    OPT_DEPTH,
    OPT_RESOLUTION,
    OPT_GROUP_GEOMETRY,
    OPT_TL_X,
    OPT_TL_Y,
    OPT_BR_X,
    OPT_BR_Y,
    OPT_GROUP_SIMULATION,
    OPT_PACE,
    OPT_THREE_PASS,
    OPT_HAND_SCANNER,
    OPT_GROUP_SENSORS,
    OPT_PAGE_LOADED,
    OPT_COVER_OPEN,
    OPT_BUTTON, /* and those after it */
    OPTIONS_MAX = OPT_BUTTON + SIM_BUTTONS_MAX
};

struct scan_options {
    const struct sim_config *config;
    SANE_Option_Descriptor list[OPTIONS_MAX];
    int count;
    SANE_Range width_range, height_range, dpi_range;
    int source, mode; /* index into their lists */
    SANE_Word depth, resolution;
    SANE_Word corner[4]; /* OPT_TL_X … OPT_BR_Y */
    SANE_Bool pace, three_pass, hand_scanner;
};

#define SETTING (SANE_CAP_SOFT_SELECT | SANE_CAP_SOFT_DETECT)
#define SENSOR (SANE_CAP_HARD_SELECT | SANE_CAP_SOFT_DETECT)

/* ---- descriptors ------------------------------------------------------------------------------
 */

static void describe(struct scan_options *o, int index, const char *name, const char *title,
                     const char *desc, SANE_Value_Type type, SANE_Unit unit, SANE_Int cap)
{
    o->list[index] = (SANE_Option_Descriptor){
        .name = name,
        .title = title,
        .desc = desc,
        .type = type,
        .unit = unit,
        .size = type == SANE_TYPE_GROUP ? 0 : (SANE_Int)sizeof(SANE_Word),
        .cap = cap,
    };
}

static void describe_group(struct scan_options *o, int index, const char *title)
{
    describe(o, index, "", title, "", SANE_TYPE_GROUP, SANE_UNIT_NONE, 0);
}

static void limit_to_list(struct scan_options *o, int index, const SANE_String_Const *list)
{
    SANE_Option_Descriptor *option = &o->list[index];
    option->constraint_type = SANE_CONSTRAINT_STRING_LIST;
    option->constraint.string_list = list;
    for (size_t i = 0; list[i]; i++)
        if ((SANE_Int)strlen(list[i]) + 1 > option->size)
            option->size = (SANE_Int)strlen(list[i]) + 1;
}

static void limit_to_range(struct scan_options *o, int index, const SANE_Range *range)
{
    o->list[index].constraint_type = SANE_CONSTRAINT_RANGE;
    o->list[index].constraint.range = range;
}

static void describe_mode(struct scan_options *o)
{
    describe_group(o, OPT_GROUP_MODE, "Scan mode");
    describe(o, OPT_SOURCE, SANE_NAME_SCAN_SOURCE, SANE_TITLE_SCAN_SOURCE, SANE_DESC_SCAN_SOURCE,
             SANE_TYPE_STRING, SANE_UNIT_NONE, SETTING);
    describe(o, OPT_MODE, SANE_NAME_SCAN_MODE, SANE_TITLE_SCAN_MODE, SANE_DESC_SCAN_MODE,
             SANE_TYPE_STRING, SANE_UNIT_NONE, SETTING);
    describe(o, OPT_DEPTH, SANE_NAME_BIT_DEPTH, SANE_TITLE_BIT_DEPTH, SANE_DESC_BIT_DEPTH,
             SANE_TYPE_INT, SANE_UNIT_BIT, SETTING);
    describe(o, OPT_RESOLUTION, SANE_NAME_SCAN_RESOLUTION, SANE_TITLE_SCAN_RESOLUTION,
             SANE_DESC_SCAN_RESOLUTION, SANE_TYPE_INT, SANE_UNIT_DPI, SETTING);
    o->dpi_range = (SANE_Range){DPI_MIN, DPI_MAX, 1};
    limit_to_list(o, OPT_SOURCE, source_list);
    limit_to_list(o, OPT_MODE, mode_list);
    limit_to_range(o, OPT_RESOLUTION, &o->dpi_range);
    o->list[OPT_DEPTH].constraint_type = SANE_CONSTRAINT_WORD_LIST;
    o->list[OPT_DEPTH].constraint.word_list = depth_list;
}

static void describe_geometry(struct scan_options *o)
{
    static const char *const texts[][3] = {
        {SANE_NAME_SCAN_TL_X, SANE_TITLE_SCAN_TL_X, SANE_DESC_SCAN_TL_X},
        {SANE_NAME_SCAN_TL_Y, SANE_TITLE_SCAN_TL_Y, SANE_DESC_SCAN_TL_Y},
        {SANE_NAME_SCAN_BR_X, SANE_TITLE_SCAN_BR_X, SANE_DESC_SCAN_BR_X},
        {SANE_NAME_SCAN_BR_Y, SANE_TITLE_SCAN_BR_Y, SANE_DESC_SCAN_BR_Y},
    };
    describe_group(o, OPT_GROUP_GEOMETRY, "Geometry");
    o->width_range = (SANE_Range){0, SANE_FIX(o->config->bed_width_mm), 0};
    o->height_range = (SANE_Range){0, SANE_FIX(o->config->bed_height_mm), 0};
    for (int i = 0; i < 4; i++) {
        describe(o, OPT_TL_X + i, texts[i][0], texts[i][1], texts[i][2], SANE_TYPE_FIXED,
                 SANE_UNIT_MM, SETTING);
        limit_to_range(o, OPT_TL_X + i, i % 2 ? &o->height_range : &o->width_range);
    }
}

static void describe_simulation(struct scan_options *o)
{
    describe_group(o, OPT_GROUP_SIMULATION, "Simulation");
    describe(o, OPT_PACE, "pace", "Realistic pace", "Rows come as slowly as a desk scanner's.",
             SANE_TYPE_BOOL, SANE_UNIT_NONE, SETTING | SANE_CAP_ADVANCED);
    describe(o, OPT_THREE_PASS, "three-pass", "Three passes",
             "Colour comes as a red, a green and a blue frame.", SANE_TYPE_BOOL, SANE_UNIT_NONE,
             SETTING | SANE_CAP_ADVANCED);
    describe(o, OPT_HAND_SCANNER, "hand-scanner", "Hand scanner",
             "The number of lines is not known before the page ends.", SANE_TYPE_BOOL,
             SANE_UNIT_NONE, SETTING | SANE_CAP_ADVANCED);
}

static void describe_sensors(struct scan_options *o)
{
    static const SANE_Value_Type types[] = {SANE_TYPE_BOOL, SANE_TYPE_INT, SANE_TYPE_STRING};
    describe_group(o, OPT_GROUP_SENSORS, "Sensors");
    describe(o, OPT_PAGE_LOADED, SANE_NAME_PAGE_LOADED, SANE_TITLE_PAGE_LOADED,
             SANE_DESC_PAGE_LOADED, SANE_TYPE_BOOL, SANE_UNIT_NONE, SENSOR);
    describe(o, OPT_COVER_OPEN, SANE_NAME_COVER_OPEN, SANE_TITLE_COVER_OPEN, SANE_DESC_COVER_OPEN,
             SANE_TYPE_BOOL, SANE_UNIT_NONE, SENSOR);
    for (size_t i = 0; i < o->config->button_count; i++) {
        const struct sim_button *button = &o->config->buttons[i];
        int index = OPT_BUTTON + (int)i;
        describe(o, index, button->name, button->name, "A button of the scanner.",
                 types[button->kind], SANE_UNIT_NONE, SENSOR);
        if (button->kind == SIM_BUTTON_TEXT)
            o->list[index].size = PANEL_TEXT_MAX;
    }
}

/* What the mode leaves no sense to. */
static void update_active(struct scan_options *o)
{
    SANE_Int *depth = &o->list[OPT_DEPTH].cap, *passes = &o->list[OPT_THREE_PASS].cap;
    *depth &= ~SANE_CAP_INACTIVE;
    *passes &= ~SANE_CAP_INACTIVE;
    if (view_modes[o->mode] == VIEW_LINEART)
        *depth |= SANE_CAP_INACTIVE;
    if (view_modes[o->mode] != VIEW_COLOR)
        *passes |= SANE_CAP_INACTIVE;
}

struct scan_options *options_new(const struct sim_config *config)
{
    struct scan_options *o = malloc(sizeof *o);
    if (!o)
        return NULL;
    *o = (struct scan_options){
        .config = config,
        .count = OPT_BUTTON + (int)config->button_count,
        .depth = 8,
        .resolution = 300,
        .pace = config->pace ? SANE_TRUE : SANE_FALSE,
    };
    describe(o, OPT_COUNT, SANE_NAME_NUM_OPTIONS, SANE_TITLE_NUM_OPTIONS, SANE_DESC_NUM_OPTIONS,
             SANE_TYPE_INT, SANE_UNIT_NONE, SANE_CAP_SOFT_DETECT);
    describe_mode(o);
    describe_geometry(o);
    describe_simulation(o);
    describe_sensors(o);
    update_active(o);
    o->corner[2] = o->width_range.max;
    o->corner[3] = o->height_range.max;
    return o;
}

void options_free(struct scan_options *o)
{
    free(o);
}

const void *options_descriptor(const struct scan_options *o, int index)
{
    return index >= 0 && index < o->count ? &o->list[index] : NULL;
}

/* ---- values -----------------------------------------------------------------------------------
 */

static SANE_Status read_button(const struct scan_options *o, const struct sim_button *button,
                               void *value)
{
    if (button->kind == SIM_BUTTON_TEXT)
        panel_read_text(o->config->state, button, value);
    else
        *(SANE_Word *)value = panel_read_number(o->config->state, button);
    return SANE_STATUS_GOOD;
}

int options_get(const struct scan_options *o, int index, void *value)
{
    SANE_Word *word = value;
    if (index < 0 || index >= o->count)
        return SANE_STATUS_INVAL;
    if (index >= OPT_BUTTON)
        return read_button(o, &o->config->buttons[index - OPT_BUTTON], value);
    switch (index) {
    case OPT_COUNT:
        *word = o->count;
        break;
    case OPT_SOURCE:
        strcpy(value, source_list[o->source]);
        break;
    case OPT_MODE:
        strcpy(value, mode_list[o->mode]);
        break;
    case OPT_DEPTH:
        *word = o->depth;
        break;
    case OPT_RESOLUTION:
        *word = o->resolution;
        break;
    case OPT_TL_X:
    case OPT_TL_Y:
    case OPT_BR_X:
    case OPT_BR_Y:
        *word = o->corner[index - OPT_TL_X];
        break;
    case OPT_PACE:
        *word = o->pace;
        break;
    case OPT_THREE_PASS:
        *word = o->three_pass;
        break;
    case OPT_HAND_SCANNER:
        *word = o->hand_scanner;
        break;
    case OPT_PAGE_LOADED:
        *word = feeder_has_sheet(o->config) ? SANE_TRUE : SANE_FALSE;
        break;
    case OPT_COVER_OPEN:
        *word = panel_cover_is_open(o->config->state) ? SANE_TRUE : SANE_FALSE;
        break;
    default:
        return SANE_STATUS_INVAL;
    }
    return SANE_STATUS_GOOD;
}

static SANE_Status set_from_list(const SANE_String_Const *list, const char *value, int *out)
{
    for (int i = 0; list[i]; i++)
        if (strcmp(list[i], value) == 0) {
            *out = i;
            return SANE_STATUS_GOOD;
        }
    return SANE_STATUS_INVAL;
}

static SANE_Word set_in_range(const SANE_Range *range, SANE_Word wanted, SANE_Int *info)
{
    SANE_Word taken = wanted < range->min ? range->min : wanted > range->max ? range->max : wanted;
    *info |= SANE_INFO_RELOAD_PARAMS | (taken != wanted ? SANE_INFO_INEXACT : 0);
    return taken;
}

static SANE_Status set_switch(SANE_Bool *out, const void *value, SANE_Int *info)
{
    *out = *(const SANE_Word *)value ? SANE_TRUE : SANE_FALSE;
    *info |= SANE_INFO_RELOAD_PARAMS;
    return SANE_STATUS_GOOD;
}

static SANE_Status set_depth(struct scan_options *o, SANE_Word wanted, SANE_Int *info)
{
    if (wanted != 8 && wanted != 16)
        return SANE_STATUS_INVAL;
    o->depth = wanted;
    *info |= SANE_INFO_RELOAD_PARAMS;
    return SANE_STATUS_GOOD;
}

int options_set(struct scan_options *o, int index, void *value, int *info)
{
    const SANE_Option_Descriptor *option = options_descriptor(o, index);
    SANE_Status status;
    if (!option || !SANE_OPTION_IS_SETTABLE(option->cap) || !SANE_OPTION_IS_ACTIVE(option->cap))
        return SANE_STATUS_INVAL;
    switch (index) {
    case OPT_SOURCE:
        *info |= SANE_INFO_RELOAD_OPTIONS | SANE_INFO_RELOAD_PARAMS;
        return set_from_list(source_list, value, &o->source);
    case OPT_MODE:
        *info |= SANE_INFO_RELOAD_OPTIONS | SANE_INFO_RELOAD_PARAMS;
        status = set_from_list(mode_list, value, &o->mode);
        update_active(o);
        return status;
    case OPT_DEPTH:
        return set_depth(o, *(SANE_Word *)value, info);
    case OPT_RESOLUTION:
        o->resolution = set_in_range(&o->dpi_range, *(SANE_Word *)value, info);
        return SANE_STATUS_GOOD;
    case OPT_PACE:
        return set_switch(&o->pace, value, info);
    case OPT_THREE_PASS:
        return set_switch(&o->three_pass, value, info);
    case OPT_HAND_SCANNER:
        return set_switch(&o->hand_scanner, value, info);
    default:
        o->corner[index - OPT_TL_X] =
            set_in_range(option->constraint.range, *(SANE_Word *)value, info);
        return SANE_STATUS_GOOD;
    }
}

enum scan_source options_source(const struct scan_options *o)
{
    return (enum scan_source)o->source;
}

struct page_wish options_wish(const struct scan_options *o)
{
    double left = SANE_UNFIX(o->corner[0]), top = SANE_UNFIX(o->corner[1]);
    double right = SANE_UNFIX(o->corner[2]), bottom = SANE_UNFIX(o->corner[3]);
    return (struct page_wish){
        .window = {.left_mm = left,
                   .top_mm = top,
                   .width_px = (int)lround((right - left) * o->resolution / MM_PER_INCH),
                   .height_px = (int)lround((bottom - top) * o->resolution / MM_PER_INCH),
                   .dpi = o->resolution,
                   .mode = view_modes[o->mode],
                   .lid = o->config->lid},
        .depth = o->depth,
        .three_pass = o->three_pass,
        .unsized = o->hand_scanner,
        .pace = o->pace,
    };
}
