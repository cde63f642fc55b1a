#ifndef SOHOA_UPLOAD_MAPPING_LINE_H
#define SOHOA_UPLOAD_MAPPING_LINE_H

#include <stddef.h>

/* The line, from 1, on which the value at `path` ("operations.send.body[2].MaHoSo") begins in a
 * JSON text that was parsed before; of what is not there, that of the last part that is. */
int mapping_line(const char *text, size_t size, const char *path);

#endif
