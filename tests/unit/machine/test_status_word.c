/* src/machine/status_word.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "machine/status_word.h"

static void assert_text(uint16_t sw, const char *expected)
{
    char text[STATUS_WORD_TEXT];
    status_word_text(sw, text);
    assert_string_equal(text, expected);
}

static void texts(void **state)
{
    (void)state;
    assert_text(0x9000, "normal ending");
    assert_text(0x63C2, "wrong PIN, 2 tries left");
    assert_text(0x63C1, "wrong PIN, 1 try left");
    assert_text(0x63C0, "wrong PIN, 0 tries left");
    assert_text(0x6110, "16 octets of response are available");
    assert_text(0x6100, "256 octets of response are available");
    assert_text(0x9862, "authentication error: the MAC in AUTN is wrong");
    assert_text(0x6A82, "file not found");
    assert_text(0x63D0, "unknown status word");
    assert_text(0x0000, "unknown status word");
}

/* Every word gives a text that ends inside the buffer. */
static void all_words(void **state)
{
    (void)state;
    for (unsigned sw = 0; sw <= 0xFFFF; sw++) {
        char text[STATUS_WORD_TEXT + 1];
        memset(text, 'x', sizeof(text));
        status_word_text((uint16_t)sw, text);
        assert_in_range(strnlen(text, sizeof(text)), 4, STATUS_WORD_TEXT - 2);
        assert_null(strchr(text, '%'));
        assert_int_equal(text[STATUS_WORD_TEXT], 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(all_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
