#include "queue/store/device.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

/* ---- what there is ------------------------------------------------------------------------------
 */

static enum err_code list_devices(struct store *store, struct js *list, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db, "SELECT identity, label, profile FROM device ORDER BY identity",
                 DB_BIND_NONE, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list, js_pack("{s:s, s:s?, s:s?}", "identity", query_text(q, 0), "label",
                                   query_text(q, 1), "profile", query_text(q, 2))))
            code = err_set(err, ERR_NO_MEMORY, "devices");
    return code;
}

static enum err_code push_profile(struct js *list, struct query *q, struct err *err)
{
    struct js *settings;
    const char *text = query_text(q, 1);
    enum err_code code = js_parse(text, strlen(text), &settings, err);
    if (code)
        return err_context(err, ERR_STORE_CORRUPT, "profile");
    struct js *item = js_pack("{s:s, s:o, s:b}", "name", query_text(q, 0), "settings", settings,
                              "locked", (int)(query_int(q, 2) != 0));
    return js_push(list, item) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "profiles");
}

static enum err_code list_profiles(struct store *store, struct js *list, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db, "SELECT name, settings, locked FROM profile ORDER BY name",
                 DB_BIND_NONE, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = push_profile(list, q, err);
    return code;
}

enum err_code device_settings(struct store *store, struct js **out, struct err *err)
{
    AUTO(js) struct js *devices = js_array();
    AUTO(js) struct js *profiles = js_array();
    enum err_code code = list_devices(store, devices, err);
    if (!code)
        code = list_profiles(store, profiles, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O}", "devices", devices, "profiles", profiles);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "devices");
}

/* ---- changes ------------------------------------------------------------------------------------
 */

static enum err_code audit_setting(struct store *store, const char *kind, const char *id,
                                   const char *event, const char *detail, struct principal by,
                                   struct err *err)
{
    return audit_write(
        store, &(struct audit){.kind = kind, .id = id, .event = event, .detail = detail, .by = by},
        err);
}

static enum err_code check_label_is_free(struct store *store, const char *identity,
                                         const char *label, struct err *err)
{
    int64_t others;
    enum err_code code =
        db_number(store->db, "SELECT count(*) FROM device WHERE label = ? AND identity <> ?",
                  DB_BIND(DB_TEXT(label), DB_TEXT(identity)), 0, &others, err);
    if (!code && others)
        code = err_set(err, ERR_LABEL_TAKEN, "another device has that label");
    return code;
}

/* *out_locked -1: there is none of that name. */
static enum err_code find_profile(struct store *store, const char *name, int64_t *out_locked,
                                  struct err *err)
{
    return db_number(store->db, "SELECT locked FROM profile WHERE name = ?", DB_BIND(DB_TEXT(name)),
                     -1, out_locked, err);
}

static enum err_code set_label(struct store *store, const char *identity, const char *label,
                               struct err *err)
{
    enum err_code code = *label ? check_label_is_free(store, identity, label, err) : ERR_OK;
    if (!code)
        code = store_run_one(store, "device", "UPDATE device SET label = ? WHERE identity = ?",
                             DB_BIND(*label ? DB_TEXT(label) : DB_NULL, DB_TEXT(identity)), err);
    return code;
}

static enum err_code set_profile(struct store *store, const char *identity, const char *profile,
                                 struct err *err)
{
    int64_t locked = 0;
    enum err_code code = *profile ? find_profile(store, profile, &locked, err) : ERR_OK;
    if (!code && locked < 0)
        code = err_set(err, ERR_NOT_FOUND, "no profile of that name");
    if (!code)
        code =
            store_run_one(store, "device", "UPDATE device SET profile = ? WHERE identity = ?",
                          DB_BIND(*profile ? DB_TEXT(profile) : DB_NULL, DB_TEXT(identity)), err);
    return code;
}

