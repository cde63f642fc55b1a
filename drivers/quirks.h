#ifndef SOHOA_DRIVERS_QUIRKS_H
#define SOHOA_DRIVERS_QUIRKS_H

#include "drivers/device_facts.h"

/* Scanners that misbehave: one row each in quirks.c, nothing about a model anywhere else. */

enum between_pages { BETWEEN_NOTHING, BETWEEN_CANCEL, BETWEEN_REOPEN };
enum size_order { SIZE_BEFORE_AREA, SIZE_AFTER_AREA };

enum quirk_effect {
    QUIRK_BETWEEN_PAGES,    /* value: enum between_pages, what the next sane_start needs */
    QUIRK_TURN_BACKS,       /* value: degrees a back side stands turned */
    QUIRK_SIZE_ORDER,       /* value: enum size_order, page-width and -height against the area */
    QUIRK_NO_DOCS_DOUBTFUL, /* "feeder empty" may come while sheets are left: ask the clerk */
    QUIRK_NO_BUTTONS,       /* text: pattern of options that are no buttons here, fnmatch(3) */
    QUIRK_BUSY_MEANS_OFF,   /* DEVICE_BUSY at open: nobody else has it, it is switched off */
};

struct quirk {
    /* Patterns, fnmatch(3) without regard to case; NULL fits all. `model` is tried on the model's
     * name and on the SANE name, because network backends put the one into the other. */
    const char *name, *identity, *vendor, *model;
    enum quirk_effect effect;
    int value;
    const char *text;
    const char *reason; /* what goes wrong without it */
    const char *source; /* where that is known from */
};

extern const struct quirk quirks[];
extern const size_t quirk_count;

bool quirk_fits(const struct quirk *quirk, const struct device_facts *facts);

/* All that is odd about one device; the last row that fits wins. Zero: a good scanner. */
struct quirk_set {
    enum between_pages between_pages;
    int turn_backs_deg;
    enum size_order size_order;
    bool no_docs_doubtful;
    const char *no_buttons; /* NULL or a pattern */
    bool busy_means_off;
};

void quirks_of(const struct device_facts *facts, struct quirk_set *out);

#endif
