/* measure FILE PROGRAM [ARGUMENTS...]
 *
 * Runs PROGRAM and writes "NANOSECONDS KILOBYTES STATUS MICROSECONDS" to FILE: the time from before its process was made until it was
 * gone, its largest resident size, its wait status, and the processor time of it and of all that it waited for.
 *
 * A program of its own, small and static, for the sake of the second figure: Linux carries a parent's resident size over to
 * the child's maximum when the child calls exec, so nothing smaller than the measuring process could be measured.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc < 3) return 2;
    long long start = now();
    pid_t child = vfork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) return 3;
    long long end = now();
    FILE *file = fopen(argv[1], "w");
    if (!file) return 3;
    long long seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
    long long processor = seconds * 1000000LL + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    fprintf(file, "%lld %ld %d %lld\n", end - start, usage.ru_maxrss, status, processor);
    return fclose(file) == 0 ? 0 : 3;
}
