#include "daemon/cli/args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct cli_option cli_common_options[] = {
    {"json", 0, NULL, "print the daemon's answer as JSON"},
    {"socket", 0, "PATH", "socket of sohoad (else $SOHOA_SOCKET, else the installed one)"},
    {"help", 'h', NULL, "show this help"},
    {0},
};

static const struct cli_option *find_long(const struct cli_option *options, const char *name,
                                          size_t size)
{
    for (; options && options->name; options++) {
        if (strlen(options->name) == size && strncmp(options->name, name, size) == 0)
            return options;
    }
    return NULL;
}

static const struct cli_option *find_letter(const struct cli_option *options, char letter)
{
    for (; options && options->name; options++) {
        if (options->letter == letter)
            return options;
    }
    return NULL;
}

static enum err_code add_value(struct cli_args *args, const struct cli_option *option,
                               const char *text, struct err *err)
{
    if (args->value_count == ARGS_VALUES_MAX)
        return err_set(err, ERR_USAGE, "more than %d options", ARGS_VALUES_MAX);
    args->value[args->value_count].option = option;
    args->value[args->value_count++].text = text;
    return ERR_OK;
}

static bool is_among(const char *words, const char *text)
{
    size_t size = strlen(text);
    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (word == size && strncmp(at, text, size) == 0)
            return true;
        at += word;
    }
    return false;
}

/* Reads argv[*index], which starts with a dash, and its value; leaves *index on the last used. */
static enum err_code read_option(const struct cli_option *options, int argc, char **argv,
                                 int *index, struct cli_args *args, struct err *err)
{
    const char *word = argv[*index];
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    size_t size = is_long ? strcspn(name, "=") : 1;
    const struct cli_option *option =
        is_long ? find_long(options, name, size) : find_letter(options, *name);
    if (!option)
        option = is_long ? find_long(cli_common_options, name, size)
                         : find_letter(cli_common_options, *name);
    if (!option)
        return err_set(err, ERR_USAGE, "unknown option %s", word);

    const char *text = NULL;
    if (name[size])
        text = name + size + (is_long ? 1 : 0);
    if (!option->value)
        return text ? err_set(err, ERR_USAGE, "--%s takes no value", option->name)
                    : add_value(args, option, NULL, err);
    if (!text && *index + 1 < argc)
        text = argv[++*index];
    if (!text)
        return err_set(err, ERR_USAGE, "--%s needs a value (%s)", option->name, option->value);
    if (option->words && !is_among(option->words, text))
        return err_set(err, ERR_USAGE, "--%s must be one of: %s", option->name, option->words);
    return add_value(args, option, text, err);
}

static enum err_code check_operands(const char *operands, const struct cli_args *args,
                                    struct err *err)
{
    size_t most = 0, least = 0;
    for (const char *word = operands; *word; word += strspn(word, " ")) {
        size_t size = strcspn(word, " ");
        size_t end = size - (word[size - 1] == ']'); /* "FILE..." and "[FILE...]" */
        bool many = end > 3 && strncmp(word + end - 3, "...", 3) == 0;
        most = many ? ARGS_OPERANDS_MAX : most + 1;
        least += *word != '[';
        word += size;
    }
    if (args->operand_count > most)
        return err_set(err, ERR_USAGE, "too many arguments: %s", args->operand[most]);
    if (args->operand_count < least)
        return err_set(err, ERR_USAGE, "missing argument: %s", operands);
    return ERR_OK;
}

enum err_code args_parse(const char *operands, const struct cli_option *options, int argc,
                         char **argv, struct cli_args *out, struct err *err)
{
    struct cli_args args = {0};
    bool options_ended = false;
    for (int i = 0; i < argc; i++) {
        bool is_option = !options_ended && argv[i][0] == '-' && argv[i][1] != '\0';
        if (is_option && strcmp(argv[i], "--") == 0) {
            options_ended = true;
            continue;
        }
        if (is_option) {
            enum err_code code = read_option(options, argc, argv, &i, &args, err);
            if (code)
                return code;
            continue;
        }
        if (args.operand_count == ARGS_OPERANDS_MAX)
            return err_set(err, ERR_USAGE, "too many arguments: %s", argv[i]);
        args.operand[args.operand_count++] = argv[i];
    }
    enum err_code code = args_has(&args, "help") ? ERR_OK : check_operands(operands, &args, err);
    if (!code)
        *out = args;
    return code;
}

bool args_has(const struct cli_args *args, const char *name)
{
    for (size_t i = 0; i < args->value_count; i++) {
        if (strcmp(args->value[i].option->name, name) == 0)
            return true;
    }
    return false;
}

const char *args_nth(const struct cli_args *args, const char *name, size_t n)
{
    for (size_t i = 0; i < args->value_count; i++) {
        if (strcmp(args->value[i].option->name, name) == 0 && n-- == 0)
            return args->value[i].text;
    }
    return NULL;
}

const char *args_text(const struct cli_args *args, const char *name)
{
    const char *last = NULL;
    for (size_t i = 0; i < args->value_count; i++) {
        if (strcmp(args->value[i].option->name, name) == 0)
            last = args->value[i].text;
    }
    return last;
}

enum err_code args_number(const struct cli_args *args, const char *name, long min, long max,
                          long fallback, long *out, struct err *err)
{
    const char *text = args_text(args, name);
    if (!text) {
        *out = fallback;
        return ERR_OK;
    }
    char *end = NULL;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno || end == text || *end || number < min || number > max)
        return err_set(err, ERR_USAGE, "--%s must be a whole number from %ld to %ld", name, min,
                       max);
    *out = number;
    return ERR_OK;
}
