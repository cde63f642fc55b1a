#ifndef SOHOA_RECOGNIZE_WORDS_PACKED_H
#define SOHOA_RECOGNIZE_WORDS_PACKED_H

#include "daemon/base/buf.h"
#include "daemon/model/words.h"

/* Words just read, from a process to its own copy (beside.h): exact to the last bit, and no format
 * for anybody else. */

void words_pack(const struct words *words, struct buf *out);

struct packed {
    const char *at, *end;
};

/* Adds the words of one words_pack to `out`. BAD_MESSAGE: there is not a whole one. */
enum err_code words_unpack(struct packed *from, struct words *out, struct err *err);

#endif
