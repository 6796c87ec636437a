//! Stacked bars: where the time goes.

use super::axis::time;
use super::svg::{Anchor, Svg, colour};

const WIDTH: f64 = 780.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 700.0;
const TOP: f64 = 102.0;
const ROW: f64 = 30.0;

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Name beside it.
    pub name: String,
    /// Nanoseconds of each part, in the order of [`Bars::parts`].
    pub parts: Vec<f64>,
}

/// A chart of stacked bars on a linear axis.
#[derive(Clone, Debug)]
pub struct Bars {
    /// What is plotted.
    pub title: String,
    /// Where it was measured, and how: two lines.
    pub subtitle: [String; 2],
    /// Names of the parts.
    pub parts: Vec<String>,
    /// The bars.
    pub bars: Vec<Bar>,
}

impl Bars {
    /// The chart as SVG; `None` without a bar.
    pub fn draw(&self) -> Option<String> {
        let longest = self.bars.iter().map(|b| b.parts.iter().sum::<f64>()).fold(0.0, f64::max);
        if longest <= 0.0 {
            return None;
        }
        let scale = (RIGHT - LEFT) / longest;
        let bottom = TOP + ROW * self.bars.len() as f64;
        let mut svg = Svg::new(WIDTH, bottom + 40.0, &self.title);
        svg.titles(&self.title, &self.subtitle);
        let mut x = 20.0;
        for (index, part) in self.parts.iter().enumerate() {
            svg.rect((x, 72.0), (12.0, 12.0), colour(index));
            svg.text((x + 17.0, 82.0), Anchor::Start, part, "");
            x += 32.0 + 7.0 * part.chars().count() as f64;
        }
        for (row, bar) in self.bars.iter().enumerate() {
            let y = TOP + ROW * row as f64;
            svg.text((LEFT - 8.0, y + 17.0), Anchor::End, &bar.name, "");
            let mut x = LEFT;
            for (index, part) in bar.parts.iter().enumerate() {
                svg.rect((x, y + 3.0), (part * scale, ROW - 8.0), colour(index));
                x += part * scale;
            }
            svg.text(
                (x + 6.0, y + 17.0),
                Anchor::Start,
                &time(three_digits(bar.parts.iter().sum())),
                "font-size=\"11\"",
            );
        }
        // A scale: the largest power of ten that fits.
        let unit = 10f64.powf(longest.log10().floor());
        let y = bottom + 14.0;
        svg.line((LEFT, y), (LEFT + unit * scale, y), "#555555", 1.2);
        svg.text((LEFT + unit * scale + 6.0, y + 4.0), Anchor::Start, &time(unit), "font-size=\"11\"");
        Some(svg.finish())
    }
}

/// Rounded to three digits.
fn three_digits(value: f64) -> f64 {
    let unit = 10f64.powf(value.max(1.0).log10().floor() - 2.0);
    (value / unit).round() * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_parts() {
        let bar = |name: &str, parts: [f64; 2]| Bar { name: name.into(), parts: parts.to_vec() };
        let chart = Bars {
            title: "Phases".into(),
            subtitle: ["machine".into(), "runs".into()],
            parts: vec!["commit".into(), "open".into()],
            bars: vec![bar("a", [3.0004e9, 1e9]), bar("b", [1e9, 1e9])],
        };
        let svg = chart.draw().unwrap();
        assert_eq!(svg, chart.draw().unwrap());
        for width in ["412.5", "137.5"] {
            assert!(svg.contains(&format!("width=\"{width}\"")), "{svg}");
        }
        assert!(svg.contains(">4 s</text>") && svg.contains(">commit</text>"));
        assert_eq!(Bars { bars: Vec::new(), ..chart }.draw(), None);
    }
}
