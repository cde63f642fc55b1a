#include "drivers/quirks.h"

#include <fnmatch.h>

const struct quirk quirks[] = {
    /* between pages */
    {.name = "pnm:*",
     .effect = QUIRK_BETWEEN_PAGES,
     .value = BETWEEN_CANCEL,
     .reason = "the second sane_start without a cancel gives EOF instead of a page",
     .source = "measured with libsane 1.2.1, backend/pnm.c keeps the file of the first page"},
    {.name = "airscan:*",
     .model = "*HP*Laser*MFP*13[0-9]*",
     .effect = QUIRK_BETWEEN_PAGES,
     .value = BETWEEN_REOPEN,
     .reason = "the second sane_start answers INVAL, even after a cancel; a fresh open helps",
     .source = "github.com/alexpevzner/sane-airscan/issues/332 (HP Laser MFP 135wr)"},

    /* backs that stand on their head: the feeder pulls the sheet through twice */
    {.model = "*WF-3520*",
     .effect = QUIRK_TURN_BACKS,
     .value = 180,
     .reason = "the second pass of a two-pass feeder runs from the bottom up",
     .source = "github.com/alexpevzner/sane-airscan/issues/354"},
    {.model = "*XP-7100*",
     .effect = QUIRK_TURN_BACKS,
     .value = 180,
     .reason = "the second pass of a two-pass feeder runs from the bottom up",
     .source = "github.com/alexpevzner/sane-airscan/issues/354"},
    {.model = "*ET-3950*",
     .effect = QUIRK_TURN_BACKS,
     .value = 180,
     .reason = "the second pass of a two-pass feeder runs from the bottom up",
     .source = "github.com/alexpevzner/sane-airscan/pull/397"},
    {.model = "*WF-7620*",
     .effect = QUIRK_TURN_BACKS,
     .value = 180,
     .reason = "the second pass of a two-pass feeder runs from the bottom up",
     .source = "github.com/sbs20/scanservjs/issues/494"},
    {.model = "*WF-3620*",
     .effect = QUIRK_TURN_BACKS,
     .value = 180,
     .reason = "the second pass of a two-pass feeder runs from the bottom up",
     .source = "github.com/sbs20/scanservjs/issues/728"},
    {.model = "*MB5150*",
     .effect = QUIRK_TURN_BACKS,
     .value = 180,
     .reason = "backs come upside down in duplex",
     .source = "github.com/sbs20/scanservjs/issues/728"},

    /* page size and area */
    {.name = "fujitsu:*",
     .effect = QUIRK_SIZE_ORDER,
     .value = SIZE_BEFORE_AREA,
     .reason = "br-x and br-y are cut down to the page size of the last scan",
     .source =
         "github.com/cyanfish/naps2/issues/129, gitlab.com/sane-project/backends/-/issues/4769"},
    {.name = "canon_dr:*",
     .effect = QUIRK_SIZE_ORDER,
     .value = SIZE_BEFORE_AREA,
     .reason = "the area is cut down to the page size of the last scan",
     .source = "sane-backends 1.2.1, backend/canon_dr.c"},
    {.name = "epjitsu:*",
     .effect = QUIRK_SIZE_ORDER,
     .value = SIZE_BEFORE_AREA,
     .reason = "the area is cut down to the page size of the last scan",
     .source = "sane-backends 1.2.1, backend/epjitsu.c"},
    {.name = "kodak:*",
     .effect = QUIRK_SIZE_ORDER,
     .value = SIZE_BEFORE_AREA,
     .reason = "the area is cut down to the page size of the last scan",
     .source = "sane-backends 1.2.1, backend/kodak.c"},

    /* "feeder empty" that is not true */
    {.name = "airscan:*",
     .model = "*WF-2930*",
     .effect = QUIRK_NO_DOCS_DOUBTFUL,
     .reason = "NO_DOCS after the first page while the feeder still moves: pages are missing",
     .source = "github.com/alexpevzner/sane-airscan/issues/385"},
    {.name = "airscan:*",
     .model = "*MFC-L27[0-9]0DW*",
     .effect = QUIRK_NO_DOCS_DOUBTFUL,
     .reason = "NO_DOCS after two or three sheets of a longer pile",
     .source = "github.com/alexpevzner/sane-airscan/issues/39"},

    /* nothing to poll: reading options would only keep the lamp or the line busy */
    {.name = "airscan:*",
     .effect = QUIRK_NO_BUTTONS,
     .text = "*",
     .reason = "the backend has no button; polling only keeps the network connection busy",
     .source = "sane-airscan 0.99.27, airscan-devops.c"},
    {.name = "escl:*",
     .effect = QUIRK_NO_BUTTONS,
     .text = "*",
     .reason = "the backend has no button; polling only keeps the network connection busy",
     .source = "sane-backends 1.2.1, backend/escl"},
    {.name = "epson2:*",
     .effect = QUIRK_NO_BUTTONS,
     .text = "*",
     .reason = "the backend has no button; polling only keeps the lamp awake",
     .source = "sane-backends 1.2.1, backend/epson2.c"},
    {.name = "epsonds:*",
     .effect = QUIRK_NO_BUTTONS,
     .text = "*",
     .reason = "the backend has no button; polling only keeps the lamp awake",
     .source = "sane-backends 1.2.1, backend/epsonds.c"},
    {.name = "xerox_mfp:*",
     .effect = QUIRK_NO_BUTTONS,
     .text = "*",
     .reason = "the backend has no button; polling only keeps the device awake",
     .source = "sane-backends 1.2.1, backend/xerox_mfp.c"},
    {.name = "kvs*:*",
     .effect = QUIRK_NO_BUTTONS,
     .text = "*",
     .reason = "the backends have no button; polling only keeps the device awake",
     .source = "sane-backends 1.2.1, backend/kvs1025, kvs20xx, kvs40xx"},

    /* busy */
    {.name = "smfp:*",
     .effect = QUIRK_BUSY_MEANS_OFF,
     .reason = "waiting for the other program never ends: there is none",
     .source = "Samsung's vendor backend answers BUSY for a device that is switched off"},
    {.name = "xerox_mfp:*",
     .effect = QUIRK_BUSY_MEANS_OFF,
     .reason = "waiting for the other program never ends: there is none",
     .source = "the same machines as smfp through the free backend"},
};

