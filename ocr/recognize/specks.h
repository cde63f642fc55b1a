#ifndef SOHOA_RECOGNIZE_SPECKS_H
#define SOHOA_RECOGNIZE_SPECKS_H

#include "daemon/model/words.h"

/*
 * A hairline under the motto, dirt and the rim of a stamp are read as words of letters that would
 * be a fraction as high as those around them. Such words go before anything looks at them again.
 * Signs stay: a full stop or a dash is that low. Pages of few words stay as they are, since what is
 * usual on them nobody knows.
 */
enum err_code specks_drop(struct words *words, struct err *err);

#endif
