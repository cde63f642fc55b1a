#ifndef SOHOA_SIMULATOR_SHEET_H
#define SOHOA_SIMULATOR_SHEET_H

#include "drivers/simulator/acting.h"
#include "drivers/simulator/paper.h"
#include "drivers/simulator/sim_config.h"

/* The sheet a scan begins with: from the feeder or from the glass. */
struct sheet {
    struct paper *front;
    struct paper *back; /* feeder with two sides only */
    int number;         /* in the pile, from 1; 0 is the glass */
};

/* Takes the next sheet of the pile: it is spent from there on, readable or not. NO_DOCS without
 * one, IO_ERROR when it is no image, or what the script says. */
int sheet_from_feeder(const struct sim_config *config, const struct acting *acting, bool both_sides,
                      struct sheet *out);
/* What lies on the glass: the image named in the file `glass`, else the sheet next on the pile,
 * else nothing but the lid. */
int sheet_from_glass(const struct sim_config *config, const struct acting *acting,
                     struct sheet *out);
void sheet_done(struct sheet *sheet);

bool feeder_has_sheet(const struct sim_config *config);

#endif
