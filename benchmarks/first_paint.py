"""How soon a page of the book can be read: first paint, and when its formulas stand.

    python benchmarks/first_paint.py [SITE]      SITE is by default _build/html

Each page is opened five times with an empty cache, from a server on this machine, 1280
pixels wide. Printed are medians: seconds until something is painted, until the formulas in
the window are typeset, and until those of the whole page are; and what the page is made of,
in megabytes: the page with its own pictures, and the files that it shares with all others.
"""

import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from chromium import launch  # noqa: E402
from serving import served  # noqa: E402

ROUNDS = 5

WATCH = """
window.typeset = {};
const look = () => {
  const formulas = [...document.querySelectorAll("article .math")];
  const bare = formulas.filter((each) => !each.querySelector("mjx-container svg"));
  const seen = bare.filter((each) => {
    const box = each.getBoundingClientRect();
    return box.top < innerHeight && box.bottom > 0 && box.width > 0;
  });
  const ready = document.readyState !== "loading";
  if (ready && !seen.length) window.typeset.seen ??= performance.now();
  if (ready && !bare.length) window.typeset.all ??= performance.now();
  if (window.typeset.all === undefined) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""

SIZES = """
["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
  .map((each) => [each.name, each.encodedBodySize])
"""


def visit(browser, address, page):
    """Return (first paint, formulas in the window, all formulas) in seconds, and sizes."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    tab.add_init_script(WATCH)
    tab.goto(address + page, wait_until="load")
    tab.wait_for_function("window.typeset.all !== undefined", timeout=60_000)
    paint = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    marks = tab.evaluate("window.typeset")
    tab.wait_for_load_state("networkidle")
    own = shared = 0
    for address, size in tab.evaluate(SIZES):
        if "/_static/" in address:
            shared += size / 1e6
        else:
            own += size / 1e6
    context.close()
    return paint / 1e3, marks["seen"] / 1e3, marks["all"] / 1e3, own, shared


def main():
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "_build" / "html")
    pages = sorted(str(path.relative_to(site)) for path in (site / "book").glob("*.html"))
    if not pages:
        sys.exit(f"there are no pages in {site}: build them with `make book`")
    print(f"{'':28}{'painted':>9}{'in window':>11}{'all':>7}{'own MB':>9}{'shared':>8}")
    worst = [0.0] * 5
    with served(site) as address, launch() as browser:
        visit(browser, address, pages[0])  # the first start of a browser is not the page's fault
        for page in pages:
            visits = [visit(browser, address, page) for _ in range(ROUNDS)]
            medians = [statistics.median(each) for each in zip(*visits, strict=True)]
            worst = [max(pair) for pair in zip(worst, medians, strict=True)]
            show(Path(page).stem, medians)
    show("largest", worst)
    total = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    print(f"the whole site: {total:.1f} MB")


def show(name, medians):
    paint, seen, everything, own, shared = medians
    print(f"{name:28}{paint:8.2f}s{seen:10.2f}s{everything:6.2f}s{own:9.2f}{shared:8.2f}")


if __name__ == "__main__":
    main()
