#include "ocr/classify/table.h"

#include "daemon/base/mem.h"

#include <math.h>
#include <stdlib.h>

/* Rulings that meet, seen through blur and a skew that is left. */
#define MEET_MM 1.5
/* Rulings nearer than that are one border (a double line, a line in two pieces). */
#define SAME_MM 2.0
/* A border has to be there along that share of a cell's side. */
#define BORDERED 0.6
#define OPEN_END_MM 5.0
#define ROWS_MAX 100
#define COLUMNS_MAX 40
#define CELL_SURE 0.95

/* One table: rulings that hang together, and the grid they make. */
struct grid {
    const struct rulings *rulings;
    const size_t *group; /* of each ruling */
    size_t own;          /* the table's */
    double x[COLUMNS_MAX + 1], y[ROWS_MAX + 1];
    int columns, rows;
    bool open_left, open_right;
    bool used[ROWS_MAX][COLUMNS_MAX];
};

void cells_done(struct cells *cells)
{
    mem_free(cells->item);
    *cells = (struct cells){0};
}

static bool reaches(const struct ruling *ruling, double at_mm)
{
    return at_mm >= ruling->from_mm - MEET_MM && at_mm <= ruling->to_mm + MEET_MM;
}

static bool meet(const struct ruling *a, const struct ruling *b)
{
    return a->upright != b->upright && reaches(a, b->at_mm) && reaches(b, a->at_mm);
}

static size_t root_of(size_t *parent, size_t at)
{
    while (parent[at] != at)
        at = parent[at] = parent[parent[at]];
    return at;
}

static void group_rulings(const struct rulings *rulings, size_t *parent)
{
    for (size_t i = 0; i < rulings->count; i++)
        parent[i] = i;
    for (size_t i = 0; i < rulings->count; i++)
        for (size_t k = 0; k < i; k++)
            if (meet(&rulings->item[i], &rulings->item[k]))
                parent[root_of(parent, i)] = root_of(parent, k);
    for (size_t i = 0; i < rulings->count; i++)
        parent[i] = root_of(parent, i);
}

static int compare_reals(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Sorted, those of one border made one; how many are left. */
static int unite(double *at, int count)
{
    int kept = 0;
    qsort(at, (size_t)count, sizeof *at, compare_reals);
    for (int i = 0; i < count; i++)
        if (!kept || at[i] - at[kept - 1] > SAME_MM)
            at[kept++] = at[i];
    return kept;
}

/* False: no grid of two cells or more, or more than any paper has. */
static bool find_grid(struct grid *grid, double *room)
{
    int across = 0, down = 0;
    double left = INFINITY, right = -INFINITY;
    for (int upright = 0; upright < 2; upright++) {
        int count = 0;
        for (size_t i = 0; i < grid->rulings->count; i++) {
            const struct ruling *ruling = &grid->rulings->item[i];
            if (grid->group[i] != grid->own || ruling->upright != upright)
                continue;
            room[count++] = ruling->at_mm;
            left = upright ? left : fmin(left, ruling->from_mm);
            right = upright ? right : fmax(right, ruling->to_mm);
        }
        count = unite(room, count);
        if (count < 1 || count > (upright ? COLUMNS_MAX - 1 : ROWS_MAX + 1))
            return false;
        for (int i = 0; i < count; i++)
            (upright ? grid->x + 1 : grid->y)[i] = room[i];
        *(upright ? &across : &down) = count;
    }
    grid->open_left = left < grid->x[1] - OPEN_END_MM;
    grid->open_right = right > grid->x[across] + OPEN_END_MM;
    grid->x[0] = left;
    grid->x[across + 1] = right;
    int first = grid->open_left ? 0 : 1, last = grid->open_right ? across + 1 : across;
    for (int i = first; i <= last; i++)
        grid->x[i - first] = grid->x[i];
    grid->columns = last - first;
    grid->rows = down - 1;
    return grid->columns >= 1 && grid->rows >= 1 && grid->columns * grid->rows >= 2;
}

/* Is there a border at `at` all along from … to? */
static bool is_bordered(const struct grid *grid, bool upright, double at, double from, double to)
{
    double covered = 0;
    for (size_t i = 0; i < grid->rulings->count; i++) {
        const struct ruling *ruling = &grid->rulings->item[i];
        if (grid->group[i] == grid->own && ruling->upright == upright &&
            fabs(ruling->at_mm - at) <= SAME_MM)
            covered += fmax(0, fmin(to, ruling->to_mm) - fmax(from, ruling->from_mm));
    }
    return covered >= BORDERED * (to - from);
}

static int span_columns(const struct grid *grid, int row, int column)
{
    int span = 1;
    while (column + span < grid->columns && !grid->used[row][column + span] &&
           !is_bordered(grid, true, grid->x[column + span], grid->y[row], grid->y[row + 1]))
        span++;
    return span;
}

static int span_rows(const struct grid *grid, int row, int column, int columns)
{
    int span = 1;
    while (
        row + span < grid->rows && !grid->used[row + span][column] &&
        !is_bordered(grid, false, grid->y[row + span], grid->x[column], grid->x[column + columns]))
        span++;
    return span;
}

static void add_cells(struct grid *grid, int table, struct cells *out)
{
    size_t first = out->count;
    for (int row = 0; row < grid->rows; row++)
        for (int column = 0; column < grid->columns; column++) {
            if (grid->used[row][column] || out->count >= PAGE_ZONES_MAX / 2)
                continue;
            int columns = span_columns(grid, row, column);
            int rows = span_rows(grid, row, column, columns);
            for (int r = row; r < row + rows; r++)
                for (int c = column; c < column + columns; c++)
                    grid->used[r][c] = true;
            out->item[out->count++] = (struct page_zone){
                .kind = PAGE_ZONE_CELL,
                .box = {grid->x[column], grid->y[row], grid->x[column + columns] - grid->x[column],
                        grid->y[row + rows] - grid->y[row]},
                .confidence = CELL_SURE,
                .table = table,
                .row = row + 1,
                .column = column + 1,
                .rows = rows,
                .columns = columns};
        }
    if (out->count - first < 2)
        out->count = first;
}

enum err_code table_cells(const struct rulings *rulings, struct cells *out, struct err *err)
{
    AUTO(mem) size_t *group = mem_array(rulings->count + 1, sizeof *group);
    AUTO(mem) double *room = mem_array(rulings->count + 1, sizeof *room);
    AUTO(mem) struct grid *grid = mem_alloc(sizeof *grid);
    AUTO(cells) struct cells found = {.item = mem_array(PAGE_ZONES_MAX / 2, sizeof *found.item)};
    if (!group || !room || !grid || !found.item)
        return err_set(err, ERR_NO_MEMORY, "tables of a page");
    group_rulings(rulings, group);
    int tables = 0;
    for (size_t own = 0; own < rulings->count; own++) {
        if (group[own] != own)
            continue;
        *grid = (struct grid){.rulings = rulings, .group = group, .own = own};
        size_t before = found.count;
        if (find_grid(grid, room))
            add_cells(grid, tables + 1, &found);
        tables += found.count > before;
    }
    *out = found;
    found.item = NULL;
    return ERR_OK;
}
