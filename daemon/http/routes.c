#include "daemon/http/routes.h"

#include "daemon/base/id.h"
#include "daemon/base/text.h"
#include "daemon/http/api.h"
#include "daemon/http/web.h"

#include <ctype.h>
#include <string.h>

#define SMALL (16u << 10)  /* a few short values */
#define LARGE (256u << 10) /* all fields of a document with long texts */

/* clang-format off */
const struct route routes[] = {
    {METHOD_GET,    "/v1/status",                 ROLE_CLERK, 0,     api_status_get, ROUTE_ALWAYS},
    {METHOD_GET,    "/v1/events",                 ROLE_CLERK, 0,     api_events_get, 0},

    {METHOD_GET,    "/v1/devices",                ROLE_CLERK, 0,     api_devices_list, 0},
    {METHOD_GET,    "/v1/devices/{name}",         ROLE_CLERK, 0,     api_devices_get, 0},
    {METHOD_PATCH,  "/v1/devices/{name}",         ROLE_CLERK, SMALL, api_devices_set, 0},
    {METHOD_POST,   "/v1/devices/{name}/test",    ROLE_IT,    SMALL, api_devices_test, 0},
    {METHOD_POST,   "/v1/devices/{name}/reset",   ROLE_CLERK, SMALL, api_devices_reset, 0},
    {METHOD_POST,   "/v1/devices/{name}/lease",   ROLE_CLERK, SMALL, api_devices_lease, 0},

    {METHOD_GET,    "/v1/profiles",               ROLE_CLERK, 0,     api_profiles_list, 0},
    {METHOD_POST,   "/v1/profiles",               ROLE_IT,    SMALL, api_profiles_set, 0},
    {METHOD_DELETE, "/v1/profiles/{name}",        ROLE_IT,    0,     api_profiles_remove, 0},

    {METHOD_GET,    "/v1/dossiers",               ROLE_CLERK, 0,     api_dossiers_list, 0},
    {METHOD_POST,   "/v1/dossiers",               ROLE_CLERK, SMALL, api_dossiers_create, 0},
    {METHOD_GET,    "/v1/dossiers/{id}",          ROLE_CLERK, 0,     api_dossiers_get, 0},
    {METHOD_PATCH,  "/v1/dossiers/{id}",          ROLE_CLERK, SMALL, api_dossiers_update, 0},
    {METHOD_GET,    "/v1/dossiers/{id}/papers",   ROLE_CLERK, 0,     api_dossiers_papers, 0},
    {METHOD_GET,    "/v1/dossiers/{id}/held",     ROLE_CLERK, 0,     api_dossiers_held, 0},
    {METHOD_GET,    "/v1/dossiers/{id}/look-up",  ROLE_CLERK, 0, api_dossiers_looked_up, 0},
    {METHOD_POST,   "/v1/dossiers/{id}/look-up",  ROLE_CLERK, SMALL, api_dossiers_look_up, 0},
    {METHOD_POST,   "/v1/dossiers/{id}/reuse",    ROLE_CLERK, SMALL, api_dossiers_reuse, 0},
    {METHOD_POST,   "/v1/dossiers/{id}/demand",   ROLE_CLERK, SMALL, api_dossiers_demand, 0},
    {METHOD_POST,   "/v1/dossiers/{id}/handed-over",
                                                  ROLE_CLERK, SMALL, api_dossiers_handed_over, 0},
    {METHOD_POST,   "/v1/dossiers/{id}/close",    ROLE_CLERK, SMALL, api_dossiers_close, 0},
    {METHOD_POST,   "/v1/dossiers/{id}/scan",     ROLE_CLERK, SMALL, api_dossiers_scan, 0},

    {METHOD_GET,    "/v1/jobs/{job}",             ROLE_CLERK, 0,     api_jobs_get, 0},
    {METHOD_DELETE, "/v1/jobs/{job}",             ROLE_CLERK, 0,     api_jobs_cancel, 0},
    {METHOD_POST,   "/v1/jobs/{job}/continue",    ROLE_CLERK, SMALL, api_jobs_continue, 0},
    {METHOD_POST,   "/v1/jobs/{job}/next",        ROLE_CLERK, SMALL, api_jobs_next, 0},
    {METHOD_POST,   "/v1/jobs/{job}/confirm",     ROLE_CLERK, SMALL, api_jobs_confirm, 0},
    {METHOD_POST,   "/v1/jobs/{job}/finish",      ROLE_CLERK, SMALL, api_jobs_finish, 0},
    {METHOD_GET,    "/v1/jobs/{job}/preview",     ROLE_CLERK, 0,     api_jobs_preview, 0},

    {METHOD_GET,    "/v1/documents/{id}",         ROLE_CLERK, 0,     api_documents_get, 0},
    {METHOD_GET,    "/v1/documents/{id}/file",    ROLE_CLERK, 0,     api_documents_file, 0},
    {METHOD_POST,   "/v1/documents/{id}/paper",   ROLE_CLERK, SMALL, api_documents_paper, 0},
    {METHOD_POST,   "/v1/documents/{id}/finish",  ROLE_CLERK, SMALL, api_documents_finish, 0},
    {METHOD_POST,   "/v1/documents/{id}/reopen",  ROLE_CLERK, SMALL, api_documents_reopen, 0},
    {METHOD_POST,   "/v1/documents/{id}/confirm", ROLE_CLERK, LARGE, api_documents_confirm, 0},
    {METHOD_POST,   "/v1/documents/{id}/form",    ROLE_CLERK, SMALL, api_documents_form, 0},
    {METHOD_POST,   "/v1/documents/{id}/reject",  ROLE_CLERK, SMALL, api_documents_reject, 0},
    {METHOD_POST,   "/v1/documents/{id}/split",   ROLE_CLERK, SMALL, api_documents_split, 0},
    {METHOD_POST,   "/v1/documents/{id}/join",    ROLE_CLERK, SMALL, api_documents_join, 0},
    {METHOD_POST,   "/v1/documents/{id}/move",    ROLE_CLERK, SMALL, api_documents_move, 0},
    {METHOD_POST,   "/v1/documents/{id}/register",
                                                  ROLE_CLERK, SMALL, api_documents_register, 0},
    {METHOD_POST,   "/v1/documents/{id}/replace", ROLE_CLERK, SMALL, api_documents_replace, 0},
    {METHOD_POST,   "/v1/documents/{id}/withdraw",
                                                  ROLE_CLERK, SMALL, api_documents_withdraw, 0},
    {METHOD_POST,   "/v1/documents/{id}/withdraw/undo",
                                                  ROLE_CLERK, SMALL, api_documents_withdraw_undo, 0},
    {METHOD_POST,   "/v1/documents/{id}/code",    ROLE_CLERK, SMALL, api_documents_set_code, 0},

    {METHOD_GET,    "/v1/pages/{id}/thumb",       ROLE_CLERK, 0,     api_pages_thumb, 0},
    {METHOD_GET,    "/v1/pages/{id}/image",       ROLE_CLERK, 0,     api_pages_image, 0},
    {METHOD_GET,    "/v1/pages/{id}/joined",      ROLE_CLERK, 0,     api_pages_joined, 0},
    {METHOD_GET,    "/v1/pages/{id}/words",       ROLE_CLERK, 0,     api_pages_words, 0},
    {METHOD_POST,   "/v1/pages/{id}/move",        ROLE_CLERK, SMALL, api_pages_move, 0},
    {METHOD_POST,   "/v1/pages/{id}/remove",      ROLE_CLERK, SMALL, api_pages_remove, 0},
    {METHOD_POST,   "/v1/pages/{id}/release",     ROLE_CLERK, SMALL, api_pages_release, 0},
    {METHOD_POST,   "/v1/pages/{id}/turn",        ROLE_CLERK, SMALL, api_pages_turn, 0},
    {METHOD_POST,   "/v1/pages/{id}/cut",         ROLE_CLERK, SMALL, api_pages_cut, 0},
    {METHOD_POST,   "/v1/pages/{id}/restore",     ROLE_CLERK, SMALL, api_pages_restore, 0},
    {METHOD_POST,   "/v1/pages/{id}/pair",        ROLE_CLERK, SMALL, api_pages_pair, 0},
    {METHOD_POST,   "/v1/pages/{id}/answer",      ROLE_CLERK, SMALL, api_pages_answer, 0},
    {METHOD_POST,   "/v1/pages/{id}/blank",       ROLE_CLERK, SMALL, api_pages_blank, 0},
    {METHOD_POST,   "/v1/pages/{id}/secret",      ROLE_CLERK, SMALL, api_pages_secret, 0},

    {METHOD_GET,    "/v1/signer",                 ROLE_CLERK, 0,     api_signer_show, 0},
    {METHOD_POST,   "/v1/signer/unlock",          ROLE_CLERK, SMALL, api_signer_unlock, 0},
    {METHOD_POST,   "/v1/signer/lock",            ROLE_CLERK, SMALL, api_signer_lock, 0},

    {METHOD_GET,    "/v1/queue",                  ROLE_CLERK, 0,     api_queue_list, 0},
    {METHOD_GET,    "/v1/queue/{id}",             ROLE_CLERK, 0,     api_queue_get, 0},
    {METHOD_POST,   "/v1/queue/retry",            ROLE_CLERK, SMALL, api_queue_retry_many, 0},
    {METHOD_POST,   "/v1/queue/release",          ROLE_CLERK, SMALL, api_queue_release_many, 0},
    {METHOD_POST,   "/v1/queue/hold",             ROLE_CLERK, SMALL, api_queue_hold_many, 0},
    {METHOD_POST,   "/v1/queue/{id}/retry",       ROLE_CLERK, SMALL, api_queue_release, 0},
    {METHOD_POST,   "/v1/queue/{id}/release",     ROLE_CLERK, SMALL, api_queue_release, 0},
    {METHOD_POST,   "/v1/queue/{id}/hold",        ROLE_CLERK, SMALL, api_queue_hold, 0},
    {METHOD_POST,   "/v1/queue/{id}/keep-theirs", ROLE_CLERK, SMALL, api_queue_keep_theirs, 0},
    {METHOD_POST,   "/v1/queue/{id}/urgent",      ROLE_CLERK, SMALL, api_queue_urgent, 0},
    {METHOD_POST,   "/v1/dossiers/{id}/urgent",   ROLE_CLERK, SMALL, api_dossiers_urgent, 0},
    {METHOD_GET,    "/v1/sync/report",            ROLE_CLERK, 0,     api_sync_report, 0},
    {METHOD_GET,    "/v1/sync/late",              ROLE_CLERK, 0,     api_sync_late, 0},
    {METHOD_GET,    "/v1/metrics",                ROLE_ANY,   0,     api_metrics_get, ROUTE_ALWAYS},
    {METHOD_GET,    "/v1/sync",                   ROLE_CLERK, 0,     api_sync_get, 0},
    {METHOD_POST,   "/v1/sync",                   ROLE_CLERK, SMALL, api_sync_start, 0},

    {METHOD_GET,    "/v1/reconciles",             ROLE_CLERK, 0,     api_reconciles_list, 0},
    {METHOD_GET,    "/v1/reconciles/{id}",        ROLE_CLERK, 0,     api_reconciles_get, 0},
    {METHOD_GET,    "/v1/sticks",                 ROLE_CLERK, 0,     api_sticks_list, 0},
    {METHOD_POST,   "/v1/sticks/{id}/lost",       ROLE_IT,    SMALL, api_sticks_lost, 0},
    {METHOD_POST,   "/v1/sync/export",            ROLE_IT,    SMALL, api_sticks_export, 0},
    {METHOD_POST,   "/v1/sync/take",              ROLE_IT,    SMALL, api_sticks_take, 0},
    {METHOD_POST,   "/v1/sync/receipts",          ROLE_IT,    LARGE, api_sticks_receipts, 0},
    {METHOD_POST,   "/v1/sync/restored",          ROLE_IT,    SMALL, api_sync_restored, 0},

    {METHOD_GET,    "/v1/tasks",                  ROLE_CLERK, 0,     api_tasks_list, 0},
    {METHOD_GET,    "/v1/tasks/{id}",             ROLE_CLERK, 0,     api_tasks_get, 0},
    {METHOD_POST,   "/v1/tasks/{id}/close",       ROLE_CLERK, SMALL, api_tasks_close, 0},

    {METHOD_GET,    "/v1/imports",                ROLE_CLERK, 0,     api_imports_list, 0},
    {METHOD_GET,    "/v1/imports/{name}/items",   ROLE_CLERK, 0,     api_imports_items, 0},
    {METHOD_POST,   "/v1/imports/{name}/look",    ROLE_CLERK, SMALL, api_imports_look, 0},
    {METHOD_POST,   "/v1/imports/{name}/feed",    ROLE_CLERK, SMALL, api_imports_feed, 0},
    {METHOD_POST,   "/v1/imports/{name}/items/{id}/retry",
                                                  ROLE_CLERK, SMALL, api_imports_retry, 0},
    {METHOD_GET,    "/v1/imports/{name}/items/{id}/text",
                                                  ROLE_CLERK, 0,     api_imports_text, 0},
    {METHOD_GET,    "/v1/imports/{name}/register",
                                                  ROLE_CLERK, 0,     api_registers_get, 0},
    {METHOD_POST,   "/v1/imports/{name}/register",
                                                  ROLE_CLERK, 0,     api_registers_import, ROUTE_FILE},
    {METHOD_GET,    "/v1/imports/{name}/register/list",
                                                  ROLE_CLERK, 0,     api_registers_list, 0},
    {METHOD_POST,   "/v1/imports/{name}/register/join",
                                                  ROLE_CLERK, SMALL, api_registers_join, 0},
    {METHOD_POST,   "/v1/imports/upload",         ROLE_CLERK, 0,     api_imports_upload, ROUTE_FILE},

    {METHOD_GET,    "/v1/catalogs",               ROLE_CLERK, 0,     api_catalogs_list, 0},
    {METHOD_GET,    "/v1/catalogs/verify",        ROLE_IT,    0,     api_catalogs_verify, 0},
    {METHOD_GET,    "/v1/catalogs/gaps",          ROLE_IT,    0,     api_catalogs_gaps, 0},
    {METHOD_GET,    "/v1/catalogs/{name}",        ROLE_CLERK, 0,     api_catalogs_get, 0},
    {METHOD_GET,    "/v1/catalogs/{name}/rows",   ROLE_CLERK, 0,     api_catalogs_rows, 0},
    {METHOD_POST,   "/v1/catalogs/{name}",        ROLE_IT,    0,     api_catalogs_import, ROUTE_FILE},
    {METHOD_GET,    "/v1/procedures",             ROLE_CLERK, 0,     api_procedures_find, 0},
    {METHOD_GET,    "/v1/procedures/{name}/papers",
                                                  ROLE_CLERK, 0,     api_procedures_papers, 0},

    {METHOD_GET,    "/v1/dossiers/{id}/flags",    ROLE_CLERK, 0,     api_dossiers_flags, 0},
    {METHOD_GET,    "/v1/reports/rates",          ROLE_CLERK, 0,     api_reports_rates, 0},
    {METHOD_GET,    "/v1/reports/incidents",      ROLE_CLERK, 0,     api_reports_incidents, 0},
    {METHOD_GET,    "/v1/reports/unusable",       ROLE_CLERK, 0,     api_reports_unusable, 0},

    {METHOD_GET,    "/v1/models",                 ROLE_CLERK, 0,     api_models_status, 0},
    {METHOD_POST,   "/v1/models",                 ROLE_IT,    0,     api_models_import, ROUTE_FILE},
    {METHOD_GET,    "/v1/models/file",            ROLE_IT,    0,     api_models_file, 0},
    {METHOD_POST,   "/v1/models/train",           ROLE_IT,    SMALL, api_models_train, 0},
    {METHOD_DELETE, "/v1/models/train",           ROLE_IT,    0,     api_models_cancel, 0},
    {METHOD_POST,   "/v1/models/rollback",        ROLE_IT,    SMALL, api_models_rollback, 0},

    {METHOD_POST,   "/v1/open",                   ROLE_CLERK, SMALL, api_open_link, ROUTE_UNIX_ONLY},
    {METHOD_GET,    "/open/{token}",              ROLE_ANY,   0,     api_open_session, 0},
    {METHOD_GET,    "/",                          ROLE_ANY,   0,     api_web_index, ROUTE_PAGE},
    {METHOD_GET,    "/{file}",                    ROLE_ANY,   0,     api_web_file, ROUTE_PAGE},
};
/* clang-format on */
const size_t route_count = sizeof routes / sizeof routes[0];

