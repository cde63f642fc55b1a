#include "drivers/setter.h"

#include "daemon/base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Smaller differences are rounding: a tenth of a millimetre, two thousandths of a number. */
#define ROUNDING_ABSOLUTE 0.1
#define ROUNDING_RELATIVE 0.002

const struct option *setter_find(const struct setter *setter, const char *name)
{
    const struct option *option = device_find_option(setter->device, name);
    return option && option->active && option->settable ? option : NULL;
}

/* What was asked last is what counts: an option set again may come out right. */
static void note(struct setter *setter, const char *name, bool exact)
{
    struct inexact *list = &setter->inexact;
    size_t i = 0;
    while (i < list->count && strcmp(list->names[i], name) != 0)
        i++;
    bool listed = i < list->count;
    if (listed && exact)
        memmove(list->names[i], list->names[i + 1], (--list->count - i) * INEXACT_NAME_SIZE);
    if (!listed && !exact && list->count < INEXACT_MAX)
        snprintf(list->names[list->count++], INEXACT_NAME_SIZE, "%s", name);
}

static bool can_be_read(const struct setter *setter, const char *name)
{
    const struct option *option = device_find_option(setter->device, name);
    return option && option->active && option->readable;
}

enum err_code setter_number(struct setter *setter, const char *name, double wanted,
                            double *out_taken, struct err *err)
{
    double taken = wanted;
    enum err_code code = device_set_number(setter->device, name, wanted, NULL, err);
    if (!code && can_be_read(setter, name))
        code = device_get_number(setter->device, name, &taken, err);
    if (code)
        return code;
    double rounding = fmax(ROUNDING_ABSOLUTE, fabs(wanted) * ROUNDING_RELATIVE);
    note(setter, name, fabs(taken - wanted) <= rounding);
    if (out_taken)
        *out_taken = taken;
    return ERR_OK;
}

enum err_code setter_bool(struct setter *setter, const char *name, bool wanted, struct err *err)
{
    double taken = wanted;
    enum err_code code = device_set_bool(setter->device, name, wanted, err);
    if (!code && can_be_read(setter, name))
        code = device_get_number(setter->device, name, &taken, err);
    if (!code)
        note(setter, name, (taken != 0) == wanted);
    return code;
}

enum err_code setter_text(struct setter *setter, const char *name, const char *wanted,
                          struct err *err)
{
    AUTO(mem) char *asked = mem_strdup(wanted); /* may lie in the options, which are read anew */
    AUTO(mem) char *taken = NULL;
    if (!asked)
        return err_set(err, ERR_NO_MEMORY, "option '%s'", name);
    enum err_code code = device_set_text(setter->device, name, asked, err);
    if (!code && can_be_read(setter, name))
        code = device_get_text(setter->device, name, &taken, err);
    if (!code)
        note(setter, name, !taken || strcasecmp(taken, asked) == 0);
    return code;
}

struct js *inexact_to_js(const struct inexact *inexact)
{
    AUTO(js) struct js *names = js_array();
    for (size_t i = 0; i < inexact->count; i++)
        if (!js_push(names, js_text(inexact->names[i])))
            return NULL;
    return TAKE(names);
}
