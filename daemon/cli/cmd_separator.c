#include "daemon/cli/commands.h"
#include "daemon/model/separator_sheet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* An A4 sheet to lay between papers: patch T along all four edges for any scanner and program, our
 * code in the middle. Source of the bars: ocr/recognize/patch.h. */

#define SHEET_W 210.0
#define SHEET_H 297.0
#define EDGE_MM 10.0
#define BAR_LENGTH_MM 63.5
#define CODE_MM 60.0
#define CODE_TOP_MM 95.0

const struct cli_option cmd_separator_print_options[] = {
    {"output", 'o', "FILE", "write here (default: stdout)"},
    {0},
};

struct bar {
    double at, thick; /* from the edge inwards */
};

static const struct bar patch_t[] = {{0, 2.032}, {4.064, 5.08}, {11.176, 2.032}, {15.24, 5.08}};

static void put_rect(FILE *file, double x, double y, double w, double h)
{
    fprintf(file, "<rect x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\"/>\n", x, y, w, h);
}

static void put_patches(FILE *file)
{
    double across = (SHEET_W - BAR_LENGTH_MM) / 2, down = (SHEET_H - BAR_LENGTH_MM) / 2;
    for (size_t i = 0; i < sizeof patch_t / sizeof *patch_t; i++) {
        double at = EDGE_MM + patch_t[i].at, thick = patch_t[i].thick;
        put_rect(file, across, at, BAR_LENGTH_MM, thick);
        put_rect(file, across, SHEET_H - at - thick, BAR_LENGTH_MM, thick);
        put_rect(file, at, down, thick, BAR_LENGTH_MM);
        put_rect(file, SHEET_W - at - thick, down, thick, BAR_LENGTH_MM);
    }
}

static void put_code(FILE *file)
{
    double module = CODE_MM / SEPARATOR_CODE_MODULES, left = (SHEET_W - CODE_MM) / 2;
    for (int y = 0; y < SEPARATOR_CODE_MODULES; y++)
        for (int x = 0; x < SEPARATOR_CODE_MODULES; x++)
            if (separator_code_is_dark(x, y))
                put_rect(file, left + x * module, CODE_TOP_MM + y * module, module, module);
}

static void put_line(FILE *file, double y, double size, const char *text)
{
    fprintf(file,
            "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\" text-anchor=\"middle\" "
            "font-family=\"Liberation Sans, Arial, sans-serif\">%s</text>\n",
            SHEET_W / 2, y, size, text);
}

static void put_sheet(FILE *file)
{
    fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" "
          "viewBox=\"0 0 210 297\">\n<title>Tờ phân cách</title>\n<style>@page{size:A4;margin:0}"
          "</style>\n<g shape-rendering=\"crispEdges\">\n",
          file);
    put_patches(file);
    put_code(file);
    fputs("</g>\n", file);
    put_line(file, 75, 14, "TỜ PHÂN CÁCH");
    put_line(file, 174, 6, "Đặt giữa hai giấy khi quét một chồng.");
    put_line(file, 183, 6, "In ở cỡ 100 %, không phóng to, không thu nhỏ.");
    fputs("</svg>\n", file);
}

int cmd_separator_print(const struct cli *cli, const struct cli_args *args)
{
    const char *name = args_text(args, "output");
    bool to_stdout = !name || strcmp(name, "-") == 0;
    FILE *file = to_stdout ? stdout : fopen(name, "we");
    (void)cli;
    if (file)
        put_sheet(file);
    bool ok = file && !ferror(file) && (to_stdout ? fflush(file) : fclose(file)) == 0;
    if (ok)
        return CLI_DONE;
    struct err err = ERR_INIT;
    err_set_errno(&err, ERR_IO, errno, "%s", to_stdout ? "stdout" : name);
    return cli_problem(&err);
}
