//! Curves over sizes, on logarithmic axes.

use super::axis::{Axis, Unit};
use super::svg::{Anchor, Svg, colour};
use crate::Spread;

const WIDTH: f64 = 780.0;
const HEIGHT: f64 = 470.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 590.0;
const TOP: f64 = 76.0;
const BOTTOM: f64 = 410.0;
const GRID: &str = "#dddddd";
const FRAME: &str = "#555555";
/// Most ticks of the axis of sizes.
const MAX_SIZES: usize = 12;

/// A measured size: abscissa and the spread of the runs.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Size; positive.
    pub x: f64,
    /// Runs; positive.
    pub y: Spread,
}

/// One curve.
#[derive(Clone, Debug)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// Number of its colour and marker.
    pub style: usize,
    /// Points by ascending size.
    pub points: Vec<Point>,
}

/// A plot of medians, with bars from the least to the greatest run.
#[derive(Clone, Debug)]
pub struct Curves {
    /// What is plotted.
    pub title: String,
    /// Where it was measured, and how: two lines.
    pub subtitle: [String; 2],
    /// What the abscissa counts.
    pub x_label: String,
    /// What the ordinate counts.
    pub y_label: String,
    /// Unit of the ordinate.
    pub unit: Unit,
    /// The curves.
    pub series: Vec<Series>,
}

impl Curves {
    /// The plot as SVG; `None` without a point.
    pub fn draw(&self) -> Option<String> {
        let points = || self.series.iter().flat_map(|s| &s.points);
        points().next()?;
        let y_axis = Axis::new(self.unit, points().flat_map(|p| [p.y.min, p.y.max]));
        // Ends a little beyond the data and the powers of two that they stand for.
        let exponents: Vec<f64> = points().map(|p| p.x.max(1.0).log2()).flat_map(|e| [e, e.round()]).collect();
        let low = exponents.iter().copied().fold(f64::INFINITY, f64::min) - 0.15;
        let high = exponents.iter().copied().fold(0.0, f64::max) + 0.15;
        let x_of = |x: f64| LEFT + (RIGHT - LEFT) * (x.max(1.0).log2() - low) / (high - low);
        let y_of = |y: f64| BOTTOM - (BOTTOM - TOP) * y_axis.place(y);

        let mut svg = Svg::new(WIDTH, HEIGHT, &self.title);
        svg.titles(&self.title, &self.subtitle);
        for (place, label) in y_axis.ticks() {
            let y = BOTTOM - (BOTTOM - TOP) * place;
            svg.line((LEFT, y), (RIGHT, y), GRID, 1.0);
            svg.text((LEFT - 8.0, y + 4.0), Anchor::End, label, "");
        }
        let (first, last) = (low.ceil() as i32, high.floor() as i32);
        let step = ((last - first).max(0) as usize + 1).div_ceil(MAX_SIZES);
        for exponent in (first..=last).step_by(step) {
            let x = x_of(2f64.powi(exponent));
            svg.line((x, TOP), (x, BOTTOM), GRID, 1.0);
            svg.power_of_two((x, BOTTOM + 20.0), exponent);
        }
        svg.line((LEFT, BOTTOM), (RIGHT, BOTTOM), FRAME, 1.2);
        svg.line((LEFT, TOP), (LEFT, BOTTOM), FRAME, 1.2);
        svg.text((f64::midpoint(LEFT, RIGHT), BOTTOM + 44.0), Anchor::Middle, &self.x_label, "");
        let middle = f64::midpoint(TOP, BOTTOM);
        svg.text((18.0, middle), Anchor::Middle, &self.y_label, &format!("transform=\"rotate(-90 18 {middle:.0})\""));

        for (index, series) in self.series.iter().enumerate() {
            let stroke = colour(series.style);
            let line: Vec<(f64, f64)> = series.points.iter().map(|p| (x_of(p.x), y_of(p.y.median))).collect();
            if line.len() > 1 {
                svg.polyline(&line, stroke);
            }
            for (point, &(x, y)) in series.points.iter().zip(&line) {
                let (low, high) = (y_of(point.y.min), y_of(point.y.max));
                if low - high > 0.5 {
                    svg.line((x, low), (x, high), stroke, 1.0);
                    svg.line((x - 3.0, low), (x + 3.0, low), stroke, 1.0);
                    svg.line((x - 3.0, high), (x + 3.0, high), stroke, 1.0);
                }
                svg.marker((x, y), series.style);
            }
            let y = TOP + 12.0 + 20.0 * index as f64;
            svg.line((RIGHT + 18.0, y), (RIGHT + 42.0, y), stroke, 1.8);
            svg.marker((RIGHT + 30.0, y), series.style);
            svg.text((RIGHT + 50.0, y + 4.0), Anchor::Start, &series.name, "");
        }
        Some(svg.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(names: &[&str]) -> Curves {
        let series = names.iter().enumerate().map(|(style, name)| Series {
            name: (*name).to_owned(),
            style,
            points: [10, 12, 14]
                .map(|e| {
                    let y = Spread::of([1e6, 1.5e6, 4e6].map(|t| t * f64::from(e) * (style + 1) as f64));
                    Point { x: 2f64.powi(e) - 3.0, y: y.unwrap() }
                })
                .to_vec(),
        });
        Curves {
            title: "Prover time, a < b".into(),
            subtitle: ["machine".into(), "runs".into()],
            x_label: "rows".into(),
            y_label: "time".into(),
            unit: Unit::Nanoseconds,
            series: series.collect(),
        }
    }

    #[test]
    fn every_scheme_has_a_curve() {
        let names: Vec<String> = (0..9).map(|i| format!("scheme-{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let svg = plot(&names).draw().unwrap();
        assert_eq!(svg.matches("<polyline").count(), names.len());
        for name in names {
            assert_eq!(svg.matches(&format!(">{name}</text>")).count(), 1, "{name}");
        }
        assert!(svg.contains("a &lt; b") && !svg.contains("a < b"));
    }

    #[test]
    fn equal_data_give_equal_bytes_and_other_data_do_not() {
        let names = ["hyrax", "other"];
        assert_eq!(plot(&names).draw(), plot(&names).draw());
        let mut changed = plot(&names);
        changed.series[1].points[0].y.median *= 1.2;
        assert_ne!(plot(&names).draw(), changed.draw());
        changed.series.clear();
        assert_eq!(changed.draw(), None);
    }

    #[test]
    fn points_lie_inside_of_the_frame_and_larger_is_higher() {
        let svg = plot(&["hyrax"]).draw().unwrap();
        let line = svg.lines().find(|l| l.starts_with("<polyline")).unwrap();
        let points: Vec<(f64, f64)> = line
            .split('"')
            .nth(1)
            .unwrap()
            .split(' ')
            .map(|p| p.split_once(',').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap())
            .collect();
        assert_eq!(points.len(), 3);
        assert!(points.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 > w[1].1), "{points:?}");
        assert!(points.iter().all(|p| (LEFT..=RIGHT).contains(&p.0) && (TOP..=BOTTOM).contains(&p.1)));
    }
}
