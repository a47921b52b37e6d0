#include "base/bytes.h"

#include <string.h>

bool bytes_equal_ct(const void *a, const void *b, size_t n)
{
    const volatile uint8_t *x = a;
    const volatile uint8_t *y = b;
    uint8_t difference = 0;

    for (size_t i = 0; i < n; i++) {
        difference |= (uint8_t)(x[i] ^ y[i]);
    }
    return difference == 0;
}

/* The empty asm takes the address and claims to read memory, so the compiler must have written the
 * zeros by then; memset is many times faster than a loop over volatile octets, and wiping is part
 * of every vector made. */
void bytes_wipe(void *p, size_t n)
{
    memset(p, 0, n);
    __asm__ __volatile__("" : : "r"(p) : "memory");
}
