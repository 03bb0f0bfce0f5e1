// A program of C for WASI preview 1 that knows nothing of the system: one test of the C library's calls for each first argument.
// It prints what it finds.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int arguments(int argc, char **argv) {
    for (int index = 2; index < argc; index++) printf("%d [%s]\n", index - 1, argv[index]);
    return 0;
}

static int environment(void) {
    int count = 0;
    while (environ[count]) count++;
    const char *value = getenv("COLOUR");
    printf("%d %s\n", count, value ? value : "none");
    return 0;
}

static int copy(void) {
    char buffer[1000];
    ssize_t count, sum = 0;
    while ((count = read(0, buffer, sizeof buffer)) > 0) {
        if (write(1, buffer, (size_t)count) != count) return 1;
        sum += count;
    }
    fprintf(stderr, "%zd\n", sum);
    return count < 0;
}

static int files(void) {
    FILE *file = fopen("stream", "w+");
    if (!file || fprintf(file, "first %d\n", 1) < 0 || fputs("second\n", file) < 0) return 1;
    rewind(file);
    char line[20];
    while (fgets(line, sizeof line, file)) fputs(line, stdout);
    fseek(file, 6, SEEK_SET);
    fputc('2', file);
    fseek(file, -3, SEEK_END);
    printf("%ld %c\n", ftell(file), fgetc(file));
    return fclose(file);
}

static int positions(void) {
    int file = open("data", O_RDWR | O_CREAT | O_EXCL, 0644);
    if (file < 0 || pwrite(file, "world", 5, 6) != 5 || pwrite(file, "hello ", 6, 0) != 6) return 1;
    char buffer[12] = "";
    struct iovec vectors[] = {{buffer, 4}, {buffer + 4, 7}};
    printf("%ld %zd ", (long)lseek(file, 0, SEEK_CUR), readv(file, vectors, 2));
    printf("%s %ld\n", buffer, (long)lseek(file, 0, SEEK_CUR));
    if (ftruncate(file, 5) || pread(file, buffer, 10, 3) != 2 || lseek(file, 0, SEEK_END) != 5) return 2;
    printf("%d ", open("data", O_CREAT | O_EXCL | O_WRONLY, 0644) < 0 ? errno == EEXIST : 0);
    printf("%d\n", lseek(file, -1, SEEK_SET) < 0 ? errno == EINVAL : 0);
    return close(file) || close(file) == 0 || errno != EBADF;
}

// POSIX.1-2024, XSH lseek, read, write, pwrite, fcntl: what moves the offset, where to, and what does not.
static int offsets(void) {
    int file = open("data", O_RDWR | O_CREAT | O_EXCL, 0644), other = open("data", O_RDONLY);
    if (file < 0 || other < 0 || write(file, "hello", 5) != 5 || write(file, "", 0) != 0) return 1;
    printf("%ld ", (long)lseek(file, 0, SEEK_CUR));
    printf("%ld ", (long)lseek(file, 3, SEEK_END));
    printf("%d ", write(file, "end", 3) == 3 && lseek(file, -12, SEEK_CUR) < 0 && errno == EINVAL);
    printf("%d ", lseek(file, INT64_MAX, SEEK_CUR) < 0 && errno == EOVERFLOW);
    printf("%d ", lseek(file, 0, 7) < 0 && errno == EINVAL);
    char buffer[20] = "";
    printf("%zd ", read(file, buffer, sizeof buffer));
    printf("%ld\n", (long)lseek(file, 0, SEEK_CUR));

    printf("%ld ", (long)lseek(other, 0, SEEK_CUR));
    printf("%d ", read(other, buffer, sizeof buffer) == 11 && !memcmp(buffer, "hello\0\0\0end", 11));
    printf("%d ", write(other, "x", 1) < 0 && errno == EBADF);
    printf("%ld\n", (long)lseek(other, 0, SEEK_CUR));

    if (lseek(file, 2, SEEK_SET) != 2 || fcntl(file, F_SETFL, O_APPEND)) return 2;
    printf("%ld ", (long)lseek(file, 0, SEEK_CUR));
    printf("%d ", write(file, "!", 1) == 1);
    printf("%ld ", (long)lseek(file, 0, SEEK_CUR));
    if (fcntl(file, F_SETFL, 0) || pwrite(file, "J", 1, 0) != 1) return 3;
    printf("%ld ", (long)lseek(file, 0, SEEK_CUR));
    printf("%ld ", (long)lseek(file, -10, SEEK_CUR));
    printf("%.*s ", (int)read(file, buffer, 2), buffer);
    printf("%ld\n", (long)lseek(file, 0, SEEK_CUR));
    return close(file) || close(other);
}

static int by_name(const void *left, const void *right) { return strcmp(*(char *const *)left, *(char *const *)right); }

