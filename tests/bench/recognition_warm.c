#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "tests/golden/extract/ocr_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * recognition_warm WORKER PAGES IMAGE…: one warm worker reads PAGES pages, going round the images,
 * each from the file to the fields of a paper of one page. Prints "page SECONDS PATH" for each page
 * of the first round and "memory PAGE KB PEAK_KB" at the tenth of the pages and at the end. CORES=2
 * in the environment: what the pipeline tells the worker when another one is idle.
 */

static long status_kb(pid_t pid, const char *key)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, key, strlen(key)) == 0)
            kb = atol(line + strlen(key));
    if (file)
        fclose(file);
    return kb;
}

static void print_memory(const struct ocr_client *client, int page)
{
    printf("memory %d %ld %ld\n", page, status_kb(client->pid, "VmRSS:"),
           status_kb(client->pid, "VmHWM:"));
}

static enum err_code read_paper(struct ocr_client *client, const char *path, double *out_seconds,
                                struct err *err)
{
    AUTO(js) struct js *pages = js_array();
    AUTO(js) struct js *fields = NULL;
    struct js *page = NULL;
    int64_t from = sys_monotonic_us();
    enum err_code code = ocr_client_read_page(client, path, &page, err);
    if (!code && !js_push(pages, page))
        code = err_set(err, ERR_NO_MEMORY, "page");
    if (!code)
        code = ocr_client_understand(client, pages, &fields, err);
    *out_seconds = (double)(sys_monotonic_us() - from) / 1e6;
    return code;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct ocr_client client;
    int images = argc - 3, count = argc > 2 ? atoi(argv[2]) : 0;
    double seconds;
    if (images < 1 || count < 1) {
        fprintf(stderr, "usage: %s WORKER PAGES IMAGE...\n", argv[0]);
        return 2;
    }
    enum err_code code = ocr_client_start(argv[1], &client, &err);
    client.cores = getenv("CORES") ? atoi(getenv("CORES")) : 1;
    if (!code)
        code = read_paper(&client, argv[3], &seconds, &err);
    for (int i = 0; i < count && !code; i++) {
        const char *path = argv[3 + i % images];
        code = read_paper(&client, path, &seconds, &err);
        if (i < images)
            printf("page %.4f %s\n", seconds, path);
        if (i + 1 == (count + 9) / 10 || i + 1 == count)
            print_memory(&client, i + 1);
    }
    if (code) {
        fprintf(stderr, "%s: %s\n", err_name(code), err.detail);
        return 1;
    }
    ocr_client_stop(&client);
    return 0;
}
