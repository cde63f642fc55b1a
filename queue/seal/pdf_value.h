#ifndef SOHOA_SEAL_PDF_VALUE_H
#define SOHOA_SEAL_PDF_VALUE_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* PDF objects as values (ISO 32000-1, 7.3): read from bytes of a file, changed, written back. */
struct pdf_writer;

enum pdf_kind {
    PDF_NULL,
    PDF_BOOL,
    PDF_INT,
    PDF_REAL,
    PDF_NAME,
    PDF_STRING,
    PDF_ARRAY,
    PDF_DICT,
    PDF_REF
};

struct pdf_value;

#define PDF_VALUE_MAX_DEPTH 24
#define PDF_VALUE_MAX_ITEMS 100000

/* What stands at bytes[*at]; *at moves behind it. PDF_UNREADABLE for anything malformed; *out_cut
 * (may be NULL) then says that only more bytes could have helped. */
enum err_code pdf_value_parse(const char *bytes, size_t size, size_t *at, struct pdf_value **out,
                              bool *out_cut, struct err *err);
void pdf_value_free(struct pdf_value *value);
AUTO_DEFINE(pdf_value, struct pdf_value *, pdf_value_free);

/* White space and comments. */
size_t pdf_skip_space(const char *bytes, size_t size, size_t at);

/* Constructors return NULL when out of memory. */
struct pdf_value *pdf_value_int(int64_t number);
struct pdf_value *pdf_value_ref(int number);
struct pdf_value *pdf_value_array(void);
/* Take `item` over in every case; false when out of memory, of the wrong kind or for a NULL item.
 */
bool pdf_value_push(struct pdf_value *array, struct pdf_value *item);
bool pdf_value_set(struct pdf_value *dict, const char *key, struct pdf_value *item);

/* Reading; results are borrowed. NULL values and wrong kinds give "nothing". */
enum pdf_kind pdf_value_kind(const struct pdf_value *value);
const struct pdf_value *pdf_value_get(const struct pdf_value *dict, const char *key);
size_t pdf_value_count(const struct pdf_value *array_or_dict);
struct pdf_value *pdf_value_item(const struct pdf_value *array, size_t index);
bool pdf_value_is_name(const struct pdf_value *value, const char *name);
int pdf_value_ref_number(const struct pdf_value *value); /* 0: no reference of generation 0 */
bool pdf_value_get_int(const struct pdf_value *value, int64_t *out);
bool pdf_value_get_number(const struct pdf_value *value, double *out);
const char *pdf_value_bytes(const struct pdf_value *string, size_t *out_size);

void pdf_value_write(struct pdf_writer *writer, const struct pdf_value *value);

#endif
