#ifndef SOHOA_CLI_ARGS_H
#define SOHOA_CLI_ARGS_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Command line of one verb, read by its table row. `--name value`, `--name=value`, `-o value`,
 * options and operands in any order, `--` ends the options. Every mistake is USAGE.
 */

struct cli_option {
    const char *name;  /* without dashes; NULL ends a list */
    char letter;       /* 0: none */
    const char *value; /* placeholder in help; NULL: a flag */
    const char *help;
    const char *words; /* values it may have, separated by spaces; NULL: any */
};

#define ARGS_OPERANDS_MAX 256
#define ARGS_VALUES_MAX 64

struct cli_args {
    const char *operand[ARGS_OPERANDS_MAX]; /* NULL: not given */
    size_t operand_count;
    struct {
        const struct cli_option *option;
        const char *text; /* NULL for a flag */
    } value[ARGS_VALUES_MAX];
    size_t value_count;
};

/* `operands` names them as help shows them: "DOSSIER [PAGE]"; those in brackets may be left out, and
 * the last may be "FILE...": one or more, "[FILE...]": any number.
 * The options of cli_common_options are always known. Strings are borrowed from argv. */
enum err_code args_parse(const char *operands, const struct cli_option *options, int argc,
                         char **argv, struct cli_args *out, struct err *err);

extern const struct cli_option cli_common_options[]; /* --json --socket --help */

bool args_has(const struct cli_args *args, const char *name);
/* Of several, the last; NULL when not given. */
const char *args_text(const struct cli_args *args, const char *name);
/* The n-th of a repeated option, from 0; NULL behind the last. */
const char *args_nth(const struct cli_args *args, const char *name, size_t n);
/* A whole number min..max; `fallback` when not given. */
enum err_code args_number(const struct cli_args *args, const char *name, long min, long max,
                          long fallback, long *out, struct err *err);

#endif
