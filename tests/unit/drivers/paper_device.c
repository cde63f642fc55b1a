#include "tests/unit/drivers/paper_device.h"

#include "daemon/base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static size_t index_of(const struct device *device, const char *name)
{
    for (size_t i = 0; i < device->count; i++)
        if (strcmp(device->options[i].name, name) == 0)
            return i;
    return OPTIONS_MAX;
}

const struct option *device_find_option(const struct device *device, const char *name)
{
    size_t i = index_of(device, name);
    return i < OPTIONS_MAX ? &device->options[i] : NULL;
}

const struct quirk_set *device_quirks(const struct device *device)
{
    return &device->quirks;
}

static void note(struct device *device, const char *name, const char *value)
{
    size_t used = strlen(device->log);
    snprintf(device->log + used, sizeof device->log - used, "%s=%s ", name, value);
}

enum err_code device_set_number(struct device *device, const char *name, double wanted,
                                double *out_set, struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX)
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    double taken = option_nearest_number(&device->options[i], wanted);
    if (device->clips_top_left && strncmp(name, "tl-", 3) == 0)
        taken = fmin(taken, device->numbers[index_of(device, name[3] == 'x' ? "br-x" : "br-y")]);
    device->numbers[i] = taken;
    char text[32];
    snprintf(text, sizeof text, "%g", taken);
    note(device, name, text);
    if (out_set)
        *out_set = taken;
    return ERR_OK;
}

enum err_code device_set_bool(struct device *device, const char *name, bool wanted, struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX || device->options[i].type != OPTION_BOOL)
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    device->numbers[i] = wanted;
    note(device, name, wanted ? "yes" : "no");
    return ERR_OK;
}

enum err_code device_set_text(struct device *device, const char *name, const char *wanted,
                              struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX || !option_find_text(&device->options[i], wanted))
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    snprintf(device->texts[i], sizeof device->texts[i], "%s", wanted);
    note(device, name, wanted);
    return ERR_OK;
}

enum err_code device_get_number(struct device *device, const char *name, double *out,
                                struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX)
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    *out = device->numbers[i];
    return ERR_OK;
}

enum err_code device_get_text(struct device *device, const char *name, char **out, struct err *err)
{
    size_t i = index_of(device, name);
    if (i == OPTIONS_MAX)
        return err_set(err, ERR_OPTION_REFUSED, "%s", name);
    *out = mem_strdup(device->texts[i]);
    return ERR_OK;
}

enum err_code device_frame(struct device *device, struct frame_params *out, struct err *err)
{
    if (device->frame.pixels_per_line == 0)
        return err_set(err, ERR_SCANNER_IO, "nothing to say before the start");
    *out = device->frame;
    return ERR_OK;
}

void device_add(struct device *device, const char *name, struct option option)
{
    option.name = (char *)name;
    option.active = option.readable = option.settable = true;
    option.value_count = 1;
    device->options[device->count++] = option;
}

void device_add_list(struct device *device, const char *name, const char **texts, size_t count)
{
    device_add(device, name,
               (struct option){.type = OPTION_TEXT,
                               .limit = LIMIT_TEXTS,
                               .texts = (char **)texts,
                               .limit_count = count});
}

void device_add_range(struct device *device, const char *name, enum option_unit unit, double max)
{
    device_add(
        device, name,
        (struct option){.type = OPTION_FIXED, .unit = unit, .limit = LIMIT_RANGE, .max = max});
}

void device_add_area(struct device *device, enum option_unit unit, double width, double height)
{
    device_add_range(device, "tl-x", unit, width);
    device_add_range(device, "tl-y", unit, height);
    device_add_range(device, "br-x", unit, width);
    device_add_range(device, "br-y", unit, height);
}

void device_add_switch(struct device *device, const char *name)
{
    device_add(device, name, (struct option){.type = OPTION_BOOL});
}

void device_add_sensor(struct device *device, const char *name, enum option_type type)
{
    device_add(device, name, (struct option){.type = type});
    device->options[device->count - 1].settable = false;
}

void device_put(struct device *device, const char *name, double value)
{
    device->numbers[index_of(device, name)] = value;
}

void device_put_text(struct device *device, const char *name, const char *value)
{
    snprintf(device->texts[index_of(device, name)], sizeof device->texts[0], "%s", value);
}

const char *device_backend(const struct device *device)
{
    return device->backend;
}

const struct option *device_options(const struct device *device, size_t *out_count)
{
    *out_count = device->count;
    return device->options;
}

struct js *device_value_to_js(struct device *device, const struct option *option)
{
    size_t i = index_of(device, option->name);
    double number = device->numbers[i];
    char text[64];
    strcpy(text, device->texts[i]);
    device->reads[i]++;
    if (device->clears_on_read) {
        device->numbers[i] = 0;
        device->texts[i][0] = 0;
    }
    if (option->type == OPTION_TEXT)
        return js_text(text);
    return option->type == OPTION_BOOL ? js_bool(number != 0) : js_int((int64_t)number);
}

/* ---- scanning ---------------------------------------------------------------------------------
 */

enum err_code device_start(struct device *device, struct err *err)
{
    note(device, "start", "");
    if (device->started == device->sheets)
        return err_set(err, ERR_FEEDER_EMPTY, "no sheet is left");
    device->started++;
    device->lines_left = device->frame.lines;
    return ERR_OK;
}

enum err_code device_read(struct device *device, uint8_t *bytes, size_t size, size_t *out_size,
                          bool *out_end, struct err *err)
{
    (void)err, (void)size;
    *out_end = device->lines_left == 0;
    *out_size = *out_end ? 0 : (size_t)device->frame.bytes_per_line;
    device->lines_left -= !*out_end;
    memset(bytes, 128, *out_size);
    return ERR_OK;
}

void device_cancel(struct device *device)
{
    note(device, "cancel", "");
}

enum err_code device_reopen(struct device *device, struct err *err)
{
    note(device, "reopen", "");
    return device->reopen_code ? err_set(err, device->reopen_code, "reopen") : ERR_OK;
}
