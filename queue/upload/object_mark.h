#ifndef SOHOA_UPLOAD_OBJECT_MARK_H
#define SOHOA_UPLOAD_OBJECT_MARK_H

#include "queue/upload/target.h"

/*
 * What is said later about a record that lies as objects, in small objects beside it:
 *
 *   <remote name>.withdrawn   the tombstone: when, why, by whom, hashes of what is taken back
 *   <remote name>.shown       a record that was sent hidden may be shown
 *
 * No object is ever changed. Where the target removes what was withdrawn, the record's files go
 * after the tombstone was read back; a store that keeps them (object lock, no right to delete)
 * leaves the tombstone standing beside them.
 */
enum err_code object_withdraw(struct target *target, const struct target_withdrawal *what,
                              struct target_mark *out, struct err *err);
enum err_code object_show(struct target *target, const struct target_showing *what,
                          struct target_mark *out, struct err *err);

#endif
