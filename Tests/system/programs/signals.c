// Signals, waiting and sessions, condition by condition (POSIX.1-2024, System Interfaces; the page is named at each group). The same
// source runs on a POSIX system, which is the judge. Each first argument is a group of checks; a failed one is told with its line, and
// the last line counts them. The roles of children begin with a plus sign.

#include "posix.h"

static const char *program;
static int checks;
static volatile sig_atomic_t caught, last, depth, deepest, in_mask;
static volatile siginfo_t seen;

#define CHECK(condition)                                                                                                               \
    do {                                                                                                                               \
        checks++;                                                                                                                      \
        if (!(condition)) printf("line %d: %s (errno %s)\n", __LINE__, #condition, strerror(errno));                                   \
    } while (0)
#define FAILS(call, error) CHECK((errno = 0, (call) == -1 && errno == (error)))

static void count(int signal) {
    caught++;
    last = signal;
}
static void inform(int signal, siginfo_t *info, void *context) {
    (void)context;
    seen = *info;
    count(signal);
}
static void set(int signal, void (*handler)(int), unsigned flags) {
    struct sigaction action = {.sa_handler = handler};
    action.sa_flags = (__typeof__(action.sa_flags))flags;
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(signal, &action, 0) == 0);
}
static void set_informed(int signal, unsigned flags) {
    struct sigaction action = {.sa_sigaction = inform};
    action.sa_flags = (__typeof__(action.sa_flags))(flags | SA_SIGINFO);
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(signal, &action, 0) == 0);
}
static sigset_t only(int signal) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    return set;
}
static void mask(int how, int signal) {
    sigset_t set = only(signal);
    CHECK(sigprocmask(how, &set, 0) == 0);
}
static pid_t child(const char *role, pid_t group) {
    const char *arguments[] = {program, role, 0};
    pid_t process = start(arguments, group);
    CHECK(process > 0);
    return process;
}
// A child that has stopped itself: it is ready.
static pid_t ready(const char *role, pid_t group) {
    int status = 0;
    pid_t process = child(role, group);
    CHECK(waitpid(process, &status, WUNTRACED) == process && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    return process;
}
static int end_of(pid_t process) {
    int status = -1;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

// XSH waitpid.
static void waits(void) {
    int status = 0;
    FAILS(wait(&status), ECHILD);
    FAILS(waitpid(-1, &status, WNOHANG), ECHILD);
    pid_t process = child("+exit", -1);
    FAILS(waitpid(process, &status, 0x4000), EINVAL);
    FAILS(waitpid(getpid(), &status, 0), ECHILD);
    CHECK(waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK(!WIFSIGNALED(status) && !WIFSTOPPED(status) && !WIFCONTINUED(status));
    FAILS(waitpid(process, &status, 0), ECHILD);
    process = child("+pause", -1);
    CHECK(waitpid(process, &status, WNOHANG) == 0 && waitpid(-1, &status, WNOHANG | WUNTRACED) == 0);
    CHECK(kill(process, SIGTERM) == 0 && waitpid(-1, &status, 0) == process);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM && !WIFEXITED(status));
    process = child("+pause", -1);
    CHECK(kill(process, SIGKILL) == 0 && (status = end_of(process), WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    // By group.
    pid_t first = child("+exit", 0), second = child("+exit", -1);
    CHECK(waitpid(-first, &status, 0) == first);
    FAILS(waitpid(-first, &status, 0), ECHILD);
    CHECK(waitpid(0, &status, 0) == second);
    FAILS(waitpid(0, &status, 0), ECHILD);
}

// XSH waitpid, XBD signal.h (default actions), XSH 2.4.1 (stop and continue discard each other).
static void stops(void) {
    int status = 0;
    pid_t process = ready("+stop", -1);
    CHECK(waitpid(process, &status, WUNTRACED | WNOHANG) == 0);
    CHECK(kill(process, SIGCONT) == 0 && waitpid(process, &status, WCONTINUED) == process && WIFCONTINUED(status));
    CHECK(!WIFEXITED(status) && !WIFSIGNALED(status) && !WIFSTOPPED(status));
    CHECK(waitpid(process, &status, WCONTINUED | WNOHANG) == 0);
    CHECK(kill(process, SIGSTOP) == 0 && waitpid(process, &status, WUNTRACED) == process && WSTOPSIG(status) == SIGSTOP);
    // What comes meanwhile waits, but for SIGKILL.
    CHECK(kill(process, SIGTERM) == 0 && waitpid(process, &status, WNOHANG) == 0);
    CHECK(kill(process, SIGCONT) == 0 && (status = end_of(process), WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM));
    process = ready("+stop", -1);
    CHECK(kill(process, SIGKILL) == 0 && (status = end_of(process), WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    // A group whose parent is of its session is stopped by SIGTSTP, SIGTTIN and SIGTTOU too.
    int signals[] = {SIGTSTP, SIGTTIN, SIGTTOU};
    process = child("+pause", 0);
    for (int index = 0; index < 3; index++) {
        CHECK(kill(process, signals[index]) == 0 && waitpid(process, &status, WUNTRACED) == process && WSTOPSIG(status) == signals[index]);
        CHECK(kill(process, SIGCONT) == 0 && waitpid(process, &status, WCONTINUED) == process);
    }
    CHECK(kill(process, SIGKILL) == 0 && WIFSIGNALED(end_of(process)));
    set(SIGCONT, count, 0);
    mask(SIG_BLOCK, SIGTSTP);
    mask(SIG_BLOCK, SIGCONT);
    sigset_t pending;
    CHECK(raise(SIGTSTP) == 0 && sigpending(&pending) == 0 && sigismember(&pending, SIGTSTP) == 1);
    CHECK(raise(SIGCONT) == 0 && sigpending(&pending) == 0 && !sigismember(&pending, SIGTSTP) && sigismember(&pending, SIGCONT));
    CHECK(raise(SIGTSTP) == 0 && sigpending(&pending) == 0 && sigismember(&pending, SIGTSTP) && !sigismember(&pending, SIGCONT));
    set(SIGTSTP, SIG_IGN, 0);
    CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGTSTP));
}

static void look(int signal) {
    sigset_t now;
    count(signal);
    sigprocmask(SIG_BLOCK, 0, &now);
    in_mask = sigismember(&now, SIGUSR1) << 2 | sigismember(&now, SIGUSR2) << 1 | sigismember(&now, SIGHUP);
}
static void again(int signal) {
    count(signal);
    if (++depth > deepest) deepest = depth;
    if (caught < 3) raise(signal);
    depth--;
}

// XSH sigaction.
static void handlers(void) {
    struct sigaction action = {.sa_handler = look}, old;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR2);
    CHECK(sigaction(SIGUSR1, &action, &old) == 0 && old.sa_handler == SIG_DFL);
    CHECK(raise(SIGUSR1) == 0 && caught == 1 && last == SIGUSR1);
    CHECK(in_mask == 6);
    sigset_t now;
    CHECK(sigprocmask(SIG_BLOCK, 0, &now) == 0 && !sigismember(&now, SIGUSR1) && !sigismember(&now, SIGUSR2));
    CHECK(sigaction(SIGUSR1, 0, &old) == 0 && old.sa_handler == look && sigismember(&old.sa_mask, SIGUSR2) == 1);
    CHECK(kill(getpid(), SIGUSR1) == 0 && caught == 2);
    action.sa_flags = SA_NODEFER;
    CHECK(sigaction(SIGUSR1, &action, 0) == 0 && raise(SIGUSR1) == 0 && in_mask == 2);
    // Once.
    set(SIGUSR1, look, SA_RESETHAND);
    CHECK(raise(SIGUSR1) == 0 && caught == 4 && sigaction(SIGUSR1, 0, &old) == 0 && old.sa_handler == SIG_DFL);
    // A handler is interrupted by its own signal only under SA_NODEFER.
    caught = 0;
    set(SIGUSR1, again, 0);
    CHECK(raise(SIGUSR1) == 0 && caught == 3 && deepest == 1);
    caught = deepest = 0;
    set(SIGUSR1, again, SA_NODEFER);
    CHECK(raise(SIGUSR1) == 0 && caught == 3 && deepest == 3);
    set_informed(SIGUSR2, 0);
    CHECK(kill(getpid(), SIGUSR2) == 0 && seen.si_signo == SIGUSR2 && seen.si_code == SI_USER && seen.si_pid == getpid());
    set(SIGUSR2, SIG_IGN, 0);
    caught = 0;
    CHECK(raise(SIGUSR2) == 0 && caught == 0);
    FAILS(sigaction(SIGKILL, &action, 0), EINVAL);
    FAILS(sigaction(SIGSTOP, &action, 0), EINVAL);
    FAILS(sigaction(0, &action, 0), EINVAL);
    FAILS(sigaction(65, &action, 0), EINVAL);
    CHECK(sigaction(SIGKILL, 0, &old) == 0 && old.sa_handler == SIG_DFL);
}

// XSH sigprocmask, sigpending.
static void masks(void) {
    sigset_t pending, all, now;
    set(SIGUSR1, count, 0);
    set(SIGUSR2, count, 0);
    mask(SIG_BLOCK, SIGUSR1);
    CHECK(raise(SIGUSR1) == 0 && raise(SIGUSR1) == 0 && caught == 0);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 1 && sigismember(&pending, SIGUSR2) == 0);
    mask(SIG_BLOCK, SIGUSR2);
    CHECK(caught == 0);
    // Delivered before the call returns, and once.
    mask(SIG_UNBLOCK, SIGUSR1);
    CHECK(caught == 1 && last == SIGUSR1);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 0);
    CHECK(raise(SIGUSR2) == 0 && caught == 1);
    sigemptyset(&all);
    CHECK(sigprocmask(SIG_SETMASK, &all, &now) == 0 && sigismember(&now, SIGUSR2) == 1 && caught == 2 && last == SIGUSR2);
    sigfillset(&all);
    CHECK(sigprocmask(SIG_SETMASK, &all, 0) == 0 && sigprocmask(SIG_BLOCK, 0, &now) == 0);
    CHECK(!sigismember(&now, SIGKILL) && !sigismember(&now, SIGSTOP) && sigismember(&now, SIGTERM));
    FAILS(sigprocmask(77, &all, 0), EINVAL);
    // Ignoring discards.
    CHECK(raise(SIGUSR1) == 0);
    set(SIGUSR1, SIG_IGN, 0);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 0);
}

