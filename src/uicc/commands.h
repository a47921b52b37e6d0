/*
 * The commands, one handler each, and what they share. A handler gets a command that the dispatcher
 * (card.c) has parsed and whose class it has checked; it returns a status word and puts data into
 * `reply`.
 */
#ifndef MOORING_UICC_COMMANDS_H
#define MOORING_UICC_COMMANDS_H

#include <stddef.h>
#include <stdint.h>

#include "codec/apdu.h"
#include "uicc/card_state.h"
#include "uicc/files.h"
#include "uicc/status_words.h"

#define UICC_DATA_MAX 256u

struct uicc_reply {
    uint8_t *data; /* UICC_DATA_MAX octets */
    uint16_t length;
};

struct uicc_session {
    struct uicc_card *card;
    struct uicc_channel *channel; /* the logical channel of the command */
};

typedef uint16_t (*uicc_handler)(const struct uicc_session *session,
                                 const struct apdu_command *command, struct uicc_reply *reply);

uint16_t uicc_cmd_select(const struct uicc_session *session, const struct apdu_command *command,
                         struct uicc_reply *reply);
uint16_t uicc_cmd_status(const struct uicc_session *session, const struct apdu_command *command,
                         struct uicc_reply *reply);
uint16_t uicc_cmd_read_binary(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_update_binary(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_read_record(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_update_record(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_verify_pin(const struct uicc_session *session, const struct apdu_command *command,
                             struct uicc_reply *reply);
uint16_t uicc_cmd_change_pin(const struct uicc_session *session, const struct apdu_command *command,
                             struct uicc_reply *reply);
uint16_t uicc_cmd_disable_pin(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_enable_pin(const struct uicc_session *session, const struct apdu_command *command,
                             struct uicc_reply *reply);
uint16_t uicc_cmd_unblock_pin(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_authenticate(const struct uicc_session *session,
                               const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_manage_channel(const struct uicc_session *session,
                                 const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_search_record(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_increase(const struct uicc_session *session, const struct apdu_command *command,
                           struct uicc_reply *reply);
uint16_t uicc_cmd_deactivate_file(const struct uicc_session *session,
                                  const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_activate_file(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_create_file(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_delete_file(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_resize_file(const struct uicc_session *session,
                              const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_terminate_df(const struct uicc_session *session,
                               const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_terminate_ef(const struct uicc_session *session,
                               const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_terminate_card_usage(const struct uicc_session *session,
                                       const struct apdu_command *command,
                                       struct uicc_reply *reply);
uint16_t uicc_cmd_retrieve_data(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_set_data(const struct uicc_session *session, const struct apdu_command *command,
                           struct uicc_reply *reply);
uint16_t uicc_cmd_get_challenge(const struct uicc_session *session,
                                const struct apdu_command *command, struct uicc_reply *reply);
uint16_t uicc_cmd_terminal_capability(const struct uicc_session *session,
                                      const struct apdu_command *command, struct uicc_reply *reply);

/* The octets that P3 asks for: 1 to 256; 256 if the command has no Le. */
uint16_t uicc_le(const struct apdu_command *command);

/* 9000 if the command asks for exactly `length` octets, else 6CXX. */
uint16_t uicc_le_exact(const struct apdu_command *command, uint16_t length);

/* The status word 6CXX for `length` octets (256: 6C00). */
uint16_t uicc_sw_le(uint16_t length);

/* An EF that a command is about to read or update. */
struct uicc_target {
    uint16_t index;
    struct uicc_file file;
};

/* The channel's current EF, or the EF with `sfi` (if not 0) in its current DF: 6986, 6A82 if there
 * is none, 6985 if it is not shareable and current on another channel. The current EF does not
 * change. */
uint16_t uicc_target_find(const struct uicc_session *session, uint8_t sfi, struct uicc_target *out);

/* 6985 if the file is not shareable and current on another channel (TS 102 221 8.7), else 9000. */
uint16_t uicc_sharing_check(const struct uicc_session *session, uint16_t index,
                            const struct uicc_file *file);

/* Whether the life cycle of the file and of the DFs above it lets commands work on it: 9000, 6984
 * (deactivated) or 6985 (terminated). */
uint16_t uicc_life_check(struct uicc_card *card, const struct uicc_file *file);

/* Whether the operation `am` is allowed on it now: 9000, 6984, 6985 or 6982. */
uint16_t uicc_target_check(const struct uicc_session *session, const struct uicc_target *target,
                           uint8_t am);

/* Makes the oldest record of a cyclic EF its record 1, to be overwritten; not durable yet. */
void uicc_rotate(const struct uicc_session *session, struct uicc_target *target);

/* Makes it the current EF; no record of it is current (TS 102 221 8.2.2.2). */
void uicc_target_select(const struct uicc_session *session, const struct uicc_target *target);

#endif