enum err_code device_set(struct store *store, const char *identity, const char *label,
                         const char *profile, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_run(store->db,
                      "INSERT INTO device (identity, updated_us, updated_by) VALUES (?1, ?2, ?3) "
                      "ON CONFLICT (identity) DO UPDATE SET updated_us = ?2, updated_by = ?3",
                      DB_BIND(DB_TEXT(identity), DB_INT(sys_now_us()), DB_TEXT(by.id)), err);
    if (!code && label)
        code = set_label(store, identity, label, err);
    if (!code && profile)
        code = set_profile(store, identity, profile, err);
    if (!code)
        code = audit_setting(store, "device", identity, "settle", profile ? "profile" : "label", by,
                             err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code device_note(struct store *store, const char *identity, const char *event,
                          const char *from, const char *to, struct principal by, struct err *err)
{
    char detail[AUDIT_DETAIL_MAX];
    snprintf(detail, sizeof detail, "from %s to %s", from, to);
    return audit_setting(store, "device", identity, event, detail, by, err);
}

static enum err_code check_may_change(int64_t locked, struct principal by, struct err *err)
{
    if (locked > 0 && strcmp(by.role, "it") != 0)
        return err_set(err, ERR_PROFILE_LOCKED, "only IT staff may change it");
    return ERR_OK;
}

enum err_code profile_set(struct store *store, const char *name, const struct js *settings,
                          bool locked, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *text = js_dump(settings);
    int64_t was_locked;
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "profile");
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = find_profile(store, name, &was_locked, err);
    if (!code)
        code = check_may_change(was_locked, by, err);
    if (!code)
        code = db_run(store->db,
                      "INSERT INTO profile (name, settings, locked, updated_us, updated_by) "
                      "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO UPDATE SET "
                      "settings = ?2, locked = ?3, updated_us = ?4, updated_by = ?5",
                      DB_BIND(DB_TEXT(name), DB_TEXT(text), DB_INT(locked), DB_INT(sys_now_us()),
                              DB_TEXT(by.id)),
                      err);
    if (!code)
        code = audit_setting(store, "profile", name, "settle", locked ? "locked" : NULL, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* Its users by label, else by identity: as many as a message holds, whole names only. */
static enum err_code check_is_unused(struct store *store, const char *name, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    char users[340] = "";
    int more = 0;
    bool row = true;
    enum err_code code = db_query(
        store->db, "SELECT coalesce(label, identity) FROM device WHERE profile = ? ORDER BY 1",
        DB_BIND(DB_TEXT(name)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        const char *user = query_text(q, 0);
        size_t used = strlen(users);
        if (used + strlen(user) + sizeof ", ''" > sizeof users)
            more++;
        else
            snprintf(users + used, sizeof users - used, "%s'%s'", used ? ", " : "", user);
    }
    if (!code && (*users || more))
        code = more ? err_set(err, ERR_PROFILE_IN_USE, "used by %s and %d more", users, more)
                    : err_set(err, ERR_PROFILE_IN_USE, "used by %s", users);
    return code;
}

enum err_code profile_remove(struct store *store, const char *name, bool force, struct principal by,
                             struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    int64_t locked = 0;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = find_profile(store, name, &locked, err);
    if (!code && locked < 0)
        code = err_set(err, ERR_NOT_FOUND, "no profile of that name");
    if (!code)
        code = check_may_change(locked, by, err);
    if (!code && !force)
        code = check_is_unused(store, name, err);
    if (!code)
        code = db_run(store->db, "UPDATE device SET profile = NULL WHERE profile = ?",
                      DB_BIND(DB_TEXT(name)), err);
    if (!code)
        code = store_run_one(store, "profile", "DELETE FROM profile WHERE name = ?",
                             DB_BIND(DB_TEXT(name)), err);
    if (!code)
        code = audit_setting(store, "profile", name, "remove", force ? "force" : NULL, by, err);
    return code ? code : tx_commit(&tx, err);
}