// XSH 2.4.2, sigqueue.
static int values[8], numbers[8];
static void note(int signal, siginfo_t *info, void *context) {
    (void)context;
    numbers[caught] = signal;
    values[caught++] = info->si_value.sival_int;
}
static void queues(void) {
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    sigfillset(&action.sa_mask);
    int low = SIGRTMIN + 1, high = SIGRTMIN + 3;
    sigset_t both = only(low), none;
    sigaddset(&both, high);
    sigemptyset(&none);
    CHECK(sigaction(low, &action, 0) == 0 && sigaction(high, &action, 0) == 0 && sigprocmask(SIG_BLOCK, &both, 0) == 0);
    for (int value = 1; value <= 3; value++) {
        CHECK(sigqueue(getpid(), high, (union sigval){.sival_int = value}) == 0);
        CHECK(sigqueue(getpid(), low, (union sigval){.sival_int = 10 * value}) == 0);
    }
    CHECK(caught == 0 && sigprocmask(SIG_SETMASK, &none, 0) == 0 && caught == 6);
    int wanted[] = {10, 20, 30, 1, 2, 3};
    for (int index = 0; index < 6; index++) CHECK(values[index] == wanted[index] && numbers[index] == (index < 3 ? low : high));
    FAILS(sigqueue(getpid(), 65, (union sigval){0}), EINVAL);
    CHECK(sigqueue(getpid(), 0, (union sigval){0}) == 0);
}

