#include "daemon/cli/help.h"

#include <string.h>

static void print_name(const struct cli_command *command, FILE *out)
{
    fprintf(out, "sohoa %s%s%s%s%s", command->noun, command->verb ? " " : "",
            command->verb ? command->verb : "", *command->operands ? " " : "", command->operands);
}

static void print_row(const struct cli_command *command, FILE *out)
{
    char name[80];
    snprintf(name, sizeof name, "%s%s%s%s%s", command->noun, command->verb ? " " : "",
             command->verb ? command->verb : "", *command->operands ? " " : "", command->operands);
    fprintf(out, "  %-31s  %s\n", name, command->summary);
}

void help_print_all(const struct cli_command *commands)
{
    puts("sohoa: command line of the Sohoa scanning station\n\n"
         "usage: sohoa NOUN [VERB] [ARGUMENT…] [--json] [--socket PATH]\n");
    for (const struct cli_command *row = commands; row->noun; row++)
        print_row(row, stdout);
    puts("\nsohoa NOUN VERB --help shows the options of a command.\n"
         "exit: 0 done, 1 failed, 2 usage, 3 sohoad not reachable");
}

bool help_print_noun(const struct cli_command *commands, const char *noun, FILE *out)
{
    bool any = false;
    for (const struct cli_command *row = commands; row->noun; row++) {
        if (strcmp(row->noun, noun) != 0)
            continue;
        print_row(row, out);
        any = true;
    }
    return any;
}

static void print_options(const struct cli_option *options)
{
    for (; options && options->name; options++) {
        char name[64];
        if (options->letter)
            snprintf(name, sizeof name, "-%c, --%s%s%s", options->letter, options->name,
                     options->value ? " " : "", options->value ? options->value : "");
        else
            snprintf(name, sizeof name, "--%s%s%s", options->name, options->value ? " " : "",
                     options->value ? options->value : "");
        printf("  %-26s  %s\n", name, options->help);
    }
}

void help_print_usage(const struct cli_command *command, FILE *out)
{
    fputs("usage: ", out);
    print_name(command, out);
    fputs(command->options ? " [OPTION…]\n" : "\n", out);
}

void help_print_command(const struct cli_command *command)
{
    help_print_usage(command, stdout);
    printf("\n%s\n\n", command->summary);
    print_options(command->options);
    print_options(cli_common_options);
}

static void print_option_words(const struct cli_option *options)
{
    for (; options && options->name; options++)
        printf(" --%s", options->name);
}

/* What may stand behind an option that takes one of a few words. */
static void print_option_values(const struct cli_option *options)
{
    for (; options && options->name; options++)
        if (options->words)
            printf("; [[ $last == --%s ]] && values=\"%s\"", options->name, options->words);
}

void help_print_completion(const struct cli_command *commands)
{
    puts("# bash completion of sohoa; made by `sohoa completion bash`\n"
         "_sohoa()\n"
         "{\n"
         "    local word=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\" values=\"\"\n"
         "    local last=\"${COMP_WORDS[COMP_CWORD - 1]}\"\n"
         "    if ((COMP_CWORD == 1)); then");
    fputs("        words=\"", stdout);
    const char *last = "";
    for (const struct cli_command *row = commands; row->noun; row++) {
        if (strcmp(row->noun, last) != 0)
            printf("%s%s", *last ? " " : "", row->noun);
        last = row->noun;
    }
    puts(" help --version\"\n    else\n        case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in");
    for (const struct cli_command *row = commands; row->noun; row++) {
        printf("        %s\\ %s) words=\"", row->noun, row->verb ? row->verb : "*");
        fputs("--help", stdout);
        if (!row->run_raw)
            fputs(" --json --socket", stdout);
        print_option_words(row->options);
        putchar('"');
        print_option_values(row->options);
        puts(" ;;");
    }
    puts("        esac\n"
         "        if ((COMP_CWORD == 2)); then\n"
         "            case \"${COMP_WORDS[1]}\" in");
    for (const struct cli_command *row = commands; row->noun; row++) {
        bool is_first = row == commands || strcmp(row[-1].noun, row->noun) != 0;
        if (!row->verb)
            continue;
        if (is_first)
            printf("            %s) words=\"", row->noun);
        printf("%s%s", is_first ? "" : " ", row->verb);
        bool is_final = !row[1].noun || !row[1].verb || strcmp(row[1].noun, row->noun) != 0;
        if (is_final)
            puts("\" ;;");
    }
    puts("            esac\n"
         "        fi\n"
         "    fi\n"
         "    if [[ -n $values ]]; then\n"
         "        COMPREPLY=($(compgen -W \"$values\" -- \"$word\"))\n"
         "    elif [[ -z $words || ($word != -* && COMP_CWORD -gt 2) ]]; then\n"
         "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
         "    else\n"
         "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "    fi\n"
         "}\n"
         "complete -o filenames -F _sohoa sohoa");
}
