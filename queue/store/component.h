#ifndef SOHOA_STORE_COMPONENT_H
#define SOHOA_STORE_COMPONENT_H

#include "queue/store/store.h"

/*
 * Which wanted paper of its dossier a document is: a stage and the code the paper has there. A
 * person's word stands as long as the procedure does; else it is proposed by title and type, anew
 * whenever one of them or the procedure changes, until the document has its result code. A paper
 * issued before the case was received is none of its outputs and results. A code is remembered with
 * its procedure: under another one it stands at no paper, though that list may have the same code.
 */

#define STAGE_COMPONENT "component" /* handed in */
#define STAGE_OUTPUT "output"       /* of units that took part in processing */
#define STAGE_RESULT "result"

/* State of a paper (regulations 1, K03). */
enum component_class {
    CLASS_NONE = 0,
    CLASS_DIGITIZED = 1,
    CLASS_REUSED_COMPONENT = 2,
    CLASS_REUSED_RESULT = 3
};

/*
 * The facts behind the portal's flags (R-30; regulations 11.2, 12.6), of the case: of all dossiers
 * with this one's code, as components and result come at different times. One row for each paper
 * that is there or reused; forms of the one-stop counter (TT 03/2025) are none. With `missing` also
 * class 0 ones that the procedure wants of this dossier:
 * [{"dossier_id", "stage", "paper_code" or null (a free paper), "class": enum component_class,
 *   "digitized": a signed copy was made here, it did not come as a file (DuocSoHoa),
 *   "reused": 0 no, 1 from a component, 2 from a result (DuocTaiSuDung),
 *   "document_id", "result_code": of the digitized copy, or null,
 *   "source": {"held_by": "local" or a source, "document_id", "result_code", "national": the
 *              national warehouse held it (DuocLayTuKhoDMQG)} or null,
 *   "replaced_by": result code of the result that stands for the paper (MaKetQuaThayThe) or null}…]
 * Without `missing` it reads rows of this case only, by their indexes. NOT_FOUND
 */
enum err_code component_facts(struct store *store, const char *dossier_id, bool missing,
                              struct js **out, struct err *err);

/* The paper of that code among "papers" of wanted.h; stage NULL: in any. NULL: none. Borrowed. */
const struct js *component_find(const struct js *papers, const char *stage, const char *code);

/* One wanted paper of a dossier. */
struct paper_key {
    const char *dossier_id;
    const char *stage; /* NULL: the first that has the code */
    const char *code;
};
/* The paper a key means in a dossier that is open; *out_wanted (wanted_of_dossier) owns it.
 * NOT_FOUND, STATE_CHANGED, PAPER_UNKNOWN */
enum err_code component_get(struct store *store, const struct paper_key *key,
                            struct js **out_wanted, const struct js **out_paper, struct err *err);

/* Fills "documents" of the papers and `others` with the documents of the dossier that count. */
enum err_code component_place(struct store *store, const char *dossier_id, const struct js *papers,
                              struct js *others, struct err *err);

/* Inside the caller's transaction: writes down what is proposed now for all documents of the
 * dossier about which nobody has said anything. */
enum err_code component_settle(struct store *store, const char *dossier_id, struct err *err);
/* The same, of the dossier the document is in. */
enum err_code component_settle_around(struct store *store, const char *document_id,
                                      struct err *err);

/* Inside the caller's transaction: the dossier is about something else, where the same codes mean
 * other papers. What people said of its documents is asked anew (component_settle), but for what
 * went into a result code. *out_count: documents about which somebody had said something. */
enum err_code component_forget_said(struct store *store, const char *dossier_id, int64_t *out_count,
                                    struct err *err);

/* Inside the caller's transaction: a person's word. code NULL: none of the wanted papers. */
enum err_code component_write(struct store *store, const char *document_id, const char *stage,
                              const char *code, struct principal by, struct err *err);

#endif
