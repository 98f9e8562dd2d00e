//! `System.Math` and `System.MathF` internal calls over the C library's math functions.

/// Exports one function per line: export name, C function, parameters.
macro_rules! libm {
    ($($rust:ident = $name:literal, $c:ident($($p:ident),*): $t:ty;)*) => {
        unsafe extern "C" { $( fn $c($($p: $t),*) -> $t; )* }
        $(
            #[unsafe(export_name = $name)]
            extern "C" fn $rust($($p: $t),*) -> $t {
                // SAFETY: a pure function of the C library.
                unsafe { $c($($p),*) }
            }
        )*
    };
}

libm! {
    d_acos = "System.Math::Acos(System.Double):System.Double", acos(x): f64;
    d_acosh = "System.Math::Acosh(System.Double):System.Double", acosh(x): f64;
    d_asin = "System.Math::Asin(System.Double):System.Double", asin(x): f64;
    d_asinh = "System.Math::Asinh(System.Double):System.Double", asinh(x): f64;
    d_atan = "System.Math::Atan(System.Double):System.Double", atan(x): f64;
    d_atanh = "System.Math::Atanh(System.Double):System.Double", atanh(x): f64;
    d_cbrt = "System.Math::Cbrt(System.Double):System.Double", cbrt(x): f64;
    d_ceiling = "System.Math::Ceiling(System.Double):System.Double", ceil(x): f64;
    d_cos = "System.Math::Cos(System.Double):System.Double", cos(x): f64;
    d_cosh = "System.Math::Cosh(System.Double):System.Double", cosh(x): f64;
    d_exp = "System.Math::Exp(System.Double):System.Double", exp(x): f64;
    d_floor = "System.Math::Floor(System.Double):System.Double", floor(x): f64;
    d_log = "System.Math::Log(System.Double):System.Double", log(x): f64;
    d_log2 = "System.Math::Log2(System.Double):System.Double", log2(x): f64;
    d_log10 = "System.Math::Log10(System.Double):System.Double", log10(x): f64;
    d_sin = "System.Math::Sin(System.Double):System.Double", sin(x): f64;
    d_sinh = "System.Math::Sinh(System.Double):System.Double", sinh(x): f64;
    d_sqrt = "System.Math::Sqrt(System.Double):System.Double", sqrt(x): f64;
    d_tan = "System.Math::Tan(System.Double):System.Double", tan(x): f64;
    d_tanh = "System.Math::Tanh(System.Double):System.Double", tanh(x): f64;
    d_atan2 = "System.Math::Atan2(System.Double,System.Double):System.Double", atan2(x, y): f64;
    d_pow = "System.Math::Pow(System.Double,System.Double):System.Double", pow(x, y): f64;
    d_fma = "System.Math::FusedMultiplyAdd(System.Double,System.Double,System.Double):System.Double", fma(x, y, z): f64;
    f_acos = "System.MathF::Acos(System.Single):System.Single", acosf(x): f32;
    f_acosh = "System.MathF::Acosh(System.Single):System.Single", acoshf(x): f32;
    f_asin = "System.MathF::Asin(System.Single):System.Single", asinf(x): f32;
    f_asinh = "System.MathF::Asinh(System.Single):System.Single", asinhf(x): f32;
    f_atan = "System.MathF::Atan(System.Single):System.Single", atanf(x): f32;
    f_atanh = "System.MathF::Atanh(System.Single):System.Single", atanhf(x): f32;
    f_cbrt = "System.MathF::Cbrt(System.Single):System.Single", cbrtf(x): f32;
    f_ceiling = "System.MathF::Ceiling(System.Single):System.Single", ceilf(x): f32;
    f_cos = "System.MathF::Cos(System.Single):System.Single", cosf(x): f32;
    f_cosh = "System.MathF::Cosh(System.Single):System.Single", coshf(x): f32;
    f_exp = "System.MathF::Exp(System.Single):System.Single", expf(x): f32;
    f_floor = "System.MathF::Floor(System.Single):System.Single", floorf(x): f32;
    f_log = "System.MathF::Log(System.Single):System.Single", logf(x): f32;
    f_log2 = "System.MathF::Log2(System.Single):System.Single", log2f(x): f32;
    f_log10 = "System.MathF::Log10(System.Single):System.Single", log10f(x): f32;
    f_sin = "System.MathF::Sin(System.Single):System.Single", sinf(x): f32;
    f_sinh = "System.MathF::Sinh(System.Single):System.Single", sinhf(x): f32;
    f_sqrt = "System.MathF::Sqrt(System.Single):System.Single", sqrtf(x): f32;
    f_tan = "System.MathF::Tan(System.Single):System.Single", tanf(x): f32;
    f_tanh = "System.MathF::Tanh(System.Single):System.Single", tanhf(x): f32;
    f_atan2 = "System.MathF::Atan2(System.Single,System.Single):System.Single", atan2f(x, y): f32;
    f_pow = "System.MathF::Pow(System.Single,System.Single):System.Single", powf(x, y): f32;
    f_fma = "System.MathF::FusedMultiplyAdd(System.Single,System.Single,System.Single):System.Single", fmaf(x, y, z): f32;
}

unsafe extern "C" {
    fn modf(x: f64, whole: *mut f64) -> f64;
}

#[unsafe(export_name = "System.Math::ModF(System.Double,System.Double*):System.Double")]
unsafe extern "C" fn d_modf(x: f64, whole: *mut f64) -> f64 {
    // SAFETY: the caller owns the result's slot.
    unsafe { modf(x, whole) }
}

#[unsafe(export_name = "System.Math::SinCos(System.Double,System.Double*,System.Double*):System.Void")]
unsafe extern "C" fn d_sincos(x: f64, sine: *mut f64, cosine: *mut f64) {
    // SAFETY: pure functions; the caller owns the results' slots.
    unsafe {
        sine.write(sin(x));
        cosine.write(cos(x));
    }
}

unsafe extern "C" {
    fn modff(x: f32, whole: *mut f32) -> f32;
}

#[unsafe(export_name = "System.MathF::ModF(System.Single,System.Single*):System.Single")]
unsafe extern "C" fn f_modf(x: f32, whole: *mut f32) -> f32 {
    // SAFETY: the caller owns the result's slot.
    unsafe { modff(x, whole) }
}

#[unsafe(export_name = "System.MathF::SinCos(System.Single,System.Single*,System.Single*):System.Void")]
unsafe extern "C" fn f_sincos(x: f32, sine: *mut f32, cosine: *mut f32) {
    // SAFETY: pure functions; the caller owns the results' slots.
    unsafe {
        sine.write(sinf(x));
        cosine.write(cosf(x));
    }
}
