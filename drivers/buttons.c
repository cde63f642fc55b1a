#include "drivers/buttons.h"

#include "daemon/base/mem.h"

#include <fnmatch.h>
#include <string.h>

struct button_row {
    const char *backend;
    const char *option; /* pattern, fnmatch(3) */
};

/* Source: sane-backends 1.2.1, the names of saneopts.h and each backend's own. */
static const struct button_row rows[] = {
    {"genesys", "file"},
    {"genesys", "ocr"},
    {"genesys", "power"},
    {"genesys", "extra"},
    {"genesys", "transparency"},
    {"genesys", "pdf[1-4]"},
    {"plustek", "button [0-4]"},
    {"canon_dr", "start"},
    {"canon_dr", "stop"},
    {"canon_dr", "button-3"},
    {"pixma", "button-[12]"},
    {"avision", "message"},
    {"hp5590", "button-pressed"},
    {"snapscan", "send"},
    {"hp5400", "web"},
    {"snapscan", "web"},
    {"rts8891", "button-*"},
    {"artec_eplus48u", "button-state"},
    {"*", "scan"},
    {"*", "email"},
    {"*", "fax"},
    {"*", "copy"},
    {"*", "pdf"},
    {"*", "cancel"},
};

bool button_is(const char *backend, const struct option *option)
{
    if (!option->active || !option->readable || option->settable || option->value_count != 1)
        return false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (fnmatch(rows[i].backend, backend, 0) == 0 &&
            fnmatch(rows[i].option, option->name, 0) == 0)
            return true;
    return false;
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

struct js *buttons_names(struct device *device)
{
    AUTO(js) struct js *names = js_array();
    size_t count;
    const struct option *options = device_options(device, &count);
    for (size_t i = 0; i < count; i++)
        if (button_is(device_backend(device), &options[i]) &&
            !js_push(names, js_text(options[i].name)))
            return NULL;
    return TAKE(names);
}

struct js *buttons_pressed(struct device *device)
{
    AUTO(js) struct js *pressed = js_array();
    size_t count;
    const struct option *options = device_options(device, &count);
    for (size_t i = 0; i < count; i++) {
        if (!button_is(device_backend(device), &options[i]))
            continue;
        AUTO(js) struct js *value = device_value_to_js(device, &options[i]);
        if (!button_value_is_pressed(value))
            continue;
        const char *name = js_text_or(value, "", options[i].name);
        if (!js_push(pressed, js_text(name)))
            return NULL;
    }
    return TAKE(pressed);
}
