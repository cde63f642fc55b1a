#include "daemon/workers/upload_args.h"

#include "daemon/base/hash.h"
#include "daemon/base/id.h"

enum err_code upload_arg_id(const struct js *args, const char *key, const char **out,
                            struct err *err)
{
    enum err_code code = js_get_text(args, key, out, err);
    if (!code && !id_is_valid(*out))
        code = err_set(err, ERR_BAD_ARGUMENT, "%s is not an id", key);
    return code;
}

enum err_code upload_arg_hash(const struct js *args, const char *key, const char **out,
                              struct err *err)
{
    enum err_code code = js_get_text(args, key, out, err);
    if (!code && !hash_is_hex(*out))
        code = err_set(err, ERR_BAD_ARGUMENT, "%s is no SHA-256", key);
    return code;
}
