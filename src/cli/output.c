#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

struct output {
    const struct output_column *columns;
    size_t column_count;
    bool json;
    size_t keep_last;
    json_t *rows; /* an array of objects */
};

struct output *output_new(const struct output_column *columns, bool json)
{
    struct output *output = calloc(1, sizeof *output);

    if (output == NULL) {
        return NULL;
    }
    output->columns = columns;
    output->json = json;
    while (columns[output->column_count].key != NULL) {
        output->column_count++;
    }
    output->rows = json_array();
    if (output->rows == NULL) {
        free(output);
        return NULL;
    }
    return output;
}

/* Cells may hold what a peer said: nothing in them may speak to the terminal, or be no UTF-8. */
static json_t *cell_json(const char *text)
{
    char clean[OUTPUT_CELL_MAX];
    size_t n = 0;

    if (text == NULL) {
        return json_null();
    }
    for (; text[n] != '\0' && n < sizeof clean - 1; n++) {
        clean[n] = '?';
        if (text[n] >= 0x20 && text[n] < 0x7F) {
            clean[n] = text[n];
        }
    }
    clean[n] = '\0';
    return json_string(clean);
}

bool output_row(struct output *output, const char *const *cells)
{
    json_t *row = json_object();

    for (size_t i = 0; i < output->column_count; i++) {
        if (json_object_set_new(row, output->columns[i].key, cell_json(cells[i])) != 0) {
            json_decref(row);
            return false;
        }
    }
    if (output->keep_last != 0 && json_array_size(output->rows) == output->keep_last) {
        (void)json_array_remove(output->rows, 0);
    }
    return json_array_append_new(output->rows, row) == 0;
}

void output_keep_last(struct output *output, size_t n)
{
    if (output != NULL) {
        output->keep_last = n;
    }
}

static const char *cell_of(const struct output *output, const json_t *row, size_t column)
{
    const char *text = json_string_value(json_object_get(row, output->columns[column].key));

    return text != NULL && text[0] != '\0' ? text : "-";
}

static void print_line(const struct output *output, const size_t *widths, size_t last,
                       const json_t *row)
{
    for (size_t i = 0; i <= last; i++) {
        const char *text = row != NULL ? cell_of(output, row, i) : output->columns[i].title;

        if (output->columns[i].title != NULL) {
            (void)printf("%-*s%s", i == last ? 0 : (int)widths[i], text, i == last ? "\n" : "  ");
        }
    }
}

static void print_table(const struct output *output)
{
    size_t widths[OUTPUT_COLUMNS_MAX] = {0};
    size_t last = 0;
    size_t index;
    json_t *row;

    for (size_t i = 0; i < output->column_count; i++) {
        if (output->columns[i].title == NULL) {
            continue;
        }
        last = i;
        widths[i] = strlen(output->columns[i].title);
        json_array_foreach(output->rows, index, row)
        {
            size_t len = strlen(cell_of(output, row, i));

            widths[i] = len > widths[i] ? len : widths[i];
        }
    }
    print_line(output, widths, last, NULL);
    json_array_foreach(output->rows, index, row)
    {
        print_line(output, widths, last, row);
    }
}

void output_free(struct output *output)
{
    if (output != NULL) {
        json_decref(output->rows);
        free(output);
    }
}

void output_print(struct output *output)
{
    if (output->json) {
        (void)json_dumpf(output->rows, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        (void)printf("\n");
    } else {
        print_table(output);
    }
    output_free(output);
}
