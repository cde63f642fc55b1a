#ifndef SOHOA_UPLOAD_S3_XML_H
#define SOHOA_UPLOAD_S3_XML_H

#include "daemon/base/err.h"

#include <stddef.h>

/* What S3 stores answer in: small XML without attributes that matter. */

/* At the end of each element: its local name and its own text. Not ERR_OK ends the reading. */
typedef enum err_code s3_element_fn(void *payload, const char *name, const char *text,
                                    struct err *err);

/* TARGET_BAD_REPLY: not well-formed, a document type, deeper than 20, a text of over 8 KB. */
enum err_code s3_xml_read(const char *bytes, size_t size, s3_element_fn *element, void *payload,
                          struct err *err);

/* Text of the first element of that name; "" when there is none or this is no XML. */
void s3_xml_find(const char *bytes, size_t size, const char *name, char *out, size_t out_size);

#endif
