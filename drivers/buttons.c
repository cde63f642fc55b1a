#include "drivers/buttons.h"

#include "daemon/base/mem.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

struct panel_row {
    const char *backend, *option; /* patterns, fnmatch(3) */
    enum panel_kind kind;
};

/* The first row that fits decides. Source: sane-backends 1.2.1, each backend's own options and the
 * well-known names of saneopts.h; scanbd's samples for snapscan. */
static const struct panel_row rows[] = {
    {"genesys", "file", PANEL_PRESS}, /* its presses are queued until they are read */
    {"genesys", "scan", PANEL_PRESS},
    {"genesys", "email", PANEL_PRESS},
    {"genesys", "copy", PANEL_PRESS},
    {"genesys", "ocr", PANEL_PRESS},
    {"genesys", "power", PANEL_PRESS},
    {"genesys", "extra", PANEL_PRESS},
    {"genesys", "transparency", PANEL_PRESS},
    {"genesys", "pdf[1-4]", PANEL_PRESS},
    {"genesys", "need-calibration", PANEL_SENSOR},
    {"gt68xx", "need-calibration", PANEL_SENSOR},
    {"plustek", "button [0-4]", PANEL_BUTTON},

    {"fujitsu", "function", PANEL_VALUE},
    {"fujitsu", "error-code", PANEL_VALUE},
    {"fujitsu", "skew-angle", PANEL_VALUE},
    {"fujitsu", "ink-remain", PANEL_VALUE},
    {"fujitsu", "density", PANEL_VALUE},
    {"fujitsu", "top-edge", PANEL_SENSOR},
    {"fujitsu", "[ab][345]-paper", PANEL_SENSOR},
    {"fujitsu", "omr-df", PANEL_SENSOR},
    {"fujitsu", "card-loaded", PANEL_SENSOR},
    {"fujitsu", "power-save", PANEL_SENSOR},
    {"fujitsu", "manual-feed", PANEL_SENSOR},
    {"fujitsu", "ink-low", PANEL_SENSOR},
    {"fujitsu", "double-feed", PANEL_SENSOR},
    {"fujitsu", "duplex", PANEL_SENSOR},
    {"epjitsu", "top-edge", PANEL_SENSOR},
    {"epjitsu", "power-save", PANEL_SENSOR},

    {"canon_dr", "start", PANEL_BUTTON},
    {"canon_dr", "stop", PANEL_BUTTON},
    {"canon_dr", "button-3", PANEL_BUTTON},
    {"canon_dr", "newfile", PANEL_SENSOR},
    {"canon_dr", "countonly", PANEL_SENSOR},
    {"canon_dr", "bypassmode", PANEL_SENSOR},
    {"canon_dr", "adf-loaded", PANEL_SENSOR},
    {"canon_dr", "card-loaded", PANEL_SENSOR},
    {"canon_dr", "counter", PANEL_VALUE},
    {"canon_dr", "roller-counter", PANEL_VALUE},
    {"canon_dr", "total-counter", PANEL_VALUE},

    {"pixma", "button-[12]", PANEL_PRESS},
    {"pixma", "original", PANEL_VALUE},
    {"pixma", "target", PANEL_VALUE},
    {"pixma", "scan-resolution", PANEL_VALUE},
    {"pixma", "document-type", PANEL_VALUE},
    {"pixma", "adf-orientation", PANEL_VALUE},
    {"pixma", "adf-status", PANEL_SENSOR},

    {"avision", "message", PANEL_PRESS},
    {"hp5590", "button-pressed", PANEL_PRESS},
    {"hp5590", "doc-in-adf", PANEL_SENSOR},
    {"hp5590", "color-led", PANEL_VALUE},
    {"hp5590", "counter-value", PANEL_VALUE},
    {"hp5400", "web", PANEL_BUTTON},
    {"hp5400", "power-save", PANEL_BUTTON},
    {"rts8891", "button-*", PANEL_BUTTON},
    {"snapscan", "send", PANEL_BUTTON},
    {"snapscan", "web", PANEL_BUTTON},
    {"snapscan", "message", PANEL_PRESS},
    {"artec_eplus48u", "button-state", PANEL_BUTTON},

    {"*", "scan", PANEL_BUTTON},
    {"*", "email", PANEL_BUTTON},
    {"*", "fax", PANEL_BUTTON},
    {"*", "copy", PANEL_BUTTON},
    {"*", "pdf", PANEL_BUTTON},
    {"*", "cancel", PANEL_BUTTON},
    {"*", "page-loaded", PANEL_SENSOR},
    {"*", "cover-open", PANEL_SENSOR},
};

