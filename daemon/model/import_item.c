#include "daemon/model/import_item.h"

#include <string.h>

#define TO(state) (1u << IMPORT_##state)

static const struct {
    const char *name;
    unsigned may_become;
} states[IMPORT_STATE_COUNT] = {
    [IMPORT_FOUND] = {"found", TO(STABLE) | TO(REFUSED) | TO(WAITING)},
    [IMPORT_STABLE] = {"stable", TO(FOUND) | TO(TAKEN) | TO(DUPLICATE) | TO(REFUSED) | TO(WAITING)},
    [IMPORT_TAKEN] = {"taken", TO(PAGED) | TO(DUPLICATE) | TO(REFUSED) | TO(WAITING)},
    [IMPORT_PAGED] = {"paged", TO(DONE) | TO(REFUSED) | TO(WAITING)},
    [IMPORT_DONE] = {"done", TO(TAKEN)},
    [IMPORT_DUPLICATE] = {"duplicate", 0},
    [IMPORT_REFUSED] = {"refused", TO(FOUND) | TO(TAKEN) | TO(PAGED)},
    [IMPORT_WAITING] = {"waiting", TO(FOUND) | TO(STABLE) | TO(TAKEN) | TO(PAGED) | TO(REFUSED)},
};

const char *import_state_name(enum import_state state)
{
    return states[state].name;
}

bool import_state_from_name(const char *name, enum import_state *out)
{
    for (int state = 0; state < IMPORT_STATE_COUNT; state++)
        if (strcmp(states[state].name, name) == 0) {
            *out = (enum import_state)state;
            return true;
        }
    return false;
}

bool import_may_move(enum import_state from, enum import_state to)
{
    return (states[from].may_become & 1u << to) != 0;
}

enum import_identity import_identify(const char *known_folder, const char *known_path,
                                     bool known_present, const char *folder, const char *path)
{
    if (strcmp(known_folder, folder) == 0 && strcmp(known_path, path) == 0)
        return IMPORT_SAME;
    return known_present ? IMPORT_COPY : IMPORT_MOVED;
}

struct import_balance import_balance(long long found, const long long counts[IMPORT_STATE_COUNT])
{
    return (struct import_balance){
        .found = found,
        .imported = counts[IMPORT_DONE],
        .duplicate = counts[IMPORT_DUPLICATE],
        .refused = counts[IMPORT_REFUSED],
        .waiting = counts[IMPORT_FOUND] + counts[IMPORT_STABLE] + counts[IMPORT_TAKEN] +
                   counts[IMPORT_PAGED] + counts[IMPORT_WAITING],
    };
}

long long import_balance_difference(const struct import_balance *balance)
{
    return balance->found -
           (balance->imported + balance->duplicate + balance->refused + balance->waiting);
}

struct js *import_balance_to_js(const struct import_balance *balance)
{
    return js_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "found", balance->found, "imported",
                   balance->imported, "duplicate", balance->duplicate, "refused", balance->refused,
                   "waiting", balance->waiting, "difference", import_balance_difference(balance));
}
