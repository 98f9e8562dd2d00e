/* Calls back into the program: from the calling thread, from a thread of its own, nested, with structures; and waits. */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

typedef struct { double x, y; } Point;
typedef struct { int64_t a, b, c; } Three;
typedef struct { float v; } One;
typedef int32_t (*Compare)(const void *, const void *);
typedef int64_t (*Many)(int8_t, uint16_t, int64_t, Three, double, Point, int64_t, int64_t, Point, float);
typedef Three (*Make)(int32_t, Three);
typedef One (*Wrap)(One);
typedef int32_t (*Depth)(int32_t);

/* Without frame pointers and with every callee-saved register in use, as an optimised library may be. */
__attribute__((optimize("omit-frame-pointer", "O2"))) int64_t sort(int32_t *v, int32_t n, Compare compare)
{
    int64_t calls = 0;
    for (int32_t i = 1; i < n; i++)
        for (int32_t j = i; j > 0; j--) {
            calls++;
            if (compare(&v[j - 1], &v[j]) <= 0) break;
            int32_t t = v[j]; v[j] = v[j - 1]; v[j - 1] = t;
        }
    return calls;
}
int64_t many(Many f) { return f(-1, 65535, 3, (Three){4, 5, 6}, 7.5, (Point){8, 9}, 10, 11, (Point){12, 13}, 0.25f); }
Three make(Make f, int32_t n) { Three t = f(n, (Three){1, 2, 3}); t.a += 100; return t; }
float wrap(Wrap f, float v) { One o = f((One){v}); return o.v * 2; }
__attribute__((optimize("omit-frame-pointer", "O2"))) int32_t nest(Depth f, int32_t n)
{
    volatile int64_t scratch[16];
    for (int i = 0; i < 16; i++) scratch[i] = n + i;
    int32_t r = f(n);
    for (int i = 0; i < 16; i++) if (scratch[i] != n + i) return -1;
    return r + 1;
}
static void *run(void *f) { return (void *)(intptr_t)((Depth)f)(40); }
int32_t on_a_thread(Depth f)
{
    pthread_t t;
    void *r = 0;
    if (pthread_create(&t, 0, run, (void *)f)) return -1;
    pthread_join(t, &r);
    return (int32_t)(intptr_t)r;
}
int32_t wait_for(int32_t fd)
{
    char c = 0;
    return read(fd, &c, 1) == 1 ? c : -1;
}
int32_t send_to(int32_t fd, int32_t c)
{
    char b = (char)c;
    return write(fd, &b, 1) == 1;
}
int32_t open_pipe(int32_t *fds) { return pipe(fds); }
