#ifndef SOHOA_DRIVERS_SOURCE_CHOICE_H
#define SOHOA_DRIVERS_SOURCE_CHOICE_H

#include "drivers/buttons.h"
#include "drivers/source_names.h"

/*
 * Where the paper is when nobody said so. A machine with glass and feeder whose sensor tells of
 * paper in the feeder: the feeder when it lies there (one side, unless the feeder only takes two),
 * the glass when it does not. Any other machine: SOURCE_UNSET, as the device stands. Reads that
 * sensor only: a button that somebody read is pressed no more.
 */
enum scan_source source_by_paper(struct device *device, const struct panel_rules *rules);

#endif
