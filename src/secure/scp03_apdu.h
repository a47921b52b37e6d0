/*
 * SCP03: protection of one command and of its response, for both ends of a session (Amendment D,
 * 6.2.4 to 6.2.7).
 *
 * Both ends go through the commands in step: chaining value and counter move with every command, so
 * that a command left out, repeated, swapped or from another session has a wrong MAC. Whatever
 * these functions refuse ends the session: they wipe it before they return SCP03_REFUSED or
 * SCP03_FAILED.
 *
 * Only the basic logical channel and classes 0X and 8X are served: the channel number is not under
 * the MAC (6.2.4), and a card with one channel has no need of it.
 */
#ifndef MOORING_SECURE_SCP03_APDU_H
#define MOORING_SECURE_SCP03_APDU_H

#include "codec/apdu.h"
#include "secure/scp03.h"

#define SCP03_DATA_MAX     (APDU_LC_MAX + 1) /* room for any data field of either direction */
#define SCP03_RESPONSE_MAX 256u              /* response data of an APDU in short form */

/* True if `cla` says that the command is protected as here: a dispatcher gives such commands to the
 * session and may treat others as coming from anybody. */
bool scp03_is_secure(uint8_t cla);

/* Host: protects `plain`, octets to `out` (APDU_MAX) and their number to *out_length. */
enum scp03_result scp03_command_wrap(const struct crypto_port *crypto,
                                     struct scp03_session *session,
                                     const struct apdu_command *plain, uint8_t *out,
                                     size_t *out_length);

/* Card: checks and opens `secured`. `plain` gets the command without secure messaging; its data lie
 * in `buffer` (SCP03_DATA_MAX octets). */
enum scp03_result scp03_command_unwrap(const struct crypto_port *crypto,
                                       struct scp03_session *session,
                                       const struct apdu_command *secured, uint8_t *buffer,
                                       struct apdu_command *plain);

/* Octets of response data that fit one protected response of this session. */
size_t scp03_response_max(const struct scp03_session *session);

/*
 * Card: protects `length` octets of response data with status word `sw`; the data field to `out`
 * (SCP03_RESPONSE_MAX octets), its size to *out_length. Only 9000, 62XX and 63XX are protected
 * (6.2.5): with any other status word the response has no data. To be called once a command.
 */
enum scp03_result scp03_response_wrap(const struct crypto_port *crypto,
                                      struct scp03_session *session, const uint8_t *data,
                                      size_t length, uint16_t sw, uint8_t *out, size_t *out_length);

/*
 * Host: checks and opens the response data field `data` with `sw`; plain data to `out`
 * (SCP03_RESPONSE_MAX octets), their number to *out_length. SCP03_OK: it is the card's answer to
 * the last command. SCP03_HINT: nothing protects it, either because the level has no R-MAC or
 * because `sw` is an error (then there are no data): a hint, never a ground for a decision.
 */
enum scp03_result scp03_response_unwrap(const struct crypto_port *crypto,
                                        struct scp03_session *session, const uint8_t *data,
                                        size_t length, uint16_t sw, uint8_t *out,
                                        size_t *out_length);

#endif
