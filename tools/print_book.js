// What is done to the joined book in the browser, before it is printed.
const printing = {
  // Typeset, fit to the paper; return what is wrong all the same.
  async prepare() {
    await MathJax.startup.promise;
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode()));
    this.fillPageNumbers({}); // as wide as they will be
    this.describeFormulas();
    this.groupFigures();
    this.fitPrograms();
    this.fitTables();
    return [...this.errors(), ...this.stickingOut()];
  },

  // Glyphs are drawings: without a name a formula would be silent. The MathML that a screen
  // hides would be printed.
  describeFormulas() {
    for (const formula of MathJax.startup.document.math) {
      const drawing = formula.typesetRoot.querySelector("svg");
      drawing.removeAttribute("aria-hidden");
      drawing.setAttribute("role", "img");
      drawing.setAttribute("aria-label", formula.math.trim());
    }
    document.querySelectorAll("mjx-assistive-mml").forEach((element) => element.remove());
  },

  // In a PDF a figure without a name is a fault, and the drawing in it has one.
  groupFigures() {
    document.querySelectorAll("figure").forEach((figure) => (figure.role = "group"));
  },

  // What stands in columns gets smaller; what would be too small to read wraps. A short
  // program stays on one page.
  fitPrograms() {
    const smallest = 0.8;
    const short = 14;
    for (const block of document.querySelectorAll("pre")) {
      const lines = block.textContent.trimEnd().split("\n").length;
      if (lines <= short) block.style.breakInside = "avoid";
      block.style.whiteSpace = "pre";
      const size = parseFloat(getComputedStyle(block).fontSize);
      let share = 1;
      // Letters are as wide as whole dots of the screen allow: what is computed need not fit.
      while (block.scrollWidth > block.clientWidth && share >= smallest) {
        share -= 0.01;
        block.style.fontSize = `${size * share}px`;
      }
      if (share < smallest) {
        block.style.whiteSpace = "";
        block.style.fontSize = "";
      }
    }
  },

  fitTables() {
    for (const table of document.querySelectorAll("table")) {
      const share = table.parentElement.clientWidth / table.scrollWidth;
      if (share < 1) table.style.zoom = Math.floor(share * 100) / 100;
    }
  },

  // MathJax shows an error as text, and a command that it does not know in red.
  errors() {
    const wrong = "[data-mml-node=merror], [data-mml-node=mtext][fill=red]";
    return [...MathJax.startup.document.math]
      .filter((formula) => formula.typesetRoot.querySelector(wrong))
      .map((formula) => `${this.place(formula.typesetRoot)}: not TeX: ${formula.math.trim()}`);
  },

  // Whatever is drawn beyond the text's width would be cut off by the paper's edge.
  stickingOut() {
    const width = document.body.clientWidth;
    const tooWide = (element) => {
      if (!element.checkVisibility()) return false;
      const box = element.getBoundingClientRect();
      const hides = getComputedStyle(element).overflowX !== "visible";
      return (
        (box.width > 0 && (box.right > width + 1 || box.left < -1)) ||
        (hides && element.scrollWidth > element.clientWidth + 1)
      );
    };
    const found = [...document.body.querySelectorAll("*")].filter(tooWide);
    const outermost = found.filter((element) => !found.includes(element.parentElement));
    return outermost.map((element) => {
      const text = element.textContent.trim().slice(0, 60);
      return `${this.place(element)}: <${element.localName}> is too wide: ${text}`;
    });
  },

  place(element) {
    return element.closest(".book-chapter")?.id ?? element.closest("[id]")?.id;
  },

  fillPageNumbers(places) {
    for (const number of document.querySelectorAll(".book-page")) {
      number.textContent = places[number.dataset.place] ?? "000";
    }
  },
};
