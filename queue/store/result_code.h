#ifndef SOHOA_STORE_RESULT_CODE_H
#define SOHOA_STORE_RESULT_CODE_H

#include "queue/store/store.h"

/* Mã kết quả số hóa (regulations 2.5): a template, a running number per prefix that only counts up.
 */

/* Placeholders: owner (identifier, may be blank), type, number (số ký hiệu), procedure, paper (its
 * code among the components of the procedure), dossier and seq, which has to be there once;
 * {seq:02} pads with zeros. */
#define CODE_TEMPLATE_DEFAULT "{owner}.{type}.{number}.{seq:02}"
#define COMPONENT_CODE_TEMPLATE_DEFAULT "{owner}.{procedure}.{paper}.{seq:02}"
/* How a provisional code begins (tạm); no template may begin so. */
#define RESULT_CODE_PROVISIONAL "TAM-"
#define RESULT_CODE_MAX 400 /* bytes, with the NUL */

/* BAD_CONFIG */
enum err_code result_code_check_template(const char *form, struct err *err);

struct code_parts {
    const char *owner, *type, *number, *procedure, *dossier; /* NULL: blank */
    const char *paper; /* NULL: no component of a case, which has another template */
};
/* A code no document has or ever had; joins the caller's transaction. */
enum err_code result_code_next(struct store *store, const struct code_parts *parts,
                               char out[RESULT_CODE_MAX], struct err *err);

#endif
