#ifndef SOHOA_SEAL_PDF_METADATA_H
#define SOHOA_SEAL_PDF_METADATA_H

#include <stdint.h>

struct pdf_writer;

/* What the law wants said on a file made from paper (Luật GDĐT 2023 Đ12, NĐ 137/2024 Đ4). */
#define PDF_CONVERSION_MARK "Bản điện tử chuyển đổi từ bản giấy"

/* What is true when copying ends, and nothing later. NULL and 0 mean not known and are left out. */
struct pdf_metadata {
    const char *id; /* document id */
    const char *title;
    const char *copier; /* full name of who copied */
    const char *lang;   /* "vi-VN" */
    int64_t copied_at_us;
    int pages;
};

/* The XMP stream: PDF/A-2u identification, Dublin Core, and our own properties with the
 * extension schema PDF/A asks for (ISO 19005-2, 6.6.2.3). */
void pdf_metadata_write_xmp(struct pdf_writer *writer, int number,
                            const struct pdf_metadata *metadata);
/* The information dictionary with the same values. */
void pdf_metadata_write_info(struct pdf_writer *writer, int number,
                             const struct pdf_metadata *metadata);

#define PDF_DATE_SIZE 24
/* "D:20261121091530+07'00'" */
void pdf_date(int64_t utc_us, char out[PDF_DATE_SIZE]);

#endif
