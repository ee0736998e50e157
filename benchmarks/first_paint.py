"""How soon a page of the book is painted, how soon with its formulas, and how large it is.

python benchmarks/first_paint.py [FOLDER]

"Its formulas" are those in the window, which a page sets first. FOLDER is a built book; without
it, that of `make book`. The pages come from a server on this machine, and the browser has never
seen them: every figure is the median of five first visits. Sizes are of files as they lie on the
disk; a server that packs them sends about a third.
"""

import argparse
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from chromium import launch  # noqa: E402
from serving import served  # noqa: E402

ROUNDS = 5
MATHJAX = "mathjax/"
# Noted in the page before anything else runs: the moments at which all formulas in the window,
# and then all of the page, have been set.
NOTE = """
const inWindow = () => [...document.querySelectorAll(".math")].filter((formula) => {
  const { top, bottom } = formula.getBoundingClientRect();
  return top < innerHeight && bottom > 0;
});
const look = () => {
  const set = document.readyState !== "loading"
    && inWindow().every((formula) => formula.querySelector("svg"));
  if (set) window.begun = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
addEventListener("DOMContentLoaded", () => {
  const done = window.MathJax?.startup?.promise ?? Promise.resolve();
  done.then(() => requestAnimationFrame(() => { window.complete = performance.now(); }));
});
"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def visit(browser, url):
    """Milliseconds to the first paint, to the window's and the last formula; bytes, MathJax's."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(NOTE)
    tab = context.new_page()
    answers = []
    tab.on("response", lambda answer: answers.append(answer))
    tab.goto(url, wait_until="load")
    tab.wait_for_function(f"window.begun && window.complete && {PAINT}")
    times = tab.evaluate(f"[{PAINT}, Math.max({PAINT}, window.begun), window.complete]")
    sizes = {answer.url: len(answer.body()) for answer in answers if answer.ok}
    context.close()
    shared = sum(size for url, size in sizes.items() if MATHJAX in url)
    return *times, sum(sizes.values()) - shared, shared


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "_build" / "html")
    site = parser.parse_args().folder
    names = sorted(path.relative_to(site).as_posix() for path in site.glob("book/*.html"))
    if not names:
        sys.exit(f"{site} holds no book: run `make book` first, or name the folder")

    print(f"{'':22}{'painted':>10}{'its formulas':>15}{'all formulas':>15}", end="")
    print(f"{'its size':>11}{'+ MathJax':>11}")
    largest = slowest = 0.0
    with launch() as browser, served(site) as address:
        visit(browser, address + names[0])  # the browser itself warms up
        for name in names:
            rounds = [visit(browser, address + name) for _ in range(ROUNDS)]
            *times, own, shared = map(statistics.median, zip(*rounds, strict=True))
            largest, slowest = max(largest, own), max(slowest, times[1])
            paint, begun, complete = (time / 1e3 for time in times)
            print(f"{Path(name).stem:22}{paint:8.2f} s{begun:13.2f} s{complete:13.2f} s", end="")
            print(f"{own / 1e6:8.2f} MB{shared / 1e6:8.2f} MB")
    whole = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(
        f"slowest with its formulas {slowest / 1e3:.2f} s, largest page {largest / 1e6:.2f} MB",
        end=", ",
    )
    print(f"whole site {whole / 1e6:.1f} MB (medians of {ROUNDS})")


if __name__ == "__main__":
    main()