// XSH sigsuspend, pause.
static void suspends(void) {
    sigset_t none, now;
    sigemptyset(&none);
    set(SIGUSR1, count, SA_RESTART);
    mask(SIG_BLOCK, SIGUSR1);
    CHECK(raise(SIGUSR1) == 0 && caught == 0);
    FAILS(sigsuspend(&none), EINTR);
    CHECK(caught == 1 && sigprocmask(SIG_BLOCK, 0, &now) == 0 && sigismember(&now, SIGUSR1) == 1);
    set(SIGALRM, count, 0);
    alarm(1);
    FAILS(pause(), EINTR);
    CHECK(caught == 2 && last == SIGALRM);
}

// XSH sigwait, sigtimedwait.
static void accepts(void) {
    siginfo_t info;
    int signal = 0;
    sigset_t set = only(SIGUSR1), pending;
    mask(SIG_BLOCK, SIGUSR1);
    mask(SIG_BLOCK, SIGCHLD);
    CHECK(raise(SIGUSR1) == 0 && sigwait(&set, &signal) == 0 && signal == SIGUSR1);
    CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGUSR1));
    struct timespec soon = {0, 1000000}, at_once = {0, 0};
    FAILS(sigtimedwait(&set, &info, &at_once), EAGAIN);
    FAILS(sigtimedwait(&set, &info, &soon), EAGAIN);
    CHECK(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 5}) == 0 && sigwaitinfo(&set, &info) == SIGUSR1);
    CHECK(info.si_code == SI_QUEUE && info.si_value.sival_int == 5 && info.si_pid == getpid());
    // One that is ignored by default, from a child, while it waits.
    set = only(SIGCHLD);
    pid_t process = child("+exit", -1);
    CHECK(sigwaitinfo(&set, &info) == SIGCHLD && info.si_pid == process && info.si_code == CLD_EXITED && info.si_status == 7);
    CHECK(WEXITSTATUS(end_of(process)) == 7);
    struct sigaction action = {.sa_handler = count};
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGALRM, &action, 0) == 0);
    alarm(1);
    FAILS(sigwaitinfo(&set, &info), EINTR);
}

