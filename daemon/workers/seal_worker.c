#include "daemon/base/file.h"
#include "daemon/base/log.h"
#include "daemon/base/sys.h"
#include "daemon/base/when.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/worker_main.h"
#include "queue/seal/pdf_metadata.h"
#include "queue/seal/pdf_sign.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/*
 * sohoa-seal-worker: holds the signer's key between unlock and lock, and nothing but finished PDF
 * bytes.
 *
 *   unlock {password}                     PKCS#12 file    → who signs; replaces an earlier key
 *   sign   {block, document_id, avoid, beside}    out, PDF        → signature; out is checked and
 * flushed lock   {}                                             key wiped
 *
 * "avoid" [[x, y, w, h] …]: text and codes of page 1 in mm, as it is shown, that the visible block
 * must not cover. "beside": it belongs on the lid beside the paper, where the page shows but a part
 * of its image. "scheme": "pkcs1" asks for RSASSA-PKCS1-v1_5; default is RSASSA-PSS, ECDSA for EC
 * keys.
 */

#define P12_MAX_BYTES (1u << 20)
#define AVOID_MAX 20000u
#define TEXT_MAX 300

struct seal {
    struct signer *signer;
};

static void lock_signer(struct seal *seal)
{
    signer_free(TAKE(seal->signer));
}

/* The request's copy of the password must not stay in memory until the next request. */
static void wipe_password(const char *password)
{
    explicit_bzero((char *)password, strlen(password));
}

static enum err_code open_signer(int fd, const char *password, struct signer **out, struct err *err)
{
    AUTO(mem)
    char *bytes = NULL;
    size_t size = 0;
    enum err_code code = file_read_fd(fd, P12_MAX_BYTES, &bytes, &size, err);
    if (code)
        return code;
    code = signer_open_p12(bytes, size, password, out, err);
    explicit_bzero(bytes, size);
    return code;
}

static struct js *signer_to_js(const struct signer_info *info)
{
    char from[WHEN_ISO_SIZE], until[WHEN_ISO_SIZE];
    when_iso_local(info->not_before_us, from);
    when_iso_local(info->not_after_us, until);
    return js_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:b}}", "signer", "name", info->name, "serial",
                   info->serial, "issuer", info->issuer, "not_before", from, "not_after", until,
                   "software_key", info->software_key);
}

static enum err_code run_unlock(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err)
{
    struct seal *seal = self;
    const char *password = NULL;
    AUTO(fd)
    int fd = -1;
    AUTO(signer)
    struct signer *signer = NULL;
    enum err_code code = js_get_text(call->args, "password", &password, err);
    if (code)
        return code;
    code = ipc_take_fd(call->message, 0, &fd, err);
    if (!code)
        code = open_signer(fd, password, &signer, err);
    wipe_password(password);
    if (!code)
        code = signer_check(signer, sys_now_us(), err);
    if (code)
        return code;
    answer->ok = signer_to_js(signer_info(signer));
    if (!answer->ok)
        return err_set(err, ERR_NO_MEMORY, "answer");
    lock_signer(seal); /* a wrong password leaves the key that is there */
    seal->signer = TAKE(signer);
    return ERR_OK;
}

static enum err_code read_avoid(const struct js *args, struct rect_mm **out, size_t *out_count,
                                struct err *err)
{
    const struct js *list = js_at(args, "avoid");
    size_t count = js_count(list);
    if (!count)
        return ERR_OK;
    if (count > AVOID_MAX)
        return err_set(err, ERR_TOO_LARGE, "'avoid' has %zu places", count);
    AUTO(mem)
    struct rect_mm *rects = mem_array(count, sizeof *rects);
    if (!rects)
        return err_set(err, ERR_NO_MEMORY, "places to avoid");
    for (size_t i = 0; i < count; i++) {
        enum err_code code = rect_from_js(js_item(list, i), "", &rects[i], err);
        if (code)
            return err_context(err, code, "avoid[%zu]", i);
    }
    *out = TAKE(rects);
    *out_count = count;
    return ERR_OK;
}

struct copier_block {
    char name[TEXT_MAX], time[TEXT_MAX];
};

