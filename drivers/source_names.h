#ifndef SOHOA_DRIVERS_SOURCE_NAMES_H
#define SOHOA_DRIVERS_SOURCE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* What backends call the glass, the feeder and the colour modes: tables only, no device. */

enum scan_source { SOURCE_UNSET, SOURCE_FLATBED, SOURCE_ADF, SOURCE_DUPLEX };
enum scan_mode { MODE_UNSET, MODE_COLOR, MODE_GRAY, MODE_LINEART };

const char *scan_source_name(enum scan_source source); /* "flatbed"; "" for SOURCE_UNSET */
bool scan_source_from_name(const char *name, enum scan_source *out);
const char *scan_mode_name(enum scan_mode mode);
bool scan_mode_from_name(const char *name, enum scan_mode *out);

/* The n-th name backends use for it, best first; NULL after the last. */
const char *source_candidate(enum scan_source source, size_t n);
const char *mode_candidate(enum scan_mode mode, size_t n);
/* A backend's name back to ours; SOURCE_UNSET, MODE_UNSET when nobody uses it. */
enum scan_source source_from_candidate(const char *name);
enum scan_mode mode_from_candidate(const char *name);

#endif