static int ends[2];
static void feed(int signal) {
    count(signal);
    if (write(ends[1], "x", 1) != 1) _exit(99);
}

// XSH 2.4.4, read, waitpid; sigaction (SA_RESTART).
static void interrupts(void) {
    char byte = 0;
    CHECK(pipe(ends) == 0);
    set(SIGALRM, count, 0);
    alarm(1);
    FAILS(read(ends[0], &byte, 1), EINTR);
    CHECK(caught == 1);
    set(SIGALRM, feed, SA_RESTART);
    alarm(1);
    CHECK(read(ends[0], &byte, 1) == 1 && byte == 'x' && caught == 2);
    pid_t process = child("+pause", -1);
    int status;
    set(SIGALRM, count, 0);
    alarm(1);
    FAILS(waitpid(process, &status, 0), EINTR);
    CHECK(kill(process, SIGKILL) == 0 && WIFSIGNALED(end_of(process)));
    // One that is ignored interrupts nothing.
    set(SIGUSR1, SIG_IGN, 0);
    CHECK(raise(SIGUSR1) == 0 && write(ends[1], "y", 1) == 1 && read(ends[0], &byte, 1) == 1 && byte == 'y');
}

// XSH alarm; XSI setitimer.
static void alarms(void) {
    set_informed(SIGALRM, 0);
    CHECK(alarm(100) == 0);
    unsigned left = alarm(0);
    CHECK(left >= 99 && left <= 100);
    CHECK(alarm(0) == 0);
    struct itimerval time = {.it_value = {0, 2000}, .it_interval = {0, 2000}}, old;
    sigset_t block = only(SIGALRM), none;
    sigemptyset(&none);
    CHECK(sigprocmask(SIG_BLOCK, &block, 0) == 0 && setitimer(ITIMER_REAL, &time, 0) == 0);
    while (caught < 3) FAILS(sigsuspend(&none), EINTR);
    time = (struct itimerval){0};
    CHECK(setitimer(ITIMER_REAL, &time, &old) == 0 && old.it_interval.tv_usec == 2000 && old.it_value.tv_sec == 0);
    CHECK(setitimer(ITIMER_REAL, &time, &old) == 0 && old.it_value.tv_sec == 0 && old.it_value.tv_usec == 0);
    CHECK(sigprocmask(SIG_SETMASK, &none, 0) == 0);
    pid_t process = child("+alarm", -1);
    CHECK(WTERMSIG(end_of(process)) == SIGALRM);
}

// XSH 2.4.3 (SIGCHLD), sigaction (SA_NOCLDSTOP, SA_NOCLDWAIT), _Exit.
static void children(void) {
    sigset_t block = only(SIGCHLD), none;
    sigemptyset(&none);
    CHECK(sigprocmask(SIG_BLOCK, &block, 0) == 0);
    set_informed(SIGCHLD, 0);
    pid_t process = child("+stop", -1);
    FAILS(sigsuspend(&none), EINTR);
    CHECK(caught == 1 && seen.si_code == CLD_STOPPED && seen.si_pid == process && seen.si_status == SIGSTOP);
    CHECK(kill(process, SIGCONT) == 0);
    FAILS(sigsuspend(&none), EINTR);
    CHECK(caught == 2 && seen.si_code == CLD_CONTINUED && seen.si_pid == process);
    CHECK(kill(process, SIGKILL) == 0);
    FAILS(sigsuspend(&none), EINTR);
    CHECK(caught == 3 && seen.si_code == CLD_KILLED && seen.si_status == SIGKILL);
    CHECK(WTERMSIG(end_of(process)) == SIGKILL);
    set_informed(SIGCHLD, SA_NOCLDSTOP);
    process = ready("+stop", -1);
    CHECK(kill(process, SIGCONT) == 0);
    sigset_t pending;
    CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGCHLD));
    CHECK(kill(process, SIGKILL) == 0);
    FAILS(sigsuspend(&none), EINTR);
    CHECK(caught == 4 && WIFSIGNALED(end_of(process)));
    // No zombies.
    set(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
    process = child("+exit", -1);
    FAILS(waitpid(process, 0, 0), ECHILD);
    set(SIGCHLD, SIG_IGN, 0);
    process = child("+exit", -1);
    FAILS(wait(0), ECHILD);
    CHECK(kill(process, 0) == -1 && errno == ESRCH);
}

