#ifndef SOHOA_SEAL_PDF_READER_H
#define SOHOA_SEAL_PDF_READER_H

#include "queue/seal/pdf_value.h"

/*
 * Reads just enough of a PDF to append a signature to it or to check one: classic cross-reference
 * sections with their chain of updates, and single objects. It is made for files this project
 * wrote; whatever else it meets (cross-reference streams, generations, damage) is PDF_UNREADABLE,
 * never a crash. An encrypted file is PDF_ENCRYPTED.
 */
struct pdf_reader;

/* fd stays the caller's and must stay open. */
enum err_code pdf_reader_open(int fd, struct pdf_reader **out, struct err *err);
void pdf_reader_free(struct pdf_reader *reader);
AUTO_DEFINE(pdf_reader, struct pdf_reader *, pdf_reader_free);

uint64_t pdf_reader_size(const struct pdf_reader *reader);
uint64_t pdf_reader_last_xref(const struct pdf_reader *reader);
int pdf_reader_next_number(const struct pdf_reader *reader);
const struct pdf_value *pdf_reader_trailer(const struct pdf_reader *reader);

/* The value of object `number` (for a stream: its dictionary), the caller's. */
enum err_code pdf_reader_object(struct pdf_reader *reader, int number, struct pdf_value **out,
                                struct err *err);

struct pdf_first_page {
    int number;
    struct pdf_value *dict;
    double width_pt, height_pt;                  /* of the image */
    double left_pt, bottom_pt, right_pt, top_pt; /* what is shown of it (CropBox), else all */
};
/* Page 1 with its boxes, found through the page tree. The image's must start at 0 0 and hold what
 * is shown, the page be unturned. The dictionary is the caller's. */
enum err_code pdf_reader_first_page(struct pdf_reader *reader, struct pdf_first_page *out,
                                    struct err *err);

/* The form dictionary and its object number; it must be an object of its own. */
struct pdf_form {
    int number;
    struct pdf_value *dict; /* the caller's */
};
enum err_code pdf_reader_form(struct pdf_reader *reader, struct pdf_form *out, struct err *err);

#endif
