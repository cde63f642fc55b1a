#ifndef SOHOA_TESTS_PAGES_H
#define SOHOA_TESTS_PAGES_H

#include "daemon/image/raster.h"

#include <stdbool.h>
#include <stddef.h>

/* Pages for tests: drawn ones, and the sheets of the shared corpus where it lies beside the tree.
 */

/* A page of printed English lines (Leptonica's built-in bitmap font, letters of about 24 pixels),
 * white with black letters. */
struct raster *pages_draw_text(int width, int height, int channels);
/* Turned counter-clockwise by that many degrees about its centre, white around. */
struct raster *pages_lean(const struct raster *page, double degrees);
/* As a JPEG file; caller's memfd. */
int pages_jpeg_fd(const struct raster *page, double dpi);
int pages_bytes_fd(const void *bytes, size_t size);

/* Path of a file of the corpus. Without the corpus the running test is skipped with a line saying
 * so, or fails when CI=true. */
const char *pages_corpus(const char *name);
struct raster *pages_read(const char *path);

/* A one-page PDF around a JPEG file that fills an A4 page; `extra` lies behind the last object. */
int pages_pdf_fd(int jpeg_fd, const char *extra);

#endif
