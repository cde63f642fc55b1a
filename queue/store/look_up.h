#ifndef SOHOA_STORE_LOOK_UP_H
#define SOHOA_STORE_LOOK_UP_H

#include "queue/store/wanted.h"

/*
 * Look before you scan (R-01, regulations 1.2): papers of the owner of a case that are signed here
 * already and fit a wanted paper. They are the same paper when they have its code in the same
 * procedure, its code as a type of result, its name, or a type that says which paper it is (a birth
 * certificate, not a decision). Only components are held: outputs and results are made by the case,
 * and so is what is written for it (tờ khai, đơn).
 *
 * Asked are this station and, where some are set up, other sources (remote_held.h): each is one
 * more name in "asked" and one more "held_by", with its answers as entries of the same form.
 */

#define HELD_LOCAL "local"

/* A paper that is held, as far as it tells which wanted one it is. */
struct look_up_paper {
    const char *stage, *code, *procedure; /* where it was handed in or made; NULL: not known */
    const char *type, *name;
};
bool look_up_fits(const struct look_up_paper *held, const struct js *wanted_paper,
                  const char *procedure);

/* Adds "held" to each paper: [{"held_by": HELD_LOCAL, "document_id", "dossier_id", "dossier_code",
 * "result_code", "name", "type", "number_symbol", "issue_date", "issuer", "valid_until", "class":
 * component.h, "validity": "valid" "unknown" (nobody knows how long) "expired" "replaced" "over",
 * "fit": may be used}…], those that may be used first, ours before those of others, which have
 * "held_id", "answered_us" and "has_file" and no document and dossier. *out_look_up: as in
 * wanted.h, or null. */
enum err_code look_up_add(struct store *store, const struct wanted_case *of,
                          const struct js *papers, struct js **out_look_up, struct err *err);

/* By the number a person types from the paper in their hand, whatever kind it is: {"held": entries
 * as above, papers of one case among them, "look_up": as in wanted.h; null where the owner is not
 * known}. Letters' case and accents and spaces do not matter; what stands before a '/' finds
 * it, too. NOT_FOUND; BAD_ARGUMENT: no number. */
enum err_code look_up_number(struct store *store, const char *dossier_id, const char *number,
                             struct js **out, struct err *err);

/* One document as such an entry, "owner_id" beside; whatever its state ("over": superseded,
 * withdrawn, refused; "unsigned"). NOT_FOUND */
enum err_code look_up_document(struct store *store, const char *document_id, struct js **out,
                               struct err *err);

#endif
