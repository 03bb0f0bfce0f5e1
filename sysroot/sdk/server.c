// What the C library would otherwise bring into a server: linked before it, by the server and libOS SDKs alone.
//
// A server has no operating system below it: it may import nothing but its port. The C library's own
// `arc4random_buf` imports WASI's `random_get` and, through its assertion, three descriptor calls. Swift's
// `Dictionary`, `Set` and `SystemRandomNumberGenerator` call it, and none of them belongs into a server: their
// results differ from run to run, and randomness is an input. So whoever reaches this function is told by the
// linker, which names the symbol below; code that nothing calls is dropped before that and costs nothing.

#include <stddef.h>

void error_a_server_may_not_use_Dictionary_Set_or_random_numbers(void);

void arc4random_buf(void *buffer, size_t count) {
    (void)buffer;
    (void)count;
    error_a_server_may_not_use_Dictionary_Set_or_random_numbers();
    __builtin_trap();
}
