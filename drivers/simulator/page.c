#include "drivers/simulator/page.h"

#include <sane/sane.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MM_PER_INCH 25.4
#define A4_HEIGHT_MM 297.0
#define PACE_A4_SECONDS 4.0
#define PACE_STEP_NS 5000000L
#define PASSES 3

enum ink { INK_AS_IS, INK_WHITE, INK_BLACK };

/* What becomes of a wish under the script. */
struct look {
    struct page_wish wish; /* its window has the rows that really come */
    int lines_told;
    int row_surplus; /* bytes a row beyond those told, or short of them */
    enum ink ink;
};

struct due_fault {
    int64_t offset; /* of all frames' bytes */
    size_t line;
    bool done;
};

struct page {
    const struct acting *acting;
    struct look look;
    struct view *view;
    uint8_t *samples; /* a row as the view gives it */
    uint8_t *row;     /* and as it is delivered */
    size_t row_bytes;
    int frame, frames;
    bool in_frame, read_begun;
    int64_t frame_bytes, at; /* `at`: in all frames */
    struct due_fault faults[SIM_FAULTS_MAX];
    size_t fault_count;
    struct timespec began;
};

/* ---- look -------------------------------------------------------------------------------------
 */

static int frames_of(const struct page_wish *wish)
{
    return wish->three_pass && wish->window.mode == VIEW_COLOR ? PASSES : 1;
}

static int depth_of(const struct page_wish *wish)
{
    return wish->window.mode == VIEW_LINEART ? 1 : wish->depth;
}

static size_t told_row_bytes(const struct page_wish *wish)
{
    size_t bytes = view_row_bytes(&wish->window) / (size_t)frames_of(wish);
    return depth_of(wish) == 16 ? 2 * bytes : bytes;
}

static struct page_frame tell(const struct look *look, int frame)
{
    const struct page_wish *wish = &look->wish;
    int frames = frames_of(wish);
    int format = frames == PASSES                  ? SANE_FRAME_RED + frame
                 : wish->window.mode == VIEW_COLOR ? SANE_FRAME_RGB
                                                   : SANE_FRAME_GRAY;
    return (struct page_frame){
        .format = format,
        .last = frame + 1 == frames,
        .bytes_per_line = (int)told_row_bytes(wish),
        .pixels_per_line = wish->window.width_px,
        .lines = wish->unsized ? -1 : look->lines_told,
        .depth = depth_of(wish),
    };
}

static struct look plain_look(const struct page_wish *wish)
{
    return (struct look){.wish = *wish, .lines_told = wish->window.height_px};
}

struct page_frame page_frame_of(const struct page_wish *wish)
{
    struct look look = plain_look(wish);
    return tell(&look, 0);
}

static int more_rows(const struct sim_fault *fault, int rows)
{
    return fault->by_unit == SIM_ROWS ? fault->by : (int)((int64_t)rows * fault->by / 100) + 1;
}

static void make_coarse(struct look *look)
{
    struct view_window *window = &look->wish.window;
    window->dpi = (window->dpi + 1) / 2;
    window->width_px = (window->width_px + 1) / 2;
    window->height_px = (window->height_px + 1) / 2;
    look->lines_told = window->height_px;
}

static void apply_look(struct look *look, const struct sim_fault *fault)
{
    struct view_window *window = &look->wish.window;
    int most = (int)told_row_bytes(&look->wish) - 1;
    switch (fault->kind) {
    case SIM_FAULT_LONG:
        window->height_px += more_rows(fault, look->lines_told);
        break;
    case SIM_FAULT_WIDE:
        look->row_surplus = fault->by;
        break;
    case SIM_FAULT_NARROW:
        look->row_surplus = -(fault->by < most ? fault->by : most);
        break;
    case SIM_FAULT_UNSIZED:
        look->wish.unsized = true;
        break;
    case SIM_FAULT_COARSE:
        make_coarse(look);
        break;
    case SIM_FAULT_WHITE:
        look->ink = INK_WHITE;
        break;
    case SIM_FAULT_BLACK:
        look->ink = INK_BLACK;
        break;
    default:
        break;
    }
}

