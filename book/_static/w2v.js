// Names for what the theme leaves unnamed or misnamed, so that the pages can be used by ear.
document.addEventListener("DOMContentLoaded", () => {
  // A label must contain the text that is seen; without it, the text itself is the label.
  document
    .querySelectorAll(".search-button-field, .theme-switch-button, summary[aria-label]")
    .forEach((element) => element.removeAttribute("aria-label"));
  document.querySelectorAll(".navbar-brand.logo").forEach((element) => {
    element.parentElement.setAttribute("role", "navigation");
    element.parentElement.setAttribute("aria-label", "Book home");
  });
  // What scrolls sideways must be reachable by keyboard.
  document.querySelectorAll("article pre, div.math").forEach((element) => {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
  });
});
