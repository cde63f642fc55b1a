#include "drivers/sane_inside.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <math.h>
#include <sane/sane.h>
#include <string.h>

#define TEXT_MAX_BYTES 1024
#define FIXED_MAX 32767 /* SANE_Fixed has 16 bits before the point */
#define TEXT_VALUE_MAX_BYTES 65536

/* Text of a backend, made safe for JSON, logs and screens. */
static char *clean_text(const char *text)
{
    char clean[TEXT_MAX_BYTES];
    text_printable(text ? text : "", clean, sizeof clean);
    return mem_strdup(clean);
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

static void free_list(struct option *options, size_t count)
{
    for (size_t i = 0; options && i < count; i++)
        option_done(&options[i]);
    mem_free(options);
}

void device_free_options(struct device *device)
{
    free_list(device->options, device->option_count);
}

enum err_code device_load_options(struct device *device, struct err *err)
{
    SANE_Int count = 0;
    /* first: after RELOAD_OPTIONS the net backend refuses every value until a descriptor is asked
     */
    WATCHED("option", sane_get_option_descriptor(device->handle, 0));
    SANE_Status status = WATCHED(
        "option", sane_control_option(device->handle, 0, SANE_ACTION_GET_VALUE, &count, NULL));
    if (status != SANE_STATUS_GOOD)
        return device_check((int)status, DEVICE_OPTION, "number of options", err);
    if (count < 1 || count > 10000)
        return err_set(err, ERR_SCANNER_IO, "the device names %d options", (int)count);
    struct option *options = mem_array((size_t)count, sizeof *options);
    if (!options)
        return err_set(err, ERR_NO_MEMORY, "options");
    size_t kept = 0;
    bool whole = true;
    device_tell("option", false);
    for (SANE_Int i = 1; whole && i < count; i++) {
        const SANE_Option_Descriptor *descriptor = sane_get_option_descriptor(device->handle, i);
        whole = !descriptor || copy_option((int)i, descriptor, &options[kept++]);
    }
    device_tell("option", true);
    if (!whole) {
        free_list(options, kept);
        return err_set(err, ERR_NO_MEMORY, "options");
    }
    device_free_options(device);
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
        device_check((int)status, DEVICE_OPTION, "setting", err);
        return err_context(err, device_status_error((int)status, DEVICE_OPTION), "option '%s'",
                           option->name);
    }
    return info & SANE_INFO_RELOAD_OPTIONS ? device_load_options(device, err) : ERR_OK;
}

static enum err_code read_word(struct device *device, const struct option *option, SANE_Word *out,
                               struct err *err)
{
    SANE_Word word = 0;
    SANE_Status status = WATCHED("option", sane_control_option(device->handle, option->index,
                                                               SANE_ACTION_GET_VALUE, &word, NULL));
    if (status != SANE_STATUS_GOOD)
        return device_check((int)status, DEVICE_OPTION, "reading an option", err);
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
        return device_check((int)status, DEVICE_OPTION, "reading an option", err);
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
