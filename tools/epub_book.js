// The joined book as XHTML, with MathML for TeX.

// Many readers know MathML's bold and italic letters only by their own codes.
const BOLD_ITALIC = { A: 0x1d468, a: 0x1d482 };
const BOLD_ZERO = 0x1d7ce;

async function chapters() {
  await MathJax.startup.promise;
  for (const formula of document.querySelectorAll(".math")) {
    const tex = formula.lastChild.textContent.trim();
    const [, opening, source] = tex.match(/^\\([([])([^]*)\\[)\]]$/);
    formula.lastChild.replaceWith(mathml(source, opening === "["));
  }
  const serializer = new XMLSerializer();
  return [...document.querySelectorAll("#contents, .book-chapter, #solutions")].map((section) => [
    section.id,
    section.querySelector("h1, h2").textContent,
    serializer.serializeToString(section),
  ]);
}

function mathml(tex, display) {
  const parsed = new DOMParser().parseFromString(MathJax.tex2mml(tex, { display }), "text/xml");
  const formula = document.importNode(parsed.documentElement, true);
  formula.setAttribute("alttext", tex.trim());
  for (const element of formula.querySelectorAll("*")) {
    element.removeAttribute("data-mjx-texclass");
    embolden(element);
  }
  if (formula.querySelector("merror, [mathcolor=red]")) throw new Error(`not TeX: ${tex}`);
  return formula;
}

function embolden(letter) {
  const text = letter.textContent;
  const variant = letter.getAttribute("mathvariant");
  if (variant === "bold-italic" && /^[A-Za-z]$/.test(text)) {
    const first = text < "a" ? "A" : "a";
    letter.textContent = shifted(text, first, BOLD_ITALIC[first]);
  } else if (variant === "bold" && /^[0-9]$/.test(text)) {
    letter.textContent = shifted(text, "0", BOLD_ZERO);
  } else return;
  letter.removeAttribute("mathvariant");
}

function shifted(text, first, code) {
  return String.fromCodePoint(text.charCodeAt(0) - first.charCodeAt(0) + code);
}
