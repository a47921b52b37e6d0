/* The mooring command: everything that an operator or a lab does. */
#include <stdio.h>

#include "cli/cli.h"
#include "edge/file/process.h"

int main(int argc, char **argv)
{
    static const struct cli_group *const groups[] = {
        &cli_group_demo,   &cli_group_home,  &cli_group_subscription,
        &cli_group_ticket, &cli_group_event, &cli_group_card,
        &cli_group_key,    &cli_group_lab,   NULL,
    };
    struct fault fault = {0};

    if (!process_no_core_dumps(&fault)) {
        (void)fprintf(stderr, "mooring: %s\n", fault.text);
        return CLI_FAILED;
    }
    return cli_main(argc, argv, groups);
}
