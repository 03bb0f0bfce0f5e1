// Processes and signals as POSIX.1-2024 names them, so that one source runs on Martlet and on a POSIX system. There the system's own
// headers are meant; here they are what Debian's C library for WASI has not, over Martlet's calls. Link with --export-table.
#pragma once

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef __wasi__

#include <signal.h>
#include <spawn.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#else

#include "martlet.h"
#include <sys/types.h>
#include <time.h>

// <unistd.h> refuses getpid and has another alarm.
ssize_t read(int, void *, size_t);
ssize_t write(int, const void *, size_t);
int close(int);
_Noreturn void _exit(int);

enum {
    SIGHUP = 1, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM,
    SIGCHLD = 17, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH = 28, SIGRTMIN = 34, SIGRTMAX = 64,
};
enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };
enum { SI_USER = 0, SI_QUEUE = -1 };
enum { CLD_EXITED = 1, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED, CLD_STOPPED, CLD_CONTINUED };
enum { WNOHANG = 1, WUNTRACED = 2, WCONTINUED = 8 };
enum { ITIMER_REAL };
#define SA_NOCLDSTOP 1u
#define SA_NOCLDWAIT 2u
#define SA_SIGINFO 4u
#define SA_RESTART 0x10000000u
#define SA_NODEFER 0x40000000u
#define SA_RESETHAND 0x80000000u
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))-1)
#define SIG_ERR ((void (*)(int))-2)

typedef int sig_atomic_t;
typedef uint64_t posix_signal_set;
#define sigset_t posix_signal_set
union sigval {
    int sival_int;
    void *sival_ptr;
};
typedef struct {
    int si_signo, si_code;
    pid_t si_pid;
    uid_t si_uid;
    int si_status;
    union sigval si_value;
} siginfo_t;
struct sigaction {
    union {
        void (*sa_handler)(int);
        void (*sa_sigaction)(int, siginfo_t *, void *);
    };
    sigset_t sa_mask;
    unsigned sa_flags;
};
struct itimerval {
    struct timeval it_interval, it_value;
};

// What the calls of Martlet take and give.
struct martlet_action {
    uint32_t disposition, function, flags, information;
    uint64_t mask;
};
struct martlet_information {
    int32_t signal, code, process;
    uint32_t user;
    uint64_t value;
};

static inline int posix_result(int error) {
    if (error) errno = error;
    return error ? -1 : 0;
}

static inline int sigemptyset(sigset_t *set) { return *set = 0, 0; }
static inline int sigfillset(sigset_t *set) { return *set = ~0ull, 0; }
static inline int sigaddset(sigset_t *set, int signal) {
    if (signal < 1 || signal > 64) return posix_result(EINVAL);
    return *set |= 1ull << (signal - 1), 0;
}
static inline int sigdelset(sigset_t *set, int signal) {
    if (signal < 1 || signal > 64) return posix_result(EINVAL);
    return *set &= ~(1ull << (signal - 1)), 0;
}
static inline int sigismember(const sigset_t *set, int signal) {
    if (signal < 1 || signal > 64) return posix_result(EINVAL);
    return *set >> (signal - 1) & 1;
}

static inline void posix_tell(siginfo_t *info, const struct martlet_information *told) {
    memset(info, 0, sizeof *info);
    info->si_signo = told->signal;
    info->si_code = told->code;
    info->si_pid = told->process;
    info->si_uid = told->user;
    info->si_status = (int)told->value;
    info->si_value.sival_ptr = (void *)(uintptr_t)told->value;
}

static struct martlet_information posix_told[65];
static struct sigaction posix_actions[65];

// Every handler that wants to know more begins here. What it was told is copied to its own stack before a call can let another in.
__attribute__((unused)) static void posix_deliver(int signal, struct martlet_information *told, void *context) {
    siginfo_t info;
    posix_tell(&info, told);
    posix_actions[signal].sa_sigaction(signal, &info, context);
}