/* What backends call paper in the feeder. */
static const char *const paper_sensors[] = {"page-loaded", "adf-loaded", "adf-status",
                                            "doc-in-adf"};

/* ---- rules of one machine ----------------------------------------------------------------------
 */

static bool kind_from_name(const char *name, enum panel_kind *out)
{
    static const char *const names[] = {[PANEL_NOTHING] = "nothing",
                                        [PANEL_BUTTON] = "button",
                                        [PANEL_PRESS] = "press",
                                        [PANEL_SENSOR] = "sensor",
                                        [PANEL_VALUE] = "value"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum panel_kind)i;
            return true;
        }
    return false;
}

enum err_code panel_rules_read(const struct js *list, struct panel_rules *out, struct err *err)
{
    struct panel_rules rules = {.count = js_count(list)};
    if (rules.count > PANEL_RULES_MAX)
        return err_set(err, ERR_BAD_ARGUMENT, "more than %d rules of buttons", PANEL_RULES_MAX);
    for (size_t i = 0; i < rules.count; i++) {
        const struct js *rule = js_item(list, i);
        const char *option = js_text_or(rule, "option", ""), *value = js_text_or(rule, "value", "");
        bool fits = *option && strlen(option) < sizeof rules.row[i].option &&
                    strlen(value) < sizeof rules.row[i].value &&
                    kind_from_name(js_text_or(rule, "kind", ""), &rules.row[i].kind);
        if (!fits)
            return err_set(err, ERR_BAD_ARGUMENT, "rule %zu of the buttons", i + 1);
        strcpy(rules.row[i].option, option);
        strcpy(rules.row[i].value, value);
    }
    *out = rules;
    return ERR_OK;
}

/* -1: none. */
static int find_rule(const struct panel_rules *rules, const char *option)
{
    for (size_t i = 0; i < rules->count; i++)
        if (fnmatch(rules->row[i].option, option, 0) == 0)
            return (int)i;
    return -1;
}

static bool can_be_read(const struct option *option)
{
    return option->active && option->readable && option->value_count == 1;
}

enum panel_kind panel_kind_of(const char *backend, const struct option *option)
{
    if (!can_be_read(option) || option->settable)
        return PANEL_NOTHING;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (fnmatch(rows[i].backend, backend, 0) == 0 &&
            fnmatch(rows[i].option, option->name, 0) == 0)
            return rows[i].kind;
    return PANEL_NOTHING;
}

enum panel_kind panel_kind_here(const struct device *device, const struct panel_rules *rules,
                                const struct option *option)
{
    int rule = find_rule(rules, option->name);
    if (rule >= 0)
        return can_be_read(option) ? rules->row[rule].kind : PANEL_NOTHING;
    const char *not_here = device_quirks(device)->no_buttons;
    if (not_here && fnmatch(not_here, option->name, 0) == 0)
        return PANEL_NOTHING;
    return panel_kind_of(device_backend(device), option);
}

bool button_value_is_pressed(const struct js *value)
{
    bool flag;
    double number;
    const char *text;
    if (!js_get_bool(value, "", &flag, NULL))
        return flag;
    if (!js_get_real(value, "", &number, NULL))
        return number > 0;
    return !js_get_text(value, "", &text, NULL) && *text && strcmp(text, "none") != 0;
}

bool sensor_value_is_on(const char *option, const struct js *value)
{
    double number;
    if (strcmp(option, "adf-status") == 0)
        return !js_get_real(value, "", &number, NULL) && number == 2;
    return button_value_is_pressed(value);
}

static const char *sensor_name(const char *option)
{
    for (size_t i = 0; i < sizeof paper_sensors / sizeof *paper_sensors; i++)
        if (strcmp(paper_sensors[i], option) == 0)
            return paper_sensors[0];
    return option;
}

/* ---- debouncing --------------------------------------------------------------------------------
 */

static int find_button(struct buttons_debounce *memory, const char *name)
{
    size_t i = 0;
    while (i < memory->count && strcmp(memory->button[i].name, name) != 0)
        i++;
    if (i == BUTTONS_MAX)
        return -1;
    if (i == memory->count) {
        snprintf(memory->button[i].name, BUTTON_NAME_SIZE, "%s", name);
        memory->count++;
    }
    return (int)i;
}