/* ---- new page ---------------------------------------------------------------------------------
 */

static bool comes_with_rows(const struct sim_fault *fault)
{
    return fault->kind <= SIM_FAULT_SHORT && fault->at_unit != SIM_AT_START;
}

/* The last row at the latest: a fault behind the end would never come. */
static int64_t offset_of(const struct page *page, const struct sim_fault *fault)
{
    int64_t rows = (int64_t)page->look.wish.window.height_px * page->frames;
    if (fault->at_unit == SIM_BYTES) {
        int64_t last = rows * (int64_t)page->row_bytes - 1;
        return fault->at < last ? fault->at : last;
    }
    int64_t row = fault->at_unit == SIM_ROWS ? fault->at : rows * fault->at / 100;
    return (row < rows ? row : rows - 1) * (int64_t)page->row_bytes;
}

static void collect_faults(struct page *page, int sheet, bool back)
{
    const struct sim_script *script = &page->acting->script;
    for (size_t i = 0; i < script->count; i++)
        if (sim_fault_is_on(&script->list[i], sheet, back) && comes_with_rows(&script->list[i]))
            page->faults[page->fault_count++] =
                (struct due_fault){.offset = offset_of(page, &script->list[i]), .line = i};
}

static void begin_frame(struct page *page)
{
    page->at = page->frame * page->frame_bytes;
    page->in_frame = true;
    page->read_begun = false;
    clock_gettime(CLOCK_MONOTONIC, &page->began);
}

struct page *page_new(const struct paper *paper, const struct page_wish *wish,
                      const struct acting *acting, int sheet, bool back)
{
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return NULL;
    page->acting = acting;
    page->look = plain_look(wish);
    for (size_t i = 0; i < acting->script.count; i++)
        if (sim_fault_is_on(&acting->script.list[i], sheet, back))
            apply_look(&page->look, &acting->script.list[i]);
    const struct view_window *window = &page->look.wish.window;
    size_t told = told_row_bytes(&page->look.wish);
    page->frames = frames_of(&page->look.wish);
    page->row_bytes = (size_t)((int64_t)told + page->look.row_surplus);
    page->frame_bytes = (int64_t)page->row_bytes * window->height_px;
    page->view = view_new(paper, window);
    page->samples = malloc(view_row_bytes(window));
    page->row = calloc(1, told > page->row_bytes ? told : page->row_bytes);
    if (!page->view || !page->samples || !page->row) {
        page_free(page);
        return NULL;
    }
    collect_faults(page, sheet, back);
    begin_frame(page);
    return page;
}

void page_free(struct page *page)
{
    if (!page)
        return;
    view_free(page->view);
    free(page->samples);
    free(page->row);
    free(page);
}

struct page_frame page_frame(const struct page *page)
{
    return tell(&page->look, page->frame);
}

bool page_is_in_frame(const struct page *page)
{
    return page && page->in_frame;
}

bool page_has_next_frame(const struct page *page)
{
    return page->frame + 1 < page->frames;
}

void page_begin_next_frame(struct page *page)
{
    page->frame++;
    begin_frame(page);
}

/* ---- rows -------------------------------------------------------------------------------------
 */

/* Rows a real scanner would have delivered by now. */
static int rows_by_now(const struct page *page)
{
    const struct view_window *window = &page->look.wish.window;
    if (!page->look.wish.pace)
        return window->height_px;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - page->began.tv_sec) +
                     (double)(now.tv_nsec - page->began.tv_nsec) / 1e9;
    double rows = seconds / PACE_A4_SECONDS * A4_HEIGHT_MM / MM_PER_INCH * window->dpi;
    return rows < window->height_px ? (int)rows : window->height_px;
}