// XSH write (EPIPE), 2.4.3.
static void pipes(void) {
    CHECK(pipe(ends) == 0 && close(ends[0]) == 0);
    set(SIGPIPE, count, 0);
    FAILS(write(ends[1], "x", 1), EPIPE);
    CHECK(caught == 1 && last == SIGPIPE);
    set(SIGPIPE, SIG_IGN, 0);
    FAILS(write(ends[1], "x", 1), EPIPE);
    set(SIGPIPE, count, 0);
    mask(SIG_BLOCK, SIGPIPE);
    FAILS(write(ends[1], "x", 1), EPIPE);
    sigset_t pending;
    CHECK(caught == 1 && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1);
    mask(SIG_UNBLOCK, SIGPIPE);
    CHECK(caught == 2);
    CHECK(WTERMSIG(end_of(child("+broken", -1))) == SIGPIPE);
}

// XSH kill, killpg.
static void kills(void) {
    FAILS(kill(getpid(), 65), EINVAL);
    FAILS(kill(getpid(), -1), EINVAL);
    CHECK(kill(getpid(), 0) == 0);
    pid_t process = child("+exit", -1);
    CHECK(WIFEXITED(end_of(process)));
    FAILS(kill(process, SIGTERM), ESRCH);
    FAILS(kill(process, 0), ESRCH);
    FAILS(kill(-process, SIGTERM), ESRCH);
    pid_t first = child("+pause", 0), second = child("+pause", first);
    CHECK(getpgid(first) == first && getpgid(second) == first);
    CHECK(killpg(first, SIGTERM) == 0 && WTERMSIG(end_of(first)) == SIGTERM && WTERMSIG(end_of(second)) == SIGTERM);
    FAILS(killpg(first, 0), ESRCH);
    // A process that has ended and was not waited for can be signalled.
    process = child("+exit", -1);
    sigset_t set = only(SIGCHLD);
    siginfo_t info;
    mask(SIG_BLOCK, SIGCHLD);
    (void)sigtimedwait(&set, &info, &(struct timespec){0, 200000000});
    CHECK(kill(process, SIGTERM) == 0 && WIFEXITED(end_of(process)));
}

// XSH setsid, getsid, setpgid, getpgid.
static void sessions(void) {
    pid_t process = ready("+stop", 0);
    CHECK(getpgid(process) == process && getsid(process) == getsid(0) && getpgid(0) == getpgrp());
    FAILS(setpgid(process, 0), EACCES);
    FAILS(setpgid(process, -1), EINVAL);
    FAILS(setpgid(0, 4711), EPERM);
    CHECK(kill(process, SIGKILL) == 0 && WIFSIGNALED(end_of(process)));
    FAILS(setpgid(process, 0), ESRCH);
    FAILS(getpgid(process), ESRCH);
    FAILS(getsid(process), ESRCH);
    CHECK(WEXITSTATUS(end_of(child("+session", -1))) == 0);
    CHECK(WEXITSTATUS(end_of(child("+leader", 0))) == 0);
    CHECK(setpgid(0, 0) == 0 && getpgrp() == getpid());
    FAILS(setsid(), EPERM);
}

// XSH posix_spawn, exec: what a new program has of its parent's signals.
static void inherits(void) {
    set(SIGUSR1, SIG_IGN, 0);
    set(SIGUSR2, count, 0);
    mask(SIG_BLOCK, SIGTERM);
    CHECK(raise(SIGTERM) == 0);
    CHECK(WEXITSTATUS(end_of(child("+inherited", -1))) == 0);
    set(SIGTERM, SIG_IGN, 0);
}

