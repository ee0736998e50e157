"""What is measured in a page, in the page's own language."""

from pathlib import Path

# Seen by somebody: it has a size, and no ancestor hides it.
_SEEN = """
const seen = element => element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})
  && element.getClientRects().length > 0;
const name = element => element.tagName.toLowerCase() + (element.id ? "#" + element.id : "")
  + [...element.classList].slice(0, 3).map(each => "." + each).join("")
  + " “" + (element.textContent || "").trim().replace(/\\s+/g, " ").slice(0, 40) + "”";
"""

# Elements that a reader cannot reach sideways: beyond the window, and in nothing that scrolls.
STICKING_OUT = f"""() => {{
{_SEEN}
const scrolls = element => {{
  for (let up = element.parentElement; up; up = up.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(up).overflowX)) return true;
  return false;
}};
// A rectangle of one pixel is the usual way to speak to screen readers alone.
const spoken = element => !!element.closest(
  "mjx-assistive-mml, .visually-hidden, .sr-only, .skip-link");
return [...document.body.querySelectorAll("*")].filter(element => {{
  const box = element.getBoundingClientRect();
  return (box.right > innerWidth + 1 || box.left < -1) && box.width > 0 && box.height > 0
    && seen(element) && !spoken(element) && !scrolls(element);
}}).map(name);
}}"""

# Text that is cut off by its own box, and formulas that are cut off by theirs.
CUT_OFF = f"""() => {{
{_SEEN}
const cut = axis => ["hidden", "clip"].includes(axis);
const text = element => {{
  const style = getComputedStyle(element);
  return (cut(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
    || (cut(style.overflowY) && element.scrollHeight > element.clientHeight + 4);
}};
// MathML for ears is wider than what is seen, so the drawing itself is measured.
const formula = element => {{
  const ink = element.querySelector("mjx-container > svg").getBoundingClientRect();
  for (let box = element; box.matches(".math, .math *"); box = box.parentElement) {{
    const {{left, right, top, bottom}} = box.getBoundingClientRect();
    const style = getComputedStyle(box);
    if (cut(style.overflowX) && (ink.left < left - 1 || ink.right > right + 1)) return true;
    if (cut(style.overflowY) && (ink.top < top - 1 || ink.bottom > bottom + 1)) return true;
  }}
}};
const all = [...document.body.querySelectorAll("*")];
return all.filter(element => element.clientWidth > 1 && seen(element) && element.innerText?.trim()
    && !element.closest(".math, .toggle-hidden") && text(element))
  .concat(all.filter(element => element.matches("mjx-container") && seen(element)
    && formula(element.parentElement)))
  .map(name);
}}"""

# What scrolls sideways and cannot be reached by the Tab key.
OUT_OF_REACH = f"""() => {{
{_SEEN}
return [...document.body.querySelectorAll("*")].filter(element =>
  ["auto", "scroll"].includes(getComputedStyle(element).overflowX)
    && element.scrollWidth > element.clientWidth + 1 && element.tabIndex < 0
    && seen(element)
    && !element.querySelector("a[href], button, input, [tabindex='0']")).map(name);
}}"""

# Elements that have the same id.
SAME_ID = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
  return ids.filter((id, place) => id && ids.indexOf(id) !== place);
}"""

# Formulas that are not set, or set with an error.
BAD_FORMULAS = """() => [...document.querySelectorAll(".math")].filter(formula => {
  const drawn = formula.querySelector("mjx-container > svg");
  return !drawn || !drawn.querySelector("path, use") || !formula.querySelector("mjx-assistive-mml")
    || formula.querySelector("merror, mjx-merror, [data-mjx-error], [data-mml-node=merror]");
}).map(formula => formula.textContent.trim().slice(0, 80))"""

BROKEN_IMAGES = """async () => {
  const images = [...document.images];
  images.forEach(image => image.loading = "eager");
  await Promise.allSettled(images.map(image => image.decode()));
  return images.filter(image => !image.naturalWidth).map(image => image.src);
}"""

# Icons that were not drawn, or not found.
BAD_ICONS = """() => [
  ...document.querySelectorAll("i[class*=fa-], span[class*=fa-], svg.svg-inline--fa")]
  .filter(icon => icon.tagName !== "svg" || !icon.querySelector("path")
    || icon.querySelector("animate"))
  .map(icon => icon.outerHTML.slice(0, 100))"""

# Text in which TeX would be a formula that nobody set: what is read, without code.
TEXT = """() => {
  const copy = document.querySelector("main article, main").cloneNode(true);
  copy.querySelectorAll("code, pre, script, style, mjx-container").forEach(e => e.remove());
  return copy.textContent;
}"""

EQUATIONS = """() => Object.fromEntries(
  [...document.querySelectorAll("div.math[id^=equation-]")].map(
    equation => [equation.id, equation.querySelector(".eqno")?.innerText.trim()]))"""

# Everything that can be opened on the page, opened; the number of things.
OPEN_ALL = """async () => {
  const closed = document.querySelectorAll("main details:not([open])");
  closed.forEach(details => details.open = true);
  const hidden = document.querySelectorAll("main .toggle-button-hidden");
  hidden.forEach(button => button.click());
  await new Promise(requestAnimationFrame);  // then they fade in
  await Promise.allSettled(document.getAnimations().map(animation => animation.finished));
  return closed.length + hidden.length;
}"""

SIDEWAYS = "() => [document.documentElement.scrollWidth, innerWidth]"


def axe_source():
    """The program axe-core."""
    import axe_playwright_python

    path = Path(axe_playwright_python.__file__).with_name("axe.min.js")
    return path.read_text(encoding="utf-8")


AXE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const result = await axe.run(document, {
    runOnly: {type: "tag", values: tags},
    rules: {"target-size": {enabled: true}},  // the one rule of WCAG 2.2 that is off as shipped
    resultTypes: ["violations"],
  });
  return result.violations.flatMap(({id, nodes}) => nodes.map(
    ({target, html, failureSummary}) =>
      `${id}: ${target}\\n${html.slice(0, 200)}\\n${failureSummary}`));
}"""


def violations(tab):
    """What axe-core finds in a page, one text for each element."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(axe_source())
    return tab.evaluate(AXE)
