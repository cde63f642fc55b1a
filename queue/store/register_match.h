#ifndef SOHOA_STORE_REGISTER_MATCH_H
#define SOHOA_STORE_REGISTER_MATCH_H

#include "queue/store/inside.h"

/*
 * Which row of its folder's registers a paper is: decided by what both carry and by what people
 * said, never by what was joined before, so that papers and rows may come in any order.
 *
 *   path → path without ending → name alone → folder → number and day → number alone
 *
 * The first of these that any row has decides. Several rows, or a row that other papers have as
 * good a claim to, is a question unless the number tells; so is another row with the paper's very
 * number and day. A number alone counts only within a year or an agency that both name.
 */

struct register_match {
    char register_id[ID_SIZE]; /* "": none */
    int64_t line;
    bool question;
    /* "path" "name" "folder", with "_number" behind it when that told between several;
     * "number_date" "number"; of a question "rows" "papers" "elsewhere"; static */
    const char *why;
};

enum err_code register_match(struct store *store, const char *document_id,
                             struct register_match *out, struct err *err);

#endif