static int directories(void) {
    if (mkdir("folder", 0755) || mkdir("folder/sub", 0755) || mkdir("folder", 0755) == 0 || errno != EEXIST) return 1;
    for (char name[] = "folder/a"; name[7] < 'd'; name[7]++) close(open(name, O_CREAT | O_WRONLY, 0644));
    DIR *directory = opendir("folder");
    char *names[10];
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        names[count] = malloc(strlen(entry->d_name) + 3);
        sprintf(names[count++], "%s%s", entry->d_name, entry->d_type == DT_DIR ? "/" : "");
    }
    closedir(directory);
    qsort(names, (size_t)count, sizeof *names, by_name);
    for (int index = 0; index < count; index++) printf("%s ", names[index]);
    printf("%d ", rmdir("folder") ? errno == ENOTEMPTY : 0);
    printf("%d ", unlink("folder/sub") ? errno == EISDIR || errno == EPERM : 0);
    printf("%d\n", rmdir("folder/a") ? errno == ENOTDIR : 0);
    return rmdir("folder/sub");
}

static int names(void) {
    struct stat before, after;
    FILE *file = fopen("one", "w");
    if (!file || fputs("12345", file) < 0 || fclose(file) || stat("one", &before)) return 1;
    if (rename("one", "two") || link("two", "three") || symlink("two", "soft") || stat("three", &after)) return 2;
    char target[20] = "";
    printf("%d %d %d %zd %s ", before.st_ino == after.st_ino, (int)after.st_nlink, (int)after.st_size, readlink("soft", target, 20), target);
    if (lstat("soft", &after)) return 3;
    printf("%d %d\n", S_ISLNK(after.st_mode), stat("one", &after) ? errno == ENOENT : 0);
    struct timespec times[] = {{1000, 0}, {2000, 500}};
    if (utimensat(AT_FDCWD, "two", times, 0) || stat("three", &after)) return 4;
    printf("%lld %lld %ld\n", after.st_atim.tv_sec, after.st_mtim.tv_sec, after.st_mtim.tv_nsec);
    return unlink("two") || unlink("soft");
}

static int clocks(void) {
    struct timespec begin, end, pause = {0, 20000000};
    if (clock_gettime(CLOCK_MONOTONIC, &begin) || nanosleep(&pause, 0) || clock_gettime(CLOCK_MONOTONIC, &end)) return 1;
    long long passed = (end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec;
    struct timespec resolution;
    printf("%d %d ", passed >= 20000000, clock_getres(CLOCK_REALTIME, &resolution) == 0 && resolution.tv_nsec > 0);
    printf("%d %d\n", time(0) > 1600000000, sched_yield());
    return 0;
}

static int random_bytes(void) {
    unsigned char data[2][256];
    if (getentropy(data[0], 256) || getentropy(data[1], 256)) return 1;
    printf("%d\n", memcmp(data[0], data[1], 256) != 0);
    return 0;
}

static int waits(void) {
    struct pollfd streams[] = {{.fd = 0, .events = POLLIN}, {.fd = 1, .events = POLLOUT}};
    int count = poll(streams, 2, 5000);
    printf("%d %d %d ", count, (streams[0].revents & POLLIN) != 0, (streams[1].revents & POLLOUT) != 0);
    char byte;
    while (read(0, &byte, 1) == 1) continue;
    printf("%d\n", poll(0, 0, 10));
    return 0;
}

static int refusals(void) {
    char byte;
    int file = open("plain", O_CREAT | O_WRONLY, 0644);
    printf("%d ", read(file, &byte, 1) < 0);
    printf("%d ", write(open("plain", O_RDONLY), "x", 1) < 0);
    printf("%d ", open("none", O_RDONLY) < 0 ? errno == ENOENT : 0);
    printf("%d ", open("plain/x", O_RDONLY) < 0 ? errno == ENOTDIR : 0);
    printf("%d ", open(".", O_WRONLY) < 0 ? errno == EISDIR : 0);
    printf("%d ", open("plain", O_RDONLY | O_DIRECTORY) < 0 ? errno == ENOTDIR : 0);
    printf("%d\n", isatty(0) ? 0 : errno == ENOTTY);
    return 0;
}

static int memory(void) {
    size_t sum = 0;
    for (int index = 0; index < 64; index++) {
        char *block = malloc(1 << 20);
        if (!block) return 1;
        memset(block, index, 1 << 20);
        sum += (size_t)block[12345];
    }
    printf("%zu\n", sum);
    return 0;
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "arguments")) return arguments(argc, argv);
    if (!strcmp(what, "environment")) return environment();
    if (!strcmp(what, "copy")) return copy();
    if (!strcmp(what, "files")) return files();
    if (!strcmp(what, "positions")) return positions();
    if (!strcmp(what, "offsets")) return offsets();
    if (!strcmp(what, "directories")) return directories();
    if (!strcmp(what, "names")) return names();
    if (!strcmp(what, "clocks")) return clocks();
    if (!strcmp(what, "random")) return random_bytes();
    if (!strcmp(what, "waits")) return waits();
    if (!strcmp(what, "refusals")) return refusals();
    if (!strcmp(what, "memory")) return memory();
    if (!strcmp(what, "abort")) abort();
    if (!strcmp(what, "exit")) exit(argc > 2 ? atoi(argv[2]) : 0);
    return 99;
}
