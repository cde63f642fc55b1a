#include "drivers/simulator/sheet.h"

#include "drivers/simulator/feeder.h"

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

static enum sheet_result open_sheet(const struct sim_config *config, const char *front,
                                    const char *back, bool both_sides, struct sheet *out)
{
    out->front = open_image(config, front);
    if (out->front && both_sides)
        out->back = back ? open_image(config, back) : paper_blank(out->front);
    if (out->front && (out->back || !both_sides))
        return SHEET_READY;
    sheet_done(out);
    return SHEET_UNREADABLE;
}

enum sheet_result sheet_from_feeder(const struct sim_config *config, bool both_sides,
                                    struct sheet *out)
{
    struct sim_pile pile = {0};
    struct sim_faults faults;
    size_t index, along;
    enum sheet_result result = SHEET_UNREADABLE;
    *out = (struct sheet){0};
    if (!sim_pile_load(config->folder, &pile) || !sim_faults_load(config->state, &faults)) {
        sim_pile_done(&pile);
        return result;
    }
    enum feeder_result taken = feeder_take(config->state, pile.count, 1, &index);
    if (taken == FEEDER_NO_SHEET)
        result = SHEET_NONE;
    if (taken == FEEDER_TAKEN) {
        const struct sim_sheet *sheet = &pile.sheets[index];
        struct sim_fault fault = sim_fault_for(&faults, (int)index + 1);
        if (fault.kind == SIM_FAULT_DOUBLE)
            feeder_take(config->state, pile.count, 1, &along);
        result = open_sheet(config, sheet->front, sheet->back, both_sides, out);
        out->fault = fault;
    }
    sim_pile_done(&pile);
    return result;
}

enum sheet_result sheet_from_glass(const struct sim_config *config, struct sheet *out)
{
    struct sim_pile pile = {0};
    struct sim_faults faults;
    char name[SIM_PATH_MAX];
    size_t index;
    enum sheet_result result = SHEET_UNREADABLE;
    *out = (struct sheet){0};
    if (!sim_faults_load(config->state, &faults))
        return result;
    if (glass_read(config->state, name, sizeof name)) {
        result = open_sheet(config, name, NULL, false, out);
    } else if (sim_pile_load(config->folder, &pile)) {
        enum feeder_result next = feeder_peek(config->state, pile.count, &index);
        if (next == FEEDER_TAKEN)
            result = open_sheet(config, pile.sheets[index].front, NULL, false, out);
        else if (next == FEEDER_NO_SHEET && (out->front = paper_blank(NULL)))
            result = SHEET_READY;
    }
    sim_pile_done(&pile);
    out->fault = sim_fault_for(&faults, 0);
    return result;
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
