#ifndef SOHOA_SIMULATOR_FEEDER_H
#define SOHOA_SIMULATOR_FEEDER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What survives the process: files in the state folder.
 *
 *   feeder   "next N": sheets of the pile already taken; gone or "next 0" = freshly loaded
 *   glass    name of the image that lies on the glass; gone = the sheet that is next on the pile
 *   device   locked by the process that has the scanner open; device@PORT after it was put in again
 *
 * A sheet counts as taken before its first row is delivered, so a process killed in the middle of
 * one finds the feeder where it was and that sheet spent, as with real paper.
 */

enum feeder_result { FEEDER_TAKEN, FEEDER_NO_SHEET, FEEDER_BROKEN };

/* Takes `sheets` sheets (a double feed takes two); *out_index is the first, from 0. */
enum feeder_result feeder_take(const char *state, size_t pile_count, int sheets, size_t *out_index);
/* Which one would come; pile_count when the feeder is empty. */
enum feeder_result feeder_peek(const char *state, size_t pile_count, size_t *out_index);
/* Has somebody loaded the feeder since it was last asked? */
bool feeder_is_loaded_anew(const char *state);
/* False: nothing was laid there on purpose. */
bool glass_read(const char *state, char *out_name, size_t out_size);

enum device_lock { DEVICE_LOCKED_BY_US, DEVICE_LOCKED_BY_OTHER, DEVICE_NOT_LOCKABLE };
enum device_lock device_lock(const char *state, int port, int *out_fd); /* close it to unlock */

#endif
