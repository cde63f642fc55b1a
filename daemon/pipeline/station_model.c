#include "daemon/pipeline/station_model.h"

#include "daemon/base/hash.h"
#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/workers/supervisor.h"

#include <fcntl.h>
#include <string.h>

#define LOOK_MS 60000
#define LOOK_MEMORY_MB 500

struct station_model {
    struct store_client *store;
    struct worker *worker; /* looks at it before anybody else does */
    station_model_use_fn *use;
    void *payload;
    char id[ID_SIZE];
    bool imported, loading, loaded, load_again;
    int fd;
    struct err problem;
};

enum err_code station_model_new(sd_event *loop, const char *worker_dir, struct store_client *store,
                                station_model_use_fn *use, void *payload,
                                struct station_model **out, struct err *err)
{
    static const char *const no_env[] = {NULL};
    struct worker_kind kind = {.name = "learn", .memory_limit_mb = LOOK_MEMORY_MB, .env = no_env};
    struct station_model *model = mem_alloc(sizeof *model);
    if (!model)
        return err_set(err, ERR_NO_MEMORY, "model");
    *model = (struct station_model){.store = store, .use = use, .payload = payload, .fd = -1};
    enum err_code code = worker_new(loop, &kind, worker_dir, &model->worker, err);
    if (code)
        mem_free(model);
    else
        *out = model;
    return code;
}

void station_model_free(struct station_model *model)
{
    if (!model)
        return;
    model->loading = false;
    worker_free(TAKE(model->worker)); /* calls back with CANCELLED */
    fd_close(model->fd);
    mem_free(model);
}

static void take(struct station_model *model, int fd, const char *sha256)
{
    int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (fd != model->fd)
        fd_close(model->fd);
    model->fd = fd;
    model->use(model->payload, copy, copy < 0 ? NULL : sha256);
}

static void end(struct station_model *model, const struct err *problem)
{
    model->loading = false;
    model->loaded = true;
    model->problem = problem ? *problem : (struct err)ERR_INIT;
    if (problem) {
        log_err(problem, NULL,
                "the station's model of paper types is not used, the one built in is, continuing");
        take(model, -1, NULL);
    }
    worker_stop(model->worker);
    if (model->load_again)
        station_model_load(model);
}

static void on_looked(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct station_model *model = payload;
    (void)message;
    (void)ok;
    if (model->loading)
        end(model, err);
}

static void on_told(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *problem)
{
    struct station_model *model = payload;
    struct err err = ERR_INIT;
    const struct js *told = js_at(ok, "model");
    char sha256[HASH_HEX_SIZE] = "";
    int fd = -1;
    memset(model->id, 0, ID_SIZE);
    strncpy(model->id, js_text_or(told, "id", ""), ID_SIZE - 1);
    strncpy(sha256, js_text_or(told, "sha256", ""), sizeof sha256 - 1);
    model->imported = strcmp(js_text_or(told, "origin", ""), "imported") == 0;
    if (problem || !*model->id) {
        take(model, -1, NULL);
        end(model, problem);
        return;
    }
    if (ipc_take_fd(message, 0, &fd, &err)) {
        end(model, &err);
        return;
    }
    take(model, fd, sha256);
    if (worker_request(model->worker, "look", js_object(), &model->fd, 1, LOOK_MS, on_looked, NULL,
                       model, &err))
        end(model, &err);
}

void station_model_load(struct station_model *model)
{
    model->load_again = model->loading;
    if (model->loading)
        return;
    model->loading = true;
    store_client_call(model->store, "model_in_use",
                      js_pack("{s:o}", "principal", store_client_machine()), NULL, 0, on_told,
                      model);
}

bool station_model_is_loading(const struct station_model *model)
{
    return model->loading || !model->loaded;
}

const char *station_model_id(const struct station_model *model)
{
    return model->id;
}

bool station_model_is_imported(const struct station_model *model)
{
    return model->imported;
}

int station_model_fd(const struct station_model *model)
{
    return model->fd;
}

const struct err *station_model_problem(const struct station_model *model)
{
    return model->problem.code ? &model->problem : NULL;
}
