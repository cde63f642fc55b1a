#include "daemon/cli/cmd_process.h"

#include "daemon/base/js.h"
#include "daemon/base/log.h"
#include "daemon/base/messages.h"
#include "daemon/base/text.h"
#include "daemon/cli/cli.h"
#include "daemon/pipeline/process.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOBS_MAX 16
#define PAGE_SECONDS_MAX 3600

static const char usage_text[] =
    "usage: sohoa process INPUT... --out DIR [--jobs N] [--lang vie] [--each] [--split] [--alto] "
    "[--page-seconds N] [--json]\n"
    "\n"
    "Reads images (JPEG, PNG, TIFF, PNM), PDF files and folders of them; writes for each document\n"
    "DIR/NAME.pdf (searchable PDF/A-2u) and DIR/NAME.json (type, fields, text). Images lying\n"
    "directly in a folder are one document, in natural order; PDFs and sub-folders are documents "
    "of\n"
    "their own. What is done already is passed over; a file in DIR that is not such a result is\n"
    "never replaced.\n"
    "\n"
    "  -o, --out DIR    folder for the results, made when missing\n"
    "  -j, --jobs N     pages worked on at a time (default: processors, at most 16)\n"
    "      --lang LANG  recognition model (default vie)\n"
    "      --each       every file is a document\n"
    "      --split      one pair of files per paper found\n"
    "      --alto       DIR/NAME.alto.xml, too: words with boxes and confidence (ALTO 4)\n"
    "      --page-seconds N  for the words of one page (default 180); it is written without them\n"
    "                   when that is over, and a next run tries it again\n"
    "      --json       one JSON object per document on standard output\n"
    "  -h, --help       this text\n"
    "\n"
    "Exit status: 0 all done, 1 some input failed or was not read in time (the others are written),\n"
    "2 usage.\n";

const struct cli_option cmd_process_options[] = {
    {"out", 'o', "DIR", "folder for the results"},
    {"jobs", 'j', "N", "pages worked on at a time"},
    {"lang", 0, "LANG", "recognition model"},
    {"each", 0, NULL, "every file is a document"},
    {"split", 0, NULL, "one pair of files per paper found"},
    {"alto", 0, NULL, "words with boxes as ALTO 4, too"},
    {"page-seconds", 0, "N", "for the words of one page"},
    {"json", 0, NULL, "one JSON object per document"},
    {0},
};

struct report {
    bool json, terminal;
    size_t written, skipped, unread;
};

static void clear_progress(const struct report *report)
{
    if (report->terminal)
        fputs("\r\033[K", stderr);
}

static void print_json(const struct folder_result *result, const char *outcome)
{
    AUTO(js)
    struct js *line = js_pack("{s:s, s:s, s:s?, s:I}", "name", result->name, "outcome", outcome,
                              "type", result->type, "pages", (int64_t)result->pages);
    if (line && result->err) {
        char detail[sizeof result->err->detail];
        text_printable(result->err->detail, detail, sizeof detail);
        js_set(line, "error",
               js_pack("{s:s, s:s}", "code", err_name(result->err->code), "detail", detail));
    }
    if (line && result->unread)
        js_set(line, "unread_pages", js_text(result->unread));
    AUTO(mem)
    char *text = js_dump(line);
    if (text)
        puts(text);
}

static void print_failure(const struct folder_result *result)
{
    char detail[sizeof result->err->detail];
    text_printable(result->err->detail, detail, sizeof detail);
    fprintf(stderr, "sohoa: %s: %s: %s (%s)\n", result->name, err_name(result->err->code),
            message_text(result->err->code, MESSAGE_EN), detail);
}

/* It is written all the same. */
static void print_unread(const struct folder_result *result)
{
    fprintf(stderr,
            "sohoa: %s: WORKER_HUNG: the words of page %s were not read in time; written without "
            "them, run it again for another try\n",
            result->name, result->unread);
}

static void on_result(void *payload, const struct folder_result *result)
{
    static const char *const outcomes[] = {"written", "skipped", "failed"};
    struct report *report = payload;
    report->written += result->outcome == FOLDER_WRITTEN;
    report->skipped += result->outcome == FOLDER_SKIPPED;
    clear_progress(report);
    if (result->outcome == FOLDER_FAILED)
        print_failure(result);
    if (result->unread)
        print_unread(result);
    report->unread += result->unread != NULL;
    if (report->json)
        print_json(result, outcomes[result->outcome]);
    else if (result->outcome != FOLDER_FAILED)
        printf("%-8s %-24s %s\n", outcomes[result->outcome], result->type ? result->type : "-",
               result->name);
    fflush(stdout);
}

static void on_progress(void *payload, size_t done, size_t known)
{
    const struct report *report = payload;
    if (!report->terminal)
        return;
    fprintf(stderr, "\r\033[Kpage %zu of %zu", done, known);
    fflush(stderr);
}

