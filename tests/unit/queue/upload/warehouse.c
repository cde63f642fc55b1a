#include "tests/unit/queue/upload/warehouse.h"

#include "daemon/base/file.h"
#include "queue/upload/dir_transport.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void warehouse_open(struct warehouse *warehouse)
{
    const char *base = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
    snprintf(warehouse->root, sizeof warehouse->root, "%s/sohoa-warehouse-XXXXXX", base);
    assert_non_null(mkdtemp(warehouse->root));
    struct transport *transport = NULL;
    snprintf(warehouse->witnesses, sizeof warehouse->witnesses, "%s.witnesses", warehouse->root);
    snprintf(warehouse->witness, sizeof warehouse->witness, "%s/kho", warehouse->witnesses);
    assert_int_equal(mkdir(warehouse->witnesses, 0700), 0);
    assert_int_equal(dir_transport_new(warehouse->root, warehouse->witness, &transport, NULL),
                     ERR_OK);
    assert_int_equal(target_dir_new(transport, &warehouse->target, NULL), ERR_OK);
}

void warehouse_close(struct warehouse *warehouse)
{
    target_free(warehouse->target);
    char command[500];
    snprintf(command, sizeof command, "rm -rf '%s' '%s'", warehouse->root, warehouse->witnesses);
    assert_int_equal(system(command), 0);
}

void sample_open(struct sample *sample, const char *dossier_code, size_t size)
{
    id_new(sample->id);
    char *pdf = mem_alloc(size + 1);
    assert_non_null(pdf);
    for (size_t i = 0; i < size; i++)
        pdf[i] = (char)(i * 2654435761u >> 13) ^ sample->id[i % (ID_SIZE - 1)];
    char json[200];
    snprintf(json, sizeof json, "{\"record_id\":\"%s\"}", sample->id);
    hash_bytes(pdf, size, sample->pdf_sha256);
    hash_bytes(json, strlen(json), sample->json_sha256);
    sample->record = (struct target_record){
        .record_id = sample->id,
        .dossier_code = dossier_code,
        .pdf_sha256 = sample->pdf_sha256,
        .json_sha256 = sample->json_sha256,
        .pdf_size_bytes = size,
        .json_size_bytes = strlen(json),
    };
    assert_int_equal(file_memfd("pdf", pdf, size, &sample->record.pdf_fd, NULL), ERR_OK);
    assert_int_equal(file_memfd("json", json, strlen(json), &sample->record.json_fd, NULL), ERR_OK);
    mem_free(pdf);
}

void sample_close(struct sample *sample)
{
    fd_close(sample->record.pdf_fd);
    fd_close(sample->record.json_fd);
}

enum err_code warehouse_send(struct warehouse *warehouse, const struct sample *sample,
                             struct target_sent *out, struct err *err)
{
    return target_send(warehouse->target, &sample->record, out, err);
}

void warehouse_expect(struct warehouse *warehouse, const struct sample *sample,
                      const char *remote_name, bool already_there)
{
    struct err err = ERR_INIT;
    struct target_sent sent;
    enum err_code code = warehouse_send(warehouse, sample, &sent, &err);
    if (code)
        print_error("%s: %s\n", err_name(code), err.detail);
    assert_int_equal(code, ERR_OK);
    assert_string_equal(sent.remote_name, remote_name);
    assert_int_equal(sent.already_there, already_there);
    struct target_receipt receipt;
    assert_int_equal(target_verify(warehouse->target, remote_name, sample->pdf_sha256,
                                   sample->json_sha256, &receipt, &err),
                     ERR_OK);
}

int warehouse_count(const struct warehouse *warehouse, const char *folder, const char *suffix)
{
    char path[600];
    warehouse_path(warehouse, folder, path, sizeof path);
    DIR *dir = opendir(path);
    if (!dir)
        return 0;
    int count = 0;
    bool anywhere = strncmp(suffix, ".part", 5) == 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t size = strlen(entry->d_name), end = strlen(suffix);
        if (anywhere ? strncmp(entry->d_name, suffix, end) == 0
                     : size > end && strcmp(entry->d_name + size - end, suffix) == 0)
            count++;
    }
    closedir(dir);
    return count;
}

void warehouse_path(const struct warehouse *warehouse, const char *name, char *out, size_t size)
{
    assert_true((size_t)snprintf(out, size, "%s/%s", warehouse->root, name) < size);
}
