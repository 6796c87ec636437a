#!/usr/bin/env python3
"""Draws a trace of `lariat prove --trace FILE` as an SVG: time from left to right, a band a thread, spans below the ones
that they lie in.

    scripts/draw-trace.py TRACE.json -o FIGURE.svg
"""
import argparse
import collections
import html
import json
import os
import tempfile

WIDTH, LEFT, RIGHT, TOP, ROW = 1000, 90, 20, 34, 22
# Light enough for black text, and apart from each other in grey.
FILLS = ["#9ecae1", "#fdd0a2", "#c7e9c0", "#dadaeb", "#fee391", "#d9d9d9", "#fcbba1"]


def spans(events):
    """(thread, depth, name, start, end) in microseconds; the first event is at zero."""
    open_spans, found = collections.defaultdict(list), []
    names = {e["tid"]: e["args"]["name"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    timed = [e for e in events if e["ph"] in "BE"]
    if not timed:
        raise SystemExit("no spans in this trace")
    first = min(e["ts"] for e in timed)
    for event in timed:
        stack = open_spans[event["tid"]]
        if event["ph"] == "B":
            stack.append((event["name"], event["ts"] - first))
        elif stack:
            name, start = stack.pop()
            found.append((event["tid"], len(stack), name, start, event["ts"] - first))
    return found, names


def band_label(names, thread):
    """What a band is called; pools give their threads numbers for names."""
    name = names.get(thread, str(thread))
    return f"thread {name}" if name.isdigit() else name


def draw(found, names):
    total = max(end for *_, end in found)
    scale = (WIDTH - LEFT - RIGHT) / total
    threads = sorted({thread for thread, *_ in found})
    kinds = {}
    body, y = [], TOP
    for thread in threads:
        own = [s for s in found if s[0] == thread]
        depth = 1 + max(s[1] for s in own)
        body.append(f'<text x="6" y="{y + 15}">{html.escape(band_label(names, thread))}</text>')
        for _, level, name, start, end in sorted(own, key=lambda s: (s[1], s[3])):
            x, width = LEFT + start * scale, max((end - start) * scale, 0.3)
            fill = FILLS[kinds.setdefault(name, len(kinds)) % len(FILLS)]
            label = f"{name}, {(end - start) / 1000:.1f} ms"
            body.append(
                f'<rect x="{x:.1f}" y="{y + level * ROW}" width="{width:.1f}" height="{ROW - 3}" fill="{fill}" '
                f'stroke="#555" stroke-width="0.3"><title>{html.escape(label)}</title></rect>'
            )
            for text in (label, name):
                if len(text) * 6.2 + 6 < width:
                    body.append(f'<text x="{x + 4:.1f}" y="{y + level * ROW + 14}">{html.escape(text)}</text>')
                    break
        y += depth * ROW + 10
    step = next(s for s in (10**k * f for k in range(1, 12) for f in (1, 2, 5)) if total / s <= 10)
    ticks = []
    for t in range(0, int(total) + 1, step):
        x = LEFT + t * scale
        ticks.append(f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{y}" stroke="#ccc" stroke-width="0.7"/>')
        ticks.append(f'<text x="{x:.1f}" y="{TOP - 12}" text-anchor="middle">{t / 1e6:g} s</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="11">'
        f'<rect width="{WIDTH}" height="{y}" fill="white"/>' + "".join(ticks + body) + "</svg>\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace")
    parser.add_argument("-o", "--output", required=True)
    args = parser.parse_args()
    with open(args.trace) as file:
        found, names = spans(json.load(file))
    folder = os.path.dirname(os.path.abspath(args.output))
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
        file.write(draw(found, names))
    os.chmod(file.name, 0o644)
    os.replace(file.name, args.output)


if __name__ == "__main__":
    main()
