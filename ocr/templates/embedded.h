#ifndef SOHOA_OCR_TEMPLATES_EMBEDDED_H
#define SOHOA_OCR_TEMPLATES_EMBEDDED_H

#include <stddef.h>

/* The JSON files of this folder, compiled in by embed.cmake. */
struct embedded_template {
    const char *name; /* "decision.json" */
    const unsigned char *bytes;
    size_t size;
};

extern const struct embedded_template embedded_templates[];
extern const size_t embedded_template_count;

#endif
