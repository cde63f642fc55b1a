#ifndef SOHOA_UPLOAD_MAPPING_WHEN_H
#define SOHOA_UPLOAD_MAPPING_WHEN_H

#include <stdbool.h>
#include <stddef.h>

/* Days and moments as receivers write them: yyyy, MM, dd, HH, mm, ss, anything else as it stands;
 * in Vietnam's time (regulations 11.1: yyyyMMddHHmmss, Asia/Ho_Chi_Minh). */

#define MAPPING_WHEN_SIZE 64

bool mapping_pattern_is_good(const char *pattern);

/* From ISO 8601: a day ("2026-11-21", at midnight) or a moment with its zone ("…T09:15:30+07:00",
 * "…Z"). false: it is neither. */
bool mapping_when_write(const char *iso, const char *pattern, char out[MAPPING_WHEN_SIZE]);

/* To an ISO day. false: the text does not follow the pattern or is no day that exists. */
bool mapping_when_read(const char *text, const char *pattern, char out_day[11]);

#endif
