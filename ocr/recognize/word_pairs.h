#ifndef SOHOA_RECOGNIZE_WORD_PAIRS_H
#define SOHOA_RECOGNIZE_WORD_PAIRS_H

#include "daemon/model/words.h"

/*
 * Which marks a word has, where its neighbour tells: behind "thẩm" stands "quyền" and never
 * "quyên", the eye alone hardly knows. A word is read anew only when what was read makes no pair
 * that administrative Vietnamese is full of (word_pairs_table.h), the same letters with other marks
 * do, and either it was read unsurely or both its neighbours say so. Names stay as read: only words
 * in small letters, or in capitals throughout, are looked at, and none gains marks that had none.
 * A word that was read anew is never reported as sure.
 */
#define WORD_PAIRS_SURE 0.85

enum err_code word_pairs_settle(struct words *words, struct err *err);

#endif
