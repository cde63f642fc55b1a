#ifndef SOHOA_STORE_DOCUMENT_CODE_H
#define SOHOA_STORE_DOCUMENT_CODE_H

#include "queue/store/store.h"

/* The result code a document bears (regulations 2.5, R-27). A component of a case is numbered under
 * the case's procedure and the paper's code in it, everything else under its type; store_options
 * say the templates and whether this station may number at all. Where it may not, the code is
 * provisional: RESULT_CODE_PROVISIONAL and a UUID, until the one who numbers has told the real one.
 */

/* Its first code; joins the caller's transaction. */
enum err_code document_give_code(struct store *store, const char *document_id, struct principal by,
                                 struct err *err);

/* The real code in place of a provisional one, at any time after that was given. A record that no
 * target has had yet is written anew; what was sent before keeps the provisional one, which stays
 * known and is never given again. Saying the same code twice is no error. BAD_ARGUMENT: not the
 * form of a code; RESULT_CODE_FINAL: the document has a real one already, or none yet;
 * RESULT_CODE_TAKEN: another document has or had it. */
enum err_code document_set_code(struct store *store, const char *document_id, const char *text,
                                struct principal by, struct err *err);

#endif