static void on_note(const char *note)
{
    fprintf(stderr, "sohoa: %s\n", note);
}

/* Workers lie beside this program. */
static int find_worker_dir(char out[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (size <= 0)
        return -1;
    out[size] = 0;
    *strrchr(out, '/') = 0;
    return 0;
}

static int usage_error(const char *what)
{
    char shown[sizeof((struct err *)0)->detail];
    input_show_name(what, shown, sizeof shown);
    fprintf(stderr, "sohoa process: %s\nTry 'sohoa process --help'.\n", shown);
    return CLI_USAGE;
}

static int missing_value(const char *option)
{
    char text[256];
    snprintf(text, sizeof text, "%s needs a value", option);
    return usage_error(text);
}

/* letter: of an unknown short option, which may stand in the middle of its word. */
static int unknown_option(const char *word, int letter)
{
    char text[256];
    if (strncmp(word, "--", 2) == 0)
        snprintf(text, sizeof text, "unknown option or value: %s", word);
    else
        snprintf(text, sizeof text, "unknown option -%c", letter);
    return usage_error(text);
}

static int default_jobs(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > JOBS_MAX ? JOBS_MAX : (int)processors;
}

static bool parse_number(const char *text, int most, int *out)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < 1 || number > most)
        return false;
    *out = (int)number;
    return true;
}

static bool is_language(const char *text)
{
    size_t size = strlen(text);
    return size > 0 && size < 64 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_+0123456789") == size;
}

static int run(const struct process_options *options, struct report *report)
{
    size_t failed = 0;
    struct err err = ERR_INIT;
    enum err_code code = process_run(options, on_result, on_progress, report, &failed, &err);
    clear_progress(report);
    if (code == ERR_USAGE)
        return usage_error(err.detail);
    if (code) {
        fprintf(stderr, "sohoa process: %s: %s (%s)\n", err_name(code),
                message_text(code, MESSAGE_EN), err.detail);
        return CLI_FAILED;
    }
    if (!report->json)
        fprintf(stderr, "%zu written, %zu done already, %zu failed\n", report->written,
                report->skipped, failed - report->unread);
    return failed ? CLI_FAILED : CLI_DONE;
}

int cmd_process(int argc, char **argv)
{
    enum { OPT_LANG = 256, OPT_EACH, OPT_SPLIT, OPT_ALTO, OPT_PAGE_SECONDS, OPT_JSON };
    static const struct option known[] = {
        {"out", required_argument, NULL, 'o'},
        {"jobs", required_argument, NULL, 'j'},
        {"lang", required_argument, NULL, OPT_LANG},
        {"each", no_argument, NULL, OPT_EACH},
        {"split", no_argument, NULL, OPT_SPLIT},
        {"alto", no_argument, NULL, OPT_ALTO},
        {"page-seconds", required_argument, NULL, OPT_PAGE_SECONDS},
        {"json", no_argument, NULL, OPT_JSON},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    char worker_dir[PATH_MAX];
    struct report report = {.terminal = isatty(STDOUT_FILENO) && isatty(STDERR_FILENO)};
    struct process_options options = {.lang = "vie", .jobs = default_jobs(), .on_note = on_note};
    optind = 1;
    opterr = 0; /* one message, ours */
    for (int option; (option = getopt_long(argc, argv, ":o:j:h", known, NULL)) != -1;) {
        switch (option) {
        case 'o':
            options.out_dir = optarg;
            break;
        case 'j':
            if (!parse_number(optarg, JOBS_MAX, &options.jobs))
                return usage_error("--jobs takes a number from 1 to 16");
            break;
        case OPT_LANG:
            if (!is_language(optarg))
                return usage_error("--lang takes a model name such as vie");
            options.lang = optarg;
            break;
        case OPT_EACH:
            options.each = true;
            break;
        case OPT_SPLIT:
            options.split = true;
            break;
        case OPT_ALTO:
            options.alto = true;
            break;
        case OPT_PAGE_SECONDS:
            if (!parse_number(optarg, PAGE_SECONDS_MAX, &options.page_seconds))
                return usage_error("--page-seconds takes a number from 1 to 3600");
            break;
        case OPT_JSON:
            report.json = true;
            break;
        case 'h':
            fputs(usage_text, stdout);
            return CLI_DONE;
        case ':':
            return missing_value(argv[optind - 1]);
        default:
            return unknown_option(argv[optind - 1], optopt);
        }
    }
    options.inputs = (const char *const *)argv + optind;
    options.input_count = (size_t)(argc - optind);
    if (!options.out_dir || !*options.out_dir)
        return usage_error("--out DIR is missing");
    if (options.input_count == 0)
        return usage_error("no INPUT given");
    if (find_worker_dir(worker_dir) != 0)
        return usage_error("cannot find the program's own folder");
    options.worker_dir = worker_dir;
    log_open("sohoa");
    log_quiet();
    return run(&options, &report);
}
