#ifndef SOHOA_STORE_DAMAGE_H
#define SOHOA_STORE_DAMAGE_H

#include "daemon/base/err.h"

/* STORE_CORRUPT: what is wrong with the store of that folder and what to do now, naming the newest
 * backup that lies there, if one does. `what` follows "store.db in '<folder>' ". */
enum err_code store_damaged(const char *folder, const char *what, struct err *err);
/* The same for the files of the store. */
enum err_code store_blobs_gone(const char *folder, struct err *err);

#endif
