#include "daemon/model/doc_state.h"

#include <string.h>

static const char *const machine_names[MACHINE_COUNT] = {"page", "document", "delivery"};

const struct state_row state_rows[] = {
#define STATE(machine, name, label) {MACHINE_##machine, #name, label},
#include "daemon/model/doc_state.def"
};
const size_t state_row_count = sizeof state_rows / sizeof *state_rows;

const struct state_move state_moves[] = {
#define MOVE(machine, from, to, event) {MACHINE_##machine, #from, #to, event},
#define HOLD(machine, state)                                                                       \
    {MACHINE_##machine, #state, "held", "hold"}, {MACHINE_##machine, "held", #state, "release"},   \
        {MACHINE_##machine, #state, "rejected", "reject"},                                         \
        {MACHINE_##machine, #state, "failed", "fail"},
#include "daemon/model/doc_state.def"
    {MACHINE_page, "held", "rejected", "reject"},
    {MACHINE_document, "held", "rejected", "reject"},
    {MACHINE_delivery, "held", "rejected", "reject"},
};
const size_t state_move_count = sizeof state_moves / sizeof *state_moves;

const char *machine_name(enum machine machine)
{
    return machine_names[machine];
}

bool machine_from_name(const char *name, enum machine *out)
{
    for (int i = 0; i < MACHINE_COUNT; i++) {
        if (strcmp(machine_names[i], name) != 0)
            continue;
        *out = (enum machine)i;
        return true;
    }
    return false;
}

static const struct state_row *find_row(enum machine machine, const char *state)
{
    for (size_t i = 0; i < state_row_count; i++)
        if (state_rows[i].machine == machine && strcmp(state_rows[i].name, state) == 0)
            return &state_rows[i];
    return NULL;
}

bool state_exists(enum machine machine, const char *state)
{
    return find_row(machine, state) != NULL;
}

const char *state_label(enum machine machine, const char *state)
{
    const struct state_row *row = find_row(machine, state);
    return row ? row->label : "";
}

const struct state_move *state_find_move(enum machine machine, const char *from, const char *to)
{
    for (size_t i = 0; i < state_move_count; i++) {
        const struct state_move *move = &state_moves[i];
        if (move->machine == machine && !strcmp(move->from, from) && !strcmp(move->to, to))
            return move;
    }
    return NULL;
}