// XSH _Exit, 2.4.3 (orphaned groups).
static void orphans(void) {
    char text[8] = "";
    int saved = dup(1);
    CHECK(pipe(ends) == 0 && dup2(ends[1], 1) == 1);
    pid_t process = child("+orphaner", -1);
    CHECK(WEXITSTATUS(end_of(process)) == 0);
    ssize_t size = read(ends[0], text, 1);
    CHECK(dup2(saved, 1) == 1 && close(ends[1]) == 0);
    CHECK(size == 1 && text[0] == 'h');
    // Nobody could continue one that is orphaned, so it is not stopped.
    CHECK(WEXITSTATUS(end_of(child("+orphan", -1))) == 0);
}

// What becomes of a handler that does not return, or that there is not.
static void ends_of_handlers(void) {
    int status;
    CHECK((status = end_of(child("+exits", -1)), WIFEXITED(status) && WEXITSTATUS(status) == 9));
    CHECK((status = end_of(child("+traps", -1)), WIFSIGNALED(status) && WTERMSIG(status) == SIGILL));
    CHECK((status = end_of(child("+strays", -1)), WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV));
}

static void hang_up(int signal) {
    (void)signal;
    _exit(write(1, "h", 1) != 1);
}
static void leave(int signal) { _exit(signal == SIGUSR1 ? 9 : 1); }
static void fall(int signal) {
    (void)signal;
    __builtin_trap();
}

static int role(const char *name) {
    int status = 0;
    sigset_t now;
    struct sigaction old;
    if (!strcmp(name, "+exit")) return 7;
    if (!strcmp(name, "+pause")) return pause();
    if (!strcmp(name, "+stop")) return raise(SIGSTOP), pause();
    if (!strcmp(name, "+alarm")) return alarm(1), pause();
    if (!strcmp(name, "+session")) {
        pid_t self = getpid();
        return setsid() != self || getsid(0) != self || getpgrp() != self || setsid() != -1 || errno != EPERM
            || setpgid(0, 0) != -1 || errno != EPERM;
    }
    if (!strcmp(name, "+leader")) return getpgrp() != getpid() || setsid() != -1 || errno != EPERM;
    if (!strcmp(name, "+inherited")) {
        sigset_t pending;
        if (sigaction(SIGUSR1, 0, &old) || old.sa_handler != SIG_IGN) return 1;
        if (sigaction(SIGUSR2, 0, &old) || old.sa_handler != SIG_DFL) return 2;
        if (sigprocmask(SIG_BLOCK, 0, &now) || !sigismember(&now, SIGTERM) || sigismember(&now, SIGUSR2)) return 3;
        return sigpending(&pending) || sigismember(&pending, SIGTERM) ? 4 : 0;
    }
    if (!strcmp(name, "+broken")) {
        if (pipe(ends) || close(ends[0])) return 1;
        return write(ends[1], "x", 1) != -1;
    }
    if (!strcmp(name, "+orphaner")) {
        const char *arguments[] = {program, "+hung", 0};
        pid_t process;
        if (setsid() < 0 || (process = start(arguments, 0)) < 0) return 1;
        return waitpid(process, &status, WUNTRACED) != process || !WIFSTOPPED(status);
    }
    if (!strcmp(name, "+hung")) return set(SIGHUP, hang_up, 0), raise(SIGSTOP), pause();
    if (!strcmp(name, "+orphan")) return setsid() < 0 || raise(SIGTSTP) || raise(SIGTTIN) || raise(SIGTTOU);
    if (!strcmp(name, "+exits")) return set(SIGUSR1, leave, 0), raise(SIGUSR1);
    if (!strcmp(name, "+traps")) return set(SIGUSR1, fall, 0), raise(SIGUSR1);
    if (!strcmp(name, "+strays")) return set(SIGUSR1, (void (*)(int))0x7FFFFFF0, 0), raise(SIGUSR1);
    return 99;
}

static const struct {
    const char *name;
    void (*run)(void);
} groups[] = {
    {"waits", waits},     {"stops", stops},       {"handlers", handlers}, {"masks", masks},       {"queues", queues}, {"suspends", suspends},
    {"accepts", accepts}, {"interrupts", interrupts}, {"alarms", alarms},     {"children", children}, {"pipes", pipes},   {"kills", kills},
    {"sessions", sessions}, {"inherits", inherits}, {"orphans", orphans}, {"ends", ends_of_handlers},
};

int main(int argc, char **argv) {
    program = argv[0];
    if (argc > 1 && argv[1][0] == '+') return role(argv[1]);
    for (size_t index = 0; argc > 1 && index < sizeof groups / sizeof *groups; index++) {
        if (strcmp(groups[index].name, argv[1])) continue;
        groups[index].run();
        printf("%d checks\n", checks);
        return 0;
    }
    return 99;
}