const size_t quirk_count = sizeof quirks / sizeof *quirks;

static bool fits(const char *pattern, const char *text)
{
    return !pattern || fnmatch(pattern, text, FNM_CASEFOLD) == 0;
}

bool quirk_fits(const struct quirk *quirk, const struct device_facts *facts)
{
    return fits(quirk->name, facts->name) && fits(quirk->identity, facts->identity.text) &&
           fits(quirk->vendor, facts->vendor) &&
           (fits(quirk->model, facts->model) || fits(quirk->model, facts->name));
}

static void apply(const struct quirk *quirk, struct quirk_set *set)
{
    switch (quirk->effect) {
    case QUIRK_BETWEEN_PAGES:
        set->between_pages = (enum between_pages)quirk->value;
        break;
    case QUIRK_TURN_BACKS:
        set->turn_backs_deg = quirk->value;
        break;
    case QUIRK_SIZE_ORDER:
        set->size_order = (enum size_order)quirk->value;
        break;
    case QUIRK_NO_DOCS_DOUBTFUL:
        set->no_docs_doubtful = true;
        break;
    case QUIRK_NO_BUTTONS:
        set->no_buttons = quirk->text;
        break;
    case QUIRK_BUSY_MEANS_OFF:
        set->busy_means_off = true;
        break;
    }
}

void quirks_of(const struct device_facts *facts, struct quirk_set *out)
{
    *out = (struct quirk_set){0};
    for (size_t i = 0; i < quirk_count; i++)
        if (quirk_fits(&quirks[i], facts))
            apply(&quirks[i], out);
}
