#ifndef SOHOA_SIMULATOR_OPTIONS_H
#define SOHOA_SIMULATOR_OPTIONS_H

#include "drivers/simulator/page.h"
#include "drivers/simulator/sim_config.h"

/* The options of one open device: their descriptors, their values, buttons and sensors. Indices,
 * values and info bits are SANE's. */

enum scan_source { SOURCE_FLATBED, SOURCE_ADF, SOURCE_DUPLEX };

struct scan_options;

/* `config` is borrowed. NULL: no memory. */
struct scan_options *options_new(const struct sim_config *config);
void options_free(struct scan_options *options);

/* The SANE_Option_Descriptor; NULL when there is none. */
const void *options_descriptor(const struct scan_options *options, int index);
/* INVAL for what has no value. */
int options_get(const struct scan_options *options, int index, void *value);
int options_set(struct scan_options *options, int index, void *value, int *info);

enum scan_source options_source(const struct scan_options *options);
struct page_wish options_wish(const struct scan_options *options);

#endif
