#ifndef SOHOA_STORE_FIELDS_H
#define SOHOA_STORE_FIELDS_H

#include "daemon/model/field.h"
#include "queue/store/store.h"

/* Field rows: what the machine proposed, and beside it what a person confirmed. */

/* Replaces the whole proposal of a document; joins the caller's transaction. */
enum err_code fields_store_proposal(struct store *store, const char *document_id,
                                    const struct fields *fields, struct err *err);
enum err_code fields_load_proposal(struct store *store, const char *document_id, struct fields *out,
                                   struct err *err);
/* The contract's "fields" object. */
enum err_code fields_view_proposal(struct store *store, const char *document_id, struct js **out,
                                   struct err *err);

struct confirmation {
    enum field_name name;
    const char *value; /* canonical; NULL: the paper does not have it */
    bool answered;     /* by the person, else the proposal stood */
};
enum err_code fields_store_confirmed(struct store *store, const char *document_id,
                                     const struct confirmation *item, const char *by, int64_t at_us,
                                     struct err *err);
/* {name: value…} of the confirmed ones; no_expiry is a boolean. */
enum err_code fields_view_confirmed(struct store *store, const char *document_id, struct js **out,
                                    struct err *err);
/* One confirmed value, the caller's; NULL when there is none. */
enum err_code fields_confirmed_text(struct store *store, const char *document_id,
                                    enum field_name name, char **out, struct err *err);

#endif
