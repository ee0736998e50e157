// The colours of day or night before anything is drawn: the theme sets them only after the
// formulas, and a reader in the dark would first see a white page.
if (document.documentElement.dataset.mode === "auto") {
  const night = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = night ? "dark" : "light";
}

// The formulas that the reader sees are set first, and the others while the page can be used.
// (On pages without formulas there is no MathJax.)
const nextFrame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const setFormulas = async () => {
  await MathJax.startup.defaultPageReady();
  const formulas = [...document.querySelectorAll(".math")];
  const seen = new Set(formulas.filter((formula) => {
    const { top, bottom } = formula.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }));
  await MathJax.typesetPromise([...seen]);
  const others = formulas.filter((formula) => !seen.has(formula));
  while (others.length) {
    await nextFrame();
    await MathJax.typesetPromise(others.splice(0, 50));
  }
};
if (window.MathJax) MathJax.startup = { typeset: false, pageReady: setFormulas };

// What scrolls sideways must be reachable by keyboard, and must show where it goes on. Whether
// it scrolls changes with the window, with the formulas, and with what is opened.
const measure = (element) => {
  const left = element.scrollLeft > 1;
  const right = element.scrollLeft + element.clientWidth < element.scrollWidth - 1;
  const scrolls = (left || right)
    && ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  if (scrolls) {
    element.tabIndex = 0;
    element.dataset.more = [left && "left", right && "right"].filter(Boolean).join(" ");
  } else {
    element.removeAttribute("tabindex");
    delete element.dataset.more;
  }
};
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => measure(target)));
const watch = (element) => {
  sizes.observe(element);
  element.addEventListener("scroll", () => measure(element), { passive: true });
};

document.addEventListener("DOMContentLoaded", () => {
  document
    .querySelectorAll("article pre, article .pst-scrollable-table-container, article table, .math")
    .forEach(watch);
  window.MathJax?.startup?.promise.then(() =>
    document.querySelectorAll("mjx-container").forEach(watch));

  // Formulas are set when the page has been scrolled to its anchor, and push it away; browsers
  // that do not hold a page in its place need to be told.
  let moved = false; // by the reader, who is then left in peace
  for (const event of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(event, () => (moved = true), { once: true, passive: true });
  window.MathJax?.startup?.promise.then(() => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && !moved) target.scrollIntoView();
  });

  // Who closes a menu with Escape is back at the button that opened it.
  for (const side of ["primary", "secondary"]) {
    const menu = document.querySelector(`#pst-${side}-sidebar-modal`);
    let escaped = false;
    menu?.addEventListener("keydown", ({ key }) => (escaped = key === "Escape"));
    menu?.addEventListener("close", () => {
      if (escaped) setTimeout(() => document.querySelector(`.${side}-toggle`).focus());
    });
  }

  // Names for what the theme leaves unnamed or misnamed, so that the pages can be used by ear.
  // A label must contain the text that is seen; without it, the text itself is the label.
  document
    .querySelectorAll(".search-button-field, summary[aria-label]")
    .forEach((element) => element.removeAttribute("aria-label"));
  const names = { light: "light", dark: "dark", auto: "as the system has it" };
  const nameMode = () =>
    document.querySelectorAll(".theme-switch-button").forEach((button) =>
      button.setAttribute("aria-label", `Colour mode: ${names[document.documentElement.dataset.mode]}`));
  new MutationObserver(nameMode).observe(document.documentElement, { attributeFilter: ["data-mode"] });
  nameMode();
  document.querySelectorAll(".navbar-brand.logo").forEach((element) => {
    element.parentElement.setAttribute("role", "navigation");
    element.parentElement.setAttribute("aria-label", "Book home");
  });
});
