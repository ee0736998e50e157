// JupyterLab counts the displays of a notebook: 1, 2, 3. In this book an equation with the
// label eq-18 is (18), wherever it stands, and a display without a label has no number.
// Style sheets outlive whatever JupyterLab renders anew, so this is one.
(() => {
  const STARRED = [61, 62, 63];
  const equations = Array.from({ length: 64 }, (_, index) => [`eq-${index + 1}`, `${index + 1}`]);
  equations.push(...STARRED.map((number) => [`eq-${number}-star`, `${number}*`]));

  const number = 'a[aria-label="Link to this Equation"]';
  const rules = [
    // The number that was counted keeps its place, but is not seen.
    `${number} { visibility: hidden; }`,
    `${number}:not([href^="#eq-"]) { display: none; }`,
    'a.hover-link[href^="#eq-"] { font-size: 0; }',
    // What stands in its place has the size of the text around it.
    'a.hover-link[href^="#eq-"]::after { font-size: var(--jp-content-font-size1, 14px); }',
    `${number}::after { visibility: visible; }`,
  ];
  for (const [label, shown] of equations) {
    rules.push(`${number}[href="#${label}"] { font-size: 0; }`);
    rules.push(`${number}[href="#${label}"]::after { font-size: 14px; content: "(${shown})"; }`);
    rules.push(`a.hover-link[href="#${label}"]::after { content: "(${shown})"; }`);
  }

  const plugin = {
    id: "w2v-equations:plugin",
    autoStart: true,
    activate() {
      const style = document.createElement("style");
      style.id = "w2v-equations";
      style.textContent = rules.join("\n");
      document.head.append(style);
    },
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["w2v-equations"] = {
    init() {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
