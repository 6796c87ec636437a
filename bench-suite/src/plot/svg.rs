//! SVG elements. Coordinates are printed with one decimal, so that the text is stable.

use std::fmt::Write;

/// Colours that people with colour blindness tell apart (Okabe and Ito); repeated after eight, with other markers.
const COLOURS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c6d00"];

/// The colour with a number.
pub fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

/// Where a text stands.
#[derive(Clone, Copy, Debug)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing.
#[derive(Debug)]
pub struct Svg {
    text: String,
}

/// A text for element content and attributes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Svg {
    /// An empty drawing with a white ground.
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Self { text: String::new() };
        svg.push(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 \
             {width:.0} {height:.0}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">"
        ));
        svg.push(&format!("<title>{}</title>", escape(title)));
        svg.push("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        svg
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A title, and two lines below it.
    pub fn titles(&mut self, title: &str, subtitle: &[String; 2]) {
        self.text((20.0, 26.0), Anchor::Start, title, "font-size=\"16\" font-weight=\"bold\"");
        for (y, line) in [44.0, 58.0].into_iter().zip(subtitle) {
            self.text((20.0, y), Anchor::Start, line, "font-size=\"10\" fill=\"#444444\"");
        }
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        self.push(&format!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{stroke}\" stroke-width=\"{width:.1}\"/>",
            from.0, from.1, to.0, to.1
        ));
    }

    /// A line through points.
    pub fn polyline(&mut self, points: &[(f64, f64)], stroke: &str) {
        let list = points.iter().fold(String::new(), |mut list, (x, y)| {
            // Writing to a string cannot fail.
            let _ = write!(list, "{}{x:.1},{y:.1}", if list.is_empty() { "" } else { " " });
            list
        });
        self.push(&format!("<polyline points=\"{list}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"1.8\"/>"));
    }

    /// A filled rectangle.
    pub fn rect(&mut self, at: (f64, f64), size: (f64, f64), fill: &str) {
        self.push(&format!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\"/>",
            at.0, at.1, size.0, size.1
        ));
    }

    /// A text; `extra` are further attributes.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, text: &str, extra: &str) {
        self.raw_text(at, anchor, &escape(text), extra);
    }

    /// `2` to the power of `exponent`.
    pub fn power_of_two(&mut self, at: (f64, f64), exponent: i32) {
        let text = format!("2<tspan dy=\"-5\" font-size=\"9\">{exponent}</tspan>");
        self.raw_text(at, Anchor::Middle, &text, "");
    }

    fn raw_text(&mut self, at: (f64, f64), anchor: Anchor, escaped: &str, extra: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let space = if extra.is_empty() { "" } else { " " };
        self.push(&format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\"{space}{extra}>{escaped}</text>",
            at.0, at.1
        ));
    }

    /// The marker with a number: shapes follow each other as colours do, with another period.
    pub fn marker(&mut self, (x, y): (f64, f64), index: usize) {
        let fill = colour(index);
        let r = 4.0;
        let polygon = |corners: &[(f64, f64)]| {
            let list: Vec<String> =
                corners.iter().map(|(dx, dy)| format!("{:.1},{:.1}", x + dx * r, y + dy * r)).collect();
            format!("<polygon points=\"{}\" fill=\"{fill}\"/>", list.join(" "))
        };
        let shape = match index % 5 {
            0 => format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{r:.1}\" fill=\"{fill}\"/>"),
            1 => polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            2 => polygon(&[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)]),
            3 => polygon(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
            _ => polygon(&[(0.0, 1.2), (1.1, -0.8), (-1.1, -0.8)]),
        };
        self.push(&shape);
    }

    /// The text.
    pub fn finish(mut self) -> String {
        self.push("</svg>");
        self.text
    }
}
