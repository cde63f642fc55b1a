#ifndef SOHOA_TESTS_POWER_JOURNEY_H
#define SOHOA_TESTS_POWER_JOURNEY_H

#include "tests/fault/power/life.h"

/*
 * The journey of pages into the store, and what people do to them: scanned, replaced, inserted,
 * joined as a note, taken out, brought back, moved, turned, fronts and backs interleaved, two
 * papers joined, scanning finished, work claimed. After each step the papers look as before or as
 * after it, never in between; what was said to have happened has happened; after a death the step
 * is done again when it is not done, as the daemon or the clerk would.
 */

/* False: nobody died on the way. Fails the test when a promise is broken. */
bool journey_goes(struct life *life, unsigned nth, bool half);

#endif