static void make_row(struct page *page, int row)
{
    const struct page_wish *wish = &page->look.wish;
    size_t count = view_row_bytes(&wish->window);
    uint8_t *samples = page->samples;
    view_row(page->view, row, samples);
    if (page->look.ink != INK_AS_IS) {
        bool ones = (page->look.ink == INK_WHITE) != (wish->window.mode == VIEW_LINEART);
        memset(samples, ones ? 0xff : 0, count);
    }
    if (page->frames == PASSES) {
        count /= PASSES;
        for (size_t i = 0; i < count; i++)
            samples[i] = samples[PASSES * i + (size_t)page->frame];
    }
    if (depth_of(wish) != 16) {
        memcpy(page->row, samples, count);
        return;
    }
    for (size_t i = 0; i < count; i++) { /* 255 becomes 65535; both bytes are the same */
        page->row[2 * i] = samples[i];
        page->row[2 * i + 1] = samples[i];
    }
}

static bool wait_for_row(const struct page *page, int row)
{
    while (rows_by_now(page) <= row) {
        if (*page->acting->cancelled)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = PACE_STEP_NS}, NULL);
    }
    return true;
}

/* The fault that is due here, and how far the next one lies. */
static struct due_fault *fault_here(struct page *page, int64_t *out_free)
{
    *out_free = (page->frame + 1) * page->frame_bytes - page->at;
    for (size_t i = 0; i < page->fault_count; i++) {
        struct due_fault *fault = &page->faults[i];
        int64_t ahead = fault->offset - page->at;
        if (fault->done || ahead < 0)
            continue;
        if (ahead == 0)
            return fault;
        if (ahead < *out_free)
            *out_free = ahead;
    }
    return NULL;
}

/* As much of one row as fits. 0: it would have to be waited for and there is something to give. */
static int give_row(struct page *page, uint8_t *bytes, size_t max, bool may_wait, size_t *out_size)
{
    int64_t in_frame = page->at - page->frame * page->frame_bytes;
    int row = (int)(in_frame / (int64_t)page->row_bytes);
    size_t used = (size_t)(in_frame % (int64_t)page->row_bytes);
    *out_size = 0;
    if (used == 0) {
        if (!may_wait && rows_by_now(page) <= row)
            return SANE_STATUS_GOOD;
        if (!wait_for_row(page, row))
            return SANE_STATUS_CANCELLED;
        make_row(page, row);
    }
    *out_size = page->row_bytes - used < max ? page->row_bytes - used : max;
    memcpy(bytes, page->row + used, *out_size);
    page->at += (int64_t)*out_size;
    return SANE_STATUS_GOOD;
}

static int begin_read(struct page *page)
{
    if (page->read_begun)
        return SANE_STATUS_GOOD;
    page->read_begun = true;
    return acting_call(page->acting, SIM_CALL_READ);
}

static int end_with(struct page *page, int status)
{
    page->in_frame = false;
    return status;
}

int page_read(struct page *page, uint8_t *bytes, size_t max, size_t *out_size)
{
    *out_size = 0;
    int status = begin_read(page);
    while (status == SANE_STATUS_GOOD && *out_size < max) {
        int64_t free_bytes;
        struct due_fault *fault = fault_here(page, &free_bytes);
        if ((fault || free_bytes == 0) && *out_size)
            return SANE_STATUS_GOOD; /* told by the next read */
        if (fault) {
            fault->done = true;
            status = acting_line(page->acting, fault->line);
            continue;
        }
        if (free_bytes == 0)
            return end_with(page, SANE_STATUS_EOF);
        size_t room = max - *out_size, part;
        if ((int64_t)room > free_bytes)
            room = (size_t)free_bytes;
        status = give_row(page, bytes + *out_size, room, *out_size == 0, &part);
        if (part == 0)
            break;
        *out_size += part;
    }
    return status == SANE_STATUS_GOOD ? status : end_with(page, status);
}
