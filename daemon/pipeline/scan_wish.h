#ifndef SOHOA_PIPELINE_SCAN_WISH_H
#define SOHOA_PIPELINE_SCAN_WISH_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stdbool.h>

/*
 * What a scan job is asked for: the request of the clerk over the profile of the device over our
 * defaults (colour, 300 dpi, one A4 side). Pure.
 */

#define SCAN_LEGAL_MIN_DPI 200 /* TT 02/2019/TT-BNV: colour, at least 200 dpi, 1:1 */

/*
 * Arguments of the scan worker's `start`: {"source"?, "mode", "resolution_dpi", "paper"?,
 * "area_mm"?, "options"?, "expect_sheets"?, "source_by_paper"?}: the last where neither names a
 * source and a pile will do, so that the machine says whether there is one. `profile` may be NULL
 * or {"settings", "locked"}.
 * SETTINGS_NOT_LEGAL below what a legal copy needs; PROFILE_LOCKED when the request names another
 * value than a locked profile for what that names; what it does not name is free.
 */
enum err_code scan_wish_settings(const struct js *request, const struct js *profile,
                                 struct js **out, struct err *err);

/* A profile's settings as they may be kept: the same rules, "button" (what a press of the machine's
 * button does: "scan", "tell" the page, "off"), "separators" and "split" (daemon/model/parting.h),
 * and no key that is not known. BAD_ARGUMENT names
 * the key. */
enum err_code scan_wish_check_profile(const struct js *settings, struct err *err);

#endif
