#include "daemon/pipeline/unread.h"

#include "daemon/model/words.h"

#include <string.h>

bool unread_is(const struct js *page)
{
    const struct js *reasons = js_at(page, "quality.reasons");
    for (size_t i = 0; i < js_count(reasons); i++)
        if (strcmp(js_text_or(js_item(reasons, i), "", ""), UNREAD_REASON) == 0)
            return true;
    return false;
}

/* First among the reasons: the list of them is short. */
static struct js *marked(const struct js *page)
{
    const struct js *earlier = js_at(page, "quality.reasons");
    AUTO(js) struct js *copy = js_copy(page);
    AUTO(js) struct js *reasons = js_array();
    bool ok = copy && js_push(reasons, js_text(UNREAD_REASON));
    for (size_t i = 0; ok && i < js_count(earlier); i++)
        ok = js_push(reasons, js_ref(js_item(earlier, i)));
    ok = ok && js_set(copy, "quality", js_pack("{s:s, s:O}", "verdict", "bad", "reasons", reasons));
    return ok ? TAKE(copy) : NULL;
}

static enum err_code write_no_words(const struct js *page, int *out_fd, struct err *err)
{
    AUTO(words) struct words words = {0};
    words_init(&words,
               (struct size_mm){js_real_or(page, "width_mm", 0), js_real_or(page, "height_mm", 0)},
               js_real_or(page, "skew_deg", 0));
    AUTO(js) struct js *list = words_to_js(&words);
    return list ? js_to_memfd(list, "words", out_fd, err)
                : err_set(err, ERR_NO_MEMORY, "page without words");
}

enum err_code unread_keep(struct job *job, struct err *err)
{
    int words = -1;
    const struct js *page = js_at(job->result, "page");
    AUTO(js) struct js *info = marked(page);
    if (!info)
        return err_set(err, ERR_NO_MEMORY, "page without words");
    enum err_code code = write_no_words(page, &words, err);
    if (code)
        return code;
    fd_close(job->result_fds[0]);
    job->result_fds[0] = words;
    bool ok = js_set(job->result, "page", js_ref(info)) &&
              js_set(job->result, "words", js_int(0)) &&
              js_set(job->result, "mean_confidence", js_real(0));
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "page without words");
}
