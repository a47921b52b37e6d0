/* mooring event: what happened. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "cli/session.h"
#include "edge/sqlite/sqlite_admin.h"

static bool add_row(void *user, int64_t id, const struct home_event *event)
{
    char number[24];
    char at[32];
    const char *cells[] = {
        number,     at,           event_kind_name(event->kind), event->imsi.digits, event->who,
        event->why, event->detail};

    (void)snprintf(number, sizeof number, "%" PRId64, id);
    cli_time_text(event->at_ms, at);
    return output_row(user, cells);
}

static int event_list(const struct cli_args *args)
{
    static const struct output_column columns[] = {
        {"id", "ID"},   {"at", "TIME"}, {"kind", "EVENT"}, {"imsi", "IMSI"},
        {"who", "WHO"}, {"why", "WHY"}, {"detail", NULL},  {0}};
    struct session session;
    struct fault fault = {0};
    struct imsi imsi;
    const char *text = cli_value(args, "imsi", NULL);
    uint64_t since;
    uint64_t limit;
    uint64_t last;

    if (!cli_number(args, "since", 0, INT64_MAX, 0, &since) ||
        !cli_number(args, "limit", 1, 1000000, 1000, &limit) ||
        !cli_number(args, "last", 1, 1000000, 0, &last)) {
        return CLI_USAGE;
    }
    if (text != NULL && !imsi_parse(text, strlen(text), &imsi)) {
        return cli_usage(args, "'%s' is no IMSI", text);
    }
    if (!session_open(&session, args, false, &fault)) {
        return cli_failed(&fault);
    }
    struct output *output = output_new(columns, cli_given(args, "json"));
    output_keep_last(output, (size_t)last);
    bool good = output != NULL &&
                sqlite_admin_events(session.store, (int64_t)since, text != NULL ? &imsi : NULL,
                                    last != 0 ? SIZE_MAX : (size_t)limit, add_row, output,
                                    &fault) == STORE_OK;
    session_close(&session);
    if (!good) {
        output_free(output);
        return cli_failed(&fault);
    }
    output_print(output);
    return CLI_OK;
}

static const struct cli_option options[] = {
    SESSION_OPTION_CONFIG,
    {"imsi", "IMSI", "only those of one subscription"},
    {"since", "ID", "only those after this event"},
    {"limit", "N", "at most so many, from the oldest on (default: 1000)"},
    {"last", "N", "the newest ones only"},
    {"json", NULL, "as a JSON array"},
    {0},
};

static const struct cli_command commands[] = {
    {"list", "", 0, 0, "List events, oldest first",
     "With --json each event has its facts as well ('detail').",
     "mooring event list --imsi 001010000000001 --last 10\n  mooring event list --since 41 --json",
     options, event_list},
    {0},
};

const struct cli_group cli_group_event = {"event", "What happened, to whom, when and why",
                                          commands};
