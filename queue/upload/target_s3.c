#include "queue/upload/target_s3.h"

#include "queue/upload/object_target.h"
#include "queue/upload/target_dir.h"

#include <stdio.h>

static enum err_code find_name(struct transport *transport, const struct target_record *record,
                               char out_name[TRANSPORT_NAME_SIZE], struct err *err)
{
    (void)transport;
    char folder[TARGET_CODE_MAX + 1] = "backlog";
    enum err_code code = record->dossier_code
                             ? target_dir_folder(record->dossier_code, folder, sizeof folder, err)
                             : ERR_OK;
    if (!code)
        snprintf(out_name, TRANSPORT_NAME_SIZE, "%s/%s", folder, record->record_id);
    return code;
}

static enum err_code whose(struct transport *transport, const char *remote_name,
                           char out_record_id[ID_SIZE], struct err *err)
{
    (void)transport;
    (void)err;
    object_whose_by_name(remote_name, out_record_id);
    return ERR_OK;
}

enum err_code target_s3_new(struct transport *transport, struct target **out, struct err *err)
{
    return object_target_new(transport, find_name, whose, out, err);
}
