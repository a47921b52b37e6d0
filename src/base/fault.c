#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool fault_set(struct fault *fault, const char *format, ...)
{
    va_list arguments;

    if (fault == NULL) {
        return false;
    }
    va_start(arguments, format);
    (void)vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    return false;
}

bool fault_prefix(struct fault *fault, const char *format, ...)
{
    char inner[sizeof fault->text];
    va_list arguments;

    if (fault == NULL) {
        return false;
    }
    (void)memcpy(inner, fault->text, sizeof inner);
    va_start(arguments, format);
    int used = vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    if (used >= 0 && (size_t)used < sizeof fault->text) {
        (void)snprintf(fault->text + used, sizeof fault->text - (size_t)used, ": %s", inner);
    }
    return false;
}
