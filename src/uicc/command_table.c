#include "uicc/command_table.h"

#include "base/bytes.h"

/* CLA of the first form: kind, 00, secure messaging (2 bits), channel 0 to 3. CLA of the further
 * form: kind, 1, secure messaging (1 bit), 0, channel minus 4. Command chaining (b5) does not
 * exist on a UICC. */
#define CLA_KIND           0x80u
#define CLA_FURTHER        0x40u
#define CLA_FURTHER_SECURE 0x20u
#define CLA_CHAINING       0x10u
#define CLA_SECURE         0x0Cu
#define CLA_CHANNEL        0x03u
#define CLA_FURTHER_NUMBER 0x0Fu
#define FURTHER_CHANNEL    4u

#define ISO    UICC_CLASS_ISO
#define ETSI   UICC_CLASS_ETSI
#define IN     UICC_DATA_IN
#define OUT    UICC_DATA_OUT
#define IN_OUT UICC_DATA_IN_OUT

static const struct uicc_command_row command_table[] = {
    {ISO, 0xA4, IN_OUT, true, uicc_cmd_select},
    {ETSI, 0xF2, OUT, true, uicc_cmd_status},
    {ISO, 0xB0, OUT, false, uicc_cmd_read_binary},
    {ISO, 0xD6, IN, false, uicc_cmd_update_binary},
    {ISO, 0xB2, OUT, false, uicc_cmd_read_record},
    {ISO, 0xDC, IN, false, uicc_cmd_update_record},
    {ISO, 0x20, IN, false, uicc_cmd_verify_pin},
    {ISO, 0x24, IN, false, uicc_cmd_change_pin},
    {ISO, 0x26, IN, false, uicc_cmd_disable_pin},
    {ISO, 0x28, IN, false, uicc_cmd_enable_pin},
    {ISO, 0x2C, IN, false, uicc_cmd_unblock_pin},
    {ISO, 0x70, OUT, false, uicc_cmd_manage_channel},
    {ISO, 0x88, IN_OUT, false, uicc_cmd_authenticate},
    {ISO, 0x84, OUT, false, uicc_cmd_get_challenge},
    {ETSI, 0xAA, IN, false, uicc_cmd_terminal_capability},
    {ISO, 0xA2, IN_OUT, false, uicc_cmd_search_record},
    {ETSI, 0x32, IN_OUT, false, uicc_cmd_increase},
    {ETSI, 0xCB, IN_OUT, false, uicc_cmd_retrieve_data},
    {ETSI, 0xDB, IN, false, uicc_cmd_set_data},
    {ISO, 0x04, IN, false, uicc_cmd_deactivate_file},
    {ISO, 0x44, IN, false, uicc_cmd_activate_file},
    /* TS 102 222 */
    {ISO, 0xE0, IN, false, uicc_cmd_create_file},
    {ISO, 0xE4, IN, false, uicc_cmd_delete_file},
    {ETSI, 0xD4, IN, false, uicc_cmd_resize_file},
    {ISO, 0xE6, IN, false, uicc_cmd_terminate_df},
    {ISO, 0xE8, IN, false, uicc_cmd_terminate_ef},
    {ISO, 0xFE, IN, false, uicc_cmd_terminate_card_usage},
};

uint16_t uicc_class_decode(uint8_t cla, struct uicc_class *out)
{
    bool further = (cla & CLA_FURTHER) != 0;
    bool secure = (cla & (further ? CLA_FURTHER_SECURE : CLA_SECURE)) != 0;

    if ((cla & CLA_CHAINING) != 0 || (!further && (cla & CLA_FURTHER_SECURE) != 0)) {
        return SW_UNKNOWN_CLA;
    }
    out->kind = cla & CLA_KIND;
    out->channel =
        (uint8_t)(further ? FURTHER_CHANNEL + (cla & CLA_FURTHER_NUMBER) : cla & CLA_CHANNEL);
    return secure ? SW_NO_SECURE_MESSAGING : SW_OK;
}

uint16_t uicc_command_find(uint8_t kind, uint8_t ins, const struct uicc_command_row **out)
{
    bool other_class = false;

    for (size_t i = 0; i < ARRAY_LEN(command_table); i++) {
        if (command_table[i].ins == ins) {
            if (command_table[i].class_kind == kind) {
                *out = &command_table[i];
                return SW_OK;
            }
            other_class = true;
        }
    }
    return other_class ? SW_UNKNOWN_CLA : SW_UNKNOWN_INS;
}
