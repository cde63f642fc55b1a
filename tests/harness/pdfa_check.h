#ifndef SOHOA_TESTS_PDFA_CHECK_H
#define SOHOA_TESTS_PDFA_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <qpdf/qpdf-c.h>

/*
 * A checker of PDF/A-2b and 2u (ISO 19005-2) for the constructs this project writes. Independent of
 * queue/seal: it reads bytes by itself and objects through qpdf. Calibrated on the veraPDF corpus,
 * see tests/golden/pdf/pdfa_corpus.
 */

struct check {
    const char *path;
    unsigned char *bytes;
    size_t size;
    qpdf_data qpdf;
    bool level_u;
    size_t faults;
    bool quiet;
    /* colour of the output intent: 0 none, else 'R', 'C', 'G' */
    char intent;
    unsigned char *visited; /* by object number */
    size_t visited_size;
};

void fault(struct check *check, const char *clause, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Entry of a dictionary or of a stream's; null when there is none. */
qpdf_oh key(struct check *check, qpdf_oh dict, const char *name);
bool has(struct check *check, qpdf_oh dict, const char *name);
bool is_name(struct check *check, qpdf_oh value, const char *name);
bool is_true(struct check *check, qpdf_oh dict, const char *name);

void check_bytes(struct check *check);
void check_output_intents(struct check *check, qpdf_oh catalogue);
void check_device_colour(struct check *check, qpdf_oh resources, const char *space);
void check_colour_space(struct check *check, qpdf_oh resources, qpdf_oh space, int depth);
void check_intent_name(struct check *check, qpdf_oh name);
void check_content(struct check *check, qpdf_oh resources, const unsigned char *bytes, size_t size);
void check_used_fonts(struct check *check); /* after the last content stream */
void check_xobject(struct check *check, qpdf_oh xobject, qpdf_oh resources);
void check_xmp(struct check *check, const char *xmp, size_t size);
void check_document(struct check *check);
/* Used codes of a font: bit array of 65536. */
void check_font(struct check *check, qpdf_oh font, const unsigned char *used_codes);
/* Data of a stream, all filters undone; NULL when that fails. Caller's (free). */
unsigned char *stream_data(struct check *check, qpdf_oh stream, size_t *out_size);
/* Class and colour space signatures and the version of an ICC profile; false when it is none. */
struct icc {
    char class[5], space[5];
    int version;
};
bool read_icc(struct check *check, qpdf_oh stream, struct icc *out);

#endif
