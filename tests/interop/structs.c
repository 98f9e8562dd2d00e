/* Structures by value: every way the psABI passes and returns them. */
#include <stdint.h>

typedef struct { int64_t a, b; } Two;
typedef struct { double a, b; } Doubles;
typedef struct { int64_t a; double b; } IntDouble;
typedef struct { float a, b, c; } Floats3;
typedef struct { float x; int32_t n; double d; } Mixed;
typedef struct { int8_t a; int16_t b; int32_t c; int8_t d; } Small;
typedef struct { int8_t a, b, c; } Bytes3;
typedef struct { int64_t a, b, c; } Three;
typedef struct { double m[4]; int32_t tag; } Big;
typedef union { float f; double d; } FloatUnion;
typedef union { int32_t i; double d; } MixedUnion;
typedef struct { float v[4]; } Vec4;
#pragma pack(push, 1)
typedef struct { int8_t a; int64_t b; } Packed;
#pragma pack(pop)

Two two(Two v) { return (Two){v.b + 1, v.a + 2}; }
Doubles doubles(Doubles v) { return (Doubles){v.b * 2, v.a * 4}; }
IntDouble int_double(IntDouble v) { return (IntDouble){(int64_t)v.b, (double)v.a}; }
Floats3 floats3(Floats3 v) { return (Floats3){v.c, v.a, v.b}; }
Mixed mixed(Mixed v) { return (Mixed){v.x + 1, v.n + 2, v.d + 3}; }
Small small(Small v) { return (Small){v.d, v.b + 1, v.c + 2, v.a}; }
Bytes3 bytes3(Bytes3 v) { return (Bytes3){v.c, v.a, v.b}; }
Three three(Three v) { return (Three){v.c, v.a, v.b}; }
Big big(Big v) { for (int i = 0; i < 4; i++) v.m[i] += v.tag; v.tag = -v.tag; return v; }
FloatUnion float_union(FloatUnion v) { v.d *= 2; return v; }
MixedUnion mixed_union(MixedUnion v) { v.i += 5; return v; }
Vec4 vec4(Vec4 v) { return (Vec4){{v.v[3], v.v[2], v.v[1], v.v[0]}}; }
Packed packed(Packed v) { return (Packed){(int8_t)v.b, v.a}; }
/* The structure finds one integer register left: it goes to the stack whole, and the scalar after it takes the register. */
int64_t spill(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, Two s, int64_t f, int64_t g, Three t, double x, Doubles y)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * s.a + 7 * s.b + 8 * f + 9 * g + 10 * t.a + 11 * t.b + 12 * t.c
        + (int64_t)(13 * x + 14 * y.a + 15 * y.b);
}
/* Nine doubles: the ninth and the pair after it are on the stack. */
double many(double a, double b, double c, double d, double e, double f, double g, Doubles p, double h, float i)
{
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * p.a + 9 * p.b + 10 * h + 11 * i;
}
Big filled(int32_t tag, Two v) { return (Big){{v.a, v.b, v.a + v.b, v.a * v.b}, tag}; }
