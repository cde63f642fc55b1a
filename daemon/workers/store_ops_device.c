#include "daemon/workers/store_ops.h"

#include "queue/store/device.h"

#include <string.h>

#define IDENTITY_MAX 300
#define PRINCIPAL_MAX 60

/* NULL when it is not among the arguments; "" for null, which takes the setting away. */
static enum err_code arg_setting(const struct js *args, const char *key, size_t max_bytes,
                                 const char **out, struct err *err)
{
    *out = NULL;
    if (!js_at(args, key))
        return ERR_OK;
    if (js_has(args, key))
        return arg_text(args, key, max_bytes, out, err);
    *out = "";
    return ERR_OK;
}

static enum err_code device_settings_op(struct store_call *call, struct js **out, struct err *err)
{
    return device_settings(call->store, out, err);
}

static enum err_code device_set_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *identity, *label = NULL, *profile = NULL;
    enum err_code code = arg_text(call->args, "identity", IDENTITY_MAX, &identity, err);
    if (!code)
        code = arg_setting(call->args, "label", DEVICE_LABEL_MAX, &label, err);
    if (!code)
        code = arg_setting(call->args, "profile", PROFILE_NAME_MAX, &profile, err);
    if (!code)
        code = device_set(call->store, identity, label, profile, call->by, err);
    return code ? code : device_settings(call->store, out, err);
}

static enum err_code device_note_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *identity, *event, *from, *to;
    (void)out;
    enum err_code code = arg_text(call->args, "identity", IDENTITY_MAX, &identity, err);
    if (!code)
        code = arg_text(call->args, "event", PRINCIPAL_MAX, &event, err);
    if (!code)
        code = arg_text(call->args, "from", PRINCIPAL_MAX, &from, err);
    if (!code)
        code = arg_text(call->args, "to", PRINCIPAL_MAX, &to, err);
    return code ? code : device_note(call->store, identity, event, from, to, call->by, err);
}

static enum err_code profile_set_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *name;
    const struct js *settings;
    enum err_code code = arg_text(call->args, "name", PROFILE_NAME_MAX, &name, err);
    if (!code)
        code = js_get_object(call->args, "settings", &settings, err);
    if (!code)
        code = profile_set(call->store, name, settings, js_bool_or(call->args, "locked", false),
                           call->by, err);
    return code ? code : device_settings(call->store, out, err);
}

static enum err_code profile_remove_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *name;
    enum err_code code = arg_text(call->args, "name", PROFILE_NAME_MAX, &name, err);
    if (!code)
        code = profile_remove(call->store, name, js_bool_or(call->args, "force", false), call->by,
                              err);
    return code ? code : device_settings(call->store, out, err);
}

const struct store_op store_ops_device[] = {
    {.name = "device_settings", .run = device_settings_op},
    {.name = "device_set", .kind = OP_CHANGES, .run = device_set_op},
    {.name = "device_note", .kind = OP_CHANGES, .run = device_note_op},
    {.name = "profile_set", .kind = OP_CHANGES, .run = profile_set_op},
    {.name = "profile_remove", .kind = OP_CHANGES, .run = profile_remove_op},
    {0},
};
