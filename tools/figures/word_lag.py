#!/usr/bin/env python3
"""Draws how well words agree with transcripts at each lag, from what `grf-data doctor --json` measured.

    grf-data doctor WORDS.csd LABELS.csd --transcripts FILE.csv --json | word_lag.py > word-lag.svg

A line for the whole file, and a band from the worst to the best of its videos. Needs nothing but Python.
"""

import json
import sys

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 86, 62
STYLE = """
  text { font: 14px system-ui, "Helvetica Neue", Arial, sans-serif; fill: #1f2328 }
  .title { font-size: 17px; font-weight: 600 }
  .axis { stroke: #59636e; stroke-width: 1 }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  .band { fill: #0969da; fill-opacity: .18 }
  .line { fill: none; stroke: #0969da; stroke-width: 2.5 }
  .point { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .axis { stroke: #9198a1 }
    .grid { stroke: #3d444d }
    .band { fill: #4493f8; fill-opacity: .25 }
    .line { stroke: #4493f8 }
    .point { fill: #4493f8 }
  }
"""


def percent(agreement):
    return f"{100 * agreement:.1f} %"


def signed(lag):
    return f"{lag:+d}".replace("-", "−") if lag else "0"


def draw(lag):
    lags = [one["lag"] for one in lag["agreements"]]
    whole = [one["agreement"] for one in lag["agreements"]]
    videos = [[one["agreement"] for one in video["agreements"]] for video in lag["videos"]]
    low, high = [min(column) for column in zip(*videos)], [max(column) for column in zip(*videos)]
    floor = int(min(low) * 10) / 10

    def x(value):
        return LEFT + (value - lags[0]) / (lags[-1] - lags[0]) * (WIDTH - LEFT - RIGHT)

    def y(value):
        return HEIGHT - BOTTOM - (value - floor) / (1 - floor) * (HEIGHT - TOP - BOTTOM)

    def path(points):
        return "M" + " L".join(f"{a:.1f} {b:.1f}" for a, b in points)

    best = max(zip(whole, lags))
    told = ", ".join(f"{signed(place)}: {percent(value)}" for place, value in zip(lags, whole))
    agreeing = sum(video["best"] == best[1] for video in lag["videos"])
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">'
    yield '<title id="t">Agreement of words with transcripts, by lag</title>'
    yield (f'<desc id="d">Share of the words of {lag["segments"]} transcripts that are found in their segments when each row '
           f'takes the word of a later one. {told}. Best: {signed(best[1])}, in {agreeing} of {len(videos)} videos.</desc>')
    yield f"<style>{STYLE}</style>"
    yield f'<text class="title" x="{LEFT}" y="26">Words agree best with transcripts at a lag of {signed(best[1])}</text>'
    yield f'<text x="{LEFT}" y="46">whole file; shaded: from the worst to the best of {len(videos)} videos</text>'
    ticks = [floor + i / 10 for i in range(round((1 - floor) * 10) + 1)]
    for tick in ticks:
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
        yield f'<text x="{LEFT - 8}" y="{y(tick) + 5:.1f}" text-anchor="end">{100 * tick:.0f} %</text>'
    yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(floor):.1f}" y2="{y(floor):.1f}"/>'
    yield f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="{TOP}" y2="{y(floor):.1f}"/>'
    for value in lags:
        yield f'<text x="{x(value):.1f}" y="{y(floor) + 20:.1f}" text-anchor="middle">{signed(value)}</text>'
    yield (f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">'
           "lag: each row takes the word so many rows later</text>")
    yield (f'<text transform="translate(18 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">'
           "words of the transcripts found</text>")
    band = list(zip(lags, high)) + list(zip(lags, low))[::-1]
    yield f'<path class="band" d="{path([(x(a), y(b)) for a, b in band])} Z"/>'
    yield f'<path class="line" d="{path([(x(a), y(b)) for a, b in zip(lags, whole)])}"/>'
    for place, value in zip(lags, whole):
        yield f'<circle class="point" cx="{x(place):.1f}" cy="{y(value):.1f}" r="4"/>'
        if place in (0, best[1]):
            yield (f'<text x="{x(place):.1f}" y="{y(value) + (24 if place == 0 else -10):.1f}" text-anchor="middle">'
                   f"{percent(value)}</text>")
    yield "</svg>"


def main():
    if sys.stdin.isatty() or len(sys.argv) > 1:
        sys.exit(__doc__)
    lag = json.load(sys.stdin).get("word_lag")
    if lag is None:
        sys.exit("word_lag.py: no word_lag in what was given; run grf-data doctor with --transcripts and --json")
    print("\n".join(draw(lag)))


if __name__ == "__main__":
    main()
