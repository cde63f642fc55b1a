#include "drivers/quirks.h"

#include <fnmatch.h>
#include <stddef.h>

const struct quirk quirks[] = {
    {"pnm:*", QUIRK_CANCEL_BETWEEN_PAGES,
     "the second sane_start without a cancel gives EOF instead of a page",
     "measured with libsane 1.2.1, backend/pnm.c keeps the file of the first page"},
    {"smfp:*", QUIRK_BUSY_MEANS_OFF, "waiting for the other program never ends: there is none",
     "Samsung's vendor backend answers BUSY for a device that is switched off"},
    {NULL, 0, NULL, NULL},
};

bool quirk_applies(const char *device_name, enum quirk_effect effect)
{
    for (const struct quirk *quirk = quirks; quirk->device; quirk++)
        if (quirk->effect == effect && fnmatch(quirk->device, device_name, 0) == 0)
            return true;
    return false;
}
