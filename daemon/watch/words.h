#ifndef SOHOA_WATCH_WORDS_H
#define SOHOA_WATCH_WORDS_H

#include "daemon/base/js.h"

#include <stddef.h>
#include <stdint.h>

/* Numbers, times and reasons as people read them, in Vietnamese. */

struct word {
    char text[40];
};
struct words {
    char text[500];
};
#define TEXT_SIZE 1500 /* a few of them in one sentence */

struct word words_number(int64_t number); /* 1203: "1.203" */
struct word words_when(int64_t at_us);    /* "16:40 ngày 20/11", Vietnam's time; "" for 0 */
/* 36: "36 giờ làm việc", 72: "3 ngày làm việc"; returns out */
const char *words_hours(int hours, char *out, size_t out_size);

/* What happened, of an error code's text: its first sentence without the full stop. A reason that
 * is no code is a person's own words and comes back as it is. */
struct words words_reason(const char *reason);
/* What to do now: the rest of the text; "" for a person's own words. */
struct words words_help(const char *reason);
/* Whose task it is: "clerk" or "it". */
const char *words_who(const char *reason);
/* Is it an error code's name? */
bool words_is_code(const char *reason);

#endif
