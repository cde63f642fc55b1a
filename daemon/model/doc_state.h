#ifndef SOHOA_MODEL_DOC_STATE_H
#define SOHOA_MODEL_DOC_STATE_H

#include <stdbool.h>
#include <stddef.h>

/* States and legal moves of pages, documents and deliveries: the table is doc_state.def, with its
 * drawing. Nothing here changes a state; queue/store's store_advance does. */

enum machine { MACHINE_page, MACHINE_document, MACHINE_delivery, MACHINE_COUNT };

const char *machine_name(enum machine machine);
bool machine_from_name(const char *name, enum machine *out);

bool state_exists(enum machine machine, const char *state);
const char *state_label(enum machine machine, const char *state); /* Vietnamese; "" when unknown */

/* One row of the expanded table (HOLD rows included). */
struct state_move {
    enum machine machine;
    const char *from, *to, *event; /* events of HOLD: "hold" "release" "reject" "fail" */
};

extern const struct state_move state_moves[];
extern const size_t state_move_count;

/* The row from→to, NULL when it is not legal. Leaving held needs held_from = to (the caller
 * checks). */
const struct state_move *state_find_move(enum machine machine, const char *from, const char *to);

struct state_row {
    enum machine machine;
    const char *name, *label;
};
extern const struct state_row state_rows[];
extern const size_t state_row_count;

#endif
