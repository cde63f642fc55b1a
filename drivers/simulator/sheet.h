#ifndef SOHOA_SIMULATOR_SHEET_H
#define SOHOA_SIMULATOR_SHEET_H

#include "drivers/simulator/paper.h"
#include "drivers/simulator/sim_config.h"

/* The sheet a scan begins with: from the feeder or from the glass, with the fault scripted for it.
 */
struct sheet {
    struct paper *front;
    struct paper *back; /* feeder with two sides only */
    struct sim_fault fault;
};

enum sheet_result { SHEET_READY, SHEET_NONE, SHEET_UNREADABLE };

/* Takes the next sheet of the pile: it is spent from here on, readable or not. */
enum sheet_result sheet_from_feeder(const struct sim_config *config, bool both_sides,
                                    struct sheet *out);
/* What lies on the glass: the image named in the file `glass`, else the sheet next on the pile,
 * else nothing but the lid. */
enum sheet_result sheet_from_glass(const struct sim_config *config, struct sheet *out);
void sheet_done(struct sheet *sheet);

bool feeder_has_sheet(const struct sim_config *config);

#endif
