// Martlet's own calls (module martlet_v1), as far as the test programs use them. All answer 0 or an errno of WASI preview 1. What
// POSIX calls by other names is in posix.h.
#pragma once

#include <stdint.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define MARTLET(name) IMPORT("martlet_v1", #name)

MARTLET(process_spawn)
int process_spawn(
    const char *path, uint32_t path_length, const void *block, uint32_t block_length, int32_t *process, char *reason,
    uint32_t reason_capacity, uint32_t *reason_length);
MARTLET(process_wait) int process_wait(int32_t process, uint32_t flags, int32_t *ended, uint32_t *status);
MARTLET(process_session_create) int process_session_create(void);
MARTLET(signal_action) int signal_action(uint32_t signal, const void *action, void *old);
MARTLET(signal_mask) int signal_mask(uint32_t how, const uint64_t *set, uint64_t *old);
MARTLET(signal_pending) int signal_pending(uint64_t *set);
MARTLET(signal_suspend) int signal_suspend(const uint64_t *set);
MARTLET(signal_wait) int signal_wait(const uint64_t *set, void *info, uint64_t nanoseconds);
MARTLET(signal_queue) int signal_queue(int32_t process, uint32_t signal, uint64_t value);
MARTLET(alarm_set) int alarm_set(const uint64_t *time, uint64_t *old);
MARTLET(process_parent_id) int32_t process_parent_id(void);
MARTLET(terminal_foreground_get) int terminal_foreground_get(uint32_t descriptor, int32_t *group);
MARTLET(process_kill) int process_kill(int32_t process, uint32_t signal);
MARTLET(process_id) int32_t process_id(void);
MARTLET(process_group_get) int process_group_get(int32_t process, int32_t *group, int32_t *session);
MARTLET(process_group_set) int process_group_set(int32_t process, int32_t group);
MARTLET(pipe_create) int pipe_create(uint32_t *read_end, uint32_t *write_end, uint32_t flags);
MARTLET(descriptor_duplicate) int descriptor_duplicate(uint32_t descriptor, uint32_t least, uint32_t *number);
MARTLET(descriptor_duplicate_to) int descriptor_duplicate_to(uint32_t descriptor, uint32_t number);
MARTLET(descriptor_status) int descriptor_status(uint32_t descriptor, void *status);
MARTLET(terminal_foreground_set) int terminal_foreground_set(uint32_t descriptor, int32_t group);
