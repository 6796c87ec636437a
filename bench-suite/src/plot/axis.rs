//! Logarithmic axes and their ticks.

/// What an axis counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds; ticks at 1, 2 and 5 times powers of ten.
    Nanoseconds,
    /// Bytes; ticks at powers of two.
    Bytes,
}

/// Most ticks of an axis.
const MAX_TICKS: usize = 10;

/// A logarithmic axis: its ends and its ticks, as logarithms to base two.
#[derive(Clone, Debug)]
pub struct Axis {
    low: f64,
    high: f64,
    /// Value and label.
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis over positive values. Ends are ticks, and there are at least two.
    pub fn new(unit: Unit, values: impl Iterator<Item = f64> + Clone) -> Self {
        let min = values.clone().fold(f64::INFINITY, f64::min).max(1e-9) * 0.95;
        let max = values.fold(0.0f64, f64::max).max(min) * 1.05;
        let ticks = match unit {
            Unit::Nanoseconds => decimal_ticks(min, max),
            Unit::Bytes => binary_ticks(min, max),
        };
        let label = |value: f64| match unit {
            Unit::Nanoseconds => time(value),
            Unit::Bytes => bytes(value),
        };
        let ticks: Vec<(f64, String)> = ticks.into_iter().map(|value| (value.log2(), label(value))).collect();
        let end = |tick: Option<&(f64, String)>, otherwise: f64| tick.map_or(otherwise, |t| t.0);
        Self { low: end(ticks.first(), min.log2()), high: end(ticks.last(), max.log2()), ticks }
    }

    /// The position of a value between the ends: 0 to 1.
    pub fn place(&self, value: f64) -> f64 {
        (value.max(1e-9).log2() - self.low) / (self.high - self.low)
    }

    /// Positions and labels of the ticks.
    pub fn ticks(&self) -> impl Iterator<Item = (f64, &str)> {
        self.ticks.iter().map(|(value, label)| ((value - self.low) / (self.high - self.low), label.as_str()))
    }
}

/// From the last 1-2-5 number up to `min` to the first from `max` on; powers of ten alone where that is too many.
fn decimal_ticks(min: f64, max: f64) -> Vec<f64> {
    let list = |factors: &[f64]| -> Vec<f64> {
        let (first, last) = (min.log10().floor() as i32, max.log10().ceil() as i32);
        let all: Vec<f64> = (first..=last).flat_map(|e| factors.iter().map(move |f| f * 10f64.powi(e))).collect();
        let from = all.iter().rposition(|v| *v <= min).unwrap_or(0);
        let to = all.iter().position(|v| *v >= max).unwrap_or(all.len() - 1);
        all[from..=to].to_vec()
    };
    let fine = list(&[1.0, 2.0, 5.0]);
    if fine.len() <= MAX_TICKS { fine } else { list(&[1.0]) }
}

/// Powers of two from one up to `min` to the first from `max` on, equally far apart.
fn binary_ticks(min: f64, max: f64) -> Vec<f64> {
    let (first, last) = (min.log2().floor() as i32, max.log2().ceil() as i32);
    let step = ((last - first) as usize).div_ceil(MAX_TICKS - 1).max(1) as i32;
    let steps = ((last - first) as usize).div_ceil(step as usize) as i32;
    (0..=steps).map(|k| 2f64.powi(last - step * (steps - k))).collect()
}

/// Nanoseconds in words.
pub fn time(ns: f64) -> String {
    let (value, unit) = match ns {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "us"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    format!("{} {unit}", short(value))
}

/// Bytes in words.
pub fn bytes(bytes: f64) -> String {
    let (value, unit) = match bytes {
        b if b < 1024.0 => (b, "B"),
        b if b < 1048576.0 => (b / 1024.0, "KiB"),
        b if b < 1073741824.0 => (b / 1048576.0, "MiB"),
        b => (b / 1073741824.0, "GiB"),
    };
    format!("{} {unit}", short(value))
}

/// At most three digits behind the point, no zeros at the end.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_enclose_the_data() {
        for unit in [Unit::Nanoseconds, Unit::Bytes] {
            for (min, max) in [(1.0, 1.0), (3e6, 3.1e6), (1e3, 9e10), (7e3, 1e12), (1024.0, 1024.0)] {
                let axis = Axis::new(unit, [min, max].into_iter());
                let ticks: Vec<(f64, &str)> = axis.ticks().collect();
                assert!((2..=MAX_TICKS + 2).contains(&ticks.len()), "{unit:?} {min} {max}: {ticks:?}");
                assert!(axis.place(min) >= 0.0 && axis.place(max) <= 1.0, "{unit:?} {min} {max}");
                assert!(ticks.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 != w[1].1), "{ticks:?}");
            }
        }
    }

    #[test]
    fn numbers_have_units() {
        assert_eq!((time(2e6), time(5e9), time(0.5)), ("2 ms".into(), "5 s".into(), "0.5 ns".into()));
        assert_eq!(
            (bytes(512.0), bytes(65536.0), bytes(3.0 * 1048576.0)),
            ("512 B".into(), "64 KiB".into(), "3 MiB".into())
        );
    }
}
