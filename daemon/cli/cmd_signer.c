#include "daemon/cli/commands.h"
#include "daemon/cli/password.h"
#include "daemon/cli/show.h"

#include <string.h>

const struct cli_option cmd_signer_unlock_options[] = {
    {"password-fd", 0, "N", "read the password from this descriptor (else the terminal asks)"},
    {0},
};

int cmd_signer_show(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "GET", "/v1/signer", NULL, show_values);
}

int cmd_signer_unlock(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    long fd;
    if (args_number(args, "password-fd", 0, 1023, -1, &fd, &err))
        return cli_problem(&err);
    char password[PASSWORD_SIZE];
    enum err_code code = fd >= 0 ? password_read_fd((int)fd, password, &err)
                                 : password_ask("Password of the signing key: ", password, &err);
    if (code)
        return cli_problem(&err);
    struct js *body = js_pack("{s:s}", "password", password);
    explicit_bzero(password, sizeof password);
    if (!body) {
        err_set(&err, ERR_BAD_ARGUMENT, "the password is no UTF-8 text");
        return cli_problem(&err);
    }
    return cli_call(cli, "POST", "/v1/signer/unlock", body, show_values);
}

int cmd_signer_lock(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "POST", "/v1/signer/lock", NULL, show_values);
}