static const struct {
    enum http_method method;
    const char *name;
} methods[] = {{METHOD_GET, "GET"},
               {METHOD_POST, "POST"},
               {METHOD_PATCH, "PATCH"},
               {METHOD_DELETE, "DELETE"},
               {METHOD_HEAD, "HEAD"}};
#define METHOD_COUNT (sizeof methods / sizeof methods[0])

enum http_method method_from_name(const char *name)
{
    for (size_t i = 0; i < METHOD_COUNT; i++)
        if (strcmp(methods[i].name, name) == 0)
            return methods[i].method;
    return METHOD_OTHER;
}

const char *method_name(enum http_method method)
{
    for (size_t i = 0; i < METHOD_COUNT; i++)
        if (methods[i].method == method)
            return methods[i].name;
    return "";
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool routes_decode(const char *text, size_t size, char out[ROUTE_PARAM_SIZE])
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        int c = (unsigned char)text[i];
        if (c == '%') {
            if (i + 2 >= size || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0)
                return false;
            c = hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]);
            i += 2;
        }
        if (c < 0x20 || c == 0x7f || n + 1 >= ROUTE_PARAM_SIZE)
            return false;
        out[n++] = (char)c;
    }
    out[n] = 0;
    return n > 0 && text_is_utf8(out, n);
}