static inline int sigaction(int signal, const struct sigaction *new, struct sigaction *old) {
    if (signal < 1 || signal > 64) return posix_result(EINVAL);
    struct sigaction before = posix_actions[signal];
    struct martlet_action action, last;
    int error = signal_action((uint32_t)signal, 0, &last);
    if (!error && new) {
        action = (struct martlet_action){.flags = new->sa_flags, .mask = new->sa_mask};
        if (new->sa_handler == SIG_IGN) action.disposition = 1;
        else if (new->sa_handler != SIG_DFL) {
            action.disposition = 2;
            action.information = (uint32_t)(uintptr_t)&posix_told[signal];
            action.function = new->sa_flags & SA_SIGINFO ? (uint32_t)(uintptr_t)posix_deliver : (uint32_t)(uintptr_t)new->sa_handler;
        }
        // Before, since the handler may run before the call returns.
        posix_actions[signal] = *new;
        error = signal_action((uint32_t)signal, &action, 0);
        if (error) posix_actions[signal] = before;
    }
    if (error) return posix_result(error);
    if (old) {
        *old = before;
        old->sa_flags = last.flags;
        old->sa_mask = last.mask;
        if (last.disposition == 0) old->sa_handler = SIG_DFL;
        if (last.disposition == 1) old->sa_handler = SIG_IGN;
    }
    return 0;
}

