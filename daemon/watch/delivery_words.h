#ifndef SOHOA_WATCH_DELIVERY_WORDS_H
#define SOHOA_WATCH_DELIVERY_WORDS_H

#include "daemon/base/js.h"

/*
 * One delivery in words. store: the answer of the store's "queue_show"; schedule: schedule_status
 * or NULL. Gives the caller
 *   {"delivery", "states": [{"state", "label", "at_us", "event", "by"}], "last_error": {"code",
 *    "ref", "at_us", "text", "help", "said", "detail"} or null, "next": {"text", "at_us" or null},
 *    "command": what helps, "" when nothing has to be done}
 * "said" are the receiving system's own words, "detail" is English, for IT. NULL: out of memory.
 */
struct js *delivery_words(const struct js *store, const struct js *schedule, int64_t now_us);

#endif