static bool copy_plain(const char *text, size_t size, char out[ROUTE_PARAM_SIZE])
{
    if (!size || size >= ROUTE_PARAM_SIZE)
        return false;
    memcpy(out, text, size);
    out[size] = 0;
    return true;
}

static bool is_token(const char *text)
{
    return strlen(text) == TOKEN_SIZE - 1 && strspn(text, "0123456789abcdef") == TOKEN_SIZE - 1;
}

static bool take_param(const char *kind, const char *text, size_t size, char out[ROUTE_PARAM_SIZE])
{
    if (text_starts(kind, "{name}"))
        return routes_decode(text, size, out);
    if (!copy_plain(text, size, out))
        return false;
    if (text_starts(kind, "{id}") || text_starts(kind, "{job}"))
        return id_is_valid(out);
    if (text_starts(kind, "{token}"))
        return is_token(out);
    return web_name_is_safe(out);
}

static bool pattern_matches(const char *pattern, const char *path, struct route_match *out)
{
    char *place = out->param;
    while (*pattern) {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t size = text_starts(pattern, "{file}") ? strlen(path) : strcspn(path, "/");
        if (!take_param(pattern, path, size, place))
            return false;
        place = out->second;
        path += size;
        pattern = strchr(pattern, '}') + 1;
    }
    return !*path;
}

static unsigned methods_of(const struct route *route)
{
    return route->method | (route->flags & ROUTE_PAGE ? METHOD_HEAD : 0u);
}

void routes_find(enum http_method method, const char *path, struct route_match *out)
{
    *out = (struct route_match){0};
    for (size_t i = 0; i < route_count; i++) {
        struct route_match found = {0};
        if (!pattern_matches(routes[i].pattern, path, &found))
            continue;
        out->allowed |= methods_of(&routes[i]);
        if (methods_of(&routes[i]) & method) {
            out->route = &routes[i];
            memcpy(out->param, found.param, sizeof out->param);
            memcpy(out->second, found.second, sizeof out->second);
            return;
        }
    }
}