/* TT 01/2023 Đ8: name and time; NĐ 137/2024 Đ4: the mark; TT 15/2025: a software key is told. */
static struct block_wish make_block(const struct signer_info *info, const char *name, int64_t at_us,
                                    struct copier_block *text)
{
    char iso[WHEN_ISO_SIZE];
    when_iso_local(at_us, iso);
    snprintf(text->name, sizeof text->name, "Người sao chụp: %s", name);
    snprintf(text->time, sizeof text->time, "Thời gian: %s", iso);
    struct block_wish block = {
        .anchor = BLOCK_TOP_LEFT,
        .lines = {PDF_CONVERSION_MARK, text->name, text->time},
        .line_count = 3,
    };
    if (info->software_key)
        block.lines[block.line_count++] = "Ký số bằng khóa phần mềm";
    return block;
}

static enum err_code read_scheme(const struct js *args, enum sign_scheme *out, struct err *err)
{
    const char *scheme = js_text_or(args, "scheme", "default");
    if (strcmp(scheme, "default") != 0 && strcmp(scheme, "pkcs1") != 0)
        return err_set(err, ERR_BAD_ARGUMENT, "'scheme' is none of: default, pkcs1");
    *out = strcmp(scheme, "pkcs1") == 0 ? SIGN_PKCS1 : SIGN_DEFAULT;
    return ERR_OK;
}

static struct js *signed_to_js(const struct pdf_signed *done, const struct signer_info *info,
                               int64_t at_us)
{
    struct js *signature =
        js_pack("{s:s, s:s, s:s, s:s, s:I, s:b, s:b, s:o, s:f}", "kind", "personal", "level", "B-B",
                "signer", info->name, "serial", info->serial, "signed_at_us", at_us, "software_key",
                info->software_key, "block_moved", done->block.moved, "block_mm",
                rect_to_js(done->block.box), "block_covers_mm2", done->block.covers_mm2);
    return js_pack("{s:s, s:I, s:o}", "sha256", done->file.sha256, "size_bytes",
                   (int64_t)done->file.size_bytes, "signature", signature);
}

static enum err_code sign_file(struct seal *seal, struct worker_call *call,
                               struct pdf_sign_wish *wish, struct pdf_signed *out, struct err *err)
{
    AUTO(fd)
    int out_fd = -1;
    AUTO(fd)
    int in_fd = -1;
    AUTO(mem)
    struct rect_mm *avoid = NULL;
    enum err_code code = read_avoid(call->args, &avoid, &wish->block.avoid_count, err);
    if (!code)
        code = ipc_take_fd(call->message, 0, &out_fd, err);
    if (!code)
        code = ipc_take_fd(call->message, 1, &in_fd, err);
    if (code)
        return code;
    wish->block.avoid = avoid;
    wish->block.beside = js_bool_or(call->args, "beside", false);
    return pdf_sign(in_fd, out_fd, seal->signer, wish, out, err);
}

static enum err_code run_sign(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct seal *seal = self;
    if (!seal->signer)
        return err_set(err, ERR_SIGNER_LOCKED, "no key");
    const struct signer_info *info = signer_info(seal->signer);
    const char *name = js_text_or(call->args, "block.name", info->name);
    int64_t at_us = js_int_or(call->args, "block.at_us", sys_now_us());
    struct copier_block text;
    struct pdf_sign_wish wish = {
        .at_us = at_us,
        .name = name,
        .field_about = "Chữ ký số của người sao chụp",
        .block = make_block(info, name, at_us, &text),
    };
    struct pdf_signed done;
    enum err_code code = read_scheme(call->args, &wish.scheme, err);
    if (!code)
        code = sign_file(seal, call, &wish, &done, err);
    if (code)
        return code;
    if (done.block.moved) /* regulations R-22 */
        log_line(LOG_LEVEL_INFO,
                 LOG_FIELDS(LOG_FIELD("SOHOA_DOC", js_text_or(call->args, "document_id", NULL))),
                 "text or a code is in the corner: the signature's block stands beside it");
    answer->ok = signed_to_js(&done, info, at_us);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code run_lock(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    (void)call;
    (void)answer;
    (void)err;
    lock_signer(self);
    return ERR_OK;
}

int main(void)
{
    /* A crash must not leave the key in a core file, nor may others of this user read our memory.
     */
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0});
    static const struct worker_op ops[] = {
        {"unlock", run_unlock}, {"sign", run_sign}, {"lock", run_lock}, {0}};
    struct seal seal = {0};
    confine_worker("sohoa-seal-worker", NULL);
    int status = worker_serve("sohoa-seal-worker", ops, &seal);
    lock_signer(&seal);
    return status;
}
