#ifndef SOHOA_DRIVERS_QUIRKS_H
#define SOHOA_DRIVERS_QUIRKS_H

#include <stdbool.h>

/* Scanners that misbehave: one row per machine in quirks.c, nothing about a model anywhere else. */

enum quirk_effect {
    QUIRK_CANCEL_BETWEEN_PAGES, /* the next page starts only after sane_cancel */
    QUIRK_BUSY_MEANS_OFF,       /* DEVICE_BUSY at open: nobody else has it, it is switched off */
};

struct quirk {
    const char *device; /* pattern on the SANE name, fnmatch(3) */
    enum quirk_effect effect;
    const char *reason; /* what goes wrong without it */
    const char *source; /* where that is known from */
};

extern const struct quirk quirks[]; /* ends with a NULL device */

bool quirk_applies(const char *device_name, enum quirk_effect effect);

#endif
