//! Which vector instructions the kernels use: the widest that the CPU has, unless the environment says less.
//!
//! `LARIAT_SIMD=off` leaves the portable code alone, `LARIAT_SIMD=avx2` also takes AVX2; anything else is the default.
//! Results are the same on every path. The variable is read once.

use std::sync::OnceLock;

/// Sets of vector instructions, each with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Simd {
    /// None: portable code.
    Off,
    /// AVX2, four words of 64 bits.
    Avx2,
    /// AVX-512 with IFMA and VBMI2, eight words of 64 bits.
    Ifma,
}

impl Simd {
    /// The best that this CPU has.
    pub fn detected() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let ifma = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512ifma")
                && is_x86_feature_detected!("avx512vbmi2");
            match (is_x86_feature_detected!("avx2"), ifma) {
                (true, true) => Self::Ifma,
                (true, false) => Self::Avx2,
                (false, _) => Self::Off,
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            Self::Off
        }
    }

    /// What kernels use in this process.
    pub fn current() -> Self {
        static CURRENT: OnceLock<Simd> = OnceLock::new();
        *CURRENT.get_or_init(|| Self::detected().min(Self::limit(std::env::var("LARIAT_SIMD").ok().as_deref())))
    }

    fn limit(setting: Option<&str>) -> Self {
        match setting {
            Some("off") => Self::Off,
            Some("avx2") => Self::Avx2,
            _ => Self::Ifma,
        }
    }

    /// The name: `off`, `avx2` or `ifma`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Avx2 => "avx2",
            Self::Ifma => "ifma",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_lower_the_level_only() {
        assert_eq!(Simd::limit(Some("off")), Simd::Off);
        assert_eq!(Simd::limit(Some("avx2")), Simd::Avx2);
        for setting in [None, Some(""), Some("on"), Some("ifma")] {
            assert_eq!(Simd::limit(setting), Simd::Ifma);
        }
        assert!(Simd::current() <= Simd::detected());
    }
}
