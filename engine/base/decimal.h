#ifndef ENGINE_BASE_DECIMAL_H
#define ENGINE_BASE_DECIMAL_H

#include "engine/base/str.h"

/* Numbers as JSON and Terraform write them ("-1.50e3"), exactly. */

/* The digits without zeros at either end, times a power of ten: two numbers are equal exactly when
 * these are.  The digits stay in the text, a '.' may stand among them. */
struct decimal {
    bool negative;
    struct str digits; /* empty: zero */
    int64_t exponent;  /* of the last digit */
};

/* `text` is a number by the grammar of JSON. */
struct decimal decimal_of(struct str text);
/* Exponents that fit no int64 by far are equal to nothing. */
bool decimal_eq(struct decimal x, struct decimal y);
/* The whole number that it stands for, when int64 holds it. */
bool decimal_to_int64(struct decimal d, int64_t *out);

#endif
