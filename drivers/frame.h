#ifndef SOHOA_DRIVERS_FRAME_H
#define SOHOA_DRIVERS_FRAME_H

#include "drivers/row_sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Assembles the frames of one page into rows. Pure: bytes in, rows out to the sinks, no SANE call.
 *
 *   begin_frame ──bytes…──▶ end_frame ──(three-pass: twice more)──▶ complete ──▶ finish
 *
 * Frames are grey (depth 1, 8, 16), red-green-blue (8, 16), or three passes of one colour each
 * (8, 16) in any order. Rows of single frames go on as they come; three passes are kept in three
 * memory files until the last one is there. Samples of 16 bits come in host byte order and are
 * rounded to 8: no stage after this one uses more, and every reader of the stored image can open
 * it. Grey of depth 1 keeps 1 = black. Source: SANE standard 1.06, section 4.3.8.
 */

enum frame_format { FRAME_GRAY, FRAME_RGB, FRAME_RED, FRAME_GREEN, FRAME_BLUE };

struct frame_params {
    enum frame_format format;
    bool last;
    int bytes_per_line; /* may be more than the pixels need */
    int pixels_per_line;
    int lines; /* -1: unknown (hand scanners, feeders that measure the sheet while it runs) */
    int depth;
};

/* The whole product refuses images above this (design: contracts). A3 at 600 dpi has 70 million. */
#define FRAME_MAX_PIXELS 100000000
#define FRAME_MAX_SIDE_PX 65500

struct assembly;

/* `sinks` is borrowed and must outlive the assembly. */
enum err_code assembly_new(struct row_sink *const *sinks, size_t sink_count, double dpi,
                           struct assembly **out, struct err *err);
void assembly_free(struct assembly *assembly);

/* SCANNER_UNSUPPORTED for a depth or mixture we do not read, SCANNER_IO for parameters that
 * contradict themselves or the frames before, IMAGE_TOO_LARGE above the ceiling. */
enum err_code assembly_begin_frame(struct assembly *assembly, const struct frame_params *params,
                                   struct err *err);
/* Any number of bytes, as they were read. SCANNER_IO for more than the frame was said to have. */
enum err_code assembly_bytes(struct assembly *assembly, const uint8_t *bytes, size_t size,
                             struct err *err);
/* PAGE_TRUNCATED unless exactly bytes_per_line × lines came (unknown lines: a whole number, not 0).
 */
enum err_code assembly_end_frame(struct assembly *assembly, struct err *err);

bool assembly_is_complete(const struct assembly *assembly);
/* Lines of the page seen so far, and expected (-1 unknown). A line of three passes counts once. */
void assembly_progress(const struct assembly *assembly, int *out_lines, int *out_expected);

/* Ends the sinks. SCANNER_IO when frames are missing. */
enum err_code assembly_finish(struct assembly *assembly, struct page_shape *out, struct err *err);

static inline void assembly_auto(struct assembly **place)
{
    assembly_free(*place);
}

#endif
