#include "daemon/base/buf.h"
#include "daemon/base/id.h"
#include "daemon/workers/store_ops.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What may come in over the store worker's socket. The input is lines {"op": …, "args": {…}}; in them
 * $D, $N, $P and $C stand for the newest dossier, document, page and claim, so that mutations get past
 * the look-up. The store stays between inputs: nothing that comes in may damage it.
 */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct store *store;
static char folder[] = "/tmp/sohoa-fuzz-XXXXXX";
static char newest[4][ID_SIZE];

static void remove_folder(void)
{
    char command[100];
    store_close(store);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", folder);
}

static void open_store(void)
{
    static const char *const targets[] = {"warehouse"};
    struct err err = ERR_INIT;
    struct store_options options = {.targets = targets, .target_count = 1};
    options.folder = mkdtemp(folder);
    if (!options.folder || store_open(&options, &store, &err)) {
        fprintf(stderr, "no store: %s\n", err.detail);
        abort();
    }
    atexit(remove_folder);
}

static void remember(size_t index, const struct js *ok, const char *path)
{
    const char *id = js_text_or(ok, path, NULL);
    if (id && strlen(id) < ID_SIZE)
        strcpy(newest[index], id);
}

static void run_line(const char *line, size_t size)
{
    static const char letters[] = "DNPC";
    AUTO(buf) struct buf text;
    AUTO(js) struct js *request = NULL;
    struct ipc_message message = {0};
    struct worker_answer answer = {0};
    struct err err = ERR_INIT;
    buf_init(&text, 1u << 20);
    for (size_t i = 0; i < size; i++) {
        const char *letter = line[i] == '$' && i + 1 < size ? strchr(letters, line[i + 1]) : NULL;
        if (letter && *letter)
            buf_text(&text, newest[letter - letters]);
        else
            buf_append(&text, &line[i], 1);
        i += letter && *letter;
    }
    if (!buf_ok(&text) || js_parse(text.bytes, text.size, &request, &err))
        return;
    const char *op = js_text_or(request, "op", "");
    store_ops_run(store, op, js_at(request, "args"), &message, &answer, &err);
    remember(0, answer.ok, "dossier.id");
    remember(1, answer.ok, "document.id");
    remember(2, answer.ok, "page_id");
    remember(3, answer.ok, "job.claim");
    js_free(answer.ok);
    for (size_t i = 0; i < answer.fd_count; i++)
        fd_close(answer.fds[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (!store)
        open_store();
    const char *text = (const char *)bytes, *end = text + size;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        if (!stop)
            stop = end;
        run_line(text, (size_t)(stop - text));
        text = stop + 1;
    }
    return 0;
}
