#include "drivers/simulator/sheet.h"

#include "drivers/simulator/acted.h"
#include "drivers/simulator/feeder.h"
#include "drivers/simulator/pile.h"

#include <sane/sane.h>
#include <stdio.h>

void sheet_done(struct sheet *sheet)
{
    paper_free(sheet->front);
    paper_free(sheet->back);
    *sheet = (struct sheet){0};
}

static struct paper *open_image(const struct sim_config *config, const char *name)
{
    char path[2 * SIM_PATH_MAX];
    if (name[0] == '/')
        snprintf(path, sizeof path, "%s", name);
    else
        snprintf(path, sizeof path, "%s/%s", config->folder, name);
    struct paper *paper = paper_open(path, config->default_dpi);
    if (!paper)
        sim_debug("%s cannot be read as an image", path);
    return paper;
}

static int open_sheet(const struct sim_config *config, const char *front, const char *back,
                      bool both_sides, struct sheet *out)
{
    out->front = open_image(config, front);
    if (out->front && both_sides)
        out->back = back ? open_image(config, back) : paper_blank(out->front);
    bool turned = !out->back || !config->backs_turned || paper_turn(out->back);
    if (out->front && turned && (out->back || !both_sides))
        return SANE_STATUS_GOOD;
    sheet_done(out);
    return SANE_STATUS_IO_ERROR;
}

static bool script_says(const struct acting *acting, enum sim_fault_kind kind, int number,
                        bool back)
{
    for (size_t i = 0; i < acting->script.count; i++)
        if (acting->script.list[i].kind == kind &&
            sim_fault_is_on(&acting->script.list[i], number, back))
            return true;
    return false;
}

/* Takes sheet `number` off the pile, with what the script makes of that. */
static int take(const struct sim_config *config, const struct acting *acting, int number,
                size_t pile_count)
{
    size_t index;
    int status = acting_start(acting, number, false, false);
    if (status != SANE_STATUS_GOOD)
        return status;
    int sheets = script_says(acting, SIM_FAULT_DOUBLE, number, false) ? 2 : 1;
    if (feeder_take(config->state, pile_count, sheets, &index) != FEEDER_TAKEN)
        return SANE_STATUS_IO_ERROR;
    return acting_start(acting, number, false, true);
}

static int take_next(const struct sim_config *config, const struct acting *acting,
                     const struct sim_pile *pile, bool both_sides, struct sheet *out)
{
    size_t index;
    if (acting->script.count && feeder_is_loaded_anew(config->state))
        acted_forget_sheets(config->state, &acting->script);
    enum feeder_result next = feeder_peek(config->state, pile->count, &index);
    if (next != FEEDER_TAKEN)
        return next == FEEDER_NO_SHEET ? SANE_STATUS_NO_DOCS : SANE_STATUS_IO_ERROR;
    int number = (int)index + 1;
    int status = take(config, acting, number, pile->count);
    if (status != SANE_STATUS_GOOD)
        return status;
    const struct sim_sheet *sheet = &pile->sheets[index];
    const char *front = sheet->front, *back = sheet->back;
    if (index > 0 && script_says(acting, SIM_FAULT_SAME, number, false))
        front = pile->sheets[index - 1].front;
    if (script_says(acting, SIM_FAULT_SAME, number, true))
        back = front;
    status = open_sheet(config, front, back, both_sides, out);
    out->number = number;
    return status;
}

int sheet_from_feeder(const struct sim_config *config, const struct acting *acting, bool both_sides,
                      struct sheet *out)
{
    struct sim_pile pile = {0};
    *out = (struct sheet){0};
    if (!sim_pile_load(config->folder, &pile))
        return SANE_STATUS_IO_ERROR;
    int status = take_next(config, acting, &pile, both_sides, out);
    sim_pile_done(&pile);
    return status;
}

int sheet_from_glass(const struct sim_config *config, const struct acting *acting,
                     struct sheet *out)
{
    struct sim_pile pile = {0};
    char name[SIM_PATH_MAX];
    size_t index;
    *out = (struct sheet){0};
    int status = acting_start(acting, 0, false, false);
    if (status == SANE_STATUS_GOOD)
        status = acting_start(acting, 0, false, true);
    if (status != SANE_STATUS_GOOD)
        return status;
    if (glass_read(config->state, name, sizeof name))
        return open_sheet(config, name, NULL, false, out);
    status = SANE_STATUS_IO_ERROR;
    if (sim_pile_load(config->folder, &pile)) {
        enum feeder_result next = feeder_peek(config->state, pile.count, &index);
        if (next == FEEDER_TAKEN)
            status = open_sheet(config, pile.sheets[index].front, NULL, false, out);
        else if (next == FEEDER_NO_SHEET && (out->front = paper_blank(NULL)))
            status = SANE_STATUS_GOOD;
    }
    sim_pile_done(&pile);
    return status;
}

bool feeder_has_sheet(const struct sim_config *config)
{
    struct sim_pile pile = {0};
    size_t index;
    bool has = sim_pile_load(config->folder, &pile) &&
               feeder_peek(config->state, pile.count, &index) == FEEDER_TAKEN;
    sim_pile_done(&pile);
    return has;
}
