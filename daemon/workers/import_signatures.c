#include "daemon/workers/import_signatures.h"

#include "daemon/base/mem.h"
#include "queue/seal/foreign.h"

static struct js *signature_to_js(const struct foreign_signature *signature)
{
    const char *certificate = signature->certificate_sha256;
    return js_pack("{s:s, s:s, s:s, s:s?, s:o, s:b}", "level", signature->level, "signer",
                   signature->signer, "serial", signature->serial, "certificate_sha256",
                   *certificate ? certificate : NULL, "signed_at_us",
                   signature->signed_us ? js_int(signature->signed_us) : js_null(), "intact",
                   (int)signature->intact);
}

enum err_code import_signatures(int fd, struct js **out, struct err *err)
{
    AUTO(mem) struct foreign_signatures *found = mem_alloc(sizeof *found);
    AUTO(js) struct js *list = js_array();
    enum err_code code =
        found && list ? foreign_list(fd, found, err) : err_set(err, ERR_NO_MEMORY, "signatures");
    for (size_t i = 0; !code && i < found->count; i++)
        if (!js_push(list, signature_to_js(&found->item[i])))
            code = err_set(err, ERR_NO_MEMORY, "signatures");
    if (code)
        return code;
    *out = js_pack("{s:O, s:b}", "list", list, "covers_file", (int)found->covers_file);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "signatures");
}