bool buttons_debounce(struct buttons_debounce *memory, const char *name, enum panel_kind kind,
                      bool pressed, int64_t now_us)
{
    int i = find_button(memory, name);
    if (i < 0)
        return false;
    bool still_held = kind == PANEL_BUTTON && memory->button[i].held;
    int64_t counted_us = memory->button[i].counted_us;
    memory->button[i].held = pressed;
    if (!pressed || still_held || (counted_us && now_us - counted_us < BUTTON_REPEAT_US))
        return false;
    memory->button[i].counted_us = now_us;
    return true;
}

/* ---- a round -----------------------------------------------------------------------------------
 */

static bool is_button(enum panel_kind kind)
{
    return kind == PANEL_BUTTON || kind == PANEL_PRESS;
}

struct js *buttons_names(struct device *device, const struct panel_rules *rules)
{
    AUTO(js) struct js *names = js_array();
    size_t count;
    const struct option *options = device_options(device, &count);
    for (size_t i = 0; i < count; i++)
        if (is_button(panel_kind_here(device, rules, &options[i])) &&
            !js_push(names, js_text(options[i].name)))
            return NULL;
    return TAKE(names);
}

struct round {
    const struct panel_rules *rules;
    struct buttons_debounce *memory;
    int64_t now_us;
    struct js *pressed, *sensors, *values;
};

static bool is_value(const struct js *value, const char *wanted)
{
    AUTO(mem) char *json = js_is_text(value) ? NULL : js_dump(value);
    return strcmp(json ? json : js_text_or(value, "", ""), wanted) == 0;
}

static bool take_press(struct round *round, const char *option, enum panel_kind kind,
                       const struct js *value)
{
    int rule = find_rule(round->rules, option);
    const char *wanted = rule >= 0 ? round->rules->row[rule].value : "";
    bool pressed = *wanted ? is_value(value, wanted) : button_value_is_pressed(value);
    const char *name = *wanted ? option : js_text_or(value, "", option);
    return !buttons_debounce(round->memory, pressed ? name : option, kind, pressed,
                             round->now_us) ||
           js_push(round->pressed, js_text(name));
}

static bool take_reading(struct round *round, const char *option, enum panel_kind kind,
                         const struct js *value)
{
    if (kind == PANEL_VALUE)
        return js_is_null(value) || js_set(round->values, option, js_copy(value));
    if (kind == PANEL_SENSOR) {
        const char *name = sensor_name(option);
        bool on = sensor_value_is_on(option, value) || js_bool_or(round->sensors, name, false);
        return js_is_null(value) || js_set(round->sensors, name, js_bool(on));
    }
    return take_press(round, option, kind, value);
}

static bool read_panel(struct device *device, struct round *round)
{
    size_t count;
    const struct option *options = device_options(device, &count);
    for (size_t i = 0; i < count; i++) {
        enum panel_kind kind = panel_kind_here(device, round->rules, &options[i]);
        if (kind == PANEL_NOTHING)
            continue;
        AUTO(js) struct js *value = device_value_to_js(device, &options[i]);
        if (!value || !take_reading(round, options[i].name, kind, value))
            return false;
    }
    return true;
}

struct js *buttons_poll(struct device *device, const struct panel_rules *rules,
                        struct buttons_debounce *memory, int64_t now_us)
{
    AUTO(js) struct js *pressed = js_array();
    AUTO(js) struct js *sensors = js_object();
    AUTO(js) struct js *values = js_object();
    struct round round = {rules, memory, now_us, pressed, sensors, values};
    if (!pressed || !sensors || !values || !read_panel(device, &round))
        return NULL;
    return js_pack("{s:O, s:O, s:O}", "pressed", pressed, "sensors", sensors, "values", values);
}

bool buttons_paper_sensor(struct device *device, const struct panel_rules *rules, bool *out_loaded)
{
    bool known = false, loaded = false;
    size_t count;
    const struct option *options = device_options(device, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(sensor_name(options[i].name), paper_sensors[0]) != 0 ||
            panel_kind_here(device, rules, &options[i]) != PANEL_SENSOR)
            continue;
        AUTO(js) struct js *value = device_value_to_js(device, &options[i]);
        known |= !js_is_null(value);
        loaded |= sensor_value_is_on(options[i].name, value);
    }
    if (known)
        *out_loaded = loaded;
    return known;
}
