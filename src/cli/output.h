/* Lists for people and for programs: the same rows as an aligned table or as a JSON array of
 * objects. */
#ifndef MOORING_CLI_OUTPUT_H
#define MOORING_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#define OUTPUT_COLUMNS_MAX 16
#define OUTPUT_CELL_MAX    512 /* characters of a cell with its NUL; longer ones are cut */

struct output_column {
    const char *key;   /* JSON member */
    const char *title; /* of the table; NULL: only in JSON */
};

struct output;

/* Starts a list. `columns` (constant) ends with a NULL key. NULL if there is no memory. */
struct output *output_new(const struct output_column *columns, bool json);

/* Adds a row: a text for each column, NULL for none (JSON null, '-' in a table); characters other
 * than printable ASCII become '?'. False if there is no memory. */
bool output_row(struct output *output, const char *const *cells);

/* Keeps only the newest `n` rows from now on; 0: all. `output` may be NULL. */
void output_keep_last(struct output *output, size_t n);

/* Prints and frees the list. */
void output_print(struct output *output);

/* Frees the list unprinted; NULL is allowed. */
void output_free(struct output *output);

#endif
