#ifndef SOHOA_SIMULATOR_SIM_TEXT_H
#define SOHOA_SIMULATOR_SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Small text files, line by line; '#' begins a comment line. The simulator is a backend that any
 * SANE program loads, so it uses nothing of Sohoa. */

#define SIM_PATH_MAX 4096
#define SIM_LINE_MAX (2 * SIM_PATH_MAX + 2)

struct sim_lines {
    const char *at, *end;
    int number; /* of `line`, from 1 */
    char line[SIM_LINE_MAX];
};

struct sim_lines sim_lines_of(const char *text, size_t size);
/* Next line that is neither empty nor a comment, without the white space at its ends; *out_bad when
 * it is too long or holds a NUL. */
bool sim_lines_next(struct sim_lines *lines, bool *out_bad);

/* The whole text, at most a megabyte; NULL when it is not there. free() it. */
char *sim_read_file(const char *folder, const char *name, size_t *out_size);
bool sim_parse_int(const char *text, int min, int max, int *out);

/* One line on stderr: an error in what somebody wrote for the simulator. */
void sim_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same, only when $SANE_DEBUG_SOHOASIM is set, as backends do. */
void sim_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
