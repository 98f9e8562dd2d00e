/* Parameters that are something else to C: structures by address, classes, callbacks with texts, characters and truth values by reference. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int32_t on; const char *name; uint8_t c; int16_t n; char tail[6]; int32_t v[3]; } Mixed;
typedef struct { int32_t a; uint8_t b; } Base;
typedef struct { Base base; double d; } Derived;
typedef int32_t (*Visit)(const char *name, int32_t n, uint8_t *flag);
typedef char *(*Say)(const char *text);

int32_t describe(Mixed *m, char *out, int32_t size)
{
    if (!m) return snprintf(out, size, "nothing");
    int32_t r = snprintf(out, size, "%d %s %c %d %s %d,%d,%d", m->on, m->name ? m->name : "-", m->c ? m->c : '0', m->n, m->tail, m->v[0], m->v[1], m->v[2]);
    m->on = !m->on; m->c++; m->n = -m->n; m->v[1] *= 10; strcpy(m->tail, "tail");
    return r;
}
void fill(Mixed *m)
{
    int32_t zero = !m->on && !m->name && !m->c && !m->n && !m->v[0];
    m->on = 7; m->name = strdup("filled"); m->c = 'x'; m->n = zero ? 1 : 2; strcpy(m->tail, "five!"); m->v[2] = 3;
}
int64_t sum(Derived *d) { int64_t r = d->base.a + d->base.b + (int64_t)d->d; d->base.a = 100; d->d = 0.5; return r; }
int32_t each(Visit visit)
{
    uint8_t flag = 1;
    int32_t r = visit("one", 1, &flag) + visit("zwölf", 12, &flag) + visit(0, 0, &flag);
    return r * 10 + flag;
}
int32_t say(Say f, char *out, int32_t size)
{
    char *t = f("grüße");
    int32_t r = snprintf(out, size, "%s|%d", t ? t : "null", f(0) == 0);
    free(t);
    return r;
}
Visit same(Visit v) { return v; }
void bools(int32_t *a, uint8_t *b, int16_t c) { *a = *a ? 0 : 5; *b = c != 0; }
void chars(uint8_t *a, uint16_t *b) { (*a)++; (*b)++; }
void texts(char **in, char **out) { char *old = *in; *in = old ? strdup("changed") : 0; free(old); *out = strdup("made"); }
uint8_t letter(uint8_t c) { return c + 1; }
uint16_t wide(uint16_t c) { return c + 1; }
int32_t length16(const uint16_t *s) { int32_t n = 0; while (s && s[n]) n++; return n; }
uint64_t truth(int8_t b, uint8_t c) { return 0xFFFFFF00u | (b == 1 && c == 0); }
