#ifndef SOHOA_DRIVERS_CAPTURE_H
#define SOHOA_DRIVERS_CAPTURE_H

#include "drivers/page_check.h"
#include "drivers/settings.h"

/*
 * A batch of pages from one device.
 *
 *   begin ──▶ ready ──next_page──▶ ready ──…──▶ over ──free
 *               │      any error ends the batch: ▲
 *               └────────────────────────────────┘
 *
 * sane_cancel is called once, when the batch is over, and never between the pages of a feeder.
 * quirks.c has the exceptions: machines that want a cancel, or to be closed and opened and set anew
 * before the next page. The device is borrowed.
 */
struct capture;

struct captured_page {
    struct page_shape shape;
    double width_mm, height_mm; /* by the pixels and the resolution really set */
    bool back;                  /* second side of its sheet */
    int sheet;                  /* 1, 2, … in this batch */
    bool more;                  /* a feeder: ask again, FEEDER_EMPTY ends the pile */
    int turn_deg; /* 180: this side is known to come upside down; pixels are as came */
    struct page_size_doubts doubts;
};

/* lines_expected -1: unknown. An error ends the page. */
typedef enum err_code capture_progress_fn(void *payload, int lines, int lines_expected,
                                          struct err *err);

enum err_code capture_begin(struct device *device, const struct scan_settings *wanted,
                            struct capture **out, struct err *err);
const struct scan_settings *capture_settings(const struct capture *capture);
bool capture_is_over(const struct capture *capture);

/* One page: rows go to the sinks as they come. FEEDER_EMPTY before the page, PAGE_TRUNCATED,
 * FEEDER_JAM, COVER_OPEN, SCANNER_IO, CANCELLED…; then the sinks were not ended and the batch is
 * over. `progress` may be NULL. */
enum err_code capture_next_page(struct capture *capture, struct row_sink *const *sinks,
                                size_t sink_count, capture_progress_fn *progress, void *payload,
                                struct captured_page *out, struct err *err);
void capture_free(struct capture *capture);

static inline void capture_auto(struct capture **place)
{
    capture_free(*place);
}

#endif
