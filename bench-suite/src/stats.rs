//! Medians and spread of runs.

/// Median and range of a few runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Least.
    pub min: f64,
    /// Median; of an even number, the mean of the middle two.
    pub median: f64,
    /// Greatest.
    pub max: f64,
    /// Number of runs.
    pub runs: usize,
}

impl Spread {
    /// Of some runs; `None` of none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = match (sorted.len() % 2, middle.checked_sub(1)) {
            (0, Some(below)) => f64::midpoint(sorted[below], sorted[middle]),
            _ => sorted[middle],
        };
        Some(Self { min, median, max, runs: sorted.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_lie_in_the_middle() {
        assert_eq!(Spread::of([3.0, 1.0, 9.0]), Some(Spread { min: 1.0, median: 3.0, max: 9.0, runs: 3 }));
        assert_eq!(Spread::of([4.0, 2.0]), Some(Spread { min: 2.0, median: 3.0, max: 4.0, runs: 2 }));
        assert_eq!(Spread::of([]), None);
    }
}
