#ifndef SOHOA_IMAGE_TIFF_WRITER_H
#define SOHOA_IMAGE_TIFF_WRITER_H

#include "daemon/base/err.h"

#include <stdint.h>

/*
 * Writes one page as a lossless TIFF while its rows arrive: Deflate level 1 (a third of the time of
 * level 6 for a tenth more bytes), horizontal predictor for 8-bit samples, strips of about 256 kB,
 * so memory does not grow with the page. The height need not be known before the end.
 *
 *   open ──rows…──▶ end or finish ──▶ free        (free without them leaves an unreadable file behind)
 *
 * Rows as in drivers/row_sink.h: 1 bit grey (1 = black), 8 bit grey, 8 bit red-green-blue, packed.
 */
struct tiff_writer;

struct tiff_page {
    int width_px;
    int channels; /* 1 or 3 */
    int bits;     /* 1 or 8 */
    double dpi;
};

/* fd is borrowed: writable, seekable, empty. BAD_ARGUMENT for a page of another kind. */
enum err_code tiff_writer_open(int fd, const struct tiff_page *page, struct tiff_writer **out,
                               struct err *err);
/* DISK_FULL, READ_ONLY, IO as the descriptor says. */
enum err_code tiff_writer_rows(struct tiff_writer *writer, const uint8_t *rows, int count,
                               struct err *err);
/* Last strip and directory: after ERR_OK the file is whole, but not on the disk. IMAGE_EMPTY without
 * any row. */
enum err_code tiff_writer_end(struct tiff_writer *writer, struct err *err);
/* The same and fdatasync: after ERR_OK the file survives a power cut. */
enum err_code tiff_writer_finish(struct tiff_writer *writer, struct err *err);
void tiff_writer_free(struct tiff_writer *writer);

static inline void tiff_writer_auto(struct tiff_writer **place)
{
    tiff_writer_free(*place);
}

#endif
