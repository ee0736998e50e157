// What JupyterLab's reading of MyST lacks to show this book as its pages do.
(() => {
  // JupyterLab counts the displays of a notebook: 1, 2, 3. In this book an equation with the
  // label eq-18 is (18), wherever it stands, and a display without a label has no number.
  // Style sheets outlive whatever JupyterLab draws anew, so this is one.
  const STARRED = [61, 62, 63];
  const numberOf = (label) => label.replace("eq-", "").replace("-star", "*");
  const labels = Array.from({ length: 64 }, (_, index) => `eq-${index + 1}`);
  labels.push(...STARRED.map((number) => `eq-${number}-star`));

  function styles() {
    const equation = 'a[aria-label="Link to this Equation"]';
    const reference = "a.hover-link";
    const rules = [`${equation}:not([href^="#eq-"]) { display: none; }`];
    for (const label of labels) {
      const to = `[href="#${label}"]`;
      const shown = `font-size: var(--jp-content-font-size1, 14px); content: "(${numberOf(label)})";`;
      rules.push(`${equation}${to}, ${reference}${to} { font-size: 0; }`);
      rules.push(`${equation}${to}::after, ${reference}${to}::after { ${shown} }`);
    }
    // A reference to another page is not a fault; JupyterLab knows one page at a time.
    rules.push('.text-yellow-600[title$="Found"] { color: inherit; }');
    rules.push('.text-yellow-600[title$="Found"] svg { display: none; }');
    const style = document.createElement("style");
    style.id = "w2v-book";
    style.textContent = rules.join("\n");
    document.head.append(style);
  }

  // {doc}`notation` names a page without its suffix, and JupyterLab finds no file of that name.
  function links(app) {
    async function open(name) {
      for (const path of [`${name}.ipynb`, `${name}.md`]) {
        try {
          await app.serviceManager.contents.get(path, { content: false });
        } catch {
          continue;
        }
        return app.commands.execute("docmanager:open", { path });
      }
    }
    document.addEventListener(
      "click",
      (event) => {
        const link = event.target.closest?.(".myst a, .jp-MarkdownViewer a, .jp-MarkdownCell a");
        const name = link && /\/files\/([^?#.]+)([?#]|$)/.exec(link.href)?.[1];
        if (name) {
          event.preventDefault();
          event.stopImmediatePropagation();
          open(decodeURIComponent(name));
        }
      },
      true,
    );
  }

  const plugin = {
    id: "w2v-book:plugin",
    autoStart: true,
    activate(app) {
      styles();
      links(app);
    },
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["w2v-book"] = {
    init() {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
