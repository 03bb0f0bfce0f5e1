/* What the measured programs share: no library, and two entries, since runners differ in what they call. */
#include <stdint.h>

/* Does the work; the result is the same with every runner. */
uint64_t run(void);

volatile uint64_t result;

/* For runners of WASI programs: does the work and ends. */
void _start(void) { result = run(); }