static inline int sigprocmask(int how, const sigset_t *set, sigset_t *old) {
    return posix_result(signal_mask((uint32_t)how, set, old));
}
static inline int sigpending(sigset_t *set) { return posix_result(signal_pending(set)); }
static inline int sigsuspend(const sigset_t *set) { return posix_result(signal_suspend(set)); }
static inline int pause(void) {
    sigset_t mask;
    signal_mask(0, 0, &mask);
    return sigsuspend(&mask);
}
static inline int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *time) {
    struct martlet_information told;
    uint64_t timeout = time ? (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec : ~0ull;
    if (posix_result(signal_wait(set, &told, timeout))) return -1;
    if (info) posix_tell(info, &told);
    return told.signal;
}
static inline int sigwaitinfo(const sigset_t *set, siginfo_t *info) { return sigtimedwait(set, info, 0); }
static inline int sigwait(const sigset_t *set, int *signal) {
    int result;
    do result = sigwaitinfo(set, 0);
    while (result < 0 && errno == EINTR);
    if (result < 0) return errno;
    return *signal = result, 0;
}
static inline int kill(pid_t process, int signal) {
    return posix_result(signal < 0 ? EINVAL : process_kill(process, (uint32_t)signal));
}
static inline int killpg(pid_t group, int signal) { return group <= 1 ? posix_result(ESRCH) : kill(-group, signal); }
static inline int sigqueue(pid_t process, int signal, union sigval value) {
    return posix_result(signal < 0 ? EINVAL : signal_queue(process, (uint32_t)signal, (uintptr_t)value.sival_ptr));
}
static inline pid_t posix_process(void) { return process_id(); }
static inline pid_t posix_parent(void) { return process_parent_id(); }
#define getpid posix_process
#define getppid posix_parent
static inline int posix_raise(int signal) { return kill(getpid(), signal); }
#define raise posix_raise

static inline uint64_t posix_nanoseconds(struct timeval time) { return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u; }
static inline struct timeval posix_time(uint64_t nanoseconds) {
    // Upwards: a time that is left is not told as none.
    uint64_t microseconds = (nanoseconds + 999) / 1000;
    return (struct timeval){.tv_sec = (time_t)(microseconds / 1000000), .tv_usec = (suseconds_t)(microseconds % 1000000)};
}
static inline int setitimer(int which, const struct itimerval *new, struct itimerval *old) {
    uint64_t time[2] = {posix_nanoseconds(new->it_value), posix_nanoseconds(new->it_interval)}, before[2];
    if (which != ITIMER_REAL) return posix_result(EINVAL);
    if (posix_result(alarm_set(time, before))) return -1;
    if (old) *old = (struct itimerval){.it_interval = posix_time(before[1]), .it_value = posix_time(before[0])};
    return 0;
}
static inline unsigned posix_alarm(unsigned seconds) {
    uint64_t time[2] = {seconds * 1000000000ull, 0}, before[2];
    alarm_set(time, before);
    return (unsigned)((before[0] + 999999999u) / 1000000000u);
}
#define alarm posix_alarm

#define WIFEXITED(status) (((status) & 0x7F) == 0)
#define WEXITSTATUS(status) ((status) >> 8 & 0xFF)
#define WIFSIGNALED(status) ((((status) & 0x7F) + 1) >> 1 & 0x3F)
#define WTERMSIG(status) ((status) & 0x7F)
#define WIFSTOPPED(status) (((status) & 0xFF) == 0x7F)
#define WSTOPSIG(status) ((status) >> 8 & 0xFF)
#define WIFCONTINUED(status) ((status) == 0xFFFF)

static inline pid_t waitpid(pid_t target, int *status, int options) {
    int32_t process = 0;
    uint32_t change = 0, code;
    if (posix_result(process_wait(target, (uint32_t)options, &process, &change))) return -1;
    code = change & 0xFF;
    if (status && process) *status = (int[]){(int)(code << 8), (int)code, (int)(code << 8 | 0x7F), 0xFFFF}[change >> 8];
    return process;
}
static inline pid_t wait(int *status) { return waitpid(-1, status, 0); }
static inline pid_t setsid(void) { return posix_result(process_session_create()) ? -1 : getpid(); }
static inline pid_t getpgid(pid_t process) {
    int32_t group, session;
    return posix_result(process < 0 ? ESRCH : process_group_get(process, &group, &session)) ? -1 : group;
}
static inline pid_t getsid(pid_t process) {
    int32_t group, session;
    return posix_result(process < 0 ? ESRCH : process_group_get(process, &group, &session)) ? -1 : session;
}
static inline pid_t getpgrp(void) { return getpgid(0); }
static inline int setpgid(pid_t process, pid_t group) { return posix_result(process_group_set(process, group)); }
static inline int pipe(int ends[2]) { return posix_result(pipe_create((uint32_t *)&ends[0], (uint32_t *)&ends[1], 0)); }
static inline int dup(int descriptor) {
    uint32_t number;
    return posix_result(descriptor_duplicate((uint32_t)descriptor, 0, &number)) ? -1 : (int)number;
}
static inline int dup2(int descriptor, int number) {
    return posix_result(descriptor_duplicate_to((uint32_t)descriptor, (uint32_t)number)) ? -1 : number;
}
static inline pid_t tcgetpgrp(int descriptor) {
    int32_t group;
    return posix_result(terminal_foreground_get((uint32_t)descriptor, &group)) ? -1 : group;
}
static inline int tcsetpgrp(int descriptor, pid_t group) { return posix_result(terminal_foreground_set((uint32_t)descriptor, group)); }

#endif

// Starts a program with these arguments, the first being its path, and with descriptors 0 to 2. It goes to the group `group`: 0, a new
// one; -1, the caller's.
static inline pid_t start(const char *const *arguments, pid_t group) {
#ifdef __wasi__
    unsigned char block[4096];
    size_t size = 0;
#define POSIX_PUT(value)                                                                                                               \
    do {                                                                                                                               \
        uint32_t word = (uint32_t)(value);                                                                                             \
        memcpy(block + size, &word, 4);                                                                                                \
        size += 4;                                                                                                                     \
    } while (0)
    POSIX_PUT(group >= 0);
    POSIX_PUT(group > 0 ? group : 0);
    uint32_t count = 0;
    while (arguments[count]) count++;
    POSIX_PUT(count);
    for (uint32_t index = 0; index < count; index++) {
        size_t length = strlen(arguments[index]);
        if (size + length + 64 > sizeof block) return posix_result(E2BIG);
        POSIX_PUT(length);
        memcpy(block + size, arguments[index], length);
        size += length;
    }
    POSIX_PUT(0);
    POSIX_PUT(3);
    for (int number = 0; number < 3; number++) {
        POSIX_PUT(number);
        POSIX_PUT(number);
    }
#undef POSIX_PUT
    int32_t process;
    uint32_t told;
    char reason[1];
    if (posix_result(process_spawn(arguments[0], (uint32_t)strlen(arguments[0]), block, (uint32_t)size, &process, reason, 1, &told)))
        return -1;
    return process;
#else
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    if (group >= 0) {
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        posix_spawnattr_setpgroup(&attributes, group);
    }
    pid_t process;
    int error = posix_spawn(&process, arguments[0], 0, &attributes, (char *const *)arguments, 0);
    posix_spawnattr_destroy(&attributes);
    if (error) {
        errno = error;
        return -1;
    }
    return process;
#endif
}
